/** Draws of places: categories, orders, choices from what there is. */
import { ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { at } from '../ops/advanced-index.js';
import { arange } from '../ops/arange.js';
import { mod, mul, neg, sub, add, trueDiv } from '../ops/arithmetic.js';
import { asVariable, type TensorLike } from '../ops/as-variable.js';
import { cast } from '../ops/cast.js';
import { and, eq, le, lt } from '../ops/compare.js';
import { cumsum } from '../ops/cumulative.js';
import { dimshuffle } from '../ops/dimshuffle.js';
import { noGradientOf, randomBits, randomUniform } from '../ops/random.js';
import { max, sum } from '../ops/reduce.js';
import { reshape } from '../ops/reshape.js';
import { shapeOf, sizesOf } from '../ops/shape.js';
import { argsort } from '../ops/sorting.js';
import { take, takeAlongAxis } from '../ops/take.js';
import { log1p } from '../ops/transcendental.js';
import { isFloat, type IntDType } from '../types/dtype.js';
import { sizesFor, type DrawSizes } from './parameters.js';

type State = TensorVariable;

/** Integers in [low, high). */
export function drawIntegers(
  state: State,
  sizes: DrawSizes,
  low: TensorLike,
  high: TensorLike,
  dtype: IntDType,
): TensorVariable {
  const [from, to] = [low, high].map((bound) => {
    const v = asVariable(bound);
    if (isFloat(v.dtype))
      throw new ShapeError(`[integers] expected integers as bounds, got ${v.dtype}`);
    return cast(v, 'int64');
  });
  const bits = randomBits(state, sizesFor('integers', sizes, [from, to]));
  const offset = mod(bits, cast(sub(to, from), 'uint64'));
  return cast(add(from, cast(offset, 'int64')), dtype);
}

const expand = (v: TensorVariable): TensorVariable =>
  dimshuffle(v, [...v.type.shape.map((_, axis) => axis), 'x']);

/** Weights, as float64, through which no gradient passes. @throws ShapeError for a scalar */
function weightsOf(name: string, p: TensorLike): TensorVariable {
  const weights = cast(noGradientOf(name, asVariable(p)), 'float64');
  if (weights.type.rank > 0) return weights;
  throw new ShapeError(`[${name}] expected probabilities along an axis, got a scalar`);
}

/** Categories with the weights of the last axis of `p`. */
export function drawCategories(
  name: string,
  state: State,
  p: TensorLike,
  sizes: DrawSizes,
): TensorVariable {
  const weights = weightsOf(name, p);
  const limits = cumsum(weights, -1);
  const total = at(limits, '...', -1);
  const u = randomUniform('float64', state, sizesFor(name, sizes, [total]));
  // The last limits, where nothing is added any more, are no one's: rounding may reach them.
  const passed = le(limits, expand(mul(u, total)));
  return sum(and(passed, lt(limits, expand(total))), -1);
}

/** How often each category of the last axis of `p` comes in `n` draws. */
export function drawCounts(state: State, n: TensorLike, p: TensorLike): TensorVariable {
  const trials = asVariable(n);
  const weights = asVariable(p);
  if (isFloat(trials.dtype))
    throw new ShapeError(`[multinomial] expected a whole number of draws, got ${trials.dtype}`);
  const most = cast(trials.type.rank === 0 ? trials : max(trials), 'int64');
  const lead = sizesOf(weights).slice(0, -1);
  const drawn = drawCategories('multinomial', state, weights, [most, ...lead]);
  const number = dimshuffle(arange(most), [0, ...lead.map(() => 'x' as const)]);
  const category = arange(shapeOf(weights, -1));
  return sum(and(eq(expand(drawn), category), expand(lt(number, trials))), 0);
}

/** The numbers below `n`, or the elements of `x` along its first axis, in random order. */
export function drawPermutation(state: State, x: TensorLike): TensorVariable {
  const v = asVariable(x);
  if (v.type.rank === 0) return argsort(randomBits(state, [v]));
  return take(v, argsort(randomBits(state, [shapeOf(v, 0)])), 0);
}

/** The elements of each line along the last axis in a random order of its own. */
export function drawShuffledRows(state: State, x: TensorLike): TensorVariable {
  const v = asVariable(x);
  if (v.type.rank === 0)
    throw new ShapeError('[shuffleRowElements] expected a rank of at least 1, got 0');
  return takeAlongAxis(v, argsort(randomBits(state, sizesOf(v)), -1), -1);
}

export interface ChoiceOptions {
  /** Whether one may be chosen again; true unless given. */
  readonly replace?: boolean;
  /** A vector of weights; all alike unless given. */
  readonly p?: TensorLike;
}

/** Numbers below `a`, or elements along the first axis of `a`. */
export function drawChoice(
  state: State,
  a: TensorLike,
  sizes: readonly TensorLike[],
  { replace = true, p }: ChoiceOptions,
): TensorVariable {
  const from = asVariable(a);
  const count = from.type.rank === 0 ? from : shapeOf(from, 0);
  const places = replace
    ? p === undefined
      ? drawIntegers(state, sizes, 0, count, 'int64')
      : drawCategories('choice', state, p, sizes)
    : drawDistinct(state, count, sizes, p);
  return from.type.rank === 0 ? places : take(from, places, 0);
}

/** The first of all places in a random order: by weight, the order of exponential waiting times. */
function drawDistinct(
  state: State,
  count: TensorVariable,
  sizes: readonly TensorLike[],
  p: TensorLike | undefined,
): TensorVariable {
  const wanted = sizes.map((size) => cast(asVariable(size), 'int64'));
  const waiting =
    p === undefined
      ? randomBits(state, [count])
      : trueDiv(
          neg(log1p(neg(randomUniform('float64', state, [count])))),
          weightsOf('choice', p),
        );
  const order = argsort(waiting);
  if (wanted.length === 0) return at(order, 0);
  const total = wanted.reduce((n, size) => mul(n, size));
  return reshape(take(order, arange(total), 0), wanted);
} // prettier-ignore
