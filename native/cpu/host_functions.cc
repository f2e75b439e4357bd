#include "host_functions.h"

#include "shared_binding.h"

namespace tno::cpu {
namespace {

Napi::Array lengths_of(Napi::Env env, std::span<const Tensor> tensors) {
  Napi::Array list = Napi::Array::New(env, tensors.size());
  for (uint32_t i = 0; i < tensors.size(); ++i) {
    Napi::Array dims = Napi::Array::New(env, tensors[i].rank);
    for (uint32_t axis = 0; axis < tensors[i].rank; ++axis) {
      dims.Set(axis, Napi::Number::New(env, static_cast<double>(tensors[i].shape[axis])));
    }
    list.Set(i, dims);
  }
  return list;
}

// The same elements in row-major order in other memory.
class Contiguous {
 public:
  Contiguous(const Tensor& like, std::byte* data) : strides_(like.rank) {
    set_contiguous_strides(like.dims(), strides_.data());
    tensor_ = {data, like.dtype, like.rank, like.shape, strides_.data()};
  }
  const Tensor& tensor() const { return tensor_; }

 private:
  std::vector<int64_t> strides_;
  Tensor tensor_;
};

void take_results(const Napi::Value& results, std::span<const Tensor> outs) {
  const Napi::Env env = results.Env();
  const auto list = results.As<Napi::Array>();
  for (uint32_t i = 0; i < outs.size(); ++i) {
    const Napi::Value result = list.Get(i);
    int64_t length = 0;
    std::byte* data = typed_array(env, result, outs[i].dtype, length);
    if (data == nullptr || length != outs[i].elements()) {
      throw Napi::TypeError::New(env, "[host] expected results of the declared dtypes and shapes");
    }
    copy_elements(Contiguous(outs[i], data).tensor(), outs[i]);
  }
}

}  // namespace

HostFunctions::HostFunctions(const Napi::Array& functions) {
  for (uint32_t i = 0; i < functions.Length(); ++i) {
    functions_.push_back(Napi::Persistent(functions.Get(i).As<Napi::Function>()));
  }
}

bool HostFunctions::call(Napi::Env env, size_t host, std::span<const Tensor> ins,
                         std::span<const Tensor> outs) const noexcept {
  const Napi::HandleScope scope(env);
  try {
    Napi::Array buffers = Napi::Array::New(env, ins.size());
    Napi::Array dtypes = Napi::Array::New(env, ins.size());
    for (uint32_t i = 0; i < ins.size(); ++i) {
      Napi::ArrayBuffer copy = Napi::ArrayBuffer::New(env, static_cast<size_t>(ins[i].bytes()));
      copy_elements(ins[i], Contiguous(ins[i], static_cast<std::byte*>(copy.Data())).tensor());
      buffers.Set(i, copy);
      dtypes.Set(i, Napi::Number::New(env, static_cast<double>(ins[i].dtype)));
    }
    take_results(
        functions_[host].Call({buffers, dtypes, lengths_of(env, ins), lengths_of(env, outs)}),
        outs);
    return true;
  } catch (const Napi::Error& error) {
    error.ThrowAsJavaScriptException();
  } catch (const std::exception& error) {
    Napi::Error::New(env, error.what()).ThrowAsJavaScriptException();
  }
  return false;
}

}  // namespace tno::cpu
