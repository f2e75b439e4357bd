/** Activation functions of networks, made of other ops; `relu` is in arithmetic.ts. */
import type { TensorVariable } from '../graph/variable.js';
import { abs, add, clip, mul, pow, relu, trueDiv } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { gt, switchOp as where } from './compare.js';
import { asFloat } from './floats.js';
import { ndtr } from './error-functions.js';
import { expm1, sigmoid, tanh } from './transcendental.js';

/** x where positive, else slope·x. */
export function leakyRelu(x: TensorLike, slope: TensorLike = 0.01): TensorVariable {
  const v = asFloat(x);
  return where(gt(v, 0), v, mul(v, slope));
}

/** x where positive, else alpha·(e^x - 1); D.-A. Clevert et al. (2015). */
export function elu(x: TensorLike, alpha: TensorLike = 1): TensorVariable {
  const v = asFloat(x);
  const positive = gt(v, 0);
  // The branch that isn't taken must not overflow: its gradient would be 0 times infinity.
  return where(positive, v, mul(expm1(where(positive, 0, v)), alpha));
}

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** The elu that keeps mean 0 and variance 1; G. Klambauer et al., "Self-Normalizing Neural Networks" (2017). */
export function selu(x: TensorLike): TensorVariable {
  return mul(elu(x, SELU_ALPHA), SELU_SCALE);
}

/** x / (1 + |x|). */
export function softsign(x: TensorLike): TensorVariable {
  const v = asFloat(x);
  return trueDiv(v, add(abs(v), 1));
}

/** x·sigmoid(beta·x). */
export function swish(x: TensorLike, beta: TensorLike = 1): TensorVariable {
  const v = asFloat(x);
  return mul(v, sigmoid(mul(v, beta)));
}

const ROOT_TWO_OVER_PI = Math.sqrt(2 / Math.PI);

/** x·Φ(x); D. Hendrycks and K. Gimpel (2016). `approximate` takes their formula with tanh in place of Φ. */
export function gelu(
  x: TensorLike,
  { approximate = false }: { readonly approximate?: boolean } = {},
): TensorVariable {
  const v = asFloat(x);
  if (!approximate) return mul(v, ndtr(v));
  const inner = mul(add(v, mul(pow(v, 3), 0.044715)), ROOT_TWO_OVER_PI);
  return mul(mul(v, 0.5), add(tanh(inner), 1));
}

/** A sigmoid of straight lines: 0.2x + 0.5, limited to [0, 1]. */
export function hardSigmoid(x: TensorLike): TensorVariable {
  return clip(add(mul(asFloat(x), 0.2), 0.5), 0, 1);
}

/** A sigmoid without an exponential, off by at most 0.02: a rational function, then three straight lines. */
export function ultraFastSigmoid(x: TensorLike): TensorVariable {
  const half = mul(asFloat(x), 0.5);
  const a = abs(half);
  const rational = trueDiv(mul(a, 1.5), add(a, 1));
  const line = add(mul(relu(add(a, -1.7)), 0.0458812946797165), 0.935409070603099);
  const tail = where(gt(a, 3), 0.99505475368673, line);
  const magnitude = where(gt(a, 1.7), tail, rational);
  return mul(add(where(gt(half, 0), magnitude, mul(magnitude, -1)), 1), 0.5);
}
