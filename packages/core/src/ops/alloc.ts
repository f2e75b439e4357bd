/** alloc: a value stretched over a shape; and what is made of it: full, zeros, ones, zerosLike. */
import { config } from '../config/config.js';
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import { defineOp } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { isFloat, type DType } from '../types/dtype.js';
import { TensorType } from '../types/tensor-type.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { numbersOf, requiredSizes, staticSizes } from './given-sizes.js';
import { sumTo } from './reduce.js';
import { asSizes, sizesOf } from './shape.js';

const allocOp = defineOp({
  name: 'alloc',
  props: {},
  types: ([value, ...sizes]) => [new TensorType(value.dtype, staticSizes(sizes))],
  shapes: (algebra, [valueShape], node) => {
    const [value, ...sizes] = node.inputs;
    const result = requiredSizes(algebra, 'alloc', sizes);
    const lead = sizes.length - value.type.rank;
    valueShape.forEach((size, axis) => {
      if (value.type.broadcasts(axis)) return;
      const text = `[alloc] expected size {a} on axis ${axis + lead}, got {b} (${value.toString()})`;
      result[axis + lead] = algebra.requireEqual(result[axis + lead], size, text);
    });
    return [result];
  },
  perform: ([value, ...sizes], node) => {
    const shape = numbersOf(sizes);
    const lead = shape.length - value.rank;
    node.inputs[0].type.shape.forEach((n, axis) => {
      if (n !== 1 && value.shape[axis] !== shape[axis + lead]) {
        throw new ShapeError(
          `[alloc] expected size ${shape[axis + lead]} on axis ${axis + lead}, got ${value.shape[axis]}`,
        );
      }
    });
    return [value.broadcastTo(shape).copy()];
  },
  pullback: ({ inputs: [value, ...sizes] }, [g]) => [
    g && sumTo(g, value),
    ...sizes.map(() => null),
  ],
  lower: {
    kind: 'index',
    gathers: false,
    sizesFrom: 1,
    map: (_scope, node, point) => point.slice(point.length - node.inputs[0].type.rank),
  },
});

/** `value` broadcast to `sizes` (numbers or integer scalars); only its static-1 and missing axes stretch. @throws ShapeError */
export function broadcastTo(value: TensorLike, sizes: readonly TensorLike[]): TensorVariable {
  const v = asVariable(value);
  if (sizes.length < v.type.rank) {
    throw new ShapeError(`[alloc] expected at least ${v.type.rank} sizes, got ${sizes.length}`);
  }
  if (sizes.length === 0) return v;
  return apply1(allocOp, [v, ...asSizes('alloc', sizes)]);
}

/** A tensor of the given sizes filled with `value`. */
export function full(
  sizes: readonly TensorLike[],
  value: TensorLike,
  dtype?: DType,
): TensorVariable {
  const v = asVariable(value, dtype ?? null);
  return broadcastTo(dtype === undefined ? v : cast(v, dtype), sizes);
}

export function zeros(sizes: readonly TensorLike[], dtype: DType = config.floatX): TensorVariable {
  return broadcastTo(scalarConstant(0, dtype), sizes);
}

export function ones(sizes: readonly TensorLike[], dtype: DType = config.floatX): TensorVariable {
  return broadcastTo(scalarConstant(1, dtype), sizes);
}

/** Zeros of the shape of `x`, by default of its dtype; the result is disconnected from `x`. */
export function zerosLike(x: TensorVariable, dtype?: DType): TensorVariable {
  return broadcastTo(scalarConstant(0, dtype ?? x.dtype), sizesOf(x));
}

/** Ones of the shape of `x`, by default of its dtype; the result is disconnected from `x`. */
export function onesLike(x: TensorVariable, dtype?: DType): TensorVariable {
  return broadcastTo(scalarConstant(1, dtype ?? x.dtype), sizesOf(x));
}

/** `value` everywhere, in the shape of `x` and by default its dtype; disconnected from `x`. */
export function fullLike(x: TensorVariable, value: TensorLike, dtype?: DType): TensorVariable {
  const v = asVariable(value);
  if (v.type.rank > x.type.rank)
    throw new ShapeError(
      `[fullLike] expected a value of rank ${x.type.rank} at most, got ${v.type.key} (${v.toString()})`,
    );
  return full(sizesOf(x), value, dtype ?? x.dtype);
}

/** The dtype a gradient of `x` has: its own where float, else floatX. */
export function gradientDType(x: TensorVariable): DType {
  return isFloat(x.dtype) ? x.dtype : config.floatX;
}
