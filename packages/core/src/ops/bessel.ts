/** Bessel functions of real order, plain and modified, and Owen's T; see special/bessel.ts. */
import { gradNotImplemented, type MissingGradient } from '../graph/missing-gradient.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, mul, neg, sgn, sub } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { special, type SpecialOp } from './special-op.js';

const byOrder = (): MissingGradient =>
  gradNotImplemented('the derivative of a Bessel function by its order is no op');

type Neighbours = (below: TensorVariable, above: TensorVariable) => TensorVariable;

/** ½ of what is made of the values at orders v - 1 and v + 1. */
const half = (f: SpecialOp, v: TensorVariable, x: TensorVariable, of: Neighbours): TensorVariable =>
  mul(of(f(sub(v, 1), x), f(add(v, 1), x)), 0.5);

/** J of order v. */
export const jv: SpecialOp = special('jv', ({ inputs: [v, x] }, [g]) => [
  byOrder(),
  g && mul(g, half(jv, v, x, sub)),
]);

/** I of order v. */
export const iv: SpecialOp = special('iv', ({ inputs: [v, x] }, [g]) => [
  byOrder(),
  g && mul(g, half(iv, v, x, add)),
]);

/** e^-|x|·I of order v. */
export const ive: SpecialOp = special('ive', ({ inputs: [v, x], outputs: [y] }, [g]) => [
  byOrder(),
  g && mul(g, sub(half(ive, v, x, add), mul(sgn(x), y))),
]);

/** K of order v, for x ≥ 0. */
export const kv: SpecialOp = special('kv', ({ inputs: [v, x] }, [g]) => [
  byOrder(),
  g && neg(mul(g, half(kv, v, x, add))),
]);

/** e^x·K of order v, for x ≥ 0. */
export const kve: SpecialOp = special('kve', ({ inputs: [v, x], outputs: [y] }, [g]) => [
  byOrder(),
  g && mul(g, sub(y, half(kve, v, x, add))),
]);

export function j0(x: TensorLike): TensorVariable {
  return jv(0, x);
}

export function j1(x: TensorLike): TensorVariable {
  return jv(1, x);
}

export function i0(x: TensorLike): TensorVariable {
  return iv(0, x);
}

export function i1(x: TensorLike): TensorVariable {
  return iv(1, x);
}
