/** empty: a tensor whose elements nobody has written yet. */
import { config } from '../config/config.js';
import { Constant } from '../graph/constant.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import type { DType } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import { TensorType } from '../types/tensor-type.js';
import type { TensorLike } from './as-variable.js';
import { asSizes, requireSizes } from './shape.js';

function emptyOp(dtype: DType): Op {
  return defineOp({
    name: 'empty',
    props: { dtype },
    types: (sizes) => [
      new TensorType(
        dtype,
        sizes.map((size) => (size instanceof Constant ? Number(size.scalar) : null)),
      ),
    ],
    shapes: (algebra, _shapes, node) => [
      requireSizes(
        algebra,
        'empty',
        node.inputs.map((size) => algebra.valueOf(size)),
      ),
    ],
    perform: (sizes) => [
      NDArray.zeros(
        sizes.map((size) => Number(size.item())),
        dtype,
      ),
    ],
    pullback: (node) => node.inputs.map(() => null),
    // What is read of it before it is written is 0; a scatter into it writes nothing first.
    lower: { kind: 'expression', sizesFrom: 0, build: (scope) => scope.constant(dtype, 0) },
  });
}

/** A tensor of the given sizes with any elements: for parts of it to be set. @throws ShapeError */
export function empty(sizes: readonly TensorLike[], dtype: DType = config.floatX): TensorVariable {
  return apply1(emptyOp(dtype), asSizes('empty', sizes));
}
