#include "shared_binding.h"

#include <array>
#include <cstring>

#include "program.h"

namespace tno::cpu {
bool holds_dtype(napi_typedarray_type type, DType dtype) {
  constexpr std::array<napi_typedarray_type, dtype_count> types{
      napi_uint8_array,     napi_int8_array,   napi_int16_array,   napi_int32_array,
      napi_bigint64_array,  napi_uint8_array,  napi_uint16_array,  napi_uint32_array,
      napi_biguint64_array, napi_uint16_array, napi_float32_array, napi_float64_array,
  };
  return types[static_cast<size_t>(dtype)] == type;
}

std::byte* typed_array(napi_env env, napi_value array, DType dtype, int64_t& elements) {
  napi_typedarray_type type{};
  size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, array, &type, &length, &data, nullptr, nullptr) != napi_ok ||
      !holds_dtype(type, dtype)) {
    return nullptr;
  }
  elements = static_cast<int64_t>(length);
  return length == 0 ? empty_memory() : static_cast<std::byte*>(data);
}

Napi::Function SharedStorage::define(Napi::Env env) {
  return DefineClass(
      env, "SharedStorage",
      {InstanceMethod<&SharedStorage::write>("write"), InstanceMethod<&SharedStorage::read>("read"),
       InstanceMethod<&SharedStorage::borrow>("borrow"),
       InstanceMethod<&SharedStorage::dims>("dims"),
       InstanceAccessor<&SharedStorage::version>("version")});
}

SharedStorage::SharedStorage(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<SharedStorage>(info) {
  const int32_t dtype = info[0].As<Napi::Number>().Int32Value();
  const int64_t rank = info[1].As<Napi::Number>().Int64Value();
  if (dtype < 0 || dtype >= dtype_count || rank < 0 || rank > static_cast<int64_t>(max_rank)) {
    throw Napi::TypeError::New(info.Env(), "expected a dtype code and a rank of at most 32");
  }
  holding_ = std::make_shared<HoldingOf<SharedValue>>(
      std::make_shared<SharedValue>(static_cast<DType>(dtype), static_cast<size_t>(rank)));
  Reclaimer& reclaimer = info.Env().GetInstanceData<AddonData>()->reclaimer;
  reclaimer.watch(info.Env(), info.This(), holding_);
}

void SharedStorage::wait_to_read(Napi::Env env) {
  if (!env.GetInstanceData<AddonData>()->async.wait_to_read(*value())) {
    throw Napi::Error::New(env, "E_ASYNC_IN_FLIGHT");
  }
}

void SharedStorage::wait_to_write(Napi::Env env) {
  if (!env.GetInstanceData<AddonData>()->async.wait_to_write(*value())) {
    throw Napi::Error::New(env, "E_ASYNC_IN_FLIGHT");
  }
}

void SharedStorage::write(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  wait_to_write(env);
  if (value()->is_held()) {
    throw Napi::Error::New(env, "the shared variable is in use by a call that is still running");
  }
  napi_typedarray_type type{};
  size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, info[0], &type, &length, &data, nullptr, nullptr) != napi_ok ||
      !holds_dtype(type, value()->dtype())) {
    throw Napi::TypeError::New(env, "expected a typed array of the dtype's storage");
  }
  const int64_t offset = info[1].As<Napi::Number>().Int64Value();
  const Napi::Array given = info[2].As<Napi::Array>();
  std::vector<int64_t> dims(value()->dims().size(), 0);
  if (given.Length() != dims.size()) throw Napi::TypeError::New(env, "expected the same rank");
  for (uint32_t axis = 0; axis < given.Length(); ++axis) {
    dims[axis] = given.Get(axis).As<Napi::Number>().Int64Value();
  }
  const int64_t elements = element_count(dims);
  if (offset < 0 || offset > static_cast<int64_t>(length) ||
      elements > static_cast<int64_t>(length) - offset) {
    throw Napi::RangeError::New(env, "expected as many elements as the shape has");
  }
  const int64_t bytes = byte_count(elements, value()->dtype());
  if (bytes > value()->block()->capacity()) {
    std::shared_ptr<Block> block = Block::allocate(bytes);
    if (block == nullptr) {
      throw Napi::RangeError::New(env, "out of memory: " + std::to_string(bytes) + " bytes");
    }
    value()->set_block(std::move(block));
    env.GetInstanceData<AddonData>()->reclaimer.account(env);
  }
  value()->set_dims(dims);
  value()->count_write();
  if (bytes == 0) return;
  const auto* from = static_cast<const std::byte*>(data) + offset * item_size(value()->dtype());
  std::memmove(value()->data(), from, static_cast<size_t>(bytes));
}

Napi::Value SharedStorage::read(const Napi::CallbackInfo& info) {
  wait_to_read(info.Env());
  const auto bytes = static_cast<size_t>(value()->bytes());
  Napi::ArrayBuffer copy = Napi::ArrayBuffer::New(info.Env(), bytes);
  if (bytes > 0) std::memcpy(copy.Data(), value()->data(), bytes);
  return copy;
}

// One ArrayBuffer for as long as the memory stays the same, however often it is asked for. It keeps
// the block, so that it stays safe to read when the variable moves on to another one.
Napi::Value SharedStorage::borrow(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  wait_to_read(env);
  const std::shared_ptr<Block>& block = value()->block();
  if (!borrowed_.IsEmpty() && borrowed_block_.lock() == block) {
    Napi::ArrayBuffer known = borrowed_.Value();
    if (!known.IsEmpty() && !known.IsDetached()) return known;
  }
  const Napi::Value lent = env.GetInstanceData<AddonData>()->loans.lend(env, block);
  if (!lent.IsArrayBuffer()) return lent;
  const auto result = lent.As<Napi::ArrayBuffer>();
  borrowed_ = Napi::Weak(result);
  borrowed_block_ = block;
  return result;
}

Napi::Value SharedStorage::dims(const Napi::CallbackInfo& info) {
  wait_to_read(info.Env());
  const std::span<const int64_t> dims = value()->dims();
  Napi::Array result = Napi::Array::New(info.Env(), dims.size());
  for (uint32_t axis = 0; axis < dims.size(); ++axis) {
    result.Set(axis, Napi::Number::New(info.Env(), static_cast<double>(dims[axis])));
  }
  return result;
}

Napi::Value SharedStorage::version(const Napi::CallbackInfo& info) {
  wait_to_read(info.Env());
  return Napi::Number::New(info.Env(), static_cast<double>(value()->version()));
}

}  // namespace tno::cpu
