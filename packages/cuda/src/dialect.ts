/**
 * The CUDA dialect: CUDA C++ that NVRTC and nvcc compile with no header. Compile with `--fmad=false`,
 * so that every operation rounds by itself. float16 is its bits in memory and `float` in values.
 */
import { cHelper, cLiteral, cScalarOps } from '@tno/core';
import type { Dialect, DType, Helper, LiteralForms, TypeNames, UseHelper } from '@tno/core';

const same = (name: string): TypeNames => ({ storage: name, value: name });

const types: Readonly<Record<DType, TypeNames>> = {
  bool: { storage: 'unsigned char', value: 'bool' },
  int8: same('signed char'),
  int16: same('short'),
  int32: same('int'),
  int64: same('long long'),
  uint8: same('unsigned char'),
  uint16: same('unsigned short'),
  uint32: same('unsigned int'),
  uint64: same('unsigned long long'),
  float16: { storage: 'unsigned short', value: 'float' },
  float32: same('float'),
  float64: same('double'),
};

const literals: LiteralForms = {
  nan32: '__int_as_float(0x7fc00000)',
  nan64: '__longlong_as_double(0x7ff8000000000000LL)',
  infinity32: '__int_as_float(0x7f800000)',
  infinity64: '__longlong_as_double(0x7ff0000000000000LL)',
  true: 'true',
  false: 'false',
};

/**
 * Kernel ABI: `NAME(NAME_args)`, the arguments by value: operands, parameters, and where the first
 * failing index is recorded. Blocks of a multiple of 32 threads, any number of blocks.
 */
const prologue = `struct tno_status { long long code, gather, value, size; };
`;

function round(dtype: DType, value: string, use: UseHelper, wide = false): string {
  if (dtype !== 'float16') return value;
  return `${use('tno_from_half')}(${use(wide ? 'tno_to_half_wide' : 'tno_to_half')}(${value}))`;
}

const base = { types, literals, round, qualifier: 'static __device__ inline' };

/** Conversions in one instruction each, without cuda_fp16.h. */
const halfHelpers: Readonly<Record<string, string>> = {
  tno_from_half: `static __device__ inline float tno_from_half(unsigned short h) {
  float f;
  asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(h));
  return f;
}`,
  tno_to_half: `static __device__ inline unsigned short tno_to_half(float f) {
  unsigned short h;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(f));
  return h;
}`,
  tno_to_half_wide: `static __device__ inline unsigned short tno_to_half_wide(double d) {
  unsigned short h;
  asm("cvt.rn.f16.f64 %0, %1;" : "=h"(h) : "d"(d));
  return h;
}`,
};

const failHelper = `static __device__ void tno_fail(tno_status *s, long long gather, long long value, long long size) {
  if (atomicCAS((unsigned long long *)&s->code, 0ULL, 1ULL) != 0) return;
  s->gather = gather;
  s->value = value;
  s->size = size;
}`;

function helper(name: string): Helper {
  const half = halfHelpers[name] as string | undefined;
  if (half !== undefined) return { text: half, needs: [] };
  const found = cHelper(base, name);
  if (found === null) throw new RangeError(`[codegen] expected a known helper, got ${name}`);
  return name === 'tno_index' ? { text: `${failHelper}\n\n${found.text}`, needs: [] } : found;
}

export const cudaDialect: Dialect = {
  language: 'cuda',
  launch: 'grid',
  types,
  ops: cScalarOps(base),
  prologue,
  load: (dtype, place, use) => {
    if (dtype === 'bool') return `${place} != 0`;
    return dtype === 'float16' ? `${use('tno_from_half')}(${place})` : place;
  },
  stored: (dtype, value, use) => (dtype === 'float16' ? `${use('tno_to_half')}(${value})` : value),
  round,
  literal: (dtype, lo, hi) => cLiteral(literals, dtype, lo, hi),
  helper,
};
