#include "plain_linear_algebra.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <new>
#include <numeric>
#include <utility>

namespace tno::cpu {
namespace {

constexpr int max_sweeps = 60;

// Memory for one call, null where there is none.
template <class T>
using Memory = std::unique_ptr<T[]>;

template <class T>
Memory<T> take(int64_t size) {
  return Memory<T>(new (std::nothrow) T[static_cast<size_t>(std::max<int64_t>(1, size))]{});
}

template <class T>
int64_t cholesky(int32_t upper, int64_t n, void* matrix) {
  T* const a = static_cast<T*>(matrix);
  const auto at = [&](int64_t i, int64_t j) -> T& { return upper ? a[j * n + i] : a[i * n + j]; };
  for (int64_t j = 0; j < n; ++j) {
    for (int64_t i = j; i < n; ++i) {
      double rest = static_cast<double>(at(i, j));
      for (int64_t k = 0; k < j; ++k) rest -= static_cast<double>(at(i, k)) * at(j, k);
      if (i > j) {
        at(i, j) = static_cast<T>(rest / at(j, j));
      } else if (!(rest > 0)) {
        return j + 1;
      } else {
        at(j, j) = static_cast<T>(std::sqrt(rest));
      }
    }
  }
  return 0;
}

template <class T>
int64_t lu(int64_t n, void* matrix, int64_t* pivots) {
  T* const a = static_cast<T*>(matrix);
  for (int64_t k = 0; k < n; ++k) {
    int64_t best = k;
    for (int64_t i = k + 1; i < n; ++i) {
      if (std::abs(a[i * n + k]) > std::abs(a[best * n + k])) best = i;
    }
    pivots[k] = best;
    if (best != k) std::swap_ranges(a + k * n, a + (k + 1) * n, a + best * n);
    if (a[k * n + k] == 0) continue;
    for (int64_t i = k + 1; i < n; ++i) {
      const T factor = a[i * n + k] /= a[k * n + k];
      for (int64_t j = k + 1; j < n; ++j) a[i * n + j] -= factor * a[k * n + j];
    }
  }
  return 0;
}

template <class T>
int64_t solve_triangular(int32_t lower, int32_t transposed, int32_t unit, int64_t n, int64_t k,
                         const void* matrix, void* right) {
  const T* const a = static_cast<const T*>(matrix);
  T* const b = static_cast<T*>(right);
  const auto at = [&](int64_t i, int64_t j) { return transposed ? a[j * n + i] : a[i * n + j]; };
  const bool goes_down = (lower != 0) != (transposed != 0);
  for (int64_t step = 0; step < n; ++step) {
    const int64_t i = goes_down ? step : n - 1 - step;
    for (int64_t before = 0; before < step; ++before) {
      const int64_t j = goes_down ? before : n - 1 - before;
      const T factor = at(i, j);
      for (int64_t c = 0; c < k; ++c) b[i * k + c] -= factor * b[j * k + c];
    }
    if (unit) continue;
    for (int64_t c = 0; c < k; ++c) b[i * k + c] /= at(i, i);
  }
  return 0;
}

// (I - tau * v * v^T) * a for the rows of `a` that v has elements for.
template <class T>
void reflect(const T* v, T tau, int64_t rows, T* a, int64_t columns) {
  for (int64_t j = 0; j < columns; ++j) {
    T dot = 0;
    for (int64_t i = 0; i < rows; ++i) dot += v[i] * a[i * columns + j];
    for (int64_t i = 0; i < rows; ++i) a[i * columns + j] -= tau * dot * v[i];
  }
}

// The reflection that makes a column zero below its first element; none where it is zero already.
template <class T>
T reflection_of(const T* column, int64_t rows, int64_t step, T* v) {
  T tail = 0;
  for (int64_t i = 0; i < rows; ++i) {
    v[i] = column[i * step];
    if (i > 0) tail = std::hypot(tail, v[i]);
  }
  const T alpha = std::exchange(v[0], T{1});
  if (tail == 0) return 0;
  const T beta = -std::copysign(std::hypot(alpha, tail), alpha);
  for (int64_t i = 1; i < rows; ++i) v[i] /= alpha - beta;
  return (beta - alpha) / beta;
}

template <class T>
int64_t qr(int64_t m, int64_t n, int64_t width, void* matrix, void* factor) {
  T* const a = static_cast<T*>(matrix);
  T* const q = static_cast<T*>(factor);
  const int64_t count = std::min(m, n);
  const Memory<T> vectors = take<T>(count * m);
  const Memory<T> taus = take<T>(count);
  if (!vectors || !taus) return TNO_MATRIX_NO_MEMORY;
  for (int64_t k = 0; k < count; ++k) {
    T* const v = vectors.get() + k * m;
    taus[static_cast<size_t>(k)] = reflection_of(a + k * n + k, m - k, n, v);
    reflect(v, taus[static_cast<size_t>(k)], m - k, a + k * n, n);
  }
  std::fill_n(q, m * width, T{0});
  for (int64_t i = 0; i < std::min(m, width); ++i) q[i * width + i] = 1;
  for (int64_t k = count - 1; k >= 0; --k) {
    reflect(vectors.get() + k * m, taus[static_cast<size_t>(k)], m - k, q + k * width, width);
  }
  return 0;
}

double dot(const double* a, const double* b, int64_t length) {
  return std::inner_product(a, a + length, b, 0.0);
}

struct Angle {
  double cos;
  double sin;
};

// Of the tangent that is the smaller root of t * t + 2 * zeta * t = 1.
Angle angle(double zeta) {
  const double t = std::copysign(1.0, zeta) / (std::abs(zeta) + std::hypot(1.0, zeta));
  const double cos = 1 / std::hypot(1.0, t);
  return {cos, cos * t};
}

void rotate(double* a, double* b, int64_t length, int64_t step, const Angle& by) {
  for (int64_t i = 0; i < length * step; i += step) {
    const double x = a[i];
    a[i] = by.cos * x - by.sin * b[i];
    b[i] = by.sin * x + by.cos * b[i];
  }
}

void set_identity(double* a, int64_t n) {
  std::fill_n(a, n * n, 0.0);
  for (int64_t i = 0; i < n; ++i) a[i * n + i] = 1;
}

// The numbers from 0 in the order of their values.
template <class Before>
void sort_by(int64_t* order, int64_t n, const Before& before) {
  std::iota(order, order + n, int64_t{0});
  std::stable_sort(order, order + n, before);
}

// Jacobi's rotations: `a` becomes diagonal, the rows of `vectors` its eigenvectors.
void diagonalize(double* a, double* vectors, int64_t n) {
  set_identity(vectors, n);
  const double negligible = dot(a, a, n * n) * 1e-36;
  for (int sweep = 0; sweep < max_sweeps; ++sweep) {
    double off = 0;
    for (int64_t p = 0; p < n; ++p) {
      for (int64_t q = p + 1; q < n; ++q) off += a[p * n + q] * a[p * n + q];
    }
    if (off <= negligible) return;
    for (int64_t p = 0; p < n; ++p) {
      for (int64_t q = p + 1; q < n; ++q) {
        if (a[p * n + q] == 0) continue;
        const Angle by = angle((a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]));
        rotate(a + p * n, a + q * n, n, 1, by);
        rotate(a + p, a + q, n, n, by);
        rotate(vectors + p * n, vectors + q * n, n, 1, by);
      }
    }
  }
}

template <class T>
int64_t eigh(int32_t upper, int32_t with_vectors, int64_t n, void* matrix, void* values) {
  T* const a = static_cast<T*>(matrix);
  T* const w = static_cast<T*>(values);
  const Memory<double> wide = take<double>(n * n);
  const Memory<double> vectors = take<double>(n * n);
  const Memory<int64_t> order = take<int64_t>(n);
  if (!wide || !vectors || !order) return TNO_MATRIX_NO_MEMORY;
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j <= i; ++j) {
      const double value = static_cast<double>(upper ? a[j * n + i] : a[i * n + j]);
      wide[static_cast<size_t>(i * n + j)] = wide[static_cast<size_t>(j * n + i)] = value;
    }
  }
  diagonalize(wide.get(), vectors.get(), n);
  const auto value = [&](int64_t k) { return wide[static_cast<size_t>(k * n + k)]; };
  sort_by(order.get(), n, [&](int64_t i, int64_t j) { return value(i) < value(j); });
  for (int64_t k = 0; k < n; ++k) {
    const int64_t from = order[static_cast<size_t>(k)];
    w[k] = static_cast<T>(value(from));
    if (!with_vectors) continue;
    std::transform(vectors.get() + from * n, vectors.get() + (from + 1) * n, a + k * n,
                   [](double x) { return static_cast<T>(x); });
  }
  return 0;
}

// Brings the orthonormal rows of that length up to `count`: those missing are made of unit vectors.
void complete_basis(double* rows, int64_t present, int64_t count, int64_t length) {
  for (int64_t axis = 0; present < count; ++axis) {
    double* const next = rows + present * length;
    std::fill_n(next, length, 0.0);
    next[axis % length] = 1;
    for (int pass = 0; pass < 2; ++pass) {
      for (int64_t k = 0; k < present; ++k) {
        const double along = dot(rows + k * length, next, length);
        for (int64_t i = 0; i < length; ++i) next[i] -= along * rows[k * length + i];
      }
    }
    const double norm = std::sqrt(dot(next, next, length));
    // Some unit vector has that much left: the squares of what is left add up to the number
    // missing.
    if (norm < 0.9 / std::sqrt(static_cast<double>(length))) continue;
    for (int64_t i = 0; i < length; ++i) next[i] /= norm;
    ++present;
  }
}

// One-sided Jacobi rotations: makes n rows of that length orthogonal, and turns `turned` along.
void orthogonalize(double* rows, double* turned, int64_t n, int64_t length, double negligible) {
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  bool done = false;
  for (int sweep = 0; sweep < max_sweeps && !done; ++sweep) {
    done = true;
    for (int64_t p = 0; p < n; ++p) {
      for (int64_t q = p + 1; q < n; ++q) {
        double* const x = rows + p * length;
        double* const y = rows + q * length;
        const double a = dot(x, x, length);
        const double b = dot(y, y, length);
        const double c = dot(x, y, length);
        const bool tiny = std::min(a, b) <= negligible * negligible;
        if (c == 0 || tiny || std::abs(c) <= epsilon * std::sqrt(a * b)) continue;
        done = false;
        const Angle by = angle((b - a) / (2 * c));
        rotate(x, y, length, 1, by);
        rotate(turned + p * n, turned + q * n, n, 1, by);
      }
    }
  }
}

// Vectors as rows: `left` of the longer side, `right` of the shorter.
struct Singular {
  Memory<double> left;
  Memory<double> right;
};

template <class T>
bool decompose(const T* a, int64_t m, int64_t n, int64_t wanted, T* s, Singular& result) {
  const int64_t length = std::max(m, n);
  const int64_t count = std::min(m, n);
  const Memory<double> rows = take<double>(length * count);
  const Memory<double> turned = take<double>(count * count);
  const Memory<double> norms = take<double>(count);
  const Memory<int64_t> order = take<int64_t>(count);
  result.left = take<double>(length * std::max(wanted, count));
  result.right = take<double>(count * count);
  if (!rows || !turned || !norms || !order || !result.left || !result.right) return false;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      const int64_t at = m >= n ? j * length + i : i * length + j;
      rows[static_cast<size_t>(at)] = static_cast<double>(a[i * n + j]);
    }
  }
  set_identity(turned.get(), count);
  const double whole = std::sqrt(dot(rows.get(), rows.get(), length * count));
  const double negligible =
      static_cast<double>(length) * std::numeric_limits<double>::epsilon() * whole;
  orthogonalize(rows.get(), turned.get(), count, length, negligible);
  for (int64_t k = 0; k < count; ++k) {
    const double* const row = rows.get() + k * length;
    norms[static_cast<size_t>(k)] = std::sqrt(dot(row, row, length));
  }
  const auto norm = [&](int64_t k) { return norms[static_cast<size_t>(k)]; };
  sort_by(order.get(), count, [&](int64_t i, int64_t j) { return norm(i) > norm(j); });
  int64_t present = 0;
  for (int64_t k = 0; k < count; ++k) {
    const int64_t from = order[static_cast<size_t>(k)];
    s[k] = static_cast<T>(norm(from));
    std::copy_n(turned.get() + from * count, count, result.right.get() + k * count);
    if (norm(from) <= negligible) continue;
    for (int64_t i = 0; i < length; ++i) {
      result.left[static_cast<size_t>(k * length + i)] =
          rows[static_cast<size_t>(from * length + i)] / norm(from);
    }
    ++present;
  }
  complete_basis(result.left.get(), present, std::max(wanted, count), length);
  return true;
}

template <class T>
int64_t svd(int32_t full, int64_t m, int64_t n, void* matrix, void* values, void* u, void* vt) {
  const int64_t count = std::min(m, n);
  const int64_t length = std::max(m, n);
  Singular found;
  if (!decompose(static_cast<const T*>(matrix), m, n, full ? length : count,
                 static_cast<T*>(values), found)) {
    return TNO_MATRIX_NO_MEMORY;
  }
  if (u == nullptr) return 0;
  const double* const left = (m >= n ? found.left : found.right).get();
  const double* const right = (m >= n ? found.right : found.left).get();
  const int64_t columns = full ? m : count;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      static_cast<T*>(u)[i * columns + j] = static_cast<T>(left[j * m + i]);
    }
  }
  const int64_t rows = full ? n : count;
  std::transform(right, right + rows * n, static_cast<T*>(vt),
                 [](double x) { return static_cast<T>(x); });
  return 0;
}

template <class T>
constexpr tno_matrix_routines routines_of() {
  return {cholesky<T>, lu<T>, solve_triangular<T>, qr<T>, eigh<T>, svd<T>};
}

}  // namespace

const tno_linear_algebra& plain_linear_algebra() noexcept {
  static constexpr tno_linear_algebra table{TNO_LINEAR_ALGEBRA_ABI, "plain", routines_of<float>(),
                                            routines_of<double>()};
  return table;
}

}  // namespace tno::cpu
