/** The typed functions that sort, count, accumulate along an axis, and describe what is there. */
import type { TensorVariable } from '../graph/variable.js';
import type { TensorLike } from '../ops/as-variable.js';
import * as counting from '../ops/counting.js';
import * as cumulative from '../ops/cumulative.js';
import * as interpolation from '../ops/interpolation.js';
import type { InterpolationOptions } from '../ops/interpolation.js';
import * as sorting from '../ops/sorting.js';
import * as statistics from '../ops/statistics.js';
import type { DType } from '../types/dtype.js';
import type { Axes, ReduceOptions } from '../ops/reduce.js';
import type { Common, FloatOf } from './dtype-types.js';
import type { KeepFunction } from './shape-signatures.js';
import type { AccumulatingFunction, Correction, ReduceFunction } from './signatures.js';

const typed = <F>(implementation: unknown): F => implementation as F;

/** Along an axis, or of all elements as one line. */
export interface LineFunction {
  <D extends DType>(x: TensorVariable<D>, axis: null): TensorVariable<D, 1>;
  <D extends DType, R extends number>(x: TensorVariable<D, R>, axis?: number): TensorVariable<D, R>;
  (x: TensorLike, axis?: number | null): TensorVariable;
}
/** Positions along an axis, or among all elements. */
export interface PositionsFunction {
  (x: TensorVariable, axis: null): TensorVariable<'int64', 1>;
  <R extends number>(x: TensorVariable<DType, R>, axis?: number): TensorVariable<'int64', R>;
  (x: TensorLike, axis?: number | null): TensorVariable<'int64'>;
}
/** The elements in ascending order along an axis, by default the last; NaN last. */
export const sort = typed<LineFunction>(sorting.sort);
/** Positions that put elements in ascending order along an axis, by default the last; equal ones stay in order. */
export const argsort = typed<PositionsFunction>(sorting.argsort);

export interface TopFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    k: TensorLike,
    axis?: number,
  ): TensorVariable<D, R>;
  (x: TensorLike, k: TensorLike, axis?: number | null): TensorVariable;
}
export interface TopPositionsFunction {
  <R extends number>(
    x: TensorVariable<DType, R>,
    k: TensorLike,
    axis?: number,
  ): TensorVariable<'int64', R>;
  (x: TensorLike, k: TensorLike, axis?: number | null): TensorVariable<'int64'>;
}
export interface TopAndPositionsFunction {
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    k: TensorLike,
    axis?: number,
  ): [TensorVariable<D, R>, TensorVariable<'int64', R>];
  (x: TensorLike, k: TensorLike, axis?: number | null): [TensorVariable, TensorVariable<'int64'>];
}
/** The k greatest elements along an axis, the greatest first; the |k| least, the least first, for a negative k. */
export const topk = typed<TopFunction>(sorting.topk);
/** Positions of what `topk` gives. */
export const argtopk = typed<TopPositionsFunction>(sorting.argtopk);
export const topkAndArgtopk = typed<TopAndPositionsFunction>(sorting.topkAndArgtopk);

export interface SearchFunction {
  <R extends number>(
    x: TensorLike,
    values: TensorVariable<DType, R>,
    side?: 'left' | 'right',
    sorter?: TensorLike,
  ): TensorVariable<'int64', R>;
  (
    x: TensorLike,
    values: TensorLike,
    side?: 'left' | 'right',
    sorter?: TensorLike,
  ): TensorVariable<'int64'>;
}
/** Positions in an ascending vector where values would go. */
export const searchsorted = typed<SearchFunction>(sorting.searchsorted);

export interface DistinctFunction {
  <D extends DType>(x: TensorVariable<D>): TensorVariable<D, 1>;
  (x: TensorLike): TensorVariable<DType, 1>;
}
/** The distinct elements in ascending order; of late size. */
export const unique = typed<DistinctFunction>(counting.unique);
export const { uniqueAll, bincount, histogram } = counting;

export interface RunningExtremeFunction {
  <D extends DType, R extends number>(x: TensorVariable<D, R>, axis: number): TensorVariable<D, R>;
  <D extends DType>(x: TensorVariable<D>, axis?: null): TensorVariable<D, 1>;
  (x: TensorLike, axis?: number | null): TensorVariable;
}
export interface RunningFunction {
  <E extends DType>(x: TensorLike, axis: number | null | undefined, dtype: E): TensorVariable<E>;
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    axis: number,
  ): TensorVariable<D extends 'bool' ? 'int64' : D, R>;
  <D extends DType>(
    x: TensorVariable<D>,
    axis?: null,
  ): TensorVariable<D extends 'bool' ? 'int64' : D, 1>;
  (x: TensorLike, axis?: number | null, dtype?: DType): TensorVariable;
}
/** Running sums along an axis, or of all elements. */
export const cumsum = typed<RunningFunction>(cumulative.cumsum);
/** Running products along an axis, or of all elements. */
export const cumprod = typed<RunningFunction>(cumulative.cumprod);
/** The greatest element up to each, along an axis, or of all elements; NaN stays. */
export const cummax = typed<RunningExtremeFunction>(cumulative.cummax);
/** The least element up to each. */
export const cummin = typed<RunningExtremeFunction>(cumulative.cummin);
/** Differences of neighbours along an axis, by default the last, `n` times over. */
export const diff = typed<KeepFunction<[n?: number, axis?: number]>>(statistics.diff);

/** The root of the variance. */
export const std = typed<AccumulatingFunction<'float', Correction>>(statistics.std);
/** The greatest element less the least. */
export const ptp = typed<ReduceFunction<'same'>>(statistics.ptp);
/** How many elements are not 0. */
export const countNonzero = typed<ReduceFunction<'int64'>>(statistics.countNonzero);
export interface ExtremeAndPlaceFunction {
  <D extends DType>(
    x: TensorVariable<D>,
    axes?: null,
  ): [TensorVariable<D, 0>, TensorVariable<'int64', 0>];
  <D extends DType>(
    x: TensorVariable<D>,
    axes?: Axes,
    options?: ReduceOptions,
  ): [TensorVariable<D>, TensorVariable<'int64'>];
  (x: TensorLike, axes?: Axes, options?: ReduceOptions): [TensorVariable, TensorVariable<'int64'>];
}
/** The greatest element and its position: of several axes the flat one. */
export const maxAndArgmax = typed<ExtremeAndPlaceFunction>(statistics.maxAndArgmax);
/** The middle element, or the mean of the two middle ones. */
export const median = typed<ReduceFunction<'float'>>(statistics.median);
export interface QuantileFunction {
  <D extends DType>(x: TensorVariable<D>, q: number, axes?: null): TensorVariable<FloatOf<D>, 0>;
  <D extends DType>(x: TensorVariable<D>, q: TensorLike, axes?: Axes): TensorVariable<FloatOf<D>>;
  (x: TensorLike, q: TensorLike, axes?: Axes): TensorVariable;
}
/** The values below which shares `q` of the elements lie, a number or a vector. */
export const quantile = typed<QuantileFunction>(statistics.quantile);

export interface InterpolateFunction {
  <D extends DType, E extends DType, F extends DType, R extends number>(
    x: TensorVariable<D, R>,
    xs: TensorVariable<E>,
    ys: TensorVariable<F>,
    options?: { readonly left?: number; readonly right?: number },
  ): TensorVariable<Common<Common<FloatOf<D>, FloatOf<E>>, FloatOf<F>>, R>;
  <R extends number>(
    x: TensorVariable<DType, R>,
    xs: TensorLike,
    ys: TensorLike,
    options?: InterpolationOptions,
  ): TensorVariable<DType, R>;
  (x: TensorLike, xs: TensorLike, ys: TensorLike, options?: InterpolationOptions): TensorVariable;
}
/** Values of the function that is linear between the points (`xs`, `ys`), `xs` ascending. */
export const interp = typed<InterpolateFunction>(interpolation.interp);
