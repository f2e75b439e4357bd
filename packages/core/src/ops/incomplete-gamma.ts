/** The incomplete gamma functions and their inverses; see special/incomplete-gamma.ts. */
import { gradNotImplemented } from '../graph/missing-gradient.js';
import type { TensorVariable } from '../graph/variable.js';
import { mul, neg, sub, trueDiv } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { gamma, gammaln, psi } from './gamma.js';
import { xlogy } from './logarithms.js';
import { special, type SpecialOp } from './special-op.js';
import { exp, log } from './transcendental.js';

/** The derivative of P by x: x^(a-1) e^-x / Γ(a). */
function density(a: TensorVariable, x: TensorVariable): TensorVariable {
  return exp(sub(sub(xlogy(sub(a, 1), x), x), gammaln(a)));
}

/** P(a, x), the regularised lower incomplete gamma function. */
export const gammainc: SpecialOp = special('gammainc', ({ inputs: [a, x] }, [g]) =>
  g === null ? [null, null] : [mul(g, byShape(a, x)), mul(g, density(a, x))],
);

/** Q(a, x) = 1 - P(a, x), without cancellation. */
export const gammaincc: SpecialOp = special('gammaincc', ({ inputs: [a, x] }, [g]) =>
  g === null ? [null, null] : [neg(mul(g, byShape(a, x))), neg(mul(g, density(a, x)))],
);

/** The derivative of P by a. */
const byShape: SpecialOp = special('gammainc_da', ({ inputs: [a, x] }, [g]) => [
  gradNotImplemented('the second derivative of gammainc by its first argument is no op'),
  g && mul(g, mul(density(a, x), sub(log(x), psi(a)))),
]);
export const gammaincByShape = byShape;

/** The x with P(a, x) = p. */
export const gammaincinv: SpecialOp = special(
  'gammaincinv',
  ({ inputs: [a], outputs: [x] }, [g]) => {
    if (g === null) return [null, null];
    const scaled = trueDiv(g, density(a, x));
    return [neg(mul(scaled, byShape(a, x))), scaled];
  },
);

/** The x with Q(a, x) = q. */
export const gammainccinv: SpecialOp = special(
  'gammainccinv',
  ({ inputs: [a], outputs: [x] }, [g]) => {
    if (g === null) return [null, null];
    const scaled = trueDiv(g, density(a, x));
    return [neg(mul(scaled, byShape(a, x))), neg(scaled)];
  },
);

/** The lower incomplete gamma function, P(a, x)Γ(a). */
export function gammal(a: TensorLike, x: TensorLike): TensorVariable {
  return mul(gammainc(a, x), gamma(a));
}

/** The upper incomplete gamma function, Q(a, x)Γ(a). */
export function gammau(a: TensorLike, x: TensorLike): TensorVariable {
  return mul(gammaincc(a, x), gamma(a));
}

/** The chance that a chi-squared variable of k degrees of freedom exceeds x. */
export function chi2sf(x: TensorLike, k: TensorLike): TensorVariable {
  return gammaincc(mul(k, 0.5), mul(x, 0.5));
}
