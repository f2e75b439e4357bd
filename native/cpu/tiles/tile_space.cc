#include "tile_space.h"

#include <algorithm>

namespace tno::cpu {

void TileSpace::reset(size_t accesses) {
  accesses_ = accesses;
  rank_ = 0;
  steps_.clear();
}

void TileSpace::add(int64_t extent, std::span<const int64_t> steps, bool merge) {
  if (merge && extent == 1) return;
  if (merge && rank_ > 0) {
    int64_t* last = steps_.data() + (rank_ - 1) * accesses_;
    bool goes_on = true;
    for (size_t i = 0; i < accesses_; ++i) goes_on = goes_on && last[i] == steps[i] * extent;
    if (goes_on) {
      extents_[rank_ - 1] *= extent;
      std::copy(steps.begin(), steps.end(), last);
      return;
    }
  }
  extents_[rank_++] = extent;
  steps_.insert(steps_.end(), steps.begin(), steps.end());
}

void TileSpace::close() {
  if (rank_ == 0) {
    extents_[rank_++] = 1;
    steps_.assign(accesses_, 0);
  }
  rows_ = 1;
  for (size_t axis = 0; axis + 1 < rank_; ++axis) rows_ *= extents_[axis];
}

int64_t TileSpace::start(size_t access, const TileRect& rect,
                         std::array<int64_t, max_rank>& at) const {
  int64_t offset = rect.column * column_step(access);
  int64_t rest = rect.row;
  for (size_t axis = rank_ - 1; axis-- > 0 && rest > 0;) {
    at[axis] = rest % extents_[axis];
    rest /= extents_[axis];
    offset += at[axis] * steps_[axis * accesses_ + access];
  }
  return offset;
}

}  // namespace tno::cpu
