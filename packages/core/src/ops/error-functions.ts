/** The error function, the normal distribution function, and their relatives; see special/error-functions.ts. */
import type { TensorVariable } from '../graph/variable.js';
import { mul, neg, sqr, sub, trueDiv } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { asFloat } from './floats.js';
import { special1, type SpecialOp } from './special-op.js';
import { exp } from './transcendental.js';

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);
const ROOT_HALF_PI = Math.sqrt(Math.PI / 2);

/** 2/√π ∫₀ˣ e^(-t²) dt. */
export const erf = special1('erf', (x, _y, g) => mul(g, mul(exp(neg(sqr(x))), TWO_OVER_ROOT_PI)));

/** 1 - erf(x), without cancellation. */
export const erfc = special1('erfc', (x, _y, g) =>
  mul(g, mul(exp(neg(sqr(x))), -TWO_OVER_ROOT_PI)),
);

/** e^(x²)·erfc(x), which neither underflows nor loses accuracy for large x. */
export const erfcx: SpecialOp = special1('erfcx', (x, y, g) =>
  mul(g, sub(mul(mul(x, y), 2), TWO_OVER_ROOT_PI)),
);

/** The y with erf(y) = x. */
export const erfinv: SpecialOp = special1('erfinv', (_x, y, g) =>
  mul(g, mul(exp(sqr(y)), 1 / TWO_OVER_ROOT_PI)),
);

/** The y with erfc(y) = x. */
export const erfcinv: SpecialOp = special1('erfcinv', (_x, y, g) =>
  mul(g, mul(exp(sqr(y)), -1 / TWO_OVER_ROOT_PI)),
);

/** log(erfc(x)), where erfc(x) itself may underflow. */
export const logErfc = special1('log_erfc', (x, _y, g) =>
  trueDiv(mul(g, -TWO_OVER_ROOT_PI), erfcx(x)),
);

/** The standard normal distribution function Φ(x). */
export const ndtr = special1('ndtr', (x, _y, g) =>
  mul(g, mul(exp(mul(sqr(x), -0.5)), 0.5 / ROOT_HALF_PI)),
);

/** φ(x)/Φ(x), the derivative of log Φ. */
const hazard = (x: TensorVariable): TensorVariable =>
  trueDiv(1 / ROOT_HALF_PI, erfcx(mul(x, -Math.SQRT1_2)));

/** log Φ(x), where Φ(x) itself may underflow. */
export const logNdtr = special1('log_ndtr', (x, _y, g) => mul(g, hazard(x)));

/** The x with Φ(x) = p: quantiles of the standard normal distribution. */
export function ndtri(p: TensorLike): TensorVariable {
  return mul(erfcinv(mul(asFloat(p), 2)), -Math.SQRT2);
}

/** The x with log Φ(x) = y. */
export const ndtriExp = special1('ndtri_exp', (_y, x, g) => trueDiv(g, hazard(x)));
