#include "tile_run.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "tile_space.h"

namespace tno::cpu {
namespace {

constexpr int64_t slot_bytes = tile_points * 8;
constexpr int64_t lane_count = 16;
// Columns in a tile: its lanes stay in the first cache.
constexpr int64_t tile_columns = 256;

size_t index(auto id) {
  return static_cast<size_t>(id);
}

// A constant as it would lie in memory.
std::array<std::byte, 8> constant_bits(const Instr& instr) {
  std::array<std::byte, 8> bits{};
  std::memcpy(bits.data(), &instr.lo, 4);
  std::memcpy(bits.data() + 4, &instr.hi, 4);
  return bits;
}

struct Access {
  std::byte* base = nullptr;  // null: the coordinate itself
  DType dtype = DType::int64;
  int64_t item = 0;
  // Whether a store may touch what it loads: then tiles are copies.
  bool is_written = false;
};

// Memory that a thread keeps between runs.
struct Scratch {
  std::vector<std::byte> bytes;
  std::vector<std::byte*> tiles;
  std::vector<Access> accesses;
  std::vector<int64_t> steps;  // by axis, then access
  std::vector<int64_t> extents;
  std::vector<int64_t> offsets;  // by access
  std::vector<int64_t> places;
  TileSpace body;
  TileSpace outer;
  TileSpace others;
};

class Run {
 public:
  Run(const TileProgram& program, const tno_args& args, Scratch& scratch)
      : program_(program), kernel_(*program.kernel), args_(args), scratch_(scratch) {}

  void run(int64_t begin, int64_t end);

 private:
  using Steps = std::span<const int64_t>;

  bool measure(int64_t begin, int64_t end);
  void find_written();
  void lay_out();
  void make_outer();

  void run_points();
  void run_rows();
  void run_columns();
  void reduce_row_tiles(int64_t first_point, int64_t points);
  void reduce_column_tile(int64_t column, int64_t width);
  void fold_columns(const TileReduction& reduction, std::byte* lanes, int64_t width);
  void finish_points(const TileRect& rect);

  bool evaluate(const TilePart& part, const TileSpace& space, const TileRect& rect);
  void evaluate_once(const TilePart& part, int64_t points);
  void load(const TileAction& action, const TileSpace& space, const TileRect& rect);
  void gather(const TileAction& action, const TileSpace& space, const TileRect& rect);
  void apply(const TileAction& action, int64_t points);
  void find_places(int32_t access, const TileSpace& space, const TileRect& rect);
  void add_indices(const std::vector<KernelIndex>& indices, int32_t number);
  void store(const TileSpace& space, const TileRect& rect);
  void store_one(const Store& store, const TileSpace& space, const TileRect& rect);

  int64_t dim(const KernelDim& dim) const {
    return dim.param < 0 ? dim.literal : args_.dim[dim.param];
  }
  Steps steps(size_t axis) const {
    return {scratch_.steps.data() + axis * program_.accesses, program_.accesses};
  }
  std::byte*& tile(int32_t value) { return scratch_.tiles[index(value)]; }
  std::byte* slot(int32_t value) { return slot_at(program_.values[index(value)].slot); }
  std::byte* slot_at(int64_t slot) { return slots_ + slot * slot_bytes; }
  std::byte* accumulator(size_t reduction) {
    return slot_at(program_.slots + 2 * int64_t(reduction));
  }
  std::byte* auxiliary(size_t reduction) {
    return slot_at(program_.slots + 2 * int64_t(reduction) + 1);
  }

  const TileProgram& program_;
  const Kernel& kernel_;
  const tno_args& args_;
  Scratch& scratch_;
  std::byte* slots_ = nullptr;
  size_t outer_rank_ = 0;
  int64_t reduced_ = 1;  // points of the reduced axes
  int64_t points_ = 0;   // of the tile: those before the first failing one
  bool has_failed_ = false;
  tno_status failure_{};
};

// -- sizes ----------------------------------------------------------------------------------------

// False where there is nothing to do.
bool Run::measure(int64_t begin, int64_t end) {
  outer_rank_ = kernel_.outer_rank();
  const size_t operands = kernel_.operands.size();
  scratch_.extents.resize(kernel_.axes.size());
  scratch_.steps.assign(kernel_.axes.size() * program_.accesses, 0);
  scratch_.offsets.assign(program_.accesses, 0);
  scratch_.accesses.assign(program_.accesses, {});
  for (size_t axis = 0; axis < kernel_.axes.size(); ++axis) {
    int64_t* steps = scratch_.steps.data() + axis * program_.accesses;
    for (size_t i = 0; i < operands; ++i) steps[i] = dim(kernel_.operands[i].strides[axis]);
    steps[operands + axis] = 1;
    scratch_.extents[axis] = dim(kernel_.axes[axis]);
    if (axis == 0 && outer_rank_ > 0) {
      scratch_.extents[0] = end - begin;
      for (size_t i = 0; i < program_.accesses; ++i) scratch_.offsets[i] = begin * steps[i];
    }
    if (axis < outer_rank_ && scratch_.extents[axis] <= 0) return false;
    if (axis >= outer_rank_) reduced_ *= std::max<int64_t>(0, scratch_.extents[axis]);
  }
  for (size_t i = 0; i < operands; ++i) {
    const DType dtype = kernel_.operands[i].dtype;
    scratch_.accesses[i] = {static_cast<std::byte*>(args_.buf[i]), dtype, item_size(dtype), false};
  }
  find_written();
  return true;
}

// An operand may be stored to where another, or itself, is loaded from.
void Run::find_written() {
  struct Range {
    const std::byte* low;
    const std::byte* high;
  };
  const auto range = [&](size_t operand) {
    int64_t low = scratch_.offsets[operand];
    int64_t high = low;
    for (size_t axis = 0; axis < kernel_.axes.size(); ++axis) {
      const int64_t reach = (scratch_.extents[axis] - 1) * steps(axis)[operand];
      (reach < 0 ? low : high) += reach;
    }
    const Access& access = scratch_.accesses[operand];
    return Range{access.base + low * access.item, access.base + (high + 1) * access.item};
  };
  for (size_t target = 0; target < kernel_.operands.size(); ++target) {
    if (!program_.stored[target]) continue;
    // An indexed store may reach anything.
    const Range written = range(target);
    for (size_t source = 0; source < kernel_.operands.size(); ++source) {
      if (!program_.loaded[source]) continue;
      const Range read = range(source);
      if (kernel_.serial || (read.low < written.high && written.low < read.high)) {
        scratch_.accesses[source].is_written = true;
      }
    }
  }
}

void Run::lay_out() {
  const auto reductions = static_cast<int64_t>(program_.reductions.size());
  const int64_t slots = program_.slots + 2 * reductions;
  const int64_t lanes = program_.columns ? (reductions + 1) * lane_count * tile_columns * 8 : 0;
  const auto bytes = static_cast<size_t>(slots * slot_bytes + lanes + 64);
  if (scratch_.bytes.size() < bytes) scratch_.bytes.resize(bytes);
  void* start = scratch_.bytes.data();
  size_t space = scratch_.bytes.size();
  slots_ = static_cast<std::byte*>(std::align(64, bytes - 64, start, space));
  scratch_.tiles.assign(program_.values.size(), nullptr);
  scratch_.places.resize(index(tile_points));
}

void Run::make_outer() {
  scratch_.outer.reset(program_.accesses);
  for (size_t axis = 0; axis < outer_rank_; ++axis) {
    scratch_.outer.add(scratch_.extents[axis], steps(axis), true);
  }
  scratch_.outer.close();
}

void Run::run(int64_t begin, int64_t end) {
  if (!measure(begin, end)) return;
  lay_out();
  make_outer();
  const int64_t outer = scratch_.outer.rows() * scratch_.outer.columns();
  if (kernel_.reduce_rank == 0) {
    evaluate_once(program_.body, std::min(outer, tile_points));
    run_points();
  } else {
    if (reduced_ > 0) evaluate_once(program_.body, std::min(outer * reduced_, tile_points));
    evaluate_once(program_.epilogue, std::min(outer, tile_points));
    if (program_.columns)
      run_columns();
    else
      run_rows();
  }
  if (has_failed_ && args_.status->code == 0) *args_.status = failure_;
}

// Calls `visit` with the rectangles of a space, whole rows or parts of one; until it says false.
template <class Visit>
void for_tiles(const TileSpace& space, Visit visit) {
  const int64_t rows = space.rows();
  const int64_t columns = space.columns();
  if (columns > tile_points) {
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t column = 0; column < columns; column += tile_points) {
        if (!visit(TileRect{row, 1, column, std::min(tile_points, columns - column)})) return;
      }
    }
    return;
  }
  const int64_t height = tile_points / columns;
  for (int64_t row = 0; row < rows; row += height) {
    if (!visit(TileRect{row, std::min(height, rows - row), 0, columns})) return;
  }
}

// -- kernels without reductions -------------------------------------------------------------------

void Run::run_points() {
  const TileSpace& space = scratch_.outer;
  for_tiles(space, [&](const TileRect& rect) {
    if (evaluate(program_.body, space, rect)) store(space, rect);
    return !has_failed_;
  });
}

// -- reductions -----------------------------------------------------------------------------------

// Results one after the other, for data that lies along the innermost reduced axis.
void Run::run_rows() {
  TileSpace& body = scratch_.body;
  body.reset(program_.accesses);
  for (size_t axis = 0; axis < kernel_.axes.size(); ++axis) {
    // The tree's blocks are those of the innermost reduced axis as it is.
    body.add(scratch_.extents[axis], steps(axis), axis < outer_rank_);
  }
  body.close();
  for_tiles(scratch_.outer, [&](const TileRect& rect) {
    const int64_t points = rect.points();
    for (size_t i = 0; i < program_.reductions.size(); ++i) {
      program_.reductions[i].primitives->start(points, accumulator(i), auxiliary(i));
    }
    const int64_t first = rect.row * scratch_.outer.columns() + rect.column;
    if (reduced_ > 0) reduce_row_tiles(first, points);
    if (!has_failed_) finish_points(rect);
    return !has_failed_;
  });
}

void Run::reduce_row_tiles(int64_t first_point, int64_t points) {
  const TileSpace& space = scratch_.body;
  const int64_t columns = space.columns();
  const int64_t rows_of_point = reduced_ / columns;
  const int64_t first = first_point * rows_of_point;
  const int64_t last = first + points * rows_of_point;
  const int64_t height = std::max<int64_t>(1, tile_points / columns);
  for (int64_t row = first; row < last; row += height) {
    const int64_t rows = std::min(height, last - row);
    for (int64_t column = 0; column < columns; column += tile_points) {
      const int64_t width = std::min(tile_points, columns - column);
      if (!evaluate(program_.body, space, {row, rows, column, width})) return;
      for (size_t i = 0; i < program_.reductions.size(); ++i) {
        const TileReduction& reduction = program_.reductions[i];
        const int64_t item = tile_item(program_.values[index(reduction.value)].dtype);
        const std::byte* x = tile(reduction.value);
        for (int64_t r = 0; r < rows; ++r) {
          const int64_t at = row - first + r;
          const int64_t point = at / rows_of_point;
          reduction.primitives->row(width, accumulator(i) + point * reduction.item,
                                    auxiliary(i) + point * reduction.aux_item, x + r * width * item,
                                    at % rows_of_point * columns + column);
        }
      }
    }
  }
}

// Neighbouring results together, for data that lies along the innermost outer axis.
void Run::run_columns() {
  const size_t column_axis = outer_rank_ - 1;
  TileSpace& others = scratch_.others;
  others.reset(program_.accesses);
  for (size_t axis = 0; axis < column_axis; ++axis) {
    others.add(scratch_.extents[axis], steps(axis), true);
  }
  others.close();
  TileSpace& body = scratch_.body;
  body.reset(program_.accesses);
  for (size_t axis = outer_rank_; axis < kernel_.axes.size(); ++axis) {
    body.add(scratch_.extents[axis], steps(axis), false);
  }
  body.add(scratch_.extents[column_axis], steps(column_axis), false);
  body.close();

  const int64_t columns = scratch_.extents[column_axis];
  const std::vector<int64_t> offsets = scratch_.offsets;
  for (int64_t row = 0; row < others.rows(); ++row) {
    for (int64_t other = 0; other < others.columns(); ++other) {
      for (int64_t column = 0; column < columns; column += tile_columns) {
        const int64_t width = std::min(tile_columns, columns - column);
        for (size_t i = 0; i < offsets.size(); ++i) {
          scratch_.offsets[i] = offsets[i] + others.first(i, {row, 1, other, 1});
        }
        reduce_column_tile(column, width);
        if (has_failed_) return;
        scratch_.offsets = offsets;
        const int64_t point = (row * others.columns() + other) * columns + column;
        const int64_t length = scratch_.outer.columns();
        finish_points({point / length, 1, point % length, width});
        if (has_failed_) return;
      }
    }
  }
}

void Run::reduce_column_tile(int64_t column, int64_t width) {
  const size_t count = program_.reductions.size();
  for (size_t i = 0; i < count; ++i) {
    program_.reductions[i].primitives->start(width, accumulator(i), auxiliary(i));
  }
  if (reduced_ == 0) return;
  const int64_t inner = scratch_.extents.back();
  const int64_t height = tile_points / width;
  const auto lanes_of = [&](size_t i) {
    return slot_at(program_.slots + 2 * static_cast<int64_t>(count)) +
           static_cast<int64_t>(i) * lane_count * tile_columns * 8;
  };
  std::byte* unused = lanes_of(count);
  for (int64_t start = 0; start < reduced_; start += inner) {
    for (int64_t block = 0; block < inner; block += tile_points) {
      const int64_t end = std::min(inner, block + tile_points);
      for (size_t i = 0; i < count; ++i) {
        const TileReduction& reduction = program_.reductions[i];
        if (reduction.primitives->take == nullptr) continue;
        for (int64_t lane = 0; lane < lane_count; ++lane) {
          reduction.primitives->start(width, lanes_of(i) + lane * width * reduction.item, unused);
        }
      }
      for (int64_t row = block; row < end; row += height) {
        const int64_t rows = std::min(height, end - row);
        if (!evaluate(program_.body, scratch_.body, {start + row, rows, column, width})) return;
        for (size_t i = 0; i < count; ++i) {
          const TileReduction& reduction = program_.reductions[i];
          const tno_tile_reduction& primitives = *reduction.primitives;
          const int64_t item = tile_item(program_.values[index(reduction.value)].dtype);
          for (int64_t r = 0; r < rows; ++r) {
            const std::byte* x = tile(reduction.value) + r * width * item;
            if (primitives.column != nullptr) {
              primitives.column(width, accumulator(i), auxiliary(i), x, start + row + r);
            } else if (primitives.take == nullptr) {
              primitives.lanes(width, accumulator(i), x);
            } else {
              const int64_t lane = (row - block + r) % lane_count;
              primitives.lanes(width, lanes_of(i) + lane * width * reduction.item, x);
            }
          }
        }
      }
      for (size_t i = 0; i < count; ++i) {
        const TileReduction& reduction = program_.reductions[i];
        if (reduction.primitives->take == nullptr) continue;
        fold_columns(reduction, lanes_of(i), width);
        reduction.primitives->take(width, accumulator(i), auxiliary(i), lanes_of(i));
      }
    }
  }
}

// The lanes of every column in halves, into the first.
void Run::fold_columns(const TileReduction& reduction, std::byte* lanes, int64_t width) {
  const int64_t bytes = width * reduction.item;
  for (int64_t half = lane_count / 2; half > 0; half /= 2) {
    // Neighbouring lanes lie beside each other, so that one call takes them all.
    reduction.primitives->lanes(half * width, lanes, lanes + half * bytes);
  }
}

void Run::finish_points(const TileRect& rect) {
  for (size_t i = 0; i < program_.reductions.size(); ++i) {
    const TileReduction& reduction = program_.reductions[i];
    tile(reduction.result) = slot(reduction.result);
    reduction.primitives->finish(rect.points(), tile(reduction.result), accumulator(i),
                                 auxiliary(i));
  }
  if (evaluate(program_.epilogue, scratch_.outer, rect)) store(scratch_.outer, rect);
}

// -- tiles ----------------------------------------------------------------------------------------

void Run::evaluate_once(const TilePart& part, int64_t points) {
  for (const TileAction& action : part.once) {
    std::byte* out = tile(action.value) = slot(action.value);
    const Instr& instr = *action.instr;
    if (action.kind == TileAction::Kind::scalar) {
      apply(action, points);
    } else if (action.kind == TileAction::Kind::load) {
      const Access& access = scratch_.accesses[index(action.access)];
      program_.tiles->memory[index(access.dtype)].load(
          points, out, access.base + scratch_.offsets[index(action.access)] * access.item, 0);
    } else if (action.kind == TileAction::Kind::dim) {
      std::fill_n(reinterpret_cast<int64_t*>(out), points, dim(instr.dim));
    } else {
      program_.tiles->memory[index(instr.dtype)].load(points, out, constant_bits(instr).data(), 0);
    }
  }
}

bool Run::evaluate(const TilePart& part, const TileSpace& space, const TileRect& rect) {
  points_ = rect.points();
  for (const TileAction& action : part.actions) {
    if (action.kind == TileAction::Kind::scalar)
      apply(action, points_);
    else if (action.kind == TileAction::Kind::gather)
      gather(action, space, rect);
    else
      load(action, space, rect);
    if (points_ == 0) break;
  }
  return !has_failed_;
}

void Run::apply(const TileAction& action, int64_t points) {
  const void* in[4] = {tile(action.args[0]), nullptr, nullptr, nullptr};
  for (int32_t i = 1; i < action.arity; ++i) in[i] = tile(action.args[index(i)]);
  std::byte* out = tile(action.value) = slot(action.value);
  action.op(points, out, in);
}

void Run::load(const TileAction& action, const TileSpace& space, const TileRect& rect) {
  const auto id = index(action.access);
  const Access& access = scratch_.accesses[id];
  const int64_t step = space.column_step(id);
  const int64_t start = scratch_.offsets[id];
  std::byte* out = tile(action.value) = slot(action.value);
  if (access.base == nullptr) {
    auto* coordinates = reinterpret_cast<int64_t*>(out);
    space.for_rows(id, rect, [&](int64_t, int64_t offset) {
      for (int64_t i = 0; i < rect.columns; ++i) *coordinates++ = start + offset + i * step;
    });
    return;
  }
  const bool is_value = access.dtype != DType::boolean && access.dtype != DType::float16;
  if (rect.rows == 1 && step == 1 && is_value && !access.is_written) {
    tile(action.value) = access.base + (start + space.first(id, rect)) * access.item;
    return;
  }
  const auto copy = program_.tiles->memory[index(access.dtype)].load;
  const int64_t bytes = rect.columns * tile_item(access.dtype);
  space.for_rows(id, rect, [&](int64_t row, int64_t offset) {
    copy(rect.columns, out + row * bytes, access.base + (start + offset) * access.item, step);
  });
}

void Run::gather(const TileAction& action, const TileSpace& space, const TileRect& rect) {
  find_places(action.access, space, rect);
  add_indices(action.instr->index, action.gather);
  const Access& access = scratch_.accesses[index(action.access)];
  std::byte* out = tile(action.value) = slot(action.value);
  program_.tiles->memory[index(access.dtype)].load_at(points_, out, access.base,
                                                      scratch_.places.data());
}

// The element of an access at each point, but for computed indices.
void Run::find_places(int32_t access, const TileSpace& space, const TileRect& rect) {
  const auto id = index(access);
  const int64_t step = space.column_step(id);
  int64_t* place = scratch_.places.data();
  space.for_rows(id, rect, [&](int64_t, int64_t offset) {
    const int64_t start = scratch_.offsets[id] + offset;
    for (int64_t i = 0; i < rect.columns; ++i) *place++ = start + i * step;
  });
}

// Where an index is out of range, the tile ends before it: an earlier point may fail elsewhere.
void Run::add_indices(const std::vector<KernelIndex>& indices, int32_t number) {
  for (size_t i = 0; i < indices.size(); ++i) {
    const KernelIndex& at = indices[i];
    const DType dtype = program_.values[index(at.value)].dtype;
    const int64_t size = dim(at.size);
    int64_t bad = 0;
    const int64_t good = program_.tiles->memory[index(dtype)].index(
        points_, scratch_.places.data(), tile(at.value), size, dim(at.stride), &bad);
    if (good == points_) continue;
    points_ = good;
    has_failed_ = true;
    failure_ = {1, number + static_cast<int64_t>(i), bad, size};
  }
}

void Run::store(const TileSpace& space, const TileRect& rect) {
  for (const TileStore& target : program_.stores) {
    const Store& store = *target.store;
    if (store.index.empty() && !store.add) {
      store_one(store, space, rect);
      continue;
    }
    find_places(store.operand, space, rect);
    add_indices(store.index, target.gather);
    const Access& access = scratch_.accesses[index(store.operand)];
    const tno_tile_memory& memory = program_.tiles->memory[index(access.dtype)];
    (store.add ? memory.add_at : memory.store_at)(points_, access.base, tile(store.value),
                                                  scratch_.places.data());
  }
}

void Run::store_one(const Store& store, const TileSpace& space, const TileRect& rect) {
  const auto id = index(store.operand);
  const Access& access = scratch_.accesses[id];
  const int64_t step = space.column_step(id);
  const auto copy = program_.tiles->memory[index(access.dtype)].store;
  const int64_t bytes = rect.columns * tile_item(access.dtype);
  space.for_rows(id, rect, [&](int64_t row, int64_t offset) {
    copy(rect.columns, access.base + (scratch_.offsets[id] + offset) * access.item,
         tile(store.value) + row * bytes, step);
  });
}

}  // namespace

void run_tiles(const TileProgram& program, const tno_args& args, int64_t begin, int64_t end) {
  static thread_local Scratch scratch;
  Run(program, args, scratch).run(begin, end);
}

}  // namespace tno::cpu
