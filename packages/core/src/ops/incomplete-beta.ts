/** The incomplete beta function and its inverse; see special/incomplete-beta.ts. */
import { gradNotImplemented, type MissingGradient } from '../graph/missing-gradient.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, mul, neg, sub, trueDiv } from './arithmetic.js';
import { betaln, psi } from './gamma.js';
import { xlogy } from './logarithms.js';
import { special, type SpecialOp } from './special-op.js';
import { exp, log, log1p } from './transcendental.js';

/** The derivative of I by x: x^(a-1) (1 - x)^(b-1) / B(a, b). */
function density(a: TensorVariable, b: TensorVariable, x: TensorVariable): TensorVariable {
  const powers = add(xlogy(sub(a, 1), x), xlogy(sub(b, 1), sub(1, x)));
  return exp(sub(powers, betaln(a, b)));
}

/** I_x(a, b), the regularised incomplete beta function. */
export const betainc: SpecialOp = special('betainc', ({ inputs: [a, b, x] }, [g]) =>
  g === null
    ? [null, null, null]
    : [mul(g, byFirst(a, b, x)), mul(g, bySecond(a, b, x)), mul(g, density(a, b, x))],
);

const missing = (): MissingGradient =>
  gradNotImplemented('second derivatives of betainc by its first two arguments are no ops');

/** The derivative of I by a. */
const byFirst: SpecialOp = special('betainc_da', ({ inputs: [a, b, x] }, [g]) => {
  const rate = sub(add(log(x), psi(add(a, b))), psi(a));
  return [missing(), missing(), g && mul(g, mul(density(a, b, x), rate))];
});

/** The derivative of I by b. */
const bySecond: SpecialOp = special('betainc_db', ({ inputs: [a, b, x] }, [g]) => {
  const rate = sub(add(log1p(neg(x)), psi(add(a, b))), psi(b));
  return [missing(), missing(), g && mul(g, mul(density(a, b, x), rate))];
});

export { byFirst as betaincByFirst, bySecond as betaincBySecond };

/** The x with I_x(a, b) = p. */
export const betaincinv: SpecialOp = special(
  'betaincinv',
  ({ inputs: [a, b], outputs: [x] }, [g]) => {
    if (g === null) return [null, null, null];
    const scaled = trueDiv(g, density(a, b, x));
    return [neg(mul(scaled, byFirst(a, b, x))), neg(mul(scaled, bySecond(a, b, x))), scaled];
  },
);
