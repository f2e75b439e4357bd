/** cast: change of dtype. Floats to integers truncate toward zero, to bool compare with 0. */
import { DTypeError } from '../errors.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { Constant, constant } from '../graph/constant.js';
import { dtypes, isFloat, type DType } from '../types/dtype.js';
import { gradientDType, zerosLike } from './alloc.js';

const castOps = new Map<DType, Op>();

/** @throws DTypeError for what is no dtype */
export function castOp(dtype: DType): Op {
  const known = castOps.get(dtype);
  if (known !== undefined) return known;
  if (!dtypes.includes(dtype))
    throw new DTypeError(`[cast] expected one of ${dtypes.join(', ')}, got ${String(dtype)}`);
  const op = defineOp({
    name: 'cast',
    props: { dtype },
    types: ([x]) => [x.type.withDType(dtype)],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([x]) => [x.astype(dtype)],
    // Through a discrete dtype the gradient is zero, yet connected; an integer input receives a float.
    pullback: ({ inputs: [x] }, [g]) => {
      if (g === null) return [null];
      if (!isFloat(dtype)) return [zerosLike(x, gradientDType(x))];
      return [isFloat(x.dtype) ? cast(g, x.dtype) : g];
    },
    lower: {
      kind: 'expression',
      build: (scope, node, point) => scope.scalar('cast', dtype, scope.at(node.inputs[0], point)),
    },
  });
  castOps.set(dtype, op);
  return op;
}

/** `x` as `dtype`; `x` itself when it is so already. */
export function cast(x: TensorVariable, dtype: DType): TensorVariable {
  if (x.dtype === dtype) return x;
  if (x instanceof Constant && x.type.rank === 0) return constant(x.data.astype(dtype));
  return apply1(castOp(dtype), [x]);
}
