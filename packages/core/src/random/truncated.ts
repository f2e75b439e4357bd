/** Normal variables between bounds. */
import type { TensorVariable } from '../graph/variable.js';
import { add, clip, mul, neg } from '../ops/arithmetic.js';
import type { TensorLike } from '../ops/as-variable.js';
import { gt, switchOp } from '../ops/compare.js';
import { logNdtr, ndtriExp } from '../ops/error-functions.js';
import { randomUniform } from '../ops/random.js';
import { log, log1p, logaddexp } from '../ops/transcendental.js';

/**
 * Normal with mean 0 and deviation 1, between `low` and `high`, all float64: by the inverse of the
 * distribution, on logarithms, on the side of 0 where it is small, so that far tails are right too.
 */
export function drawTruncatedNormal(
  state: TensorVariable,
  sizes: readonly TensorLike[],
  low: TensorVariable,
  high: TensorVariable,
): TensorVariable {
  const above = gt(low, 0);
  const from = switchOp(above, neg(high), low);
  const to = switchOp(above, neg(low), high);
  const u = randomUniform('float64', state, sizes);
  const share = logaddexp(add(logNdtr(from), log1p(neg(u))), add(logNdtr(to), log(u)));
  return mul(clip(ndtriExp(share), from, to), switchOp(above, -1, 1));
}
