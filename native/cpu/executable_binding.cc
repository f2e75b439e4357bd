#include "executable_binding.h"

#include <cstring>

#include "plain_products.h"
#include "program.h"
#include "providers.h"
#include "walker.h"

namespace tno::cpu {
namespace {

constexpr size_t status_words = 4;
constexpr size_t small_bytes = 64;

// From here on an uninitialised Buffer is cheaper than an ArrayBuffer, which starts as zeros.
constexpr int64_t buffer_threshold = 32 << 10;

// From here on running out of memory is to be expected, and is an error, not the end of the
// process.
constexpr int64_t fallible_threshold = 4 << 20;

class Executable : public Environment {
 public:
  std::shared_ptr<const Program> program;
  std::shared_ptr<KernelLibrary> library;
  std::vector<std::shared_ptr<Block>> constants;
  std::unique_ptr<Walker> walker;
  std::vector<Napi::FunctionReference> hosts;
  AddonData* addon = nullptr;

  Napi::Reference<Napi::ArrayBuffer> frame_reference;
  Napi::Reference<Napi::ArrayBuffer> small_reference;
  double* frame = nullptr;
  std::byte* small = nullptr;
  std::vector<napi_value> arguments;

  napi_value run(napi_env env, napi_callback_info info);

  std::byte* allocate_output(size_t index, int64_t bytes) noexcept override;
  bool call_host(size_t host, std::span<const Tensor> ins,
                 std::span<const Tensor> outs) noexcept override;

 private:
  bool bind_input(size_t index, size_t& word);
  bool fill_host_results(const Napi::Value& results, std::span<const Tensor> outs);
  napi_value finish(const Failure& failure);
  napi_value text(const char* text) const;
  napi_value number(double value) const;
  napi_value large_outputs() const;

  napi_env env_ = nullptr;
  bool running_ = false;
  std::vector<napi_value> large_;
};

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

// A host function gets lists of its inputs' elements (ArrayBuffers), dtype codes and lengths, and
// one of its outputs' lengths; it returns a typed array for each output.
bool Executable::call_host(size_t host, std::span<const Tensor> ins,
                           std::span<const Tensor> outs) noexcept {
  const Napi::Env env(env_);
  const Napi::HandleScope scope(env);
  try {
    const auto lengths_of = [&](std::span<const Tensor> tensors) {
      Napi::Array list = Napi::Array::New(env, tensors.size());
      for (uint32_t i = 0; i < tensors.size(); ++i) {
        Napi::Array dims = Napi::Array::New(env, tensors[i].rank);
        for (uint32_t axis = 0; axis < tensors[i].rank; ++axis) {
          dims.Set(axis, Napi::Number::New(env, static_cast<double>(tensors[i].shape[axis])));
        }
        list.Set(i, dims);
      }
      return list;
    };
    Napi::Array buffers = Napi::Array::New(env, ins.size());
    Napi::Array dtypes = Napi::Array::New(env, ins.size());
    std::vector<int64_t> strides(max_rank);
    for (uint32_t i = 0; i < ins.size(); ++i) {
      Napi::ArrayBuffer copy = Napi::ArrayBuffer::New(env, static_cast<size_t>(ins[i].bytes()));
      set_contiguous_strides(ins[i].dims(), strides.data());
      copy_elements(ins[i], {static_cast<std::byte*>(copy.Data()), ins[i].dtype, ins[i].rank,
                             ins[i].shape, strides.data()});
      buffers.Set(i, copy);
      dtypes.Set(i, Napi::Number::New(env, static_cast<double>(ins[i].dtype)));
    }
    return fill_host_results(hosts[host].Call({buffers, dtypes, lengths_of(ins), lengths_of(outs)}),
                             outs);
  } catch (const Napi::Error& error) {
    error.ThrowAsJavaScriptException();
  } catch (const std::exception& error) {
    Napi::Error::New(env, error.what()).ThrowAsJavaScriptException();
  }
  return false;
}

bool Executable::fill_host_results(const Napi::Value& results, std::span<const Tensor> outs) {
  const Napi::Env env(env_);
  const auto list = results.As<Napi::Array>();
  std::vector<int64_t> strides(max_rank);
  for (uint32_t i = 0; i < outs.size(); ++i) {
    const Napi::Value result = list.Get(i);
    napi_typedarray_type type{};
    size_t length = 0;
    void* data = nullptr;
    if (napi_get_typedarray_info(env, result, &type, &length, &data, nullptr, nullptr) != napi_ok ||
        !holds_dtype(type, outs[i].dtype) || static_cast<int64_t>(length) != outs[i].elements()) {
      throw Napi::TypeError::New(env, "[host] expected results of the declared dtypes and shapes");
    }
    set_contiguous_strides(outs[i].dims(), strides.data());
    copy_elements(
        {static_cast<std::byte*>(data), outs[i].dtype, outs[i].rank, outs[i].shape, strides.data()},
        outs[i]);
  }
  return true;
}

// -- loading --------------------------------------------------------------------------------------

using HeldExecutable = std::shared_ptr<HoldingOf<Executable>>;

napi_value run_callback(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  return (*static_cast<HeldExecutable*>(data))->value->run(env, info);
}

[[noreturn]] void refuse(Napi::Env env, const std::string& reason) {
  throw Napi::Error::New(env, reason);
}

std::shared_ptr<const Program> decode(Napi::Env env, const Napi::Value& value) {
  const auto words = value.As<Napi::Int32Array>();
  auto program = std::make_shared<Program>();
  std::string error;
  if (!decode_program({words.Data(), words.ElementLength()}, *program, error)) refuse(env, error);
  return program;
}

std::shared_ptr<Block> copy_constant(Napi::Env env, const Napi::Value& value) {
  const auto bytes = value.As<Napi::Uint8Array>();
  std::shared_ptr<Block> block = Block::allocate(static_cast<int64_t>(bytes.ByteLength()));
  if (block == nullptr) refuse(env, "[load] out of memory for a constant");
  if (bytes.ByteLength() > 0) std::memcpy(block->data(), bytes.Data(), bytes.ByteLength());
  return block;
}

std::shared_ptr<KernelLibrary> library_of(Napi::Env env, const Napi::Value& value) {
  if (value.IsNull()) return nullptr;
  bool tagged = false;
  napi_check_object_type_tag(env, value, &library_tag, &tagged);
  if (!tagged) refuse(env, "[load] expected a kernel library");
  return *value.As<Napi::External<std::shared_ptr<KernelLibrary>>>().Data();
}

Napi::ArrayBuffer zeroed(Napi::Env env, size_t bytes) {
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, bytes);
  if (bytes > 0) std::memset(buffer.Data(), 0, bytes);
  return buffer;
}

size_t frame_words(const Program& program) {
  size_t words = status_words;
  for (int32_t id : program.inputs) words += 1 + program.buffer(id).shape.size();
  for (int32_t id : program.outputs) words += program.buffer(id).shape.size();
  return words;
}

std::vector<tno_kernel> kernels_of(Napi::Env env, const KernelLibrary* library,
                                   const Napi::Array& symbols) {
  std::vector<tno_kernel> kernels;
  for (uint32_t i = 0; i < symbols.Length(); ++i) {
    const std::string name = symbols.Get(i).As<Napi::String>();
    kernels.push_back(library == nullptr ? nullptr : library->symbol(name));
    if (kernels.back() == nullptr) refuse(env, "[load] expected the library to have " + name);
  }
  return kernels;
}

std::vector<std::shared_ptr<SharedValue>> shared_of(Napi::Env env, const AddonData& addon,
                                                    const Napi::Array& list) {
  std::vector<std::shared_ptr<SharedValue>> values;
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const auto object = list.Get(i).As<Napi::Object>();
    if (!object.InstanceOf(addon.shared_storage.Value())) {
      refuse(env, "[load] expected shared variables of this device");
    }
    values.push_back(SharedStorage::Unwrap(object)->value());
  }
  return values;
}

}  // namespace

Napi::Value load(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto spec = info[0].As<Napi::Object>();
  auto executable = std::make_shared<Executable>();
  executable->addon = env.GetInstanceData<AddonData>();
  executable->program = decode(env, spec.Get("encoded"));
  executable->library = library_of(env, spec.Get("library"));

  WalkerParts parts;
  parts.program = executable->program;
  const auto constants = spec.Get("constants").As<Napi::Array>();
  for (uint32_t i = 0; i < constants.Length(); ++i) {
    const Napi::Value bytes = constants.Get(i);
    executable->constants.push_back(copy_constant(env, bytes));
    parts.constants.push_back(
        {executable->constants.back()->data(), bytes.As<Napi::Uint8Array>().ByteLength()});
  }
  parts.kernels = kernels_of(env, executable->library.get(), spec.Get("symbols").As<Napi::Array>());
  parts.shared = shared_of(env, *executable->addon, spec.Get("shared").As<Napi::Array>());
  const auto hosts = spec.Get("hosts").As<Napi::Array>();
  for (uint32_t i = 0; i < hosts.Length(); ++i) {
    executable->hosts.push_back(Napi::Persistent(hosts.Get(i).As<Napi::Function>()));
  }
  parts.hosts = hosts.Length();
  parts.products = spec.Get("plain").ToBoolean() ? plain_products() : provided_products();

  std::string error;
  executable->walker = Walker::create(std::move(parts), error);
  if (executable->walker == nullptr) refuse(env, error);

  const Program& program = *executable->program;
  Napi::ArrayBuffer frame = zeroed(env, frame_words(program) * sizeof(double));
  Napi::ArrayBuffer small =
      zeroed(env, (program.inputs.size() + program.outputs.size()) * small_bytes);
  executable->frame_reference = Napi::Persistent(frame);
  executable->small_reference = Napi::Persistent(small);
  executable->frame = static_cast<double*>(frame.Data());
  executable->small = static_cast<std::byte*>(small.Data());
  executable->arguments.assign(program.inputs.size(), nullptr);

  // The function owns the executable.
  auto held = std::make_unique<HeldExecutable>(std::make_shared<HoldingOf<Executable>>(executable));
  napi_value run = nullptr;
  NAPI_THROW_IF_FAILED(
      env, napi_create_function(env, "run", NAPI_AUTO_LENGTH, run_callback, held.get(), &run),
      Napi::Value());
  const Napi::Value function(env, run);
  executable->addon->reclaimer.watch(env, function, *held);
  executable->addon->reclaimer.account(env);
  function.As<Napi::Object>().AddFinalizer([](Napi::Env, HeldExecutable* owned) { delete owned; },
                                           held.get());
  held.release();
  Napi::Object result = Napi::Object::New(env);
  result.Set("run", function);
  result.Set("frame", frame);
  result.Set("small", small);
  return result;
}

}  // namespace tno::cpu
