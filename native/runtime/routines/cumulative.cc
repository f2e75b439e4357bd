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

}  // namespace tno
