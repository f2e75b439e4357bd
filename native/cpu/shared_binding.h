// The JavaScript face of a shared variable's memory.
#ifndef TNO_CPU_SHARED_BINDING_H_
#define TNO_CPU_SHARED_BINDING_H_

#include <napi.h>

#include <memory>

#include "async_calls.h"
#include "loans.h"
#include "reclaimer.h"
#include "shared_value.h"

namespace tno::cpu {

// new SharedStorage(dtypeCode, rank)
// Each waits for the calls in flight that it has to come after; where that would never end it
// throws an error with the message E_ASYNC_IN_FLIGHT.
//   write(elements, offset, dims): takes a copy; throws while a running call holds the value
//   read(): ArrayBuffer, a copy
//   borrow(): ArrayBuffer over the memory, or undefined where a copy has to do
//   dims(): number[]; version: number
class SharedStorage : public Napi::ObjectWrap<SharedStorage> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit SharedStorage(const Napi::CallbackInfo& info);

  const std::shared_ptr<SharedValue>& value() const { return holding_->value; }

 private:
  void write(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value borrow(const Napi::CallbackInfo& info);
  Napi::Value dims(const Napi::CallbackInfo& info);
  Napi::Value version(const Napi::CallbackInfo& info);
  void wait_to_read(Napi::Env env);
  void wait_to_write(Napi::Env env);

  std::shared_ptr<HoldingOf<SharedValue>> holding_;
  // The borrowed ArrayBuffer, weakly, and the block that it is over.
  Napi::Reference<Napi::ArrayBuffer> borrowed_;
  std::weak_ptr<Block> borrowed_block_;
};

// What the addon keeps for each environment it is loaded in.
struct AddonData {
  Napi::FunctionReference shared_storage;
  Napi::FunctionReference array_buffer;
  Reclaimer reclaimer;
  bool awaits_provider = false;
  Loans loans;
  AsyncCalls async;
};

// Whether elements of a typed array of that kind are stored as those of `dtype`.
bool holds_dtype(napi_typedarray_type type, DType dtype);

// The elements of a typed array that stores `dtype`; null where it is none.
std::byte* typed_array(napi_env env, napi_value array, DType dtype, int64_t& elements);

}  // namespace tno::cpu

#endif  // TNO_CPU_SHARED_BINDING_H_
