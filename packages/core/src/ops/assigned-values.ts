/** What setting and adding into a part of a tensor asks of the values. */
import { DTypeError } from '../errors.js';
import type { SizeAlgebra } from '../graph/op.js';
import type { TensorVariable } from '../graph/variable.js';
import { canCastSameKind } from '../types/dtype.js';
import { asVariable, isLiteral, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';

/** Requires `values`, of shape `got`, to fit the part of shape `sizes` that they go to; static ones stretch. */
export function requirePart<S>(
  algebra: SizeAlgebra<S>,
  op: string,
  values: TensorVariable,
  got: readonly S[],
  sizes: readonly S[],
): void {
  sizes.forEach((size, axis) => {
    if (values.type.broadcasts(axis)) return;
    const text = `[${op}] expected size {a} on axis ${axis} of the new values, got {b} (${values.toString()})`;
    algebra.requireEqual(size, got[axis], text);
  });
}

/** `values` in the dtype of `x`, if they can be. @throws DTypeError for fractions into integers and the like */
export function valuesFor(op: string, x: TensorVariable, values: TensorLike): TensorVariable {
  const y = asVariable(values, x.dtype);
  const fits = isLiteral(values) ? y.dtype === x.dtype : canCastSameKind(y.dtype, x.dtype);
  if (!fits) {
    const got = isLiteral(values) ? String(values) : `${y.dtype} (${y.toString()})`;
    throw new DTypeError(
      `[${op}] expected values for ${x.dtype} (${x.toString()}), got ${got}: cast them first`,
    );
  }
  return cast(y, x.dtype);
}
