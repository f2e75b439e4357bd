#include "machine_binding.h"

#include "plain_products.h"

namespace tno::cpu {
namespace {

// instructionLevel(): the widest set of vector instructions that the addon has code for and the
// processor takes: base, avx2, avx512
Napi::Value instruction_level(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), plain_level());
}

}  // namespace

void define_machine(Napi::Env env, Napi::Object exports) {
  exports.Set("instructionLevel", Napi::Function::New(env, instruction_level, "instructionLevel"));
}

}  // namespace tno::cpu
