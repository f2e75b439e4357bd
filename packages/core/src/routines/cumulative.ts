/** Running sums, products and extremes along the last axis, in the reference. Floats are rounded when stored. */
import { isBig, isFloat, wrapScalar } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import type { ReferenceRoutine } from './routine.js';
import { forEachRow } from './rows.js';

function running(
  start: 0 | 1,
  float: (a: number, x: number) => number,
  integer: (a: bigint, x: bigint) => bigint,
): ReferenceRoutine {
  return ([x]) => {
    if (isFloat(x.dtype)) {
      const y = x.astype('float64').copy();
      forEachRow(x, (from, length) => {
        let sum: number = start;
        for (let i = from; i < from + length; i++) y.data[i] = sum = float(sum, y.data[i]);
      });
      return [y.astype(x.dtype)];
    }
    const data = x.data.slice() as { [index: number]: number | bigint };
    forEachRow(x, (from, length) => {
      let sum = BigInt(start);
      for (let i = from; i < from + length; i++) {
        sum = BigInt(wrapScalar(x.dtype, integer(sum, BigInt(data[i]))));
        data[i] = isBig(x.dtype) ? sum : Number(sum);
      }
    });
    return [new NDArray(x.dtype, data as NDArray['data'], x.shape)];
  };
}

export const cumsum = running(
  0,
  (a, x) => a + x,
  (a, x) => a + x,
);
export const cumprod = running(
  1,
  (a, x) => a * x,
  (a, x) => a * x,
);

export const cumargmax: ReferenceRoutine = ([x], [isLeast]) => {
  const values = (isFloat(x.dtype) ? x.astype('float64').data : x.data) as {
    readonly [index: number]: number | bigint;
  };
  const places = new BigInt64Array(x.size);
  forEachRow(x, (from, length) => {
    let best = from;
    for (let i = from; i < from + length; i++) {
      const [value, most] = [values[i], values[best]];
      // NaN is before everything, and after nothing.
      const isBetter = isLeast === 1 ? !(value >= most) : !(value <= most);
      if (isBetter && !Number.isNaN(most)) best = i;
      places[i] = BigInt(best - from);
    }
  });
  return [NDArray.view(places, x.shape)];
};

export const recurrence: ReferenceRoutine = ([a, b], [fromEnd]) => {
  const factors = a.astype('float64').data;
  const y = b.astype('float64').copy();
  forEachRow(b, (from, length) => {
    const [first, step] = fromEnd === 1 ? [from + length - 1, -1] : [from, 1];
    for (let i = 1; i < length; i++) {
      const at = first + step * i;
      y.data[at] += Number(factors[at]) * y.data[at - step];
    }
  });
  return [y.astype(b.dtype)];
};
