#include "routines/cumulative.h"

#include <functional>
#include <type_traits>

#include "routines/rows.h"
#include "with_dtype.h"

namespace tno {
namespace {

// What elements of type T accumulate in: unsigned, since that may overflow.
template <class T>
using Accumulator = std::conditional_t<std::is_integral_v<T>, uint64_t, double>;

template <class T, class Join>
void accumulate(const T* x, T* y, int64_t length, Accumulator<T> start, const Join& join) {
  for (int64_t i = 0; i < length; ++i) {
    start = join(start, static_cast<Accumulator<T>>(x[i]));
    y[i] = static_cast<T>(start);
  }
}

template <class Join>
RoutineResult run_rows(const RoutineCall& call, int start, const Join& join) {
  const Tensor& x = call.ins[0];
  const Tensor& y = call.outs[0];
  if (x.dtype != y.dtype || !same_shape(x, y)) return {RoutineOutcome::misfit};
  const Rows rows = rows_of(x);
  with_dtype(x.dtype, [&]<class T>() {
    for_each_row(rows, [&](int64_t row) {
      const int64_t at = row * rows.length;
      accumulate(elements_of<T>(x) + at, elements_of<T>(y) + at, rows.length,
                 static_cast<Accumulator<T>>(start), join);
    });
  });
  return {};
}

}  // namespace

RoutineResult run_cumsum(const RoutineCall& call) {
  return run_rows(call, 0, std::plus<>());
}

RoutineResult run_cumprod(const RoutineCall& call) {
  return run_rows(call, 1, std::multiplies<>());
}

RoutineResult run_cumargmax(const RoutineCall& call) {
  const Tensor& x = call.ins[0];
  const Tensor& y = call.outs[0];
  if (y.dtype != DType::int64 || !same_shape(x, y)) return {RoutineOutcome::misfit};
  const bool is_least = call.params[0] != 0;
  const Rows rows = rows_of(x);
  with_dtype(x.dtype, [&]<class T>() {
    using Compared = std::conditional_t<std::is_integral_v<T>, T, double>;
    for_each_row(rows, [&](int64_t row) {
      const T* const values = elements_of<T>(x) + row * rows.length;
      auto* const places = elements_of<int64_t>(y) + row * rows.length;
      int64_t best = 0;
      for (int64_t i = 0; i < rows.length; ++i) {
        const auto value = static_cast<Compared>(values[i]);
        const auto most = static_cast<Compared>(values[best]);
        // NaN is before everything, and after nothing.
        const bool is_better = is_least ? !(value >= most) : !(value <= most);
        if (is_better && most == most) best = i;
        places[i] = best;
      }
    });
  });
  return {};
}

RoutineResult run_recurrence(const RoutineCall& call) {
  const Tensor& a = call.ins[0];
  const Tensor& b = call.ins[1];
  const Tensor& y = call.outs[0];
  if (a.dtype != y.dtype || b.dtype != y.dtype || !same_shape(a, y) || !same_shape(b, y)) {
    return {RoutineOutcome::misfit};
  }
  const bool from_end = call.params[0] != 0;
  const Rows rows = rows_of(y);
  with_dtype(y.dtype, [&]<class T>() {
    for_each_row(rows, [&](int64_t row) {
      const int64_t first = row * rows.length + (from_end ? rows.length - 1 : 0);
      const int64_t step = from_end ? -1 : 1;
      double sum = 0;
      for (int64_t i = 0; i < rows.length; ++i) {
        const int64_t at = first + step * i;
        const auto added = static_cast<double>(elements_of<T>(b)[at]);
        sum = i == 0 ? added : static_cast<double>(elements_of<T>(a)[at]) * sum + added;
        elements_of<T>(y)[at] = static_cast<T>(sum);
      }
    });
  });
  return {};
}

}  // namespace tno
