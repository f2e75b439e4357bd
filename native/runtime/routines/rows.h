// The rows of contiguous tensors: their last axis, one after the other, on the threads of the
// process.
#ifndef TNO_RUNTIME_ROUTINES_ROWS_H_
#define TNO_RUNTIME_ROUTINES_ROWS_H_

#include <algorithm>
#include <cstdint>

#include "tensor.h"
#include "thread_pool.h"

namespace tno {

struct Rows {
  int64_t count = 1;
  int64_t length = 1;
};

inline Rows rows_of(const Tensor& tensor) {
  if (tensor.rank == 0) return {};
  return {element_count(tensor.dims().first(tensor.rank - 1)), tensor.shape[tensor.rank - 1]};
}

inline bool same_shape(const Tensor& a, const Tensor& b) {
  return std::equal(a.dims().begin(), a.dims().end(), b.dims().begin(), b.dims().end());
}

template <class T>
T* elements_of(const Tensor& tensor) {
  return reinterpret_cast<T*>(tensor.data);
}

// Calls run(row) for each row; several at a time where that many elements are worth a thread.
template <class Run>
void for_each_row(const Rows& rows, const Run& run) {
  constexpr int64_t chunk_elements = 16 << 10;
  if (rows.count <= 0 || rows.length <= 0) return;
  const int64_t chunk = std::max<int64_t>(1, chunk_elements / rows.length);
  ThreadPool::process().run((rows.count + chunk - 1) / chunk, [&](int64_t number) {
    const int64_t end = std::min(rows.count, (number + 1) * chunk);
    for (int64_t row = number * chunk; row < end; ++row) run(row);
  });
}

}  // namespace tno

#endif  // TNO_RUNTIME_ROUTINES_ROWS_H_
