#include "tile_program.h"

#include <algorithm>

#include "reduction_tree.h"

namespace tno::cpu {
namespace {

size_t index(auto id) {
  return static_cast<size_t>(id);
}

bool is_literal(const KernelDim& dim, int64_t value) {
  return dim.param < 0 && dim.literal == value;
}

class Preparation {
 public:
  Preparation(const Kernel& kernel, const tno_tiles& tiles) : kernel_(kernel), tiles_(tiles) {
    program_.kernel = &kernel;
    program_.tiles = &tiles;
  }

  bool run() {
    for (const auto* part : {&kernel_.body, &kernel_.epilogue}) {
      if (part == &kernel_.epilogue) {
        for (const Reduction& reduction : kernel_.reductions) add_value(reduction.dtype, nullptr);
      }
      for (const Instr& instr : *part) add_value(instr.dtype, &instr);
    }
    if (!find_needed()) return false;
    program_.accesses = kernel_.operands.size() + kernel_.axes.size();
    program_.loaded.assign(kernel_.operands.size(), false);
    program_.stored.assign(kernel_.operands.size(), false);
    uniform_.assign(program_.values.size(), false);
    const size_t first = kernel_.body.size() + kernel_.reductions.size();
    if (!fill(program_.body, 0, kernel_.body.size()) ||
        !fill(program_.epilogue, first, program_.values.size()) || !add_reductions()) {
      return false;
    }
    for (const Store& store : kernel_.stores) {
      if (store.add && memory(store.operand).add_at == nullptr) return false;
      if (!has_indices(store.index)) return false;
      program_.stores.push_back({&store, next_gather_});
      next_gather_ += static_cast<int32_t>(store.index.size());
      program_.stored[index(store.operand)] = true;
    }
    assign_slots();
    program_.columns = reduces_columns(kernel_);
    return true;
  }

  TileProgram program_;

 private:
  void add_value(DType dtype, const Instr* instr) {
    program_.values.push_back({dtype, -1});
    instrs_.push_back(instr);
  }

  const tno_tile_memory& memory(int32_t operand) const {
    return tiles_.memory[index(kernel_.operands[index(operand)].dtype)];
  }

  bool is_value(int32_t id) const { return id >= 0 && index(id) < program_.values.size(); }
  DType dtype(int32_t id) const { return program_.values[index(id)].dtype; }

  bool find_needed() {
    needed_.assign(program_.values.size(), false);
    for (const Store& store : kernel_.stores) {
      if (!is_value(store.value)) return false;
      needed_[index(store.value)] = true;
      for (const KernelIndex& at : store.index) {
        if (!is_value(at.value)) return false;
        needed_[index(at.value)] = true;
      }
    }
    const size_t body = kernel_.body.size();
    for (size_t id = needed_.size(); id-- > 0;) {
      if (!needed_[id]) continue;
      if (instrs_[id] == nullptr) {
        needed_[index(kernel_.reductions[id - body].value)] = true;
        continue;
      }
      for (int32_t arg : instrs_[id]->args) {
        if (!is_value(arg) || index(arg) >= id) return false;
        needed_[index(arg)] = true;
      }
      for (const KernelIndex& at : instrs_[id]->index) {
        if (!is_value(at.value) || index(at.value) >= id) return false;
        needed_[index(at.value)] = true;
      }
    }
    return true;
  }

  bool has_indices(const std::vector<KernelIndex>& indices) const {
    return std::all_of(indices.begin(), indices.end(), [&](const KernelIndex& at) {
      return tiles_.memory[index(dtype(at.value))].index != nullptr;
    });
  }

  bool fill(TilePart& part, size_t from, size_t to) {
    for (size_t id = from; id < to; ++id) {
      const Instr& instr = *instrs_[id];
      TileAction action;
      action.value = static_cast<int32_t>(id);
      action.instr = &instr;
      action.gather = next_gather_;
      next_gather_ += static_cast<int32_t>(instr.index.size());
      if (!needed_[id]) continue;
      if (!describe(action, instr)) return false;
      (uniform_[id] ? part.once : part.actions).push_back(action);
    }
    return true;
  }

  bool describe(TileAction& action, const Instr& instr) {
    const size_t id = index(action.value);
    switch (instr.op) {
      case InstrOp::constant:
        action.kind = TileAction::Kind::constant;
        uniform_[id] = true;
        return true;
      case InstrOp::dim:
        action.kind = TileAction::Kind::dim;
        uniform_[id] = true;
        return true;
      case InstrOp::axis:
        action.kind = TileAction::Kind::load;
        action.access = static_cast<int32_t>(kernel_.operands.size()) + instr.axis;
        return true;
      case InstrOp::load: {
        const std::vector<KernelDim>& steps = kernel_.operands[index(instr.operand)].strides;
        action.kind = instr.index.empty() ? TileAction::Kind::load : TileAction::Kind::gather;
        action.access = instr.operand;
        program_.loaded[index(instr.operand)] = true;
        uniform_[id] = instr.index.empty() &&
                       std::all_of(steps.begin(), steps.end(),
                                   [](const KernelDim& step) { return is_literal(step, 0); });
        return has_indices(instr.index);
      }
      case InstrOp::scalar:
        return describe_scalar(action, instr);
    }
    return false;
  }

  bool describe_scalar(TileAction& action, const Instr& instr) {
    if (instr.args.empty() || instr.args.size() > action.args.size() || instr.fn < 0 ||
        instr.fn >= TNO_SCALAR_OPS) {
      return false;
    }
    action.kind = TileAction::Kind::scalar;
    action.arity = static_cast<int32_t>(instr.args.size());
    std::copy(instr.args.begin(), instr.args.end(), action.args.begin());
    // select's first argument is its condition.
    const size_t from = index(dtype(instr.args.size() == 3 ? instr.args[1] : instr.args[0]));
    action.op = instr.fn == TNO_CAST ? tiles_.casts[from][index(instr.dtype)]
                                     : tiles_.ops[index(instr.fn)][from];
    bool uniform = true;
    for (int32_t arg : instr.args) uniform = uniform && uniform_[index(arg)];
    uniform_[index(action.value)] = uniform;
    return action.op != nullptr;
  }

  bool add_reductions() {
    for (size_t i = 0; i < kernel_.reductions.size(); ++i) {
      const size_t id = kernel_.body.size() + i;
      if (!needed_[id]) continue;
      const Reduction& reduction = kernel_.reductions[i];
      if (reduction.op < 0 || reduction.op >= TNO_REDUCE_OPS) return false;
      const tno_tile_reduction& primitives =
          tiles_.reductions[index(reduction.op)][index(dtype(reduction.value))];
      if (primitives.start == nullptr) return false;
      const auto accumulator = static_cast<DType>(primitives.accumulator);
      const bool is_arg = primitives.column != nullptr;
      program_.reductions.push_back({&primitives, reduction.value, static_cast<int32_t>(id),
                                     tile_item(accumulator),
                                     is_arg ? int64_t{8} : tile_item(accumulator)});
    }
    return true;
  }

  // Values that differ from tile to tile share slots; an instruction's slot is never one of its
  // arguments'.
  void assign_slots() {
    for (const TilePart* part : {&program_.body, &program_.epilogue}) {
      for (const TileAction& action : part->once) take_new_slot(action.value);
    }
    // Values that a reduction or a store reads after the part's last instruction.
    std::vector<bool> stays(program_.values.size(), false);
    for (const TileReduction& reduction : program_.reductions) {
      stays[index(reduction.value)] = true;
      take_new_slot(reduction.result);
    }
    for (const Store& store : kernel_.stores) {
      stays[index(store.value)] = true;
      for (const KernelIndex& at : store.index) stays[index(at.value)] = true;
    }
    for (const TilePart* part : {&program_.body, &program_.epilogue}) assign_part(*part, stays);
  }

  void take_new_slot(int32_t value) { program_.values[index(value)].slot = program_.slots++; }

  void assign_part(const TilePart& part, const std::vector<bool>& stays) {
    std::vector<const TileAction*> last_use(program_.values.size(), nullptr);
    const auto arguments = [](const TileAction& action, auto visit) {
      for (int32_t arg : action.instr->args) visit(arg);
      for (const KernelIndex& at : action.instr->index) visit(at.value);
    };
    std::vector<bool> mine(program_.values.size(), false);
    for (const TileAction& action : part.actions) {
      mine[index(action.value)] = true;
      arguments(action, [&](int32_t arg) { last_use[index(arg)] = &action; });
    }
    std::vector<int32_t> free;
    for (const TileAction& action : part.actions) {
      if (free.empty()) {
        take_new_slot(action.value);
      } else {
        program_.values[index(action.value)].slot = free.back();
        free.pop_back();
      }
      arguments(action, [&](int32_t arg) {
        if (!mine[index(arg)] || stays[index(arg)] || last_use[index(arg)] != &action) return;
        free.push_back(program_.values[index(arg)].slot);
        last_use[index(arg)] = nullptr;  // an argument may come twice
      });
    }
  }

  const Kernel& kernel_;
  const tno_tiles& tiles_;
  std::vector<const Instr*> instrs_;  // by value; null for a reduction
  std::vector<bool> needed_;
  std::vector<bool> uniform_;
  int32_t next_gather_ = 0;
};

}  // namespace

int64_t tile_item(DType dtype) {
  return dtype == DType::float16 ? 4 : item_size(dtype);
}

std::optional<TileProgram> prepare_tiles(const Kernel& kernel, const tno_tiles& tiles) {
  Preparation preparation(kernel, tiles);
  if (!preparation.run()) return std::nullopt;
  return std::move(preparation.program_);
}

}  // namespace tno::cpu
