// Vectors of the level, and how sums meet results.
// A part of plain_kernels.cc, and under its rule: nothing here may be shared between levels.
#ifndef TNO_CPU_PLAIN_VECTOR_H_
#define TNO_CPU_PLAIN_VECTOR_H_

#include <cstdint>

namespace tno::cpu {
namespace {

template <class T>
constexpr int64_t lanes = TNO_VECTOR_BYTES / static_cast<int64_t>(sizeof(T));

template <class T>
struct VectorOf {
  using Aligned [[gnu::vector_size(TNO_VECTOR_BYTES)]] = T;
  using Loose [[gnu::vector_size(TNO_VECTOR_BYTES), gnu::aligned(sizeof(T)), gnu::may_alias]] = T;
};
template <class T>
using Vector = typename VectorOf<T>::Aligned;
template <class T>
using LooseVector = typename VectorOf<T>::Loose;

int64_t min(int64_t a, int64_t b) {
  return a < b ? a : b;
}

template <class T>
void merge_element(T sum, T alpha, T beta, T* y) {
  *y = beta == 0 ? alpha * sum : alpha * sum + beta * *y;
}

}  // namespace
}  // namespace tno::cpu

#endif  // TNO_CPU_PLAIN_VECTOR_H_
