/**
 * The C dialect: C with GNU extensions (vector types, ivdep), as gcc and clang compile it. Every
 * operation rounds to its dtype: no fast-math, no contraction. float16 is `_Float16` in memory and
 * `float` in values.
 */
import { cHelper, cLiteral, cScalarOps } from '@tno/core';
import type { Dialect, DType, Helper, LiteralForms, ScalarText, TypeNames } from '@tno/core';
import { laneFold } from './lane-fold.js';
import { vectorMath, vectorMathOps } from './vector-math.js';

const types: Readonly<Record<DType, TypeNames>> = {
  bool: { storage: 'uint8_t', value: '_Bool' },
  int8: { storage: 'int8_t', value: 'int8_t' },
  int16: { storage: 'int16_t', value: 'int16_t' },
  int32: { storage: 'int32_t', value: 'int32_t' },
  int64: { storage: 'int64_t', value: 'int64_t' },
  uint8: { storage: 'uint8_t', value: 'uint8_t' },
  uint16: { storage: 'uint16_t', value: 'uint16_t' },
  uint32: { storage: 'uint32_t', value: 'uint32_t' },
  uint64: { storage: 'uint64_t', value: 'uint64_t' },
  float16: { storage: '_Float16', value: 'float' },
  float32: { storage: 'float', value: 'float' },
  float64: { storage: 'double', value: 'double' },
};

const literals: LiteralForms = {
  nan32: '__builtin_nanf("")',
  nan64: '__builtin_nan("")',
  infinity32: '__builtin_inff()',
  infinity64: '__builtin_inf()',
  true: '1',
  false: '0',
};

/** Kernel ABI: the device calls `NAME(args, begin, end)` for ranges of the outermost axis. */
const prologue = `#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; int64_t phase; void *const *part; } tno_args;
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };
`;

const round = (dtype: DType, value: string): string =>
  dtype === 'float16' ? `(float)(_Float16)(${value})` : value;

const base = { types, literals, round, qualifier: 'static inline' };
const familyOps = cScalarOps(base);

/** float32, and float16 which is computed in it, have functions of our own; float64 takes libm's. */
const mathOps = Object.fromEntries(
  vectorMathOps.map((op): [string, ScalarText] => [
    op,
    (args, dtype, use, from) =>
      dtype === 'float64'
        ? familyOps[op](args, dtype, use, from)
        : round(dtype, `${use(`tno_${op}_f32`)}(${args.join(', ')})`),
  ]),
);

export const cDialect: Dialect = {
  language: 'c',
  launch: 'range',
  types,
  ops: { ...familyOps, ...mathOps },
  prologue,
  load: (dtype, place) => {
    if (dtype === 'bool') return `${place} != 0`;
    return dtype === 'float16' ? `(float)${place}` : place;
  },
  stored: (dtype, value) => (dtype === 'float16' ? `(_Float16)${value}` : value),
  round,
  literal: (dtype, lo, hi) => cLiteral(literals, dtype, lo, hi),
  helper,
};

const failHelper = `static void tno_fail(tno_status *s, int64_t gather, int64_t value, int64_t size) {
  if (s->code != 0) return;
  s->code = 1;
  s->gather = gather;
  s->value = value;
  s->size = size;
}`;

// What is not a whole vector at a vector's place is written in the usual way.
const streamHelper = `#if defined(__has_builtin)
#if __has_builtin(__builtin_nontemporal_store)
#define TNO_STREAM(to, value) __builtin_nontemporal_store(value, to)
#endif
#endif
#if !defined(TNO_STREAM) && defined(__AVX512F__)
#define TNO_STREAM(to, value) __builtin_ia32_movntdq512(to, value)
#elif !defined(TNO_STREAM) && defined(__AVX__)
#define TNO_STREAM(to, value) __builtin_ia32_movntdq256(to, value)
#elif !defined(TNO_STREAM) && defined(__SSE2__)
#define TNO_STREAM(to, value) __builtin_ia32_movntdq(to, value)
#endif

static __attribute__((noinline)) void tno_stream(void *to, const void *from, int64_t bytes) {
  char *t = (char *)to;
  const char *f = (const char *)from;
#ifdef TNO_STREAM
  typedef long long line __attribute__((vector_size(TNO_VECTOR), may_alias));
  typedef long long loose __attribute__((vector_size(TNO_VECTOR), may_alias, aligned(1)));
  const int64_t before = (int64_t)(-(uintptr_t)t & (TNO_VECTOR - 1));
  if (before < bytes) {
    __builtin_memcpy(t, f, before);
    int64_t i = before;
    for (; i + TNO_VECTOR <= bytes; i += TNO_VECTOR)
      TNO_STREAM((line *)(t + i), *(const loose *)(f + i));
    t += i, f += i, bytes -= i;
  }
#endif
  __builtin_memcpy(t, f, bytes);
}`;

const tileHelper = `static inline int64_t tno_tile(int64_t left, int64_t most, const void *to, int64_t size) {
  const int64_t w = most - (int64_t)((uintptr_t)to & 63) / size;
  return left < w ? left : w;
}`;

const streamEndHelper = `static inline void tno_stream_end(void) {
#if defined(__SSE2__)
  __builtin_ia32_sfence();
#endif
}`;

const ownHelpers: Readonly<Record<string, Helper>> = {
  tno_stream: { text: streamHelper, needs: ['tno_vector_bytes'] },
  tno_tile: { text: tileHelper, needs: [] },
  tno_stream_end: { text: streamEndHelper, needs: [] },
};

function helper(name: string): Helper {
  const own = Object.hasOwn(ownHelpers, name) ? ownHelpers[name] : null;
  const found = own ?? vectorMath(name) ?? cHelper(base, name) ?? laneFold(name);
  if (found === null) throw new RangeError(`[codegen] expected a known helper, got ${name}`);
  return name === 'tno_index' ? { text: `${failHelper}\n\n${found.text}`, needs: [] } : found;
}
