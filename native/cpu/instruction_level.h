// Which of the instruction sets that parts of the addon are compiled for this processor has.
#ifndef TNO_CPU_INSTRUCTION_LEVEL_H_
#define TNO_CPU_INSTRUCTION_LEVEL_H_

#ifdef TNO_X86_LEVELS

namespace tno::cpu {

inline bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
}

inline bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

}  // namespace tno::cpu

#endif

#endif  // TNO_CPU_INSTRUCTION_LEVEL_H_
