// What a kernel's work costs, roughly: enough to tell whether it is worth several threads.
#ifndef TNO_RUNTIME_KERNEL_COST_H_
#define TNO_RUNTIME_KERNEL_COST_H_

#include <cstdint>

#include "program.h"

namespace tno {

// In hundredths of a nanosecond of one thread of a processor with vectors of 64 bytes.
struct KernelCost {
  int64_t point = 0;   // for each point of all axes
  int64_t result = 0;  // for each point of the outer axes, beside that
};

KernelCost kernel_cost(const Kernel& kernel);

// The points that a launch goes through; doubles where a product of sizes might overflow.
struct KernelPoints {
  int64_t outermost = 1;  // indices of the outermost outer axis
  double outer = 1;
  double reduced = 1;  // for each outer point
  double blocks = 0;   // of the reduction tree, for each outer point
};

// How a launch is cut into chunks. Results do not depend on it.
struct KernelCut {
  // Whether chunks are of the blocks of a reduction, else of the outermost axis.
  bool by_blocks = false;
  // Blocks, or indices, in a chunk: all of them where more threads would not pay.
  int64_t length = 1;
};

KernelCut cut_kernel(const Kernel& kernel, const KernelCost& cost, const KernelPoints& points,
                     int threads);

}  // namespace tno

#endif  // TNO_RUNTIME_KERNEL_COST_H_
