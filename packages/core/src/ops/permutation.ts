/** Permutations given as integer vectors, and elements in their order. */
import { ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { broadcastTo } from './alloc.js';
import { arange } from './arange.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { padLeft } from './elementwise.js';
import { empty } from './empty.js';
import { sameSizes } from './same-sizes.js';
import { shapeOf, sizesOf } from './shape.js';
import { integers, putAlongAxis, take, takeAlongAxis } from './take.js';

/** The permutation that undoes one; of each line along the last axis. @throws ShapeError, IndexRangeError */
export function inversePermutation(permutation: TensorLike): TensorVariable {
  const v = integers('inversePermutation', permutation);
  if (v.type.rank === 0)
    throw new ShapeError('[inversePermutation] expected a rank of at least 1, got 0');
  const sizes = sizesOf(v);
  const order = broadcastTo(arange(shapeOf(v, -1)), sizes);
  return putAlongAxis(empty(sizes, 'int64'), v, order);
}

/**
 * `x` with the elements along its last axis in the order of a permutation, one for all lines or one for
 * each. @throws ShapeError, IndexRangeError
 */
export function permuteRowElements(
  x: TensorLike,
  permutation: TensorLike,
  inverse = false,
): TensorVariable {
  const v = asVariable(x);
  const op = 'permuteRowElements';
  const given = integers(op, permutation);
  for (const operand of [v, given]) {
    if (operand.type.rank === 0)
      throw new ShapeError(`[${op}] expected a rank of at least 1, got 0 (${operand.toString()})`);
  }
  const lines = given.type.shape.map((_, axis) =>
    axis === given.type.rank - 1 ? shapeOf(v, -1) : null,
  );
  const fitting = sameSizes(op, given, lines);
  const order = inverse ? inversePermutation(fitting) : fitting;
  return order.type.rank === 1
    ? take(v, order, -1)
    : takeAlongAxis(padLeft(v, order.type.rank), padLeft(order, v.type.rank), -1);
}
