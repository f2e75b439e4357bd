/** Picking along one axis. */
import { normalizeAxis } from '../types/tensor-type.js';
import type { TensorVariable } from '../graph/variable.js';
import { at, type Index } from './advanced-index.js';
import { asVariable, type TensorLike } from './as-variable.js';

/** Elements of `x` along `axis` at integer positions of any rank, as numpy.take. */
export function take(x: TensorLike, indices: TensorLike, axis = 0): TensorVariable {
  const v = asVariable(x);
  const lead: Index[] = Array.from(
    { length: normalizeAxis('take', axis, v.type.rank) },
    () => null,
  );
  return at(v, ...lead, asVariable(indices));
}
