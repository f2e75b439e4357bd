/** The streams of random numbers that users make: all draws, of which those of counts and places are here. */
import type { TensorVariable } from '../graph/variable.js';
import { add, ceil, maximum, mul, neg, sub, trueDiv } from '../ops/arithmetic.js';
import { asVariable, type TensorLike } from '../ops/as-variable.js';
import { cast } from '../ops/cast.js';
import { lt } from '../ops/compare.js';
import { drawBinomial, drawHypergeometric, drawPoisson } from '../ops/draws.js';
import { noGradientOf, randomUniform } from '../ops/random.js';
import { log1p } from '../ops/transcendental.js';
import type { DType, IntDType } from '../types/dtype.js';
import {
  drawCategories,
  drawChoice,
  drawCounts,
  drawIntegers,
  drawPermutation,
  drawShuffledRows,
  type ChoiceOptions,
} from './choice.js';
import { ContinuousStream } from './continuous.js';
import type {
  BernoulliOptions,
  BetaBinomialOptions,
  BinomialOptions,
  Draw,
  GeometricOptions,
  HypergeometricOptions,
  IntegerOptions,
  NegativeBinomialOptions,
  PoissonOptions,
} from './options.js';
import { floatDraw, type DrawSizes } from './parameters.js';

export type { DrawRank } from './options.js';

/**
 * A source of random variables. Each draw (`uniform`, `normal`, …) has a state in a shared variable with
 * a default update, so every function whose graph contains the draw gives new numbers with each call;
 * within a call a draw has one value. The same seed and the same order of draws give the same bits on all
 * devices. `sizes` of a draw are numbers or integer scalars; null stands for those of its parameters.
 */
export class RandomStream extends ContinuousStream {
  /** Counts of events that come at a rate; 0 for a rate that is negative or no number. */
  poisson<const S extends DrawSizes, D extends DType = 'int64'>(
    sizes: S,
    { rate, dtype }: PoissonOptions<D>,
  ): Draw<D, S> {
    const draw = floatDraw('poisson', sizes, { rate }, 'float64');
    const counts = drawPoisson(this.state(), draw.sizes, draw.parameters.rate);
    return cast(counts, dtype ?? 'int64') as never;
  }

  /** Counts of successes in n trials; 0 for a p outside [0, 1]. */
  binomial<const S extends DrawSizes, D extends DType = 'int64'>(
    sizes: S,
    { n, p = 0.5, dtype }: BinomialOptions<D>,
  ): Draw<D, S> {
    const draw = floatDraw('binomial', sizes, { n, p }, 'float64');
    const counts = drawBinomial(this.state(), draw.sizes, draw.parameters.n, draw.parameters.p);
    return cast(counts, dtype ?? 'int64') as never;
  }

  /** Trials until a success comes, which counts. */
  geometric<const S extends DrawSizes, D extends DType = 'int64'>(
    sizes: S,
    { p, dtype }: GeometricOptions<D>,
  ): Draw<D, S> {
    const draw = floatDraw('geometric', sizes, { p }, 'float64');
    const u = randomUniform('float64', this.state(), draw.sizes);
    const never = log1p(neg(noGradientOf('geometric', draw.parameters.p)));
    const trials = maximum(ceil(trueDiv(log1p(neg(u)), never)), 1);
    return cast(trials, dtype ?? 'int64') as never;
  }

  /** Failures before the n-th success. */
  negativeBinomial<const S extends DrawSizes, D extends DType = 'int64'>(
    sizes: S,
    { n, p, dtype }: NegativeBinomialOptions<D>,
  ): Draw<D, S> {
    const draw = floatDraw('negativeBinomial', sizes, { n, p }, 'float64');
    const odds = trueDiv(sub(1, draw.parameters.p), draw.parameters.p);
    const rate = mul(this.gamma(draw.sizes, { shape: draw.parameters.n }), odds);
    return cast(drawPoisson(this.state(), draw.sizes, rate), dtype ?? 'int64') as never;
  }

  /** Successes in n trials, whose probability is a beta variable. */
  betaBinomial<const S extends DrawSizes, D extends DType = 'int64'>(
    sizes: S,
    { n, a, b, dtype }: BetaBinomialOptions<D>,
  ): Draw<D, S> {
    const draw = floatDraw('betaBinomial', sizes, { n, a, b }, 'float64');
    const { n: trials, ...shapes } = draw.parameters;
    const p = this.beta(draw.sizes, shapes);
    return cast(drawBinomial(this.state(), draw.sizes, trials, p), dtype ?? 'int64') as never;
  }

  /** How many good ones are in a sample from good and bad ones; 0 for a sample of more than there are. */
  hypergeometric<const S extends DrawSizes, D extends DType = 'int64'>(
    sizes: S,
    { good, bad, sample, dtype }: HypergeometricOptions<D>,
  ): Draw<D, S> {
    const draw = floatDraw('hypergeometric', sizes, { good, bad, sample }, 'float64');
    const { good: g, bad: b, sample: n } = draw.parameters;
    const counts = drawHypergeometric(this.state(), draw.sizes, [g, b, n]);
    return cast(counts, dtype ?? 'int64') as never;
  }

  /** True with probability p. */
  bernoulli<const S extends DrawSizes, D extends DType = 'bool'>(
    sizes: S,
    options: BernoulliOptions<D> = {},
  ): Draw<D, S> {
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
  ): Draw<D, S> {
    return drawIntegers(this.state(), sizes, low, high, dtype ?? 'int64') as never;
  }

  /** Integers in [low, high], both among them. */
  randomIntegers<const S extends DrawSizes, D extends IntDType = 'int64'>(
    sizes: S,
    { low = 0, high, dtype }: IntegerOptions<D>,
  ): Draw<D, S> {
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
}
