// Library routines over whole arrays, as core's `routines/routine.ts` describes them.
#ifndef TNO_RUNTIME_ROUTINES_H_
#define TNO_RUNTIME_ROUTINES_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "products.h"
#include "program.h"
#include "tensor.h"

namespace tno {

// Operands are contiguous, inputs apart from outputs; of dtypes and shapes that the routine checks.
struct RoutineCall {
  std::span<const Tensor> ins;
  std::span<const Tensor> outs;
  std::span<const int64_t> params;
  const Products& products;
};

enum class RoutineOutcome : int32_t {
  done,
  failed,     // by the values; `value` is the number for the message
  no_memory,  // `value` bytes could not be had
  misfit,     // dtypes or shapes do not fit: a defect of the program, and nothing is written
};

struct RoutineResult {
  RoutineOutcome outcome = RoutineOutcome::done;
  int64_t value = 0;
};

struct RoutineEntry {
  size_t ins;
  size_t outs;
  size_t params;
  RoutineResult (*run)(const RoutineCall& call);
};

const RoutineEntry& routine_entry(Routine routine);

// Running out of memory is a result like others; nothing is thrown.
RoutineResult run_routine(Routine routine, const RoutineCall& call) noexcept;

}  // namespace tno

#endif  // TNO_RUNTIME_ROUTINES_H_
