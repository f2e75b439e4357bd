// Householder's reduction to Hessenberg form, Francis' double-shift QR steps (Golub and Van Loan,
// Matrix Computations, 7.4 and 7.5), and LAPACK's standard form of blocks (dlanv2); in double.
#include "routines/schur.h"

#include <limits>
#include <span>

#include "routines/matrices.h"
#include "routines/reflections.h"

namespace tno {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

double sign(double x) {
  return std::signbit(x) ? -1 : 1;
}

struct Rotation {
  double cosine;
  double sine;
};

// Brings a block of two rows to standard form: upper triangular, or with equal elements on the
// diagonal and signs that differ beside it.
Rotation standard_rotation(double a, double b, double c, double d) {
  if (c == 0) return {1, 0};
  if (b == 0) return {0, 1};
  const double difference = a - d;
  if (difference == 0 && sign(b) != sign(c)) return {1, 0};
  const double p = 0.5 * difference;
  const double most = std::max(std::abs(b), std::abs(c));
  const double least = std::min(std::abs(b), std::abs(c)) * sign(b) * sign(c);
  const double scale = std::max(std::abs(p), most);
  const double discriminant = p / scale * p + most / scale * least;
  if (discriminant >= 4 * epsilon) {
    const double root = p + sign(p) * std::sqrt(scale) * std::sqrt(discriminant);
    const double length = std::hypot(c, root);
    return {root / length, c / length};
  }
  const double sigma = b + c;
  const double length = std::hypot(sigma, difference);
  const double cosine = std::sqrt(0.5 * (1 + std::abs(sigma) / length));
  const double sine = -p / (length * cosine) * sign(sigma);
  const double crossed = (d - a) * sine * cosine - b * sine * sine + c * cosine * cosine;
  const double other = (d - a) * sine * cosine + b * cosine * cosine - c * sine * sine;
  if (crossed == 0 || other == 0 || sign(crossed) != sign(other)) return {cosine, sine};
  // Nearly equal real eigenvalues after all.
  const double u = std::sqrt(std::abs(other));
  const double w = std::sqrt(std::abs(crossed));
  const double tau = 1 / std::sqrt(std::abs(other + crossed));
  return {cosine * u * tau - sine * w * tau, cosine * w * tau + sine * u * tau};
}

// A square matrix h, by rows, and the product z of what made it what it is.
class Turned {
 public:
  // `scratch` is of n elements.
  Turned(double* h, double* z, double* scratch, int64_t n)
      : h_(h), z_(z), scratch_(scratch), n_(n) {}

  // Makes h = z·t·zᵀ into t; false where the steps do not end.
  bool run() {
    if (!all_finite(h_, n_ * n_)) return false;
    to_hessenberg();
    int64_t high = n_ - 1;
    for (int64_t step = 0; high > 0; ++step) {
      const int64_t low = block_start(high);
      if (high - low < 2) {
        if (low < high) standardize(low);
        high = low - 1;
        step = -1;
      } else if (step < 120) {
        francis_step(low, high, step);
      } else {
        return false;
      }
    }
    return true;
  }

 private:
  double& at(int64_t i, int64_t j) { return h_[i * n_ + j]; }

  // h = p·h·p and z = z·p for p = 1 - 2·v·vᵀ / vᵀ·v of rows from `from` on; h is 0 before column
  // `first` and below row `last`.
  void reflect(int64_t from, std::span<const double> v, int64_t first, int64_t last) {
    reflect_all(v, h_ + from * n_ + first, n_, 1, n_ - first);
    reflect_all(v, h_ + from, 1, n_, last + 1);
    reflect_all(v, z_ + from, 1, n_, n_);
  }

  void to_hessenberg() {
    for (int64_t k = 0; k + 2 < n_; ++k) {
      const std::span<double> v(scratch_, static_cast<size_t>(n_ - k - 1));
      for (int64_t i = k + 1; i < n_; ++i) scratch_[i - k - 1] = at(i, k);
      make_reflector(v);
      reflect(k + 1, v, k, n_ - 1);
      for (int64_t i = k + 2; i < n_; ++i) at(i, k) = 0;
    }
  }

  // The first row of the last block that does not fall apart; what is small enough before it
  // becomes 0.
  int64_t block_start(int64_t high) {
    for (int64_t low = high; low > 0; --low) {
      const double beside = std::abs(at(low - 1, low - 1)) + std::abs(at(low, low));
      if (std::abs(at(low, low - 1)) > epsilon * beside) continue;
      at(low, low - 1) = 0;
      return low;
    }
    return 0;
  }

  // Two shifts, by their sum and product.
  struct Shifts {
    double sum;
    double product;
  };

  // The eigenvalues of the block's last two rows, or, if they are real and many steps did not end
  // with them, the one that is nearer to the last element, twice; exceptional ones at times.
  Shifts shifts(int64_t high, int64_t step) {
    if (step % 30 == 29) {
      const double size = std::abs(at(high, high - 1)) + std::abs(at(high - 1, high - 2));
      return {1.5 * size, size * size};
    }
    const double before = at(high - 1, high - 1);
    const double last = at(high, high);
    const double half = 0.5 * (before - last);
    const double beside = at(high - 1, high) * at(high, high - 1);
    const double discriminant = half * half + beside;
    if (step % 30 < 15 || discriminant < 0) return {before + last, before * last - beside};
    const double root = std::sqrt(discriminant);
    const double shift = last + half + (half < 0 ? root : -root);
    return {2 * shift, shift * shift};
  }

  void francis_step(int64_t low, int64_t high, int64_t step) {
    const auto [sum, product] = shifts(high, step);
    const double p = at(low, low);
    const double r = at(low + 1, low);
    double v[3] = {p * p + at(low, low + 1) * r - sum * p + product,
                   r * (p + at(low + 1, low + 1) - sum), r * at(low + 2, low + 1)};
    size_t count = 3;
    for (int64_t k = low; k < high; ++k) {
      const std::span<double> reflector(v, count);
      make_reflector(reflector);
      reflect(k, reflector, std::max(low, k - 1), std::min(high, k + 3));
      if (k > low) {
        for (int64_t i = k + 1; i <= std::min(k + 2, high); ++i) at(i, k - 1) = 0;
      }
      count = static_cast<size_t>(std::min<int64_t>(3, high - k));
      for (size_t i = 0; i < count; ++i) v[i] = at(k + 1 + static_cast<int64_t>(i), k);
    }
  }

  static void rotate(double& x, double& y, Rotation by) {
    const double before = x;
    x = by.cosine * before + by.sine * y;
    y = by.cosine * y - by.sine * before;
  }

  void standardize(int64_t k) {
    const Rotation by = standard_rotation(at(k, k), at(k, k + 1), at(k + 1, k), at(k + 1, k + 1));
    for (int64_t j = 0; j < n_; ++j) rotate(at(k, j), at(k + 1, j), by);
    for (int64_t i = 0; i < n_; ++i) rotate(at(i, k), at(i, k + 1), by);
    for (int64_t i = 0; i < n_; ++i) rotate(z_[i * n_ + k], z_[i * n_ + k + 1], by);
    double& below = at(k + 1, k);
    const double size = std::abs(at(k, k)) + std::abs(at(k + 1, k + 1));
    if (sign(at(k, k + 1)) == sign(below) || std::abs(below) <= epsilon * size) {
      below = 0;
    } else {
      at(k, k) = at(k + 1, k + 1) = 0.5 * (at(k, k) + at(k + 1, k + 1));
    }
  }

  double* h_;
  double* z_;
  double* scratch_;
  int64_t n_;
};

template <class T>
MatrixOutcome one_form(const T* a, T* form, T* turns, int64_t n, int64_t number) {
  const std::unique_ptr<double[]> work = take<double>(2 * n * n + n);
  if (work == nullptr) return no_memory();
  double* const z = work.get() + n * n;
  std::copy_n(a, n * n, work.get());
  set_identity(z, n, n);
  if (!Turned(work.get(), z, z + n * n, n).run()) return {RoutineOutcome::failed, number};
  const auto narrow = [](double value) { return static_cast<T>(value); };
  std::transform(work.get(), z, form, narrow);
  std::transform(z, z + n * n, turns, narrow);
  return {};
}

}  // namespace

RoutineResult run_schur(const RoutineCall& call) {
  const Stack a(call.ins[0]);
  const Stack form(call.outs[0]);
  const Stack turns(call.outs[1]);
  const int64_t n = a.rows;
  if (!a.is(n, n) || !form.is(n, n) || !turns.is(n, n) || !same_lead(a.leading(), form.leading()) ||
      !same_lead(a.leading(), turns.leading())) {
    return {RoutineOutcome::misfit};
  }
  return with_float({&a.tensor, &form.tensor, &turns.tensor}, [&]<class T>() -> RoutineResult {
    if (a.is_empty()) return {};
    const double work = 25 * static_cast<double>(a.size()) * static_cast<double>(n);
    return for_each_matrix(a.count(), work, [&](int64_t number) -> MatrixOutcome {
      return one_form<T>(a.matrix<T>(number), form.matrix<T>(number), turns.matrix<T>(number), n,
                         number);
    });
  });
}

}  // namespace tno
