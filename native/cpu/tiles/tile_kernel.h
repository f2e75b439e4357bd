// Interprets a loop kernel with precompiled code: each instruction runs over a tile of points
// before the next. It gives the bits that the kernel's compiled code gives (core's
// codegen/tile-primitives.ts), at once and with no compiler.
#ifndef TNO_CPU_TILES_TILE_KERNEL_H_
#define TNO_CPU_TILES_TILE_KERNEL_H_

#include <memory>

#include "kernel_code.h"
#include "program.h"
#include "tile_program.h"

namespace tno::cpu {

class TileKernel final : public KernelCode {
 public:
  // `kernel` outlives it. Null where it is no kernel that verification lets pass.
  static std::unique_ptr<TileKernel> create(const Kernel& kernel);
  static std::unique_ptr<TileKernel> create(const Kernel& kernel, const tno_tiles& tiles);

  void run(const tno_args& args, int64_t begin, int64_t end) const noexcept override;

 private:
  explicit TileKernel(TileProgram program) : program_(std::move(program)) {}

  TileProgram program_;
};

// The primitives for this machine's instruction set.
const tno_tiles& tile_primitives();

}  // namespace tno::cpu

#endif  // TNO_CPU_TILES_TILE_KERNEL_H_
