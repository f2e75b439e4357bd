/** Functions given by points, between them linear. */
import type { TensorVariable } from '../graph/variable.js';
import { add, clip, minimum, mul, maximum, sub, trueDiv } from './arithmetic.js';
import { type TensorLike } from './as-variable.js';
import { eq, gt, isnan, lt, switchOp } from './compare.js';
import { asFloat } from './floats.js';
import { requireRank } from './ranks.js';
import { sameSizes } from './same-sizes.js';
import { shapeOf } from './shape.js';
import { searchsorted } from './sorting.js';
import { take } from './take.js';

export interface InterpolationOptions {
  /** The value before the first point; that of the first unless given. */
  readonly left?: TensorLike;
  /** The value beyond the last point; that of the last unless given. */
  readonly right?: TensorLike;
}

/**
 * At each element of `x` the value of the function through the points (`xs`, `ys`), vectors of one
 * length, `xs` ascending: linear between points. Differentiable by all but at the points themselves.
 * @throws ShapeError
 */
export function interp(
  x: TensorLike,
  xs: TensorLike,
  ys: TensorLike,
  { left, right }: InterpolationOptions = {},
): TensorVariable {
  const [at, places, given] = [x, xs, ys].map(asFloat);
  requireRank('interp', [places, given], 1, 'points as vectors');
  const values = sameSizes('interp', given, [shapeOf(places, 0)]);
  const last = sub(shapeOf(places, 0), 1);
  const [lowest, highest] = [take(places, 0), take(places, last)];
  const inside = clip(at, lowest, highest);
  const behind = minimum(maximum(searchsorted(places, inside, 'right'), 1), last);
  const before = maximum(sub(behind, 1), 0);
  const [x0, x1, y0, y1] = [
    take(places, before),
    take(places, behind),
    take(values, before),
    take(values, behind),
  ];
  const width = sub(x1, x0);
  const isPoint = eq(width, 0);
  const share = switchOp(isPoint, 1, trueDiv(sub(inside, x0), switchOp(isPoint, 1, width)));
  const between = switchOp(isnan(at), at, add(y0, mul(share, sub(y1, y0))));
  const started = switchOp(lt(at, lowest), left ?? take(values, 0), between);
  return right === undefined ? started : switchOp(gt(at, highest), right, started);
}
