#include "tile_frame.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

namespace tno::cpu {
namespace {

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

}  // namespace

TileFrame::TileFrame(const TileProgram& program, const tno_args& args, TileScratch& scratch,
                     int64_t begin, int64_t end)
    : program_(program), kernel_(*program.kernel), args_(args), scratch_(scratch) {
  is_empty_ = !measure(begin, end);
  if (is_empty_) return;
  lay_out();
  make_outer();
}

void TileFrame::report_failure() const {
  if (has_failed_ && args_.status->code == 0) *args_.status = failure_;
}

// -- sizes ----------------------------------------------------------------------------------------

// False where there is nothing to do.
bool TileFrame::measure(int64_t begin, int64_t end) {
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
void TileFrame::find_written() {
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
    const TileAccess& access = scratch_.accesses[operand];
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

void TileFrame::lay_out() {
  const auto reductions = static_cast<int64_t>(program_.reductions.size());
  const int64_t slots = program_.slots + 2 * reductions;
  const int64_t lanes = program_.columns ? (reductions + 1) * lane_count * tile_columns * 8 : 0;
  const auto bytes = static_cast<size_t>(slots * tile_points * 8 + lanes + 64);
  if (scratch_.bytes.size() < bytes) scratch_.bytes.resize(bytes);
  void* start = scratch_.bytes.data();
  size_t space = scratch_.bytes.size();
  slots_ = static_cast<std::byte*>(std::align(64, bytes - 64, start, space));
  scratch_.tiles.assign(program_.values.size(), nullptr);
  scratch_.places.resize(index(tile_points));
}

void TileFrame::make_outer() {
  scratch_.outer.reset(program_.accesses);
  for (size_t axis = 0; axis < outer_rank_; ++axis) {
    scratch_.outer.add(scratch_.extents[axis], steps(axis), true);
  }
  scratch_.outer.close();
}

// -- tiles ----------------------------------------------------------------------------------------

void TileFrame::evaluate_once(const TilePart& part, int64_t points) {
  for (const TileAction& action : part.once) {
    std::byte* out = tile(action.value) = slot(action.value);
    const Instr& instr = *action.instr;
    if (action.kind == TileAction::Kind::scalar) {
      apply(action, points);
    } else if (action.kind == TileAction::Kind::load) {
      const TileAccess& access = scratch_.accesses[index(action.access)];
      program_.tiles->memory[index(access.dtype)].load(
          points, out, access.base + scratch_.offsets[index(action.access)] * access.item, 0);
    } else if (action.kind == TileAction::Kind::dim) {
      std::fill_n(reinterpret_cast<int64_t*>(out), points, dim(instr.dim));
    } else {
      program_.tiles->memory[index(instr.dtype)].load(points, out, constant_bits(instr).data(), 0);
    }
  }
}

bool TileFrame::evaluate(const TilePart& part, const TileSpace& space, const TileRect& rect) {
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

void TileFrame::apply(const TileAction& action, int64_t points) {
  const void* in[4] = {tile(action.args[0]), nullptr, nullptr, nullptr};
  for (int32_t i = 1; i < action.arity; ++i) in[i] = tile(action.args[index(i)]);
  std::byte* out = tile(action.value) = slot(action.value);
  action.op(points, out, in);
}

void TileFrame::load(const TileAction& action, const TileSpace& space, const TileRect& rect) {
  const auto id = index(action.access);
  const TileAccess& access = scratch_.accesses[id];
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

void TileFrame::gather(const TileAction& action, const TileSpace& space, const TileRect& rect) {
  find_places(action.access, space, rect);
  add_indices(action.instr->index, action.gather);
  const TileAccess& access = scratch_.accesses[index(action.access)];
  std::byte* out = tile(action.value) = slot(action.value);
  program_.tiles->memory[index(access.dtype)].load_at(points_, out, access.base,
                                                      scratch_.places.data());
}

// The element of an access at each point, but for computed indices.
void TileFrame::find_places(int32_t access, const TileSpace& space, const TileRect& rect) {
  const auto id = index(access);
  const int64_t step = space.column_step(id);
  int64_t* place = scratch_.places.data();
  space.for_rows(id, rect, [&](int64_t, int64_t offset) {
    const int64_t start = scratch_.offsets[id] + offset;
    for (int64_t i = 0; i < rect.columns; ++i) *place++ = start + i * step;
  });
}

// Where an index is out of range, the tile ends before it: an earlier point may fail elsewhere.
void TileFrame::add_indices(const std::vector<KernelIndex>& indices, int32_t number) {
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

void TileFrame::store(const TileSpace& space, const TileRect& rect) {
  for (const TileStore& target : program_.stores) {
    const Store& store = *target.store;
    if (store.index.empty() && !store.add) {
      store_one(store, space, rect);
      continue;
    }
    find_places(store.operand, space, rect);
    add_indices(store.index, target.gather);
    const TileAccess& access = scratch_.accesses[index(store.operand)];
    const tno_tile_memory& memory = program_.tiles->memory[index(access.dtype)];
    (store.add ? memory.add_at : memory.store_at)(points_, access.base, tile(store.value),
                                                  scratch_.places.data());
  }
}

void TileFrame::store_one(const Store& store, const TileSpace& space, const TileRect& rect) {
  const auto id = index(store.operand);
  const TileAccess& access = scratch_.accesses[id];
  const int64_t step = space.column_step(id);
  const auto copy = program_.tiles->memory[index(access.dtype)].store;
  const int64_t bytes = rect.columns * tile_item(access.dtype);
  space.for_rows(id, rect, [&](int64_t row, int64_t offset) {
    copy(rect.columns, access.base + (scratch_.offsets[id] + offset) * access.item,
         tile(store.value) + row * bytes, step);
  });
}

}  // namespace tno::cpu
