/**
 * Special functions: functions of float64 that no language's library has everywhere, each written once
 * in words that C, CUDA C++ and JavaScript share, so that every device computes the same formula.
 *
 * The language: parameters, variables and results are `double`, also those that count; assignments,
 * `if`, `for`, `while`, `break`, `return`, arithmetic, comparisons, `&&`, `||`, `!` and `? :`; calls
 * of the functions in `mathFunctions` and of special functions (never of itself, so that there is an order);
 * `random_unit` (codegen/philox-text.ts); INFINITY and NAN. A quotient has an operand that is no literal, since C divides integer literals
 * as integers.
 */

/** Texts of functions by name: `double name(double x, …) { … }`. */
export type FunctionTexts = Readonly<Record<string, string>>;

/** The math functions a text may call, by C's names, with JavaScript's. */
export const mathFunctions: Readonly<Record<string, string>> = {
  exp: 'exp',
  expm1: 'expm1',
  log: 'log',
  log1p: 'log1p',
  pow: 'pow',
  sqrt: 'sqrt',
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  sinh: 'sinh',
  cosh: 'cosh',
  atan: 'atan',
  fabs: 'abs',
  floor: 'floor',
};

/** Text of a polynomial in `x` with these coefficients, the constant first, by Horner's rule. */
export function polynomial(x: string, coefficients: readonly number[]): string {
  const [first, ...rest] = coefficients;
  const literal = first < 0 ? `(${first})` : `${first}`;
  return rest.length === 0 ? literal : `(${literal} + ${x} * ${polynomial(x, rest)})`;
}

/** Replaces every word of a text that the function gives another for. */
export function replaceWords(text: string, replace: (word: string) => string | null): string {
  return text.replace(/\b[A-Za-z_]\w*/g, (word) => replace(word) ?? word);
}

/** Names of the functions that a text calls. */
export function calledNames(text: string): string[] {
  const body = text.slice(text.indexOf('{'));
  return [...new Set([...body.matchAll(/\b([A-Za-z_]\w*)\(/g)].map(([, name]) => name))];
}
