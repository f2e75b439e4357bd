/** The gamma function, its logarithm and derivatives, zeta and beta; see special/gamma.ts. */
import { gradNotImplemented } from '../graph/missing-gradient.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, mul, neg, sub } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { special, special1, type SpecialOp } from './special-op.js';
import { exp } from './transcendental.js';

/** Γ(x); NaN at negative whole numbers. */
export const gamma: SpecialOp = special1('gamma', (x, y, g) => mul(g, mul(y, psi(x))));

/** log |Γ(x)|. */
export const gammaln: SpecialOp = special1('gammaln', (x, _y, g) => mul(g, psi(x)));

/** The digamma function, the derivative of log Γ. */
export const psi: SpecialOp = special1('psi', (x, _y, g) => mul(g, triGamma(x)));

/** The n-th derivative of psi, for whole n ≥ 0. */
export const polygamma: SpecialOp = special('polygamma', ({ inputs: [n, x] }, [g]) => [
  gradNotImplemented('the order is a whole number'),
  g && mul(g, polygamma(add(n, 1), x)),
]);

/** The derivative of psi. */
export function triGamma(x: TensorLike): TensorVariable {
  return polygamma(1, x);
}

/** Hurwitz's zeta function Σ (q + k)^-s over k = 0, 1, …, for s > 1. */
export const zeta: SpecialOp = special('zeta', ({ inputs: [s, q] }, [g]) => [
  gradNotImplemented('the derivative of zeta by its exponent is no op'),
  g && neg(mul(g, mul(s, zeta(add(s, 1), q)))),
]);

/** log |B(a, b)|, accurate where both are large. */
export const betaln: SpecialOp = special('betaln', ({ inputs: [a, b] }, [g]) => {
  if (g === null) return [null, null];
  const both = psi(add(a, b));
  return [mul(g, sub(psi(a), both)), mul(g, sub(psi(b), both))];
});

/** B(a, b) = Γ(a)Γ(b)/Γ(a + b) for a, b > 0. */
export function beta(a: TensorLike, b: TensorLike): TensorVariable {
  return exp(betaln(a, b));
}
