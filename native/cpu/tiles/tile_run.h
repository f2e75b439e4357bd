#ifndef TNO_CPU_TILES_TILE_RUN_H_
#define TNO_CPU_TILES_TILE_RUN_H_

#include <cstdint>

#include "tile_program.h"
#include "tno/kernel_abi.h"

namespace tno::cpu {

// Runs [begin, end) as a tno_kernel does (kernel_abi.h).
void run_tiles(const TileProgram& program, const tno_args& args, int64_t begin, int64_t end);

}  // namespace tno::cpu

#endif  // TNO_CPU_TILES_TILE_RUN_H_
