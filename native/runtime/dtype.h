#ifndef TNO_RUNTIME_DTYPE_H_
#define TNO_RUNTIME_DTYPE_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace tno {

// Codes are those of `dtypeInfo` in core and never change.
enum class DType : int32_t {
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float16,
  float32,
  float64,
};

inline constexpr int32_t dtype_count = 12;

constexpr int64_t item_size(DType dtype) {
  constexpr std::array<int64_t, dtype_count> sizes{1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 4, 8};
  return sizes[static_cast<size_t>(dtype)];
}

constexpr bool is_float(DType dtype) {
  return dtype >= DType::float16;
}

}  // namespace tno

#endif  // TNO_RUNTIME_DTYPE_H_
