#include "routines/fourier.h"

#include <algorithm>
#include <cmath>

#include "routines/fourier_plan.h"
#include "routines/matrices.h"

namespace tno {
namespace {

// Operations of a transform of n numbers, about.
double work_of(int64_t n) {
  const auto numbers = static_cast<double>(n);
  return 5 * numbers * std::log2(numbers + 1);
}

// Lines of complex numbers: [..., n, 2].
struct Lines {
  explicit Lines(const Tensor& given)
      : tensor(given), length(given.rank < 2 ? 0 : given.shape[given.rank - 2]) {}

  bool fits() const { return tensor.rank >= 2 && tensor.shape[tensor.rank - 1] == 2; }
  std::span<const int64_t> leading() const { return tensor.dims().first(tensor.rank - 2); }

  template <class T>
  Complex<T>* line(int64_t number) const {
    return elements_of<Complex<T>>(tensor) + number * length;
  }

  const Tensor& tensor;
  int64_t length;
};

bool goes_with(const Tensor& real, const Lines& lines) {
  const auto lead = real.dims().first(real.rank - 1);
  return lines.fits() && same_lead(lead, lines.leading());
}

// The transform of real numbers x: those of even length as half as many complex ones.
template <class T>
class RealTransform {
 public:
  explicit RealTransform(int64_t n)
      : n_(n), plan_(kept_plan<FourierPlan<T>>(is_even() ? n / 2 : n)), roots_(roots_for()) {}

  int64_t length() const { return n_; }
  bool is_even() const { return n_ % 2 == 0; }
  int64_t scratch() const { return plan_->length() + plan_->scratch(); }

  void forward(const T* x, Complex<T>* y, Complex<T>* scratch) const {
    const int64_t length = plan_->length();
    for (int64_t j = 0; j < length; ++j) {
      scratch[j] = is_even() ? Complex<T>{x[2 * j], x[2 * j + 1]} : Complex<T>{x[j], T{0}};
    }
    plan_->run(scratch, scratch + length);
    if (!is_even()) {
      std::copy_n(scratch, n_ / 2 + 1, y);
      y[0].im = 0;
      return;
    }
    for (int64_t k = 0; k <= length; ++k) {
      const Complex<T> a = scratch[k % length];
      const Complex<T> b = conjugate(scratch[(length - k) % length]);
      const Complex<T> odd = (a - b) * root(k);
      y[k] = {(a.re + b.re + odd.im) / 2, (a.im + b.im - odd.re) / 2};
    }
    y[0].im = 0;
    y[length].im = 0;
  }

  // Of c_0 and, where n is even, the last number the real part alone counts.
  void backward(const Complex<T>* c, T* x, Complex<T>* scratch) const {
    const int64_t length = plan_->length();
    const int64_t last = n_ / 2;
    const auto given = [&](int64_t k) {
      return Complex<T>{c[k].re, k == 0 || 2 * k == n_ ? T{0} : c[k].im};
    };
    for (int64_t k = 0; k < length; ++k) {
      if (!is_even()) {
        scratch[k] = exchanged(k <= last ? given(k) : conjugate(given(n_ - k)));
        continue;
      }
      const Complex<T> a = given(k);
      const Complex<T> b = conjugate(given(length - k));
      const Complex<T> odd = (a - b) * conjugate(root(k));
      scratch[k] = exchanged(Complex<T>{a.re + b.re - odd.im, a.im + b.im + odd.re});
    }
    plan_->run(scratch, scratch + length);
    for (int64_t j = 0; j < length; ++j) {
      // exchanged: the real part is in the imaginary one's place
      if (is_even()) {
        x[2 * j] = scratch[j].im;
        x[2 * j + 1] = scratch[j].re;
      } else {
        x[j] = scratch[j].im;
      }
    }
  }

 private:
  Complex<T> root(int64_t k) const { return roots_[static_cast<size_t>(k)]; }
  std::vector<Complex<T>> roots_for() const {
    return is_even() ? roots_of_unity<T>(n_) : std::vector<Complex<T>>();
  }

  int64_t n_;
  std::shared_ptr<const FourierPlan<T>> plan_;
  std::vector<Complex<T>> roots_;
};

}  // namespace

RoutineResult run_fft(const RoutineCall& call) {
  const Lines x(call.ins[0]);
  const Lines y(call.outs[0]);
  if (!x.fits() || !same_shape(x.tensor, y.tensor)) return {RoutineOutcome::misfit};
  const bool is_backward = call.params[0] != 0;
  return with_float({&x.tensor, &y.tensor}, [&]<class T>() -> RoutineResult {
    if (x.tensor.elements() == 0) return {};
    const auto plan = kept_plan<FourierPlan<T>>(x.length);
    const int64_t count = element_count(x.leading());
    return for_each_matrix(count, work_of(x.length), [&](int64_t number) -> MatrixOutcome {
      const auto scratch = take<Complex<T>>(plan->scratch());
      if (scratch == nullptr) return no_memory();
      const Complex<T>* const from = x.line<T>(number);
      Complex<T>* const to = y.line<T>(number);
      if (!is_backward) {
        std::copy_n(from, x.length, to);
        plan->run(to, scratch.get());
        return {};
      }
      std::transform(from, from + x.length, to, exchanged<T>);
      plan->run(to, scratch.get());
      std::transform(to, to + x.length, to, exchanged<T>);
      return {};
    });
  });
}

RoutineResult run_rfft(const RoutineCall& call) {
  const Tensor& x = call.ins[0];
  const Lines y(call.outs[0]);
  if (x.rank < 1 || !goes_with(x, y)) return {RoutineOutcome::misfit};
  const Rows rows = rows_of(x);
  if (rows.length < 1 || y.length != rows.length / 2 + 1) return {RoutineOutcome::misfit};
  return with_float({&x, &y.tensor}, [&]<class T>() -> RoutineResult {
    if (rows.count == 0) return {};
    const auto transform = kept_plan<RealTransform<T>>(rows.length);
    return for_each_matrix(rows.count, work_of(rows.length) / 2,
                           [&](int64_t number) -> MatrixOutcome {
                             const auto scratch = take<Complex<T>>(transform->scratch());
                             if (scratch == nullptr) return no_memory();
                             transform->forward(elements_of<T>(x) + number * rows.length,
                                                y.line<T>(number), scratch.get());
                             return {};
                           });
  });
}

RoutineResult run_irfft(const RoutineCall& call) {
  const Lines x(call.ins[0]);
  const Tensor& y = call.outs[0];
  if (y.rank < 1 || !goes_with(y, x)) return {RoutineOutcome::misfit};
  const Rows rows = rows_of(y);
  if (rows.length < 1 || x.length != rows.length / 2 + 1) return {RoutineOutcome::misfit};
  return with_float({&x.tensor, &y}, [&]<class T>() -> RoutineResult {
    if (rows.count == 0) return {};
    const auto transform = kept_plan<RealTransform<T>>(rows.length);
    return for_each_matrix(
        rows.count, work_of(rows.length) / 2, [&](int64_t number) -> MatrixOutcome {
          const auto scratch = take<Complex<T>>(transform->scratch());
          if (scratch == nullptr) return no_memory();
          transform->backward(x.line<T>(number), elements_of<T>(y) + number * rows.length,
                              scratch.get());
          return {};
        });
  });
}

}  // namespace tno
