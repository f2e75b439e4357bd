// What relates one part of a program to another: ids in range, operands before their use, ranks,
// dtypes and counts that fit. It proves the program safe to walk, not meaningful; meaning is
// verified in core, before encoding.
#include <string>

#include "program.h"
#include "routines.h"

namespace tno {
namespace {

class Verifier {
 public:
  Verifier(const Program& program, std::string& error) : program_(program), error_(error) {}

  bool run() {
    check_bindings();
    check_sizes();
    check_buffers();
    for (const Kernel& kernel : program_.kernels) check_kernel(kernel);
    for (const Check& check : program_.checks) {
      size_id(check.a);
      size_id(check.b);
      site(check.site);
    }
    expect(!program_.steps.empty() && std::holds_alternative<SizesStep>(program_.steps[0].kind),
           "a sizes step first");
    check_steps(program_.steps, true);
    return ok();
  }

 private:
  bool ok() const { return error_.empty(); }

  bool expect(bool holds, const char* what) {
    if (!holds && ok()) error_ = std::string("[program] expected ") + what;
    return holds && ok();
  }

  bool below(int32_t value, size_t limit, const char* what) {
    return expect(value >= 0 && static_cast<size_t>(value) < limit, what);
  }

  bool size_id(int32_t id) { return below(id, program_.sizes.size(), "a size id in range"); }
  bool buffer_id(int32_t id) { return below(id, program_.buffers.size(), "a buffer id in range"); }
  bool site(int32_t id) {
    return id == -1 || below(id, program_.sites.size(), "a site id in range");
  }

  // An empty `inputs` entry of the buffers would leave memory unbound, so the correspondence is
  // exact.
  void check_binding(const std::vector<int32_t>& ids, Role role) {
    for (size_t i = 0; i < ids.size(); ++i) {
      if (!buffer_id(ids[i])) return;
      const Buffer& buffer = program_.buffer(ids[i]);
      expect(buffer.role == role && static_cast<size_t>(buffer.index) == i,
             "inputs, shared and outputs to list their buffers in order");
    }
    size_t count = 0;
    for (const Buffer& buffer : program_.buffers) count += buffer.role == role ? 1 : 0;
    expect(count == ids.size(), "every input, shared and output buffer to be listed");
  }

  void check_bindings() {
    check_binding(program_.inputs, Role::input);
    check_binding(program_.shared, Role::shared);
    check_binding(program_.outputs, Role::output);
  }

  void check_sizes() {
    for (size_t i = 0; i < program_.sizes.size() && ok(); ++i) {
      const SizeNode& node = program_.sizes[i];
      switch (node.op) {
        case SizeOp::constant:
          break;
        case SizeOp::dim:
          if (buffer_id(node.a)) {
            const Buffer& buffer = program_.buffer(node.a);
            expect(buffer.role == Role::input || buffer.role == Role::shared,
                   "the dim of an input or shared buffer");
            below(node.b, buffer.shape.size(), "an axis in range");
          }
          break;
        case SizeOp::value:
          if (buffer_id(node.a)) {
            const Buffer& buffer = program_.buffer(node.a);
            expect(buffer.role != Role::view && buffer.role != Role::output &&
                       buffer.shape.empty() && !is_float(buffer.dtype),
                   "the value of a rank-0 integer or bool buffer");
          }
          break;
        case SizeOp::counter:
          below(node.a, static_cast<size_t>(program_.loops), "a loop id in range");
          break;
        case SizeOp::select:
          below(node.cond, i, "a size's operands before it");
          [[fallthrough]];
        default:
          below(node.a, i, "a size's operands before it");
          below(node.b, i, "a size's operands before it");
      }
    }
  }

  void check_buffers() {
    for (const Buffer& buffer : program_.buffers) {
      if (!ok()) return;
      expect(buffer.shape.size() <= max_rank, "a rank of at most 32");
      for (int32_t id : buffer.shape) size_id(id);
      switch (buffer.role) {
        case Role::constant:
          if (below(buffer.index, program_.constants.size(), "a constant in range")) {
            const ConstantDecl& decl = program_.constants[static_cast<size_t>(buffer.index)];
            expect(decl.dtype == buffer.dtype && decl.shape.size() == buffer.shape.size(),
                   "a constant of its buffer's dtype and rank");
          }
          break;
        case Role::temp:
          below(buffer.slot, static_cast<size_t>(program_.slots), "a slot in range");
          if (buffer.capacity != -1) size_id(buffer.capacity);
          break;
        case Role::view:
          size_id(buffer.offset);
          for (int32_t id : buffer.strides) size_id(id);
          expect(buffer.strides.size() == buffer.shape.size(), "one stride for each axis");
          if (buffer_id(buffer.base)) {
            expect(program_.buffer(buffer.base).role != Role::view, "a view's base to be no view");
            expect(program_.buffer(buffer.base).dtype == buffer.dtype,
                   "a view of its base's dtype");
          }
          break;
        default:
          break;
      }
    }
    // Slots and loops are allocated by count: a count without its users is a corrupt one.
    expect(static_cast<size_t>(program_.slots) <= program_.buffers.size(), "fewer slots");
    expect(program_.loops <= 0xffff, "fewer loops");
  }

  void check_dim(const Kernel& kernel, const KernelDim& dim) {
    if (dim.param != -1)
      below(dim.param, static_cast<size_t>(kernel.params), "a parameter in range");
  }

  void check_indices(const Kernel& kernel, const std::vector<KernelIndex>& indices, size_t values) {
    for (const KernelIndex& index : indices) {
      below(index.value, values, "a value before its use");
      check_dim(kernel, index.size);
      check_dim(kernel, index.stride);
    }
  }

  void check_instrs(const Kernel& kernel, const std::vector<Instr>& instrs, size_t first) {
    for (size_t i = 0; i < instrs.size() && ok(); ++i) {
      const Instr& instr = instrs[i];
      const size_t values = first + i;
      if (instr.op == InstrOp::load) {
        below(instr.operand, kernel.operands.size(), "an operand in range");
        check_indices(kernel, instr.index, values);
      } else if (instr.op == InstrOp::axis) {
        below(instr.axis, kernel.axes.size(), "an axis in range");
      } else if (instr.op == InstrOp::dim) {
        check_dim(kernel, instr.dim);
      }
      for (int32_t arg : instr.args) below(arg, values, "a value before its use");
    }
  }

  void check_kernel(const Kernel& kernel) {
    expect(static_cast<size_t>(kernel.reduce_rank) <= kernel.axes.size(),
           "no more reduced axes than axes");
    for (const KernelDim& axis : kernel.axes) check_dim(kernel, axis);
    for (const KernelOperand& operand : kernel.operands) {
      expect(operand.strides.size() == kernel.axes.size(), "one stride for each kernel axis");
      for (const KernelDim& stride : operand.strides) check_dim(kernel, stride);
    }
    check_instrs(kernel, kernel.body, 0);
    for (const Reduction& reduction : kernel.reductions) {
      below(reduction.value, kernel.body.size(), "a reduction of a body value");
    }
    const size_t reduced = kernel.body.size() + kernel.reductions.size();
    check_instrs(kernel, kernel.epilogue, reduced);
    const size_t values = reduced + kernel.epilogue.size();
    for (const Store& store : kernel.stores) {
      below(store.operand, kernel.operands.size(), "an operand in range");
      below(store.value, values, "a store of a known value");
      check_indices(kernel, store.index, values);
    }
  }

  static size_t index_count(const Kernel& kernel) {
    size_t count = 0;
    for (const Instr& instr : kernel.body) count += instr.index.size();
    for (const Instr& instr : kernel.epilogue) count += instr.index.size();
    for (const Store& store : kernel.stores) count += store.index.size();
    return count;
  }

  // Inputs and constants are never written; shared values only where a failure can no longer come.
  void check_written(int32_t id) {
    if (!buffer_id(id)) return;
    const Role role = program_.buffer(program_.base(id)).role;
    expect(role != Role::input && role != Role::constant, "no write to an input or constant");
    expect(role != Role::shared || committed_, "no write to a shared buffer before the commit");
  }

  bool is_scalar(int32_t id, DType dtype) {
    return buffer_id(id) && program_.buffer(id).shape.empty() && program_.buffer(id).dtype == dtype;
  }

  void check_ids(const std::vector<int32_t>& ids) {
    for (int32_t id : ids) buffer_id(id);
  }

  void visit(const SizesStep& step, bool) {
    expect(step.from <= step.to && static_cast<size_t>(step.to) <= program_.sizes.size(),
           "a range of sizes");
    for (int32_t check : step.checks) below(check, program_.checks.size(), "a check in range");
    for (int32_t id : step.alloc) {
      if (!buffer_id(id)) return;
      const Role role = program_.buffer(id).role;
      expect(role == Role::temp || role == Role::output, "alloc of temps and outputs");
    }
  }

  void visit(const KernelStep& step, bool) {
    check_ids(step.operands);
    for (int32_t id : step.dims) size_id(id);
    for (int32_t id : step.sites) site(id);
    site(step.site);
    if (!below(step.kernel, program_.kernels.size(), "a kernel in range")) return;
    const Kernel& kernel = program_.kernel(step.kernel);
    if (!expect(step.operands.size() == kernel.operands.size(),
                "an operand for each of a kernel's"))
      return;
    for (size_t i = 0; i < step.operands.size(); ++i) {
      expect(program_.buffer(step.operands[i]).dtype == kernel.operands[i].dtype,
             "operands of the kernel's dtypes");
    }
    expect(step.dims.size() == static_cast<size_t>(kernel.params), "a size for each parameter");
    expect(step.sites.size() == index_count(kernel), "a site for each index");
    for (const Store& store : kernel.stores) {
      check_written(step.operands[static_cast<size_t>(store.operand)]);
    }
  }

  bool has_rank(int32_t id, size_t rank, DType dtype) {
    const Buffer& buffer = program_.buffer(id);
    return expect(buffer.shape.size() == rank, "a call's operands of its ranks") &&
           expect(buffer.dtype == dtype, "a call's operands of one dtype");
  }

  void check_product(const CallStep& step, const std::vector<size_t>& ranks, size_t out_rank) {
    const DType dtype = program_.buffer(step.outs[0]).dtype;
    expect(dtype == DType::float32 || dtype == DType::float64, "a product in float32 or float64");
    for (size_t i = 0; i < step.ins.size(); ++i) has_rank(step.ins[i], ranks[i], dtype);
    has_rank(step.outs[0], out_rank, dtype);
  }

  void visit(const CallStep& step, bool) {
    check_ids(step.ins);
    check_ids(step.outs);
    site(step.site);
    const size_t ins = step.ins.size();
    const bool fits = step.callee == Callee::nonzero ? ins == 1 && step.outs.size() == 2
                      : step.callee == Callee::ger
                          ? ins == 4 && step.outs.size() == 1
                          : (ins == 2 || ins == 5) && step.outs.size() == 1;
    if (!expect(fits, "a call's count of operands")) return;
    switch (step.callee) {
      case Callee::gemm:
        check_product(step, {2, 2, 2, 0, 0}, 2);
        break;
      case Callee::gemv:
        check_product(step, {2, 1, 1, 0, 0}, 1);
        break;
      case Callee::ger:
        check_product(step, {2, 1, 1, 0}, 2);
        break;
      case Callee::nonzero:
        has_rank(step.outs[0], 1, DType::int64);
        has_rank(step.outs[1], 0, DType::int64);
    }
    for (int32_t id : step.outs) check_written(id);
  }

  void visit(const RoutineStep& step, bool) {
    check_ids(step.ins);
    check_ids(step.outs);
    for (int32_t id : step.params) size_id(id);
    site(step.site);
    const RoutineEntry& routine = routine_entry(step.routine);
    expect(step.ins.size() == routine.ins && step.outs.size() == routine.outs &&
               step.params.size() == routine.params,
           "a routine's count of operands");
    expect(!committed_, "routines before the commit");
    for (int32_t id : step.outs) check_written(id);
  }

  void check_copy(int32_t from, int32_t to) {
    if (!buffer_id(from) || !buffer_id(to)) return;
    const Buffer& source = program_.buffer(from);
    const Buffer& target = program_.buffer(to);
    expect(source.dtype == target.dtype && source.shape.size() == target.shape.size(),
           "a copy between buffers of one dtype and rank");
  }

  void visit(const CopyStep& step, bool) {
    check_copy(step.from, step.to);
    site(step.site);
    check_written(step.to);
  }

  void visit(const LoopStep& step, bool) {
    below(step.loop, static_cast<size_t>(program_.loops), "a loop id in range");
    size_id(step.trips);
    site(step.site);
    expect(step.until == -1 || is_scalar(step.until, DType::boolean), "a bool scalar as `until`");
    if (step.taken != -1) {
      expect(is_scalar(step.taken, DType::int64), "an int64 scalar as `taken`");
      check_written(step.taken);
    }
    check_steps(step.body, false);
  }

  void visit(const CondStep& step, bool) {
    expect(is_scalar(step.test, DType::boolean), "a bool scalar as `test`");
    site(step.site);
    check_steps(step.then, false);
    check_steps(step.otherwise, false);
  }

  void visit(const HostStep& step, bool) {
    check_ids(step.ins);
    check_ids(step.outs);
    site(step.site);
    expect(!committed_, "host steps before the commit");
    for (int32_t id : step.outs) check_written(id);
  }

  void visit(const CommitStep& step, bool top) {
    expect(top && !committed_, "one commit, outside loops and conds");
    committed_ = true;
    for (const Reserve& reserve : step.reserve) {
      check_copy(reserve.from, reserve.to);
      if (ok())
        expect(program_.buffer(reserve.to).role == Role::shared, "a shared buffer reserved");
    }
  }

  void check_steps(const std::vector<Step>& steps, bool top) {
    for (const Step& step : steps) {
      if (!ok()) return;
      std::visit([&](const auto& kind) { visit(kind, top); }, step.kind);
    }
  }

  const Program& program_;
  std::string& error_;
  bool committed_ = false;
};

}  // namespace

bool verify_program(const Program& program, std::string& error) {
  error.clear();
  return Verifier(program, error).run();
}

}  // namespace tno
