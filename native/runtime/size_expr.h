#ifndef TNO_RUNTIME_SIZE_EXPR_H_
#define TNO_RUNTIME_SIZE_EXPR_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "dtype.h"
#include "program.h"

namespace tno {

// One binary size operation; sums and products that do not fit saturate, so that what is allocated
// by them fails instead of wrapping around.
int64_t size_binary(SizeOp op, int64_t a, int64_t b);

// The number of elements of a shape, 0 when an axis is empty or negative; saturates.
int64_t element_count(std::span<const int64_t> shape);

// count * item_size; saturates.
int64_t byte_count(int64_t elements, DType dtype);

// The element at `data`, of an integer or bool dtype; uint64 saturates.
int64_t load_integer(const std::byte* data, DType dtype);

}  // namespace tno

#endif  // TNO_RUNTIME_SIZE_EXPR_H_
