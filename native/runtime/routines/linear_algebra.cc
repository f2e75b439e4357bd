#include "routines/linear_algebra.h"

#include <numeric>

#include "routines/matrices.h"

namespace tno {
namespace {

template <class T>
const ProductsOf<T>& products_of(const Products& products) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return products.f32;
  } else {
    return products.f64;
  }
}

template <class T>
void multiply(const Products& products, const Gemm<T>& job) {
  if (job.m > 0 && job.n > 0) products_of<T>(products).gemm(job);
}

// A stack as the left or right operand of a product, stored transposed or not.
template <class T>
struct Operand {
  const T* data;
  int64_t row_step;
  int64_t column_step;
};

template <class T>
Operand<T> operand(const Stack& stack, const T* data, bool transposed) {
  if (transposed) return {data, 1, stack.columns};
  return {data, stack.columns, 1};
}

MatrixOutcome outcome_of(int64_t status, int64_t number) {
  if (status == 0) return {};
  if (status == TNO_MATRIX_NO_MEMORY) return no_memory();
  return {RoutineOutcome::failed, number};
}

// The position of the first 0 on the diagonal, or -1.
template <class T>
int64_t zero_on_diagonal(const T* a, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    if (a[i * n + i] == 0) return i;
  }
  return -1;
}

template <class T>
void permute_rows(const T* from, T* to, const int64_t* places, int64_t n, int64_t k, bool inverse) {
  for (int64_t i = 0; i < n; ++i) {
    const T* const row = from + (inverse ? i : places[i]) * k;
    std::copy_n(row, k, to + (inverse ? places[i] : i) * k);
  }
}

bool are_places(const int64_t* places, int64_t n) {
  return std::all_of(places, places + n, [n](int64_t place) { return place >= 0 && place < n; });
}

// x = a^-1 * b, or of the transposed a, of the factors of a.
template <class T>
MatrixOutcome solve_factored(const tno_matrix_routines& routines, const T* factors,
                             const int64_t* places, const T* b, T* x, int64_t n, int64_t k,
                             bool transposed) {
  const int64_t zero = zero_on_diagonal(factors, n);
  if (zero >= 0) return {RoutineOutcome::failed, zero};
  if (k == 0) return {};
  if (!transposed) {
    permute_rows(b, x, places, n, k, false);
    int64_t status = routines.solve_triangular(1, 0, 1, n, k, factors, x);
    if (status == 0) status = routines.solve_triangular(0, 0, 0, n, k, factors, x);
    return outcome_of(status, 0);
  }
  const std::unique_ptr<T[]> solved = take<T>(n * k);
  if (solved == nullptr) return no_memory();
  std::copy_n(b, n * k, solved.get());
  int64_t status = routines.solve_triangular(0, 1, 0, n, k, factors, solved.get());
  if (status == 0) status = routines.solve_triangular(1, 1, 1, n, k, factors, solved.get());
  permute_rows(solved.get(), x, places, n, k, true);
  return outcome_of(status, 0);
}

void places_of(const int64_t* pivots, int64_t n, int64_t* places) {
  std::iota(places, places + n, int64_t{0});
  for (int64_t k = 0; k < n; ++k) std::swap(places[k], places[pivots[k]]);
}

}  // namespace

RoutineResult run_batched_gemm(const RoutineCall& call) {
  const Stack a(call.ins[0]);
  const Stack b(call.ins[1]);
  const Stack y(call.outs[0]);
  const bool a_transposed = call.params[0] != 0;
  const bool b_transposed = call.params[1] != 0;
  const int64_t k = a_transposed ? a.rows : a.columns;
  if (!a.is_stack() || !b.is_stack() ||
      !y.is(a_transposed ? a.columns : a.rows, b_transposed ? b.rows : b.columns) ||
      k != (b_transposed ? b.columns : b.rows) || !stretches(a.leading(), y.leading()) ||
      !stretches(b.leading(), y.leading())) {
    return {RoutineOutcome::misfit};
  }
  return with_float({&a.tensor, &b.tensor, &y.tensor}, [&]<class T>() -> RoutineResult {
    const auto one = [&](int64_t number) {
      const int64_t left = stretched_number(a.leading(), y.leading(), number);
      const int64_t right = stretched_number(b.leading(), y.leading(), number);
      const auto p = operand(a, static_cast<const T*>(a.matrix<T>(left)), a_transposed);
      const auto q = operand(b, static_cast<const T*>(b.matrix<T>(right)), b_transposed);
      multiply(call.products,
               Gemm<T>{y.rows, y.columns, k, 1, p.data, p.row_step, p.column_step, q.data,
                       q.row_step, q.column_step, 0, y.matrix<T>(number), y.columns});
    };
    const int64_t count = y.is_empty() ? 0 : y.count();
    // Fewer than threads are each cut for the threads; their packing space is the caller's.
    if (count < ThreadPool::process().threads()) {
      for (int64_t number = 0; number < count; ++number) one(number);
      return {};
    }
    const double work =
        static_cast<double>(y.size()) * static_cast<double>(std::max<int64_t>(1, k));
    return for_each_matrix(count, work, [&](int64_t number) -> MatrixOutcome {
      if (!call.products.prepare()) return no_memory();
      one(number);
      return {};
    });
  });
}

RoutineResult run_cholesky(const RoutineCall& call) {
  const Stack a(call.ins[0]);
  const Stack l(call.outs[0]);
  if (!a.is(a.rows, a.rows) || !same_shape(a.tensor, l.tensor)) return {RoutineOutcome::misfit};
  const bool upper = call.params[0] != 0;
  return with_float({&a.tensor, &l.tensor}, [&]<class T>() -> RoutineResult {
    if (a.is_empty()) return {};
    const tno_matrix_routines& routines = matrix_routines<T>(call.products);
    return for_each_matrix(a.count(), cube(a.rows), [&](int64_t number) -> MatrixOutcome {
      T* const into = l.matrix<T>(number);
      std::copy_n(a.matrix<T>(number), a.size(), into);
      clear_other_triangle(into, a.rows, a.rows, upper);
      const int64_t order = routines.cholesky(upper, a.rows, into);
      return outcome_of(order, order);
    });
  });
}

RoutineResult run_lu(const RoutineCall& call) {
  const Stack a(call.ins[0]);
  const Stack factors(call.outs[0]);
  const Tensor& pivots = call.outs[1];
  const Tensor& places = call.outs[2];
  if (!a.is(a.rows, a.rows) || !same_shape(a.tensor, factors.tensor) ||
      pivots.dtype != DType::int64 || places.dtype != DType::int64 ||
      pivots.elements() != a.count() * a.rows || places.elements() != pivots.elements()) {
    return {RoutineOutcome::misfit};
  }
  return with_float({&a.tensor, &factors.tensor}, [&]<class T>() -> RoutineResult {
    if (a.is_empty()) return {};
    const tno_matrix_routines& routines = matrix_routines<T>(call.products);
    return for_each_matrix(a.count(), cube(a.rows), [&](int64_t number) -> MatrixOutcome {
      T* const into = factors.matrix<T>(number);
      int64_t* const exchanged = elements_of<int64_t>(pivots) + number * a.rows;
      std::copy_n(a.matrix<T>(number), a.size(), into);
      const int64_t status = routines.lu(a.rows, into, exchanged);
      if (status == 0) places_of(exchanged, a.rows, elements_of<int64_t>(places) + number * a.rows);
      return outcome_of(status, number);
    });
  });
}

RoutineResult run_lu_solve(const RoutineCall& call) {
  const Stack a(call.ins[0]);
  const Tensor& places = call.ins[1];
  const Stack b(call.ins[2]);
  const Stack x(call.outs[0]);
  if (!a.is(a.rows, a.rows) || !b.is(a.rows, b.columns) || !x.is(a.rows, b.columns) ||
      places.dtype != DType::int64 || places.elements() != a.count() * a.rows ||
      !stretches(a.leading(), x.leading()) || !stretches(b.leading(), x.leading())) {
    return {RoutineOutcome::misfit};
  }
  return with_float({&a.tensor, &b.tensor, &x.tensor}, [&]<class T>() -> RoutineResult {
    const int64_t* const given = elements_of<int64_t>(places);
    for (int64_t number = 0; number < a.count(); ++number) {
      if (!are_places(given + number * a.rows, a.rows)) return {RoutineOutcome::misfit};
    }
    if (a.is_empty() || x.count() == 0) return {};
    const tno_matrix_routines& routines = matrix_routines<T>(call.products);
    const double work = cube(a.rows) + static_cast<double>(b.size()) * static_cast<double>(a.rows);
    return for_each_matrix(x.count(), work, [&](int64_t number) {
      const int64_t left = stretched_number(a.leading(), x.leading(), number);
      const int64_t right = stretched_number(b.leading(), x.leading(), number);
      return solve_factored<T>(routines, a.matrix<T>(left), given + left * a.rows,
                               b.matrix<T>(right), x.matrix<T>(number), a.rows, b.columns,
                               call.params[0] != 0);
    });
  });
}

RoutineResult run_solve_triangular(const RoutineCall& call) {
  const Stack a(call.ins[0]);
  const Stack b(call.ins[1]);
  const Stack x(call.outs[0]);
  if (!a.is(a.rows, a.rows) || !b.is(a.rows, b.columns) || !x.is(a.rows, b.columns) ||
      !stretches(a.leading(), x.leading()) || !stretches(b.leading(), x.leading())) {
    return {RoutineOutcome::misfit};
  }
  const auto flag = [&](size_t k) { return static_cast<int32_t>(call.params[k] != 0); };
  return with_float({&a.tensor, &b.tensor, &x.tensor}, [&]<class T>() -> RoutineResult {
    if (a.is_empty() || x.count() == 0) return {};
    const tno_matrix_routines& routines = matrix_routines<T>(call.products);
    const double work = static_cast<double>(b.size()) * static_cast<double>(a.rows);
    return for_each_matrix(x.count(), work, [&](int64_t number) -> MatrixOutcome {
      const T* const matrix = a.matrix<T>(stretched_number(a.leading(), x.leading(), number));
      const int64_t zero = flag(2) ? -1 : zero_on_diagonal(matrix, a.rows);
      if (zero >= 0) return {RoutineOutcome::failed, zero};
      T* const into = x.matrix<T>(number);
      std::copy_n(b.matrix<T>(stretched_number(b.leading(), x.leading(), number)), b.size(), into);
      if (b.columns == 0) return {};
      return outcome_of(
          routines.solve_triangular(flag(0), flag(1), flag(2), a.rows, b.columns, matrix, into),
          number);
    });
  });
}

RoutineResult run_qr(const RoutineCall& call) {
  const Stack a(call.ins[0]);
  const Stack q(call.outs[0]);
  const Stack r(call.outs[1]);
  const int64_t width = call.params[0] != 0 ? a.rows : std::min(a.rows, a.columns);
  if (!a.is_stack() || !q.is(a.rows, width) || !r.is(width, a.columns) ||
      !same_lead(a.leading(), q.leading()) || !same_lead(a.leading(), r.leading())) {
    return {RoutineOutcome::misfit};
  }
  return with_float({&a.tensor, &q.tensor, &r.tensor}, [&]<class T>() -> RoutineResult {
    if (a.count() == 0) return {};
    const bool is_empty = a.size() == 0;
    const tno_matrix_routines& routines = matrix_routines<T>(call.products);
    const double work = static_cast<double>(a.size()) * static_cast<double>(a.rows);
    return for_each_matrix(a.count(), work, [&](int64_t number) -> MatrixOutcome {
      T* const into = q.matrix<T>(number);
      if (is_empty) {
        set_identity(into, q.rows, q.columns);
        return {};
      }
      const std::unique_ptr<T[]> work_space = take<T>(a.size());
      if (work_space == nullptr) return no_memory();
      std::copy_n(a.matrix<T>(number), a.size(), work_space.get());
      const int64_t status = routines.qr(a.rows, a.columns, width, work_space.get(), into);
      std::copy_n(work_space.get(), r.size(), r.matrix<T>(number));
      clear_other_triangle(r.matrix<T>(number), r.rows, r.columns, true);
      return outcome_of(status, number);
    });
  });
}

}  // namespace tno
