/** Types of linear algebra: dtypes and ranks of results from those of the operands. */
import type { TensorVariable } from '../graph/variable.js';
import type { TensorLike } from '../ops/as-variable.js';
import type { NormOrder } from '../ops/linear-algebra.js';
import type { Axes } from '../ops/reduce.js';
import type { LeastSquares } from '../ops/spectra.js';
import type { DType, FloatDType } from '../types/dtype.js';
import type { Common, DropRank, FloatOf, MaxRank, PreviousRank, SumTable } from './dtype-types.js';
import type { Drops, Keeps } from './signatures.js';

/** Matrices → matrices as many; integers become floatX. */
export interface MatrixFunction<Options = undefined> {
  <D extends DType, R extends number>(
    a: TensorVariable<D, R>,
    options?: Options,
  ): TensorVariable<FloatOf<D>, R>;
  (a: TensorLike, options?: Options): TensorVariable;
}

/** Matrices → a number each. */
export interface MatrixToNumber {
  <D extends DType, R extends number>(
    a: TensorVariable<D, R>,
  ): TensorVariable<FloatOf<D>, DropRank<R, 2>>;
  (a: TensorLike): TensorVariable;
}

/** Matrices → a vector each. */
export interface MatrixToVector<Options = undefined> {
  <D extends DType, R extends number>(
    a: TensorVariable<D, R>,
    options?: Options,
  ): TensorVariable<FloatOf<D>, PreviousRank[R]>;
  (a: TensorLike, options?: Options): TensorVariable;
}

/** Matrices → two matrices each. */
export interface MatrixToPair<Options = undefined> {
  <D extends DType, R extends number>(
    a: TensorVariable<D, R>,
    options?: Options,
  ): [TensorVariable<FloatOf<D>, R>, TensorVariable<FloatOf<D>, R>];
  (a: TensorLike, options?: Options): [TensorVariable, TensorVariable];
}

/** Matrices → three matrices each. */
export interface MatrixToTriple {
  <D extends DType, R extends number>(
    a: TensorVariable<D, R>,
  ): [TensorVariable<FloatOf<D>, R>, TensorVariable<FloatOf<D>, R>, TensorVariable<FloatOf<D>, R>];
  (a: TensorLike): [TensorVariable, TensorVariable, TensorVariable];
}

/** Pairs of matrices → four matrices each; leading axes broadcast. */
export interface QzFunction {
  <D extends DType, R extends number, E extends DType, S extends number>(
    a: TensorVariable<D, R>,
    b: TensorVariable<E, S>,
  ): Four<TensorVariable<FloatOf<Common<D, E>>, MaxRank[R][S]>>;
  (a: TensorLike, b: TensorLike): Four<TensorVariable>;
}
type Four<T> = [T, T, T, T];

export interface LuFactorFunction {
  <D extends DType, R extends number>(
    a: TensorVariable<D, R>,
  ): [TensorVariable<FloatOf<D>, R>, TensorVariable<'int64', PreviousRank[R]>];
  (a: TensorLike): [TensorVariable, TensorVariable<'int64'>];
}

export interface SlogdetFunction {
  <D extends DType, R extends number>(
    a: TensorVariable<D, R>,
  ): [TensorVariable<FloatOf<D>, DropRank<R, 2>>, TensorVariable<FloatOf<D>, DropRank<R, 2>>];
  (a: TensorLike): [TensorVariable, TensorVariable];
}

export interface EighFunction<Options> {
  <D extends DType, R extends number>(
    a: TensorVariable<D, R>,
    options?: Options,
  ): [TensorVariable<FloatOf<D>, PreviousRank[R]>, TensorVariable<FloatOf<D>, R>];
  (a: TensorLike, options?: Options): [TensorVariable, TensorVariable];
}

export interface SvdFunction<Options> {
  <D extends DType, R extends number>(
    a: TensorVariable<D, R>,
    options?: Options,
  ): [
    TensorVariable<FloatOf<D>, R>,
    TensorVariable<FloatOf<D>, PreviousRank[R]>,
    TensorVariable<FloatOf<D>, R>,
  ];
  (a: TensorLike, options?: Options): [TensorVariable, TensorVariable, TensorVariable];
}

/** The rank of x in a·x = b: a vector b stands for a column. */
export interface SolveRank {
  2: { 1: 1; 2: 2; 3: 3; 4: 4; [rank: number]: number };
  3: { 1: 2; 2: 3; 3: 3; 4: 4; [rank: number]: number };
  4: { 1: 3; 2: 4; 3: 4; 4: 4; [rank: number]: number };
  [rank: number]: { [rank: number]: number };
}

export interface SolveFunction<Options> {
  <D extends DType, R extends number, E extends DType, S extends number>(
    a: TensorVariable<D, R>,
    b: TensorVariable<E, S>,
    options?: Options,
  ): TensorVariable<FloatOf<Common<D, E>>, SolveRank[R][S]>;
  (a: TensorLike, b: TensorLike, options?: Options): TensorVariable;
}

export interface LstsqFunction {
  (a: TensorLike, b: TensorLike, options?: { readonly rcond?: number }): LeastSquares;
}

export interface TraceFunction {
  <D extends DType, R extends number>(
    a: TensorVariable<D, R>,
  ): TensorVariable<SumTable[D], DropRank<R, 2>>;
  (a: TensorLike): TensorVariable;
}

export interface MatrixPowerFunction {
  <D extends DType, R extends number>(a: TensorVariable<D, R>, n: number): TensorVariable<D, R>;
  (a: TensorLike, n: number): TensorVariable;
}

export interface NormFunction {
  <D extends DType>(
    x: TensorVariable<D>,
    ord?: null,
    axes?: null,
    options?: Drops,
  ): TensorVariable<FloatOf<D>, 0>;
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    ord: NormOrder | null,
    axes: Axes,
    options: Keeps,
  ): TensorVariable<FloatOf<D>, R>;
  <D extends DType, R extends number>(
    x: TensorVariable<D, R>,
    ord: NormOrder | null,
    axis: number,
    options?: Drops,
  ): TensorVariable<FloatOf<D>, PreviousRank[R]>;
  (x: TensorLike, ord?: NormOrder | null, axes?: Axes, options?: Drops | Keeps): TensorVariable;
}

export interface KronFunction {
  <D extends DType, R extends number, E extends DType, S extends number>(
    a: TensorVariable<D, R>,
    b: TensorVariable<E, S>,
  ): TensorVariable<Common<D, E>, MaxRank[R][S]>;
  (a: TensorLike, b: TensorLike): TensorVariable;
}

// --- products of stacks ---

/** The rank of a product of vectors, matrices and stacks of matrices. */
export interface MatmulRank {
  1: { 1: 0; 2: 1; 3: 2; 4: 3; 5: 4; [rank: number]: number };
  2: { 1: 1; 2: 2; 3: 3; 4: 4; 5: 5; [rank: number]: number };
  3: { 1: 2; 2: 3; 3: 3; 4: 4; 5: 5; [rank: number]: number };
  4: { 1: 3; 2: 4; 3: 4; 4: 4; 5: 5; [rank: number]: number };
  5: { 1: 4; 2: 5; 3: 5; 4: 5; 5: 5; [rank: number]: number };
  [rank: number]: { [rank: number]: number };
}

export interface MatmulFunction {
  <D extends DType, R extends number, E extends DType, S extends number>(
    x: TensorVariable<D, R>,
    y: TensorVariable<E, S>,
  ): TensorVariable<Common<D, E>, MatmulRank[R][S]>;
  (x: TensorLike, y: TensorLike): TensorVariable;
}

export interface VecdotFunction {
  <D extends DType, R extends number, E extends DType, S extends number>(
    x: TensorVariable<D, R>,
    y: TensorVariable<E, S>,
  ): TensorVariable<Common<D, E>, PreviousRank[MaxRank[R][S]]>;
  (x: TensorLike, y: TensorLike): TensorVariable;
}

/** Products whose rank depends on more than ranks. */
export interface ProductFunction<Rest extends readonly unknown[] = []> {
  <D extends DType, E extends DType>(
    x: TensorVariable<D>,
    y: TensorVariable<E>,
    ...rest: Rest
  ): TensorVariable<Common<D, E>>;
  (x: TensorLike, y: TensorLike, ...rest: Rest): TensorVariable;
}

/** The rank of a product over the last axis of both. */
export interface InnerRank {
  0: { 0: 0; 1: 1; 2: 2; 3: 3; [rank: number]: number };
  1: { 0: 1; 1: 0; 2: 1; 3: 2; [rank: number]: number };
  2: { 0: 2; 1: 1; 2: 2; 3: 3; [rank: number]: number };
  3: { 0: 3; 1: 2; 2: 3; 3: 4; [rank: number]: number };
  [rank: number]: { [rank: number]: number };
}

export interface InnerFunction {
  <D extends DType, R extends number, E extends DType, S extends number>(
    x: TensorVariable<D, R>,
    y: TensorVariable<E, S>,
  ): TensorVariable<Common<D, E>, InnerRank[R][S]>;
  (x: TensorLike, y: TensorLike): TensorVariable;
}

/** Matrices that solve an equation between matrices. */
export type EquationFunction<Operands extends readonly unknown[]> = (
  ...operands: Operands
) => TensorVariable<FloatDType, 2>;
