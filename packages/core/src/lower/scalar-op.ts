/** Special functions, as scalar operations of floats: computed in float64, then rounded. */
export const specialFunctions = [
  'log1mexp', 'xlogx', 'xlogy',
  'erf', 'erfc', 'erfcx', 'erfinv', 'erfcinv', 'log_erfc', 'ndtr', 'log_ndtr', 'ndtri_exp',
  'gamma', 'gammaln', 'psi', 'zeta', 'polygamma', 'betaln',
  'gammainc', 'gammaincc', 'gammainc_da', 'gammaincinv', 'gammainccinv',
  'betainc', 'betainc_da', 'betainc_db', 'betaincinv',
  'owens_t', 'jv', 'iv', 'ive', 'kv', 'kve', 'hyp2f1', 'hyp2f1_da', 'hyp2f1_dc',
] as const; // prettier-ignore

/** Name of an operation that is a special function: its text is in special/, the same for all targets. */
export type SpecialFunction = (typeof specialFunctions)[number];

/** Draws, as scalar operations of floats: functions of a seed and parameters, in special/draws.ts. */
export const drawFunctions = [
  'normal_draw', 'log_gamma_draw', 'log_gamma_draw_da', 'poisson_draw', 'binomial_draw',
  'hypergeometric_draw', 'von_mises_draw', 'von_mises_draw_dk', 'wald_draw',
] as const; // prettier-ignore

/** Name of an operation that is a draw, or its derivative. */
export type DrawFunction = (typeof drawFunctions)[number];

/**
 * The closed list of scalar operations that kernels are made of. A target's dialect is a total
 * `Record<ScalarOp, …>` over it, so that a missing entry is a compile error.
 *
 * All arguments of an operation have one dtype, except `select` (whose first is bool) and `cast`.
 * Comparisons, `isnan` and `isinf` give bool; every other operation gives its argument's dtype.
 * Integer semantics: wrap-around; `intdiv` rounds toward minus infinity and `mod` has the sign of
 * the divisor; both give 0 for a zero divisor, and INT_MIN // -1 wraps.
 * `min`/`max` propagate NaN. `round` is half to even. `sgn(NaN)` is NaN.
 * `fma(a, b, c)` is the only operation that rounds once.
 * `philox(key, draw, position)` is 64 random bits: see routines/philox.ts.
 */
export const scalarOps = [
  'add', 'sub', 'mul', 'div', 'intdiv', 'mod', 'pow', 'min', 'max', 'fma',
  'neg', 'abs', 'sgn', 'sqr', 'sqrt', 'reciprocal',
  'exp', 'exp2', 'expm1', 'log', 'log2', 'log10', 'log1p',
  'sigmoid', 'softplus', 'tanh', 'sin', 'cos', 'tan', 'arcsin', 'arccos', 'arctan', 'arctan2', 'sinh', 'cosh',
  'arcsinh', 'arccosh', 'arctanh',
  'floor', 'ceil', 'trunc', 'round',
  ...specialFunctions,
  'philox', ...drawFunctions,
  'eq', 'neq', 'lt', 'le', 'gt', 'ge', 'isnan', 'isinf',
  'and', 'or', 'xor', 'not',
  'select', 'cast',
] as const; // prettier-ignore

/** Name of a scalar operation. `and/or/xor/not` are logical on bool and bitwise on integers. */
export type ScalarOp = (typeof scalarOps)[number];

/** Reductions a kernel can carry. `argmax`/`argmin` give the int64 flat index of the first extreme (first NaN wins). */
export const reduceOps = ['sum', 'prod', 'max', 'min', 'and', 'or', 'argmax', 'argmin'] as const;
export type ReduceOp = (typeof reduceOps)[number];
