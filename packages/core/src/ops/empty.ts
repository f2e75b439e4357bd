/** empty: a tensor whose elements nobody has written yet. */
import { config } from '../config/config.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import type { DType } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import { TensorType } from '../types/tensor-type.js';
import type { TensorLike } from './as-variable.js';
import { numbersOf, requiredSizes, staticSizes } from './given-sizes.js';
import { asSizes } from './shape.js';

function emptyOp(dtype: DType): Op {
  return defineOp({
    name: 'empty',
    props: { dtype },
    types: (sizes) => [new TensorType(dtype, staticSizes(sizes))],
    shapes: (algebra, _shapes, node) => [requiredSizes(algebra, 'empty', node.inputs)],
    perform: (sizes) => [NDArray.zeros(numbersOf(sizes), dtype)],
    pullback: (node) => node.inputs.map(() => null),
    // What is read of it before it is written is 0; a scatter into it writes nothing first.
    lower: { kind: 'expression', sizesFrom: 0, build: (scope) => scope.constant(dtype, 0) },
  });
}

/** A tensor of the given sizes with any elements: for parts of it to be set. @throws ShapeError */
export function empty(sizes: readonly TensorLike[], dtype: DType = config.floatX): TensorVariable {
  return apply1(emptyOp(dtype), asSizes('empty', sizes));
}
