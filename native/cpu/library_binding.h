// Libraries of compiled kernels, as JavaScript holds them.
#ifndef TNO_CPU_LIBRARY_BINDING_H_
#define TNO_CPU_LIBRARY_BINDING_H_

#include <napi.h>

#include <memory>

#include "compile_queue.h"

namespace tno::cpu {

void define_libraries(Napi::Env env, Napi::Object exports);

// The library behind what openLibrary gave; null for null. Throws for anything else.
std::shared_ptr<PendingLibrary> library_of(Napi::Env env, const Napi::Value& value);

}  // namespace tno::cpu

#endif  // TNO_CPU_LIBRARY_BINDING_H_
