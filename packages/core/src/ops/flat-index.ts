/** Positions in a flattened tensor from indices of its axes, and back. */
import { ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, intDiv, mod, mul } from './arithmetic.js';
import { type TensorLike } from './as-variable.js';
import { broadcastArrays } from './broadcast.js';
import { lt, switchOp } from './compare.js';
import { guardIndex } from './guard-index.js';
import { asSizes } from './shape.js';
import { multiplySizes } from './size-arithmetic.js';
import { inRange, integers, type RangeMode } from './take.js';

/** Counted from the start; the call fails where it is out of range. */
export function fromStart(index: TensorVariable, size: TensorVariable): TensorVariable {
  return guardIndex(switchOp(lt(index, 0), add(index, size), index), index, size);
}

/**
 * Positions, in row-major order, of the elements that one integer tensor an axis names; negative ones
 * count from the end. @throws ShapeError, IndexRangeError
 */
export function ravelMultiIndex(
  indices: readonly TensorLike[],
  sizes: readonly TensorLike[],
  mode: RangeMode = 'raise',
): TensorVariable {
  if (indices.length !== sizes.length || sizes.length === 0) {
    throw new ShapeError(
      `[ravelMultiIndex] expected an index for each of ${sizes.length} sizes, got ${indices.length}`,
    );
  }
  const given = asSizes('ravelMultiIndex', sizes);
  const aligned = broadcastArrays(...indices.map((index) => integers('ravelMultiIndex', index)));
  return aligned
    .map((index, axis) =>
      mode === 'raise' ? fromStart(index, given[axis]) : inRange(index, given[axis], mode),
    )
    .reduce((position, index, axis) => add(mul(position, given[axis]), index));
}

/**
 * The index of each axis, one tensor each, of elements at positions in row-major order; negative ones
 * count from the end. @throws IndexRangeError
 */
export function unravelIndex(
  positions: TensorLike,
  sizes: readonly TensorLike[],
): TensorVariable[] {
  const given = asSizes('unravelIndex', sizes);
  if (given.length === 0)
    throw new ShapeError('[unravelIndex] expected at least one size, got none');
  const count = given.reduce((a, b) => multiplySizes(a, b));
  let rest = fromStart(integers('unravelIndex', positions), count);
  const indices: TensorVariable[] = [];
  for (let axis = given.length - 1; axis > 0; axis--) {
    indices.unshift(mod(rest, given[axis]));
    rest = intDiv(rest, given[axis]);
  }
  return [rest, ...indices];
}
