#include "machine_binding.h"

#include "machine_peak.h"
#include "plain_products.h"
#include "processors.h"

namespace tno::cpu {
namespace {

// instructionLevel(): the widest set of vector instructions that the addon has code for and the
// processor takes: base, avx2, avx512
Napi::Value instruction_level(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), plain_level());
}

// measurePeak(): {gflops, gigabytesPerSecond}
Napi::Value measure_peak(const Napi::CallbackInfo& info) {
  const MachinePeak& peak = machine_peak();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("gflops", peak.gflops);
  result.Set("gigabytesPerSecond", peak.gigabytes_per_second);
  return result;
}

// threads(): how many run kernels
Napi::Value threads(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), thread_count());
}

}  // namespace

void define_machine(Napi::Env env, Napi::Object exports) {
  exports.Set("instructionLevel", Napi::Function::New(env, instruction_level, "instructionLevel"));
  exports.Set("measurePeak", Napi::Function::New(env, measure_peak, "measurePeak"));
  exports.Set("threads", Napi::Function::New(env, threads, "threads"));
}

}  // namespace tno::cpu
