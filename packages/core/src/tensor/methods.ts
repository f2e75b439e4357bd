/**
 * The fluent methods of tensor variables, each a thin wrapper of the function of the same name, with the
 * result's dtype and rank inferred. `bindMethods` puts them on the class; the package entry calls it.
 */
import { TensorVariable } from '../graph/variable.js';
import * as advanced from '../ops/advanced-index.js';
import * as arithmetic from '../ops/arithmetic.js';
import * as axes from '../ops/axes.js';
import { cast } from '../ops/cast.js';
import * as compare from '../ops/compare.js';
import { diagonal } from '../ops/diagonal.js';
import { dimshuffle, transpose } from '../ops/dimshuffle.js';
import { dot } from '../ops/dot.js';
import * as errors from '../ops/error-functions.js';
import { logsumexp } from '../ops/logsumexp.js';
import { flip, repeat } from '../ops/rearrange.js';
import { prod } from '../ops/prod.js';
import * as reduce from '../ops/reduce.js';
import { flatten, reshape } from '../ops/reshape.js';
import * as rounding from '../ops/rounding.js';
import { shape } from '../ops/shape.js';
import * as sorting from '../ops/sorting.js';
import * as statistics from '../ops/statistics.js';
import * as cumulative from '../ops/cumulative.js';
import * as softmaxes from '../ops/softmax.js';
import * as picking from '../ops/take.js';
import * as transcendental from '../ops/transcendental.js';
import type { DType } from '../types/dtype.js';
import type * as f from './method-signatures.js';
import type { Correction, NoZeros } from './signatures.js';

/** The methods of a variable of dtype `D` and rank `R`. */
export interface TensorMethods<D extends DType, R extends number> {
  add: f.BinaryMethod;
  sub: f.BinaryMethod;
  mul: f.BinaryMethod;
  /** Division; floatX for integers. */
  div: f.FloatBinaryMethod;
  /** Division rounded toward minus infinity. */
  intDiv: f.BinaryMethod;
  /** Remainder with the divisor's sign. */
  mod: f.BinaryMethod;
  pow: f.BinaryMethod;
  maximum: f.BinaryMethod;
  minimum: f.BinaryMethod;
  neg: f.SameMethod;
  abs: f.SameMethod;
  sgn: f.SameMethod;
  sqr: f.SameMethod;
  /** max(x, 0); its gradient at 0 is 0. */
  relu: f.SameMethod;
  sqrt: f.FloatMethod;
  reciprocal: f.FloatMethod;
  exp: f.FloatMethod;
  exp2: f.FloatMethod;
  expm1: f.FloatMethod;
  log: f.FloatMethod;
  log1p: f.FloatMethod;
  log2: f.FloatMethod;
  log10: f.FloatMethod;
  sigmoid: f.FloatMethod;
  softplus: f.FloatMethod;
  tanh: f.FloatMethod;
  sin: f.FloatMethod;
  cos: f.FloatMethod;
  tan: f.FloatMethod;
  arcsin: f.FloatMethod;
  arccos: f.FloatMethod;
  arctan: f.FloatMethod;
  /** The angle of (other, this). */
  arctan2: f.FloatBinaryMethod;
  sinh: f.FloatMethod;
  cosh: f.FloatMethod;
  arcsinh: f.FloatMethod;
  arccosh: f.FloatMethod;
  arctanh: f.FloatMethod;
  logaddexp: f.FloatBinaryMethod;
  /** e^x / Σ e^x along an axis, by default the last. */
  softmax: f.AxisMethod;
  logSoftmax: f.AxisMethod;
  floor: f.FloatMethod;
  ceil: f.FloatMethod;
  trunc: f.FloatMethod;
  round: f.RoundMethod;
  erf: f.FloatMethod;
  erfc: f.FloatMethod;
  /** Limited to [low, high]. */
  clip: f.ClipMethod;
  eq: f.ComparisonMethod;
  neq: f.ComparisonMethod;
  lt: f.ComparisonMethod;
  le: f.ComparisonMethod;
  gt: f.ComparisonMethod;
  ge: f.ComparisonMethod;
  and: f.BinaryMethod;
  or: f.BinaryMethod;
  xor: f.BinaryMethod;
  invert: f.SameMethod;
  isnan: f.TestMethod;
  isinf: f.TestMethod;
  /** Converted to a dtype, as NDArray.astype converts. */
  cast: f.CastMethod;
  sum: f.AccumulatingMethod<'sum'>;
  prod: f.AccumulatingMethod<'sum', NoZeros>;
  mean: f.AccumulatingMethod<'float'>;
  /** Mean squared distance from the mean. */
  var: f.AccumulatingMethod<'float', Correction>;
  /** The root of the variance. */
  std: f.AccumulatingMethod<'float', Correction>;
  /** The greatest element less the least. */
  ptp: f.ReduceMethod<'same'>;
  /** The elements in ascending order along an axis, by default the last. */
  sort: f.LineMethod;
  argsort: f.PositionsMethod;
  /** Running sums along an axis, or of all elements. */
  cumsum: f.RunningMethod;
  cumprod: f.RunningMethod;
  logsumexp: f.ReduceMethod<'float'>;
  max: f.ReduceMethod<'same'>;
  min: f.ReduceMethod<'same'>;
  argmax: f.ReduceMethod<'int64'>;
  argmin: f.ReduceMethod<'int64'>;
  all: f.ReduceMethod<'bool'>;
  any: f.ReduceMethod<'bool'>;
  /** Product of vectors and matrices. */
  dot: f.DotMethod;
  dimshuffle: f.DimshuffleMethod;
  transpose: f.TransposeMethod;
  /** The transpose: axes reversed. */
  readonly T: TensorVariable<D, R>;
  reshape: f.ReshapeMethod;
  flatten: f.FlattenMethod;
  swapaxes: f.KeepMethod<[a: number, b: number]>;
  /** Axes brought to new places, the others in the order they had. */
  moveaxis: f.KeepMethod<[from: number | readonly number[], to: number | readonly number[]]>;
  /** Without axes of size 1. */
  squeeze: f.SqueezeMethod;
  /** With new axes of size 1. */
  expandDims: f.ExpandDimsMethod;
  /** In reverse along axes, by default all. */
  flip: f.KeepMethod<[axes?: number | readonly number[] | null]>;
  /** Each element along an axis several times; without one of the flattened tensor. */
  repeat: f.RepeatMethod;
  /** The diagonal of two axes, by default the first two, as the last axis. */
  diagonal: f.DiagonalMethod;
  /** Sizes as an int64 vector; `x.shape.at(0)` is a scalar that needs no value of `x`. */
  readonly shape: TensorVariable<'int64', 1>;
  /** Integers, slices (see `slice`), null for a whole axis, integer arrays, masks, 'x' for a new axis, '...'. */
  at: f.AtMethod;
  /** Elements along an axis at integer positions. */
  take: f.TakeMethod;
  /** A copy in which the indexed part is `values`. */
  setSubtensor: f.AssignMethod;
  /** A copy in which `values` are added to the indexed part. */
  incSubtensor: f.AssignMethod;
  /** Its value, given those of what it depends on; compiled once for the same inputs. */
  eval: f.EvalMethod;
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
  round: rounding.round,
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
  arcsinh: transcendental.arcsinh,
  arccosh: transcendental.arccosh,
  arctanh: transcendental.arctanh,
  logaddexp: transcendental.logaddexp,
  erf: errors.erf,
  erfc: errors.erfc,
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
  prod,
  mean: reduce.mean,
  var: reduce.variance,
  std: statistics.std,
  ptp: statistics.ptp,
  sort: sorting.sort,
  argsort: sorting.argsort,
  cumsum: cumulative.cumsum,
  cumprod: cumulative.cumprod,
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
  swapaxes: axes.swapaxes,
  moveaxis: axes.moveaxis,
  squeeze: axes.squeeze,
  expandDims: axes.expandDims,
  flip,
  repeat,
  diagonal,
  at: advanced.at,
  take: picking.take,
  setSubtensor: advanced.setSubtensor,
  incSubtensor: advanced.incSubtensor,
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
