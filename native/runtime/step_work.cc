#include "step_work.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace tno {
namespace {

// Of core's `scalarOps`, by number: the only one that counts twice.
constexpr int32_t fma_op = 9;
// From `eq` on results are truth values, or moves.
constexpr int32_t first_logical_op = 83;

class Counter {
 public:
  Counter(const Program& program, std::span<const int64_t> sizes)
      : program_(program), sizes_(sizes) {}

  StepWork of(const SizesStep&) const { return {}; }
  StepWork of(const LoopStep&) const { return {}; }
  StepWork of(const CondStep&) const { return {}; }
  StepWork of(const CommitStep&) const { return {}; }
  StepWork of(const HostStep& step) const { return {0, bytes(step.ins) + bytes(step.outs)}; }
  StepWork of(const RoutineStep& step) const { return {0, bytes(step.ins) + bytes(step.outs)}; }
  StepWork of(const CopyStep& step) const { return {0, 2 * bytes(step.from)}; }
  StepWork of(const CallStep& step) const;
  StepWork of(const KernelStep& step) const;

 private:
  double size(int32_t id) const {
    return static_cast<double>(std::max<int64_t>(0, sizes_[static_cast<size_t>(id)]));
  }
  double extent(const KernelDim& dim, const KernelStep& step) const {
    return dim.param < 0 ? static_cast<double>(std::max<int64_t>(0, dim.literal))
                         : size(step.dims[static_cast<size_t>(dim.param)]);
  }
  bool moves(const KernelDim& stride, const KernelStep& step) const {
    return stride.param < 0
               ? stride.literal != 0
               : sizes_[static_cast<size_t>(step.dims[static_cast<size_t>(stride.param)])] != 0;
  }
  double bytes(int32_t id) const;
  double bytes(const std::vector<int32_t>& ids) const {
    double total = 0;
    for (int32_t id : ids) total += bytes(id);
    return total;
  }

  const Program& program_;
  std::span<const int64_t> sizes_;
};

// Of a buffer's own elements; an axis that a view repeats counts once.
double Counter::bytes(int32_t id) const {
  const Buffer& buffer = program_.buffer(id);
  double elements = 1;
  for (size_t axis = 0; axis < buffer.shape.size(); ++axis) {
    const bool repeats =
        buffer.role == Role::view && sizes_[static_cast<size_t>(buffer.strides[axis])] == 0;
    const double length = size(buffer.shape[axis]);
    elements *= repeats ? std::min(1.0, length) : length;
  }
  return elements * static_cast<double>(item_size(buffer.dtype));
}

StepWork Counter::of(const CallStep& step) const {
  if (step.callee == Callee::nonzero) return {0, bytes(step.ins) + bytes(step.outs[1])};
  const std::vector<int32_t>& a = program_.buffer(step.ins[0]).shape;
  double multiplications = size(a[0]) * size(a[1]);
  if (step.callee == Callee::gemm) multiplications *= size(program_.buffer(step.ins[1]).shape[1]);
  return {2 * multiplications, bytes(step.ins) + bytes(step.outs)};
}

double operations(const std::vector<Instr>& instrs) {
  double count = 0;
  for (const Instr& instr : instrs) {
    if (instr.op != InstrOp::scalar || !is_float(instr.dtype) || instr.fn >= first_logical_op) {
      continue;
    }
    count += instr.fn == fma_op ? 2 : 1;
  }
  return count;
}

StepWork Counter::of(const KernelStep& step) const {
  const Kernel& kernel = program_.kernel(step.kernel);
  const size_t outer_rank = kernel.outer_rank();
  std::vector<double> lengths;
  double outer = 1;
  double all = 1;
  for (size_t axis = 0; axis < kernel.axes.size(); ++axis) {
    lengths.push_back(extent(kernel.axes[axis], step));
    if (axis < outer_rank) outer *= lengths.back();
    all *= lengths.back();
  }
  if (outer == 0) return {};
  StepWork work{operations(kernel.body) * all + operations(kernel.epilogue) * outer, 0};
  for (const Reduction& reduction : kernel.reductions) {
    const auto value = static_cast<size_t>(reduction.value);
    if (is_float(kernel.body[value].dtype)) work.flops += all;
  }

  const auto reach = [&](int32_t number, size_t axes, double points, bool indexed) {
    const KernelOperand& operand = kernel.operands[static_cast<size_t>(number)];
    double elements = indexed ? points : 1;
    for (size_t axis = 0; axis < axes && !indexed; ++axis) {
      if (moves(operand.strides[axis], step)) elements *= lengths[axis];
    }
    return elements * static_cast<double>(item_size(operand.dtype));
  };
  std::vector<bool> read(kernel.operands.size(), false);
  const auto count_loads = [&](const std::vector<Instr>& instrs, size_t axes, double points) {
    for (const Instr& instr : instrs) {
      if (instr.op != InstrOp::load) continue;
      const bool indexed = !instr.index.empty();
      const auto number = static_cast<size_t>(instr.operand);
      if (!indexed && read[number]) continue;
      if (!indexed) read[number] = true;
      if (points > 0) work.bytes += reach(instr.operand, axes, points, indexed);
    }
  };
  count_loads(kernel.body, kernel.axes.size(), all);
  count_loads(kernel.epilogue, outer_rank, outer);
  for (const Store& store : kernel.stores) {
    const double stored = reach(store.operand, outer_rank, outer, !store.index.empty());
    work.bytes += store.add ? 2 * stored : stored;
  }
  return work;
}

}  // namespace

StepWork step_work(const Program& program, const Step& step, std::span<const int64_t> sizes) {
  const Counter counter(program, sizes);
  return std::visit([&](const auto& kind) { return counter.of(kind); }, step.kind);
}

}  // namespace tno
