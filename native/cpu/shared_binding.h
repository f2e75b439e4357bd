// The JavaScript face of a shared variable's memory.
#ifndef TNO_CPU_SHARED_BINDING_H_
#define TNO_CPU_SHARED_BINDING_H_

#include <napi.h>

#include <memory>

#include "loans.h"
#include "reclaimer.h"
#include "shared_value.h"

namespace tno::cpu {

// new SharedStorage(dtypeCode, rank)
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
  Loans loans;
};

// Whether elements of a typed array of that kind are stored as those of `dtype`.
bool holds_dtype(napi_typedarray_type type, DType dtype);

}  // namespace tno::cpu

#endif  // TNO_CPU_SHARED_BINDING_H_
