#include "size_expr.h"

#include <array>
#include <cstring>

#include "check.h"

namespace tno {
namespace {

constexpr int64_t big = INT64_MAX;
constexpr int64_t small = INT64_MIN;

TEST(size_division_rounds_toward_minus_infinity) {
  struct Case {
    int64_t a, b, quotient, rest;
  };
  for (const Case& c :
       {Case{7, 2, 3, 1}, Case{-7, 2, -4, 1}, Case{7, -2, -4, -1}, Case{-7, -2, 3, -1},
        Case{6, 3, 2, 0}, Case{-6, 3, -2, 0}, Case{5, 0, 0, 0}, Case{-5, 0, 0, 0}, Case{0, 5, 0, 0},
        Case{9, -1, -9, 0}, Case{small, -1, big, 0}, Case{small, 1, small, 0}}) {
    CHECK(size_binary(SizeOp::floordiv, c.a, c.b) == c.quotient);
    CHECK(size_binary(SizeOp::mod, c.a, c.b) == c.rest);
  }
}

TEST(size_sums_and_products_saturate) {
  CHECK(size_binary(SizeOp::add, big, 1) == big);
  CHECK(size_binary(SizeOp::add, small, -1) == small);
  CHECK(size_binary(SizeOp::sub, small, 1) == small);
  CHECK(size_binary(SizeOp::sub, big, -1) == big);
  CHECK(size_binary(SizeOp::mul, big, 2) == big);
  CHECK(size_binary(SizeOp::mul, big, -2) == small);
  CHECK(size_binary(SizeOp::mul, -3, 4) == -12);
}

TEST(size_comparisons_give_zero_or_one) {
  CHECK(size_binary(SizeOp::eq, 3, 3) == 1);
  CHECK(size_binary(SizeOp::eq, 3, 4) == 0);
  CHECK(size_binary(SizeOp::lt, 3, 4) == 1);
  CHECK(size_binary(SizeOp::lt, 4, 4) == 0);
  CHECK(size_binary(SizeOp::min, -1, 4) == -1);
  CHECK(size_binary(SizeOp::max, -1, 4) == 4);
}

TEST(element_counts_of_empty_and_huge_shapes) {
  CHECK(element_count({}) == 1);
  CHECK(element_count(std::array<int64_t, 2>{3, 4}) == 12);
  CHECK(element_count(std::array<int64_t, 2>{3, 0}) == 0);
  CHECK(element_count(std::array<int64_t, 2>{-3, -4}) == 0);
  CHECK(element_count(std::array<int64_t, 2>{big, 4}) == big);
  CHECK(element_count(std::array<int64_t, 3>{big, 4, 0}) == 0);
  CHECK(byte_count(big, DType::float64) == big);
  CHECK(byte_count(3, DType::int16) == 6);
}

template <class T>
int64_t loaded(T value, DType dtype) {
  std::array<std::byte, sizeof(T)> bytes{};
  std::memcpy(bytes.data(), &value, sizeof value);
  return load_integer(bytes.data(), dtype);
}

TEST(integers_of_every_dtype_load) {
  CHECK(loaded<uint8_t>(1, DType::boolean) == 1);
  CHECK(loaded<uint8_t>(2, DType::boolean) == 1);
  CHECK(loaded<int8_t>(-5, DType::int8) == -5);
  CHECK(loaded<int16_t>(-5, DType::int16) == -5);
  CHECK(loaded<int32_t>(-5, DType::int32) == -5);
  CHECK(loaded<int64_t>(small, DType::int64) == small);
  CHECK(loaded<uint8_t>(255, DType::uint8) == 255);
  CHECK(loaded<uint16_t>(65535, DType::uint16) == 65535);
  CHECK(loaded<uint32_t>(4294967295u, DType::uint32) == 4294967295);
  CHECK(loaded<uint64_t>(UINT64_MAX, DType::uint64) == big);
}

}  // namespace
}  // namespace tno
