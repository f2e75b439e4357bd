/**
 * The blocks of the reduction tree (see core's codegen/reduction.ts) with vector types: 16 lanes as
 * one, two or four vectors of the CPU's own width. Every width gives the same bits.
 * The rest of a block is filled up with the identity by a loop that must not be unrolled: as a loop
 * it becomes one masked load, unrolled it becomes 16 branches.
 */
import type { Helper } from '@tno/core';

type LaneOp = 'sum' | 'prod' | 'max' | 'min';
type LaneType = 'f32' | 'f64';

const LANES = 16;
const ops: readonly LaneOp[] = ['sum', 'prod', 'max', 'min'];
const identities: Readonly<Record<LaneOp, string>> = {
  sum: '0',
  prod: '1',
  max: '-INFINITY',
  min: 'INFINITY',
};
const elements: Readonly<Record<LaneType, { type: string; mask: string; bytes: number }>> = {
  f32: { type: 'float', mask: 'int32_t', bytes: 4 },
  f64: { type: 'double', mask: 'int64_t', bytes: 8 },
};

/** `tno_<op>_<type>(x, n)`: a block of at most 1024 elements; null for other names. */
export function laneFold(name: string): Helper | null {
  if (name === 'tno_vector_bytes') return { text: vectorBytes, needs: [] };
  for (const lane of ['f32', 'f64'] as const) {
    if (name === `tno_lanes_${lane}`) return { text: laneTypes(lane), needs: ['tno_vector_bytes'] };
    for (const op of ops) {
      if (name === `tno_${op}_${lane}`) {
        return { text: foldBlock(name, op, lane), needs: [`tno_lanes_${lane}`] };
      }
    }
  }
  return null;
}

const vectorBytes = `#if defined(__AVX512F__)
#define TNO_VECTOR 64
#elif defined(__AVX__)
#define TNO_VECTOR 32
#else
#define TNO_VECTOR 16
#endif`;

/** Vector types, and the exchange of halves within a vector: V lanes apart, then V/2, …, 1. */
function laneTypes(lane: LaneType): string {
  const { type, mask, bytes } = elements[lane];
  const vector = `__attribute__((vector_size(TNO_VECTOR)))`;
  const widths = [64, 32, 16].map((size) => {
    const lanes = size / bytes;
    const turns: string[] = [];
    for (let h = lanes / 2; h >= 1; h /= 2) {
      const from = Array.from({ length: lanes }, (_, i) => (i + h) % lanes);
      turns.push(`f(__builtin_shufflevector(v, v, ${from.join(', ')}))`);
    }
    return `#define TNO_HALVES_${lane}(v, f) ${turns.join(' ')}`;
  });
  return `typedef ${type} tno_v_${lane} ${vector};
typedef ${type} tno_u_${lane} __attribute__((vector_size(TNO_VECTOR), aligned(${bytes}), may_alias));
typedef ${mask} tno_m_${lane} ${vector};
#if TNO_VECTOR == 64
${widths[0]}
#elif TNO_VECTOR == 32
${widths[1]}
#else
${widths[2]}
#endif`;
}

function foldBlock(name: string, op: LaneOp, lane: LaneType): string {
  const { type, bytes } = elements[lane];
  const identity = identities[op];
  const [v, u] = [`tno_v_${lane}`, `tno_u_${lane}`];
  return `static __attribute__((noinline)) ${type} ${name}(const ${type} *x, int64_t n) {
  enum { W = TNO_VECTOR / ${bytes}, K = ${LANES} / W };
  ${v} lane[K];
  for (int k = 0; k < K; k++) lane[k] = (${v}){0} + ${identity === '0' ? '0' : `(${type})${identity}`};
  int64_t i = 0;
  for (; i + ${LANES} <= n; i += ${LANES})
    for (int k = 0; k < K; k++) {
      const ${v} y = *(const ${u} *)(x + i + k * W);
      ${combine(op, lane, 'lane[k]', 'y')}
    }
  if (i < n) {
    ${type} rest[${LANES}];
#pragma GCC unroll 1
    for (int l = 0; l < ${LANES}; l++) rest[l] = i + l < n ? x[i + l] : ${identity};
    for (int k = 0; k < K; k++) {
      const ${v} y = *(const ${u} *)(rest + k * W);
      ${combine(op, lane, 'lane[k]', 'y')}
    }
  }
  for (int h = K / 2; h > 0; h >>= 1)
    for (int k = 0; k < h; k++) {
      const ${v} y = lane[k + h];
      ${combine(op, lane, 'lane[k]', 'y')}
    }
  ${v} r = lane[0];
#define TNO_FOLD(half) { const ${v} y = half; ${combine(op, lane, 'r', 'y')} }
  TNO_HALVES_${lane}(r, TNO_FOLD)
#undef TNO_FOLD
  return r[0];
}`;
}

/** Statement that takes `b` into `a`, lane by lane. */
function combine(op: LaneOp, lane: LaneType, a: string, b: string): string {
  if (op === 'sum') return `${a} += ${b};`;
  if (op === 'prod') return `${a} *= ${b};`;
  const [v, m] = [`tno_v_${lane}`, `tno_m_${lane}`];
  const symbol = op === 'max' ? '>' : '<';
  return `const ${m} m = (${b} ${symbol} ${a}) | (${b} != ${b}); ${a} = (${v})((m & (${m})${b}) | (~m & (${m})${a}));`;
}
