/** Dropout (Srivastava et al. 2014), with the scaling while training. */
import { InputError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { mul } from '../ops/arithmetic.js';
import type { TensorLike } from '../ops/as-variable.js';
import { dimshuffle } from '../ops/dimshuffle.js';
import { sizesOf } from '../ops/shape.js';
import { asFloat } from '../ops/floats.js';
import { switchOp } from '../ops/compare.js';
import { scalarConstant } from '../graph/constant.js';
import type { FloatOf } from '../tensor/dtype-types.js';
import type { DType } from '../types/dtype.js';
import { normalizeAxes } from '../types/tensor-type.js';
import type { RandomStream } from './stream.js';

export interface DropoutOptions {
  /** Axes along which one choice holds, as the spatial axes of feature maps; none unless given. */
  readonly sharedAxes?: readonly number[];
}

/**
 * `x` with each element 0 with probability `p`, the others divided by 1 - p, so that the mean stays. The
 * gradient sees the same choice. Where 0 is chosen, NaN and Inf are dropped too. @throws InputError for a p that is not within [0, 1)
 */
export function dropout<D extends DType, R extends number>(
  stream: RandomStream,
  x: TensorVariable<D, R>,
  p?: number,
  options?: DropoutOptions,
): TensorVariable<FloatOf<D>, R>;
export function dropout(
  stream: RandomStream,
  x: TensorLike,
  p?: number,
  options?: DropoutOptions,
): TensorVariable;
export function dropout(
  stream: RandomStream,
  x: TensorLike,
  p = 0.5,
  { sharedAxes = [] }: DropoutOptions = {},
): TensorVariable {
  if (!(p >= 0 && p < 1)) throw new InputError(`[dropout] expected p within [0, 1), got ${p}`);
  const v = asFloat(x);
  if (p === 0) return v;
  const shared = normalizeAxes('dropout', sharedAxes, v.type.rank);
  const sizes = sizesOf(v).filter((_, axis) => !shared.includes(axis));
  let next = 0;
  const order = v.type.shape.map((_, axis) => (shared.includes(axis) ? ('x' as const) : next++));
  const kept: TensorVariable = stream.bernoulli(sizes, { p: 1 - p });
  const chosen = dimshuffle(kept, order);
  return switchOp(chosen, mul(v, 1 / (1 - p)), scalarConstant(0, v.dtype));
}
