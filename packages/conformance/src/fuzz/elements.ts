/** Elements of arrays, as numbers. */
import { isFloat, type NDArray } from '@tno/core';

/** The elements, row by row. */
export function flatNumbers(value: NDArray): number[] {
  const flat = (value.dtype === 'float16' ? value.astype('float32') : value).contiguous();
  return Array.from({ length: flat.size }, (_, k) => Number(flat.data[flat.offset + k]));
}

export function largest(value: NDArray): number {
  return flatNumbers(value).reduce((m, x) => Math.max(m, Math.abs(x)), 0);
}

/** The largest distance between elements; infinite where there are not as many. */
export function largestGap(a: NDArray, b: NDArray): number {
  if (a.size !== b.size) return Infinity;
  const others = flatNumbers(b);
  return flatNumbers(a).reduce(
    (most, x, k) => Math.max(most, x === others[k] ? 0 : Math.abs(x - others[k])),
    0,
  );
}

/** Whether the elements have so few bits that sums and products of some of them are exact. */
export function isGrid(value: NDArray): boolean {
  if (!isFloat(value.dtype)) return true;
  const [finest, most] = value.dtype === 'float16' ? [16, 4] : [64, 100];
  return flatNumbers(value).every((x) => Number.isInteger(x * finest) && Math.abs(x) <= most);
}
