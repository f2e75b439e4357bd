// The QZ algorithm: Moler and Stewart, "An algorithm for generalized matrix eigenvalue problems"
// (1973); Golub and Van Loan, Matrix Computations, 7.7; in double. Each turn of rows or columns is
// a reflection.
#include "routines/qz.h"

#include <array>
#include <limits>
#include <span>

#include "routines/matrices.h"
#include "routines/reflections.h"

namespace tno {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

// Makes of x the v whose reflection brings it to a multiple of the last unit vector.
void make_last_reflector(std::span<double> x) {
  std::reverse(x.begin(), x.end());
  make_reflector(x);
  std::reverse(x.begin(), x.end());
}

double with_sign(double x, double like) {
  return like < 0 ? -x : x;
}

// Two square matrices a and b, by rows, and q and z, which turned them: q·a·zᵀ and q·b·zᵀ stay what
// they are.
class Pencil {
 public:
  // `scratch` is of n elements.
  Pencil(double* a, double* b, double* q, double* z, double* scratch, int64_t n)
      : a_(a), b_(b), q_(q), z_(z), scratch_(scratch), n_(n) {}

  // Makes a and b their forms; false where the steps do not end.
  bool run() {
    if (!all_finite(a_, n_ * n_) || !all_finite(b_, n_ * n_)) return false;
    to_hessenberg_triangular();
    const double least_a = epsilon * norm(a_);
    const double least_b = epsilon * norm(b_);
    int64_t high = n_ - 1;
    for (int64_t step = 0; high >= 0; ++step) {
      const int64_t low = block_start(high, least_a);
      const int64_t zero = zero_within(low, high, least_b);
      if (zero <= high) {
        chase_zero(zero, low, high);
        if (low < high) continue;
      }
      if (high - low > 1) {
        if (step >= 120) return false;
        qz_step(low, high, step % 30 == 29);
        continue;
      }
      if (low < high) {
        standardize(low);
      } else {
        make_positive(low);
      }
      high = low - 1;
      step = -1;
    }
    return true;
  }

 private:
  using Pair = std::array<double, 2>;

  double& a(int64_t i, int64_t j) { return a_[i * n_ + j]; }
  double& b(int64_t i, int64_t j) { return b_[i * n_ + j]; }

  double norm(const double* m) const {
    double result = 0;
    for (int64_t i = 0; i < n_ * n_; ++i) result = std::hypot(result, m[i]);
    return result;
  }

  // Turns rows from `from` on, which are 0 before column `first`.
  void turn_rows(int64_t from, std::span<const double> v, int64_t first) {
    reflect_all(v, &a(from, first), n_, 1, n_ - first);
    reflect_all(v, &b(from, first), n_, 1, n_ - first);
    reflect_all(v, q_ + from, 1, n_, n_);
  }

  // Turns columns from `from` on, which are 0 after row `last`.
  void turn_columns(int64_t from, std::span<const double> v, int64_t last) {
    reflect_all(v, a_ + from, 1, n_, last + 1);
    reflect_all(v, b_ + from, 1, n_, last + 1);
    reflect_all(v, z_ + from, 1, n_, n_);
  }

  // So that the second of [x, y] becomes 0.
  void turn_two_rows(int64_t from, Pair xy, int64_t first) {
    make_reflector(xy);
    turn_rows(from, xy, first);
  }

  // So that the first of [x, y] becomes 0.
  void turn_two_columns(int64_t from, Pair xy, int64_t last) {
    make_last_reflector(xy);
    turn_columns(from, xy, last);
  }

  // Makes a upper triangular but for the elements beside its diagonal, and b upper triangular.
  void to_hessenberg_triangular() {
    for (int64_t k = 0; k + 1 < n_; ++k) {
      const std::span<double> v(scratch_, static_cast<size_t>(n_ - k));
      for (int64_t i = k; i < n_; ++i) scratch_[i - k] = b(i, k);
      make_reflector(v);
      turn_rows(k, v, 0);
      for (int64_t i = k + 1; i < n_; ++i) b(i, k) = 0;
    }
    for (int64_t j = 0; j + 2 < n_; ++j) {
      for (int64_t i = n_ - 1; i > j + 1; --i) {
        turn_two_rows(i - 1, {a(i - 1, j), a(i, j)}, j);
        a(i, j) = 0;
        turn_two_columns(i - 1, {b(i, i - 1), b(i, i)}, n_ - 1);
        b(i, i - 1) = 0;
      }
    }
  }

  // The first row of the last block that does not fall apart; what is small enough before it
  // becomes 0.
  int64_t block_start(int64_t high, double least) {
    for (int64_t low = high; low > 0; --low) {
      if (std::abs(a(low, low - 1)) > least) continue;
      a(low, low - 1) = 0;
      return low;
    }
    return 0;
  }

  // The first row of the block where b's diagonal is as good as 0; after the block where there is
  // none.
  int64_t zero_within(int64_t low, int64_t high, double least) {
    int64_t row = low;
    while (row <= high && std::abs(b(row, row)) > least) ++row;
    return row;
  }

  // Moves a 0 on b's diagonal down to row `high`, where it makes a's element beside the diagonal 0.
  void chase_zero(int64_t zero, int64_t low, int64_t high) {
    b(zero, zero) = 0;
    for (int64_t j = zero; j < high; ++j) {
      turn_two_rows(j, {b(j, j + 1), b(j + 1, j + 1)}, std::max(low, j - 1));
      b(j + 1, j + 1) = 0;
      if (j == low) continue;
      turn_two_columns(j - 1, {a(j + 1, j - 1), a(j + 1, j)}, j + 1);
      a(j + 1, j - 1) = 0;
    }
    if (low == high) return;
    turn_two_columns(high - 1, {a(high, high - 1), a(high, high)}, high);
    a(high, high - 1) = 0;
  }

  // Of a·b⁻¹ of rows k and k + 1, and the upper right element of b divided by that below it.
  struct Quotients {
    double upper_left;
    double upper_right;
    double lower_left;
    double lower_right;
    double b_right;
  };

  Quotients quotients(int64_t k) {
    const double first = b(k, k);
    const double last = b(k + 1, k + 1);
    return {a(k, k) / first, a(k, k + 1) / last, a(k + 1, k) / first, a(k + 1, k + 1) / last,
            b(k, k + 1) / last};
  }

  // What the product of both shifts, those of the block's last two rows, makes of the first unit
  // vector.
  std::array<double, 3> first_column(int64_t low, int64_t high) {
    const auto [e, f, g, h, u] = quotients(high - 1);
    const auto [p, q, r, s, w] = quotients(low);
    const double below = a(low + 2, low + 1) / b(low + 1, low + 1);
    return {(e - p) * (h - p) - f * g + g * u * p + (q - p * w) * r,
            (s - r * w - p - (e - p) - (h - p) + g * u) * r, below * r};
  }

  // With both shifts of the block's last two rows, or with exceptional ones.
  void qz_step(int64_t low, int64_t high, bool exceptional) {
    std::array<double, 3> memory =
        exceptional ? std::array<double, 3>{0, 1, 1.1605} : first_column(low, high);
    int64_t count = 3;
    for (int64_t k = low; k < high; ++k) {
      const std::span<double> v(memory.data(), static_cast<size_t>(count));
      make_reflector(v);
      turn_rows(k, v, std::max(low, k - 1));
      if (k > low) {
        for (int64_t i = 1; i < count; ++i) a(k + i, k - 1) = 0;
      }
      for (int64_t c = count - 1; c > 0; --c) {
        double* const row = &b(k + c, k);
        const std::span<double> w(memory.data(), static_cast<size_t>(c + 1));
        std::copy_n(row, c + 1, memory.data());
        make_last_reflector(w);
        turn_columns(k, w, std::min(high, k + 3));
        std::fill_n(row, c, 0.0);
      }
      count = std::min<int64_t>(3, high - k);
      for (int64_t i = 0; i < count; ++i) memory[static_cast<size_t>(i)] = a(k + 1 + i, k);
    }
  }

  // Makes b's element of row k on the diagonal positive, unless it is 0.
  void make_positive(int64_t k) {
    if (!(b(k, k) < 0)) return;
    for (double* const m : {a_, b_, z_}) {
      // From 0, since of 0 that is no -0.
      for (int64_t i = 0; i < n_; ++i) m[i * n_ + k] = 0 - m[i * n_ + k];
    }
  }

  // Makes a block of two rows diagonal in b, the larger element first; triangular where its
  // eigenvalues are real.
  void standardize(int64_t k) {
    diagonalize(k);
    const double scale = std::max({std::abs(a(k, k)), std::abs(a(k, k + 1)), std::abs(a(k + 1, k)),
                                   std::abs(a(k + 1, k + 1))});
    const double e = a(k, k) / scale;
    const double f = a(k, k + 1) / scale;
    const double g = a(k + 1, k) / scale;
    const double h = a(k + 1, k + 1) / scale;
    const double t = b(k + 1, k + 1) / b(k, k);
    const double half = 0.5 * (e * t - h);
    const double discriminant = half * half + f * g * t;
    if (discriminant < 0) return;
    const Pair x{half + with_sign(std::sqrt(discriminant), half), g};
    // What both matrices make of x has one direction; of that which is longer it is known better.
    const Pair by_a{e * x[0] + f * x[1], g * x[0] + h * x[1]};
    const Pair by_b{x[0], t * x[1]};
    const bool longer = std::hypot(by_a[0], by_a[1]) > std::hypot(by_b[0], by_b[1]);
    turn_block(k, x, longer ? by_a : by_b);
    a(k + 1, k) = b(k + 1, k) = 0;
    make_positive(k);
    make_positive(k + 1);
  }

  // The singular value decomposition of b's block.
  void diagonalize(int64_t k) {
    make_positive(k);
    make_positive(k + 1);
    const double scale = std::max({b(k, k), std::abs(b(k, k + 1)), b(k + 1, k + 1)});
    const double f = b(k, k) / scale;
    const double g = b(k, k + 1) / scale;
    const double h = b(k + 1, k + 1) / scale;
    const double half = 0.5 * ((f - h) * (f + h) - g * g);
    const double size = std::hypot(half, f * g);
    const Pair v = half < 0 ? Pair{f * g, size - half} : Pair{half + size, f * g};
    const Pair u{f * v[0] + g * v[1], h * v[1]};
    const double length = std::hypot(v[0], v[1]);
    const double most = length == 0 ? f : std::hypot(u[0], u[1]) / length;
    turn_block(k, v, u);
    b(k, k) = with_sign(scale * most, b(k, k));
    b(k + 1, k + 1) = with_sign(scale * (f / most) * h, b(k + 1, k + 1));
    b(k, k + 1) = b(k + 1, k) = 0;
    make_positive(k);
    make_positive(k + 1);
  }

  // So that the block's first column becomes what it makes of `right`, along `left`.
  void turn_block(int64_t k, Pair right, Pair left) {
    make_reflector(right);
    make_reflector(left);
    turn_columns(k, right, k + 1);
    turn_rows(k, left, k);
  }

  double* a_;
  double* b_;
  double* q_;
  double* z_;
  double* scratch_;
  int64_t n_;
};

template <class T>
MatrixOutcome one_form(const T* a, const T* b, const std::array<T*, 4>& outs, int64_t n,
                       int64_t number) {
  const int64_t size = n * n;
  const std::unique_ptr<double[]> work = take<double>(4 * size + n);
  if (work == nullptr) return no_memory();
  double* const matrices[] = {work.get(), work.get() + size, work.get() + 2 * size,
                              work.get() + 3 * size};
  std::copy_n(a, size, matrices[0]);
  std::copy_n(b, size, matrices[1]);
  set_identity(matrices[2], n, n);
  set_identity(matrices[3], n, n);
  Pencil pencil(matrices[0], matrices[1], matrices[2], matrices[3], work.get() + 4 * size, n);
  if (!pencil.run()) return {RoutineOutcome::failed, number};
  for (size_t k = 0; k < outs.size(); ++k) {
    std::transform(matrices[k], matrices[k] + size, outs[k],
                   [](double value) { return static_cast<T>(value); });
  }
  return {};
}

}  // namespace

RoutineResult run_qz(const RoutineCall& call) {
  const Stack a(call.ins[0]);
  const Stack b(call.ins[1]);
  const Stack s(call.outs[0]);
  const Stack t(call.outs[1]);
  const Stack q(call.outs[2]);
  const Stack z(call.outs[3]);
  const int64_t n = a.rows;
  for (const Stack* const in : {&a, &b}) {
    if (!in->is(n, n) || !stretches(in->leading(), s.leading())) return {RoutineOutcome::misfit};
  }
  for (const Stack* const out : {&s, &t, &q, &z}) {
    if (!out->is(n, n) || !same_lead(out->leading(), s.leading())) return {RoutineOutcome::misfit};
  }
  return with_float(
      {&a.tensor, &b.tensor, &s.tensor, &t.tensor, &q.tensor, &z.tensor},
      [&]<class T>() -> RoutineResult {
        if (s.is_empty()) return {};
        const double work = 66 * static_cast<double>(s.size()) * static_cast<double>(n);
        return for_each_matrix(s.count(), work, [&](int64_t number) -> MatrixOutcome {
          const int64_t of_a = stretched_number(a.leading(), s.leading(), number);
          const int64_t of_b = stretched_number(b.leading(), s.leading(), number);
          return one_form<T>(
              a.matrix<T>(of_a), b.matrix<T>(of_b),
              {s.matrix<T>(number), t.matrix<T>(number), q.matrix<T>(number), z.matrix<T>(number)},
              n, number);
        });
      });
}

}  // namespace tno
