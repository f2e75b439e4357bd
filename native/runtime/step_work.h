// What one run of a step computes and moves, by its sizes alone: the twin of
// packages/core/src/device/step-work.ts, where the rules of counting are.
#ifndef TNO_RUNTIME_STEP_WORK_H_
#define TNO_RUNTIME_STEP_WORK_H_

#include <cstdint>
#include <span>

#include "program.h"

namespace tno {

struct StepWork {
  double flops = 0;
  double bytes = 0;
};

// `sizes`: the size table after the step has run.
StepWork step_work(const Program& program, const Step& step, std::span<const int64_t> sizes);

}  // namespace tno

#endif  // TNO_RUNTIME_STEP_WORK_H_
