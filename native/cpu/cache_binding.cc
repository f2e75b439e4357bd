#include "cache_binding.h"

#include <string>

#include "cache_contents.h"
#include "cache_folder.h"

namespace tno::cpu {
namespace {

// readCache(folder): {error, entries: {key, bytes, made, used}[], abandoned, abandonedBytes,
// foreign}
Napi::Value read_cache_binding(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::string error;
  const File folder = open_cache_folder(info[0].As<Napi::String>(), error);
  const CacheContents contents = folder.is_open() ? read_cache(folder.fd()) : CacheContents{};
  Napi::Array entries = Napi::Array::New(env, contents.entries.size());
  for (uint32_t i = 0; i < entries.Length(); ++i) {
    const CacheEntry& entry = contents.entries[i];
    Napi::Object object = Napi::Object::New(env);
    object.Set("key", entry.key);
    object.Set("bytes", static_cast<double>(entry.bytes));
    object.Set("made", static_cast<double>(entry.made));
    object.Set("used", static_cast<double>(entry.used));
    entries.Set(i, object);
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("error", error);
  result.Set("entries", entries);
  result.Set("abandoned", static_cast<double>(contents.abandoned.size()));
  result.Set("abandonedBytes", static_cast<double>(contents.abandoned_bytes));
  result.Set("foreign", static_cast<double>(contents.foreign));
  return result;
}

// trimCache(folder, limit): {error, entries, bytes}
Napi::Value trim_cache_binding(const Napi::CallbackInfo& info) {
  std::string error;
  const File folder = open_cache_folder(info[0].As<Napi::String>(), error);
  const Eviction evicted = folder.is_open() ? evict(folder.fd(), limit_of(info[1])) : Eviction{};
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("error", error);
  result.Set("entries", static_cast<double>(evicted.entries));
  result.Set("bytes", static_cast<double>(evicted.bytes));
  return result;
}

}  // namespace

uint64_t limit_of(const Napi::Value& value) {
  constexpr double most =
      9007199254740992.0;  // beyond it numbers are not exact, and disks not so large
  const double limit = value.As<Napi::Number>().DoubleValue();
  return limit >= 0 && limit < most ? static_cast<uint64_t>(limit) : no_cache_limit;
}

void define_cache(Napi::Env env, Napi::Object exports) {
  exports.Set("readCache", Napi::Function::New(env, read_cache_binding, "readCache"));
  exports.Set("trimCache", Napi::Function::New(env, trim_cache_binding, "trimCache"));
}

}  // namespace tno::cpu
