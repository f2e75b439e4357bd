#include "async_call.h"

#include <cstring>
#include <utility>

namespace tno::cpu {
namespace {

// From here on memory is lent to JavaScript rather than copied.
constexpr int64_t lending_threshold = 16 << 10;

Napi::Value text_of(Napi::Env env, const char* text) {
  return Napi::String::New(env, text);
}

}  // namespace

AsyncCall::AsyncCall(std::shared_ptr<Executable> executable, const Napi::Array& inputs,
                     const Napi::Float64Array& layout, const Napi::Function& done)
    : executable_(std::move(executable)),
      arguments_(Napi::Persistent(inputs.As<Napi::Object>())),
      done_(Napi::Persistent(done)) {
  const Program& program = *executable_->program;
  size_t words = program.inputs.size();
  for (int32_t id : program.inputs) words += program.buffer(id).shape.size();
  if (inputs.Length() != program.inputs.size() || layout.ElementLength() != words) {
    throw Napi::TypeError::New(inputs.Env(), "[function] expected every input, with its lengths");
  }
  const double* word = layout.Data();
  for (uint32_t i = 0; i < inputs.Length(); ++i) inputs_.push_back(bind(i, inputs.Get(i), word));
  outputs_.resize(program.outputs.size());
}

AsyncCall::Input AsyncCall::bind(size_t index, const Napi::Value& array,
                                 const double*& word) const {
  const Buffer& buffer = executable_->program->buffer(executable_->program->inputs[index]);
  const auto offset = static_cast<int64_t>(*word++);
  Input input;
  for (size_t axis = 0; axis < buffer.shape.size(); ++axis) {
    input.dims.push_back(static_cast<int64_t>(*word++));
  }
  const int64_t elements = element_count(input.dims);
  int64_t available = 0;
  std::byte* data = typed_array(array.Env(), array, buffer.dtype, available);
  if (data == nullptr || offset < 0 || offset > available || elements > available - offset) {
    throw Napi::TypeError::New(array.Env(),
                               "[function] expected inputs of the declared dtypes and sizes");
  }
  input.data = data + offset * item_size(buffer.dtype);
  const int64_t bytes = byte_count(elements, buffer.dtype);
  if (bytes > 0 && bytes <= static_cast<int64_t>(small_bytes)) {
    input.copy = Block::allocate(bytes);
    if (input.copy != nullptr) {
      std::memcpy(input.copy->data(), input.data, static_cast<size_t>(bytes));
      input.data = input.copy->data();
    }
  }
  return input;
}

void AsyncCall::run() noexcept {
  Walker* walker = executable_->async_walker();
  if (walker == nullptr) {
    failure_ = {.kind = FailureKind::memory};
    return;
  }
  for (size_t i = 0; i < inputs_.size(); ++i) {
    std::copy(inputs_[i].dims.begin(), inputs_[i].dims.end(), walker->input_dims(i).begin());
    walker->set_input(i, inputs_[i].data);
  }
  failure_ = walker->run(*this);
  if (failure_.kind != FailureKind::none) return;
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const std::span<const int64_t> dims = walker->output_dims(i);
    outputs_[i].dims.assign(dims.begin(), dims.end());
  }
}

void AsyncCall::ended() noexcept {
  executable_->addon->async.send(shared_from_this());
}

std::byte* AsyncCall::allocate_output(size_t index, int64_t bytes) noexcept {
  outputs_[index].block = Block::allocate(bytes);
  return outputs_[index].block == nullptr ? nullptr : outputs_[index].block->data();
}

bool AsyncCall::call_host(size_t host, std::span<const Tensor> ins,
                          std::span<const Tensor> outs) noexcept {
  HostStep step{host, ins, outs};
  host_step_ = &step;
  const bool ran = executable_->addon->async.send_and_wait(shared_from_this());
  host_step_ = nullptr;
  return ran && host_succeeded_;
}

void AsyncCall::run(Napi::Env env) {
  if (host_step_ != nullptr) {
    run_host_step(env);
  } else {
    settle(env);
  }
}

void AsyncCall::run_host_step(Napi::Env env) {
  const HostStep step = *host_step_;
  host_succeeded_ = executable_->hosts.call(env, step.host, step.ins, step.outs);
  if (host_succeeded_) return;
  napi_value thrown = nullptr;
  if (napi_get_and_clear_last_exception(env, &thrown) != napi_ok || thrown == nullptr) return;
  // Only objects can be referred to.
  Napi::Array box = Napi::Array::New(env, 1);
  box.Set(0u, Napi::Value(env, thrown));
  error_ = Napi::Reference<Napi::Value>::New(box, 1);
}

void AsyncCall::settle(Napi::Env env) {
  const auto keep = shared_from_this();
  std::vector<double> words{static_cast<double>(failure_.id), static_cast<double>(failure_.a),
                            static_cast<double>(failure_.b)};
  Napi::Value outcome;
  if (failure_.kind == FailureKind::none) {
    words.clear();
    try {
      outcome = outputs(env, words);
    } catch (const Napi::Error&) {
      outcome = text_of(env, "[async] expected memory for the results, got none");
    }
  } else if (failure_.kind == FailureKind::broken) {
    outcome = text_of(env, failure_.text);
  } else {
    outcome = Napi::Number::New(env, static_cast<double>(failure_.kind));
  }
  Napi::Float64Array list = Napi::Float64Array::New(env, words.size());
  std::copy(words.begin(), words.end(), list.Data());
  const Napi::Value error = error_.IsEmpty() ? env.Undefined() : error_.Value();
  const Napi::Function done = done_.Value();
  AddonData& addon = *executable_->addon;
  addon.async.forget(env, ticket);
  addon.reclaimer.account(env);
  done.Call({outcome, list, error});
}

Napi::Value AsyncCall::outputs(Napi::Env env, std::vector<double>& words) const {
  Napi::Array list = Napi::Array::New(env, outputs_.size());
  for (uint32_t i = 0; i < outputs_.size(); ++i) {
    const auto& [block, dims] = outputs_[i];
    for (int64_t length : dims) words.push_back(static_cast<double>(length));
    const DType dtype = executable_->program->buffer(executable_->program->outputs[i]).dtype;
    const int64_t bytes = byte_count(element_count(dims), dtype);
    Napi::Value memory = env.Undefined();
    if (bytes >= lending_threshold) memory = executable_->addon->loans.lend(env, block);
    if (memory.IsUndefined()) {
      Napi::ArrayBuffer copy = Napi::ArrayBuffer::New(env, static_cast<size_t>(bytes));
      if (bytes > 0) std::memcpy(copy.Data(), block->data(), static_cast<size_t>(bytes));
      memory = copy;
    }
    list.Set(i, memory);
  }
  return list;
}

}  // namespace tno::cpu
