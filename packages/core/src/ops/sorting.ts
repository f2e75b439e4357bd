/** Sorting along an axis: ascending, equal elements as they were, NaN last. And what is found in sorted order. */
import { DTypeError, ShapeError } from '../errors.js';
import { isConstant } from '../graph/constant.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { isFloat, type DType } from '../types/dtype.js';
import { promote } from '../types/promote.js';
import { TensorType, normalizeAxis } from '../types/tensor-type.js';
import { along } from './along.js';
import { arange } from './arange.js';
import { abs, add, mul, sub } from './arithmetic.js';
import { asVariable, asVariables, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { gt, lt, switchOp } from './compare.js';
import { requireRank } from './ranks.js';
import { flatten } from './reshape.js';
import { routineOp } from './routine-op.js';
import { shapeOf } from './shape.js';
import { take, takeAlongAxis } from './take.js';

const argsortOp = routineOp({
  routine: 'argsort',
  types: ([x]) => [new TensorType('int64', x.type.shape)],
  shapes: (_algebra, [shape]) => [shape],
  pullback: 'not-differentiable',
});

const order = (lines: TensorVariable): TensorVariable => apply1(argsortOp, [lines]);

const sortOp = routineOp({
  routine: 'sort',
  types: ([x]) => [x.type],
  shapes: (_algebra, [shape]) => [shape],
  pullback: ({ inputs: [x] }, [g]) => [g && takeAlongAxis(g, order(order(x)))],
  pushforward: ({ inputs: [x] }, [t]) => [t && takeAlongAxis(t, order(x))],
});

/** `x`, or all its elements as one line; and the axis to go along. @throws ShapeError for a scalar with an axis */
function lined(
  name: string,
  x: TensorLike,
  axis: number | null,
): { readonly v: TensorVariable; readonly at: number } {
  const v = asVariable(x);
  if (axis === null) return { v: flatten(v), at: 0 };
  return { v, at: normalizeAxis(name, axis, v.type.rank) };
}

/** The elements in ascending order along `axis`, by default the last; null: of the flattened tensor. */
export function sort(x: TensorLike, axis: number | null = -1): TensorVariable {
  const { v, at } = lined('sort', x, axis);
  return along('sort', v, at, (lines) => apply1(sortOp, [lines]));
}

/** Positions (int64) along `axis` that put the elements of `x` in ascending order; null: of the flattened tensor. */
export function argsort(x: TensorLike, axis: number | null = -1): TensorVariable {
  const { v, at } = lined('argsort', x, axis);
  return along('argsort', v, at, order);
}

/** An integer scalar. @throws ShapeError, DTypeError */
function wholeScalar(name: string, value: TensorLike): TensorVariable {
  const v = asVariable(value);
  if (v.type.rank !== 0)
    throw new ShapeError(`[${name}] expected a scalar k, got ${v.type.key} (${v.toString()})`);
  if (isFloat(v.dtype) || v.dtype === 'bool')
    throw new DTypeError(`[${name}] expected an integer k, got ${v.dtype} (${v.toString()})`);
  return cast(v, 'int64');
}

/**
 * Positions (int64) of the k greatest elements along `axis`, the greatest first; for a negative k of the
 * |k| least, the least first. NaN counts as the greatest. `k` may be symbolic; null: of the flattened
 * tensor. @throws ShapeError, DTypeError, IndexRangeError for a k beyond the size
 */
export function argtopk(x: TensorLike, k: TensorLike, axis: number | null = -1): TensorVariable {
  const { v, at } = lined('topk', x, axis);
  const count = wholeScalar('topk', k);
  const size = v.type.shape[at];
  if (size !== null && isConstant(count) && Math.abs(Number(count.scalar)) > size) {
    throw new ShapeError(
      `[topk] expected a k of at most ${size}, got ${String(count.scalar)} (${v.toString()})`,
    );
  }
  const greatest = gt(count, 0);
  const first = switchOp(greatest, sub(shapeOf(v, at), 1), 0);
  const places = add(first, mul(arange(abs(count)), switchOp(greatest, -1, 1)));
  // What is counted beyond the first is out of range, and not from the end.
  return take(argsort(v, at), switchOp(lt(places, 0), shapeOf(v, at), places), at);
}

/** The elements that `argtopk` names. */
export function topk(x: TensorLike, k: TensorLike, axis: number | null = -1): TensorVariable {
  return topkAndArgtopk(x, k, axis)[0];
}

/** The k greatest or |k| least elements and their positions; see `argtopk`. */
export function topkAndArgtopk(
  x: TensorLike,
  k: TensorLike,
  axis: number | null = -1,
): [TensorVariable, TensorVariable] {
  const { v, at } = lined('topk', x, axis);
  const positions = argtopk(v, k, at);
  return [takeAlongAxis(v, positions, at), positions];
}

const searchsortedOp = (behind: 0 | 1): ReturnType<typeof routineOp> =>
  routineOp({
    routine: 'searchsorted',
    props: { behind },
    params: [behind],
    types: ([, v]) => [new TensorType('int64', v.type.shape)],
    shapes: (_algebra, [, shape]) => [shape],
    pullback: 'not-differentiable',
  });
const searches = { left: searchsortedOp(0), right: searchsortedOp(1) };

/**
 * Positions (int64, of the shape of `values`) in the ascending vector `x` where they would go: before
 * the elements that equal them, or on the `right` behind these. `sorter` is the argsort of an `x` that
 * is not in order. @throws ShapeError where `x` is no vector
 */
export function searchsorted(
  x: TensorLike,
  values: TensorLike,
  side: 'left' | 'right' = 'left',
  sorter?: TensorLike,
): TensorVariable {
  const [given, wanted] = asVariables([x, values]);
  requireRank('searchsorted', [given], 1, 'a sorted vector');
  const vector = sorter === undefined ? given : take(given, sorter, 0);
  const dtype = [vector, wanted].map((v): DType => v.dtype).reduce(promote);
  return apply1(searches[side], [cast(vector, dtype), cast(wanted, dtype)]);
}
