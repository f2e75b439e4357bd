#include "routines/sorting.h"

#include <algorithm>
#include <numeric>

#include "routines/rows.h"
#include "with_dtype.h"

namespace tno {
namespace {

template <class T>
bool comes_before(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    return a < b;
  } else {
    const auto x = static_cast<double>(a);
    const auto y = static_cast<double>(b);
    return x < y || (y != y && x == x);
  }
}

}  // namespace

RoutineResult run_sort(const RoutineCall& call) {
  const Tensor& x = call.ins[0];
  const Tensor& y = call.outs[0];
  if (x.dtype != y.dtype || !same_shape(x, y)) return {RoutineOutcome::misfit};
  copy_elements(x, y);
  const Rows rows = rows_of(x);
  with_dtype(x.dtype, [&]<class T>() {
    for_each_row(rows, [&](int64_t row) {
      T* const first = elements_of<T>(y) + row * rows.length;
      // Zeros of either sign are equal and keep their places.
      std::stable_sort(first, first + rows.length, comes_before<T>);
    });
  });
  return {};
}

RoutineResult run_argsort(const RoutineCall& call) {
  const Tensor& x = call.ins[0];
  const Tensor& y = call.outs[0];
  if (y.dtype != DType::int64 || !same_shape(x, y)) return {RoutineOutcome::misfit};
  const Rows rows = rows_of(x);
  with_dtype(x.dtype, [&]<class T>() {
    for_each_row(rows, [&](int64_t row) {
      const T* const values = elements_of<T>(x) + row * rows.length;
      auto* const first = elements_of<int64_t>(y) + row * rows.length;
      std::iota(first, first + rows.length, int64_t{0});
      std::stable_sort(first, first + rows.length,
                       [&](int64_t a, int64_t b) { return comes_before(values[a], values[b]); });
    });
  });
  return {};
}

RoutineResult run_searchsorted(const RoutineCall& call) {
  const Tensor& x = call.ins[0];
  const Tensor& v = call.ins[1];
  const Tensor& y = call.outs[0];
  if (x.rank != 1 || x.dtype != v.dtype || y.dtype != DType::int64 || !same_shape(v, y)) {
    return {RoutineOutcome::misfit};
  }
  const bool behind = call.params[0] != 0;
  with_dtype(x.dtype, [&]<class T>() {
    const T* const first = elements_of<T>(x);
    const T* const last = first + x.shape[0];
    for_each_row({element_count(v.dims()), 1}, [&](int64_t i) {
      const T value = elements_of<T>(v)[i];
      const T* const place = behind ? std::upper_bound(first, last, value, comes_before<T>)
                                    : std::lower_bound(first, last, value, comes_before<T>);
      elements_of<int64_t>(y)[i] = place - first;
    });
  });
  return {};
}

}  // namespace tno
