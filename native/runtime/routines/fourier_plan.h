// Fourier transforms of one length: by factors (Stockham's order, which needs no permutation), and
// by Bluestein's algorithm where a factor is a large prime, as a convolution of a length of small
// factors.
#ifndef TNO_RUNTIME_ROUTINES_FOURIER_PLAN_H_
#define TNO_RUNTIME_ROUTINES_FOURIER_PLAN_H_

#include <algorithm>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

namespace tno {

template <class T>
struct Complex {
  T re;
  T im;
};

template <class T>
Complex<T> operator+(Complex<T> a, Complex<T> b) {
  return {a.re + b.re, a.im + b.im};
}
template <class T>
Complex<T> operator-(Complex<T> a, Complex<T> b) {
  return {a.re - b.re, a.im - b.im};
}
template <class T>
Complex<T> operator*(Complex<T> a, Complex<T> b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
template <class T>
Complex<T> conjugate(Complex<T> a) {
  return {a.re, -a.im};
}
// The transform backward is the forward one of numbers with parts exchanged, exchanged again.
template <class T>
Complex<T> exchanged(Complex<T> a) {
  return {a.im, a.re};
}

// e^(-2πi·k/n) for k < n.
template <class T>
std::vector<Complex<T>> roots_of_unity(int64_t n);

template <class T>
class FourierPlan {
 public:
  explicit FourierPlan(int64_t n);

  int64_t length() const { return n_; }
  // How many numbers `run` works with beside those it transforms.
  int64_t scratch() const;
  // Transforms x forward: y_k is the sum of x_j e^(-2πi·jk/n).
  void run(Complex<T>* x, Complex<T>* scratch) const;

 private:
  void run_factors(Complex<T>* x, Complex<T>* other) const;
  void run_convolution(Complex<T>* x, Complex<T>* scratch) const;

  int64_t n_;
  std::vector<int64_t> factors_{};
  std::vector<Complex<T>> roots_{};
  // Bluestein: e^(-πi·j²/n), the transform of its reciprocals, and the plan of that length.
  std::vector<Complex<T>> chirp_{};
  std::vector<Complex<T>> filter_{};
  std::unique_ptr<FourierPlan> padded_{};
};

// The plan of a length; those of the lengths used last are kept.
template <class Plan>
std::shared_ptr<const Plan> kept_plan(int64_t n) {
  constexpr size_t most = 8;
  static std::mutex mutex;
  static std::list<std::shared_ptr<const Plan>> kept;
  const std::lock_guard lock(mutex);
  const auto found =
      std::find_if(kept.begin(), kept.end(), [&](const auto& plan) { return plan->length() == n; });
  if (found != kept.end()) {
    kept.splice(kept.begin(), kept, found);
  } else {
    kept.push_front(std::make_shared<const Plan>(n));
    if (kept.size() > most) kept.pop_back();
  }
  return kept.front();
}

}  // namespace tno

#endif  // TNO_RUNTIME_ROUTINES_FOURIER_PLAN_H_
