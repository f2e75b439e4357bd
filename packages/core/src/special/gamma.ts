/**
 * The gamma function, its logarithm and derivatives, Hurwitz's zeta function and the beta function.
 *
 * log Γ near 2 is a polynomial (our own fit, error below 1e-18), by the recurrence Γ(x + 1) = xΓ(x)
 * also up to 10; beyond, Stirling's series (DLMF 5.11.1). Negative arguments by reflection (DLMF
 * 5.5.3). ψ by its recurrence and asymptotic series (DLMF 5.11.2), ζ by the Euler-Maclaurin formula
 * (DLMF 25.11.5). `stirling_error` and `deviance` are those of C. Loader, "Fast and accurate
 * computation of binomial probabilities" (2000): with them powers divided by gamma functions keep
 * their accuracy where both are huge.
 */
import { polynomial, type FunctionTexts } from './language.js';

/** log Γ(2 + t)/t for |t| ≤ ½. */
const logGammaCoefficients = [
  0.42278433509846713, 0.3224670334241132, -0.06735230105319814, 0.02058080842778457,
  -0.0073855510286681535, 0.002890510330738737, -0.0011927539120010226, 0.0005096695248853096,
  -0.00022315475074520367, 9.945750909889392e-5, -4.4926351103833334e-5, 2.050726741605779e-5,
  -9.438458716242811e-6, 4.374374916915131e-6, -2.0449201467015115e-6, 9.578663334114758e-7,
  -4.303558760359961e-7, 2.0304806751615227e-7, -1.3412819758517287e-7, 6.379047507619774e-8,
]; // prettier-ignore

/** B₂ₖ / (2k(2k - 1)). */
const stirlingCoefficients = [
  0.08333333333333333, -0.002777777777777778, 0.0007936507936507937, -0.0005952380952380953,
  0.0008417508417508417, -0.0019175269175269176, 0.00641025641025641, -0.029550653594771242,
  0.17964437236883057,
]; // prettier-ignore

/** B₂ₖ / 2k. */
const psiCoefficients = [
  0.08333333333333333, -0.008333333333333333, 0.003968253968253968, -0.004166666666666667,
  0.007575757575757576, -0.021092796092796094, 0.08333333333333333, -0.4432598039215686,
]; // prettier-ignore

/** B₂ₖ / (2k)!. */
const zetaCoefficients = [
  0.08333333333333333, -0.001388888888888889, 3.306878306878307e-5, -8.267195767195768e-7,
  2.08767569878681e-8, -5.284190138687493e-10, 1.3382536530684679e-11, -3.3896802963225827e-13,
  8.586062056277845e-15, -2.174868698558062e-16,
]; // prettier-ignore

/** Terms of the Euler-Maclaurin sum: the factor f becomes s(s + 1)…(s + 2k - 2)·q^(-s - 2k + 1). */
const zetaTerms = zetaCoefficients
  .map((c, k) => `  sum += ${c} * f;\n  f *= (s + ${2 * k + 1}) * (s + ${2 * k + 2}) / (q * q);`)
  .join('\n');

export const gammaFunctions = {
  /** sin(πx), the period taken off exactly. */
  sin_pi: `double sin_pi(double x) {
  double a = fabs(x);
  double r = a - 2 * floor(0.5 * a);
  double up = x < 0 ? -1 : 1;
  if (r > 1) return -up * sin(3.141592653589793 * (r > 1.5 ? 2 - r : r - 1));
  return up * sin(3.141592653589793 * (r > 0.5 ? 1 - r : r));
}`,

  /** log Γ(1 + t) for |t| ≤ ½. */
  log_gamma_1p: `double log_gamma_1p(double t) {
  return t * ${polynomial('t', logGammaCoefficients)} - log1p(t);
}`,

  /** log Γ(x + 1) - ((x + ½) log x - x + ½ log 2π) for x > 0. */
  stirling_error: `double stirling_error(double x) {
  if (x < 10) return gammaln_positive(x + 1) - (x + 0.5) * log(x) + x - 0.9189385332046728;
  double z = 1 / (x * x);
  return ${polynomial('z', stirlingCoefficients)} / x;
}`,

  /** log |Γ(x)| for x > 0. */
  gammaln_positive: `double gammaln_positive(double x) {
  if (x >= 10) {
    if (x > 1e300) return x * (log(x) - 1);
    double z = 1 / (x * x);
    return (x - 0.5) * (log(x) - 1) + (0.4189385332046728 + ${polynomial('z', stirlingCoefficients)} / x);
  }
  if (x < 0.5) return log_gamma_1p(x) - log(x);
  if (x < 1.5) return log_gamma_1p(x - 1);
  double p = 1;
  double t = x;
  while (t > 2.5) {
    t -= 1;
    p *= t;
  }
  double u = t - 2;
  double r = u * ${polynomial('u', logGammaCoefficients)};
  return p > 1 ? r + log(p) : r;
}`,

  gammaln: `double gammaln(double x) {
  if (x > 0) return gammaln_positive(x);
  if (x == -INFINITY || (x <= 0 && x == floor(x))) return INFINITY;
  return log(fabs(3.141592653589793 / (x * sin_pi(x)))) - gammaln_positive(-x);
}`,

  /** Γ(x) for x > 0. */
  gamma_positive: `double gamma_positive(double x) {
  if (x > 171.7) return INFINITY;
  if (x > 20) {
    double z = 1 / (x * x);
    double power = pow(x, 0.5 * x - 0.25);
    return 2.5066282746310002 * power * exp(-x) * power * exp(${polynomial('z', stirlingCoefficients)} / x);
  }
  if (x < 0.5) return exp(log_gamma_1p(x)) / x;
  double p = 1;
  double t = x;
  while (t > 2.5) {
    t -= 1;
    p *= t;
  }
  if (t == 1 || t == 2) return p;
  if (t < 1.5) return p * exp(log_gamma_1p(t - 1));
  double u = t - 2;
  return p * exp(u * ${polynomial('u', logGammaCoefficients)});
}`,

  gamma: `double gamma(double x) {
  if (x > 0) return gamma_positive(x);
  if (x == 0) return 1 / x;
  if (x == floor(x) || x < -1e15) return NAN;
  if (x < -184) return 0 * sin_pi(x);
  return -3.141592653589793 / (x * sin_pi(x) * gamma_positive(-x));
}`,

  psi: `double psi(double x) {
  double sum = 0;
  double t = x;
  if (x <= 0) {
    if (x == 0) return -1 / x;
    if (x == floor(x)) return NAN;
    double r = x - floor(x + 0.5);
    sum = -3.141592653589793 / tan(3.141592653589793 * r);
    t = 1 - x;
  }
  while (t < 10) {
    sum -= 1 / t;
    t += 1;
  }
  double z = 1 / (t * t);
  return sum + (log(t) - 0.5 / t - z * ${polynomial('z', psiCoefficients)});
}`,

  /** Σ (q + k)^-s over k = 0, 1, … */
  zeta: `double zeta(double s, double q) {
  if (s <= 1 || !(q == q)) return s == 1 ? INFINITY : NAN;
  if (q <= 0 && q == floor(q)) return INFINITY;
  if (q < -1e6) return NAN;
  if (q == INFINITY) return 0;
  if (s == INFINITY) return q > 1 ? 0 : q == 1 ? 1 : INFINITY;
  double sum = 0;
  double least = 12 + 0.4 * s;
  double next = q;
  while (next < least) {
    double term = pow(next, -s);
    sum += term;
    next += 1;
    if (next > 1 && term <= 1e-18 * fabs(sum)) return sum;
  }
  return sum + zeta_tail(s, next);
}`,

  /** The sum by the Euler-Maclaurin formula, for large q. */
  zeta_tail: `double zeta_tail(double s, double q) {
  double f = pow(q, -s);
  double sum = f * q / (s - 1) + 0.5 * f;
  f *= s / q;
${zetaTerms}
  return sum;
}`,

  /** The n-th derivative of ψ, for whole n ≥ 0. */
  polygamma: `double polygamma(double n, double x) {
  if (n == 0) return psi(x);
  if (!(n > 0) || n != floor(n)) return NAN;
  double sign = n - 2 * floor(0.5 * n) == 0 ? -1 : 1;
  return sign * gamma(n + 1) * zeta(n + 1, x);
}`,

  /** x log(x/a) + a - x for x, a > 0. */
  deviance: `double deviance(double x, double a) {
  if (fabs(x - a) > 0.1 * (x + a)) return x * log(x / a) + a - x;
  double v = (x - a) / (x + a);
  double sum = (x - a) * v;
  double power = 2 * x * v;
  for (double k = 3; k < 200; k += 2) {
    power *= v * v;
    double next = sum + power / k;
    if (next == sum) return sum;
    sum = next;
  }
  return sum;
}`,

  /** log |B(a, b)| = log |Γ(a)Γ(b)/Γ(a + b)|. */
  betaln: `double betaln(double a, double b) {
  double small = a < b ? a : b;
  double large = a < b ? b : a;
  if (!(small == small && large == large)) return NAN;
  if (small == 0) return INFINITY;
  if (small < 0 || large < 10) return gammaln(a) + gammaln(b) - gammaln(a + b);
  double ratio = small / large;
  double correction = stirling_error(large) - stirling_error(small + large);
  if (small >= 10) {
    return 0.9189385332046728 - 0.5 * log(large) + stirling_error(small) + correction +
      (small - 0.5) * (log(ratio) - log1p(ratio)) - large * log1p(ratio);
  }
  double rest = correction - (large - 0.5) * log1p(ratio);
  return gammaln(small) + (small - small * log(small + large)) + rest;
}`,
} satisfies FunctionTexts;
