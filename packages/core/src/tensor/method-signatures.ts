/**
 * Types of the methods of tensor variables, as signatures.ts has them of functions. They take the
 * variable's type from `this`: so the type of a variable depends on its dtype and rank only by holding
 * them, and a variable stands wherever one of a more general type is asked.
 */
import type { EvalValues } from '../compile/eval.js';
import type { ResultOf } from '../compile/types.js';
import type { TensorVariable } from '../graph/variable.js';
import type { Index } from '../ops/advanced-index.js';
import type { Literal, TensorLike } from '../ops/as-variable.js';
import type { Axes, ReduceOptions } from '../ops/reduce.js';
import type { RoundingMode } from '../ops/rounding.js';
import type { RangeMode } from '../ops/take.js';
import type { DType } from '../types/dtype.js';
import type { NDArray } from '../types/ndarray.js';
import type { DTypeOfTyped, TypedArray } from '../types/typed-input.js';
import type {
  AddRank,
  Common,
  DotRank,
  DropRank,
  FloatOf,
  MaxRank,
  NextRank,
  PreviousRank,
  TakeRank,
  WithLiteral,
} from './dtype-types.js';

import type { AtRank, Basic, Drops, Into, Keeps, Reduced, Sizes, Within } from './signatures.js';

// --- elementwise ---

export interface SameMethod {
  <D extends DType, R extends number>(this: TensorVariable<D, R>): TensorVariable<D, R>;
}

export interface FloatMethod {
  <D extends DType, R extends number>(this: TensorVariable<D, R>): TensorVariable<FloatOf<D>, R>;
}

export interface RoundMethod {
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    mode?: RoundingMode,
  ): TensorVariable<FloatOf<D>, R>;
}

export interface TestMethod {
  <R extends number>(this: TensorVariable<DType, R>): TensorVariable<'bool', R>;
}

export interface BinaryMethod {
  <D extends DType, R extends number, E extends DType, S extends number>(
    this: TensorVariable<D, R>,
    other: TensorVariable<E, S>,
  ): TensorVariable<Common<D, E>, MaxRank[R][S]>;
  <D extends DType, R extends number, const L extends Literal>(
    this: TensorVariable<D, R>,
    other: L,
  ): TensorVariable<WithLiteral<D, L>, R>;
  <D extends DType, E extends DType>(
    this: TensorVariable<D>,
    other: NDArray<E>,
  ): TensorVariable<Common<D, E>>;
  <D extends DType, R extends number, T extends TypedArray>(
    this: TensorVariable<D, R>,
    other: T,
  ): TensorVariable<Common<D, DTypeOfTyped<T>>, MaxRank[R][1]>;
  (this: TensorVariable, other: TensorLike): TensorVariable;
}

export interface FloatBinaryMethod {
  <D extends DType, R extends number, E extends DType, S extends number>(
    this: TensorVariable<D, R>,
    other: TensorVariable<E, S>,
  ): TensorVariable<FloatOf<Common<D, E>>, MaxRank[R][S]>;
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    other: Literal,
  ): TensorVariable<FloatOf<D>, R>;
  <D extends DType, E extends DType>(
    this: TensorVariable<D>,
    other: NDArray<E>,
  ): TensorVariable<FloatOf<Common<D, E>>>;
  <D extends DType, R extends number, T extends TypedArray>(
    this: TensorVariable<D, R>,
    other: T,
  ): TensorVariable<FloatOf<Common<D, DTypeOfTyped<T>>>, MaxRank[R][1]>;
  (this: TensorVariable, other: TensorLike): TensorVariable;
}

export interface ComparisonMethod {
  <R extends number, S extends number>(
    this: TensorVariable<DType, R>,
    other: TensorVariable<DType, S>,
  ): TensorVariable<'bool', MaxRank[R][S]>;
  <R extends number>(this: TensorVariable<DType, R>, other: Literal): TensorVariable<'bool', R>;
  <R extends number>(
    this: TensorVariable<DType, R>,
    other: TypedArray,
  ): TensorVariable<'bool', MaxRank[R][1]>;
  (this: TensorVariable, other: TensorLike): TensorVariable<'bool'>;
}

export interface ClipMethod {
  <D extends DType, R extends number, const L extends Literal, const H extends Literal>(
    this: TensorVariable<D, R>,
    low: L,
    high: H,
  ): TensorVariable<WithLiteral<WithLiteral<D, L>, H>, R>;
  (this: TensorVariable, low: TensorLike, high: TensorLike): TensorVariable;
}

export interface CastMethod {
  <R extends number, E extends DType>(
    this: TensorVariable<DType, R>,
    dtype: E,
  ): TensorVariable<E, R>;
}

// --- reductions ---

export interface ReduceMethod<Kind extends keyof Reduced<DType>, More = unknown> {
  <D extends DType>(
    this: TensorVariable<D>,
    axes?: null,
    options?: Drops & More,
  ): TensorVariable<Reduced<D>[Kind], 0>;
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    axes: Axes,
    options: Keeps & More,
  ): TensorVariable<Reduced<D>[Kind], R>;
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    axis: number,
    options?: Drops & More,
  ): TensorVariable<Reduced<D>[Kind], PreviousRank[R]>;
  <D extends DType, R extends number, const A extends readonly number[]>(
    this: TensorVariable<D, R>,
    axes: A,
    options?: Drops & More,
  ): TensorVariable<Reduced<D>[Kind], DropRank<R, A['length']>>;
  <D extends DType>(
    this: TensorVariable<D>,
    axes?: Axes,
    options?: ReduceOptions & More,
  ): TensorVariable<Reduced<D>[Kind]>;
}

export interface AccumulatingMethod<
  Kind extends keyof Reduced<DType>,
  More = unknown,
> extends ReduceMethod<Kind, More & Within> {
  <E extends DType>(
    this: TensorVariable,
    axes: Axes | undefined,
    options: ReduceOptions & More & Into<E>,
  ): TensorVariable<E>;
}

/** Along an axis, or of all elements as one line. */
export interface LineMethod {
  <D extends DType>(this: TensorVariable<D>, axis: null): TensorVariable<D, 1>;
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    axis?: number,
  ): TensorVariable<D, R>;
}

export interface PositionsMethod {
  (this: TensorVariable, axis: null): TensorVariable<'int64', 1>;
  <R extends number>(this: TensorVariable<DType, R>, axis?: number): TensorVariable<'int64', R>;
}

export interface RunningMethod {
  <E extends DType>(
    this: TensorVariable,
    axis: number | null | undefined,
    dtype: E,
  ): TensorVariable<E>;
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    axis: number,
  ): TensorVariable<D extends 'bool' ? 'int64' : D, R>;
  <D extends DType>(
    this: TensorVariable<D>,
    axis?: null,
  ): TensorVariable<D extends 'bool' ? 'int64' : D, 1>;
}

export interface AxisMethod {
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    axis?: number,
  ): TensorVariable<FloatOf<D>, R>;
}

// --- products ---

export interface DotMethod {
  <D extends DType, R extends number, E extends DType, S extends number>(
    this: TensorVariable<D, R>,
    other: TensorVariable<E, S>,
  ): TensorVariable<Common<D, E>, DotRank[R][S]>;
  <D extends DType, E extends DType>(
    this: TensorVariable<D>,
    other: NDArray<E>,
  ): TensorVariable<Common<D, E>>;
  <D extends DType, R extends number, T extends TypedArray>(
    this: TensorVariable<D, R>,
    other: T,
  ): TensorVariable<Common<D, DTypeOfTyped<T>>, DotRank[R][1]>;
}

// --- shapes ---

export interface ReshapeMethod {
  <D extends DType, const S extends Sizes>(
    this: TensorVariable<D>,
    sizes: S,
  ): TensorVariable<D, S['length']>;
}

export interface DimshuffleMethod {
  <D extends DType, const O extends readonly (number | 'x')[]>(
    this: TensorVariable<D>,
    order: O,
  ): TensorVariable<D, O['length']>;
}

export interface TransposeMethod {
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    axes?: readonly number[],
  ): TensorVariable<D, R>;
}

/** Methods that leave rank and dtype as they are. */
export interface KeepMethod<A extends readonly unknown[]> {
  <D extends DType, R extends number>(this: TensorVariable<D, R>, ...rest: A): TensorVariable<D, R>;
}

export interface SqueezeMethod {
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    axis: number,
  ): TensorVariable<D, PreviousRank[R]>;
  <D extends DType, R extends number, const A extends readonly number[]>(
    this: TensorVariable<D, R>,
    axes: A,
  ): TensorVariable<D, DropRank<R, A['length']>>;
  <D extends DType>(this: TensorVariable<D>): TensorVariable<D>;
}

export interface ExpandDimsMethod {
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    axis: number,
  ): TensorVariable<D, NextRank[R]>;
  <D extends DType, R extends number, const A extends readonly number[]>(
    this: TensorVariable<D, R>,
    axes: A,
  ): TensorVariable<D, AddRank<R, A['length']>>;
}

export interface RepeatMethod {
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    repeats: TensorLike,
    axis: number,
  ): TensorVariable<D, R>;
  <D extends DType>(this: TensorVariable<D>, repeats: TensorLike): TensorVariable<D, 1>;
}

export interface DiagonalMethod {
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    offset?: TensorLike,
    axis1?: number,
    axis2?: number,
  ): TensorVariable<D, PreviousRank[R]>;
}

export interface FlattenMethod {
  <D extends DType, N extends number = 1>(this: TensorVariable<D>, rank?: N): TensorVariable<D, N>;
}

// --- indexing ---

export interface AtMethod {
  <D extends DType, R extends number, const I extends readonly Basic[]>(
    this: TensorVariable<D, R>,
    ...indices: I
  ): TensorVariable<D, AtRank<R, I>>;
  <D extends DType, R extends number, S extends number>(
    this: TensorVariable<D, R>,
    mask: TensorVariable<'bool', S>,
  ): TensorVariable<D, NextRank[DropRank<R, S>]>;
  <D extends DType, R extends number, S extends number>(
    this: TensorVariable<D, R>,
    positions: TensorVariable<DType, S>,
  ): TensorVariable<D, TakeRank<R, S>>;
  <D extends DType, R extends number, S extends number, T extends number>(
    this: TensorVariable<D, R>,
    rows: TensorVariable<DType, S>,
    columns: TensorVariable<DType, T>,
  ): TensorVariable<D, TakeRank<PreviousRank[R], MaxRank[S][T]>>;
  <D extends DType>(this: TensorVariable<D>, ...indices: readonly Index[]): TensorVariable<D>;
}

export interface TakeMethod {
  <D extends DType, R extends number, S extends number>(
    this: TensorVariable<D, R>,
    positions: TensorVariable<DType, S>,
    axis?: number,
    mode?: RangeMode,
  ): TensorVariable<D, TakeRank<R, S>>;
  <D extends DType>(
    this: TensorVariable<D>,
    positions: TensorLike,
    axis?: number | null,
    mode?: RangeMode,
  ): TensorVariable<D>;
}

export interface AssignMethod {
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    indices: readonly Index[],
    values: TensorLike,
  ): TensorVariable<D, R>;
}

// --- values ---

export interface EvalMethod {
  <D extends DType, R extends number>(
    this: TensorVariable<D, R>,
    values?: EvalValues,
  ): ResultOf<TensorVariable<D, R>>;
}
