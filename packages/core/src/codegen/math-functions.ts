/** Scalar operations that the mathematics libraries of C and of JavaScript have, by their one name there. */
import type { ScalarOp } from '../lower/scalar-op.js';

const mathFunctions = {
  sqrt: 'sqrt',
  exp: 'exp',
  expm1: 'expm1',
  log: 'log',
  log2: 'log2',
  log10: 'log10',
  log1p: 'log1p',
  tanh: 'tanh',
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  arcsin: 'asin',
  arccos: 'acos',
  arctan: 'atan',
  arctan2: 'atan2',
  sinh: 'sinh',
  cosh: 'cosh',
  arcsinh: 'asinh',
  arccosh: 'acosh',
  arctanh: 'atanh',
  floor: 'floor',
  ceil: 'ceil',
  trunc: 'trunc',
} as const satisfies Partial<Record<ScalarOp, string>>;

/** What `text` makes of the name of each. */
export function mathOps<T>(text: (name: string) => T): Record<keyof typeof mathFunctions, T> {
  return Object.fromEntries(
    Object.entries(mathFunctions).map(([op, name]) => [op, text(name)]),
  ) as Record<keyof typeof mathFunctions, T>;
}
