// The own dense products, compiled once for each instruction set level; plain_products.cc picks
// one.
#ifndef TNO_CPU_PLAIN_KERNELS_H_
#define TNO_CPU_PLAIN_KERNELS_H_

#include <cstdint>

#include "products.h"

namespace tno::cpu {

template <class T>
struct PlainKernelsOf {
  // `scratch` holds `scratch_bytes`, aligned to 64 bytes.
  void (*gemm)(const Gemm<T>&, void* scratch) noexcept;
  void (*gemv)(const Gemv<T>&) noexcept;
  void (*ger)(const Ger<T>&) noexcept;
};

struct PlainKernels {
  const char* name;
  int64_t scratch_bytes;
  PlainKernelsOf<float> f32;
  PlainKernelsOf<double> f64;
};

const PlainKernels& plain_kernels_base();
#ifdef TNO_X86_LEVELS
const PlainKernels& plain_kernels_avx2();
const PlainKernels& plain_kernels_avx512();
#endif

}  // namespace tno::cpu

#endif  // TNO_CPU_PLAIN_KERNELS_H_
