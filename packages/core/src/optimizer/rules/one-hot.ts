/** Recognises one-hot conditions, eq(arange(k), index) along an axis, however they are cast and placed. */
import { Constant } from '../../graph/constant.js';
import type { TensorVariable } from '../../graph/variable.js';
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
  if (v instanceof Constant) {
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

/** `v` as a one-hot condition, through casts. */
export function oneHotOf(v: TensorVariable): OneHot | null {
  let condition = v;
  for (let inner = inputsOf(condition, 'cast'); inner !== null; inner = inputsOf(condition, 'cast'))
    condition = inner[0];
  const sides = inputsOf(condition, 'eq');
  if (sides === null) return null;
  for (const [positions, index] of [sides, [sides[1], sides[0]]]) {
    const axis = countingAxis(positions);
    if (axis !== null && index.type.broadcasts(axis)) return { condition, axis, positions, index };
  }
  return null;
}
