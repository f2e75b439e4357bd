// Interprets kernels that reduce, over the tree of core's codegen/reduction.ts.
#ifndef TNO_CPU_TILES_TILE_REDUCE_H_
#define TNO_CPU_TILES_TILE_REDUCE_H_

#include "tile_frame.h"

namespace tno::cpu {

// As run_tiles does; in TNO_BLOCKS [begin, end) are blocks.
void reduce_tiles(const TileProgram& program, const tno_args& args, TileScratch& scratch,
                  int64_t begin, int64_t end);

}  // namespace tno::cpu

#endif  // TNO_CPU_TILES_TILE_REDUCE_H_
