/** Sorting along the last axis, in the reference: stable, NaN last. */
import { isFloat, type Storage } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import type { ReferenceRoutine } from './routine.js';
import { forEachRow } from './rows.js';

type Element = number | bigint;

const isNaN = (x: Element): boolean => x !== x;

/** Ascending, -0 equal to 0; NaN after everything else. */
function compare(a: Element, b: Element): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(isNaN(a)) - Number(isNaN(b));
}

/** Positions within its row of the elements in ascending order, row after row. */
function positions(x: NDArray): Float64Array {
  const values: ArrayLike<Element> = isFloat(x.dtype) ? x.astype('float64').data : x.data;
  const order = new Float64Array(x.size);
  forEachRow(x, (start, length) => {
    const row = order.subarray(start, start + length);
    row.forEach((_, i) => (row[i] = i));
    row.sort((i, j) => compare(values[start + i], values[start + j]) || i - j);
  });
  return order;
}

export const argsort: ReferenceRoutine = ([x]) => {
  const order = positions(x);
  return [new NDArray('int64', BigInt64Array.from(order, BigInt), x.shape)];
};

export const sort: ReferenceRoutine = ([x]) => {
  const order = positions(x);
  const data: Storage = x.data.slice();
  forEachRow(x, (start, length) => {
    for (let i = 0; i < length; i++) data[start + i] = x.data[start + order[start + i]];
  });
  return [new NDArray(x.dtype, data, x.shape)];
};

export const searchsorted: ReferenceRoutine = ([x, v], [behind]) => {
  const elements = (y: NDArray): ArrayLike<Element> =>
    isFloat(y.dtype) ? y.astype('float64').data : y.data;
  const [values, wanted] = [elements(x), elements(v)];
  const places = BigInt64Array.from({ length: v.size }, (_, i) => {
    let [low, high] = [0, x.size];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(values[middle], wanted[i]) < behind) low = middle + 1;
      else high = middle;
    }
    return BigInt(low);
  });
  return [new NDArray('int64', places, v.shape)];
};
