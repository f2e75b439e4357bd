/** Sizes as plain numbers: shape rules for the reference implementations. */
import { AssertError, IndexRangeError, ShapeError } from '../errors.js';
import { sizeOperations, withSizes } from '../graph/known-sizes.js';
import type { SizeAlgebra } from '../graph/op.js';

/** Values of variables are not at hand here: bounds are passed as sizes. */
export const numberSizes: SizeAlgebra<number> = {
  const: (value) => value,
  binary: (op, a, b) => sizeOperations[op](a, b),
  select: (cond, a, b) => (cond !== 0 ? a : b),
  valueOf(variable) {
    throw new ShapeError(`[shape] expected a size for ${variable.toString()}, got a variable`);
  },
  requireEqual(a, b, text) {
    if (a !== b) throw new ShapeError(withSizes(text, a, b));
    return a;
  },
  requireAtMost(a, b, text, error = 'shape') {
    if (a <= b) return;
    const errors = { shape: ShapeError, index: IndexRangeError, assert: AssertError };
    throw new errors[error](withSizes(text, a, b));
  },
};
