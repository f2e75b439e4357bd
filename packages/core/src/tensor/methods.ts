/**
 * The fluent methods of tensor variables, each a thin wrapper of the function of the same name, with the
 * result's dtype and rank inferred. `bindMethods` puts them on the class; the package entry calls it.
 */
import type { Literal, TensorLike } from '../ops/as-variable.js';
import { TensorVariable } from '../graph/variable.js';
import * as advanced from '../ops/advanced-index.js';
import * as arithmetic from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import * as compare from '../ops/compare.js';
import { dimshuffle, transpose } from '../ops/dimshuffle.js';
import { dot } from '../ops/dot.js';
import * as reduce from '../ops/reduce.js';
import { flatten, reshape } from '../ops/reshape.js';
import { shape } from '../ops/shape.js';
import * as transcendental from '../ops/transcendental.js';
import type { BasicIndex, Slice } from '../ops/subtensor.js';
import type { DType } from '../types/dtype.js';
import type { NDArray } from '../types/ndarray.js';
import type { Promote } from '../types/promote.js';
import type { DotRank, FloatOf, MaxRank, PreviousRank, SumTable, WithLiteral } from './dtype-types.js';

type Binary<D extends DType, R extends number> = {
  <E extends DType, S extends number>(other: TensorVariable<E, S>): TensorVariable<Promote<D, E>, MaxRank[R][S]>;
  (other: Literal): TensorVariable<WithLiteral<D>, R>;
  <E extends DType>(other: NDArray<E>): TensorVariable<Promote<D, E>>;
};

type FloatBinary<D extends DType, R extends number> = {
  <E extends DType, S extends number>(other: TensorVariable<E, S>): TensorVariable<FloatOf<Promote<D, E>>, MaxRank[R][S]>;
  (other: Literal): TensorVariable<FloatOf<D>, R>;
  <E extends DType>(other: NDArray<E>): TensorVariable<FloatOf<Promote<D, E>>>;
};

type Comparison<R extends number> = {
  <S extends number>(other: TensorVariable<DType, S>): TensorVariable<'bool', MaxRank[R][S]>;
  (other: Literal): TensorVariable<'bool', R>;
  (other: NDArray): TensorVariable<'bool'>;
};

type Unary<D extends DType, R extends number> = () => TensorVariable<D, R>;

/** An index that drops its axis. */
type Place = number | bigint | TensorVariable<DType, 0>;
/** An index that picks along its axis. */
type Positions = TensorVariable<DType, 1>;

/** Reduction: of everything, of one axis, of several; the rank follows. */
type Reduce<D extends DType, R extends number> = {
  (axes?: null, options?: { keepdims?: false }): TensorVariable<D, 0>;
  (axes: reduce.Axes, options: { keepdims: true }): TensorVariable<D, R>;
  (axis: number, options?: { keepdims?: false }): TensorVariable<D, PreviousRank[R]>;
  (axes: readonly number[], options?: reduce.ReduceOptions): TensorVariable<D>;
};

declare module '../graph/variable.js' {
  interface TensorVariable<D extends DType = DType, R extends number = number> {
    add: Binary<D, R>;
    sub: Binary<D, R>;
    mul: Binary<D, R>;
    /** Division; floatX for integers. */
    div: FloatBinary<D, R>;
    /** Division rounded toward minus infinity. */
    intDiv: Binary<D, R>;
    /** Remainder with the divisor's sign. */
    mod: Binary<D, R>;
    pow: Binary<D, R>;
    maximum: Binary<D, R>;
    minimum: Binary<D, R>;
    neg: Unary<D, R>;
    abs: Unary<D, R>;
    sgn: Unary<D, R>;
    sqr: Unary<D, R>;
    sqrt: Unary<FloatOf<D>, R>;
    reciprocal: Unary<FloatOf<D>, R>;
    exp: Unary<FloatOf<D>, R>;
    expm1: Unary<FloatOf<D>, R>;
    log: Unary<FloatOf<D>, R>;
    log1p: Unary<FloatOf<D>, R>;
    log2: Unary<FloatOf<D>, R>;
    log10: Unary<FloatOf<D>, R>;
    sigmoid: Unary<FloatOf<D>, R>;
    softplus: Unary<FloatOf<D>, R>;
    tanh: Unary<FloatOf<D>, R>;
    sin: Unary<FloatOf<D>, R>;
    cos: Unary<FloatOf<D>, R>;
    floor: Unary<FloatOf<D>, R>;
    ceil: Unary<FloatOf<D>, R>;
    trunc: Unary<FloatOf<D>, R>;
    round: Unary<FloatOf<D>, R>;
    clip(low: TensorLike, high: TensorLike): TensorVariable<D, R>;
    eq: Comparison<R>;
    neq: Comparison<R>;
    lt: Comparison<R>;
    le: Comparison<R>;
    gt: Comparison<R>;
    ge: Comparison<R>;
    and: Binary<D, R>;
    or: Binary<D, R>;
    xor: Binary<D, R>;
    invert: Unary<D, R>;
    cast<E extends DType>(dtype: E): TensorVariable<E, R>;
    sum: Reduce<SumTable[D], R>;
    prod: Reduce<SumTable[D], R>;
    mean: Reduce<FloatOf<D>, R>;
    var: Reduce<FloatOf<D>, R>;
    max: Reduce<D, R>;
    min: Reduce<D, R>;
    argmax: Reduce<'int64', R>;
    argmin: Reduce<'int64', R>;
    all: Reduce<'bool', R>;
    any: Reduce<'bool', R>;
    /** Product of vectors and matrices. */
    dot<E extends DType, S extends number>(other: TensorVariable<E, S>): TensorVariable<Promote<D, E>, DotRank[R][S]>;
    dot<E extends DType>(other: NDArray<E>): TensorVariable<Promote<D, E>>;
    dimshuffle<const O extends readonly (number | 'x')[]>(order: O): TensorVariable<D, O['length']>;
    transpose(axes?: readonly number[]): TensorVariable<D, R>;
    /** The transpose: axes reversed. */
    readonly T: TensorVariable<D, R>;
    reshape<const S extends readonly TensorLike[]>(sizes: S): TensorVariable<D, S['length']>;
    flatten(): TensorVariable<D, 1>;
    flatten<N extends number>(rank: N): TensorVariable<D, N>;
    /** Sizes as an int64 vector; `x.shape.at(0)` is a scalar that needs no value of `x`. */
    readonly shape: TensorVariable<'int64', 1>;
    /** Integers, slices (see `slice`), null for a whole axis, and integer arrays. */
    at(index: Place): TensorVariable<D, PreviousRank[R]>;
    at(index: Slice | null): TensorVariable<D, R>;
    at(index: Positions): TensorVariable<D, R>;
    at(row: Place, column: Place): TensorVariable<D, PreviousRank[PreviousRank[R]]>;
    at(row: Place, column: Slice | null): TensorVariable<D, PreviousRank[R]>;
    at(row: Slice | null, column: Place): TensorVariable<D, PreviousRank[R]>;
    at(row: Slice | null, column: Slice | null): TensorVariable<D, R>;
    at(row: Positions, column: Positions): TensorVariable<D, PreviousRank[R]>;
    at(...indices: readonly advanced.Index[]): TensorVariable<D>;
    /** Elements along an axis at integer positions. */
    take(indices: TensorLike, axis?: number): TensorVariable<D>;
    /** A copy in which the indexed part is `values`. */
    setAt(indices: readonly BasicIndex[], values: TensorLike): TensorVariable<D, R>;
    /** A copy in which `values` are added to the indexed part. */
    incAt(indices: readonly BasicIndex[], values: TensorLike): TensorVariable<D, R>;
  }
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
  sqrt: arithmetic.sqrt,
  reciprocal: arithmetic.reciprocal,
  floor: arithmetic.floor,
  ceil: arithmetic.ceil,
  trunc: arithmetic.trunc,
  round: arithmetic.round,
  clip: arithmetic.clip,
  exp: transcendental.exp,
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
  cast,
  sum: reduce.sum,
  prod: reduce.prod,
  mean: reduce.mean,
  var: reduce.variance,
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
