/**
 * Draws by special/draws.ts: elementwise functions of seeds, which are whole numbers below 2^53 of the
 * elements' own, and parameters; all in float64.
 */
import { gradNotImplemented } from '../graph/missing-gradient.js';
import type { TensorVariable } from '../graph/variable.js';
import { mul } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
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
