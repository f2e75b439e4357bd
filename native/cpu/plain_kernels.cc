// Dense products in GCC vector extensions, for one instruction set level: TNO_LEVEL names it,
// TNO_VECTOR_BYTES is its register width and TNO_TILE_ROWS the height of its register tile.
//
// No header with inline functions may be included here: the linker keeps one copy of such a
// function for the whole addon, and it could be the one compiled for a level that the machine
// lacks.
#include "plain_kernels.h"

#include "plain_gemm.h"
#include "plain_gemv.h"

#define TNO_JOIN(a, b) a##b
#define TNO_NAME(prefix, level) TNO_JOIN(prefix, level)

namespace tno::cpu {
namespace {

constexpr int64_t scratch_elements(int64_t block_n) {
  return block_k * (block_n + block_m);
}

constexpr PlainKernels kernels{
    TNO_LEVEL_TEXT,
    scratch_elements(block_n<double>) * static_cast<int64_t>(sizeof(double)),
    {gemm<float>, gemv<float>, ger<float>},
    {gemm<double>, gemv<double>, ger<double>},
};
static_assert(kernels.scratch_bytes >=
              scratch_elements(block_n<float>) * static_cast<int64_t>(sizeof(float)));

}  // namespace

const PlainKernels& TNO_NAME(plain_kernels_, TNO_LEVEL)() {
  return kernels;
}

}  // namespace tno::cpu
