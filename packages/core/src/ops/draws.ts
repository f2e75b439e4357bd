/**
 * Draws by special/draws.ts: elementwise functions of seeds, which are whole numbers below 2^53 of the
 * elements' own, and parameters; all in float64.
 */
import { gradNotImplemented } from '../graph/missing-gradient.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, mul, reciprocal, sqrt, sub, trueDiv } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { erfcx } from './error-functions.js';
import { noGradientOf, randomUniform } from './random.js';
import { special } from './special-op.js';

/** A seed for each element. */
function seeds(state: TensorVariable, sizes: readonly TensorLike[]): TensorVariable {
  return mul(randomUniform('float64', state, sizes), 2 ** 53);
}

const gammaSlope = special('log_gamma_draw_da', () => {
  const second = gradNotImplemented('the second derivative of a gamma draw by its shape');
  return [second, second];
});

const logGamma = special('log_gamma_draw', ({ inputs: [, a], outputs: [y] }, [g]) => [
  null,
  g && mul(g, gammaSlope(a, y)),
]);
/** By the shape, at a share of the distribution that stays. */
const wald = special('wald_draw', ({ inputs: [, a], outputs: [x] }, [g]) => {
  if (g === null) return [null, null];
  const height = erfcx(mul(sqrt(trueDiv(a, mul(x, 2))), add(x, 1)));
  const rest = mul(sqrt(trueDiv(mul(x, 2 * Math.PI), a)), height);
  return [null, mul(g, mul(x, sub(reciprocal(a), rest)))];
});
const vonMisesSlope = special('von_mises_draw_dk', () => {
  const second = gradNotImplemented(
    'the second derivative of a von Mises draw by its concentration',
  );
  return [second, second];
});
const vonMises = special('von_mises_draw', ({ inputs: [, k], outputs: [x] }, [g]) => [
  null,
  g && mul(g, vonMisesSlope(k, x)),
]);
const hypergeometric = special('hypergeometric_draw', 'not-differentiable');
const poisson = special('poisson_draw', 'not-differentiable');
const binomial = special('binomial_draw', 'not-differentiable');

/** Logarithms of gamma variables of shape `a`, with their derivative by it. */
export function drawLogGamma(
  state: TensorVariable,
  sizes: readonly TensorLike[],
  a: TensorVariable,
): TensorVariable {
  return logGamma(seeds(state, sizes), a);
}

/** Poisson counts as float64; NaN where there is no such distribution. */
export function drawPoisson(
  state: TensorVariable,
  sizes: readonly TensorLike[],
  rate: TensorVariable,
): TensorVariable {
  return poisson(seeds(state, sizes), noGradientOf('poisson', rate));
}

/** Binomial counts as float64; NaN where there is no such distribution. */
export function drawBinomial(
  state: TensorVariable,
  sizes: readonly TensorLike[],
  n: TensorVariable,
  p: TensorVariable,
): TensorVariable {
  return binomial(seeds(state, sizes), n, noGradientOf('binomial', p));
}

/** Inverse Gaussian variables of mean 1 and shape `a`, with their derivatives by it. */
export function drawWald(
  state: TensorVariable,
  sizes: readonly TensorLike[],
  a: TensorVariable,
): TensorVariable {
  return wald(seeds(state, sizes), a);
}

/** Angles around 0 of concentration `k`, with their derivative by it. */
export function drawVonMises(
  state: TensorVariable,
  sizes: readonly TensorLike[],
  k: TensorVariable,
): TensorVariable {
  return vonMises(seeds(state, sizes), k);
}

/** Hypergeometric counts as float64 of how many are good, how many are bad, and how many are taken; NaN where that cannot be. */
export function drawHypergeometric(
  state: TensorVariable,
  sizes: readonly TensorLike[],
  [good, bad, sample]: readonly [TensorVariable, TensorVariable, TensorVariable],
): TensorVariable {
  return hypergeometric(seeds(state, sizes), good, bad, sample);
}
