// An n-dimensional window on memory, and the strided copy that everything else is built on.
#ifndef TNO_RUNTIME_TENSOR_H_
#define TNO_RUNTIME_TENSOR_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "dtype.h"
#include "size_expr.h"

namespace tno {

// `shape` and `strides` (in elements) have `rank` entries and belong to whoever made the tensor.
struct Tensor {
  std::byte* data = nullptr;
  DType dtype = DType::boolean;
  size_t rank = 0;
  const int64_t* shape = nullptr;
  const int64_t* strides = nullptr;

  std::span<const int64_t> dims() const { return {shape, rank}; }
  int64_t elements() const { return element_count(dims()); }
  int64_t bytes() const { return byte_count(elements(), dtype); }
};

// Whether the elements lie one after the other in C order.
bool is_contiguous(const Tensor& tensor);

// Sets the strides of the C order of `shape`.
void set_contiguous_strides(std::span<const int64_t> shape, int64_t* strides);

// Copies elements of equal shape and dtype; the two may only overlap where they are the same.
void copy_elements(const Tensor& from, const Tensor& to);

}  // namespace tno

#endif  // TNO_RUNTIME_TENSOR_H_
