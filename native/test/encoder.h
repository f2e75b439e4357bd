// The inverse of decode_program, and short ways to write programs down in tests.
#ifndef TNO_TEST_ENCODER_H_
#define TNO_TEST_ENCODER_H_

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "program.h"

namespace tno::test {

std::vector<int32_t> encode(const Program& program);

// Adds to a program and gives ids back.
class Builder {
 public:
  Program program;

  int32_t size(int64_t constant);
  int32_t dim(int32_t buffer, int32_t axis);
  int32_t value(int32_t buffer);
  int32_t counter(int32_t loop);
  int32_t binary(SizeOp op, int32_t a, int32_t b);
  int32_t select(int32_t cond, int32_t a, int32_t b);

  int32_t input(DType dtype, size_t rank);
  int32_t shared(DType dtype, size_t rank);
  int32_t constant(DType dtype, std::vector<int32_t> shape);
  int32_t output(DType dtype, std::vector<int32_t> shape);
  // Each temp in a slot of its own.
  int32_t temp(DType dtype, std::vector<int32_t> shape, int32_t capacity = -1);
  int32_t view(int32_t base, std::vector<int32_t> shape, int32_t offset,
               std::vector<int32_t> strides);

  // A kernel over one outer axis of extent `param 0`, all operands contiguous; the last is stored.
  int32_t map_kernel(DType dtype, size_t operands);
  // The same with one gather index in the load of operand 0.
  int32_t gather_kernel(DType dtype);

  // Makes the first step evaluate all sizes there are, run all checks and allocate every temp and
  // output.
  void finish();

 private:
  int32_t add_size(SizeNode node);
  int32_t add_buffer(Buffer buffer);
  int32_t bound(Role role, DType dtype, size_t rank, std::vector<int32_t>& list);
};

}  // namespace tno::test

#endif  // TNO_TEST_ENCODER_H_
