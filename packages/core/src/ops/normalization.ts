/** Batch, layer and local response normalisation. */
import { ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { normalizeAxes } from '../types/tensor-type.js';
import { add, mul, pow, reciprocal, sqr, sqrt, sub, trueDiv } from './arithmetic.js';
import { asVariable, type Literal, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { dimshuffle } from './dimshuffle.js';
import { withBorders } from './padding.js';
import { countOf, keepAxes, mean, sum, variance } from './reduce.js';
import { scalarConstant } from '../graph/constant.js';
import { asFloat } from './floats.js';
import { windows } from './windows.js';

/** Axes that statistics are taken over: the first ('per-activation'), all but the second ('spatial'), or a list. */
export type NormalizationAxes = 'per-activation' | 'spatial' | readonly number[];

function axesOf(name: string, axes: NormalizationAxes, rank: number): readonly number[] {
  if (axes === 'per-activation') return [0];
  if (axes === 'spatial')
    return normalizeAxes(
      name,
      range(rank).filter((axis) => axis !== 1),
      rank,
    );
  return normalizeAxes(name, axes, rank);
}

const range = (length: number): number[] => Array.from({ length }, (_, k) => k);

/** A parameter of the rank of `x`, or of the axes that are not reduced, as a factor of `x`. */
function aligned(
  name: string,
  parameter: TensorLike,
  x: TensorVariable,
  axes: readonly number[],
): TensorVariable {
  const v = asVariable(parameter, x.dtype);
  const { rank } = x.type;
  if (v.type.rank === 0) return v;
  if (v.type.rank === rank) {
    for (const axis of axes) {
      if (v.type.broadcasts(axis)) continue;
      throw new ShapeError(
        `[${name}] expected ${v.toString()} to have a static size of 1 on axis ${axis}, got ${v.type.key}`,
      );
    }
    return v;
  }
  if (v.type.rank !== rank - axes.length) {
    throw new ShapeError(
      `[${name}] expected ${v.toString()} of rank ${rank - axes.length} or ${rank}, got ${v.type.rank}`,
    );
  }
  return keepAxes(v, axes, rank);
}

/** What a batch's statistics become in running ones. */
export interface RunningOptions {
  readonly runningAverageFactor?: number;
  readonly runningMean?: TensorLike;
  readonly runningVar?: TensorLike;
}

export interface BatchNormOptions extends RunningOptions {
  readonly epsilon?: number;
}

export interface BatchNormResult {
  readonly output: TensorVariable;
  /** Mean and 1 / sqrt(variance + epsilon) of the batch; reduced axes have size 1. */
  readonly mean: TensorVariable;
  readonly invStd: TensorVariable;
  /** The new running statistics where the old ones were given; of the variance the unbiased one enters. */
  readonly runningMean: TensorVariable | null;
  readonly runningVar: TensorVariable | null;
}

/**
 * (x - mean) / sqrt(variance + epsilon) · gamma + beta, with the batch's own statistics over `axes` (Ioffe
 * and Szegedy 2015). epsilon is 1e-4 and the running average's factor 0.1 unless given, as in Theano.
 * @throws ShapeError
 */
export function batchNormalizationTrain(
  inputs: TensorLike,
  gamma: TensorLike,
  beta: TensorLike,
  axes: NormalizationAxes = 'per-activation',
  options: BatchNormOptions = {},
): BatchNormResult {
  const name = 'batch_normalization_train';
  const x = asFloat(inputs);
  const { epsilon = 1e-4, runningAverageFactor: factor = 0.1, runningMean, runningVar } = options;
  const over = axesOf(name, axes, x.type.rank);
  const scale = aligned(name, gamma, x, over);
  const shift = aligned(name, beta, x, over);
  const average = mean(x, over, { keepdims: true });
  const spread = variance(x, over, { keepdims: true });
  const invStd = reciprocal(sqrt(add(spread, epsilon)));
  const output = add(mul(mul(sub(x, average), invStd), scale), shift);
  const { rank } = asVariable(gamma).type;
  const blend = (old: TensorLike, own: TensorVariable): TensorVariable => {
    const before = asVariable(old);
    if (before.type.rank !== rank)
      throw new ShapeError(
        `[${name}] expected running statistics of gamma's rank, ${rank}, got ${before.type.key} (${before.toString()})`,
      );
    const shaped =
      before.type.rank === x.type.rank || before.type.rank === 0 ? own : dropAxes(own, over);
    return add(mul(before, 1 - factor), mul(shaped, factor));
  };
  const count = cast(countOf(x, over), x.dtype);
  const unbiased = mul(spread, trueDiv(count, sub(count, 1)));
  return {
    output,
    mean: average,
    invStd,
    runningMean: runningMean === undefined ? null : blend(runningMean, average),
    runningVar: runningVar === undefined ? null : blend(runningVar, unbiased),
  };
}

function dropAxes(x: TensorVariable, axes: readonly number[]): TensorVariable {
  return dimshuffle(
    x,
    range(x.type.rank).filter((axis) => !axes.includes(axis)),
  );
}

/** Batch normalisation with given statistics, as it is used after training. @throws ShapeError */
export function batchNormalizationTest(
  inputs: TensorLike,
  gamma: TensorLike,
  beta: TensorLike,
  runningMean: TensorLike,
  runningVar: TensorLike,
  axes: NormalizationAxes = 'per-activation',
  options: { readonly epsilon?: number } = {},
): TensorVariable {
  const name = 'batch_normalization_test';
  const x = asFloat(inputs);
  const over = axesOf(name, axes, x.type.rank);
  const [scale, shift, average, spread] = [gamma, beta, runningMean, runningVar].map((parameter) =>
    aligned(name, parameter, x, over),
  );
  const invStd = reciprocal(sqrt(add(spread, options.epsilon ?? 1e-4)));
  return add(mul(mul(sub(x, average), invStd), scale), shift);
}

/** Each example normalised over its last axes (Ba, Kiros and Hinton 2016); epsilon 1e-5 unless given. @throws ShapeError */
export function layerNormalization(
  inputs: TensorLike,
  gamma: TensorLike | null = null,
  beta: TensorLike | null = null,
  options: { readonly axes?: number; readonly epsilon?: number } = {},
): TensorVariable {
  const x = asFloat(inputs);
  const { axes = 1, epsilon = 1e-5 } = options;
  const { rank } = x.type;
  if (!Number.isInteger(axes) || axes < 1 || axes > rank) {
    throw new ShapeError(
      `[layer_normalization] expected a number of last axes in [1, ${rank}], got ${axes} (${x.toString()})`,
    );
  }
  const over = range(rank).slice(rank - axes);
  const centred = sub(x, mean(x, over, { keepdims: true }));
  const spread = mean(sqr(centred), over, { keepdims: true });
  const normal = mul(centred, reciprocal(sqrt(add(spread, epsilon))));
  const scaled = gamma === null ? normal : mul(normal, asVariable(gamma, x.dtype));
  return beta === null ? scaled : add(scaled, asVariable(beta, x.dtype));
}

export interface LocalResponseOptions {
  readonly alpha?: Literal;
  readonly beta?: Literal;
  readonly k?: Literal;
  /** How many neighbouring channels count, an odd number. */
  readonly n?: number;
}

/**
 * x / (k + alpha · Σ x²)^beta, the sum over `n` neighbouring channels of axis 1 (Krizhevsky et al. 2012);
 * alpha 1e-4, beta 0.75, k 2 and n 5 unless given. @throws ShapeError
 */
export function localResponseNormalization(
  inputs: TensorLike,
  { alpha = 1e-4, beta = 0.75, k = 2, n = 5 }: LocalResponseOptions = {},
): TensorVariable {
  const name = 'local_response_normalization';
  const x = asFloat(inputs);
  if (x.type.rank < 2)
    throw new ShapeError(`[${name}] expected channels on axis 1, got ${x.type.key}`);
  if (!Number.isInteger(n) || n < 1 || n % 2 === 0) {
    throw new ShapeError(`[${name}] expected an odd number of channels, got ${n}`);
  }
  const number = (value: number): TensorVariable => scalarConstant(value, 'int64');
  const last = [0, ...range(x.type.rank).slice(2), 1];
  const squares = dimshuffle(sqr(x), last);
  const half = number((n - 1) / 2);
  const padded = withBorders(squares, [[half, half]], 0);
  const seen = windows(padded, [number(n)], { strides: [1], dilations: [1], between: 0 });
  const total = sum(seen, x.type.rank - 1);
  const back = range(x.type.rank).map((axis) => last.indexOf(axis));
  return trueDiv(x, pow(add(mul(dimshuffle(total, back), alpha), k), beta));
}
