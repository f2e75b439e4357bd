#include "library_binding.h"

#include <string>

#include "cache_binding.h"

namespace tno::cpu {
namespace {

constexpr napi_type_tag library_tag = {0x7d0c1f6b5a3e4d21, 0x9b1e6a4c2f8d7053};

using Held = std::shared_ptr<PendingLibrary>;

// openLibrary({folder, limit, key, compiler, flags})
Napi::Value open_binding(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto given = info[0].As<Napi::Object>();
  LibraryRequest request;
  request.folder = given.Get("folder").As<Napi::String>();
  request.limit = limit_of(given.Get("limit"));
  request.key = given.Get("key").As<Napi::String>();
  request.compiler = given.Get("compiler").As<Napi::String>();
  const auto flags = given.Get("flags").As<Napi::Array>();
  for (uint32_t i = 0; i < flags.Length(); ++i) {
    request.flags.push_back(flags.Get(i).As<Napi::String>());
  }
  auto library = Napi::External<Held>::New(env, new Held(open_library(request)),
                                           [](Napi::Env, Held* owned) { delete owned; });
  napi_type_tag_object(env, library, &library_tag);
  return library;
}

// compileLibrary(library, source, parts)
Napi::Value compile_binding(const Napi::CallbackInfo& info) {
  compile_library(library_of(info.Env(), info[0]), info[1].As<Napi::String>(),
                  info[2].As<Napi::Number>().Uint32Value());
  return info.Env().Undefined();
}

const char* state_name(PendingLibrary::State state) {
  if (state == PendingLibrary::State::compiling) return "compiling";
  return state == PendingLibrary::State::ready ? "ready" : "failed";
}

// libraryStatus(library): {state, compiled, error, warning}
Napi::Value status_binding(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Held library = library_of(env, info[0]);
  const PendingLibrary::State state = library->state();
  const LibraryResult found =
      state == PendingLibrary::State::compiling ? LibraryResult{} : library->wait();
  Napi::Object status = Napi::Object::New(env);
  status.Set("state", state_name(state));
  status.Set("compiled", found.compiled);
  status.Set("error", found.error);
  status.Set("warning", found.warning);
  return status;
}

// waitForLibrary(library): blocks while it is being made
Napi::Value wait_binding(const Napi::CallbackInfo& info) {
  library_of(info.Env(), info[0])->wait();
  return info.Env().Undefined();
}

class Waiting final : public Napi::AsyncWorker {
 public:
  Waiting(Napi::Env env, Held library)
      : AsyncWorker(env), deferred_(env), library_(std::move(library)) {}
  Napi::Promise promise() const { return deferred_.Promise(); }

  void Execute() override { library_->wait(); }
  void OnOK() override { deferred_.Resolve(Env().Undefined()); }

 private:
  Napi::Promise::Deferred deferred_;
  Held library_;
};

// libraryFinished(library): a promise for the moment when it is no longer being made
Napi::Value finished_binding(const Napi::CallbackInfo& info) {
  auto* waiting = new Waiting(info.Env(), library_of(info.Env(), info[0]));
  const Napi::Promise promise = waiting->promise();
  waiting->Queue();
  return promise;
}

}  // namespace

std::shared_ptr<PendingLibrary> library_of(Napi::Env env, const Napi::Value& value) {
  if (value.IsNull()) return nullptr;
  bool tagged = false;
  napi_check_object_type_tag(env, value, &library_tag, &tagged);
  if (!tagged) throw Napi::Error::New(env, "[load] expected a kernel library");
  return *value.As<Napi::External<Held>>().Data();
}

void define_libraries(Napi::Env env, Napi::Object exports) {
  exports.Set("openLibrary", Napi::Function::New(env, open_binding, "openLibrary"));
  exports.Set("compileLibrary", Napi::Function::New(env, compile_binding, "compileLibrary"));
  exports.Set("libraryStatus", Napi::Function::New(env, status_binding, "libraryStatus"));
  exports.Set("waitForLibrary", Napi::Function::New(env, wait_binding, "waitForLibrary"));
  exports.Set("libraryFinished", Napi::Function::New(env, finished_binding, "libraryFinished"));
}

}  // namespace tno::cpu
