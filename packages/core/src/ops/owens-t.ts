/** Owen's T function; see special/owens-t.ts. */
import { add, mul, sqr, trueDiv } from './arithmetic.js';
import { erf } from './error-functions.js';
import { special } from './special-op.js';
import { exp } from './transcendental.js';

/** T(h, a) = 1/(2π) ∫₀ᵃ e^(-h²(1+x²)/2) / (1 + x²) dx. */
export const owensT = special('owens_t', ({ inputs: [h, a] }, [g]) => {
  if (g === null) return [null, null];
  const beyond = add(sqr(a), 1);
  const byHeight = mul(exp(mul(sqr(h), -0.5)), erf(mul(mul(a, h), Math.SQRT1_2)));
  const bySlope = trueDiv(exp(mul(mul(sqr(h), beyond), -0.5)), beyond);
  return [
    mul(g, mul(byHeight, -0.5 / Math.sqrt(2 * Math.PI))),
    mul(g, mul(bySlope, 0.5 / Math.PI)),
  ];
});
