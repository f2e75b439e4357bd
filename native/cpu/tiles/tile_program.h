// A kernel prepared for interpretation: what is left to do once its sizes and buffers are known.
#ifndef TNO_CPU_TILES_TILE_PROGRAM_H_
#define TNO_CPU_TILES_TILE_PROGRAM_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "program.h"
#include "tile_primitives.h"

namespace tno::cpu {

// One instruction over a tile, or one value for all tiles.
struct TileAction {
  enum class Kind { constant, dim, load, gather, scalar };

  Kind kind = Kind::constant;
  int32_t value = 0;   // what it computes
  int32_t access = 0;  // load, gather
  int32_t gather = 0;  // number of its first index
  const Instr* instr = nullptr;
  tno_tile_op op = nullptr;  // scalar
  int32_t arity = 0;
  std::array<int32_t, 4> args{};
};

struct TileValue {
  DType dtype = DType::boolean;
  int32_t slot = -1;  // where its tile is kept; -1: it isn't needed
};

// Instructions that run over the same points.
struct TilePart {
  std::vector<TileAction> once;  // the same at all points
  std::vector<TileAction> actions;
};

struct TileReduction {
  const tno_tile_reduction* primitives = nullptr;
  int32_t value = 0;   // what is reduced
  int32_t result = 0;  // its value among the kernel's
  int64_t item = 0;    // bytes of a running result
  int64_t aux_item = 0;
};

struct TileStore {
  const Store* store = nullptr;
  int32_t gather = 0;
};

struct TileProgram {
  const Kernel* kernel = nullptr;
  const tno_tiles* tiles = nullptr;
  std::vector<TileValue> values;
  int32_t slots = 0;
  TilePart body;
  TilePart epilogue;
  std::vector<TileReduction> reductions;
  std::vector<TileStore> stores;
  // Accesses: one for each operand, then one for each axis, whose "element" is the coordinate.
  size_t accesses = 0;
  std::vector<bool> loaded;  // by operand
  std::vector<bool> stored;
  // Whether neighbouring results lie beside each other and reduced elements don't.
  bool columns = false;
};

// The bytes of a value in a tile.
int64_t tile_item(DType dtype);

// Nothing where the table lacks what the kernel asks for.
std::optional<TileProgram> prepare_tiles(const Kernel& kernel, const tno_tiles& tiles);

}  // namespace tno::cpu

#endif  // TNO_CPU_TILES_TILE_PROGRAM_H_
