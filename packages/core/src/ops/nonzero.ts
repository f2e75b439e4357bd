/** nonzero: positions of the elements that are not 0. Its length is known only once it has run: a late size. */
import { ShapeError } from '../errors.js';
import { defineOp } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { NDArray } from '../types/ndarray.js';
import { tensorType } from '../types/tensor-type.js';
import { intDiv, mod } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { shapeOf } from './shape.js';

const flatNonzeroOp = defineOp({
  name: 'flat_nonzero',
  props: {},
  types: () => [tensorType('int64', 1)],
  shapes: () => [null],
  perform: ([x]) => {
    const { data } = x.astype('bool');
    const found: bigint[] = [];
    for (let i = 0; i < data.length; i++) if (data[i] !== 0) found.push(BigInt(i));
    return [NDArray.view(BigInt64Array.from(found), [found.length])];
  },
  pullback: () => [null],
  lower: { kind: 'call', callee: 'nonzero' },
});

/** Positions, in row-major order, of the elements of the flattened `x` that are not 0; int64. */
export function flatNonzero(x: TensorLike): TensorVariable {
  return apply1(flatNonzeroOp, [asVariable(x)]);
}

/** One int64 vector an axis: the indices of the elements that are not 0, in row-major order. @throws ShapeError for a scalar */
export function nonzero(x: TensorLike): TensorVariable[] {
  const v = asVariable(x);
  if (v.type.rank === 0)
    throw new ShapeError(`[nonzero] expected a rank of at least 1, got ${v.type.key}`);
  const flat = flatNonzero(v);
  const indices: TensorVariable[] = [];
  let rest = flat;
  for (let axis = v.type.rank - 1; axis >= 0; axis--) {
    indices.unshift(axis === 0 ? rest : mod(rest, shapeOf(v, axis)));
    if (axis > 0) rest = intDiv(rest, shapeOf(v, axis));
  }
  return indices;
}
