// The JavaScript face of a shared variable's memory.
#ifndef TNO_CPU_SHARED_BINDING_H_
#define TNO_CPU_SHARED_BINDING_H_

#include <napi.h>

#include <memory>

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

  const std::shared_ptr<SharedValue>& value() const { return value_; }

 private:
  void write(const Napi::CallbackInfo& info);
  Napi::Value read(const Napi::CallbackInfo& info);
  Napi::Value borrow(const Napi::CallbackInfo& info);
  Napi::Value dims(const Napi::CallbackInfo& info);
  Napi::Value version(const Napi::CallbackInfo& info);

  std::shared_ptr<SharedValue> value_;
  // The borrowed ArrayBuffer, weakly, and the block that it is over.
  Napi::Reference<Napi::ArrayBuffer> borrowed_;
  std::weak_ptr<Block> borrowed_block_;
  // Bytes that borrowed ArrayBuffers keep, current or not; they outlive this object.
  std::shared_ptr<int64_t> lent_ = std::make_shared<int64_t>(0);
};

// Whether elements of a typed array of that kind are stored as those of `dtype`.
bool holds_dtype(napi_typedarray_type type, DType dtype);

}  // namespace tno::cpu

#endif  // TNO_CPU_SHARED_BINDING_H_
