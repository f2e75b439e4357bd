// What this machine can do at most, measured: the ruler that profiles hold steps to.
#ifndef TNO_CPU_MACHINE_PEAK_H_
#define TNO_CPU_MACHINE_PEAK_H_

namespace tno::cpu {

struct MachinePeak {
  double gflops = 0;                // of float32 multiply-adds held in registers
  double gigabytes_per_second = 0;  // of a = b + s * c over arrays far larger than caches
};

// On all threads of the pool; takes some 0.1 s the first time.
const MachinePeak& machine_peak();

}  // namespace tno::cpu

#endif  // TNO_CPU_MACHINE_PEAK_H_
