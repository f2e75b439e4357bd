#include "kernel_cost.h"

#include <algorithm>
#include <array>

#include "reduction_tree.h"

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
    OpCost{"erf", 25, 3000},
    OpCost{"erfc", 25, 3000},
    OpCost{"erfcx", 3000, 3000},
    OpCost{"erfinv", 3000, 3000},
    OpCost{"erfcinv", 3000, 3000},
    OpCost{"log_erfc", 3000, 3000},
    OpCost{"ndtr", 25, 3000},
    OpCost{"log_ndtr", 3000, 3000},
    OpCost{"ndtri_exp", 3000, 3000},
    OpCost{"gamma", 5000, 5000},
    OpCost{"gammaln", 5000, 5000},
    OpCost{"psi", 5000, 5000},
    OpCost{"zeta", 5000, 5000},
    OpCost{"polygamma", 5000, 5000},
    OpCost{"betaln", 5000, 5000},
    OpCost{"gammainc", 5000, 5000},
    OpCost{"gammaincc", 5000, 5000},
    OpCost{"gammainc_da", 5000, 5000},
    OpCost{"gammaincinv", 5000, 5000},
    OpCost{"gammainccinv", 5000, 5000},
    OpCost{"betainc", 5000, 5000},
    OpCost{"betainc_da", 5000, 5000},
    OpCost{"betainc_db", 5000, 5000},
    OpCost{"betaincinv", 5000, 5000},
    OpCost{"owens_t", 5000, 5000},
    OpCost{"jv", 5000, 5000},
    OpCost{"iv", 5000, 5000},
    OpCost{"ive", 5000, 5000},
    OpCost{"kv", 5000, 5000},
    OpCost{"kve", 5000, 5000},
    OpCost{"hyp2f1", 5000, 5000},
    OpCost{"hyp2f1_da", 5000, 5000},
    OpCost{"hyp2f1_dc", 5000, 5000},
    OpCost{"philox", 60, 60},
    OpCost{"normal_draw", 100, 100},
    OpCost{"log_gamma_draw", 5000, 5000},
    OpCost{"log_gamma_draw_da", 9000, 9000},
    OpCost{"poisson_draw", 9000, 9000},
    OpCost{"binomial_draw", 9000, 9000},
    OpCost{"hypergeometric_draw", 9000, 9000},
    OpCost{"von_mises_draw", 9000, 9000},
    OpCost{"von_mises_draw_dk", 9000, 9000},
    OpCost{"wald_draw", 2000, 2000},
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

// Chunks of the outermost axis for each thread from which on nothing else is cut.
constexpr double enough_chunks = 4;

// Elements in a block from which on its result may be kept.
constexpr double least_block = 64;

// Results of blocks that are kept at most.
constexpr double most_parts = 1e9;

// Beginnings of chunks are multiples of it where chunks are longer: whole vectors and cache lines.
constexpr int64_t granularity = 64;
static_assert(granularity % column_tile == 0);

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

// Whether threads may share a result, each with blocks of its reduction. An index out of range is
// then found in the order of blocks, which is that of one thread only where there is one result.
bool shares_results(const Kernel& kernel, const KernelPoints& points) {
  const auto gathers = [](const Instr& instr) { return !instr.index.empty(); };
  return kernel.reduce_rank > 0 && points.blocks * least_block <= points.reduced &&
         points.blocks * points.outer <= most_parts &&
         (points.outer == 1 || std::none_of(kernel.body.begin(), kernel.body.end(), gathers));
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

KernelCut cut_kernel(const Kernel& kernel, const KernelCost& cost, const KernelPoints& points,
                     int threads) {
  const KernelCut whole{false, points.outermost};
  if (threads <= 1 || kernel.serial) return whole;
  const double all = points.outer * points.reduced;
  const double work =
      all * static_cast<double>(cost.point) + points.outer * static_cast<double>(cost.result);
  const double most = std::min(work / least_chunk_cost, all / least_chunk_points);
  const auto chunks = static_cast<int64_t>(std::min(most, chunks_per_thread * threads));
  if (chunks < 2) return whole;

  // Tiles of columns stay whole: one column alone would be as slow, and which index out of range
  // is found first depends on the tile.
  const bool tiled = kernel.outer_rank() == 1 && reduces_columns(kernel);
  const int64_t unit = tiled ? column_tile : 1;
  const int64_t units = divide_up(points.outermost, unit);
  const double wanted = std::min<double>(static_cast<double>(chunks), enough_chunks * threads);
  if (static_cast<double>(units) < std::min(wanted, points.blocks) &&
      shares_results(kernel, points)) {
    const auto blocks = static_cast<int64_t>(points.blocks);
    return {true, divide_up(blocks, std::min(chunks, blocks))};
  }
  const int64_t length = divide_up(units, std::min(chunks, units)) * unit;
  if (length < granularity) return {false, length};
  return {false, divide_up(length, granularity) * granularity};
}

}  // namespace tno
