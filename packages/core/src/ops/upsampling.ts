/** Images made larger. */
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import type { TensorVariable } from '../graph/variable.js';
import { arange } from './arange.js';
import { add, intDiv, minimum, mod, mul, sub, trueDiv } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { dimshuffle } from './dimshuffle.js';
import { shapeOf } from './shape.js';
import { floatVariable } from './softmax.js';
import { take } from './take.js';

/** Along one axis: between neighbours linearly, beyond the last cell its value. */
function stretch(x: TensorVariable, axis: number, ratio: number): TensorVariable {
  const length = shapeOf(x, axis);
  const places = arange(mul(length, ratio));
  const left = intDiv(places, ratio);
  const right = minimum(add(left, 1), sub(length, 1));
  const share = trueDiv(cast(mod(places, ratio), x.dtype), ratio);
  const order = Array.from({ length: x.type.rank }, (_, k) => (k === axis ? 0 : ('x' as const)));
  const part = dimshuffle(share, order);
  const [a, b] = [take(x, left, axis), take(x, right, axis)];
  return add(mul(a, sub(scalarConstant(1, x.dtype), part)), mul(b, part));
}

/**
 * [N, C, h, w] → [N, C, h · ratio, w · ratio], between neighbouring cells linearly, as Theano's
 * `bilinear_upsampling`. @throws ShapeError
 */
export function bilinearUpsampling(
  input: TensorLike,
  ratio: number | readonly [number, number],
): TensorVariable {
  const x = floatVariable(input);
  const ratios = typeof ratio === 'number' ? [ratio, ratio] : ratio;
  if (x.type.rank < 2 || !ratios.every((n) => Number.isInteger(n) && n >= 1)) {
    throw new ShapeError(
      `[bilinear_upsampling] expected images and positive integers as ratios, got ${x.type.key} and ${ratios.join(', ')}`,
    );
  }
  const { rank } = x.type;
  return stretch(stretch(x, rank - 2, ratios[0]), rank - 1, ratios[1]);
}
