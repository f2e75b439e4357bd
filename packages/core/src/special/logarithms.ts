/** Logarithms with limits that the plain formula misses. */
import type { FunctionTexts } from './language.js';

export const logarithms = {
  /** log(1 - e^x); M. Mächler, "Accurately computing log(1 - exp(-|a|))" (2012). */
  log1mexp: `double log1mexp(double x) {
  return x > -0.6931471805599453 ? log(-expm1(x)) : log1p(-exp(x));
}`,

  xlogx: `double xlogx(double x) {
  return x == 0 ? 0 : x * log(x);
}`,

  xlogy: `double xlogy(double x, double y) {
  return x == 0 && y == y ? 0 : x * log(y);
}`,
} satisfies FunctionTexts;
