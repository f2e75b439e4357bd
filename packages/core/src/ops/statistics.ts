/** Statistics made of reductions and of sorted elements. */
import { config } from '../config/config.js';
import { ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { isFloat } from '../types/dtype.js';
import { normalizeAxes, normalizeAxis } from '../types/tensor-type.js';
import { at, type Index } from './advanced-index.js';
import { add, floor, intDiv, maximum, minimum, mul, sqrt, sub } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { isnan, neq, switchOp, xor } from './compare.js';
import { dimshuffle } from './dimshuffle.js';
import {
  argmax,
  keepAxes,
  max,
  min,
  sum,
  variance,
  type Accumulation,
  type Axes,
  type Correction,
  type ReduceOptions,
} from './reduce.js';
import { flatten, reshape } from './reshape.js';
import { shapeOf, sizesOf } from './shape.js';
import { sort } from './sorting.js';
import { slice } from './subtensor.js';
import { take } from './take.js';

/** The root of the variance, over n - ddof. */
export function std(
  x: TensorLike,
  axes: Axes = null,
  options: ReduceOptions & Accumulation & Correction = {},
): TensorVariable {
  return sqrt(variance(x, axes, options));
}

/** The greatest element less the least. */
export function ptp(x: TensorLike, axes: Axes = null, options: ReduceOptions = {}): TensorVariable {
  return sub(max(x, axes, options), min(x, axes, options));
}

/** The greatest element and its position: of several axes the flat one. */
export function maxAndArgmax(
  x: TensorLike,
  axes: Axes = null,
  options: ReduceOptions = {},
): [TensorVariable, TensorVariable] {
  const v = asVariable(x);
  return [max(v, axes, options), argmax(v, axes, options)];
}

/** How many elements are not 0 (int64). */
export function countNonzero(
  x: TensorLike,
  axes: Axes = null,
  options: ReduceOptions = {},
): TensorVariable {
  return sum(neq(x, 0), axes, options);
}

/** Differences of neighbours along an axis, n times over; of bool, whether they differ. @throws ShapeError */
export function diff(x: TensorLike, n = 1, axis = -1): TensorVariable {
  const v = asVariable(x);
  const along = normalizeAxis('diff', axis, v.type.rank);
  if (!(Number.isSafeInteger(n) && n >= 0))
    throw new ShapeError(`[diff] expected a whole number of times, got ${n}`);
  const lead: Index[] = Array.from({ length: along }, () => null);
  const part = (y: TensorVariable, from: number | null, to: number | null): TensorVariable =>
    at(y, ...lead, slice(from, to));
  let result = v;
  for (let k = 0; k < n; k++) {
    const [next, before] = [part(result, 1, null), part(result, null, -1)];
    result = v.dtype === 'bool' ? xor(next, before) : sub(next, before);
  }
  return result;
}

/** Floats in ascending order along one last axis that stands for `axes`, and its size. */
function inOrder(
  name: string,
  x: TensorLike,
  axes: Axes,
): { sorted: TensorVariable; size: TensorVariable; list: number[]; rank: number } {
  const given = asVariable(x);
  const v = isFloat(given.dtype) ? given : cast(given, config.floatX);
  const { rank } = v.type;
  const list = normalizeAxes(name, axes, rank);
  const kept = Array.from({ length: rank }, (_, axis) => axis).filter((k) => !list.includes(k));
  const moved = dimshuffle(v, [...kept, ...list]);
  const lines =
    list.length === 1
      ? moved
      : kept.length === 0
        ? flatten(v)
        : reshape(moved, [...sizesOf(moved).slice(0, kept.length), -1]);
  const sorted = sort(lines);
  return { sorted, size: shapeOf(sorted, -1), list, rank };
}

/** The middle element, or the mean of the two middle ones; NaN where there is one. */
export function median(
  x: TensorLike,
  axes: Axes = null,
  options: ReduceOptions = {},
): TensorVariable {
  const { sorted, size, list, rank } = inOrder('median', x, axes);
  const element = (place: TensorVariable): TensorVariable => at(sorted, '...', place);
  const low = element(intDiv(sub(size, 1), 2));
  const middle = mul(add(low, element(intDiv(size, 2))), 0.5);
  const last = at(sorted, '...', -1);
  const result = switchOp(isnan(last), last, middle);
  return options.keepdims === true ? keepAxes(result, list, rank) : result;
}

/**
 * The value below which the share `q` (in [0, 1], a number or a vector) of the elements lies, between
 * elements in proportion; NaN where there is one. A vector of shares gives a first axis. @throws ShapeError
 */
export function quantile(x: TensorLike, q: TensorLike, axes: Axes = null): TensorVariable {
  const { sorted, size } = inOrder('quantile', x, axes);
  const share = asVariable(q, sorted.dtype);
  if (share.type.rank > 1)
    throw new ShapeError(`[quantile] expected a number or a vector as q, got ${share.type.key}`);
  const last = sub(size, 1);
  const place = mul(cast(share, 'float64'), cast(last, 'float64'));
  const below = floor(place);
  const low = minimum(maximum(cast(below, 'int64'), 0), last);
  const element = (index: TensorVariable): TensorVariable => take(sorted, index, -1);
  const from = element(low);
  const step = sub(element(minimum(add(low, 1), last)), from);
  const value = add(from, mul(step, cast(sub(place, below), sorted.dtype)));
  const end = at(sorted, '...', -1);
  const lines = share.type.rank === 0 ? end : dimshuffle(end, [...end.type.shape.keys(), 'x']);
  const result = switchOp(isnan(lines), lines, value);
  if (share.type.rank === 0) return result;
  const { rank } = result.type;
  return dimshuffle(result, [rank - 1, ...Array.from({ length: rank - 1 }, (_, axis) => axis)]);
}
