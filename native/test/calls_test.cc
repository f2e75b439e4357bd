// The semantics of the library routines, over the own products.
#include "calls.h"

#include <cmath>
#include <limits>
#include <vector>

#include "check.h"
#include "plain_products.h"

namespace tno {
namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

struct Array {
  std::vector<float> data;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;

  Array(std::vector<float> values, std::vector<int64_t> lengths)
      : data(std::move(values)), shape(std::move(lengths)), strides(shape.size()) {
    set_contiguous_strides(shape, strides.data());
  }
  Array(std::vector<float> values, std::vector<int64_t> lengths, std::vector<int64_t> steps)
      : data(std::move(values)), shape(std::move(lengths)), strides(std::move(steps)) {}

  Tensor tensor() {
    return {reinterpret_cast<std::byte*>(data.data()), DType::float32, shape.size(), shape.data(),
            strides.data()};
  }
};

Array scalar(float value) {
  return {{value}, {}};
}

bool run(Callee callee, std::vector<Tensor> ins, Tensor out) {
  const Products& products = cpu::plain_products();
  products.prepare();
  const std::vector<Tensor> outs{out};
  return run_call(callee, ins, outs, products);
}

using Floats = std::vector<float>;

TEST(gemm_multiplies_rows_and_columns) {
  Array a({1, 2, 3, 4, 5, 6}, {2, 3});
  Array at({1, 4, 2, 5, 3, 6}, {2, 3}, {1, 2});
  Array b({1, 0, 0, 1, 1, 1}, {3, 2});
  Array bt({1, 0, 1, 0, 1, 1}, {3, 2}, {1, 3});
  const Floats expected{4, 5, 10, 11};
  for (Array* left : {&a, &at}) {
    for (Array* right : {&b, &bt}) {
      Array y(Floats(4, nan_value), {2, 2});
      CHECK(run(Callee::gemm, {left->tensor(), right->tensor()}, y.tensor()));
      CHECK(y.data == expected);
    }
  }
}

TEST(gemm_adds_beta_times_c_of_any_strides) {
  Array a({1, 2, 3, 4}, {2, 2});
  Array b({1, 0, 0, 1}, {2, 2});
  Array alpha = scalar(2);
  Array beta = scalar(10);
  Array row({1, 2}, {2, 2}, {0, 1});
  Array column({1, 2}, {2, 2}, {1, 0});
  Array y(Floats(4, nan_value), {2, 2});
  CHECK(run(Callee::gemm, {a.tensor(), b.tensor(), row.tensor(), alpha.tensor(), beta.tensor()},
            y.tensor()));
  CHECK((y.data == Floats{12, 24, 16, 28}));
  CHECK(run(Callee::gemm, {a.tensor(), b.tensor(), column.tensor(), alpha.tensor(), beta.tensor()},
            y.tensor()));
  CHECK((y.data == Floats{12, 14, 26, 28}));
}

TEST(gemm_accumulates_in_place_into_a_window) {
  Array a({1, 2}, {2, 1});
  Array b({3, 4}, {1, 2});
  Array alpha = scalar(-1);
  Array beta = scalar(1);
  // Rows of a wider matrix: the third column is not Y's.
  Array y({10, 20, 99, 30, 40, 99}, {2, 2}, {3, 1});
  CHECK(run(Callee::gemm, {a.tensor(), b.tensor(), y.tensor(), alpha.tensor(), beta.tensor()},
            y.tensor()));
  CHECK((y.data == Floats{7, 16, 99, 24, 32, 99}));
}

TEST(gemm_with_beta_zero_does_not_read_c) {
  Array a({1}, {1, 1});
  Array b({2}, {1, 1});
  Array c({nan_value}, {1, 1});
  Array alpha = scalar(3);
  Array beta = scalar(0);
  Array y({nan_value}, {1, 1});
  CHECK(run(Callee::gemm, {a.tensor(), b.tensor(), c.tensor(), alpha.tensor(), beta.tensor()},
            y.tensor()));
  CHECK(y.data[0] == 6);
}

TEST(gemm_over_an_empty_inner_axis_is_beta_times_c) {
  Array a({}, {2, 0});
  Array b({}, {0, 2});
  Array c({1, 2, 3, 4}, {2, 2});
  Array alpha = scalar(1);
  Array beta = scalar(2);
  Array y(Floats(4, nan_value), {2, 2});
  CHECK(run(Callee::gemm, {a.tensor(), b.tensor()}, y.tensor()));
  CHECK((y.data == Floats{0, 0, 0, 0}));
  CHECK(run(Callee::gemm, {a.tensor(), b.tensor(), c.tensor(), alpha.tensor(), beta.tensor()},
            y.tensor()));
  CHECK((y.data == Floats{2, 4, 6, 8}));
}

TEST(products_of_nothing_write_nothing) {
  Array a({}, {0, 3});
  Array b(Floats(6, 1), {3, 2});
  Array y({}, {0, 2});
  CHECK(run(Callee::gemm, {a.tensor(), b.tensor()}, y.tensor()));
  Array x({1, 2, 3}, {3});
  Array none({}, {0});
  CHECK(run(Callee::gemv, {a.tensor(), x.tensor()}, none.tensor()));
}

TEST(shapes_that_do_not_fit_are_refused) {
  Array a(Floats(6, 1), {2, 3});
  Array b(Floats(8, 1), {4, 2});
  Array y(Floats(4, 5), {2, 2});
  CHECK(!run(Callee::gemm, {a.tensor(), b.tensor()}, y.tensor()));
  CHECK(y.data == Floats(4, 5));
  Array x(Floats(2, 1), {2});
  Array v(Floats(2, 1), {2});
  CHECK(!run(Callee::gemv, {a.tensor(), x.tensor()}, v.tensor()));
}

TEST(gemv_takes_an_addend) {
  Array a({1, 2, 3, 4, 5, 6}, {2, 3});
  Array x({1, 1, 1}, {3});
  Array y0({100, 200}, {2});
  Array alpha = scalar(2);
  Array beta = scalar(0.5);
  Array y(Floats(2, nan_value), {2});
  CHECK(run(Callee::gemv, {a.tensor(), x.tensor()}, y.tensor()));
  CHECK((y.data == Floats{6, 15}));
  CHECK(run(Callee::gemv, {a.tensor(), x.tensor(), y0.tensor(), alpha.tensor(), beta.tensor()},
            y.tensor()));
  CHECK((y.data == Floats{62, 130}));
  CHECK(run(Callee::gemv, {a.tensor(), x.tensor(), y.tensor(), alpha.tensor(), beta.tensor()},
            y.tensor()));
  CHECK((y.data == Floats{43, 95}));
}

TEST(ger_updates_in_place_and_apart) {
  Array a({1, 2, 3, 4}, {2, 2});
  Array x({1, 2}, {2});
  Array v({10, 20}, {2});
  Array alpha = scalar(-1);
  Array y(Floats(4, nan_value), {2, 2});
  const Floats expected{-9, -18, -17, -36};
  CHECK(run(Callee::ger, {a.tensor(), x.tensor(), v.tensor(), alpha.tensor()}, y.tensor()));
  CHECK(y.data == expected);
  CHECK(run(Callee::ger, {a.tensor(), x.tensor(), v.tensor(), alpha.tensor()}, a.tensor()));
  CHECK(a.data == expected);
}

template <class T>
std::vector<int64_t> nonzero(std::vector<T> values, DType dtype) {
  const auto length = static_cast<int64_t>(values.size());
  const int64_t stride = 1;
  std::vector<int64_t> positions(values.size(), -1);
  int64_t count = -1;
  const std::vector<Tensor> ins{
      {reinterpret_cast<std::byte*>(values.data()), dtype, 1, &length, &stride}};
  const std::vector<Tensor> outs{
      {reinterpret_cast<std::byte*>(positions.data()), DType::int64, 1, &length, &stride},
      {reinterpret_cast<std::byte*>(&count), DType::int64, 0, nullptr, nullptr}};
  CHECK(run_call(Callee::nonzero, ins, outs, cpu::plain_products()));
  positions.resize(static_cast<size_t>(count));
  return positions;
}

TEST(nonzero_lists_positions_of_every_dtype) {
  using Positions = std::vector<int64_t>;
  CHECK((nonzero<uint8_t>({0, 1, 1, 0}, DType::boolean) == Positions{1, 2}));
  CHECK((nonzero<int8_t>({-1, 0}, DType::int8) == Positions{0}));
  CHECK((nonzero<uint16_t>({0, 256}, DType::uint16) == Positions{1}));
  CHECK((nonzero<int32_t>({0, 1 << 30}, DType::int32) == Positions{1}));
  CHECK((nonzero<int64_t>({int64_t{1} << 40, 0}, DType::int64) == Positions{0}));
  CHECK((nonzero<uint16_t>({0x8000, 0x0001, 0x7e00, 0}, DType::float16) == Positions{1, 2}));
  CHECK((nonzero<float>({-0.0f, nan_value, 1e-45f, 0}, DType::float32) == Positions{1, 2}));
  CHECK((nonzero<double>({-0.0, 5e-324}, DType::float64) == Positions{1}));
  CHECK(nonzero<float>({}, DType::float32).empty());
}

}  // namespace
}  // namespace tno
