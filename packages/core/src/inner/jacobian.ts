/** Whole Jacobians and Hessians, row by row: a loop of as many vector-Jacobian products as there are rows. */
import { TensorVariable } from '../graph/variable.js';
import { grad, type GradientOf, type GradOptions } from '../grad/grad.js';
import { listed, Rop } from '../grad/rop.js';
import { at } from '../ops/advanced-index.js';
import type { TensorLike } from '../ops/as-variable.js';
import { flatten, reshape } from '../ops/reshape.js';
import { sizesOf, shapeOf } from '../ops/shape.js';
import type { FloatOf } from '../tensor/dtype-types.js';
import type { DType } from '../types/dtype.js';
import { mapRows } from './map-rows.js';

type Variables = readonly TensorVariable[];

/** Rank of an output's Jacobian: the sum of both ranks. */
interface SumRank {
  0: { 0: 0; 1: 1; 2: 2; 3: 3; 4: 4; [rank: number]: number };
  1: { 0: 1; 1: 2; 2: 3; 3: 4; 4: 5; [rank: number]: number };
  2: { 0: 2; 1: 3; 2: 4; 3: 5; 4: 6; [rank: number]: number };
  3: { 0: 3; 1: 4; 2: 5; 3: 6; 4: 7; [rank: number]: number };
  4: { 0: 4; 1: 5; 2: 6; 3: 7; 4: 8; [rank: number]: number };
  [rank: number]: { [rank: number]: number };
}

/** Type of a Jacobian: axes of the output, then those of the variable. */
export type JacobianOf<E, V> =
  E extends TensorVariable<DType, infer P>
    ? V extends TensorVariable<infer D, infer R>
      ? TensorVariable<FloatOf<D>, SumRank[P][R]>
      : never
    : never;
type JacobiansOf<E, W> = W extends Variables
  ? { -readonly [K in keyof W]: JacobianOf<E, W[K]> }
  : JacobianOf<E, W>;

export type JacobianOptions = Pick<GradOptions, 'considerConstant' | 'disconnectedInputs'>;

/**
 * All derivatives of `expression`, of any rank, by `wrt`: the axes of `expression`, then those of `wrt`.
 * Sizes may be symbolic. One row is computed at a time; what rows share is computed once.
 * @throws GradError, DisconnectedInputError as `grad`
 */
export function jacobian<E extends TensorVariable, const W extends TensorVariable | Variables>(
  expression: E,
  wrt: W,
  options: JacobianOptions = {},
): JacobiansOf<E, W> {
  const variables = listed<TensorVariable>(wrt);
  const results = rowsOf(expression, variables, options);
  return (wrt instanceof TensorVariable ? results[0] : results) as JacobiansOf<E, W>;
}

function rowsOf(
  expression: TensorVariable,
  wrt: Variables,
  options: JacobianOptions,
): TensorVariable[] {
  if (expression.type.rank === 0) return grad(expression, wrt, options);
  const elements = flatten(expression);
  const rows = mapRows(shapeOf(elements, 0), (i) => grad(at(elements, i), wrt, options));
  if (expression.type.rank === 1) return rows;
  return rows.map((row, k) => reshape(row, [...sizesOf(expression), ...sizesOf(wrt[k])]));
}

/** Type of a Hessian: axes of the variable, twice. */
export type HessianOf<V> = JacobianOf<V, V>;
type HessiansOf<W> = W extends Variables
  ? { -readonly [K in keyof W]: HessianOf<W[K]> }
  : HessianOf<W>;

/**
 * Second derivatives of a scalar `cost` by `wrt`: the axes of `wrt`, twice. Of a list, one for each
 * variable by itself.
 * @throws GradError, DisconnectedInputError as `grad`
 */
export function hessian<const W extends TensorVariable | Variables>(
  cost: TensorVariable,
  wrt: W,
  options: JacobianOptions = {},
): HessiansOf<W> {
  const variables = listed<TensorVariable>(wrt);
  const gradients = grad(cost, variables, options);
  // A gradient may be constant: its derivative is then zero, and no mistake.
  const results = variables.map((v, k) =>
    jacobian<TensorVariable, TensorVariable>(gradients[k], v, {
      ...options,
      disconnectedInputs: 'ignore',
    }),
  );
  return (wrt instanceof TensorVariable ? results[0] : results) as HessiansOf<W>;
}

type GradientsOf<W> = W extends Variables
  ? { -readonly [K in keyof W]: GradientOf<W[K]> }
  : GradientOf<W>;
type LikeOf<W> = W extends Variables ? readonly TensorLike[] : TensorLike;

/**
 * The Hessian of a scalar `cost` by `wrt`, times `vectors` (one for each of `wrt`, of its shape), without
 * building it: the gradient is pushed forward along them. Of a list, over all pairs of variables.
 * @throws GradError, DisconnectedInputError as `grad`
 */
export function hessianVectorProduct<const W extends TensorVariable | Variables>(
  cost: TensorVariable,
  wrt: W,
  vectors: LikeOf<W>,
  options: JacobianOptions = {},
): GradientsOf<W> {
  const variables = listed<TensorVariable>(wrt);
  const along = wrt instanceof TensorVariable ? [vectors] : vectors;
  const gradients = grad(cost, variables, options);
  const results = Rop(gradients, variables, along as readonly TensorLike[], {
    disconnectedOutputs: 'ignore',
  });
  return (wrt instanceof TensorVariable ? results[0] : results) as GradientsOf<W>;
}
