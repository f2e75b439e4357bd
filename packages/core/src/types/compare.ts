/** Comparison of equally long storages; shapes are the caller's business. */
import { readable } from './convert.js';
import { equalNumbers, isFloat } from './dtype.js';
import type { DType, Storage } from './dtype.js';

export interface CloseOptions {
  /** Relative to the second operand; 1e-5 unless given. */
  readonly rtol?: number;
  /** Absolute; 1e-8 unless given. */
  readonly atol?: number;
  /** Whether NaN is close to NaN; false unless given. */
  readonly equalNan?: boolean;
}

/** Element for element the same value; NaN equals NaN, 0 and -0 differ. */
export function arraysEqual(dtype: DType, a: Storage, b: Storage): boolean {
  const [left, right] = [readable(dtype, a), readable(dtype, b)];
  if (left.length !== right.length) return false;
  if (!isFloat(dtype)) {
    for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
    return true;
  }
  for (let i = 0; i < left.length; i++) if (!Object.is(left[i], right[i])) return false;
  return true;
}

/** `|a - b| <= atol + rtol * |b|` for every pair; infinities only equal themselves. */
export function arraysClose(
  dtypeA: DType,
  a: Storage,
  dtypeB: DType,
  b: Storage,
  options: CloseOptions,
): boolean {
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
  const [left, right] = [readable(dtypeA, a), readable(dtypeB, b)];
  for (let i = 0; i < left.length; i++) {
    const x = left[i];
    const y = right[i];
    if (equalNumbers(x, y)) continue;
    if (x !== x || y !== y) {
      if (equalNan && x !== x && y !== y) continue;
      return false;
    }
    const [p, q] = [Number(x), Number(y)];
    // The difference of big integers is exact before it is rounded.
    const gap =
      typeof x === 'bigint' && typeof y === 'bigint' ? Math.abs(Number(x - y)) : Math.abs(p - q);
    // An infinite bound would accept anything beside an infinite operand.
    if (!Number.isFinite(q) || !(gap <= atol + rtol * Math.abs(q))) return false;
  }
  return true;
}
