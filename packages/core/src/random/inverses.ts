/** Standard distributions by their inverses: of a `side`, which is uniform in [-½, ½] and fine near 0 (ops/random.ts). */
import type { TensorVariable } from '../graph/variable.js';
import { abs, mul, neg, reciprocal, sgn, sub } from '../ops/arithmetic.js';
import { lt, switchOp } from '../ops/compare.js';
import { log, log1p, tan } from '../ops/transcendental.js';

/** Positive; both tails are fine. */
export function exponentialOf(side: TensorVariable): TensorVariable {
  const p = abs(side);
  return neg(switchOp(lt(side, 0), log(p), log1p(neg(p))));
}

export function gumbelOf(side: TensorVariable): TensorVariable {
  return neg(log(exponentialOf(side)));
}

export function logisticOf(side: TensorVariable): TensorVariable {
  const p = abs(side);
  return mul(sgn(side), sub(log1p(neg(p)), log(p)));
}

export function laplaceOf(side: TensorVariable): TensorVariable {
  return neg(mul(sgn(side), log(mul(abs(side), 2))));
}

export function cauchyOf(side: TensorVariable): TensorVariable {
  return reciprocal(tan(mul(side, Math.PI)));
}
