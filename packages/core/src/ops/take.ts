/** Elements picked by position along an axis, and their places changed; what is not 0. */
import { IndexRangeError, ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { normalizeAxis } from '../types/tensor-type.js';
import { at, setSubtensor, type Index } from './advanced-index.js';
import { arange } from './arange.js';
import { clip, mod, sub } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { dimshuffle } from './dimshuffle.js';
import { concatenate } from './join.js';
import { flatNonzero, nonzero } from './nonzero.js';
import { requireRank } from './ranks.js';
import { flatten } from './reshape.js';
import { shapeOf } from './shape.js';

/** What positions out of range do: fail, count around, or stand for the nearest in range. */
export type RangeMode = 'raise' | 'wrap' | 'clip';

/** Positions as int64. @throws IndexRangeError for other than integers */
export function integers(op: string, index: TensorLike): TensorVariable {
  const v = asVariable(index);
  if (!/int/.test(v.dtype))
    throw new IndexRangeError(
      `[${op}] expected integer positions, got ${v.type.key} (${v.toString()})`,
    );
  return cast(v, 'int64');
}

/** Positions on an axis of a size, brought into its range unless that is to fail. */
export function inRange(
  positions: TensorVariable,
  size: TensorVariable,
  mode: RangeMode,
): TensorVariable {
  if (mode === 'wrap') return mod(positions, size);
  return mode === 'clip' ? clip(positions, 0, sub(size, 1)) : positions;
}

/**
 * Elements of `x` along `axis` at integer positions of any rank, as numpy.take; without an axis of the
 * flattened tensor. @throws IndexRangeError, ShapeError
 */
export function take(
  x: TensorLike,
  positions: TensorLike,
  axis: number | null = 0,
  mode: RangeMode = 'raise',
): TensorVariable {
  if (axis === null) return take(flatten(x), positions, 0, mode);
  const v = asVariable(x);
  const along = normalizeAxis('take', axis, v.type.rank);
  const lead: Index[] = Array.from({ length: along }, () => null);
  const given = asVariable(positions);
  const chosen =
    mode === 'raise' ? given : inRange(integers('take', given), shapeOf(v, along), mode);
  return at(v, ...lead, chosen);
}

/** The indices that name, for each element of `positions`, the element of `x` beside it along `axis`. */
function alongIndices(
  op: string,
  x: TensorVariable,
  positions: TensorVariable,
  axis: number,
): TensorVariable[] {
  const { rank } = x.type;
  if (positions.type.rank !== rank) {
    throw new ShapeError(
      `[${op}] expected positions of rank ${rank}, got ${positions.type.rank} (${positions.toString()})`,
    );
  }
  return x.type.shape.map((_, k) =>
    k === axis
      ? positions
      : dimshuffle(
          arange(shapeOf(x, k)),
          x.type.shape.map((__, other) => (other === k ? 0 : 'x')),
        ),
  );
}

/**
 * Of each line of `x` along `axis` the elements at the positions in the same line of `positions`, which
 * has the sizes of `x` but for that axis; without an axis both are flattened. @throws ShapeError, IndexRangeError
 */
export function takeAlongAxis(
  x: TensorLike,
  positions: TensorLike,
  axis: number | null = -1,
): TensorVariable {
  if (axis === null) return takeAlongAxis(flatten(x), flatten(positions), 0);
  const v = asVariable(x);
  const along = normalizeAxis('takeAlongAxis', axis, v.type.rank);
  return at(v, ...alongIndices('takeAlongAxis', v, integers('takeAlongAxis', positions), along));
}

/** A copy of `x` with `values` set where takeAlongAxis would take. @throws ShapeError, IndexRangeError */
export function putAlongAxis(
  x: TensorLike,
  positions: TensorLike,
  values: TensorLike,
  axis = -1,
): TensorVariable {
  const v = asVariable(x);
  const along = normalizeAxis('putAlongAxis', axis, v.type.rank);
  const indices = alongIndices('putAlongAxis', v, integers('putAlongAxis', positions), along);
  return setSubtensor(v, indices, values);
}

/** Slices of `x` along an axis where a vector holds; without an axis of the flattened tensor. Of late size. */
export function compress(
  condition: TensorLike,
  x: TensorLike,
  axis: number | null = null,
): TensorVariable {
  const v = axis === null ? flatten(x) : asVariable(x);
  const mask = asVariable(condition);
  requireRank('compress', [mask], 1, 'a vector as condition');
  return take(v, flatNonzero(mask), axis ?? 0);
}

/** The elements that are not 0, in row-major order; of late size. */
export function nonzeroValues(x: TensorLike): TensorVariable {
  const flat = flatten(x);
  return at(flat, flatNonzero(flat));
}

/** The indices of the elements that are not 0, one row each; of late size. */
export function argwhere(x: TensorLike): TensorVariable {
  const v = asVariable(x);
  if (v.type.rank === 0)
    throw new ShapeError(`[argwhere] expected a rank of at least 1, got ${v.type.key}`);
  const columns = nonzero(v).map((index) => dimshuffle(index, [0, 'x']));
  return columns.length === 1 ? columns[0] : concatenate(columns, 1);
}
