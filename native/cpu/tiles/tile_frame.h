// What interpreting a kernel over tiles goes by: the sizes and memory of one run, and how
// instructions and stores run over the points of a tile.
#ifndef TNO_CPU_TILES_TILE_FRAME_H_
#define TNO_CPU_TILES_TILE_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tile_program.h"
#include "tile_space.h"
#include "tno/kernel_abi.h"

namespace tno::cpu {

inline constexpr int64_t lane_count = 16;
// Columns in a tile: its lanes stay in the first cache.
inline constexpr int64_t tile_columns = 256;

struct TileAccess {
  std::byte* base = nullptr;  // null: the coordinate itself
  DType dtype = DType::int64;
  int64_t item = 0;
  // Whether a store may touch what it loads: then tiles are copies.
  bool is_written = false;
};

// Memory that a thread keeps between runs.
struct TileScratch {
  std::vector<std::byte> bytes;
  std::vector<std::byte*> tiles;
  std::vector<TileAccess> accesses;
  std::vector<int64_t> steps;  // by axis, then access
  std::vector<int64_t> extents;
  std::vector<int64_t> offsets;  // by access
  std::vector<int64_t> places;
  TileSpace body;
  TileSpace outer;
  TileSpace others;
};

class TileFrame {
 public:
  using Steps = std::span<const int64_t>;

  // `begin` and `end`: of the outermost axis.
  TileFrame(const TileProgram& program, const tno_args& args, TileScratch& scratch, int64_t begin,
            int64_t end);

  // Whether there is nothing to do.
  bool is_empty() const { return is_empty_; }
  bool has_failed() const { return has_failed_; }
  // To the run's status.
  void report_failure() const;

  const TileProgram& program() const { return program_; }
  const Kernel& kernel() const { return kernel_; }
  const tno_args& args() const { return args_; }
  TileScratch& scratch() { return scratch_; }
  // The points of the outer axes.
  const TileSpace& outer() const { return scratch_.outer; }
  size_t outer_rank() const { return outer_rank_; }
  int64_t reduced() const { return reduced_; }
  int64_t extent(size_t axis) const { return scratch_.extents[axis]; }
  // Of an axis of the kernel, whatever the range of this run.
  int64_t whole_extent(size_t axis) const { return dim(kernel_.axes[axis]); }
  Steps steps(size_t axis) const {
    return {scratch_.steps.data() + axis * program_.accesses, program_.accesses};
  }

  std::byte*& tile(int32_t value) { return scratch_.tiles[static_cast<size_t>(value)]; }
  std::byte* slot(int32_t value) {
    return slot_at(program_.values[static_cast<size_t>(value)].slot);
  }
  // The running results of a reduction, and what goes with them.
  std::byte* accumulator(size_t reduction) {
    return slot_at(program_.slots + 2 * static_cast<int64_t>(reduction));
  }
  std::byte* auxiliary(size_t reduction) {
    return slot_at(program_.slots + 2 * static_cast<int64_t>(reduction) + 1);
  }
  // The lanes of a tile of columns; of a reduction beyond the last, memory for nothing.
  std::byte* lanes(size_t reduction) {
    return slot_at(program_.slots + 2 * static_cast<int64_t>(program_.reductions.size())) +
           static_cast<int64_t>(reduction) * lane_count * tile_columns * 8;
  }

  // What is the same in all tiles; `points`: in a tile at most.
  void evaluate_once(const TilePart& part, int64_t points);
  // False where an index is out of range: then the tile ends before that point.
  bool evaluate(const TilePart& part, const TileSpace& space, const TileRect& rect);
  void store(const TileSpace& space, const TileRect& rect);

 private:
  bool measure(int64_t begin, int64_t end);
  void find_written();
  void lay_out();
  void make_outer();

  void load(const TileAction& action, const TileSpace& space, const TileRect& rect);
  void gather(const TileAction& action, const TileSpace& space, const TileRect& rect);
  void apply(const TileAction& action, int64_t points);
  void find_places(int32_t access, const TileSpace& space, const TileRect& rect);
  void add_indices(const std::vector<KernelIndex>& indices, int32_t number);
  void store_one(const Store& store, const TileSpace& space, const TileRect& rect);

  int64_t dim(const KernelDim& dim) const {
    return dim.param < 0 ? dim.literal : args_.dim[dim.param];
  }
  std::byte* slot_at(int64_t slot) { return slots_ + slot * tile_points * 8; }

  const TileProgram& program_;
  const Kernel& kernel_;
  const tno_args& args_;
  TileScratch& scratch_;
  std::byte* slots_ = nullptr;
  size_t outer_rank_ = 0;
  int64_t reduced_ = 1;  // points of the reduced axes
  int64_t points_ = 0;   // of the tile: those before the first failing one
  bool is_empty_ = false;
  bool has_failed_ = false;
  tno_status failure_{};
};

// Calls `visit` with the rectangles of a space, whole rows or parts of one; until it says false.
template <class Visit>
void for_tiles(const TileSpace& space, Visit visit) {
  const int64_t rows = space.rows();
  const int64_t columns = space.columns();
  if (columns > tile_points) {
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t column = 0; column < columns; column += tile_points) {
        const int64_t width = columns - column < tile_points ? columns - column : tile_points;
        if (!visit(TileRect{row, 1, column, width})) return;
      }
    }
    return;
  }
  const int64_t height = tile_points / columns;
  for (int64_t row = 0; row < rows; row += height) {
    if (!visit(TileRect{row, rows - row < height ? rows - row : height, 0, columns})) return;
  }
}

}  // namespace tno::cpu

#endif  // TNO_CPU_TILES_TILE_FRAME_H_
