/** arange: evenly spaced numbers; bounds may be symbolic, so its length may change with every call. */
import { ShapeError } from '../errors.js';
import { Constant } from '../graph/constant.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { isFloat, type DType } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import { promote } from '../types/promote.js';
import { mapElements } from '../types/strided.js';
import { TensorType } from '../types/tensor-type.js';
import { add, ceil, maximum, mul, sub, trueDiv } from './arithmetic.js';
import { asVariable, asVariables, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';

function arangeOp(dtype: DType): Op {
  return defineOp({
    name: 'arange',
    props: { dtype },
    types: ([start, stop, step]) => [
      new TensorType(dtype, [
        [start, stop, step].every((v) => v instanceof Constant)
          ? lengthOf(
              Number((start as Constant).scalar),
              Number((stop as Constant).scalar),
              Number((step as Constant).scalar),
            )
          : null,
      ]),
    ],
    shapes: (algebra, _shapes, node) => {
      const [start, stop, step] = node.inputs.map((input) => algebra.valueOf(input));
      const zero = algebra.const(0);
      // ⌈(stop - start) / step⌉, at least 0
      const steps = algebra.binary('floordiv', algebra.binary('sub', start, stop), step);
      return [[algebra.binary('max', zero, algebra.binary('sub', zero, steps))]];
    },
    perform: ([start, stop, step]) => {
      const [a, b, s] = [start, stop, step].map((v) => Number(v.item()));
      return [NDArray.arange(0, lengthOf(a, b, s), 1, 'int64')].map((at) =>
        mapElements(dtype, [at], at.shape, (i: bigint) => BigInt(a) + i * BigInt(s)),
      );
    },
    pullback: () => [null, null, null],
    lower: {
      kind: 'expression',
      sizesFrom: 0,
      build: (scope, node, [at]) => {
        const { sizes } = scope;
        const [start, , step] = node.inputs.map((input) => scope.sizeOf(input));
        const value =
          at.kind === 'affine'
            ? scope.coordinate({
                kind: 'affine',
                offset: sizes.add(start, sizes.mul(step, at.offset)),
                terms: at.terms.map(({ stride, axis }) => ({
                  stride: sizes.mul(step, stride),
                  axis,
                })),
              })
            : scope.scalar(
                'add',
                'int64',
                scope.size(start),
                scope.scalar('mul', 'int64', at.value, scope.size(step)),
              );
        return dtype === 'int64' ? value : scope.scalar('cast', dtype, value);
      },
    },
  });
}

function lengthOf(start: number, stop: number, step: number): number {
  return step === 0 ? 0 : Math.max(0, Math.ceil((stop - start) / step));
}

/** Of float bounds: start + i·step, as many as begin before stop by the quotient in float64. */
function floatRange([start, stop, step]: readonly TensorVariable[], dtype: DType): TensorVariable {
  const [a, b, s] = [start, stop, step].map((v) => cast(v, 'float64'));
  const count = cast(ceil(trueDiv(sub(b, a), s)), 'int64');
  const steps = cast(arange(maximum(count, 0)), 'float64');
  return cast(add(a, mul(steps, s)), dtype);
}

/**
 * The numbers start, start + step, … before stop; `arange(stop)` starts at 0. Of integers int64, or the
 * widest of the arguments' integer dtypes; of floats their common dtype; `dtype` may be given.
 * @throws ShapeError for a bound that is no number of rank 0, or a zero step
 */
export function arange(
  start: TensorLike,
  stop?: TensorLike,
  step: TensorLike = 1,
  dtype?: DType,
): TensorVariable {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const bounds = [from, to, step].map((bound) => asVariable(bound));
  for (const bound of bounds) {
    if (bound.type.rank !== 0 || bound.dtype === 'bool') {
      throw new ShapeError(
        `[arange] expected scalars that are numbers, got ${bound.type.key} (${bound.toString()})`,
      );
    }
  }
  if (bounds[2] instanceof Constant && Number(bounds[2].scalar) === 0)
    throw new ShapeError('[arange] expected a step other than 0, got 0');
  const widestOf = (list: readonly TensorVariable[]): DType =>
    list.map((bound): DType => bound.dtype).reduce(promote);
  if (bounds.some((bound) => isFloat(bound.dtype)))
    return floatRange(bounds, dtype ?? widestOf(asVariables([from, to, step])));
  const widest = widestOf(bounds);
  // Unsigned 64-bit bounds beside signed ones have no common integer.
  const result = dtype ?? (isFloat(widest) ? 'int64' : widest);
  return apply1(
    arangeOp(result),
    bounds.map((bound) => cast(bound, 'int64')),
  );
}
