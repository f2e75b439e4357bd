// Eigenvalues, singular values and the matrix exponential.
#include <array>
#include <initializer_list>

#include "routines/linear_algebra.h"
#include "routines/matrices.h"

namespace tno {
namespace {

// A vector whose sign is free: elements `step` apart.
template <class T>
struct Vector {
  T* data;
  int64_t length;
  int64_t step;

  T& operator[](int64_t i) const { return data[i * step]; }
};

// The first of the largest elements, those within a tenth of the largest, is to be positive.
template <class T>
bool is_oriented(const Vector<T>& v) {
  T largest = 0;
  for (int64_t i = 0; i < v.length; ++i) largest = std::max(largest, std::abs(v[i]));
  const auto limit = static_cast<T>(0.9) * largest;
  for (int64_t i = 0; i < v.length; ++i) {
    if (std::abs(v[i]) >= limit) return v[i] >= 0;
  }
  return true;
}

template <class T>
void negate(const Vector<T>& v) {
  for (int64_t i = 0; i < v.length; ++i) v[i] = -v[i];
}

template <class T>
bool triangle_is_finite(const T* a, int64_t n, bool upper) {
  for (int64_t i = 0; i < n; ++i) {
    const int64_t from = upper ? i : 0;
    if (!all_finite(a + i * n + from, upper ? n - i : i + 1)) return false;
  }
  return true;
}

MatrixOutcome spectrum_outcome(int64_t status, int64_t number) {
  if (status == 0) return {};
  if (status == TNO_MATRIX_NO_MEMORY) return no_memory();
  return {RoutineOutcome::failed, number};
}

template <class T>
void transpose(const T* a, T* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < n; ++j) out[j * n + i] = a[i * n + j];
  }
}

// `v` null: values only.
RoutineResult symmetric(const RoutineCall& call, const Tensor* v) {
  const Stack a(call.ins[0]);
  const Tensor& w = call.outs[0];
  if (!a.is(a.rows, a.rows) || w.elements() != a.count() * a.rows ||
      (v != nullptr && !same_shape(a.tensor, *v))) {
    return {RoutineOutcome::misfit};
  }
  const bool upper = call.params[0] != 0;
  const int64_t n = a.rows;
  return with_float({&a.tensor, &w, v == nullptr ? &w : v}, [&]<class T>() -> RoutineResult {
    if (a.is_empty()) return {};
    const tno_matrix_routines& routines = matrix_routines<T>(call.products);
    return for_each_matrix(a.count(), 4 * cube(n), [&](int64_t number) -> MatrixOutcome {
      const T* const matrix = a.matrix<T>(number);
      if (!triangle_is_finite(matrix, n, upper)) return {RoutineOutcome::failed, number};
      const std::unique_ptr<T[]> rows = take<T>(a.size());
      if (rows == nullptr) return no_memory();
      std::copy_n(matrix, a.size(), rows.get());
      const int64_t status =
          routines.eigh(upper, v != nullptr, n, rows.get(), elements_of<T>(w) + number * n);
      if (status == 0 && v != nullptr) {
        for (int64_t k = 0; k < n; ++k) {
          const Vector<T> row{rows.get() + k * n, n, 1};
          if (!is_oriented(row)) negate(row);
        }
        transpose(rows.get(), elements_of<T>(*v) + number * a.size(), n);
      }
      return spectrum_outcome(status, number);
    });
  });
}

struct SingularVectors {
  Stack u;
  Stack vt;
};

template <class T>
void orient(const SingularVectors& vectors, int64_t number, int64_t values) {
  const auto& [u, vt] = vectors;
  const auto column = [&](int64_t k) {
    return Vector<T>{u.matrix<T>(number) + k, u.rows, u.columns};
  };
  const auto row = [&](int64_t k) {
    return Vector<T>{vt.matrix<T>(number) + k * vt.columns, vt.columns, 1};
  };
  for (int64_t k = 0; k < u.columns; ++k) {
    if (is_oriented(column(k))) continue;
    negate(column(k));
    if (k < values) negate(row(k));
  }
  for (int64_t k = values; k < vt.rows; ++k) {
    if (!is_oriented(row(k))) negate(row(k));
  }
}

// `vectors` null: values only.
RoutineResult singular(const RoutineCall& call, const Tensor& s, const SingularVectors* vectors,
                       bool full) {
  const Stack a(call.ins[0]);
  const int64_t values = std::min(a.rows, a.columns);
  if (!a.is_stack() || s.elements() != a.count() * values ||
      (vectors != nullptr && (!vectors->u.is(a.rows, full ? a.rows : values) ||
                              !vectors->vt.is(full ? a.columns : values, a.columns)))) {
    return {RoutineOutcome::misfit};
  }
  const Tensor& u = vectors == nullptr ? s : vectors->u.tensor;
  const Tensor& vt = vectors == nullptr ? s : vectors->vt.tensor;
  return with_float({&a.tensor, &s, &u, &vt}, [&]<class T>() -> RoutineResult {
    const tno_matrix_routines& routines = matrix_routines<T>(call.products);
    const double work = 4 * static_cast<double>(a.size()) * static_cast<double>(values);
    return for_each_matrix(a.count(), work, [&](int64_t number) -> MatrixOutcome {
      T* const left = vectors == nullptr ? nullptr : vectors->u.matrix<T>(number);
      T* const right = vectors == nullptr ? nullptr : vectors->vt.matrix<T>(number);
      if (values == 0) {
        if (vectors == nullptr) return {};
        set_identity(left, vectors->u.rows, vectors->u.columns);
        set_identity(right, vectors->vt.rows, vectors->vt.columns);
        return {};
      }
      const T* const matrix = a.matrix<T>(number);
      if (!all_finite(matrix, a.size())) return {RoutineOutcome::failed, number};
      const std::unique_ptr<T[]> lost = take<T>(a.size());
      if (lost == nullptr) return no_memory();
      std::copy_n(matrix, a.size(), lost.get());
      const int64_t status = routines.svd(full, a.rows, a.columns, lost.get(),
                                          elements_of<T>(s) + number * values, left, right);
      if (status == 0 && vectors != nullptr) orient<T>(*vectors, number, values);
      return spectrum_outcome(status, number);
    });
  });
}

// Numerator of the Pade approximation of degree 13, by powers; up to which norm it is as good as
// double. Higham, SIAM J. Matrix Anal. Appl. 26, 2005.
constexpr std::array<double, 14> pade{64764752532480000.0,
                                      32382376266240000.0,
                                      7771770303897600.0,
                                      1187353796428800.0,
                                      129060195264000.0,
                                      10559470521600.0,
                                      670442572800.0,
                                      33522128640.0,
                                      1323241920.0,
                                      40840800.0,
                                      960960.0,
                                      16380.0,
                                      182.0,
                                      1.0};
constexpr double pade_norm = 5.371920351148152;

// The exponential of one matrix of doubles, by scaling and squaring.
class Exponential {
 public:
  Exponential(const Products& products, int64_t n)
      : products_(products), n_(n), size_(n * n), memory_(take<double>(8 * n * n)) {}

  bool has_memory() const { return memory_ != nullptr; }
  double* input() const { return block(0); }

  // The result, or null for want of memory.
  const double* run() {
    const double norm = norm_of(input());
    if (!std::isfinite(norm)) {
      std::fill_n(input(), size_, std::numeric_limits<double>::quiet_NaN());
      return input();
    }
    const int squarings =
        norm > pade_norm ? static_cast<int>(std::ceil(std::log2(norm / pade_norm))) : 0;
    const double scale = std::ldexp(1.0, -squarings);
    std::transform(input(), input() + size_, input(), [&](double x) { return x * scale; });
    double* result = approximate();
    for (int k = 0; result != nullptr && k < squarings; ++k) {
      double* const other = result == block(5) ? block(6) : block(5);
      multiply(result, result, other);
      result = other;
    }
    return result;
  }

 private:
  double* block(int64_t k) const { return memory_.get() + k * size_; }

  double norm_of(const double* a) const {
    double most = 0;
    for (int64_t j = 0; j < n_; ++j) {
      double sum = 0;
      for (int64_t i = 0; i < n_; ++i) sum += std::abs(a[i * n_ + j]);
      most = sum > most || std::isnan(sum) ? sum : most;
      if (std::isnan(most)) return most;
    }
    return most;
  }

  void multiply(const double* a, const double* b, double* y) const {
    products_.f64.gemm(Gemm<double>{n_, n_, n_, 1, a, n_, 1, b, n_, 1, 0, y, n_});
  }

  // into = sum of pade[from + 2k] * part k
  void combine(std::initializer_list<const double*> parts, size_t from, double* into) const {
    for (int64_t at = 0; at < size_; ++at) {
      double sum = 0;
      size_t power = from;
      for (const double* part : parts) {
        // A null pointer stands for the identity.
        const double value = part == nullptr ? (at % (n_ + 1) == 0 ? 1.0 : 0.0) : part[at];
        sum += pade[power] * value;
        power += 2;
      }
      into[at] = sum;
    }
  }

  // The even or odd half of the numerator, without the odd one's factor: into `into`, by way of
  // `scratch`.
  void half(size_t odd, double* into, double* scratch, double* high) const {
    combine({block(1), block(2), block(3)}, 8 + odd, scratch);
    multiply(block(3), scratch, high);
    combine({nullptr, block(1), block(2), block(3)}, odd, into);
    for (int64_t at = 0; at < size_; ++at) into[at] += high[at];
  }

  double* approximate() {
    multiply(input(), input(), block(1));
    multiply(block(1), block(1), block(2));
    multiply(block(1), block(2), block(3));
    half(0, block(4), block(5), block(6));
    half(1, block(7), block(5), block(6));
    multiply(input(), block(7), block(5));
    double* const even = block(4);
    double* const odd = block(5);
    for (int64_t at = 0; at < size_; ++at) {
      const double sum = even[at] + odd[at];
      even[at] -= odd[at];
      odd[at] = sum;
    }
    const std::unique_ptr<int64_t[]> pivots = take<int64_t>(n_);
    const tno_matrix_routines& routines = products_.linear_algebra().f64;
    if (pivots == nullptr || routines.lu(n_, even, pivots.get()) != 0) return nullptr;
    for (int64_t k = 0; k < n_; ++k) {
      const int64_t other = pivots[static_cast<size_t>(k)];
      if (other != k) std::swap_ranges(odd + k * n_, odd + (k + 1) * n_, odd + other * n_);
    }
    const bool solved = routines.solve_triangular(1, 0, 1, n_, n_, even, odd) == 0 &&
                        routines.solve_triangular(0, 0, 0, n_, n_, even, odd) == 0;
    return solved ? odd : nullptr;
  }

  const Products& products_;
  const int64_t n_;
  const int64_t size_;
  const std::unique_ptr<double[]> memory_;
};

}  // namespace

RoutineResult run_eigh(const RoutineCall& call) {
  return symmetric(call, &call.outs[1]);
}

RoutineResult run_eigvalsh(const RoutineCall& call) {
  return symmetric(call, nullptr);
}

RoutineResult run_svd(const RoutineCall& call) {
  const SingularVectors vectors{Stack(call.outs[0]), Stack(call.outs[2])};
  return singular(call, call.outs[1], &vectors, call.params[0] != 0);
}

RoutineResult run_svdvals(const RoutineCall& call) {
  return singular(call, call.outs[0], nullptr, false);
}

RoutineResult run_expm(const RoutineCall& call) {
  const Stack a(call.ins[0]);
  const Stack y(call.outs[0]);
  if (!a.is(a.rows, a.rows) || !same_shape(a.tensor, y.tensor)) return {RoutineOutcome::misfit};
  return with_float({&a.tensor, &y.tensor}, [&]<class T>() -> RoutineResult {
    if (a.is_empty()) return {};
    const RoutineResult none{RoutineOutcome::no_memory, 0};
    Exponential exponential(call.products, a.rows);
    if (!exponential.has_memory() || !call.products.prepare()) return none;
    // One after the other: the products inside take all threads.
    for (int64_t number = 0; number < a.count(); ++number) {
      std::copy_n(a.matrix<T>(number), a.size(), exponential.input());
      const double* const result = exponential.run();
      if (result == nullptr) return none;
      std::transform(result, result + a.size(), y.matrix<T>(number),
                     [](double x) { return static_cast<T>(x); });
    }
    return {};
  });
}

}  // namespace tno
