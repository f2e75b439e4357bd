#ifndef TNO_CPU_MACHINE_BINDING_H_
#define TNO_CPU_MACHINE_BINDING_H_

#include <napi.h>

namespace tno::cpu {

// Adds what tells about this machine to the addon.
void define_machine(Napi::Env env, Napi::Object exports);

}  // namespace tno::cpu

#endif  // TNO_CPU_MACHINE_BINDING_H_
