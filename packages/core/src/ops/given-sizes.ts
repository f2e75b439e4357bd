/** Sizes that an op is given as int64 scalars: in its type, in its shape rule, and in its reference. */
import { Constant } from '../graph/constant.js';
import type { SizeAlgebra } from '../graph/op.js';
import type { TensorVariable } from '../graph/variable.js';
import type { NDArray } from '../types/ndarray.js';

/** What is known of them; null where that is nothing. */
export const staticSizes = (sizes: readonly TensorVariable[]): (number | null)[] =>
  sizes.map((size) => (size instanceof Constant ? Number(size.scalar) : null));

/** Their values, required to be at least 0; where they cannot be less nothing is said. */
export function requiredSizes<S>(
  algebra: SizeAlgebra<S>,
  op: string,
  sizes: readonly TensorVariable[],
): S[] {
  const zero = algebra.const(0);
  return sizes.map((variable, axis) => {
    const size = algebra.valueOf(variable);
    const text = `[${op}] expected a size of at least 0 on axis ${axis}, got {a}`;
    return algebra.requireEqual(size, algebra.binary('max', size, zero), text);
  });
}

export const numbersOf = (sizes: readonly NDArray[]): number[] =>
  sizes.map((size) => Number(size.item()));
