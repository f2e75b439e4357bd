#include "executable.h"

namespace tno::cpu {
namespace {

// From here on an uninitialised Buffer is cheaper than an ArrayBuffer, which starts as zeros.
constexpr int64_t buffer_threshold = 32 << 10;

// From here on running out of memory is to be expected, and is an error, not the end of the
// process.
constexpr int64_t fallible_threshold = 4 << 20;

}  // namespace

napi_value Executable::text(const char* text) const {
  napi_value result = nullptr;
  napi_create_string_utf8(env_, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

napi_value Executable::number(double value) const {
  napi_value result = nullptr;
  napi_create_double(env_, value, &result);
  return result;
}

bool Executable::bind_input(size_t index, size_t& word) {
  const Buffer& buffer = program->buffer(program->inputs[index]);
  const double offset = frame[word++];
  const std::span<int64_t> dims = walker->input_dims(index);
  for (int64_t& length : dims) length = static_cast<int64_t>(frame[word++]);
  const int64_t elements = element_count(dims);
  if (offset < 0) {
    walker->set_input(index, small + index * small_bytes);
    return byte_count(elements, buffer.dtype) <= static_cast<int64_t>(small_bytes);
  }
  napi_typedarray_type type{};
  size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env_, arguments[index], &type, &length, &data, nullptr, nullptr) !=
          napi_ok ||
      !holds_dtype(type, buffer.dtype)) {
    return false;
  }
  const auto start = static_cast<int64_t>(offset);
  const auto available = static_cast<int64_t>(length);
  if (start > available || elements > available - start) return false;
  walker->set_input(index, static_cast<std::byte*>(data) + start * item_size(buffer.dtype));
  return true;
}

napi_value Executable::run(napi_env env, napi_callback_info info) {
  env_ = env;
  if (running_) {
    return text(
        "[function] expected a call to end before the next, got one from its own host step");
  }
  size_t count = arguments.size();
  napi_get_cb_info(env, info, &count, arguments.data(), nullptr, nullptr);
  size_t word = status_words;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!bind_input(i, word))
      return text("[function] expected inputs of the declared dtypes and sizes");
  }
  large_.assign(program->outputs.size(), nullptr);
  running_ = true;
  const Failure& failure = walker->run(*this);
  running_ = false;
  addon->reclaimer.account(env);
  return finish(failure);
}

napi_value Executable::finish(const Failure& failure) {
  if (failure.kind == FailureKind::none) {
    double* word = frame + status_words;
    for (int32_t id : program->inputs) word += 1 + program->buffer(id).shape.size();
    for (size_t i = 0; i < program->outputs.size(); ++i) {
      for (int64_t length : walker->output_dims(i)) *word++ = static_cast<double>(length);
    }
    return large_outputs();
  }
  if (failure.kind == FailureKind::host) return nullptr;
  if (failure.kind == FailureKind::broken) return text(failure.text);
  const double kind = static_cast<double>(failure.kind);
  frame[0] = kind;
  frame[1] = failure.id;
  frame[2] = static_cast<double>(failure.a);
  frame[3] = static_cast<double>(failure.b);
  return number(kind);
}

napi_value Executable::large_outputs() const {
  size_t count = 0;
  napi_value only = nullptr;
  for (napi_value value : large_) {
    if (value == nullptr) continue;
    only = value;
    ++count;
  }
  if (count <= 1) return only;
  napi_value list = nullptr;
  napi_create_array_with_length(env_, count, &list);
  uint32_t next = 0;
  for (napi_value value : large_) {
    if (value != nullptr) napi_set_element(env_, list, next++, value);
  }
  return list;
}

std::byte* Executable::allocate_output(size_t index, int64_t bytes) noexcept {
  large_[index] = nullptr;
  if (bytes <= static_cast<int64_t>(small_bytes)) {
    return small + (arguments.size() + index) * small_bytes;
  }
  void* data = nullptr;
  napi_value value = nullptr;
  const auto size = static_cast<size_t>(bytes);
  if (bytes < buffer_threshold) {
    if (napi_create_arraybuffer(env_, size, &data, &value) != napi_ok) return nullptr;
  } else if (bytes < fallible_threshold) {
    if (napi_create_buffer(env_, size, &data, &value) != napi_ok) return nullptr;
  } else {
    const napi_value length = number(static_cast<double>(bytes));
    if (napi_new_instance(env_, addon->array_buffer.Value(), 1, &length, &value) != napi_ok ||
        napi_get_arraybuffer_info(env_, value, &data, nullptr) != napi_ok) {
      napi_value error = nullptr;
      napi_get_and_clear_last_exception(env_, &error);
      return nullptr;
    }
  }
  large_[index] = value;
  return static_cast<std::byte*>(data);
}

bool Executable::call_host(size_t host, std::span<const Tensor> ins,
                           std::span<const Tensor> outs) noexcept {
  return hosts.call(env_, host, ins, outs);
}

}  // namespace tno::cpu
