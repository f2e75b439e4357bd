/** Spatial borders: constant cells around the last axes of a tensor. */
import { scalarConstant } from '../graph/constant.js';
import type { TensorVariable } from '../graph/variable.js';
import { full } from './alloc.js';
import { add, sub } from './arithmetic.js';
import { shapeOf, sizesOf } from './shape.js';
import { knownSize } from './size-arithmetic.js';
import { incSubtensor, slice, subtensor, type Slice } from './subtensor.js';

/** Cells before and after an axis: int64 scalars. */
export type Border = readonly [TensorVariable, TensorVariable];

const whole: Slice = {};
const isZero = (size: TensorVariable): boolean => knownSize(size) === 0;
const isNone = ([before, after]: Border): boolean => isZero(before) && isZero(after);

function inner(
  x: TensorVariable,
  borders: readonly Border[],
  lengths: readonly TensorVariable[],
): Slice[] {
  const lead = x.type.rank - borders.length;
  return [
    ...Array.from({ length: lead }, () => whole),
    ...borders.map(([before, after], k) =>
      isNone([before, after]) ? whole : slice(before, add(before, lengths[k]), 1),
    ),
  ];
}

/** `x` with borders of `value` around its last axes. */
export function withBorders(
  x: TensorVariable,
  borders: readonly Border[],
  value: number,
): TensorVariable {
  if (borders.every(isNone)) return x;
  const sizes = sizesOf(x);
  const lead = sizes.length - borders.length;
  const lengths = sizes.slice(lead);
  const padded = borders.map(([before, after], k) =>
    isNone([before, after]) ? lengths[k] : add(add(lengths[k], before), after),
  );
  const frame = full([...sizes.slice(0, lead), ...padded], scalarConstant(value, x.dtype));
  return incSubtensor(frame, inner(x, borders, lengths), x, 'set');
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
