/** Random numbers in graphs: every draw of a stream has a state of its own, which functions move on. */
import { shared, type SharedOptions } from '../compile/shared.js';
import { InputError } from '../errors.js';
import { constant } from '../graph/constant.js';
import type { SharedVariable } from '../graph/shared.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, mul, neg, sub } from '../ops/arithmetic.js';
import { asVariable, isLiteral, type TensorLike } from '../ops/as-variable.js';
import { cast } from '../ops/cast.js';
import { lt } from '../ops/compare.js';
import { noGradientOf, randomNormal, randomUniform } from '../ops/random.js';
import { exp, log1p, sigmoid } from '../ops/transcendental.js';
import { drawBinomial, drawLogGamma, drawPoisson } from '../ops/draws.js';
import { drawTruncatedNormal } from './truncated.js';
import { philoxWord } from '../routines/philox.js';
import type { FloatX } from '../tensor/dtype-types.js';
import type { DType, FloatDType, IntDType } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import {
  drawCategories,
  drawChoice,
  drawCounts,
  drawIntegers,
  drawPermutation,
  drawShuffledRows,
  type ChoiceOptions,
} from './choice.js';
import { floatDraw, type DrawSizes } from './parameters.js';

/** The rank of a draw of these sizes; of one with the sizes of its parameters it is open. */
export type DrawRank<S extends DrawSizes> = S extends readonly TensorLike[] ? S['length'] : number;

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
export interface GammaOptions<D extends FloatDType> extends FloatOptions<D> {
  readonly shape: TensorLike;
  /** 1 unless given. */
  readonly scale?: TensorLike;
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

const full64 = (x: bigint): bigint => BigInt.asUintN(64, x);

/**
 * A source of random variables. Each draw (`uniform`, `normal`, …) has a state in a shared variable with
 * a default update, so every function whose graph contains the draw gives new numbers with each call;
 * within a call a draw has one value. The same seed and the same order of draws give the same bits on all
 * devices. `sizes` of a draw are numbers or integer scalars; null stands for those of its parameters.
 */
export class RandomStream {
  /** The states in the order of the draws: a key and the number of the next draw, as uint64 vectors. */
  readonly states: readonly SharedVariable<'uint64', 1>[] = [];
  private root: bigint;

  /** `device` is where the states live; the process' device by default. @throws InputError for a seed that is no whole number */
  constructor(
    seed: number | bigint,
    private readonly options: Pick<SharedOptions, 'device'> = {},
  ) {
    this.root = wholeSeed(seed);
  }

  /** Starts all draws again, as those of a new stream with this seed. @throws InputError */
  seed(seed: number | bigint): void {
    this.root = wholeSeed(seed);
    this.states.forEach((state, k) => state.setValue(this.firstState(k)));
  }

  /** Uniform in [low, high): of [0, 1) every multiple of 2^-24 (float64: 2^-53, float16: 2^-11). */
  uniform<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: UniformOptions<D> = {},
  ): TensorVariable<D, DrawRank<S>> {
    const { low = 0, high = 1 } = options;
    const draw = floatDraw('uniform', sizes, { low, high }, options.dtype);
    const u = randomUniform(draw.dtype, this.state(), draw.sizes);
    if (isLiteral(low) && isLiteral(high) && Number(low) === 0 && Number(high) === 1)
      return u as never;
    const { low: from, high: to } = draw.parameters;
    return add(from, mul(u, sub(to, from))) as never;
  }

  /** Normal. */
  normal<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: NormalOptions<D> = {},
  ): TensorVariable<D, DrawRank<S>> {
    const { mean = 0, std = 1 } = options;
    const { dtype, parameters, sizes: shape } = floatDraw('normal', sizes, { mean, std }, options.dtype);
    const z = randomNormal(dtype, this.state(), shape);
    return add(parameters.mean, mul(parameters.std, z)) as never;
  } // prettier-ignore

  /** Exponential: waiting times. */
  exponential<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: ExponentialOptions<D> = {},
  ): TensorVariable<D, DrawRank<S>> {
    const { scale = 1 } = options;
    const draw = floatDraw('exponential', sizes, { scale }, options.dtype);
    const u = randomUniform(draw.dtype, this.state(), draw.sizes);
    return mul(draw.parameters.scale, neg(log1p(neg(u)))) as never;
  }

  /** Normal, between bounds in standard deviations from the mean. */
  truncatedNormal<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    options: TruncatedNormalOptions<D> = {},
  ): TensorVariable<D, DrawRank<S>> {
    const { mean = 0, std = 1, low = -2, high = 2 } = options;
    const draw = floatDraw('truncatedNormal', sizes, { mean, std, low, high }, options.dtype);
    const { mean: centre, std: spread, ...bounds } = draw.parameters;
    const [from, to] = [bounds.low, bounds.high].map((bound) => cast(bound, 'float64'));
    const z = drawTruncatedNormal(this.state(), draw.sizes, from, to);
    return add(centre, mul(spread, cast(z, draw.dtype))) as never;
  }

  /** Gamma, of a shape and a scale. Differentiable by both, once by the shape. */
  gamma<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    { shape, scale = 1, dtype }: GammaOptions<D>,
  ): TensorVariable<D, DrawRank<S>> {
    const draw = floatDraw('gamma', sizes, { shape, scale }, dtype);
    const a = cast(draw.parameters.shape, 'float64');
    const value = exp(drawLogGamma(this.state(), draw.sizes, a));
    return mul(draw.parameters.scale, cast(value, draw.dtype)) as never;
  }

  /** Beta. Differentiable by both parameters, once. */
  beta<const S extends DrawSizes, D extends FloatDType = FloatX>(
    sizes: S,
    { a, b, dtype }: BetaOptions<D>,
  ): TensorVariable<D, DrawRank<S>> {
    const draw = floatDraw('beta', sizes, { a, b }, dtype);
    const [x, y] = [draw.parameters.a, draw.parameters.b].map((parameter) =>
      drawLogGamma(this.state(), draw.sizes, cast(parameter, 'float64')),
    );
    return cast(sigmoid(sub(x, y)), draw.dtype) as never;
  }

  /** Counts of events that come at a rate; 0 for a rate that is negative or no number. */
  poisson<const S extends DrawSizes, D extends DType = 'int64'>(
    sizes: S,
    { rate, dtype }: PoissonOptions<D>,
  ): TensorVariable<D, DrawRank<S>> {
    const draw = floatDraw('poisson', sizes, { rate }, 'float64');
    const counts = drawPoisson(this.state(), draw.sizes, draw.parameters.rate);
    return cast(counts, dtype ?? 'int64') as never;
  }

  /** Counts of successes in n trials; 0 for a p outside [0, 1]. */
  binomial<const S extends DrawSizes, D extends DType = 'int64'>(
    sizes: S,
    { n, p = 0.5, dtype }: BinomialOptions<D>,
  ): TensorVariable<D, DrawRank<S>> {
    const draw = floatDraw('binomial', sizes, { n, p }, 'float64');
    const counts = drawBinomial(this.state(), draw.sizes, draw.parameters.n, draw.parameters.p);
    return cast(counts, dtype ?? 'int64') as never;
  }

  /** True with probability p. */
  bernoulli<const S extends DrawSizes, D extends DType = 'bool'>(
    sizes: S,
    options: BernoulliOptions<D> = {},
  ): TensorVariable<D, DrawRank<S>> {
    const draw = floatDraw('bernoulli', sizes, { p: options.p ?? 0.5 });
    // Of float16 there are too few numbers to compare with.
    const wide = draw.dtype === 'float64' ? 'float64' : 'float32';
    const p = noGradientOf('bernoulli', cast(draw.parameters.p, wide));
    const drawn = lt(randomUniform(wide, this.state(), draw.sizes), p);
    return cast(drawn, options.dtype ?? 'bool') as never;
  }

  /** Integers in [low, high), each as probable as any. */
  integers<const S extends DrawSizes, D extends IntDType = 'int64'>(
    sizes: S,
    { low = 0, high, dtype }: IntegerOptions<D>,
  ): TensorVariable<D, DrawRank<S>> {
    return drawIntegers(this.state(), sizes, low, high, dtype ?? 'int64') as never;
  }

  /** Integers in [low, high], both among them. */
  randomIntegers<const S extends DrawSizes, D extends IntDType = 'int64'>(
    sizes: S,
    { low = 0, high, dtype }: IntegerOptions<D>,
  ): TensorVariable<D, DrawRank<S>> {
    return drawIntegers(this.state(), sizes, low, add(high, 1), dtype ?? 'int64') as never;
  }

  /**
   * Categories, as int64, with the probabilities along the last axis of `p`; these need not sum to 1. A
   * draw for each of p's lines, unless there are sizes. @throws ShapeError
   */
  categorical(p: TensorLike, sizes: DrawSizes = null): TensorVariable<'int64'> {
    return drawCategories('categorical', this.state(), p, sizes) as never;
  }

  /**
   * How often each category comes in n draws: int64 of the shape of `p`, whose last axis has the
   * probabilities; these need not sum to 1. `n` is an integer, or one for each line. @throws ShapeError
   */
  multinomial<R extends number = number>(
    n: TensorLike,
    p: TensorVariable<DType, R> | TensorLike,
  ): TensorVariable<'int64', R> {
    return drawCounts(this.state(), n, p) as never;
  }

  /** The numbers below an integer, or the elements of an array along its first axis, in random order. */
  permutation<D extends DType, R extends number>(
    x: TensorVariable<D, R>,
  ): R extends 0 ? TensorVariable<'int64', 1> : TensorVariable<D, R>;
  permutation(x: TensorLike): TensorVariable;
  permutation(x: TensorLike): TensorVariable {
    return drawPermutation(this.state(), x);
  }

  /** The elements of each line along the last axis in a random order, another one for each line. @throws ShapeError */
  shuffleRowElements<D extends DType, R extends number>(
    x: TensorVariable<D, R>,
  ): TensorVariable<D, R> {
    return drawShuffledRows(this.state(), x) as never;
  }

  /**
   * Numbers below an integer, or elements of an array along its first axis. Without replacement there
   * must be as many as are drawn. @throws IndexRangeError
   */
  choice(
    a: TensorLike,
    sizes: readonly TensorLike[] = [],
    options: ChoiceOptions = {},
  ): TensorVariable {
    return drawChoice(this.state(), asVariable(a), sizes, options);
  }

  /** The state of a new draw. */
  private state(): SharedVariable<'uint64', 1> {
    const number = this.states.length;
    const state = shared(this.firstState(number), `random${number}`, {
      ...this.options,
      shape: [2],
    });
    state.defaultUpdate = add(state, constant(NDArray.view(BigUint64Array.of(0n, 1n), [2])));
    (this.states as SharedVariable<'uint64', 1>[]).push(state);
    return state;
  }

  private firstState(number: number): NDArray<'uint64'> {
    const key = philoxWord(this.root, BigInt(number), 0n);
    return NDArray.view(BigUint64Array.of(key, 0n), [2]);
  }
}

function wholeSeed(seed: number | bigint): bigint {
  if (typeof seed === 'bigint' || Number.isSafeInteger(seed)) return full64(BigInt(seed));
  throw new InputError(`[RandomStream] expected a whole number as seed, got ${seed}`);
}
