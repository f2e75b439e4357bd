/** Types of the functions that make tensors, move their axes and elements, and pick among them. */
import type { TensorVariable } from '../graph/variable.js';
import type { TensorLike } from '../ops/as-variable.js';
import type { SpaceOptions } from '../ops/grids.js';
import type { ReduceOptions } from '../ops/reduce.js';
import type { DType } from '../types/dtype.js';
import type {
  AddRank,
  DropRank,
  FloatX,
  MaxRank,
  NextRank,
  PreviousRank,
  SumTable,
} from './dtype-types.js';

/** Functions that leave rank and dtype as they are. */
export interface KeepFunction<A extends readonly unknown[]> {
  <D extends DType, R extends number>(x: TensorVariable<D, R>, ...rest: A): TensorVariable<D, R>;
  (x: TensorLike, ...rest: A): TensorVariable;
}

// --- creation ---

export interface FullLikeFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    value: TensorLike,
  ): TensorVariable<D, R>;
  <R extends number, E extends DType>(
    x: TensorVariable<DType, R>,
    value: TensorLike,
    dtype: E,
  ): TensorVariable<E, R>;
}

/** Of numbers of rows and columns, a diagonal and a dtype. */
export interface MatrixFunction {
  (rows: TensorLike, columns?: TensorLike, offset?: TensorLike): TensorVariable<FloatX, 2>;
  <D extends DType>(
    rows: TensorLike,
    columns: TensorLike,
    offset: TensorLike,
    dtype: D,
  ): TensorVariable<D, 2>;
}

export interface IdentityLikeFunction {
  <D extends DType>(x: TensorVariable<D>): TensorVariable<D, 2>;
  <D extends DType>(x: TensorLike, dtype: D): TensorVariable<D, 2>;
}

export interface OneHotFunction {
  <R extends number>(
    labels: TensorVariable<DType, R>,
    count: TensorLike,
  ): TensorVariable<FloatX, NextRank[R]>;
  <R extends number, D extends DType>(
    labels: TensorVariable<DType, R>,
    count: TensorLike,
    dtype: D,
  ): TensorVariable<D, NextRank[R]>;
  (labels: TensorLike, count: TensorLike, dtype?: DType): TensorVariable;
}

/** Evenly spaced numbers; of tensors as bounds in a new first axis. */
export interface SpaceFunction<More = unknown> {
  (
    start: number,
    stop: number,
    count?: TensorLike,
    options?: Omit<SpaceOptions, 'dtype'> & More,
  ): TensorVariable<FloatX, 1>;
  <D extends DType>(
    start: number,
    stop: number,
    count: TensorLike,
    options: SpaceOptions & { readonly dtype: D } & More,
  ): TensorVariable<D, 1>;
  (
    start: TensorLike,
    stop: TensorLike,
    count?: TensorLike,
    options?: SpaceOptions & More,
  ): TensorVariable;
}

// --- axes ---

export interface SqueezeFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    axis: number,
  ): TensorVariable<D, PreviousRank[R]>;
  <D extends DType, R extends number, const A extends readonly number[]>(
    x: TensorVariable<D, R>,
    axes: A,
  ): TensorVariable<D, DropRank<R, A['length']>>;
  <D extends DType>(x: TensorVariable<D>): TensorVariable<D>;
  (x: TensorLike, axes?: number | readonly number[] | null): TensorVariable;
}

export interface ExpandDimsFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    axis: number,
  ): TensorVariable<D, NextRank[R]>;
  <D extends DType, R extends number, const A extends readonly number[]>(
    x: TensorVariable<D, R>,
    axes: A,
  ): TensorVariable<D, AddRank<R, A['length']>>;
  (x: TensorLike, axes: number | readonly number[]): TensorVariable;
}

export interface ShapePadFunction {
  <D extends DType, R extends number>(x: TensorVariable<D, R>): TensorVariable<D, NextRank[R]>;
  <D extends DType, R extends number, N extends number>(
    x: TensorVariable<D, R>,
    count: N,
  ): TensorVariable<D, AddRank<R, N>>;
  (x: TensorLike, count?: number): TensorVariable;
}

export interface AtLeastFunction<N extends number> {
  <D extends DType, R extends number>(x: TensorVariable<D, R>): TensorVariable<D, MaxRank[R][N]>;
  (x: TensorLike): TensorVariable;
}

export interface SplitDimsFunction {
  <D extends DType, R extends number, const S extends readonly TensorLike[]>(
    x: TensorVariable<D, R>,
    axis: number,
    sizes: S,
  ): TensorVariable<D, AddRank<PreviousRank[R], S['length']>>;
  (x: TensorLike, axis: number, sizes: readonly TensorLike[]): TensorVariable;
}

export interface JoinDimsFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    start?: number,
  ): TensorVariable<D, PreviousRank[R]>;
  <D extends DType>(x: TensorVariable<D>, start: number, count: number): TensorVariable<D>;
  (x: TensorLike, start?: number, count?: number): TensorVariable;
}

// --- joining and repeating ---

export interface ConcatenateFunction {
  <D extends DType, R extends number>(
    tensors: readonly TensorVariable<D, R>[],
    axis?: number,
  ): TensorVariable<D, R>;
  (tensors: readonly TensorLike[], axis?: number): TensorVariable;
}

export interface StackFunction {
  <D extends DType, R extends number>(
    tensors: readonly TensorVariable<D, R>[],
    axis?: number,
  ): TensorVariable<D, NextRank[R]>;
  (tensors: readonly TensorLike[], axis?: number): TensorVariable;
}

/** Of at least rank `N`. */
export interface SideBySideFunction<N extends number> {
  <D extends DType, R extends number>(
    tensors: readonly TensorVariable<D, R>[],
  ): TensorVariable<D, MaxRank[R][N]>;
  (tensors: readonly TensorLike[]): TensorVariable;
}

export interface SplitFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    parts: number | readonly TensorLike[],
    axis?: number,
  ): TensorVariable<D, R>[];
  (x: TensorLike, parts: number | readonly TensorLike[], axis?: number): TensorVariable[];
}

export interface RepeatFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    repeats: TensorLike,
    axis: number,
  ): TensorVariable<D, R>;
  <D extends DType>(x: TensorVariable<D>, repeats: TensorLike): TensorVariable<D, 1>;
  (x: TensorLike, repeats: TensorLike, axis?: number | null): TensorVariable;
}

export interface TileFunction {
  <D extends DType, R extends number, const S extends readonly TensorLike[]>(
    x: TensorVariable<D, R>,
    repeats: S,
  ): TensorVariable<D, MaxRank[R][S['length']]>;
  (x: TensorLike, repeats: TensorLike | readonly TensorLike[]): TensorVariable;
}

// --- diagonals ---

export interface DiagonalFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    offset?: TensorLike,
    axis1?: number,
    axis2?: number,
  ): TensorVariable<D, PreviousRank[R]>;
  (x: TensorLike, offset?: TensorLike, axis1?: number, axis2?: number): TensorVariable;
}

export interface TraceFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    offset?: TensorLike,
    axis1?: number,
    axis2?: number,
    options?: ReduceOptions,
  ): TensorVariable<SumTable[D], DropRank<R, 2>>;
  (x: TensorLike, offset?: TensorLike, axis1?: number, axis2?: number): TensorVariable;
}

/** The rank of numpy.diag. */
interface DiagRank {
  1: 2;
  2: 1;
  [rank: number]: number;
}

export interface DiagFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    offset?: TensorLike,
  ): TensorVariable<D, DiagRank[R]>;
  (x: TensorLike, offset?: TensorLike): TensorVariable;
}

export interface AllocDiagFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    offset?: TensorLike,
  ): TensorVariable<D, NextRank[R]>;
  (x: TensorLike, offset?: TensorLike): TensorVariable;
}

// --- picking ---

export interface CompressFunction {
  <D extends DType, R extends number>(
    condition: TensorLike,
    x: TensorVariable<D, R>,
    axis: number,
  ): TensorVariable<D, R>;
  <D extends DType>(condition: TensorLike, x: TensorVariable<D>): TensorVariable<D, 1>;
  (condition: TensorLike, x: TensorLike, axis?: number | null): TensorVariable;
}

export interface NonzeroValuesFunction {
  <D extends DType>(x: TensorVariable<D>): TensorVariable<D, 1>;
  (x: TensorLike): TensorVariable<DType, 1>;
}

export interface InversePermutationFunction {
  <R extends number>(permutation: TensorVariable<DType, R>): TensorVariable<'int64', R>;
  (permutation: TensorLike): TensorVariable<'int64'>;
}

/** Rows and columns of elements. */
export type IndexPair = [rows: TensorVariable<'int64', 1>, columns: TensorVariable<'int64', 1>];
