#include "reduction_tree.h"

#include <vector>

namespace tno {
namespace {

bool is_literal(const KernelDim& dim, int64_t value) {
  return dim.param < 0 && dim.literal == value;
}

}  // namespace

bool reduces_columns(const Kernel& kernel) {
  if (kernel.reduce_rank == 0 || kernel.outer_rank() == 0) return false;
  const size_t inner = kernel.axes.size() - 1;
  const size_t column = kernel.outer_rank() - 1;
  int score = 0;
  for (const Instr& instr : kernel.body) {
    if (instr.op != InstrOp::load) continue;
    const std::vector<KernelDim>& steps =
        kernel.operands[static_cast<size_t>(instr.operand)].strides;
    if (is_literal(steps[inner], 0)) continue;
    if (is_literal(steps[inner], 1))
      --score;
    else if (is_literal(steps[column], 1))
      ++score;
  }
  return score > 0;
}

}  // namespace tno
