/** Gauss' hypergeometric function; see special/hypergeometric.ts. */
import { gradNotImplemented, type MissingGradient } from '../graph/missing-gradient.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, mul, sqr, trueDiv } from './arithmetic.js';
import { special, type SpecialOp } from './special-op.js';

type Parameters = readonly TensorVariable[];

/** Of F at (a, b, c, z) the factor and the arguments whose F times it is the derivative by z. */
function raised([a, b, c, z]: Parameters): { factor: TensorVariable; next: TensorVariable[] } {
  return { factor: trueDiv(mul(a, b), c), next: [add(a, 1), add(b, 1), add(c, 1), z] };
}

/** ₂F₁(a, b; c; z) for z ≤ 1. */
export const hyp2f1: SpecialOp = special('hyp2f1', ({ inputs }, [g]) => {
  if (g === null) return [null, null, null, null];
  const [a, b, c, z] = inputs;
  const { factor, next } = raised(inputs);
  return [
    mul(g, byFirst(a, b, c, z)),
    mul(g, byFirst(b, a, c, z)),
    mul(g, byThird(a, b, c, z)),
    mul(g, mul(factor, hyp2f1(...next))),
  ];
});

const missing = (): MissingGradient =>
  gradNotImplemented('second derivatives of hyp2f1 by its parameters are no ops');

/** The derivative by a; that by b is it with a and b exchanged. */
const byFirst: SpecialOp = special('hyp2f1_da', ({ inputs }, [g]) => {
  const [, b, c] = inputs;
  const { factor, next } = raised(inputs);
  const slope = add(mul(trueDiv(b, c), hyp2f1(...next)), mul(factor, byFirst(...next)));
  return [missing(), missing(), missing(), g && mul(g, slope)];
});

/** The derivative by c. */
const byThird: SpecialOp = special('hyp2f1_dc', ({ inputs }, [g]) => {
  const [a, b, c] = inputs;
  const { factor, next } = raised(inputs);
  const fall = mul(trueDiv(mul(a, b), sqr(c)), mul(hyp2f1(...next), -1));
  return [missing(), missing(), missing(), g && mul(g, add(fall, mul(factor, byThird(...next))))];
});

export { byFirst as hyp2f1ByFirst, byThird as hyp2f1ByThird };
