// The memory of a shared variable. Its dtype and rank are fixed; its shape changes with a write.
// While its shape is unchanged it keeps its address. A block that a borrower still holds outlives
// the value.
#ifndef TNO_RUNTIME_SHARED_VALUE_H_
#define TNO_RUNTIME_SHARED_VALUE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dtype.h"
#include "memory.h"
#include "size_expr.h"

namespace tno {

class SharedValue {
 public:
  SharedValue(DType dtype, size_t rank)
      : dtype_(dtype), dims_(rank, 0), block_(Block::allocate(0)) {}

  DType dtype() const { return dtype_; }
  std::span<const int64_t> dims() const { return dims_; }
  uint64_t version() const { return version_; }
  const std::shared_ptr<Block>& block() const { return block_; }
  std::byte* data() const { return block_->data(); }
  int64_t elements() const { return element_count(dims_); }
  int64_t bytes() const { return byte_count(elements(), dtype_); }

  // A running call with host steps holds its shared values, since those steps may run any code.
  bool is_held() const { return holds_ > 0; }
  void hold() { ++holds_; }
  void release() { --holds_; }

  void set_dims(std::span<const int64_t> dims) { dims_.assign(dims.begin(), dims.end()); }
  void set_block(std::shared_ptr<Block> block) { block_ = std::move(block); }
  void count_write() { ++version_; }

  // Tickets of the last queued calls that read and that write it; see CallQueue. Known to the
  // thread that queues calls.
  uint64_t last_reader = 0;
  uint64_t last_writer = 0;

 private:
  DType dtype_;
  std::vector<int64_t> dims_;
  std::shared_ptr<Block> block_;
  uint64_t version_ = 0;
  std::atomic<int> holds_{0};
};

}  // namespace tno

#endif  // TNO_RUNTIME_SHARED_VALUE_H_
