/** Recognises one-hot conditions, eq(arange(k), index) along an axis, however they are cast and placed. */
import { Constant, isConstant, scalarConstant } from '../../graph/constant.js';
import type { TensorVariable } from '../../graph/variable.js';
import { arange } from '../../ops/arange.js';
import { add } from '../../ops/arithmetic.js';
import { eq, lt, switchOp } from '../../ops/compare.js';
import { dimshuffle } from '../../ops/dimshuffle.js';
import { guardIndex } from '../../ops/guard-index.js';
import { inputsOf, orderOf, ownerIf } from '../match.js';

export interface OneHot {
  /** The bool that holds in one place along `axis`. */
  readonly condition: TensorVariable;
  readonly axis: number;
  /** The arange operand and the index operand of the comparison. */
  readonly positions: TensorVariable;
  readonly index: TensorVariable;
}

/** The axis that `v` counts along (0, 1, 2 …), when it is an arange from 0 placed along one axis. */
export function countingAxis(v: TensorVariable): number | null {
  const shuffle = ownerIf(v, 'dimshuffle');
  const source = shuffle === null ? v : shuffle.inputs[0];
  const axis = shuffle === null ? 0 : orderOf(shuffle).indexOf(0);
  return isCounting(source) && axis >= 0 ? axis : null;
}

/** Whether `v` is 0, 1, 2, … */
export function isCounting(v: TensorVariable): boolean {
  if (isConstant(v)) {
    if (v.type.rank !== 1) return false;
    const flat = v.data.contiguous();
    for (let i = 0; i < flat.size; i++) if (Number(flat.data[flat.offset + i]) !== i) return false;
    return flat.size > 1;
  }
  const bounds = inputsOf(v, 'arange');
  return (
    bounds !== null &&
    bounds[0] instanceof Constant &&
    Number(bounds[0].scalar) === 0 &&
    bounds[2] instanceof Constant &&
    Number(bounds[2].scalar) === 1
  );
}

/** `v` as a one-hot condition, through casts; rows taken from the identity matrix are one, too. */
export function oneHotOf(v: TensorVariable): OneHot | null {
  let condition = v;
  for (let inner = inputsOf(v, 'cast'); inner !== null; inner = inputsOf(condition, 'cast')) {
    condition = inner[0];
  }
  const sides = inputsOf(condition, 'eq');
  if (sides === null) return rowOfIdentity(condition);
  for (const [positions, index] of [sides, [sides[1], sides[0]]]) {
    const axis = countingAxis(positions);
    if (axis !== null && index.type.broadcasts(axis)) return { condition, axis, positions, index };
  }
  return null;
}

/** Rows of an identity matrix by a vector of indices, which keep being checked. */
function rowOfIdentity(v: TensorVariable): OneHot | null {
  const [matrix, index, second] = inputsOf(v, 'advanced_subtensor') ?? [];
  if (matrix === undefined || second !== undefined || index.type.rank !== 1) return null;
  const size = identitySize(matrix);
  if (size === null || index.type.broadcasts(0)) return null;
  const count = scalarConstant(size, 'int64');
  const fromStart = switchOp(lt(index, 0), add(index, count), index);
  const column = dimshuffle(guardIndex(fromStart, index, count), [0, 'x']);
  const positions = dimshuffle(arange(count), ['x', 0]);
  return { condition: eq(positions, column), axis: 1, positions, index: column };
}

const identitySizes = new WeakMap<Constant, number | null>();

/** The size of a constant identity matrix, or null. */
function identitySize(v: TensorVariable): number | null {
  if (!isConstant(v) || v.type.rank !== 2) return null;
  const known = identitySizes.get(v);
  if (known !== undefined) return known;
  const [rows, columns] = v.data.shape;
  const size = rows === columns && rows > 0 && isIdentity(v, rows) ? rows : null;
  identitySizes.set(v, size);
  return size;
}

function isIdentity({ data }: Constant, size: number): boolean {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) if (Number(data.get(i, j)) !== Number(i === j)) return false;
  }
  return true;
}
