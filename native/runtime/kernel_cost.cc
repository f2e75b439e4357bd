#include "kernel_cost.h"

#include <algorithm>
#include <array>

namespace tno {
namespace {

struct OpCost {
  const char* name;
  int64_t narrow;  // of at most 4 bytes, and float16
  int64_t wide;    // of 8 bytes: the functions of float64 are the C library's
};

// In the order of core's `scalarOps`.
constexpr std::array op_costs{
    OpCost{"add", 1, 2},
    OpCost{"sub", 1, 2},
    OpCost{"mul", 1, 2},
    OpCost{"div", 4, 8},
    OpCost{"intdiv", 50, 300},
    OpCost{"mod", 50, 300},
    OpCost{"pow", 60, 3000},
    OpCost{"min", 2, 4},
    OpCost{"max", 2, 4},
    OpCost{"fma", 1, 2},
    OpCost{"neg", 1, 2},
    OpCost{"abs", 1, 2},
    OpCost{"sgn", 2, 4},
    OpCost{"sqr", 1, 2},
    OpCost{"sqrt", 5, 10},
    OpCost{"reciprocal", 4, 8},
    OpCost{"exp", 15, 600},
    OpCost{"exp2", 15, 600},
    OpCost{"expm1", 15, 1500},
    OpCost{"log", 15, 700},
    OpCost{"log2", 15, 700},
    OpCost{"log10", 15, 1000},
    OpCost{"log1p", 15, 1500},
    OpCost{"sigmoid", 20, 700},
    OpCost{"softplus", 30, 2000},
    OpCost{"tanh", 15, 2000},
    OpCost{"sin", 20, 1500},
    OpCost{"cos", 20, 1500},
    OpCost{"tan", 25, 2000},
    OpCost{"arcsin", 20, 1500},
    OpCost{"arccos", 20, 1500},
    OpCost{"arctan", 20, 1500},
    OpCost{"arctan2", 30, 2500},
    OpCost{"sinh", 25, 2000},
    OpCost{"cosh", 25, 2000},
    OpCost{"arcsinh", 25, 2500},
    OpCost{"arccosh", 25, 2500},
    OpCost{"arctanh", 25, 2500},
    OpCost{"floor", 1, 2},
    OpCost{"ceil", 1, 2},
    OpCost{"trunc", 1, 2},
    OpCost{"round", 1, 2},
    OpCost{"log1mexp", 3000, 3000},
    OpCost{"xlogx", 3000, 3000},
    OpCost{"xlogy", 3000, 3000},
    OpCost{"erf", 3000, 3000},
    OpCost{"erfc", 3000, 3000},
    OpCost{"erfcx", 3000, 3000},
    OpCost{"erfinv", 3000, 3000},
    OpCost{"erfcinv", 3000, 3000},
    OpCost{"log_erfc", 3000, 3000},
    OpCost{"ndtr", 3000, 3000},
    OpCost{"log_ndtr", 3000, 3000},
    OpCost{"ndtri_exp", 3000, 3000},
    OpCost{"eq", 1, 2},
    OpCost{"neq", 1, 2},
    OpCost{"lt", 1, 2},
    OpCost{"le", 1, 2},
    OpCost{"gt", 1, 2},
    OpCost{"ge", 1, 2},
    OpCost{"isnan", 1, 2},
    OpCost{"isinf", 1, 2},
    OpCost{"and", 1, 2},
    OpCost{"or", 1, 2},
    OpCost{"xor", 1, 2},
    OpCost{"not", 1, 2},
    OpCost{"select", 1, 2},
    OpCost{"cast", 2, 4},
};

constexpr int64_t load_cost = 2;
constexpr int64_t gather_cost = 20;
constexpr int64_t reduction_cost = 2;

// A chunk takes at least 3 microseconds, which a thread that is awake takes well below one to start
// with, and has at least so many points.
constexpr double least_chunk_cost = 300'000;
constexpr double least_chunk_points = 1024;

// So that one which is late costs little.
constexpr double chunks_per_thread = 16;

// Beginnings of chunks are multiples of it where chunks are longer: whole vectors and cache lines,
// and the tiles in which emitted kernels reduce columns.
constexpr int64_t granularity = 64;

int64_t width_factor(DType dtype) {
  return item_size(dtype) == 8 ? 2 : 1;
}

int64_t instr_cost(const Instr& instr, DType argument) {
  switch (instr.op) {
    case InstrOp::load:
      return instr.index.empty() ? load_cost * width_factor(instr.dtype) : gather_cost;
    case InstrOp::scalar: {
      if (static_cast<size_t>(instr.fn) >= op_costs.size()) return 1;
      const OpCost& cost = op_costs[static_cast<size_t>(instr.fn)];
      return item_size(argument) == 8 ? cost.wide : cost.narrow;
    }
    case InstrOp::constant:
    case InstrOp::axis:
    case InstrOp::dim:
      return 0;
  }
  return 0;
}

int64_t divide_up(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// Whether an index may be out of range inside a reduction over columns: which one is found first
// then depends on the tiles of columns, so that chunks must not cut them.
bool reports_by_tile(const Kernel& kernel) {
  const auto gathers = [](const Instr& instr) { return !instr.index.empty(); };
  return kernel.reduce_rank > 0 && kernel.outer_rank() == 1 &&
         std::any_of(kernel.body.begin(), kernel.body.end(), gathers);
}

}  // namespace

KernelCost kernel_cost(const Kernel& kernel) {
  const auto dtype_of = [&](int32_t value) {
    auto id = static_cast<size_t>(value);
    if (id < kernel.body.size()) return kernel.body[id].dtype;
    id -= kernel.body.size();
    if (id < kernel.reductions.size()) return kernel.reductions[id].dtype;
    return kernel.epilogue[id - kernel.reductions.size()].dtype;
  };
  const auto sum = [&](const std::vector<Instr>& instrs) {
    int64_t total = 0;
    for (const Instr& instr : instrs) {
      total += instr_cost(instr, instr.args.empty() ? instr.dtype : dtype_of(instr.args.back()));
    }
    return total;
  };
  KernelCost cost{sum(kernel.body), sum(kernel.epilogue)};
  for (const Reduction& reduction : kernel.reductions) {
    cost.point += reduction_cost * width_factor(reduction.dtype);
  }
  int64_t& stored = kernel.reduce_rank == 0 ? cost.point : cost.result;
  for (const Store& store : kernel.stores)
    stored += load_cost * width_factor(dtype_of(store.value));
  return cost;
}

int64_t chunk_length(const Kernel& kernel, const KernelCost& cost, const KernelPoints& points,
                     int threads) {
  const int64_t outermost = points.outermost;
  if (threads <= 1 || kernel.serial || outermost <= 1) return outermost;
  const double all = points.outer * points.reduced;
  const double work =
      all * static_cast<double>(cost.point) + points.outer * static_cast<double>(cost.result);
  const double most = std::min(work / least_chunk_cost, all / least_chunk_points);
  const auto chunks = static_cast<int64_t>(std::min(most, chunks_per_thread * threads));
  if (chunks < 2) return outermost;
  const int64_t length = divide_up(outermost, std::min(chunks, outermost));
  if (length < granularity && !reports_by_tile(kernel)) return length;
  return divide_up(length, granularity) * granularity;
}

}  // namespace tno
