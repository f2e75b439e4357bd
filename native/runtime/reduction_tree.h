// What the runtime knows of how reductions are carried out (core's codegen/reduction.ts).
#ifndef TNO_RUNTIME_REDUCTION_TREE_H_
#define TNO_RUNTIME_REDUCTION_TREE_H_

#include <cstdint>

#include "program.h"

namespace tno {

// Elements of the innermost reduced axis in a block of the tree.
inline constexpr int64_t block_elements = 1024;

// Columns that a kernel reduces together, at most.
inline constexpr int64_t column_tile = 64;

// Whether neighbouring results lie beside each other and reduced elements don't; the results are
// then reduced in tiles of columns.
bool reduces_columns(const Kernel& kernel);

}  // namespace tno

#endif  // TNO_RUNTIME_REDUCTION_TREE_H_
