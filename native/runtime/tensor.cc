#include "tensor.h"

#include <array>
#include <cstring>

#include "program.h"

namespace tno {
namespace {

// The innermost axis of a copy, at element size `Size`.
template <size_t Size>
void copy_row(const std::byte* from, int64_t from_stride, std::byte* to, int64_t to_stride,
              int64_t length) {
  if (from_stride == 1 && to_stride == 1) {
    std::memmove(to, from, static_cast<size_t>(length) * Size);
    return;
  }
  constexpr auto size = static_cast<int64_t>(Size);
  for (int64_t i = 0; i < length; ++i) {
    std::memcpy(to + i * to_stride * size, from + i * from_stride * size, Size);
  }
}

using RowCopy = void (*)(const std::byte*, int64_t, std::byte*, int64_t, int64_t);

RowCopy row_copy(int64_t size) {
  switch (size) {
    case 1:
      return copy_row<1>;
    case 2:
      return copy_row<2>;
    case 4:
      return copy_row<4>;
    default:
      return copy_row<8>;
  }
}

}  // namespace

bool is_contiguous(const Tensor& tensor) {
  if (tensor.elements() == 0) return true;
  int64_t step = 1;
  for (size_t axis = tensor.rank; axis-- > 0;) {
    if (tensor.shape[axis] != 1 && tensor.strides[axis] != step) return false;
    step = size_binary(SizeOp::mul, step, tensor.shape[axis]);
  }
  return true;
}

void set_contiguous_strides(std::span<const int64_t> shape, int64_t* strides) {
  int64_t step = 1;
  for (size_t axis = shape.size(); axis-- > 0;) {
    strides[axis] = step;
    step = size_binary(SizeOp::mul, step, shape[axis]);
  }
}

void copy_elements(const Tensor& from, const Tensor& to) {
  const int64_t elements = to.elements();
  if (elements == 0) return;
  const int64_t size = item_size(to.dtype);
  if (is_contiguous(from) && is_contiguous(to)) {
    std::memmove(to.data, from.data, static_cast<size_t>(elements * size));
    return;
  }
  const RowCopy copy = row_copy(size);
  const size_t last = to.rank - 1;
  std::array<int64_t, max_rank> index{};
  const std::byte* source = from.data;
  std::byte* target = to.data;
  while (true) {
    copy(source, from.strides[last], target, to.strides[last], to.shape[last]);
    size_t axis = last;
    while (axis > 0) {
      --axis;
      source += from.strides[axis] * size;
      target += to.strides[axis] * size;
      if (++index[axis] < to.shape[axis]) break;
      source -= from.strides[axis] * to.shape[axis] * size;
      target -= to.strides[axis] * to.shape[axis] * size;
      index[axis] = 0;
      if (axis == 0) return;
    }
    if (last == 0) return;
  }
}

}  // namespace tno
