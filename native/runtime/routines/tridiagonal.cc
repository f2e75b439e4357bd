#include "routines/tridiagonal.h"

#include "routines/matrices.h"

namespace tno {
namespace {

// The bands of a matrix of n rows, and room for one more, which exchanges of rows fill. Sums are
// taken in double.
class Bands {
 public:
  explicit Bands(int64_t n) : n_(n), memory_(take<double>(4 * n)) {
    before_ = memory_.get();
    on_ = before_ + n;
    after_ = on_ + n;
    beyond_ = after_ + n;
  }

  bool has_memory() const { return memory_ != nullptr; }

  template <class T>
  void read(const T* bands, bool transposed) {
    for (int64_t i = 0; i < n_; ++i) {
      on_[i] = static_cast<double>(bands[n_ + i]);
      beyond_[i] = 0;
      const T before = !transposed ? bands[i] : i > 0 ? bands[2 * n_ + i - 1] : T{0};
      const T after = !transposed ? bands[2 * n_ + i] : i + 1 < n_ ? bands[i + 1] : T{0};
      before_[i] = static_cast<double>(before);
      after_[i] = static_cast<double>(after);
    }
  }

  // Replaces b, of k columns, by the solution; gives the first row whose pivot is 0, or -1.
  int64_t solve(double* b, int64_t k) {
    for (int64_t i = 0; i + 1 < n_; ++i) {
      if (on_[i] == 0 && before_[i + 1] == 0) return i;
      eliminate(b, i, k);
    }
    if (n_ > 0 && on_[n_ - 1] == 0) return n_ - 1;
    for (int64_t i = n_; i-- > 0;) {
      for (int64_t c = 0; c < k; ++c) {
        double rest = b[i * k + c];
        if (i + 1 < n_) rest -= after_[i] * b[(i + 1) * k + c];
        if (i + 2 < n_) rest -= beyond_[i] * b[(i + 2) * k + c];
        b[i * k + c] = rest / on_[i];
      }
    }
    return -1;
  }

 private:
  // Makes row i + 1 begin on the diagonal.
  void eliminate(double* b, int64_t i, int64_t k) {
    const int64_t next = i + 1;
    if (std::abs(on_[i]) >= std::abs(before_[next])) {
      const double factor = before_[next] / on_[i];
      on_[next] -= factor * after_[i];
      for (int64_t c = 0; c < k; ++c) b[next * k + c] -= factor * b[i * k + c];
      return;
    }
    const double factor = on_[i] / before_[next];
    const double moved = after_[i] - factor * on_[next];
    on_[i] = before_[next];
    after_[i] = on_[next];
    on_[next] = moved;
    beyond_[i] = next + 1 < n_ ? after_[next] : 0;
    after_[next] *= -factor;
    for (int64_t c = 0; c < k; ++c) {
      const double held = b[i * k + c];
      b[i * k + c] = b[next * k + c];
      b[next * k + c] = held - factor * b[next * k + c];
    }
  }

  int64_t n_;
  std::unique_ptr<double[]> memory_;
  double* before_;
  double* on_;
  double* after_;
  double* beyond_;
};

template <class T>
MatrixOutcome solve_one(const T* bands, const T* b, T* x, int64_t n, int64_t k, bool transposed) {
  Bands matrix(n);
  const std::unique_ptr<double[]> solution = take<double>(n * k);
  if (!matrix.has_memory() || solution == nullptr) return no_memory();
  matrix.read(bands, transposed);
  std::copy_n(b, n * k, solution.get());
  const int64_t zero = matrix.solve(solution.get(), k);
  if (zero >= 0) return {RoutineOutcome::failed, zero};
  std::transform(solution.get(), solution.get() + n * k, x,
                 [](double value) { return static_cast<T>(value); });
  return {};
}

}  // namespace

RoutineResult run_solve_tridiagonal(const RoutineCall& call) {
  const Stack a(call.ins[0]);
  const Stack b(call.ins[1]);
  const Stack x(call.outs[0]);
  if (!a.is(3, b.rows) || !x.is(b.rows, b.columns) || !stretches(a.leading(), x.leading()) ||
      !stretches(b.leading(), x.leading())) {
    return {RoutineOutcome::misfit};
  }
  return with_float({&a.tensor, &b.tensor, &x.tensor}, [&]<class T>() -> RoutineResult {
    if (a.is_empty() || x.count() == 0) return {};
    const double work = 10 * static_cast<double>(b.size() + a.size());
    return for_each_matrix(x.count(), work, [&](int64_t number) -> MatrixOutcome {
      return solve_one<T>(a.matrix<T>(stretched_number(a.leading(), x.leading(), number)),
                          b.matrix<T>(stretched_number(b.leading(), x.leading(), number)),
                          x.matrix<T>(number), b.rows, b.columns, call.params[0] != 0);
    });
  });
}

}  // namespace tno
