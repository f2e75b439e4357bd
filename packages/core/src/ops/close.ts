/** Comparison within a tolerance. */
import type { TensorVariable } from '../graph/variable.js';
import { isFloat } from '../types/dtype.js';
import { abs, add, mul, sub } from './arithmetic.js';
import { asVariables, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { and, eq, invert, isinf, isnan, le, or } from './compare.js';
import { all } from './reduce.js';

export interface CloseOptions {
  /** Relative to the second operand; 1e-5. */
  readonly rtol?: number;
  /** 1e-8. */
  readonly atol?: number;
  /** Whether NaN is close to NaN; false. */
  readonly equalNan?: boolean;
}

/** Whether |x - y| ≤ atol + rtol·|y|, elementwise; infinities are close to their like alone. */
export function isclose(
  x: TensorLike,
  y: TensorLike,
  { rtol = 1e-5, atol = 1e-8, equalNan = false }: CloseOptions = {},
): TensorVariable {
  const [a, b] = asVariables([x, y]).map((v) => (isFloat(v.dtype) ? v : cast(v, 'float64')));
  const near = le(abs(sub(a, b)), add(mul(abs(b), rtol), atol));
  const close = or(eq(a, b), and(near, invert(isinf(b))));
  return equalNan ? or(close, and(isnan(a), isnan(b))) : close;
}

/** Whether all elements are close; see `isclose`. */
export function allclose(x: TensorLike, y: TensorLike, options: CloseOptions = {}): TensorVariable {
  return all(isclose(x, y, options));
}
