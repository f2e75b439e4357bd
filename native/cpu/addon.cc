// The Node-API addon of the cpu device. Its typed face is packages/cpu/src/native.ts.
#include <malloc.h>
#include <napi.h>

#include <cstdlib>
#include <mutex>

#include "cache_binding.h"
#include "executable_binding.h"
#include "library_binding.h"
#include "machine_binding.h"
#include "providers.h"
#include "shared_binding.h"

namespace tno::cpu {
namespace {

// Of what this file exports; the TypeScript side refuses an addon with another number.
constexpr int addon_abi = 2;

// glibc gives large freed memory back to the kernel at once, and taking it again costs a page fault
// for every 4 KB: more than filling a result. So all memory comes from the heap, where freed memory
// is kept up to a bound. Who has set these limits has his way.
void keep_freed_memory() {
  if (std::getenv("MALLOC_TRIM_THRESHOLD_") != nullptr) return;
  if (std::getenv("MALLOC_MMAP_THRESHOLD_") != nullptr) return;
#ifdef __GLIBC__
  static std::once_flag once;
  std::call_once(once, [] {
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
  });
#endif
}

// linearAlgebraProvider(): lapack, plain
Napi::Value linear_algebra_provider_binding(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), linear_algebra_provider());
}

Napi::Value product_provider_binding(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), product_provider());
}

// setMemoryLimit(bytes): see memory.h
void set_memory_limit_binding(const Napi::CallbackInfo& info) {
  set_memory_limit(info[0].As<Napi::Number>().Int64Value());
}

// cancelCall(ticket): whether the call had not begun; `done` is not called then.
Napi::Value cancel_call(const Napi::CallbackInfo& info) {
  const auto ticket = static_cast<uint64_t>(info[0].As<Napi::Number>().Int64Value());
  AsyncCalls& calls = info.Env().GetInstanceData<AddonData>()->async;
  return Napi::Boolean::New(info.Env(), calls.cancel(info.Env(), ticket));
}

// stopCalls(): ends the calls in flight, none of which is settled. Nothing is in flight afterwards.
void stop_calls(const Napi::CallbackInfo& info) {
  info.Env().GetInstanceData<AddonData>()->async.stop();
}

// Environments end after the library is ready; for process.exit(), JavaScript sees to it.
void warm_up_provider_binding(const Napi::CallbackInfo& info) {
  auto* data = info.Env().GetInstanceData<AddonData>();
  if (!data->awaits_provider) {
    napi_add_env_cleanup_hook(
        info.Env(), [](void*) { product_provider(); }, data);
    data->awaits_provider = true;
  }
  warm_up_provider();
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  keep_freed_memory();
  auto* data = new AddonData;
  const Napi::Function shared_storage = SharedStorage::define(env);
  data->shared_storage = Napi::Persistent(shared_storage);
  data->array_buffer = Napi::Persistent(env.Global().Get("ArrayBuffer").As<Napi::Function>());
  env.SetInstanceData(data);
  exports.Set("abi", addon_abi);
  exports.Set("kernelAbi", TNO_KERNEL_ABI);
  exports.Set("SharedStorage", shared_storage);
  define_libraries(env, exports);
  define_cache(env, exports);
  define_machine(env, exports);
  exports.Set("cancelCall", Napi::Function::New(env, cancel_call, "cancelCall"));
  exports.Set("stopCalls", Napi::Function::New(env, stop_calls, "stopCalls"));
  exports.Set("load", Napi::Function::New(env, load, "load"));
  exports.Set("setMemoryLimit",
              Napi::Function::New(env, set_memory_limit_binding, "setMemoryLimit"));
  exports.Set("warmUpProvider",
              Napi::Function::New(env, warm_up_provider_binding, "warmUpProvider"));
  exports.Set("linearAlgebraProvider",
              Napi::Function::New(env, linear_algebra_provider_binding, "linearAlgebraProvider"));
  exports.Set("productProvider",
              Napi::Function::New(env, product_provider_binding, "productProvider"));
  return exports;
}

}  // namespace

NODE_API_MODULE(tno_cpu, initialize)

}  // namespace tno::cpu
