#include "tensor.h"

#include <cstring>
#include <numeric>
#include <vector>

#include "check.h"

namespace tno {
namespace {

struct Window {
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
  int64_t offset = 0;

  template <class T>
  Tensor over(std::vector<T>& memory, DType dtype) const {
    return {reinterpret_cast<std::byte*>(memory.data() + offset), dtype, shape.size(), shape.data(),
            strides.data()};
  }
};

Window contiguous(std::vector<int64_t> shape) {
  Window window{std::move(shape), {}, 0};
  window.strides.resize(window.shape.size());
  set_contiguous_strides(window.shape, window.strides.data());
  return window;
}

// Gathers `from` and compares with the elements that plain index arithmetic gives.
template <class T>
void check_gather(const Window& from, DType dtype, size_t memory) {
  std::vector<T> source(memory);
  std::iota(source.begin(), source.end(), T{1});
  const int64_t elements = element_count(from.shape);
  std::vector<T> target(static_cast<size_t>(elements) + 1, T{0});
  const Window to = contiguous(from.shape);
  copy_elements(from.over(source, dtype), to.over(target, dtype));
  for (int64_t flat = 0; flat < elements; ++flat) {
    int64_t rest = flat;
    int64_t at = from.offset;
    for (size_t axis = from.shape.size(); axis-- > 0;) {
      at += rest % from.shape[axis] * from.strides[axis];
      rest /= from.shape[axis];
    }
    CHECK(target[static_cast<size_t>(flat)] == source[static_cast<size_t>(at)]);
  }
  CHECK(target.back() == T{0});
}

TEST(contiguity_ignores_axes_of_length_one) {
  std::vector<float> memory(64);
  CHECK(contiguous({2, 3}).over(memory, DType::float32).rank == 2);
  CHECK(is_contiguous(contiguous({2, 3}).over(memory, DType::float32)));
  CHECK(is_contiguous(Window{{2, 1, 3}, {3, 77, 1}, 0}.over(memory, DType::float32)));
  CHECK(!is_contiguous(Window{{2, 3}, {1, 2}, 0}.over(memory, DType::float32)));
  CHECK(is_contiguous(Window{{0, 3}, {9, 2}, 0}.over(memory, DType::float32)));
  CHECK(is_contiguous(Window{{}, {}, 0}.over(memory, DType::float32)));
}

TEST(strided_copies_of_every_element_size) {
  const std::vector<Window> windows{
      {{}, {}, 5},
      {{4}, {1}, 2},
      {{4}, {-2}, 9},
      {{3, 4}, {1, 3}, 0},         // transposed
      {{3, 4}, {0, 2}, 1},         // repeated rows
      {{2, 3, 4}, {12, 4, 1}, 3},  // contiguous from an offset
      {{2, 3, 4}, {1, 8, 2}, 0},
      {{2, 3, 4}, {-12, -4, -1}, 23},
      {{1, 1, 1}, {5, 5, 5}, 4},
      {{2, 0, 4}, {1, 8, 2}, 0},
  };
  for (const Window& window : windows) {
    check_gather<uint8_t>(window, DType::boolean, 64);
    check_gather<uint16_t>(window, DType::float16, 64);
    check_gather<float>(window, DType::float32, 64);
    check_gather<int64_t>(window, DType::int64, 64);
  }
}

TEST(copies_scatter_into_windows) {
  std::vector<int32_t> source{1, 2, 3, 4, 5, 6};
  std::vector<int32_t> target(12, 0);
  const Window to{{2, 3}, {1, 4}, 1};
  copy_elements(contiguous({2, 3}).over(source, DType::int32), to.over(target, DType::int32));
  CHECK((target == std::vector<int32_t>{0, 1, 4, 0, 0, 2, 5, 0, 0, 3, 6, 0}));
}

}  // namespace
}  // namespace tno
