#include "plain_products.h"

#include <cstring>
#include <memory>

#include "memory.h"

namespace tno::cpu {
namespace {

const PlainKernels& widest() {
#ifdef TNO_X86_LEVELS
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
    return plain_kernels_avx512();
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return plain_kernels_avx2();
#endif
  return plain_kernels_base();
}

const PlainKernels& kernels() {
  static const PlainKernels& chosen = widest();
  return chosen;
}

// Packing space of the calling thread; taken once and kept.
std::shared_ptr<Block>& scratch() {
  thread_local std::shared_ptr<Block> block;
  return block;
}

bool prepare() noexcept {
  std::shared_ptr<Block>& block = scratch();
  if (block == nullptr) block = Block::allocate(kernels().scratch_bytes);
  return block != nullptr;
}

template <class T>
const PlainKernelsOf<T>& of();
template <>
const PlainKernelsOf<float>& of() {
  return kernels().f32;
}
template <>
const PlainKernelsOf<double>& of() {
  return kernels().f64;
}

template <class T>
void gemm(const Gemm<T>& job) noexcept {
  of<T>().gemm(job, scratch()->data());
}
template <class T>
void gemv(const Gemv<T>& job) noexcept {
  of<T>().gemv(job);
}
template <class T>
void ger(const Ger<T>& job) noexcept {
  of<T>().ger(job);
}

}  // namespace

const Products& plain_products() {
  static const Products products{
      {gemm<float>, gemv<float>, ger<float>}, {gemm<double>, gemv<double>, ger<double>}, prepare};
  return products;
}

const char* plain_level() {
  return kernels().name;
}

const PlainKernels* plain_kernels_named(const char* name) {
  if (std::strcmp(name, "base") == 0) return &plain_kernels_base();
#ifdef TNO_X86_LEVELS
  const PlainKernels& best = widest();
  const bool has_avx512 = std::strcmp(best.name, "avx512") == 0;
  const bool has_avx2 = has_avx512 || std::strcmp(best.name, "avx2") == 0;
  if (std::strcmp(name, "avx2") == 0 && has_avx2) return &plain_kernels_avx2();
  if (std::strcmp(name, "avx512") == 0 && has_avx512) return &plain_kernels_avx512();
#endif
  return nullptr;
}

}  // namespace tno::cpu
