/** The elements of a tensor in other places, or several times. */
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { normalizeAxes, normalizeAxis } from '../types/tensor-type.js';
import { broadcastTo } from './alloc.js';
import { arange } from './arange.js';
import { intDiv, mod, neg } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { lt } from './compare.js';
import { dimshuffle, transpose } from './dimshuffle.js';
import { padLeft } from './elementwise.js';
import { concatenate } from './join.js';
import { flatNonzero } from './nonzero.js';
import { partOf, writeInto } from './parts.js';
import { max } from './reduce.js';
import { flatten, reshape } from './reshape.js';
import { asSizes, shapeOf, sizesOf } from './shape.js';
import { knownSize, multiplySizes } from './size-arithmetic.js';
import { subtensor } from './subtensor.js';
import { take } from './take.js';

/** `x` with the elements along the given axes, by default all, in reverse. @throws ShapeError */
export function flip(
  x: TensorLike,
  axes: number | readonly number[] | null = null,
): TensorVariable {
  const v = asVariable(x);
  const reversed = normalizeAxes('flip', axes, v.type.rank);
  return subtensor(
    v,
    v.type.shape.map((_, axis) => (reversed.includes(axis) ? { step: -1 } : null)),
  );
}

/** `x` turned by `times` quarter turns in the plane of two axes, from the first toward the second. */
export function rot90(
  x: TensorLike,
  times = 1,
  axes: readonly [number, number] = [0, 1],
): TensorVariable {
  const v = asVariable(x);
  const [a, b] = axes.map((axis) => normalizeAxis('rot90', axis, v.type.rank));
  if (a === b) throw new ShapeError(`[rot90] expected two axes, got ${a} twice`);
  const turned = transpose(
    v,
    v.type.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis)),
  );
  switch (((times % 4) + 4) % 4) {
    case 1:
      return flip(turned, a);
    case 2:
      return flip(v, [a, b]);
    case 3:
      return flip(turned, b);
    default:
      return v;
  }
}

function rollOp(axis: number): Op {
  /** The last `shift` elements, then those before them. */
  const parts = (x: TensorVariable, shift: TensorVariable): [TensorVariable, TensorVariable] => {
    const whole = Array.from({ length: axis }, () => null);
    const from = mod(neg(shift), shapeOf(x, axis));
    return [
      subtensor(x, [...whole, { start: from, stop: null }]),
      subtensor(x, [...whole, { start: null, stop: from }]),
    ];
  };
  return defineOp({
    name: 'roll',
    props: { axis },
    types: ([x]) => [x.type],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([x, shift]) => {
      const n = x.shape[axis];
      const by = n === 0 ? 0 : ((Number(shift.item()) % n) + n) % n;
      const out = x.copy();
      writeInto(partOf(out, axis, 0, by), partOf(x, axis, n - by, by));
      writeInto(partOf(out, axis, by, n - by), partOf(x, axis, 0, n - by));
      return [out];
    },
    pullback: ({ inputs: [, shift] }, [g]) => [g && apply1(rollOp(axis), [g, neg(shift)]), null],
    lower: {
      kind: 'composite',
      expand: ({ inputs: [x, shift] }) => [concatenate(parts(x, shift), axis)],
    },
  });
}

/**
 * `x` with its elements moved along axes by `shifts`, those that leave at one end coming in at the other;
 * without axes the flattened tensor is rolled. Shifts may be symbolic. @throws ShapeError
 */
export function roll(
  x: TensorLike,
  shifts: TensorLike | readonly TensorLike[],
  axes: number | readonly number[] | null = null,
): TensorVariable {
  const v = asVariable(x);
  if (axes === null) return reshape(roll(flatten(v), shifts, 0), sizesOf(v));
  const along = [axes].flat().map((axis) => normalizeAxis('roll', axis, v.type.rank));
  const given = asSizes('roll', Array.isArray(shifts) ? shifts : along.map(() => shifts));
  if (given.length !== along.length) {
    throw new ShapeError(
      `[roll] expected a shift for each of ${along.length} axes, got ${given.length}`,
    );
  }
  return along.reduce((rolled, axis, k) => apply1(rollOp(axis), [rolled, given[k]]), v);
}

/** `x` with each axis of which a count is given repeated as a whole that many times. */
function repeatAxes(
  x: TensorVariable,
  counts: readonly (TensorVariable | null)[],
  inner: boolean,
): TensorVariable {
  const sizes = sizesOf(x);
  const order: (number | 'x')[] = [];
  const wide: TensorVariable[] = [];
  const result: TensorVariable[] = [];
  counts.forEach((count, axis) => {
    const size = sizes[axis];
    if (count === null) {
      order.push(axis);
      wide.push(size);
      result.push(size);
      return;
    }
    order.push(...(inner ? [axis, 'x' as const] : ['x' as const, axis]));
    wide.push(...(inner ? [size, count] : [count, size]));
    result.push(multiplySizes(count, size));
  });
  // An axis of size 1 that is repeated has to stay one of its own.
  return reshape(broadcastTo(dimshuffle(x, order), wide), result);
}

/** Row by row, each of the positions 0, 1, … as often as its count says: of late size. */
function repeatedPositions(counts: TensorVariable, size: TensorVariable): TensorVariable {
  const checked = broadcastTo(counts, [size]);
  const most = max(concatenate([checked, [0]]));
  const mask = lt(dimshuffle(arange(most), ['x', 0]), dimshuffle(checked, [0, 'x']));
  return intDiv(flatNonzero(mask), most);
}

/**
 * Each element along an axis `repeats` times, or each as often as a vector of counts says; without an
 * axis of the flattened tensor. Counts may be symbolic; the size is late for a vector. @throws ShapeError
 */
export function repeat(
  x: TensorLike,
  repeats: TensorLike,
  axis: number | null = null,
): TensorVariable {
  const v = axis === null ? flatten(asVariable(x)) : asVariable(x);
  const at = normalizeAxis('repeat', axis ?? 0, v.type.rank);
  const counts = asVariable(repeats);
  if (counts.type.rank > 1 || !/int/.test(counts.dtype)) {
    throw new ShapeError(
      `[repeat] expected an integer or a vector of integers, got ${counts.type.key}`,
    );
  }
  if (counts.type.rank === 1) return take(v, repeatedPositions(counts, shapeOf(v, at)), at);
  const [count] = asSizes('repeat', [repeats]);
  return repeatAxes(
    v,
    v.type.shape.map((_, k) => (k === at ? count : null)),
    true,
  );
}

/** `x` laid side by side `repeats` times along each axis, the last axes if they are fewer. */
export function tile(x: TensorLike, repeats: TensorLike | readonly TensorLike[]): TensorVariable {
  const v = asVariable(x);
  const counts = asSizes('tile', Array.isArray(repeats) ? repeats : [repeats]);
  const rank = Math.max(v.type.rank, counts.length);
  const once = Array.from({ length: rank - counts.length }, () => scalarConstant(1, 'int64'));
  const all = [...once, ...counts].map((size) => (knownSize(size) === 1 ? null : size));
  return all.every((count) => count === null)
    ? padLeft(v, rank)
    : repeatAxes(padLeft(v, rank), all, false);
}
