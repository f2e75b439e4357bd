/**
 * Reductions. Integer sums and products are taken in 64 bits; float32 accumulates in float32 over a
 * fixed tree (see codegen), float16 in float32. At ties of max/min the gradient is split evenly.
 */
import { DTypeError, ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import { defineOp, type Op, type Pullback } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import type { ReduceOp } from '../lower/scalar-op.js';
import { isFloat, isInt, isUnsigned, type DType } from '../types/dtype.js';
import { TensorType, normalizeAxes } from '../types/tensor-type.js';
import { broadcastTo } from './alloc.js';
import { mul, sub, trueDiv } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { eq, neq, switchOp } from './compare.js';
import { dimshuffle } from './dimshuffle.js';
import { inWiderFloat } from './floats.js';
import { performReduction } from './reduce-perform.js';
import { shapeOf, sizesOf } from './shape.js';

/** One axis, several, or all (null). */
export type Axes = number | readonly number[] | null;
export interface ReduceOptions {
  /** Keep the reduced axes with size 1, so that the result broadcasts against the operand. */
  readonly keepdims?: boolean;
}

/** In what a sum or product is taken. */
export interface Accumulation {
  /** Of the result; for integers and bool 64 bits wide, else that of the operand, unless given. */
  readonly dtype?: DType;
  /** In which elements are added or multiplied; that of the result unless given. Integers always in 64 bits. */
  readonly accDtype?: DType;
}

/** @internal */
export interface ReductionDefinition {
  readonly name: string;
  readonly reduce: ReduceOp;
  readonly result: (dtype: DType) => DType;
  /** An empty axis is an error: there is no neutral element. */
  readonly needsElements: boolean;
  readonly pullback: (axes: readonly number[]) => Pullback | 'not-differentiable';
}

type Reduction = ((x: TensorLike, axes?: Axes, options?: ReduceOptions) => TensorVariable) & {
  on: (x: TensorVariable, axes: readonly number[]) => TensorVariable;
};

/** Puts the reduced axes back as broadcast axes. */
export function keepAxes(
  reduced: TensorVariable,
  axes: readonly number[],
  rank: number,
): TensorVariable {
  let next = 0;
  return dimshuffle(
    reduced,
    Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 'x' : next++)),
  );
}

function reductionOp(definition: ReductionDefinition, axes: readonly number[]): Op {
  const { name, reduce } = definition;
  return defineOp({
    name,
    props: { axes },
    types: ([x]) => [
      new TensorType(
        definition.result(x.dtype),
        x.type.shape.filter((_, axis) => !axes.includes(axis)),
      ),
    ],
    shapes: (algebra, [shape]) => {
      if (definition.needsElements) {
        for (const axis of axes) {
          algebra.requireAtMost(
            algebra.const(1),
            shape[axis],
            `[${name}] expected at least one element on axis ${axis}, got {b}`,
          );
        }
      }
      return [shape.filter((_, axis) => !axes.includes(axis))];
    },
    perform: ([x], node) => [
      performReduction(name, reduce, x, axes, node.outputs[0].dtype, definition.needsElements),
    ],
    pullback: definition.pullback(axes),
    lower: { kind: 'reduce', op: reduce, axes },
  });
}

/** @internal The function of a reduction. */
export function reduction(definition: ReductionDefinition): Reduction {
  const on = (x: TensorVariable, axes: readonly number[]): TensorVariable =>
    apply1(reductionOp(definition, axes), [x]);
  const call = (x: TensorLike, axes: Axes = null, options: ReduceOptions = {}): TensorVariable => {
    const v = asVariable(x);
    const list = normalizeAxes(definition.name, axes, v.type.rank);
    const reduced =
      list.length === 0 &&
      v.dtype === definition.result(v.dtype) &&
      !definition.name.startsWith('arg')
        ? v
        : on(v, list);
    return options.keepdims === true ? keepAxes(reduced, list, v.type.rank) : reduced;
  };
  return Object.assign(call, { on });
}

/** @internal A reduction in the dtypes asked for. @throws DTypeError where floats would be summed as integers */
export function accumulating<Options extends ReduceOptions & Accumulation>(
  name: string,
  result: (dtype: DType) => DType,
  reduce: (x: TensorVariable, axes: Axes, options: Options) => TensorVariable,
): (x: TensorLike, axes?: Axes, options?: Options) => TensorVariable {
  return (x, axes = null, options = {} as Options) => {
    const v = asVariable(x);
    const { dtype = result(v.dtype), accDtype = dtype } = options;
    for (const wanted of [dtype, accDtype]) {
      if (!isFloat(v.dtype) || isFloat(wanted)) continue;
      throw new DTypeError(`[${name}] expected a float dtype for ${v.dtype}, got ${wanted}`, {
        hint: `convert first: .cast('${wanted}')`,
      });
    }
    return cast(reduce(cast(v, accDtype), axes, options), dtype);
  };
}

/** Integers and bool in 64 bits. */
export const wide = (dtype: DType): DType =>
  isUnsigned(dtype) ? 'uint64' : isInt(dtype) || dtype === 'bool' ? 'int64' : dtype;

const plainSum = reduction({
  name: 'sum',
  reduce: 'sum',
  result: wide,
  needsElements: false,
  pullback:
    (axes) =>
    ({ inputs: [x] }, [g]) => [g && broadcastTo(keepAxes(g, axes, x.type.rank), sizesOf(x))],
});

export const sum = Object.assign(
  accumulating<ReduceOptions & Accumulation>('sum', wide, plainSum),
  { on: plainSum.on },
);
/** Gradient of an extreme: shared evenly by the elements that attain it. */
const tiesPullback =
  (axes: readonly number[]): Pullback =>
  ({ inputs: [x], outputs: [y] }, [g]) => {
    if (g === null) return [null];
    const keep = (v: TensorVariable): TensorVariable => keepAxes(v, axes, x.type.rank);
    const hit = eq(x, keep(y));
    const share = trueDiv(g, cast(sum.on(hit, axes), g.dtype));
    return [switchOp(hit, broadcastTo(keep(share), sizesOf(x)), 0)];
  };

export const max = reduction({
  name: 'max',
  reduce: 'max',
  result: (d) => d,
  needsElements: true,
  pullback: tiesPullback,
});
/** `max` that gives the least value of its dtype over no elements: what sums of exponentials are taken relative to. */
export const maxOrLeast = reduction({
  name: 'max_or_least',
  reduce: 'max',
  result: (d) => d,
  needsElements: false,
  pullback: tiesPullback,
});
export const min = reduction({
  name: 'min',
  reduce: 'min',
  result: (d) => d,
  needsElements: true,
  pullback: tiesPullback,
});
/** Position of the first maximum (the first NaN if there is one); over several axes the flat position. */
export const argmax = reduction({
  name: 'argmax',
  reduce: 'argmax',
  result: () => 'int64',
  needsElements: true,
  pullback: () => 'not-differentiable',
});
/** Position of the first minimum (the first NaN if there is one); over several axes the flat position. */
export const argmin = reduction({
  name: 'argmin',
  reduce: 'argmin',
  result: () => 'int64',
  needsElements: true,
  pullback: () => 'not-differentiable',
});

const allBool = reduction({
  name: 'all',
  reduce: 'and',
  result: () => 'bool',
  needsElements: false,
  pullback: () => 'not-differentiable',
});
const anyBool = reduction({
  name: 'any',
  reduce: 'or',
  result: () => 'bool',
  needsElements: false,
  pullback: () => 'not-differentiable',
});

const asBool = (x: TensorLike): TensorVariable => {
  const v = asVariable(x);
  return v.dtype === 'bool' ? v : neq(v, 0);
};

export function all(x: TensorLike, axes: Axes = null, options: ReduceOptions = {}): TensorVariable {
  return allBool(asBool(x), axes, options);
}

export function any(x: TensorLike, axes: Axes = null, options: ReduceOptions = {}): TensorVariable {
  return anyBool(asBool(x), axes, options);
}

/** How many elements the axes span, as an int64 scalar. */
export function countOf(v: TensorVariable, axes: readonly number[]): TensorVariable {
  const one: TensorVariable = scalarConstant(1, 'int64');
  return axes.length === 0 ? one : axes.map((axis) => shapeOf(v, axis)).reduce((a, b) => mul(a, b));
}

/** Arithmetic mean; floatX for integers and bool; NaN over no elements. */
export function mean(
  x: TensorLike,
  axes: Axes = null,
  { keepdims = false, ...accumulation }: ReduceOptions & Accumulation = {},
): TensorVariable {
  const options = { keepdims };
  return inWiderFloat('mean', x, accumulation, (v) => {
    const list = normalizeAxes('mean', axes, v.type.rank);
    const total = sum(v, list, options);
    return list.length === 0 ? total : trueDiv(total, cast(countOf(v, list), v.dtype));
  });
}

/** The correction of a variance. */
export interface Correction {
  /** Divide by n - ddof; 0 unless given. */
  readonly ddof?: number;
}

/** Variance: the mean squared distance from the mean, over n - ddof. */
export function variance(
  x: TensorLike,
  axes: Axes = null,
  { keepdims = false, ddof = 0, ...accumulation }: ReduceOptions & Accumulation & Correction = {},
): TensorVariable {
  const options = { keepdims };
  return inWiderFloat('var', x, accumulation, (v) => {
    const list = normalizeAxes('var', axes, v.type.rank);
    const centred = sub(v, mean(v, list, { keepdims: true }));
    const squares = mul(centred, centred);
    if (ddof === 0) return mean(squares, list, options);
    return trueDiv(sum(squares, list, options), cast(sub(countOf(v, list), ddof), v.dtype));
  });
}

/** `g` summed over the axes that `x` was broadcast along, down to `x`'s rank. */
export function sumTo(g: TensorVariable, x: TensorVariable): TensorVariable {
  const lead = g.type.rank - x.type.rank;
  if (lead < 0)
    throw new ShapeError(
      `[grad] expected a cotangent of rank ${x.type.rank} for ${x.toString()}, got rank ${g.type.rank}`,
    );
  const axes: number[] = [];
  for (let axis = 0; axis < g.type.rank; axis++) {
    const stretched = axis >= lead && x.type.broadcasts(axis - lead) && !g.type.broadcasts(axis);
    if (axis < lead || stretched) axes.push(axis);
  }
  if (axes.length === 0) return g;
  const summed = sum.on(g, axes);
  let next = 0;
  return dimshuffle(
    summed,
    Array.from({ length: x.type.rank }, (_, axis) => (axes.includes(axis + lead) ? 'x' : next++)),
  );
}
