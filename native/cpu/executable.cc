#include "executable.h"

#include <cstdlib>

#include <algorithm>
#include <new>

namespace tno::cpu {
namespace {

// From here on an uninitialised Buffer is cheaper than an ArrayBuffer, which starts as zeros.
constexpr int64_t buffer_threshold = 32 << 10;

// From here on running out of memory is to be expected, and is an error, not the end of the
// process.
constexpr int64_t fallible_threshold = 4 << 20;

// Up to here freed memory is kept for the next result, which then costs neither page faults nor
// zeros.
constexpr int64_t kept_threshold = 256 << 20;

bool can_allocate(size_t bytes) {
  void* const memory = std::malloc(bytes);
  std::free(memory);
  return memory != nullptr;
}

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
  int64_t available = 0;
  std::byte* data = typed_array(env_, arguments[index], buffer.dtype, available);
  const auto start = static_cast<int64_t>(offset);
  if (data == nullptr || start > available || elements > available - start) return false;
  walker->set_input(index, data + start * item_size(buffer.dtype));
  return true;
}

const char* Executable::bind_output(size_t index) {
  const Buffer& buffer = program->buffer(program->outputs[index]);
  Destination& destination = destinations_[index];
  const napi_value given = arguments[program->inputs.size() + index];
  napi_valuetype type = napi_undefined;
  napi_typeof(env_, given, &type);
  if (type != napi_object) return nullptr;
  destination.data = typed_array(env_, given, buffer.dtype, destination.elements);
  if (destination.data == nullptr) return "[into] expected memory of the outputs' dtypes";
  destination.optional =
      !buffer.shape.empty() && frame[output_words_[index]] == Destination::has_room;
  const std::byte* end = destination.data + byte_count(destination.elements, buffer.dtype);
  for (const auto& value : shared) {
    const Block& block = *value->block();
    if (destination.data < block.data() + block.capacity() && end > block.data()) {
      return "[into] expected memory of the caller's own, got that of a shared variable";
    }
  }
  return nullptr;
}

void Executable::lay_out() {
  arguments.assign(program->inputs.size() + program->outputs.size(), nullptr);
  destinations_.assign(program->outputs.size(), {});
  size_t word = status_words;
  for (int32_t id : program->inputs) word += 1 + program->buffer(id).shape.size();
  for (int32_t id : program->outputs) {
    output_words_.push_back(word);
    word += program->buffer(id).shape.size();
  }
  frame_words = word;
}

// Null, or what is wrong with the arguments.
const char* Executable::bind(size_t count) {
  size_t word = status_words;
  for (size_t i = 0; i < program->inputs.size(); ++i) {
    if (!bind_input(i, word)) return "[function] expected inputs of the declared dtypes and sizes";
  }
  const bool has_destinations = count > program->inputs.size();
  for (size_t i = 0; i < destinations_.size(); ++i) {
    destinations_[i] = {};
    const char* problem = has_destinations ? bind_output(i) : nullptr;
    if (problem != nullptr) return problem;
  }
  return nullptr;
}

napi_value Executable::run(napi_env env, napi_callback_info info) {
  env_ = env;
  if (running_) {
    return text(
        "[function] expected a call to end before the next, got one from its own host step");
  }
  size_t count = arguments.size();
  napi_get_cb_info(env, info, &count, arguments.data(), nullptr, nullptr);
  if (!take_turn()) return text("E_ASYNC_IN_FLIGHT");
  const char* problem = bind(count);
  if (problem != nullptr) return text(problem);
  large_.assign(program->outputs.size(), nullptr);
  result_bytes_ = 0;
  running_ = true;
  const bool has_host_steps = hosts.size() > 0;
  if (has_host_steps) addon->async.hold();
  const Failure& failure = walker->run(*this);
  if (has_host_steps) addon->async.release();
  running_ = false;
  addon->reclaimer.account(env);
  return finish(failure);
}

// Waits for the calls in flight that this one has to come after.
bool Executable::take_turn() {
  for (const auto& value : shared) {
    if (!addon->async.wait_to_read(*value)) return false;
  }
  for (size_t i : walker->written()) {
    if (!addon->async.wait_to_write(*shared[i])) return false;
  }
  return true;
}

bool Executable::free_memory(napi_env env) {
  if (running_) return true;
  if (!addon->async.wait_for_all()) return false;
  walker->free_memory();
  async_walker_ = nullptr;
  addon->reclaimer.account(env);
  return true;
}

Walker* Executable::async_walker() noexcept {
  if (async_walker_ == nullptr) {
    try {
      std::string error;
      async_walker_ = Walker::create(parts, error);
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }
  return async_walker_.get();
}

const char* Executable::record(const Napi::Value& memory) {
  if (running_) return "[profile] expected no call under way, got one";
  walker->record(nullptr);
  recording_reference.Reset();
  if (memory.IsNull()) return nullptr;
  auto buffer = memory.As<Napi::ArrayBuffer>();
  const std::span<double> words(static_cast<double*>(buffer.Data()),
                                buffer.ByteLength() / sizeof(double));
  if (!Recording::fits(*program, words.size())) return "[profile] expected memory for every step";
  recording_reference = Napi::Persistent(buffer);
  walker->record(std::make_unique<Recording>(*program, words));
  return nullptr;
}

napi_value Executable::finish(const Failure& failure) {
  if (failure.kind == FailureKind::none) {
    for (size_t i = 0; i < program->outputs.size(); ++i) write_lengths(i);
    return large_outputs();
  }
  if (failure.kind == FailureKind::output) write_lengths(static_cast<size_t>(failure.id));
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

void Executable::write_lengths(size_t output) {
  double* word = frame + output_words_[output];
  for (int64_t length : walker->output_dims(output)) *word++ = static_cast<double>(length);
}

bool Executable::fits_output(size_t index, std::span<const int64_t> dims) noexcept {
  const Destination& destination = destinations_[index];
  if (destination.data == nullptr || destination.optional) return true;
  const double* word = frame + output_words_[index];
  if (dims.empty() || word[0] == Destination::same_elements) {
    return element_count(dims) == destination.elements;
  }
  return std::equal(dims.begin(), dims.end(), word,
                    [](int64_t a, double b) { return static_cast<double>(a) == b; }) &&
         element_count(dims) <= destination.elements;
}

std::byte* Executable::allocate_output(size_t index, int64_t bytes) noexcept {
  large_[index] = nullptr;
  const Destination& destination = destinations_[index];
  const DType dtype = program->buffer(program->outputs[index]).dtype;
  if (destination.data != nullptr && bytes <= byte_count(destination.elements, dtype)) {
    return destination.data;
  }
  if (bytes <= static_cast<int64_t>(small_bytes)) {
    return small + (program->inputs.size() + index) * small_bytes;
  }
  result_bytes_ += bytes;
  if (!fits_memory_limit(result_bytes_)) return nullptr;
  void* data = nullptr;
  napi_value value = nullptr;
  const auto size = static_cast<size_t>(bytes);
  if (bytes < buffer_threshold) {
    if (napi_create_arraybuffer(env_, size, &data, &value) != napi_ok) return nullptr;
  } else if (bytes < fallible_threshold || (bytes < kept_threshold && can_allocate(size))) {
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
  if (bytes >= fallible_threshold) prefer_huge_pages(static_cast<std::byte*>(data), bytes);
  large_[index] = value;
  return static_cast<std::byte*>(data);
}

bool Executable::call_host(size_t host, std::span<const Tensor> ins,
                           std::span<const Tensor> outs) noexcept {
  return hosts.call(env_, host, ins, outs);
}

}  // namespace tno::cpu
