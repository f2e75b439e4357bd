#include "tile_run.h"

#include <algorithm>

#include "tile_frame.h"
#include "tile_reduce.h"

namespace tno::cpu {
namespace {

void run_points(TileFrame& frame) {
  const TileSpace& space = frame.outer();
  frame.evaluate_once(frame.program().body, std::min(space.points(), tile_points));
  for_tiles(space, [&](const TileRect& rect) {
    if (frame.evaluate(frame.program().body, space, rect)) frame.store(space, rect);
    return !frame.has_failed();
  });
}

}  // namespace

void run_tiles(const TileProgram& program, const tno_args& args, int64_t begin, int64_t end) {
  static thread_local TileScratch scratch;
  if (program.kernel->reduce_rank > 0) {
    reduce_tiles(program, args, scratch, begin, end);
    return;
  }
  TileFrame frame(program, args, scratch, begin, end);
  if (frame.is_empty()) return;
  run_points(frame);
  frame.report_failure();
}

}  // namespace tno::cpu
