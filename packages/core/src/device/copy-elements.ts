/** Copies elements between arrays of one dtype and shape, whatever their strides. */
import type { NDArray } from '../types/ndarray.js';
import type { Storage } from '../types/dtype.js';

/** @internal */
export function copyElements(from: NDArray, to: NDArray): void {
  const rank = from.shape.length;
  copyAxis(from, to, 0, rank, from.offset, to.offset);
}

function copyAxis(
  from: NDArray,
  to: NDArray,
  axis: number,
  rank: number,
  source: number,
  target: number,
): void {
  const out = to.data as { [index: number]: Storage[number] };
  if (axis === rank) {
    out[target] = from.data[source];
    return;
  }
  const [s, t] = [from.strides[axis], to.strides[axis]];
  const n = from.shape[axis];
  if (axis < rank - 1) {
    for (let i = 0; i < n; i++) copyAxis(from, to, axis + 1, rank, source + i * s, target + i * t);
    return;
  }
  if (s === 1 && t === 1) {
    (to.data as { set(from: Storage, at: number): void }).set(
      from.data.subarray(source, source + n),
      target,
    );
    return;
  }
  for (let i = 0; i < n; i++) out[target + i * t] = from.data[source + i * s];
}
