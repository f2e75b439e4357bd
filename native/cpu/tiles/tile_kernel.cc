#include "tile_kernel.h"

#include <utility>

#include "instruction_level.h"
#include "tile_run.h"

namespace tno::cpu {

const tno_tiles& tile_primitives() {
#ifdef TNO_X86_LEVELS
  static const tno_tiles& best = has_avx512()                                   ? tno_tiles_avx512
                                 : has_avx2() && __builtin_cpu_supports("f16c") ? tno_tiles_avx2
                                                                                : tno_tiles_base;
  return best;
#else
  return tno_tiles_base;
#endif
}

std::unique_ptr<TileKernel> TileKernel::create(const Kernel& kernel, const tno_tiles& tiles) {
  std::optional<TileProgram> program = prepare_tiles(kernel, tiles);
  if (!program) return nullptr;
  return std::unique_ptr<TileKernel>(new TileKernel(std::move(*program)));
}

std::unique_ptr<TileKernel> TileKernel::create(const Kernel& kernel) {
  return create(kernel, tile_primitives());
}

void TileKernel::run(const tno_args& args, int64_t begin, int64_t end) const noexcept {
  run_tiles(program_, args, begin, end);
}

}  // namespace tno::cpu
