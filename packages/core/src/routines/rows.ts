/** The rows of contiguous arrays: their last axis, one after the other. */
import type { NDArray } from '../types/ndarray.js';

/** Calls `visit` with the position of each row's first element and the rows' length. */
export function forEachRow(
  { shape, rank }: NDArray,
  visit: (start: number, length: number) => void,
): void {
  const length = rank === 0 ? 1 : shape[rank - 1];
  const count = rank === 0 ? 1 : shape.slice(0, -1).reduce((a, b) => a * b, 1);
  for (let row = 0; row < count; row++) visit(row * length, length);
}
