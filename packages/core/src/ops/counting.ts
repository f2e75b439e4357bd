/** What there is and how often: distinct elements, counts of integers, histograms. Most sizes are late. */
import { DTypeError, ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { isFloat } from '../types/dtype.js';
import { at, incSubtensor, setSubtensor } from './advanced-index.js';
import { full, ones, zeros } from './alloc.js';
import { arange } from './arange.js';
import { add, maximum, minimum, mul, sub, trueDiv } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { and, eq, lt, neq, or, switchOp } from './compare.js';
import { cumsum } from './cumulative.js';
import { flatNonzero } from './nonzero.js';
import { requireRank } from './ranks.js';
import { max, min } from './reduce.js';
import { flatten, reshape } from './reshape.js';
import { shapeOf, sizesOf } from './shape.js';
import { argsort, searchsorted, sort } from './sorting.js';
import { slice } from './subtensor.js';
import { take } from './take.js';

/** Elements of a sorted vector that differ from the one before them; the first does. NaN equals NaN. */
function starts(sorted: TensorVariable): TensorVariable {
  const place = arange(shapeOf(sorted, 0));
  const before = take(sorted, maximum(sub(place, 1), 0));
  const differs = neq(sorted, before);
  const real = isFloat(sorted.dtype)
    ? and(differs, or(eq(sorted, sorted), eq(before, before)))
    : differs;
  return or(eq(place, 0), real);
}

/** Distinct elements in ascending order, and how they lie in `x`. */
export interface Unique {
  readonly values: TensorVariable;
  /** Position in the flattened `x` where each value comes first. */
  readonly indices: TensorVariable;
  /** Position among the values of each element; of the shape of `x`. */
  readonly inverse: TensorVariable;
  /** How often each value comes. */
  readonly counts: TensorVariable;
}

/** The distinct elements of `x`, as a vector in ascending order; NaN once, last. */
export function unique(x: TensorLike): TensorVariable {
  const sorted = sort(x, null);
  return take(sorted, flatNonzero(starts(sorted)));
}

/** `unique` with positions and counts (int64); what is not used costs nothing. */
export function uniqueAll(x: TensorLike): Unique {
  const v = asVariable(x);
  const flat = flatten(v);
  const order = argsort(flat);
  const sorted = take(flat, order);
  const isStart = starts(sorted);
  const first = flatNonzero(isStart);
  const group = sub(cumsum(cast(isStart, 'int64'), 0), 1);
  const number = arange(shapeOf(first, 0));
  const last = sub(shapeOf(first, 0), 1);
  const next = take(first, minimum(add(number, 1), last));
  return {
    values: take(sorted, first),
    indices: take(order, first),
    inverse: reshape(take(group, argsort(order)), sizesOf(v)),
    counts: sub(switchOp(eq(number, last), shapeOf(flat, 0), next), first),
  };
}

/**
 * How often each of the integers from 0 on comes in the vector `x` (int64), or the sums of their weights;
 * at least `minLength` of them. @throws ShapeError, DTypeError; IndexRangeError for a negative element
 */
export function bincount(
  x: TensorLike,
  weights?: TensorLike,
  minLength: TensorLike = 0,
): TensorVariable {
  const given = asVariable(x);
  requireRank('bincount', [given], 1, 'a vector');
  if (isFloat(given.dtype))
    throw new DTypeError(`[bincount] expected integers, got ${given.dtype}`);
  const v = cast(given, 'int64');
  const size = shapeOf(v, 0);
  // With one more element there is a greatest one.
  const padded = setSubtensor(full([add(size, 1)], -1, 'int64'), [slice(0, size)], v);
  const length = maximum(add(max(padded), 1), cast(asVariable(minLength), 'int64'));
  const values = weights === undefined ? ones([size], 'int64') : asVariable(weights);
  // A negative index would count from the end.
  const places = switchOp(lt(v, 0), length, v);
  return incSubtensor(zeros([length], values.dtype), [places], values);
} // prettier-ignore

export interface HistogramOptions {
  /** First and last edge; the least and the greatest element unless given. */
  readonly range?: readonly [TensorLike, TensorLike];
}

/**
 * How many elements of `x` lie in each bin (int64), and the edges. `bins` is a number of bins of one
 * width, or an ascending vector of edges. A bin begins with its lower edge, the last one has both.
 * @throws ShapeError
 */
export function histogram(
  x: TensorLike,
  bins: TensorLike = 10,
  options: HistogramOptions = {},
): { readonly counts: TensorVariable; readonly edges: TensorVariable } {
  const sorted = sort(x, null);
  const given = asVariable(bins);
  if (given.type.rank > 1)
    throw new ShapeError(`[histogram] expected a number of bins or their edges, got ${given.type.key}`);
  const edges = given.type.rank === 1 ? given : evenEdges(sorted, given, options);
  const below = searchsorted(sorted, edges, 'left');
  const upTo = setSubtensor(below, [-1], searchsorted(sorted, at(edges, -1), 'right'));
  return { counts: sub(at(upTo, slice(1, null)), at(upTo, slice(0, -1))), edges };
} // prettier-ignore

function evenEdges(
  x: TensorVariable,
  count: TensorVariable,
  { range }: HistogramOptions,
): TensorVariable {
  const [from, to] = (range ?? [min(x), max(x)]).map((bound) => cast(asVariable(bound), 'float64'));
  const flat = eq(from, to);
  const low = sub(from, switchOp(flat, 0.5, 0));
  const high = add(to, switchOp(flat, 0.5, 0));
  const n = cast(count, 'int64');
  const place = cast(arange(add(n, 1)), 'float64');
  const inner = add(low, mul(place, trueDiv(sub(high, low), cast(n, 'float64'))));
  return switchOp(eq(place, cast(n, 'float64')), high, inner);
}
