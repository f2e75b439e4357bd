// Stacks of matrices: what the routines of linear algebra share.
#ifndef TNO_RUNTIME_ROUTINES_MATRICES_H_
#define TNO_RUNTIME_ROUTINES_MATRICES_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

#include "routines.h"
#include "routines/rows.h"
#include "thread_pool.h"
#include "tno/linear_algebra_abi.h"

namespace tno {

template <class T>
const tno_matrix_routines& matrix_routines(const Products& products);
template <>
inline const tno_matrix_routines& matrix_routines<float>(const Products& products) {
  return products.linear_algebra().f32;
}
template <>
inline const tno_matrix_routines& matrix_routines<double>(const Products& products) {
  return products.linear_algebra().f64;
}

// Calls run.operator()<T>() where all operands are of the one float dtype T.
template <class Run>
RoutineResult with_float(std::initializer_list<const Tensor*> operands, const Run& run) {
  const DType dtype = (*operands.begin())->dtype;
  for (const Tensor* operand : operands) {
    if (operand->dtype != dtype) return {RoutineOutcome::misfit};
  }
  if (dtype == DType::float32) return run.template operator()<float>();
  if (dtype == DType::float64) return run.template operator()<double>();
  return {RoutineOutcome::misfit};
}

// The last axes of a tensor as matrices, those before as their numbers.
struct Stack {
  explicit Stack(const Tensor& given)
      : tensor(given),
        lead(given.rank < 2 ? 0 : given.rank - 2),
        rows(given.rank < 2 ? 0 : given.shape[lead]),
        columns(given.rank < 2 ? 0 : given.shape[lead + 1]) {}

  bool is_stack() const { return tensor.rank >= 2; }
  std::span<const int64_t> leading() const { return tensor.dims().first(lead); }
  int64_t count() const { return element_count(leading()); }
  int64_t size() const { return rows * columns; }
  bool is_empty() const { return count() == 0 || size() == 0; }
  bool is(int64_t m, int64_t n) const { return is_stack() && rows == m && columns == n; }

  template <class T>
  T* matrix(int64_t number) const {
    return elements_of<T>(tensor) + number * size();
  }

  const Tensor& tensor;
  size_t lead;
  int64_t rows;
  int64_t columns;
};

inline bool same_lead(std::span<const int64_t> a, std::span<const int64_t> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

// Whether leading axes of size 1 can stretch to those of the result.
inline bool stretches(std::span<const int64_t> lead, std::span<const int64_t> result) {
  return std::equal(lead.begin(), lead.end(), result.begin(), result.end(),
                    [](int64_t n, int64_t wanted) { return n == wanted || n == 1; });
}

// Which of the stack's elements goes with number `number` of the result's.
inline int64_t stretched_number(std::span<const int64_t> lead, std::span<const int64_t> result,
                                int64_t number) {
  int64_t at = 0;
  int64_t stride = 1;
  for (size_t axis = lead.size(); axis-- > 0;) {
    if (lead[axis] != 1) at += number % result[axis] * stride;
    number /= result[axis];
    stride *= lead[axis];
  }
  return at;
}

template <class T>
std::unique_ptr<T[]> take(int64_t size) {
  return std::unique_ptr<T[]>(new (std::nothrow)
                                  T[static_cast<size_t>(std::max<int64_t>(1, size))]);
}

// What became of one matrix. Failures are told with the number for the message.
struct MatrixOutcome {
  RoutineOutcome outcome = RoutineOutcome::done;
  int64_t value = 0;
};

inline MatrixOutcome no_memory() {
  return {RoutineOutcome::no_memory, 0};
}

// Calls run(number) for each matrix, several at a time where `work`, the operations of one, are
// worth a thread; gives the first outcome, by number, other than done.
template <class Run>
RoutineResult for_each_matrix(int64_t count, double work, const Run& run) {
  constexpr double chunk_work = 1 << 16;
  if (count <= 0) return {};
  const auto chunk = static_cast<int64_t>(std::clamp(chunk_work / std::max(1.0, work), 1.0, 1e6));
  std::mutex mutex;
  int64_t first = count;
  RoutineResult result;
  ThreadPool::process().run((count + chunk - 1) / chunk, [&](int64_t part) {
    const int64_t end = std::min(count, (part + 1) * chunk);
    for (int64_t number = part * chunk; number < end; ++number) {
      const MatrixOutcome outcome = run(number);
      if (outcome.outcome == RoutineOutcome::done) continue;
      const std::lock_guard lock(mutex);
      if (number >= first) return;
      first = number;
      result = {outcome.outcome, outcome.value};
      return;
    }
  });
  return result;
}

inline double cube(int64_t n) {
  return std::pow(static_cast<double>(n), 3);
}

template <class T>
bool all_finite(const T* values, int64_t size) {
  return std::all_of(values, values + size, [](T value) { return std::isfinite(value); });
}

template <class T>
void set_identity(T* a, int64_t rows, int64_t columns) {
  std::fill_n(a, rows * columns, T{0});
  for (int64_t i = 0; i < std::min(rows, columns); ++i) a[i * columns + i] = 1;
}

// Keeps one triangle, the diagonal with it.
template <class T>
void clear_other_triangle(T* a, int64_t rows, int64_t columns, bool keep_upper) {
  for (int64_t i = 0; i < rows; ++i) {
    T* const row = a + i * columns;
    if (keep_upper) {
      std::fill(row, row + std::min(i, columns), T{0});
    } else if (i + 1 < columns) {
      std::fill(row + i + 1, row + columns, T{0});
    }
  }
}

}  // namespace tno

#endif  // TNO_RUNTIME_ROUTINES_MATRICES_H_
