/** Reference reductions, element by element in row-major order. */
import { ShapeError } from '../errors.js';
import type { ReduceOp } from '../lower/scalar-op.js';
import { isBig, type DType } from '../types/dtype.js';
import type { NDArray } from '../types/ndarray.js';
import { reduceBlocks } from '../types/strided.js';

type Element = number | bigint;

/** Sums floats in float64 whatever the dtype: the oracle is at least as exact as any device. */
const folds: Record<
  Exclude<ReduceOp, 'argmax' | 'argmin'>,
  { start: Element; step: (a: Element, x: Element) => Element }
> = {
  sum: { start: 0, step: (a, x) => (a as number) + (x as number) },
  prod: { start: 1, step: (a, x) => (a as number) * (x as number) },
  max: { start: -Infinity, step: (a, x) => (a !== a || x > a || x !== x ? (a !== a ? a : x) : a) },
  min: { start: Infinity, step: (a, x) => (a !== a || x < a || x !== x ? (a !== a ? a : x) : a) },
  and: { start: 1, step: (a, x) => (a && x ? 1 : 0) },
  or: { start: 0, step: (a, x) => (a || x ? 1 : 0) },
};

function firstExtreme(
  values: readonly Element[],
  better: (a: Element, b: Element) => boolean,
): number {
  let best = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== values[i]) return i;
    if (better(values[i], values[best])) best = i;
  }
  return best;
}

/** @throws ShapeError for no elements where the reduction has no neutral element */
export function performReduction(
  name: string,
  op: ReduceOp,
  x: NDArray,
  axes: readonly number[],
  dtype: DType,
  needsElements: boolean,
): NDArray {
  if (needsElements && axes.some((axis) => x.shape[axis] === 0)) {
    throw new ShapeError(
      `[${name}] expected at least one element on the reduced axes, got shape (${x.shape.join(', ')})`,
    );
  }
  return reduceBlocks(x, axes, false, dtype, (values: Element[]) => {
    if (op === 'argmax') return firstExtreme(values, (a, b) => a > b);
    if (op === 'argmin') return firstExtreme(values, (a, b) => a < b);
    const { start, step } = folds[op];
    const wide = isBig(dtype) && (op === 'sum' || op === 'prod');
    return values.map((v) => (wide ? BigInt(v) : v)).reduce(step, wide ? BigInt(start) : start);
  });
}
