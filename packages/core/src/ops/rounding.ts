/** Division with remainder and rounding, made of the ops in arithmetic.ts. */
import type { TensorVariable } from '../graph/variable.js';
import { abs, add, intDiv, mod, round as roundHalfToEven, sgn, sub, trunc } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { ge, neq, switchOp as where } from './compare.js';
import { asFloat } from './floats.js';

/** Where halves go: `half_to_even` as IEEE 754 has it, `half_away_from_zero` as at school. */
export type RoundingMode = 'half_to_even' | 'half_away_from_zero';

/** To the nearest whole number; integers become floatX. */
export function round(x: TensorLike, mode: RoundingMode = 'half_to_even'): TensorVariable {
  if (mode === 'half_to_even') return roundHalfToEven(x);
  const v = asFloat(x);
  const whole = trunc(v);
  return where(ge(abs(sub(v, whole)), 0.5), add(whole, sgn(v)), whole);
}

/** To the nearest integer, as int64. */
export function iround(x: TensorLike, mode: RoundingMode = 'half_to_even'): TensorVariable {
  return cast(round(x, mode), 'int64');
}

/** [⌊x / y⌋, x mod y]. */
export function divmod(x: TensorLike, y: TensorLike): [TensorVariable, TensorVariable] {
  return [intDiv(x, y), mod(x, y)];
}

/** ⌈x / y⌉ without leaving the integers; 0 for an integer zero divisor. */
export function ceilIntDiv(x: TensorLike, y: TensorLike): TensorVariable {
  const [quotient, rest] = divmod(x, y);
  return add(quotient, cast(neq(rest, 0), quotient.dtype));
}
