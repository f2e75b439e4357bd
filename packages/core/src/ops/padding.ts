/** Constant borders around the last axes of a tensor. */
import { scalarConstant } from '../graph/constant.js';
import type { TensorVariable } from '../graph/variable.js';
import { full } from './alloc.js';
import { sub } from './arithmetic.js';
import { shapeOf, sizesOf } from './shape.js';
import { addSizes, knownSize } from './size-arithmetic.js';
import { assignSubtensor, slice, subtensor, type Slice } from './subtensor.js';

/** Cells before and after an axis: int64 scalars. */
export type Border = readonly [TensorVariable, TensorVariable];

const whole: Slice = {};
const isZero = (size: TensorVariable): boolean => knownSize(size) === 0;
const isNone = ([before, after]: Border): boolean => isZero(before) && isZero(after);

/** `x` with borders of `value`, a scalar of its dtype unless a number, around its last axes. */
export function withBorders(
  x: TensorVariable,
  borders: readonly Border[],
  value: TensorVariable | number,
): TensorVariable {
  if (borders.every(isNone)) return x;
  const sizes = sizesOf(x);
  const lead = sizes.length - borders.length;
  const padded = sizes.map((size, axis) => {
    if (axis < lead) return size;
    const [before, after] = borders[axis - lead];
    return addSizes(addSizes(before, size), after);
  });
  const inner = sizes.map((size, axis): Slice => {
    if (axis < lead || isNone(borders[axis - lead])) return whole;
    const [before] = borders[axis - lead];
    return { start: before, stop: addSizes(before, size) };
  });
  const filling = typeof value === 'number' ? scalarConstant(value, x.dtype) : value;
  return assignSubtensor(full(padded, filling, x.dtype), inner, x, 'set');
}

/** What lies within the borders of `x`. */
export function withoutBorders(x: TensorVariable, borders: readonly Border[]): TensorVariable {
  if (borders.every(isNone)) return x;
  const lead = x.type.rank - borders.length;
  return subtensor(x, [
    ...Array.from({ length: lead }, () => whole),
    ...borders.map((border, k): Slice => {
      if (isNone(border)) return whole;
      const [before, after] = border;
      return slice(before, sub(shapeOf(x, lead + k), after), 1);
    }),
  ]);
}
