#include "plain_products.h"

#include <cstring>
#include <memory>

#include "instruction_level.h"
#include "memory.h"
#include "plain_linear_algebra.h"
#include "product_pieces.h"

namespace tno::cpu {
namespace {

const PlainKernels& widest() {
#ifdef TNO_X86_LEVELS
  if (has_avx512()) {
    return plain_kernels_avx512();
  }
  if (has_avx2()) return plain_kernels_avx2();
#endif
  return plain_kernels_base();
}

// Taken once and kept.
ProductScratch& scratch() {
  thread_local ProductScratch blocks;
  return blocks;
}

bool prepare() noexcept {
  ProductScratch& blocks = scratch();
  const auto wanted = static_cast<size_t>(ThreadPool::process().threads());
  while (blocks.size() < wanted) {
    std::shared_ptr<Block> block = Block::allocate(plain_kernels().scratch_bytes);
    if (block == nullptr) return false;
    blocks.push_back(std::move(block));
  }
  return true;
}

template <class T>
const PlainKernelsOf<T>& of();
template <>
const PlainKernelsOf<float>& of() {
  return plain_kernels().f32;
}
template <>
const PlainKernelsOf<double>& of() {
  return plain_kernels().f64;
}

template <class T>
void gemm(const Gemm<T>& job) noexcept {
  const ProductScratch& blocks = scratch();
  run_in_pieces(job, [&](const Gemm<T>& piece, int thread) {
    of<T>().gemm(piece, blocks[static_cast<size_t>(thread)]->data());
  });
}
template <class T>
void gemv(const Gemv<T>& job) noexcept {
  run_in_pieces(job, of<T>().gemv);
}
template <class T>
void ger(const Ger<T>& job) noexcept {
  run_in_pieces(job, of<T>().ger);
}

}  // namespace

const PlainKernels& plain_kernels() {
  static const PlainKernels& chosen = widest();
  return chosen;
}

const ProductScratch& product_scratch() {
  return scratch();
}

const Products& plain_products() {
  static const Products products{{gemm<float>, gemv<float>, ger<float>},
                                 {gemm<double>, gemv<double>, ger<double>},
                                 prepare,
                                 plain_linear_algebra};
  return products;
}

const char* plain_level() {
  return plain_kernels().name;
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
