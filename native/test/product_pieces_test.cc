// Products that are cut into pieces, against the same products done whole in double.
#include "product_pieces.h"

#include <cmath>
#include <vector>

#include "check.h"
#include "plain_products.h"
#include "providers.h"

namespace tno::cpu {
namespace {

struct Sizes {
  int64_t m, n, k;
};

// Every element of the result is in one piece, and no piece is empty.
bool covers(const Sizes& sizes, const Pieces& pieces) {
  return pieces.rows * pieces.down >= sizes.m && pieces.rows * (pieces.down - 1) < sizes.m &&
         pieces.columns * pieces.across >= sizes.n &&
         pieces.columns * (pieces.across - 1) < sizes.n &&
         pieces.down * pieces.across <= most_pieces;
}

TEST(pieces_cover_the_result) {
  for (int64_t m : {1, 2, 10, 20, 31, 33, 600, 1024, 5000}) {
    for (int64_t n : {1, 7, 10, 193, 500, 513, 2048, 9000}) {
      for (int64_t k : {0, 1, 10, 512, 784, 4096}) {
        for (int processors : {1, 2, 3, 16, 100}) {
          CHECK(covers({m, n, k}, gemm_pieces(m, n, k, processors)));
        }
        CHECK(covers({m, k, 0}, row_pieces(m, k)) || k == 0);
      }
    }
  }
}

TEST(products_are_cut_where_that_pays) {
  const auto count = [](int64_t m, int64_t n, int64_t k, int processors = 2) {
    const Pieces pieces = gemm_pieces(m, n, k, processors);
    return pieces.down * pieces.across;
  };
  CHECK(count(20, 10, 500) == 1);
  CHECK(count(1, 10, 784) == 1);
  CHECK(count(600, 10, 784) == 6);
  CHECK(count(20, 500, 784) == 2);
  CHECK(count(128, 512, 512) == 2);
  CHECK(count(128, 1024, 512) == 2);
  CHECK(count(128, 512, 512, 16) == 8);
  CHECK(count(1024, 1024, 1024, 1) == 1);
  CHECK(count(1024, 1024, 1024, 2) == 2);
  CHECK(count(1024, 1024, 1024, 16) == 16);
  CHECK(count(2048, 2048, 2048, 2) == 8);
  CHECK(count(16, 16, 1 << 20, 2) == 1);
}

// Two pieces repack the smaller operand, unless columns would then not fill register tiles.
TEST(large_products_are_cut_where_pieces_are_cheapest) {
  const auto is_cut = [](const Sizes& sizes, int64_t down, int64_t across) {
    const Pieces pieces = gemm_pieces(sizes.m, sizes.n, sizes.k, 2);
    return pieces.down == down && pieces.across == across;
  };
  CHECK(is_cut({128, 512, 512}, 2, 1));
  CHECK(is_cut({512, 512, 512}, 2, 1));
  CHECK(is_cut({256, 192, 2048}, 2, 1));
  CHECK(is_cut({128, 1024, 1024}, 1, 2));
  CHECK(is_cut({64, 4096, 2048}, 1, 2));
}

double value_at(int64_t i, int64_t j) {
  return static_cast<double>((i * 37 + j * 101 + 11) % 41) / 41 - 0.5;
}

template <class T>
std::vector<T> matrix(int64_t rows, int64_t columns) {
  std::vector<T> values;
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) values.push_back(static_cast<T>(value_at(i, j)));
  }
  return values;
}

template <class T>
bool multiplies(const ProductsOf<T>& products, const Sizes& sizes, double tolerance) {
  const auto [m, n, k] = sizes;
  const std::vector<T> a = matrix<T>(m, k);
  const std::vector<T> b = matrix<T>(n, k);  // B transposed
  std::vector<T> y(static_cast<size_t>(m * n), T{1});
  Gemm<T> job;
  job.m = m;
  job.n = n;
  job.k = k;
  job.alpha = 2;
  job.beta = 1;
  job.a = a.data();
  job.a_row = k;
  job.a_col = 1;
  job.b = b.data();
  job.b_row = 1;
  job.b_col = k;
  job.y = y.data();
  job.y_row = n;
  products.gemm(job);
  for (int64_t i = 0; i < m; i += 3) {
    for (int64_t j = 0; j < n; j += 5) {
      double expected = 0;
      for (int64_t p = 0; p < k; ++p) {
        expected += static_cast<double>(a[static_cast<size_t>(i * k + p)]) *
                    static_cast<double>(b[static_cast<size_t>(j * k + p)]);
      }
      const auto actual = static_cast<double>(y[static_cast<size_t>(i * n + j)]);
      if (std::abs(actual - (2 * expected + 1)) > tolerance) return false;
    }
  }
  return true;
}

TEST(products_in_pieces_are_right) {
  for (const Products* products : {&plain_products(), &provided_products()}) {
    CHECK(products->prepare());
    for (const Sizes& sizes : {Sizes{300, 70, 200}, {30, 800, 100}, {130, 530, 64}}) {
      const Pieces pieces = gemm_pieces(sizes.m, sizes.n, sizes.k, usable_cores());
      CHECK(pieces.down * pieces.across > 1);
      CHECK(multiplies(products->f32, sizes, 1e-3));
      CHECK(multiplies(products->f64, sizes, 1e-9));
    }
  }
}

TEST(matrices_times_vectors_in_pieces_are_right) {
  CHECK(plain_products().prepare());
  const int64_t m = 3000;
  const int64_t k = 200;
  CHECK(row_pieces(m, k).down > 1);
  const std::vector<double> a = matrix<double>(m, k);
  const std::vector<double> x = matrix<double>(1, k);
  std::vector<double> y(static_cast<size_t>(m), -1);
  plain_products().f64.gemv(Gemv<double>{m, k, 1, a.data(), k, 1, x.data(), 1, 0, y.data(), 1});
  std::vector<double> outer = a;
  plain_products().f64.ger(
      Ger<double>{m, k, 3, outer.data(), k, 1, y.data(), 1, x.data(), 1, outer.data(), k, 1});
  bool right = true;
  for (int64_t i = 0; i < m; ++i) {
    double expected = 0;
    for (int64_t p = 0; p < k; ++p) {
      expected += a[static_cast<size_t>(i * k + p)] * x[static_cast<size_t>(p)];
    }
    right = right && std::abs(y[static_cast<size_t>(i)] - expected) < 1e-9;
    const auto at = static_cast<size_t>(i * k + i % k);
    const double updated = a[at] + 3 * y[static_cast<size_t>(i)] * x[static_cast<size_t>(i % k)];
    right = right && std::abs(outer[at] - updated) < 1e-9;
  }
  CHECK(right);
}

}  // namespace
}  // namespace tno::cpu
