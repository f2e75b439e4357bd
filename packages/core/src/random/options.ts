/** What the draws of a stream are asked for by. */
import type { TensorVariable } from '../graph/variable.js';
import type { TensorLike } from '../ops/as-variable.js';
import type { DType, FloatDType, IntDType } from '../types/dtype.js';
import type { DrawSizes } from './parameters.js';

/** The rank of a draw of these sizes; of one with the sizes of its parameters it is open. */
export type DrawRank<S extends DrawSizes> = S extends readonly TensorLike[] ? S['length'] : number;

/** A draw of these sizes. */
export type Draw<D extends DType, S extends DrawSizes> = TensorVariable<D, DrawRank<S>>;

export interface FloatOptions<D extends FloatDType> {
  /** That of parameters that are tensors of floats, else floatX, unless given. */
  readonly dtype?: D;
}
export interface UniformOptions<D extends FloatDType> extends FloatOptions<D> {
  /** 0 unless given. */
  readonly low?: TensorLike;
  /** 1 unless given. */
  readonly high?: TensorLike;
}
export interface NormalOptions<D extends FloatDType> extends FloatOptions<D> {
  /** 0 unless given. */
  readonly mean?: TensorLike;
  /** The standard deviation; 1 unless given. */
  readonly std?: TensorLike;
}
export interface ExponentialOptions<D extends FloatDType> extends FloatOptions<D> {
  /** The mean; 1 unless given. */
  readonly scale?: TensorLike;
}
export interface TruncatedNormalOptions<D extends FloatDType> extends NormalOptions<D> {
  /** In standard deviations from the mean; -2 unless given. */
  readonly low?: TensorLike;
  /** In standard deviations from the mean; 2 unless given. */
  readonly high?: TensorLike;
}
export interface BetaOptions<D extends FloatDType> extends FloatOptions<D> {
  readonly a: TensorLike;
  readonly b: TensorLike;
}
export interface PoissonOptions<D extends DType> {
  /** The mean. */
  readonly rate: TensorLike;
  /** int64 unless given. */
  readonly dtype?: D;
}
export interface BinomialOptions<D extends DType> {
  readonly n: TensorLike;
  /** A half unless given. */
  readonly p?: TensorLike;
  /** int64 unless given. */
  readonly dtype?: D;
}
export interface BernoulliOptions<D extends DType> {
  /** Of true; a half unless given. */
  readonly p?: TensorLike;
  /** bool unless given. */
  readonly dtype?: D;
}
export interface IntegerOptions<D extends IntDType> {
  /** The least; 0 unless given. */
  readonly low?: TensorLike;
  readonly high: TensorLike;
  /** int64 unless given. */
  readonly dtype?: D;
}

export interface LocationOptions<D extends FloatDType> extends FloatOptions<D> {
  /** 0 unless given. */
  readonly loc?: TensorLike;
  /** 1 unless given. */
  readonly scale?: TensorLike;
}
export interface ShapeOptions<D extends FloatDType> extends FloatOptions<D> {
  readonly shape: TensorLike;
  /** 1 unless given. */
  readonly scale?: TensorLike;
}
export interface DegreesOptions<D extends FloatDType> extends FloatOptions<D> {
  /** Degrees of freedom. */
  readonly df: TensorLike;
}
export interface StudentOptions<D extends FloatDType>
  extends DegreesOptions<D>, LocationOptions<D> {}
export interface TriangularOptions<D extends FloatDType> extends FloatOptions<D> {
  readonly low: TensorLike;
  /** The most probable value. */
  readonly mode: TensorLike;
  readonly high: TensorLike;
}
export interface TruncatedExponentialOptions<D extends FloatDType> extends LocationOptions<D> {
  /** In scales above the location. */
  readonly high: TensorLike;
}
export interface VonMisesOptions<D extends FloatDType> extends FloatOptions<D> {
  /** The direction; 0 unless given. */
  readonly mu?: TensorLike;
  /** The concentration; 1 unless given. */
  readonly kappa?: TensorLike;
}
export interface WaldOptions<D extends FloatDType> extends FloatOptions<D> {
  /** 1 unless given. */
  readonly mean?: TensorLike;
  /** 1 unless given. */
  readonly scale?: TensorLike;
}
export interface GeneralizedGammaOptions<D extends FloatDType> extends FloatOptions<D> {
  /** 1 unless given. */
  readonly alpha?: TensorLike;
  /** 1 unless given. */
  readonly p?: TensorLike;
  /** 1 unless given. */
  readonly scale?: TensorLike;
}
export interface MultivariateNormalOptions<D extends FloatDType> extends FloatOptions<D> {
  /** [..., k]. */
  readonly mean: TensorLike;
  /** [..., k, k]: symmetric. */
  readonly cov: TensorLike;
  /** The root of cov: `cholesky` unless given; `eigh` also works where cov is singular. */
  readonly method?: 'cholesky' | 'eigh';
}
export interface DirichletOptions<D extends FloatDType> extends FloatOptions<D> {
  /** [..., k], positive. */
  readonly alpha: TensorLike;
}
export interface CountOptions<D extends DType> {
  /** int64 unless given. */
  readonly dtype?: D;
}
export interface GeometricOptions<D extends DType> extends CountOptions<D> {
  /** Of success. */
  readonly p: TensorLike;
}
export interface NegativeBinomialOptions<D extends DType> extends GeometricOptions<D> {
  /** Successes; need not be whole. */
  readonly n: TensorLike;
}
export interface BetaBinomialOptions<D extends DType> extends CountOptions<D> {
  readonly n: TensorLike;
  readonly a: TensorLike;
  readonly b: TensorLike;
}
export interface HypergeometricOptions<D extends DType> extends CountOptions<D> {
  readonly good: TensorLike;
  readonly bad: TensorLike;
  /** How many are taken of all, at most as many as there are. */
  readonly sample: TensorLike;
}
