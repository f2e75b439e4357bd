#include "routines/fourier_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace tno {
namespace {

// The greatest prime factor that is transformed as it is, in its square of operations.
constexpr int64_t greatest_factor = 31;

// Factors of 4 first, which take the fewest operations; ends with what has no small factor.
std::vector<int64_t> factors_of(int64_t n) {
  std::vector<int64_t> factors;
  for (const int64_t factor : {4, 2, 3, 5}) {
    for (; n % factor == 0; n /= factor) factors.push_back(factor);
  }
  for (int64_t factor = 7; factor <= greatest_factor && n > 1; factor += 2) {
    for (; n % factor == 0; n /= factor) factors.push_back(factor);
  }
  if (n > 1) factors.push_back(n);
  return factors;
}

int64_t power_of_two_from(int64_t n) {
  int64_t power = 1;
  while (power < n) power *= 2;
  return power;
}

// i·a and -i·a.
template <class T>
Complex<T> turned(Complex<T> a) {
  return {-a.im, a.re};
}
template <class T>
Complex<T> scaled(Complex<T> a, T by) {
  return {a.re * by, a.im * by};
}

// Transforms of R numbers.
template <class T>
void butterfly(std::array<Complex<T>, 2>& a) {
  a = {a[0] + a[1], a[0] - a[1]};
}

template <class T>
void butterfly(std::array<Complex<T>, 3>& a) {
  constexpr T half_root = std::numbers::sqrt3_v<T> / 2;
  const Complex<T> sum = a[1] + a[2];
  const Complex<T> middle = a[0] - scaled(sum, T{0.5});
  const Complex<T> side = turned(scaled(a[1] - a[2], half_root));
  a = {a[0] + sum, middle - side, middle + side};
}

template <class T>
void butterfly(std::array<Complex<T>, 4>& a) {
  const Complex<T> even = a[0] + a[2];
  const Complex<T> even_gap = a[0] - a[2];
  const Complex<T> odd = a[1] + a[3];
  const Complex<T> odd_gap = turned(a[1] - a[3]);
  a = {even + odd, even_gap - odd_gap, even - odd, even_gap + odd_gap};
}

template <class T>
void butterfly(std::array<Complex<T>, 5>& a) {
  // Cosines and sines of 72 and 144 degrees.
  constexpr T c1 = static_cast<T>(0.309016994374947424102293417183);
  constexpr T c2 = static_cast<T>(-0.809016994374947424102293417183);
  constexpr T s1 = static_cast<T>(0.951056516295153572116439333379);
  constexpr T s2 = static_cast<T>(0.587785252292473129168705954639);
  const Complex<T> sum1 = a[1] + a[4];
  const Complex<T> sum2 = a[2] + a[3];
  const Complex<T> gap1 = a[1] - a[4];
  const Complex<T> gap2 = a[2] - a[3];
  const Complex<T> even1 = a[0] + scaled(sum1, c1) + scaled(sum2, c2);
  const Complex<T> even2 = a[0] + scaled(sum1, c2) + scaled(sum2, c1);
  const Complex<T> odd1 = turned(scaled(gap1, s1) + scaled(gap2, s2));
  const Complex<T> odd2 = turned(scaled(gap1, s2) - scaled(gap2, s1));
  a = {a[0] + sum1 + sum2, even1 - odd1, even2 - odd2, even2 + odd2, even1 + odd1};
}

// One pass: x as [R, m, stride] to y as [m, R, stride], each of the R numbers turned by its place.
template <size_t R, class T>
void pass(const Complex<T>* x, Complex<T>* y, int64_t m, int64_t stride, const Complex<T>* roots) {
  for (int64_t p = 0; p < m; ++p) {
    std::array<Complex<T>, R> turns;
    for (size_t k = 0; k < R; ++k) turns[k] = roots[p * static_cast<int64_t>(k) * stride];
    for (int64_t q = 0; q < stride; ++q) {
      std::array<Complex<T>, R> a;
      for (size_t k = 0; k < R; ++k) a[k] = x[q + stride * (p + m * static_cast<int64_t>(k))];
      butterfly(a);
      Complex<T>* const to = y + q + stride * static_cast<int64_t>(R) * p;
      to[0] = a[0];
      for (size_t k = 1; k < R; ++k) to[stride * static_cast<int64_t>(k)] = a[k] * turns[k];
    }
  }
}

// The same for any factor: n is factor * m * stride.
template <class T>
void pass_of(int64_t factor, const Complex<T>* x, Complex<T>* y, int64_t m, int64_t stride,
             const Complex<T>* roots) {
  const int64_t n = factor * m * stride;
  for (int64_t p = 0; p < m; ++p) {
    for (int64_t k = 0; k < factor; ++k) {
      const Complex<T> turn = roots[p * k * stride];
      for (int64_t q = 0; q < stride; ++q) {
        Complex<T> sum{0, 0};
        for (int64_t j = 0; j < factor; ++j) {
          sum = sum + x[q + stride * (p + m * j)] * roots[j * k % factor * (n / factor)];
        }
        y[q + stride * (factor * p + k)] = sum * turn;
      }
    }
  }
}

}  // namespace

template <class T>
std::vector<Complex<T>> roots_of_unity(int64_t n) {
  std::vector<Complex<T>> roots(static_cast<size_t>(n));
  const double step = 2 * std::numbers::pi / static_cast<double>(n);
  // The second half mirrors the first, whose angles are smaller and so more exact.
  for (int64_t k = 0; k <= n / 2; ++k) {
    const double angle = step * static_cast<double>(k);
    Complex<T> root{static_cast<T>(std::cos(angle)), static_cast<T>(-std::sin(angle))};
    if (2 * k == n) root.im = 0;
    if (4 * k == n) root.re = 0;
    roots[static_cast<size_t>(k)] = root;
    if (k > 0) roots[static_cast<size_t>(n - k)] = conjugate(root);
  }
  return roots;
}

template <class T>
FourierPlan<T>::FourierPlan(int64_t n) : n_(n), factors_(factors_of(n)) {
  if (factors_.empty() || factors_.back() <= greatest_factor) {
    roots_ = roots_of_unity<T>(n);
    return;
  }
  padded_ = std::make_unique<FourierPlan>(power_of_two_from(2 * n - 1));
  const std::vector<Complex<T>> halves = roots_of_unity<T>(2 * n);
  chirp_.resize(static_cast<size_t>(n));
  filter_.assign(static_cast<size_t>(padded_->length()), {0, 0});
  for (int64_t j = 0; j < n; ++j) {
    // exact below 2³² numbers, more than a transform of this kind is asked of
    const auto square = static_cast<uint64_t>(j) * static_cast<uint64_t>(j);
    const Complex<T> value = halves[square % static_cast<uint64_t>(2 * n)];
    chirp_[static_cast<size_t>(j)] = value;
    filter_[static_cast<size_t>(j)] = conjugate(value);
    if (j > 0) filter_[static_cast<size_t>(padded_->length() - j)] = conjugate(value);
  }
  std::vector<Complex<T>> scratch(static_cast<size_t>(padded_->scratch()));
  padded_->run(filter_.data(), scratch.data());
}

template <class T>
int64_t FourierPlan<T>::scratch() const {
  return padded_ == nullptr ? n_ : padded_->length() + padded_->scratch();
}

template <class T>
void FourierPlan<T>::run(Complex<T>* x, Complex<T>* scratch) const {
  if (padded_ == nullptr) {
    run_factors(x, scratch);
  } else {
    run_convolution(x, scratch);
  }
}

template <class T>
void FourierPlan<T>::run_factors(Complex<T>* x, Complex<T>* other) const {
  Complex<T>* from = x;
  Complex<T>* to = other;
  int64_t stride = 1;
  for (const int64_t factor : factors_) {
    const int64_t m = n_ / stride / factor;
    switch (factor) {
      case 2:
        pass<2>(from, to, m, stride, roots_.data());
        break;
      case 3:
        pass<3>(from, to, m, stride, roots_.data());
        break;
      case 4:
        pass<4>(from, to, m, stride, roots_.data());
        break;
      case 5:
        pass<5>(from, to, m, stride, roots_.data());
        break;
      default:
        pass_of(factor, from, to, m, stride, roots_.data());
    }
    stride *= factor;
    std::swap(from, to);
  }
  if (from != x) std::copy_n(from, n_, x);
}

template <class T>
void FourierPlan<T>::run_convolution(Complex<T>* x, Complex<T>* scratch) const {
  const int64_t length = padded_->length();
  Complex<T>* const work = scratch;
  for (int64_t j = 0; j < n_; ++j) work[j] = x[j] * chirp_[static_cast<size_t>(j)];
  std::fill(work + n_, work + length, Complex<T>{0, 0});
  padded_->run(work, scratch + length);
  for (int64_t k = 0; k < length; ++k) {
    work[k] = exchanged(work[k] * filter_[static_cast<size_t>(k)]);
  }
  padded_->run(work, scratch + length);
  const T share = T{1} / static_cast<T>(length);
  for (int64_t k = 0; k < n_; ++k) {
    x[k] = scaled(exchanged(work[k]), share) * chirp_[static_cast<size_t>(k)];
  }
}

template std::vector<Complex<float>> roots_of_unity(int64_t n);
template std::vector<Complex<double>> roots_of_unity(int64_t n);
template class FourierPlan<float>;
template class FourierPlan<double>;

}  // namespace tno
