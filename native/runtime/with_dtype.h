// From a dtype to the C++ type of its elements.
#ifndef TNO_RUNTIME_WITH_DTYPE_H_
#define TNO_RUNTIME_WITH_DTYPE_H_

#include <cstdint>

#include "dtype.h"
#include "half.h"

namespace tno {

// Calls run.operator()<T>(), T the type of an element; bool is uint8_t, float16 Half.
template <class Run>
auto with_dtype(DType dtype, const Run& run) {
  switch (dtype) {
    case DType::int8:
      return run.template operator()<int8_t>();
    case DType::int16:
      return run.template operator()<int16_t>();
    case DType::int32:
      return run.template operator()<int32_t>();
    case DType::int64:
      return run.template operator()<int64_t>();
    case DType::boolean:
    case DType::uint8:
      break;
    case DType::uint16:
      return run.template operator()<uint16_t>();
    case DType::uint32:
      return run.template operator()<uint32_t>();
    case DType::uint64:
      return run.template operator()<uint64_t>();
    case DType::float16:
      return run.template operator()<Half>();
    case DType::float32:
      return run.template operator()<float>();
    case DType::float64:
      return run.template operator()<double>();
  }
  return run.template operator()<uint8_t>();
}

}  // namespace tno

#endif  // TNO_RUNTIME_WITH_DTYPE_H_
