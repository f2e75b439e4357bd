/** Sizes as plain numbers: shape rules for the reference implementations. */
import { AssertError, IndexRangeError, ShapeError } from '../errors.js';
import type { SizeAlgebra } from '../graph/op.js';
import type { SizeBinary } from '../lower/program.js';

const operations: Readonly<Record<SizeBinary, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  floordiv: (a, b) => (b === 0 ? 0 : Math.floor(a / b)),
  mod: (a, b) => (b === 0 ? 0 : a - b * Math.floor(a / b)),
  min: Math.min,
  max: Math.max,
  eq: (a, b) => Number(a === b),
  lt: (a, b) => Number(a < b),
};

const withSizes = (text: string, a: number, b: number): string =>
  text.replace('{a}', String(a)).replace('{b}', String(b));

/** Values of variables are not at hand here: bounds are passed as sizes. */
export const numberSizes: SizeAlgebra<number> = {
  const: (value) => value,
  binary: (op, a, b) => operations[op](a, b),
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
