// The own products of every level that this machine has, against sums in double.
#include "plain_products.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "check.h"
#include "memory.h"

namespace tno::cpu {
namespace {

constexpr const char* levels[] = {"base", "avx2", "avx512"};

template <class T>
const PlainKernelsOf<T>& of(const PlainKernels& kernels);
template <>
const PlainKernelsOf<float>& of(const PlainKernels& kernels) {
  return kernels.f32;
}
template <>
const PlainKernelsOf<double>& of(const PlainKernels& kernels) {
  return kernels.f64;
}

class Random {
 public:
  double next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state_ >> 40) / static_cast<double>(1 << 24) - 0.5;
  }

 private:
  uint64_t state_ = 12345;
};

// A matrix laid out as a test asks: by rows, by columns, with gaps, or with its rows reversed.
enum class Layout { rows, columns, gaps, reversed };
constexpr Layout layouts[] = {Layout::rows, Layout::columns, Layout::gaps, Layout::reversed};

template <class T>
struct Matrix {
  std::vector<T> memory;
  int64_t row = 0, column = 0, offset = 0;

  Matrix(int64_t rows, int64_t columns, Layout layout, Random& random) {
    switch (layout) {
      case Layout::rows:
        row = columns + 3;
        column = 1;
        break;
      case Layout::columns:
        row = 1;
        column = rows + 1;
        break;
      case Layout::gaps:
        row = 2 * columns + 1;
        column = 2;
        break;
      case Layout::reversed:
        row = -columns;
        column = 1;
        offset = columns * (rows > 0 ? rows - 1 : 0);
        break;
    }
    memory.resize(static_cast<size_t>(2 * (rows + 1) * (columns + 3) + 1));
    for (T& value : memory) value = static_cast<T>(random.next());
  }
  const T* data() const { return memory.data() + offset; }
  double at(int64_t i, int64_t j) const {
    return static_cast<double>(data()[i * row + j * column]);
  }
};

template <class T>
bool is_close(T actual, double expected, int64_t terms) {
  const double scale = static_cast<double>(terms + 4) * 4;
  return std::abs(static_cast<double>(actual) - expected) <=
         scale * static_cast<double>(std::numeric_limits<T>::epsilon());
}

template <class T>
void check_gemm(const PlainKernels& kernels, int64_t m, int64_t n, int64_t k, Layout a_layout,
                Layout b_layout, T alpha, T beta) {
  Random random;
  const Matrix<T> a(m, k, a_layout, random);
  const Matrix<T> b(k, n, b_layout, random);
  const int64_t y_row = n + 2;
  std::vector<T> y(static_cast<size_t>(m * y_row + 1));
  for (T& value : y) value = beta == 0 ? std::numeric_limits<T>::quiet_NaN() : T(random.next());
  const std::vector<T> before = y;
  const auto scratch = Block::allocate(kernels.scratch_bytes);
  Gemm<T> job{.m = m, .n = n, .k = k, .alpha = alpha, .beta = beta};
  job.a = a.data();
  job.a_row = a.row;
  job.a_col = a.column;
  job.b = b.data();
  job.b_row = b.row;
  job.b_col = b.column;
  job.y = y.data();
  job.y_row = y_row;
  of<T>(kernels).gemm(job, scratch->data());
  bool close = true;
  bool untouched = true;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < y_row; ++j) {
      const auto at = static_cast<size_t>(i * y_row + j);
      if (j >= n) {
        untouched = untouched && (y[at] == before[at] || (y[at] != y[at] && beta == 0));
        continue;
      }
      double sum = 0;
      for (int64_t p = 0; p < k; ++p) sum += a.at(i, p) * b.at(p, j);
      double expected = static_cast<double>(alpha) * sum;
      if (beta != 0) expected += static_cast<double>(beta) * static_cast<double>(before[at]);
      close = close && is_close(y[at], expected, k);
    }
  }
  const std::string note = std::string(kernels.name) + " " + std::to_string(m) + "x" +
                           std::to_string(n) + "x" + std::to_string(k);
  CHECK_NOTE(close, note);
  CHECK_NOTE(untouched, note);
}

template <class T>
void check_gemms(const PlainKernels& kernels) {
  const int64_t lengths[] = {0, 1, 2, 5, 13, 33};
  for (int64_t m : lengths) {
    for (int64_t n : lengths) {
      for (int64_t k : lengths) {
        check_gemm<T>(kernels, m, n, k, Layout::rows, Layout::rows, 1, 0);
        check_gemm<T>(kernels, m, n, k, Layout::columns, Layout::columns, T(-0.5), T(2));
      }
    }
  }
  for (Layout a : layouts) {
    for (Layout b : layouts) check_gemm<T>(kernels, 17, 37, 19, a, b, T(1.5), T(1));
  }
  // Past every block length: rows, columns, and the sum in more than one block.
  check_gemm<T>(kernels, 200, 40, 10, Layout::rows, Layout::rows, 1, 0);
  check_gemm<T>(kernels, 3, 2100, 5, Layout::rows, Layout::columns, 1, T(0.5));
  check_gemm<T>(kernels, 7, 9, 600, Layout::columns, Layout::rows, T(0.5), T(-1));
  check_gemm<T>(kernels, 7, 9, 600, Layout::rows, Layout::rows, 1, 0);
}

template <class T>
void check_gemv(const PlainKernels& kernels, int64_t m, int64_t k, Layout layout, int64_t x_step,
                int64_t y_step, T alpha, T beta) {
  Random random;
  const Matrix<T> a(m, k, layout, random);
  std::vector<T> x(static_cast<size_t>(k * x_step + 1));
  for (T& value : x) value = static_cast<T>(random.next());
  std::vector<T> y(static_cast<size_t>(m * y_step + 1));
  for (T& value : y) value = beta == 0 ? std::numeric_limits<T>::quiet_NaN() : T(random.next());
  const std::vector<T> before = y;
  Gemv<T> job{.m = m, .k = k, .alpha = alpha, .beta = beta};
  job.a = a.data();
  job.a_row = a.row;
  job.a_col = a.column;
  job.x = x.data();
  job.x_step = x_step;
  job.y = y.data();
  job.y_step = y_step;
  of<T>(kernels).gemv(job);
  bool close = true;
  for (int64_t i = 0; i < m; ++i) {
    double sum = 0;
    for (int64_t p = 0; p < k; ++p) {
      sum += a.at(i, p) * static_cast<double>(x[static_cast<size_t>(p * x_step)]);
    }
    const auto at = static_cast<size_t>(i * y_step);
    double expected = static_cast<double>(alpha) * sum;
    if (beta != 0) expected += static_cast<double>(beta) * static_cast<double>(before[at]);
    close = close && is_close(y[at], expected, k);
  }
  CHECK_NOTE(close, std::string(kernels.name) + " " + std::to_string(m) + "x" + std::to_string(k));
}

template <class T>
void check_gemvs(const PlainKernels& kernels) {
  for (int64_t m : {0, 1, 3, 4, 9, 70}) {
    for (int64_t k : {0, 1, 2, 3, 33, 70}) {
      for (Layout layout : layouts) {
        check_gemv<T>(kernels, m, k, layout, 1, 1, 1, 0);
        check_gemv<T>(kernels, m, k, layout, 3, 1, T(-0.5), T(2));
      }
    }
  }
  check_gemv<T>(kernels, 5, 5000, Layout::rows, 1, 1, 1, 0);
  check_gemv<T>(kernels, 5, 5000, Layout::rows, 2, 2, T(0.5), T(1));
  check_gemv<T>(kernels, 5, 50, Layout::columns, 1, 2, 1, 0);
}

template <class T>
void check_ger(const PlainKernels& kernels, int64_t m, int64_t n, Layout layout, int64_t v_step,
               bool in_place) {
  Random random;
  Matrix<T> a(m, n, layout, random);
  const Matrix<T> before = a;
  std::vector<T> x(static_cast<size_t>(2 * m + 1));
  std::vector<T> v(static_cast<size_t>(v_step * n + 1));
  for (T& value : x) value = static_cast<T>(random.next());
  for (T& value : v) value = static_cast<T>(random.next());
  std::vector<T> y(static_cast<size_t>(m * n + 1));
  Ger<T> job{.m = m, .n = n, .alpha = T(-0.25)};
  job.a = a.data();
  job.a_row = a.row;
  job.a_col = a.column;
  job.x = x.data();
  job.x_step = 2;
  job.v = v.data();
  job.v_step = v_step;
  job.y = in_place ? a.memory.data() + a.offset : y.data();
  job.y_row = in_place ? a.row : n;
  job.y_col = in_place ? a.column : 1;
  of<T>(kernels).ger(job);
  bool close = true;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      const double expected =
          before.at(i, j) - 0.25 * static_cast<double>(x[static_cast<size_t>(2 * i)]) *
                                static_cast<double>(v[static_cast<size_t>(v_step * j)]);
      close = close && is_close(job.y[i * job.y_row + j * job.y_col], expected, 1);
    }
  }
  CHECK_NOTE(close, std::string(kernels.name) + " " + std::to_string(m) + "x" + std::to_string(n));
}

template <class T>
void check_gers(const PlainKernels& kernels) {
  for (int64_t m : {0, 1, 5}) {
    for (int64_t n : {0, 1, 40}) {
      for (Layout layout : layouts) {
        check_ger<T>(kernels, m, n, layout, 1, false);
        check_ger<T>(kernels, m, n, layout, 1, true);
        check_ger<T>(kernels, m, n, layout, 2, false);
      }
    }
  }
}

template <class Run>
void on_every_level(Run run) {
  for (const char* level : levels) {
    if (const PlainKernels* kernels = plain_kernels_named(level)) run(*kernels);
  }
}

TEST(plain_gemm_is_a_product_for_all_shapes_and_layouts) {
  on_every_level([](const PlainKernels& kernels) {
    check_gemms<float>(kernels);
    check_gemms<double>(kernels);
  });
}

TEST(plain_gemv_is_a_product_for_all_shapes_and_layouts) {
  on_every_level([](const PlainKernels& kernels) {
    check_gemvs<float>(kernels);
    check_gemvs<double>(kernels);
  });
}

TEST(plain_ger_adds_an_outer_product) {
  on_every_level([](const PlainKernels& kernels) {
    check_gers<float>(kernels);
    check_gers<double>(kernels);
  });
}

TEST(nan_spreads_from_operands_and_not_past_the_edges) {
  on_every_level([](const PlainKernels& kernels) {
    const auto scratch = Block::allocate(kernels.scratch_bytes);
    const float infinity = std::numeric_limits<float>::infinity();
    const std::vector<float> a{infinity, 1, 2, 3};  // [2, 2]
    const std::vector<float> b{1, 0, 0, 1};
    std::vector<float> y(4, 7);
    Gemm<float> job{.m = 2, .n = 2, .k = 2};
    job.a = a.data();
    job.a_row = 2;
    job.a_col = 1;
    job.b = b.data();
    job.b_row = 2;
    job.b_col = 1;
    job.y = y.data();
    job.y_row = 2;
    kernels.f32.gemm(job, scratch->data());
    CHECK(y[0] == infinity);
    CHECK(std::isnan(y[1]));
    CHECK(y[2] == 2);
    CHECK(y[3] == 3);
  });
}

}  // namespace
}  // namespace tno::cpu
