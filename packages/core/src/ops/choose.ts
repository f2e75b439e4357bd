/** Elementwise choice among several tensors. */
import { DTypeError, ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import type { TensorVariable } from '../graph/variable.js';
import { isFloat } from '../types/dtype.js';
import { clip, mod } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { eq, switchOp } from './compare.js';
import { guardIndex } from './guard-index.js';

/** What becomes of an index that is out of range: an error, the nearest, or modulo their number. */
export type ChooseMode = 'raise' | 'clip' | 'wrap';

/**
 * Of each point the element of `choices[index]` there, the index and the choices broadcast together.
 * Indices are in [0, n); 'raise' takes those in [-n, 0) too, which count from the end.
 * @throws DTypeError for an index of floats, ShapeError for no choices; IndexRangeError at run time
 */
export function choose(
  index: TensorLike,
  choices: readonly TensorLike[],
  mode: ChooseMode = 'raise',
): TensorVariable {
  const given = asVariable(index);
  const n = choices.length;
  if (isFloat(given.dtype)) {
    throw new DTypeError(`[choose] expected an index of integers, got ${given.dtype}`);
  }
  if (n === 0) throw new ShapeError('[choose] expected one choice at least, got none');
  const place = placeAmong(cast(given, 'int64'), n, mode);
  const last = asVariable(choices[n - 1]);
  return choices
    .slice(0, -1)
    .reduceRight<TensorVariable>((rest, choice, k) => switchOp(eq(place, k), choice, rest), last);
}

function placeAmong(index: TensorVariable, n: number, mode: ChooseMode): TensorVariable {
  if (mode === 'clip') return clip(index, 0, n - 1);
  if (mode === 'wrap') return mod(index, n);
  return mod(guardIndex(index, index, scalarConstant(n, 'int64')), n);
}
