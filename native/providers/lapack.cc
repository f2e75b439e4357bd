// LAPACK behind the ABI of linear_algebra_abi.h: a shared object of its own, so that the addon
// loads on machines without it.
//
// LAPACK's matrices are column-major: what is row-major here is transposed there, so most functions
// ask for the other triangle, or for the product with the factors exchanged, and move nothing.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>

#include "tno/linear_algebra_abi.h"

using Int = int32_t;

// Fortran's lengths of character arguments come last.
#define TNO_DECLARE(T, potrf, getrf, trsm, geqrf, orgqr, syevd, gesdd)                            \
  void potrf(const char*, const Int*, T*, const Int*, Int*, size_t);                              \
  void getrf(const Int*, const Int*, T*, const Int*, Int*, Int*);                                 \
  void trsm(const char*, const char*, const char*, const char*, const Int*, const Int*, const T*, \
            const T*, const Int*, T*, const Int*, size_t, size_t, size_t, size_t);                \
  void geqrf(const Int*, const Int*, T*, const Int*, T*, T*, const Int*, Int*);                   \
  void orgqr(const Int*, const Int*, const Int*, T*, const Int*, const T*, T*, const Int*, Int*); \
  void syevd(const char*, const char*, const Int*, T*, const Int*, T*, T*, const Int*, Int*,      \
             const Int*, Int*, size_t, size_t);                                                   \
  void gesdd(const char*, const Int*, const Int*, T*, const Int*, T*, T*, const Int*, T*,         \
             const Int*, T*, const Int*, Int*, Int*, size_t);

extern "C" {
TNO_DECLARE(float, spotrf_, sgetrf_, strsm_, sgeqrf_, sorgqr_, ssyevd_, sgesdd_)
TNO_DECLARE(double, dpotrf_, dgetrf_, dtrsm_, dgeqrf_, dorgqr_, dsyevd_, dgesdd_)
// Only OpenBLAS has it.
void openblas_set_num_threads(int) __attribute__((weak));
}

namespace {

template <class T>
struct Lapack;

template <>
struct Lapack<float> {
  static constexpr auto potrf = spotrf_;
  static constexpr auto getrf = sgetrf_;
  static constexpr auto trsm = strsm_;
  static constexpr auto geqrf = sgeqrf_;
  static constexpr auto orgqr = sorgqr_;
  static constexpr auto syevd = ssyevd_;
  static constexpr auto gesdd = sgesdd_;
};

template <>
struct Lapack<double> {
  static constexpr auto potrf = dpotrf_;
  static constexpr auto getrf = dgetrf_;
  static constexpr auto trsm = dtrsm_;
  static constexpr auto geqrf = dgeqrf_;
  static constexpr auto orgqr = dorgqr_;
  static constexpr auto syevd = dsyevd_;
  static constexpr auto gesdd = dgesdd_;
};

template <class T>
std::unique_ptr<T[]> take(int64_t size) {
  return std::unique_ptr<T[]>(new (std::nothrow)
                                  T[static_cast<size_t>(std::max<int64_t>(1, size))]);
}

// The sizes are 32 bits wide; a matrix beyond that has no memory anyway.
Int size_of(int64_t n) {
  return static_cast<Int>(n);
}

// What a routine says that it wants to work in, as a number of its own dtype.
template <class T>
Int asked(T wanted) {
  return static_cast<Int>(static_cast<double>(wanted) * (1 + 1e-6)) + 1;
}

int64_t status_of(Int info) {
  return info == 0 ? 0 : TNO_MATRIX_NOT_CONVERGED;
}

// out [columns, rows] is the transpose of a [rows, columns]; in squares that stay in the cache.
template <class T>
void transpose(const T* a, int64_t rows, int64_t columns, T* out) {
  constexpr int64_t side = 32;
  for (int64_t i = 0; i < rows; i += side) {
    for (int64_t j = 0; j < columns; j += side) {
      for (int64_t p = i; p < std::min(rows, i + side); ++p) {
        for (int64_t q = j; q < std::min(columns, j + side); ++q)
          out[q * rows + p] = a[p * columns + q];
      }
    }
  }
}

template <class T>
int64_t cholesky(int32_t upper, int64_t n, void* matrix) {
  T* const a = static_cast<T*>(matrix);
  const Int size = size_of(n);
  Int info = 0;
  Lapack<T>::potrf(upper ? "L" : "U", &size, a, &size, &info, 1);
  if (info != 0) return info;
  // Some libraries let NaN pass.
  for (int64_t i = 0; i < n; ++i) {
    if (!(a[i * n + i] > 0)) return i + 1;
  }
  return 0;
}

template <class T>
int64_t lu(int64_t n, void* matrix, int64_t* pivots) {
  T* const a = static_cast<T*>(matrix);
  const Int size = size_of(n);
  const auto columns = take<T>(n * n);
  const auto exchanged = take<Int>(n);
  if (!columns || !exchanged) return TNO_MATRIX_NO_MEMORY;
  transpose(a, n, n, columns.get());
  Int info = 0;
  Lapack<T>::getrf(&size, &size, columns.get(), &size, exchanged.get(), &info);
  if (info < 0) return TNO_MATRIX_NOT_CONVERGED;
  transpose(columns.get(), n, n, a);
  std::transform(exchanged.get(), exchanged.get() + n, pivots, [](Int row) { return row - 1; });
  return 0;
}

template <class T>
int64_t solve_triangular(int32_t lower, int32_t transposed, int32_t unit, int64_t n, int64_t k,
                         const void* matrix, void* right) {
  const Int size = size_of(n);
  const Int columns = size_of(k);
  const T one = 1;
  Lapack<T>::trsm("R", lower ? "U" : "L", transposed ? "T" : "N", unit ? "U" : "N", &columns, &size,
                  &one, static_cast<const T*>(matrix), &size, static_cast<T*>(right), &columns, 1,
                  1, 1, 1);
  return 0;
}

template <class T>
int64_t qr(int64_t m, int64_t n, int64_t width, void* matrix, void* factor) {
  T* const a = static_cast<T*>(matrix);
  const Int rows = size_of(m);
  const Int columns = size_of(n);
  const Int wanted = size_of(width);
  const Int count = std::min(rows, columns);
  const auto columns_of_a = take<T>(m * std::max(n, width));
  const auto taus = take<T>(count);
  if (!columns_of_a || !taus) return TNO_MATRIX_NO_MEMORY;
  transpose(a, m, n, columns_of_a.get());
  std::array<T, 2> ask{};
  Int info = 0;
  const Int query = -1;
  Lapack<T>::geqrf(&rows, &columns, columns_of_a.get(), &rows, taus.get(), &ask[0], &query, &info);
  Lapack<T>::orgqr(&rows, &wanted, &count, columns_of_a.get(), &rows, taus.get(), &ask[1], &query,
                   &info);
  const Int length = asked(std::max(ask[0], ask[1]));
  const auto work = take<T>(length);
  if (!work) return TNO_MATRIX_NO_MEMORY;
  Lapack<T>::geqrf(&rows, &columns, columns_of_a.get(), &rows, taus.get(), work.get(), &length,
                   &info);
  if (info != 0) return TNO_MATRIX_NOT_CONVERGED;
  transpose(columns_of_a.get(), n, m, a);
  Lapack<T>::orgqr(&rows, &wanted, &count, columns_of_a.get(), &rows, taus.get(), work.get(),
                   &length, &info);
  transpose(columns_of_a.get(), width, m, static_cast<T*>(factor));
  return status_of(info);
}

template <class T>
int64_t eigh(int32_t upper, int32_t vectors, int64_t n, void* matrix, void* values) {
  T* const a = static_cast<T*>(matrix);
  T* const w = static_cast<T*>(values);
  const char* const job = vectors ? "V" : "N";
  const char* const triangle = upper ? "L" : "U";
  const Int size = size_of(n);
  const Int query = -1;
  T ask = 0;
  Int ask_integers = 0;
  Int info = 0;
  Lapack<T>::syevd(job, triangle, &size, a, &size, w, &ask, &query, &ask_integers, &query, &info, 1,
                   1);
  const Int length = asked(ask);
  const auto work = take<T>(length);
  const auto integers = take<Int>(ask_integers);
  if (!work || !integers) return TNO_MATRIX_NO_MEMORY;
  Lapack<T>::syevd(job, triangle, &size, a, &size, w, work.get(), &length, integers.get(),
                   &ask_integers, &info, 1, 1);
  return status_of(info);
}

// The columns of `a` are the rows of what is asked for, so u and v change places.
template <class T>
int64_t svd(int32_t full, int64_t m, int64_t n, void* matrix, void* values, void* u, void* vt) {
  const char* const job = u == nullptr ? "N" : full ? "A" : "S";
  const Int rows = size_of(n);
  const Int columns = size_of(m);
  const Int count = std::min(rows, columns);
  const Int u_columns = full ? columns : count;
  T* const a = static_cast<T*>(matrix);
  T* const s = static_cast<T*>(values);
  T* const left = static_cast<T*>(vt);
  T* const right = static_cast<T*>(u);
  const auto integers = take<Int>(8 * int64_t{count});
  if (!integers) return TNO_MATRIX_NO_MEMORY;
  const Int query = -1;
  T ask = 0;
  Int info = 0;
  Lapack<T>::gesdd(job, &rows, &columns, a, &rows, s, left, &rows, right, &u_columns, &ask, &query,
                   integers.get(), &info, 1);
  const Int length = asked(ask);
  const auto work = take<T>(length);
  if (!work) return TNO_MATRIX_NO_MEMORY;
  Lapack<T>::gesdd(job, &rows, &columns, a, &rows, s, left, &rows, right, &u_columns, work.get(),
                   &length, integers.get(), &info, 1);
  return status_of(info);
}

template <class T>
constexpr tno_matrix_routines routines_of() {
  return {cholesky<T>, lu<T>, solve_triangular<T>, qr<T>, eigh<T>, svd<T>};
}

constexpr tno_linear_algebra table{TNO_LINEAR_ALGEBRA_ABI, "lapack", routines_of<float>(),
                                   routines_of<double>()};

}  // namespace

extern "C" __attribute__((visibility("default"))) const tno_linear_algebra*
tno_linear_algebra_get() {
  // The runtime's threads each call for themselves.
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(1);
  return &table;
}
