/** Axes moved, added, dropped, split and joined: views of the same elements. */
import { ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { normalizeAxis, normalizeAxes } from '../types/tensor-type.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { dimshuffle } from './dimshuffle.js';
import { reshape } from './reshape.js';
import { sizesOf, specifyShape } from './shape.js';
import { multiplySizes } from './size-arithmetic.js';

const axesOf = (x: TensorVariable): number[] => x.type.shape.map((_, axis) => axis);

/** `x` with two axes exchanged. @throws ShapeError */
export function swapaxes(x: TensorLike, a: number, b: number): TensorVariable {
  const v = asVariable(x);
  const [p, q] = [a, b].map((axis) => normalizeAxis('swapaxes', axis, v.type.rank));
  return dimshuffle(
    v,
    axesOf(v).map((axis) => (axis === p ? q : axis === q ? p : axis)),
  );
}

/** `x` with axes brought to new places, the others in the order they had. @throws ShapeError */
export function moveaxis(
  x: TensorLike,
  source: number | readonly number[],
  destination: number | readonly number[],
): TensorVariable {
  const v = asVariable(x);
  const listOf = (axes: number | readonly number[]): number[] =>
    [axes].flat().map((axis) => normalizeAxis('moveaxis', axis, v.type.rank));
  const [from, to] = [listOf(source), listOf(destination)];
  if (from.length !== to.length || new Set(from).size + new Set(to).size !== 2 * from.length) {
    throw new ShapeError(
      `[moveaxis] expected as many distinct places as distinct axes, got [${from.join(', ')}] and [${to.join(', ')}]`,
    );
  }
  const rest = axesOf(v).filter((axis) => !from.includes(axis));
  return dimshuffle(
    v,
    axesOf(v).map((axis) =>
      to.includes(axis) ? from[to.indexOf(axis)] : (rest.shift() as number),
    ),
  );
}

/**
 * `x` without axes of size 1: the given ones, whose size is checked when it runs where it is not known;
 * else those known to be 1. @throws ShapeError
 */
export function squeeze(
  x: TensorLike,
  axes: number | readonly number[] | null = null,
): TensorVariable {
  const v = asVariable(x);
  const known = axesOf(v).filter((axis) => v.type.broadcasts(axis));
  const dropped = axes === null ? known : normalizeAxes('squeeze', axes, v.type.rank);
  for (const axis of dropped) {
    const size = v.type.shape[axis];
    if (size === null || size === 1) continue;
    throw new ShapeError(
      `[squeeze] expected size 1 on axis ${axis}, got ${size} (${v.toString()})`,
    );
  }
  const single = specifyShape(
    v,
    v.type.shape.map((n, axis) => (dropped.includes(axis) ? 1 : n)),
  );
  return dimshuffle(
    single,
    axesOf(v).filter((axis) => !dropped.includes(axis)),
  );
}

/** `x` with new axes of size 1 at the given places of the result. @throws ShapeError */
export function expandDims(x: TensorLike, axes: number | readonly number[]): TensorVariable {
  const v = asVariable(x);
  const rank = v.type.rank + [axes].flat().length;
  const added = normalizeAxes('expandDims', axes, rank);
  const kept = axesOf(v);
  return dimshuffle(
    v,
    Array.from({ length: rank }, (_, axis) =>
      added.includes(axis) ? 'x' : (kept.shift() as number),
    ),
  );
}

/** `x` with `count` new axes of size 1 before its own. */
export function shapePadLeft(x: TensorLike, count = 1): TensorVariable {
  requireCount('shapePadLeft', count);
  return expandDims(
    x,
    Array.from({ length: count }, (_, axis) => axis),
  );
}

/** `x` with `count` new axes of size 1 after its own. */
export function shapePadRight(x: TensorLike, count = 1): TensorVariable {
  requireCount('shapePadRight', count);
  return expandDims(
    x,
    Array.from({ length: count }, (_, axis) => -1 - axis),
  );
}

function requireCount(op: string, count: number): void {
  if (!Number.isInteger(count) || count < 0)
    throw new ShapeError(`[${op}] expected a whole number of axes, got ${count}`);
}

/** `x` of rank 1 at least. */
export function atleast1d(x: TensorLike): TensorVariable {
  const v = asVariable(x);
  return v.type.rank === 0 ? dimshuffle(v, ['x']) : v;
}

/** `x` of rank 2 at least: a vector becomes a row. */
export function atleast2d(x: TensorLike): TensorVariable {
  const v = atleast1d(x);
  return v.type.rank === 1 ? dimshuffle(v, ['x', 0]) : v;
}

/** `x` of rank 3 at least: a vector goes to the middle, a matrix in front, as numpy.atleast_3d. */
export function atleast3d(x: TensorLike): TensorVariable {
  const v = asVariable(x);
  if (v.type.rank === 2) return dimshuffle(v, [0, 1, 'x']);
  const flat = atleast1d(v);
  return flat.type.rank === 1 ? dimshuffle(flat, ['x', 0, 'x']) : flat;
}

/** `x` with one axis made into several of the given sizes, one of which may be -1. @throws ShapeError */
export function splitDims(
  x: TensorLike,
  axis: number,
  sizes: readonly TensorLike[],
): TensorVariable {
  const v = asVariable(x);
  const at = normalizeAxis('splitDims', axis, v.type.rank);
  const own = sizesOf(v);
  return reshape(v, [...own.slice(0, at), ...sizes, ...own.slice(at + 1)]);
}

/** `x` with `count` axes from `start` on made into one. @throws ShapeError */
export function joinDims(x: TensorLike, start = 0, count = 2): TensorVariable {
  const v = asVariable(x);
  const first = normalizeAxis('joinDims', start, v.type.rank);
  if (!Number.isInteger(count) || count < 1 || first + count > v.type.rank) {
    throw new ShapeError(
      `[joinDims] expected from 1 to ${v.type.rank - first} axes from axis ${first} on, got ${count}`,
    );
  }
  const own = sizesOf(v);
  const joined = own.slice(first, first + count).reduce((a, b) => multiplySizes(a, b));
  return reshape(v, [...own.slice(0, first), joined, ...own.slice(first + count)]);
}
