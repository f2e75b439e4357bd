/*
 * The table of precompiled parts that kernels are interpreted with; core's
 * codegen/tile-primitives.ts emits the functions. Values lie in tiles: arrays in the type they are
 * computed in (float16 as float, bool as one byte that is 0 or 1). No output may overlap an input.
 */
#ifndef TNO_CPU_TILES_TILE_PRIMITIVES_H_
#define TNO_CPU_TILES_TILE_PRIMITIVES_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Lengths of core's lists, and the place of `cast` in the first. */
#define TNO_SCALAR_OPS 102
#define TNO_CAST 101
#define TNO_REDUCE_OPS 8
#define TNO_DTYPES 12

/* out[i] = op(in[0][i], in[1][i], ...) */
typedef void (*tno_tile_op)(int64_t n, void* out, const void* const* in);

/* Steps and places count elements. */
typedef struct tno_tile_memory {
  void (*load)(int64_t n, void* out, const void* memory, int64_t step);
  void (*load_at)(int64_t n, void* out, const void* memory, const int64_t* at);
  void (*store)(int64_t n, void* memory, const void* in, int64_t step);
  void (*store_at)(int64_t n, void* memory, const void* in, const int64_t* at);
  /* One after the other: places may repeat. Null for bool. */
  void (*add_at)(int64_t n, void* memory, const void* in, const int64_t* at);
  /* at[i] += step * (in[i], from the end where negative); gives the first i that is out of range of
     `size`, and its value in `bad`, or n. Null for dtypes that are no integers. */
  int64_t (*index)(int64_t n, int64_t* at, const void* in, int64_t size, int64_t step,
                   int64_t* bad);
} tno_tile_memory;

/*
 * acc: running results; aux: compensations of a sum, int64 indices of argmax and argmin. What a
 * kind of reduction does not need is null.
 */
typedef struct tno_tile_reduction {
  int32_t accumulator; /* dtype of acc */
  void (*start)(int64_t n, void* acc, void* aux);
  /* Takes n elements, at most a block of the tree, into one result; `index` is that of the first.
   */
  void (*row)(int64_t n, void* acc, void* aux, const void* x, int64_t index);
  /* One element into each of n lanes, or n lanes into n others. */
  void (*lanes)(int64_t n, void* lane, const void* x);
  /* The results of n blocks into n results; null where elements go to the results as they come. */
  void (*take)(int64_t n, void* acc, void* aux, const void* lane);
  /* argmax, argmin: one element, whose index it is, into each of n results. */
  void (*column)(int64_t n, void* acc, void* aux, const void* x, int64_t index);
  void (*finish)(int64_t n, void* out, void* acc, void* aux);
} tno_tile_reduction;

/* An entry that no kernel can ask for is null. */
typedef struct tno_tiles {
  tno_tile_op ops[TNO_SCALAR_OPS]
                 [TNO_DTYPES];               /* by the arguments' dtype, of select the branches' */
  tno_tile_op casts[TNO_DTYPES][TNO_DTYPES]; /* from, to */
  tno_tile_memory memory[TNO_DTYPES];
  tno_tile_reduction reductions[TNO_REDUCE_OPS][TNO_DTYPES];
} tno_tiles;

extern const tno_tiles tno_tiles_base;
#ifdef TNO_X86_LEVELS
extern const tno_tiles tno_tiles_avx2;
extern const tno_tiles tno_tiles_avx512;
#endif

#ifdef __cplusplus
}
#endif

#endif
