#include "executable_binding.h"

#include <cstring>

#include "async_call.h"
#include "executable.h"
#include "library_binding.h"
#include "plain_products.h"
#include "providers.h"

namespace tno::cpu {
namespace {

using Holder = std::shared_ptr<HoldingOf<Executable>>;

napi_value run_callback(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  return (*static_cast<Holder*>(data))->value->run(env, info);
}

// start(inputs, layout, done): see async_call.h
Napi::Value start(const Napi::CallbackInfo& info, const std::shared_ptr<Executable>& executable) {
  const Napi::Env env = info.Env();
  auto call =
      std::make_shared<AsyncCall>(executable, info[0].As<Napi::Array>(),
                                  info[1].As<Napi::Float64Array>(), info[2].As<Napi::Function>());
  AsyncCall& started = *call;
  started.ticket = executable->addon->async.start(env, std::move(call), executable->shared,
                                                  executable->walker->written());
  return Napi::Number::New(env, static_cast<double>(started.ticket));
}

Napi::Function run_function(Napi::Env env, const Holder& holder) {
  auto held = std::make_unique<Holder>(holder);
  napi_value function = nullptr;
  NAPI_THROW_IF_FAILED(
      env, napi_create_function(env, "run", NAPI_AUTO_LENGTH, run_callback, held.get(), &function),
      Napi::Function());
  Napi::Value(env, function)
      .As<Napi::Object>()
      .AddFinalizer([](Napi::Env, Holder* owned) { delete owned; }, held.get());
  held.release();
  return Napi::Function(env, function);
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

Napi::ArrayBuffer zeroed(Napi::Env env, size_t bytes) {
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, bytes);
  if (bytes > 0) std::memset(buffer.Data(), 0, bytes);
  return buffer;
}

// Compiled kernels where they are there, else interpreted ones until they are.
std::shared_ptr<KernelSet> kernels_of(Napi::Env env, const std::shared_ptr<const Program>& program,
                                      const Napi::Array& symbols,
                                      const std::shared_ptr<PendingLibrary>& library) {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < symbols.Length(); ++i)
    names.push_back(symbols.Get(i).As<Napi::String>());
  auto kernels = std::make_shared<KernelSet>(program, std::move(names));
  if (library != nullptr && library->state() == PendingLibrary::State::ready) {
    library->serve(kernels);
    if (!kernels->is_compiled()) refuse(env, "[load] expected the library to have each kernel");
    return kernels;
  }
  if (!kernels->interpret()) refuse(env, "[load] expected kernels that can be interpreted");
  if (library != nullptr) library->serve(kernels);
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
  executable->kernels = kernels_of(env, executable->program, spec.Get("symbols").As<Napi::Array>(),
                                   library_of(env, spec.Get("library")));

  WalkerParts parts;
  parts.program = executable->program;
  const auto constants = spec.Get("constants").As<Napi::Array>();
  for (uint32_t i = 0; i < constants.Length(); ++i) {
    const Napi::Value bytes = constants.Get(i);
    executable->constants.push_back(copy_constant(env, bytes));
    parts.constants.push_back(
        {executable->constants.back()->data(), bytes.As<Napi::Uint8Array>().ByteLength()});
  }
  parts.kernels = KernelSet::codes(executable->kernels);
  executable->shared = shared_of(env, *executable->addon, spec.Get("shared").As<Napi::Array>());
  parts.shared = executable->shared;
  executable->hosts = HostFunctions(spec.Get("hosts").As<Napi::Array>());
  parts.hosts = executable->hosts.size();
  parts.products = spec.Get("plain").ToBoolean() ? plain_products() : provided_products();

  std::string error;
  executable->parts = parts;
  executable->walker = Walker::create(std::move(parts), error);
  if (executable->walker == nullptr) refuse(env, error);

  executable->lay_out();
  const Program& program = *executable->program;
  Napi::ArrayBuffer frame = zeroed(env, executable->frame_words * sizeof(double));
  Napi::ArrayBuffer small =
      zeroed(env, (program.inputs.size() + program.outputs.size()) * small_bytes);
  executable->frame_reference = Napi::Persistent(frame);
  executable->small_reference = Napi::Persistent(small);
  executable->frame = static_cast<double*>(frame.Data());
  executable->small = static_cast<std::byte*>(small.Data());

  // The function `run` owns the executable.
  const auto holder = std::make_shared<HoldingOf<Executable>>(executable);
  const Napi::Function run = run_function(env, holder);
  executable->addon->reclaimer.watch(env, run, holder);
  executable->addon->reclaimer.account(env);
  Napi::Object result = Napi::Object::New(env);
  result.Set("run", run);
  result.Set("start", Napi::Function::New(env, [holder](const Napi::CallbackInfo& call) {
               return start(call, holder->value);
             }));
  result.Set("free", Napi::Function::New(env, [holder](const Napi::CallbackInfo& call) {
               return Napi::Boolean::New(call.Env(), holder->value->free_memory(call.Env()));
             }));
  result.Set("record", Napi::Function::New(env, [holder](const Napi::CallbackInfo& call) {
               const char* problem = holder->value->record(call[0]);
               if (problem != nullptr) refuse(call.Env(), problem);
             }));
  result.Set("frame", frame);
  result.Set("small", small);
  return result;
}

}  // namespace tno::cpu
