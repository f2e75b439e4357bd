// Where the points of a tile lie: a nest of loops, cut into rectangles of at most tile_points
// points.
#ifndef TNO_CPU_TILES_TILE_SPACE_H_
#define TNO_CPU_TILES_TILE_SPACE_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "program.h"

namespace tno::cpu {

// Points in a tile; also the elements in a block of the reduction tree.
inline constexpr int64_t tile_points = 1024;

// Rows count all loops but the innermost, which columns count.
struct TileRect {
  int64_t row = 0;
  int64_t rows = 1;
  int64_t column = 0;
  int64_t columns = 1;

  int64_t points() const { return rows * columns; }
};

// A nest of loops, and how many elements each access (an operand, or a coordinate) moves along
// each.
class TileSpace {
 public:
  void reset(size_t accesses);

  // The next loop inwards; where every access goes on as if it were one loop with the loop before,
  // it becomes one, if it may.
  void add(int64_t extent, std::span<const int64_t> steps, bool merge);
  // After the last loop.
  void close();

  int64_t rows() const { return rows_; }
  int64_t points() const { return rows_ * columns(); }
  int64_t columns() const { return extents_[rank_ - 1]; }
  int64_t column_step(size_t access) const { return steps_[(rank_ - 1) * accesses_ + access]; }

  // Calls visit(row of the tile, offset in elements) for each row of the rectangle.
  template <class Visit>
  void for_rows(size_t access, const TileRect& rect, Visit visit) const {
    std::array<int64_t, max_rank> at{};
    int64_t offset = start(access, rect, at);
    for (int64_t row = 0;;) {
      visit(row, offset);
      if (++row == rect.rows) return;
      for (size_t axis = rank_ - 1; axis-- > 0;) {
        const int64_t step = steps_[axis * accesses_ + access];
        offset += step;
        if (++at[axis] < extents_[axis]) break;
        offset -= step * extents_[axis];
        at[axis] = 0;
      }
    }
  }

  // The offset of the rectangle's first point.
  int64_t first(size_t access, const TileRect& rect) const {
    std::array<int64_t, max_rank> at{};
    return start(access, rect, at);
  }

 private:
  int64_t start(size_t access, const TileRect& rect, std::array<int64_t, max_rank>& at) const;

  size_t accesses_ = 0;
  size_t rank_ = 0;
  int64_t rows_ = 1;
  std::array<int64_t, max_rank + 1> extents_{};
  std::vector<int64_t> steps_;  // by loop, then access
};

}  // namespace tno::cpu

#endif  // TNO_CPU_TILES_TILE_SPACE_H_
