/** Parts of arrays, for reference implementations. */
import type { NDArray } from '../types/ndarray.js';

/** A view of `length` elements along an axis. */
export function partOf(x: NDArray, axis: number, start: number, length: number): NDArray {
  const whole = Array.from({ length: axis }, () => null);
  return x.slice(...whole, { start, stop: start + length });
}

/** Copies `values` into the elements that `part` views. */
export function writeInto(part: NDArray, values: NDArray): void {
  const source = values.contiguous();
  const index = part.shape.map(() => 0);
  for (let i = 0; i < part.size; i++) {
    let at = part.offset;
    for (let axis = 0; axis < index.length; axis++) at += index[axis] * part.strides[axis];
    (part.data as { [k: number]: unknown })[at] = source.data[source.offset + i];
    for (let axis = index.length - 1; axis >= 0 && ++index[axis] === part.shape[axis]; axis--)
      index[axis] = 0;
  }
}
