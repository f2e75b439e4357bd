/** Products of elements. Their gradients divide by no factor, so they are right among zeros, to any order. */
import { scalarConstant } from '../graph/constant.js';
import type { TensorVariable } from '../graph/variable.js';
import { mul, trueDiv } from './arithmetic.js';
import { productsOfOthers } from './cumulative.js';
import { dimshuffle } from './dimshuffle.js';
import {
  accumulating,
  keepAxes,
  reduction,
  wide,
  type Accumulation,
  type ReduceOptions,
  type ReductionDefinition,
} from './reduce.js';
import { reshape } from './reshape.js';
import { sizesOf } from './shape.js';

const prodDefinition: ReductionDefinition = {
  name: 'prod',
  reduce: 'prod',
  result: wide,
  needsElements: false,
  pullback:
    (axes) =>
    ({ inputs: [x] }, [g]) => [
      g && mul(keepAxes(g, axes, x.type.rank), asOneLine(x, axes, productsOfOthers)),
    ],
};

/** `apply` of `x` with the given axes as one, the last. */
function asOneLine(
  x: TensorVariable,
  axes: readonly number[],
  apply: (lines: TensorVariable) => TensorVariable,
): TensorVariable {
  const kept = x.type.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const arranged = dimshuffle(x, order);
  const sizes = sizesOf(arranged);
  const length = sizes.slice(kept.length).reduce((a, b) => mul(a, b), scalarConstant(1, 'int64'));
  const lines = apply(reshape(arranged, [...sizes.slice(0, kept.length), length]));
  return dimshuffle(
    reshape(lines, sizes),
    order.map((_, axis) => order.indexOf(axis)),
  );
}

const plainProd = reduction(prodDefinition);
/** Its gradient divides by the factors. */
const prodOfNonzero = reduction({
  ...prodDefinition,
  name: 'prod_nonzero',
  pullback:
    (axes) =>
    ({ inputs: [x], outputs: [y] }, [g]) => [
      g && trueDiv(keepAxes(mul(g, y), axes, x.type.rank), x),
    ],
});

export interface ProdOptions extends ReduceOptions, Accumulation {
  /** A promise that no factor is 0, for a simpler gradient. */
  readonly noZerosInInput?: boolean;
}

export const prod = Object.assign(
  accumulating<ProdOptions>('prod', wide, (x, axes, options) =>
    (options.noZerosInInput === true ? prodOfNonzero : plainProd)(x, axes, options),
  ),
  { on: plainProd.on },
);
