#include "size_expr.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace tno {
namespace {

constexpr int64_t int_min = std::numeric_limits<int64_t>::min();
constexpr int64_t int_max = std::numeric_limits<int64_t>::max();

int64_t add(int64_t a, int64_t b) {
  int64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? (a < 0 ? int_min : int_max) : sum;
}

int64_t sub(int64_t a, int64_t b) {
  int64_t difference;
  return __builtin_sub_overflow(a, b, &difference) ? (a < 0 ? int_min : int_max) : difference;
}

int64_t mul(int64_t a, int64_t b) {
  int64_t product;
  return __builtin_mul_overflow(a, b, &product) ? ((a < 0) != (b < 0) ? int_min : int_max)
                                                : product;
}

// Toward minus infinity; a zero divisor gives 0.
int64_t floordiv(int64_t a, int64_t b) {
  if (b == 0) return 0;
  if (b == -1) return sub(0, a);
  const int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

int64_t floormod(int64_t a, int64_t b) {
  if (b == 0 || b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

template <class T>
int64_t load(const std::byte* data) {
  T value;
  std::memcpy(&value, data, sizeof value);
  return static_cast<int64_t>(value);
}

}  // namespace

int64_t size_binary(SizeOp op, int64_t a, int64_t b) {
  switch (op) {
    case SizeOp::add:
      return add(a, b);
    case SizeOp::sub:
      return sub(a, b);
    case SizeOp::mul:
      return mul(a, b);
    case SizeOp::floordiv:
      return floordiv(a, b);
    case SizeOp::mod:
      return floormod(a, b);
    case SizeOp::min:
      return std::min(a, b);
    case SizeOp::max:
      return std::max(a, b);
    case SizeOp::eq:
      return a == b ? 1 : 0;
    case SizeOp::lt:
      return a < b ? 1 : 0;
    default:
      return 0;
  }
}

int64_t element_count(std::span<const int64_t> shape) {
  int64_t count = 1;
  for (int64_t length : shape) {
    if (length <= 0) return 0;
    count = mul(count, length);
  }
  return count;
}

int64_t byte_count(int64_t elements, DType dtype) {
  return mul(elements, item_size(dtype));
}

int64_t load_integer(const std::byte* data, DType dtype) {
  switch (dtype) {
    case DType::boolean:
      return load<uint8_t>(data) != 0 ? 1 : 0;
    case DType::int8:
      return load<int8_t>(data);
    case DType::int16:
      return load<int16_t>(data);
    case DType::int32:
      return load<int32_t>(data);
    case DType::int64:
      return load<int64_t>(data);
    case DType::uint8:
      return load<uint8_t>(data);
    case DType::uint16:
      return load<uint16_t>(data);
    case DType::uint32:
      return load<uint32_t>(data);
    case DType::uint64: {
      const int64_t value = load<uint64_t>(data);
      return value < 0 ? int_max : value;
    }
    default:
      return 0;
  }
}

}  // namespace tno
