#ifndef TNO_CPU_CACHE_BINDING_H_
#define TNO_CPU_CACHE_BINDING_H_

#include <napi.h>

#include <cstdint>

namespace tno::cpu {

// A limit in bytes from a JavaScript number; Infinity is none.
uint64_t limit_of(const Napi::Value& value);

// Adds readCache and trimCache to the addon.
void define_cache(Napi::Env env, Napi::Object exports);

}  // namespace tno::cpu

#endif  // TNO_CPU_CACHE_BINDING_H_
