/** Numbers that operands are filled with. */
import { dtypeInfo, type DType } from '@tno/core';
import type { Values } from './row.js';

export const floats = ['float16', 'float32', 'float64'] as const satisfies readonly DType[];
export const signed = ['int8', 'int16', 'int32', 'int64'] as const satisfies readonly DType[];
export const unsigned = ['uint8', 'uint16', 'uint32', 'uint64'] as const satisfies readonly DType[];
export const integers: readonly DType[] = [...signed, ...unsigned];
export const numbers: readonly DType[] = [...integers, ...floats];
export const all: readonly DType[] = ['bool', ...numbers];

export const isFloat = (dtype: DType): boolean => dtype.startsWith('float');
export const isSigned = (dtype: DType): boolean => dtype.startsWith('int') || isFloat(dtype);

/** Numbers from `low` to `high`; integers among them for integer dtypes, those from 0 on for unsigned ones. */
export const between =
  (low: number, high: number): Values =>
  (random, dtype) => {
    if (isFloat(dtype)) return low + (high - low) * random();
    if (dtype === 'bool') return random() < 0.5 ? 0 : 1;
    const least = isSigned(dtype) ? Math.ceil(low) : Math.max(0, Math.ceil(low));
    return least + Math.floor((Math.max(least, Math.floor(high)) + 1 - least) * random());
  };

export const real = between(-4, 4);
export const positive = between(0.1, 4);
/** At least `least` away from 0, on both sides of it. */
export const awayFromZero =
  (least = 0.5, most = 4): Values =>
  (random, dtype, position, size) => {
    const magnitude = between(least, most)(random, dtype, position, size);
    return isSigned(dtype) && random() < 0.5 ? -magnitude : magnitude;
  };
/** Multiples of a half: exact in every dtype, with ties and integers among them. */
export const halves: Values = (random, dtype, position, size) =>
  isFloat(dtype)
    ? Math.floor(random() * 17 - 8) / 2
    : between(-4, 4)(random, dtype, position, size);
/** Numbers that differ by a quarter at least, in no order; for integers every whole number once. */
export const distinct: Values = (_random, dtype, position, size) => {
  const stride = [7, 5, 11, 13, 1].find((s) => size % s !== 0) ?? 1;
  const rank = (position * stride + 3) % Math.max(size, 1);
  const value = isSigned(dtype) ? rank - Math.floor(size / 2) : rank;
  return dtype === 'bool' ? rank % 2 : isFloat(dtype) ? value / 4 + 0.1 : value;
};
/** Positions from 0 to before `n`. */
export const below =
  (n: number): Values =>
  (random) =>
    Math.floor(n * random());
/** These numbers, again and again. */
export const listed =
  (...list: readonly (number | bigint)[]): Values =>
  (_random, _dtype, position) =>
    list[position % list.length];

/** The numbers at the edges of a dtype: NaN, infinities, both zeros; the ends of integers. */
export function specials(dtype: DType): readonly (number | bigint)[] {
  if (isFloat(dtype)) return [NaN, Infinity, -Infinity, -0, 0, 1, -1, 0.5, -2.5, 3];
  if (dtype === 'bool') return [0, 1];
  const { min, max } = dtypeInfo[dtype];
  return isSigned(dtype) ? [min, -7, -1, 0, 1, 3, max] : [0, 1, 2, 3, 7, max];
}

/** Numbers in [0, 1), always the same for a text. */
export function randomOf(text: string): () => number {
  let state = 2166136261;
  for (let k = 0; k < text.length; k++) state = Math.imul(state ^ text.charCodeAt(k), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
