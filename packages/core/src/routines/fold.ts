/** The transpose of taking windows, in the reference. */
import type { Storage } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import type { ReferenceRoutine } from './routine.js';

const product = (lengths: readonly number[]): number => lengths.reduce((a, b) => a * b, 1);

/** Lengths of the last three axes, missing ones 1. */
function three(lengths: readonly number[]): readonly number[] {
  return [...lengths, 1, 1].slice(0, 3);
}

/** Calls `visit` with every place of three axes, and its number in order. */
function forEachPlace(
  [a, b, c]: readonly number[],
  visit: (place: readonly [number, number, number], number: number) => void,
): void {
  let number = 0;
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++) for (let k = 0; k < c; k++) visit([i, j, k], number++);
}

export const fold: ReferenceRoutine = ([g], [spatial, between, ...params]) => {
  const [lengths, strides, dilations] = [0, 3, 6].map((at) => params.slice(at, at + 3));
  const at = g.rank - 2 * spatial - between;
  const lead = g.shape.slice(0, at);
  const inner = g.shape.slice(at + spatial, at + spatial + between);
  const places = three(g.shape.slice(at, at + spatial));
  const windows = three(g.shape.slice(at + spatial + between));
  const [outer, middle, window] = [product(lead), product(inner), product(windows)];
  const area = product(lengths);
  const y = NDArray.zeros([...lead, ...inner, ...lengths.slice(0, spatial)], g.dtype);
  const data = y.data as { [index: number]: number };
  const values = g.data as { [index: number]: number };
  for (let a = 0; a < outer; a++) {
    for (let b = 0; b < middle; b++) {
      const to = (a * middle + b) * area;
      forEachPlace(places, (k, place) => {
        const from = ((a * product(places) + place) * middle + b) * window;
        forEachPlace(windows, (o, number) => {
          const [p, q, r] = o.map((i, axis) => i * strides[axis] + k[axis] * dilations[axis]);
          // Also of bigints.
          data[to + (p * lengths[1] + q) * lengths[2] + r] += values[from + number];
        });
      });
    }
  }
  return [y as NDArray<NDArray['dtype']> satisfies { readonly data: Storage }];
};
