/** Logarithms of sums and products that the plain formula loses; see special/logarithms.ts. */
import { add, mul, neg, trueDiv } from './arithmetic.js';
import { eq, switchOp as where } from './compare.js';
import { special, special1 } from './special-op.js';
import { expm1, log, softplus } from './transcendental.js';

/** log(1 - e^x) for x < 0, without cancellation at either end. */
export const log1mexp = special1('log1mexp', (x, _y, g) => neg(trueDiv(g, expm1(neg(x)))));

/** x·log x; 0 at 0. */
export const xlogx = special1('xlogx', (x, _y, g) => mul(g, add(log(x), 1)));

/** x·log y; 0 where x is 0, whatever y is (but NaN). */
export const xlogy = special('xlogy', ({ inputs: [x, y] }, [g]) => {
  if (g === null) return [null, null];
  const none = eq(x, 0);
  return [mul(g, log(y)), mul(g, where(none, 0, trueDiv(x, where(none, 1, y))))];
});

/** log(1 + e^x). */
export const log1pexp = softplus;
