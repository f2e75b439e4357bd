/**
 * Types of functions of tensors: the dtype and rank of a result from those of the operands. The last
 * overload takes what the rules above it do not know, and leaves the rank open. Methods are beside, in
 * method-signatures.ts.
 */
import type { TensorVariable } from '../graph/variable.js';
import type { Index } from '../ops/advanced-index.js';
import type { Literal, TensorLike } from '../ops/as-variable.js';
import type { ChooseMode } from '../ops/choose.js';
import type { CloseOptions } from '../ops/close.js';
import type { Axes, ReduceOptions } from '../ops/reduce.js';
import type { RoundingMode } from '../ops/rounding.js';
import type { Slice } from '../ops/subtensor.js';
import type { RangeMode } from '../ops/take.js';
import type { DType, IntDType } from '../types/dtype.js';
import type { NDArray } from '../types/ndarray.js';
import type { StaticShape } from '../types/tensor-type.js';
import type {
  Common,
  DotRank,
  DropRank,
  FloatOf,
  FloatX,
  MaxRank,
  NextRank,
  PreviousRank,
  SumTable,
  TakeRank,
  WithLiteral,
} from './dtype-types.js';

// --- elementwise ---

/** x → f(x), of the same dtype. */
export interface SameFunction {
  <D extends DType, R extends number>(x: TensorVariable<D, R>): TensorVariable<D, R>;
  (x: TensorLike): TensorVariable;
}

/** x → f(x); integers become floatX. */
export interface FloatFunction {
  <D extends DType, R extends number>(x: TensorVariable<D, R>): TensorVariable<FloatOf<D>, R>;
  (x: TensorLike): TensorVariable;
}

/** (x, y, z) → f(x, y, z) in the float that all promote to. */
export interface FloatTernaryFunction {
  <
    D extends DType,
    R extends number,
    E extends DType,
    S extends number,
    F extends DType,
    T extends number,
  >(
    x: TensorVariable<D, R>,
    y: TensorVariable<E, S>,
    z: TensorVariable<F, T>,
  ): TensorVariable<FloatOf<Common<Common<D, E>, F>>, MaxRank[MaxRank[R][S]][T]>;
  (x: TensorLike, y: TensorLike, z: TensorLike): TensorVariable;
}

/** Of four operands, in the float that all promote to. */
export type FloatQuaternaryFunction = (
  a: TensorLike,
  b: TensorLike,
  c: TensorLike,
  d: TensorLike,
) => TensorVariable;

/** (x, parameter) → f(x) of x's shape; integers become floatX. */
export interface ScaledFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    parameter?: number,
  ): TensorVariable<FloatOf<D>, R>;
  (x: TensorLike, parameter?: TensorLike): TensorVariable;
}

export interface GeluFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    options?: { readonly approximate?: boolean },
  ): TensorVariable<FloatOf<D>, R>;
  (x: TensorLike, options?: { readonly approximate?: boolean }): TensorVariable;
}

export interface RoundFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    mode?: RoundingMode,
  ): TensorVariable<FloatOf<D>, R>;
  (x: TensorLike, mode?: RoundingMode): TensorVariable;
}

export interface IntegerRoundFunction {
  <R extends number>(x: TensorVariable<DType, R>, mode?: RoundingMode): TensorVariable<'int64', R>;
  (x: TensorLike, mode?: RoundingMode): TensorVariable<'int64'>;
}

/** x → whether. */
export interface TestFunction {
  <R extends number>(x: TensorVariable<DType, R>): TensorVariable<'bool', R>;
  (x: TensorLike): TensorVariable<'bool'>;
}

/** (x, y) → f(x, y) in the dtype that both promote to. */
export interface BinaryFunction {
  <D extends DType, R extends number, E extends DType, S extends number>(
    x: TensorVariable<D, R>,
    y: TensorVariable<E, S>,
  ): TensorVariable<Common<D, E>, MaxRank[R][S]>;
  <D extends DType, R extends number, const L extends Literal>(
    x: TensorVariable<D, R>,
    y: L,
  ): TensorVariable<WithLiteral<D, L>, R>;
  <D extends DType, R extends number, const L extends Literal>(
    x: L,
    y: TensorVariable<D, R>,
  ): TensorVariable<WithLiteral<D, L>, R>;
  (x: TensorLike, y: TensorLike): TensorVariable;
}

/** Like BinaryFunction; integers become floatX. */
export interface FloatBinaryFunction {
  <D extends DType, R extends number, E extends DType, S extends number>(
    x: TensorVariable<D, R>,
    y: TensorVariable<E, S>,
  ): TensorVariable<FloatOf<Common<D, E>>, MaxRank[R][S]>;
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    y: Literal,
  ): TensorVariable<FloatOf<D>, R>;
  <D extends DType, R extends number>(
    x: Literal,
    y: TensorVariable<D, R>,
  ): TensorVariable<FloatOf<D>, R>;
  (x: TensorLike, y: TensorLike): TensorVariable;
}

export interface ComparisonFunction {
  <R extends number, S extends number>(
    x: TensorVariable<DType, R>,
    y: TensorVariable<DType, S>,
  ): TensorVariable<'bool', MaxRank[R][S]>;
  <R extends number>(x: TensorVariable<DType, R>, y: Literal): TensorVariable<'bool', R>;
  <R extends number>(x: Literal, y: TensorVariable<DType, R>): TensorVariable<'bool', R>;
  (x: TensorLike, y: TensorLike): TensorVariable<'bool'>;
}

/** (x, y) → two results in the dtype that both promote to. */
export interface DivmodFunction {
  <D extends DType, R extends number, E extends DType, S extends number>(
    x: TensorVariable<D, R>,
    y: TensorVariable<E, S>,
  ): [TensorVariable<Common<D, E>, MaxRank[R][S]>, TensorVariable<Common<D, E>, MaxRank[R][S]>];
  (x: TensorLike, y: TensorLike): [TensorVariable, TensorVariable];
}

export interface CloseFunction {
  <R extends number, S extends number>(
    x: TensorVariable<DType, R>,
    y: TensorVariable<DType, S>,
    options?: CloseOptions,
  ): TensorVariable<'bool', MaxRank[R][S]>;
  (x: TensorLike, y: TensorLike, options?: CloseOptions): TensorVariable<'bool'>;
}

export type AllCloseFunction = (
  x: TensorLike,
  y: TensorLike,
  options?: CloseOptions,
) => TensorVariable<'bool', 0>;

export type ChooseFunction = (
  index: TensorLike,
  choices: readonly TensorLike[],
  mode?: ChooseMode,
) => TensorVariable;

export interface ClipFunction {
  <D extends DType, R extends number, const L extends Literal, const H extends Literal>(
    x: TensorVariable<D, R>,
    low: L,
    high: H,
  ): TensorVariable<WithLiteral<WithLiteral<D, L>, H>, R>;
  (x: TensorLike, low: TensorLike, high: TensorLike): TensorVariable;
}

export interface ChoiceFunction {
  <D extends DType, R extends number, E extends DType, S extends number, Q extends number>(
    condition: TensorVariable<DType, Q>,
    a: TensorVariable<D, R>,
    b: TensorVariable<E, S>,
  ): TensorVariable<Common<D, E>, MaxRank[Q][MaxRank[R][S]]>;
  <D extends DType, R extends number, Q extends number, const L extends Literal>(
    condition: TensorVariable<DType, Q>,
    a: TensorVariable<D, R>,
    b: L,
  ): TensorVariable<WithLiteral<D, L>, MaxRank[Q][R]>;
  <D extends DType, R extends number, Q extends number, const L extends Literal>(
    condition: TensorVariable<DType, Q>,
    a: L,
    b: TensorVariable<D, R>,
  ): TensorVariable<WithLiteral<D, L>, MaxRank[Q][R]>;
  (condition: TensorLike, a: TensorLike, b: TensorLike): TensorVariable;
}

export interface CastFunction {
  <R extends number, E extends DType>(x: TensorVariable<DType, R>, dtype: E): TensorVariable<E, R>;
}

// --- reductions ---

/** What reductions make of a dtype. */
export interface Reduced<D extends DType> {
  sum: SumTable[D];
  float: FloatOf<D>;
  same: D;
  int64: 'int64';
  bool: 'bool';
}

export interface Drops extends ReduceOptions {
  readonly keepdims?: false;
}
export interface Keeps extends ReduceOptions {
  readonly keepdims: true;
}

/** Of everything, of one axis, of several; or of any with the axes kept at size 1. `More` are further options. */
export interface ReduceFunction<Kind extends keyof Reduced<DType>, More = unknown> {
  <D extends DType>(
    x: TensorVariable<D>,
    axes?: null,
    options?: Drops & More,
  ): TensorVariable<Reduced<D>[Kind], 0>;
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    axes: Axes,
    options: Keeps & More,
  ): TensorVariable<Reduced<D>[Kind], R>;
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    axis: number,
    options?: Drops & More,
  ): TensorVariable<Reduced<D>[Kind], PreviousRank[R]>;
  <D extends DType, R extends number, const A extends readonly number[]>(
    x: TensorVariable<D, R>,
    axes: A,
    options?: Drops & More,
  ): TensorVariable<Reduced<D>[Kind], DropRank<R, A['length']>>;
  <D extends DType>(
    x: TensorVariable<D>,
    axes?: Axes,
    options?: ReduceOptions & More,
  ): TensorVariable<Reduced<D>[Kind]>;
  (x: TensorLike, axes?: Axes, options?: ReduceOptions & More): TensorVariable;
}

/** A reduction that may be told its dtypes: that of the result, and that in which elements come together. */
export interface AccumulatingFunction<
  Kind extends keyof Reduced<DType>,
  More = unknown,
> extends ReduceFunction<Kind, More & Within> {
  <E extends DType>(
    x: TensorLike,
    axes: Axes | undefined,
    options: ReduceOptions & More & Into<E>,
  ): TensorVariable<E>;
}
export interface Within {
  /** That of the result unless given. */
  readonly accDtype?: DType;
}
export interface Into<E extends DType> extends Within {
  readonly dtype: E;
}

export interface NoZeros {
  /** A promise that no factor is 0, for a simpler gradient. */
  readonly noZerosInInput?: boolean;
}

/** The correction of a variance. */
export interface Correction {
  /** Divide by n - ddof; 0 unless given. */
  readonly ddof?: number;
}

export interface AxisFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    axis?: number,
  ): TensorVariable<FloatOf<D>, R>;
  (x: TensorLike, axis?: number): TensorVariable;
}

// --- products ---

export interface DotFunction {
  <D extends DType, R extends number, E extends DType, S extends number>(
    x: TensorVariable<D, R>,
    y: TensorVariable<E, S>,
  ): TensorVariable<Common<D, E>, DotRank[R][S]>;
  (x: TensorLike, y: TensorLike): TensorVariable;
}

export interface OuterFunction {
  <D extends DType, E extends DType>(
    x: TensorVariable<D>,
    y: TensorVariable<E>,
  ): TensorVariable<Common<D, E>, 2>;
  (x: TensorLike, y: TensorLike): TensorVariable<DType, 2>;
}

// --- shapes ---

/** Sizes of a new shape, whose number is the rank. */
export type Sizes = readonly TensorLike[];

export interface ReshapeFunction {
  <D extends DType, const S extends Sizes>(
    x: TensorVariable<D>,
    sizes: S,
  ): TensorVariable<D, S['length']>;
  (x: TensorLike, sizes: Sizes): TensorVariable;
}

export interface DimshuffleFunction {
  <D extends DType, const O extends readonly (number | 'x')[]>(
    x: TensorVariable<D>,
    order: O,
  ): TensorVariable<D, O['length']>;
}

export interface TransposeFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    axes?: readonly number[],
  ): TensorVariable<D, R>;
}

export interface FlattenFunction {
  <D extends DType, N extends number = 1>(x: TensorVariable<D>, rank?: N): TensorVariable<D, N>;
  (x: TensorLike, rank?: number): TensorVariable;
}

export interface SpecifyShapeFunction {
  <D extends DType, const S extends StaticShape>(
    x: TensorVariable<D>,
    shape: S,
  ): TensorVariable<D, S['length']>;
  (x: TensorLike, shape: StaticShape): TensorVariable;
}

export interface BroadcastFunction {
  <D extends DType, const S extends Sizes>(
    value: TensorVariable<D> | NDArray<D>,
    sizes: S,
  ): TensorVariable<D, S['length']>;
  <const S extends Sizes>(value: TensorLike, sizes: S): TensorVariable<DType, S['length']>;
}

export interface FullFunction {
  <const S extends Sizes, D extends DType>(
    sizes: S,
    value: TensorLike,
    dtype: D,
  ): TensorVariable<D, S['length']>;
  <const S extends Sizes, D extends DType>(
    sizes: S,
    value: TensorVariable<D> | NDArray<D>,
  ): TensorVariable<D, S['length']>;
  <const S extends Sizes>(sizes: S, value: TensorLike): TensorVariable<DType, S['length']>;
}

export interface FillFunction {
  <const S extends Sizes>(sizes: S): TensorVariable<FloatX, S['length']>;
  <const S extends Sizes, D extends DType>(sizes: S, dtype: D): TensorVariable<D, S['length']>;
}

export interface LikeFunction {
  <D extends DType, R extends number>(x: TensorVariable<D, R>): TensorVariable<D, R>;
  <R extends number, E extends DType>(x: TensorVariable<DType, R>, dtype: E): TensorVariable<E, R>;
}

export interface ArangeFunction {
  (stop: TensorLike): TensorVariable<'int64', 1>;
  (start: TensorLike, stop: TensorLike, step?: Literal): TensorVariable<'int64', 1>;
  <D extends DType>(
    start: TensorLike,
    stop: TensorLike,
    step: TensorLike,
    dtype: D,
  ): TensorVariable<D, 1>;
  (start: TensorLike, stop?: TensorLike, step?: TensorLike): TensorVariable<IntDType, 1>;
}

// --- indexing ---

/** An index that drops its axis. */
type Place = number | bigint | TensorVariable<DType, 0>;
/** Indices that drop, keep or add an axis, or stand for any number of them. */
export type Basic = Place | Slice | null | 'x' | '...';
type After<R extends number, I> = I extends Place
  ? PreviousRank[R]
  : I extends 'x'
    ? NextRank[R]
    : R;

/** The rank of `x.at(...indices)`, up to four of them. */
export type AtRank<R extends number, I extends readonly unknown[]> = I extends readonly [infer A]
  ? After<R, A>
  : I extends readonly [infer A, infer B]
    ? After<After<R, A>, B>
    : I extends readonly [infer A, infer B, infer C]
      ? After<After<After<R, A>, B>, C>
      : I extends readonly [infer A, infer B, infer C, infer E]
        ? After<After<After<After<R, A>, B>, C>, E>
        : number;

export interface AtFunction {
  <D extends DType, R extends number, const I extends readonly Basic[]>(
    x: TensorVariable<D, R>,
    ...indices: I
  ): TensorVariable<D, AtRank<R, I>>;
  <D extends DType, R extends number, S extends number>(
    x: TensorVariable<D, R>,
    mask: TensorVariable<'bool', S>,
  ): TensorVariable<D, NextRank[DropRank<R, S>]>;
  <D extends DType, R extends number, S extends number>(
    x: TensorVariable<D, R>,
    positions: TensorVariable<DType, S>,
  ): TensorVariable<D, TakeRank<R, S>>;
  <D extends DType, R extends number, S extends number, T extends number>(
    x: TensorVariable<D, R>,
    rows: TensorVariable<DType, S>,
    columns: TensorVariable<DType, T>,
  ): TensorVariable<D, TakeRank<PreviousRank[R], MaxRank[S][T]>>;
  <D extends DType>(x: TensorVariable<D>, ...indices: readonly Index[]): TensorVariable<D>;
  (x: TensorLike, ...indices: readonly Index[]): TensorVariable;
}

export interface TakeFunction {
  <D extends DType, R extends number, S extends number>(
    x: TensorVariable<D, R>,
    positions: TensorVariable<DType, S>,
    axis?: number,
    mode?: RangeMode,
  ): TensorVariable<D, TakeRank<R, S>>;
  (x: TensorLike, positions: TensorLike, axis?: number | null, mode?: RangeMode): TensorVariable;
}

export interface AssignFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    indices: readonly Index[],
    values: TensorLike,
  ): TensorVariable<D, R>;
}
