/**
 * The fluent methods of tensor variables, each a thin wrapper of the function of the same name, with the
 * result's dtype and rank inferred. `bindMethods` puts them on the class; the package entry calls it.
 */
import type { TensorLike } from '../ops/as-variable.js';
import { TensorVariable } from '../graph/variable.js';
import * as advanced from '../ops/advanced-index.js';
import type { Index } from '../ops/advanced-index.js';
import * as arithmetic from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import * as compare from '../ops/compare.js';
import { dimshuffle, transpose } from '../ops/dimshuffle.js';
import { dot } from '../ops/dot.js';
import { logsumexp } from '../ops/logsumexp.js';
import * as reduce from '../ops/reduce.js';
import { flatten, reshape } from '../ops/reshape.js';
import { shape } from '../ops/shape.js';
import * as softmaxes from '../ops/softmax.js';
import * as transcendental from '../ops/transcendental.js';
import type { DType } from '../types/dtype.js';
import type { FloatOf, SumTable } from './dtype-types.js';
import type * as f from './signatures.js';

/** The methods of a variable of dtype `D` and rank `R`. */
export interface TensorMethods<D extends DType, R extends number> {
  add: f.BinaryMethod<D, R>;
  sub: f.BinaryMethod<D, R>;
  mul: f.BinaryMethod<D, R>;
  /** Division; floatX for integers. */
  div: f.FloatBinaryMethod<D, R>;
  /** Division rounded toward minus infinity. */
  intDiv: f.BinaryMethod<D, R>;
  /** Remainder with the divisor's sign. */
  mod: f.BinaryMethod<D, R>;
  pow: f.BinaryMethod<D, R>;
  maximum: f.BinaryMethod<D, R>;
  minimum: f.BinaryMethod<D, R>;
  neg(): TensorVariable<D, R>;
  abs(): TensorVariable<D, R>;
  sgn(): TensorVariable<D, R>;
  sqr(): TensorVariable<D, R>;
  /** max(x, 0); its gradient at 0 is 0. */
  relu(): TensorVariable<D, R>;
  sqrt(): TensorVariable<FloatOf<D>, R>;
  reciprocal(): TensorVariable<FloatOf<D>, R>;
  exp(): TensorVariable<FloatOf<D>, R>;
  exp2(): TensorVariable<FloatOf<D>, R>;
  expm1(): TensorVariable<FloatOf<D>, R>;
  log(): TensorVariable<FloatOf<D>, R>;
  log1p(): TensorVariable<FloatOf<D>, R>;
  log2(): TensorVariable<FloatOf<D>, R>;
  log10(): TensorVariable<FloatOf<D>, R>;
  sigmoid(): TensorVariable<FloatOf<D>, R>;
  softplus(): TensorVariable<FloatOf<D>, R>;
  tanh(): TensorVariable<FloatOf<D>, R>;
  sin(): TensorVariable<FloatOf<D>, R>;
  cos(): TensorVariable<FloatOf<D>, R>;
  tan(): TensorVariable<FloatOf<D>, R>;
  arcsin(): TensorVariable<FloatOf<D>, R>;
  arccos(): TensorVariable<FloatOf<D>, R>;
  arctan(): TensorVariable<FloatOf<D>, R>;
  /** The angle of (other, this). */
  arctan2: f.FloatBinaryMethod<D, R>;
  sinh(): TensorVariable<FloatOf<D>, R>;
  cosh(): TensorVariable<FloatOf<D>, R>;
  logaddexp: f.FloatBinaryMethod<D, R>;
  /** e^x / Σ e^x along an axis, by default the last. */
  softmax(axis?: number): TensorVariable<FloatOf<D>, R>;
  logSoftmax(axis?: number): TensorVariable<FloatOf<D>, R>;
  floor(): TensorVariable<FloatOf<D>, R>;
  ceil(): TensorVariable<FloatOf<D>, R>;
  trunc(): TensorVariable<FloatOf<D>, R>;
  round(): TensorVariable<FloatOf<D>, R>;
  /** Limited to [low, high]. */
  clip: f.ClipMethod<D, R>;
  eq: f.ComparisonMethod<R>;
  neq: f.ComparisonMethod<R>;
  lt: f.ComparisonMethod<R>;
  le: f.ComparisonMethod<R>;
  gt: f.ComparisonMethod<R>;
  ge: f.ComparisonMethod<R>;
  and: f.BinaryMethod<D, R>;
  or: f.BinaryMethod<D, R>;
  xor: f.BinaryMethod<D, R>;
  invert(): TensorVariable<D, R>;
  isnan(): TensorVariable<'bool', R>;
  isinf(): TensorVariable<'bool', R>;
  cast<E extends DType>(dtype: E): TensorVariable<E, R>;
  sum: f.ReduceMethod<SumTable[D], R>;
  prod: f.ReduceMethod<SumTable[D], R>;
  mean: f.ReduceMethod<FloatOf<D>, R>;
  /** Mean squared distance from the mean. */
  var: f.ReduceMethod<FloatOf<D>, R, f.Correction>;
  logsumexp: f.ReduceMethod<FloatOf<D>, R>;
  max: f.ReduceMethod<D, R>;
  min: f.ReduceMethod<D, R>;
  argmax: f.ReduceMethod<'int64', R>;
  argmin: f.ReduceMethod<'int64', R>;
  all: f.ReduceMethod<'bool', R>;
  any: f.ReduceMethod<'bool', R>;
  /** Product of vectors and matrices. */
  dot: f.DotMethod<D, R>;
  dimshuffle<const O extends readonly (number | 'x')[]>(order: O): TensorVariable<D, O['length']>;
  transpose(axes?: readonly number[]): TensorVariable<D, R>;
  /** The transpose: axes reversed. */
  readonly T: TensorVariable<D, R>;
  reshape<const S extends readonly TensorLike[]>(sizes: S): TensorVariable<D, S['length']>;
  flatten<N extends number = 1>(rank?: N): TensorVariable<D, N>;
  /** Sizes as an int64 vector; `x.shape.at(0)` is a scalar that needs no value of `x`. */
  readonly shape: TensorVariable<'int64', 1>;
  /** Integers, slices (see `slice`), null for a whole axis, and integer arrays. */
  at: f.AtMethod<D, R>;
  /** Elements along an axis at integer positions. */
  take: f.TakeMethod<D, R>;
  /** A copy in which the indexed part is `values`. */
  setAt(indices: readonly Index[], values: TensorLike): TensorVariable<D, R>;
  /** A copy in which `values` are added to the indexed part. */
  incAt(indices: readonly Index[], values: TensorLike): TensorVariable<D, R>;
}

type Self = TensorVariable;
type Rest = readonly never[];

/** Functions whose first argument is the variable itself. */
const functions = {
  add: arithmetic.add,
  sub: arithmetic.sub,
  mul: arithmetic.mul,
  div: arithmetic.trueDiv,
  intDiv: arithmetic.intDiv,
  mod: arithmetic.mod,
  pow: arithmetic.pow,
  maximum: arithmetic.maximum,
  minimum: arithmetic.minimum,
  neg: arithmetic.neg,
  abs: arithmetic.abs,
  sgn: arithmetic.sgn,
  sqr: arithmetic.sqr,
  relu: arithmetic.relu,
  sqrt: arithmetic.sqrt,
  reciprocal: arithmetic.reciprocal,
  floor: arithmetic.floor,
  ceil: arithmetic.ceil,
  trunc: arithmetic.trunc,
  round: arithmetic.round,
  clip: arithmetic.clip,
  exp: transcendental.exp,
  exp2: transcendental.exp2,
  expm1: transcendental.expm1,
  log: transcendental.log,
  log1p: transcendental.log1p,
  log2: transcendental.log2,
  log10: transcendental.log10,
  sigmoid: transcendental.sigmoid,
  softplus: transcendental.softplus,
  tanh: transcendental.tanh,
  sin: transcendental.sin,
  cos: transcendental.cos,
  tan: transcendental.tan,
  arcsin: transcendental.arcsin,
  arccos: transcendental.arccos,
  arctan: transcendental.arctan,
  arctan2: transcendental.arctan2,
  sinh: transcendental.sinh,
  cosh: transcendental.cosh,
  logaddexp: transcendental.logaddexp,
  softmax: softmaxes.softmax,
  logSoftmax: softmaxes.logSoftmax,
  eq: compare.eq,
  neq: compare.neq,
  lt: compare.lt,
  le: compare.le,
  gt: compare.gt,
  ge: compare.ge,
  and: compare.and,
  or: compare.or,
  xor: compare.xor,
  invert: compare.invert,
  isnan: compare.isnan,
  isinf: compare.isinf,
  cast,
  sum: reduce.sum,
  prod: reduce.prod,
  mean: reduce.mean,
  var: reduce.variance,
  logsumexp,
  max: reduce.max,
  min: reduce.min,
  argmax: reduce.argmax,
  argmin: reduce.argmin,
  all: reduce.all,
  any: reduce.any,
  dot,
  dimshuffle,
  transpose,
  reshape,
  flatten,
  at: advanced.at,
  take: advanced.take,
  setAt: advanced.setAt,
  incAt: advanced.incAt,
};

const properties = {
  T: (x: Self): Self => transpose(x),
  shape: (x: Self): Self => shape(x),
};

/** Puts the methods on TensorVariable; doing it again changes nothing. */
export function bindMethods(): void {
  const prototype = TensorVariable.prototype;
  for (const [name, f] of Object.entries(functions)) {
    const apply = f as unknown as (self: Self, ...rest: Rest) => Self;
    Object.defineProperty(prototype, name, {
      configurable: true,
      value(this: Self, ...rest: Rest): Self {
        return apply(this, ...rest);
      },
    });
  }
  for (const [name, get] of Object.entries(properties)) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      get(this: Self): Self {
        return get(this);
      },
    });
  }
}
