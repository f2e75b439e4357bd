/**
 * The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P, their derivative by a, and
 * their inverses.
 *
 * P by its power series where x < a + 1 (DLMF 8.11.4), else Q by its continued fraction (DLMF 8.9.2)
 * after J. Wallis' recurrence, which takes derivatives along. For small a and x, Q by the series of
 * 1 - P without its cancellation (W. Gautschi, 1979); for a > 10⁶ by N. M. Temme's uniform expansion
 * (DLMF 8.12.3). The inverses by Newton's method on logarithms, within brackets, from the
 * approximation of E. B. Wilson and M. M. Hilferty (1931).
 */
import type { FunctionTexts } from './language.js';

export const incompleteGamma = {
  /** x^a e^-x / Γ(a + 1). */
  gamma_density: `double gamma_density(double a, double x) {
  if (a < 10 && x < 700) return pow(x, a) * exp(-x) / gamma_positive(a + 1);
  if (a < 10) return exp(a * log(x) - x - gammaln_positive(a + 1));
  return 0.3989422804014327 / sqrt(a) * exp(-stirling_error(a) - deviance(a, x));
}`,

  /** P/gamma_density, as 1 + x/(a + 1) + x²/((a + 1)(a + 2)) + … */
  gamma_series: `double gamma_series(double a, double x) {
  double term = 1;
  double sum = 1;
  for (double k = 1; k < 1e5; k += 1) {
    term *= x / (a + k);
    sum += term;
    if (term < 1e-17 * sum) return sum;
  }
  return sum;
}`,

  /** Q/(a·gamma_density) as a continued fraction; \`slope\` 1 gives its derivative by a. */
  gamma_fraction: `double gamma_fraction(double a, double x, double slope) {
  double b = x + 1 - a;
  double p0 = 0;
  double q0 = 1;
  double p1 = 1;
  double q1 = b;
  double dp0 = 0;
  double dq0 = 0;
  double dp1 = 0;
  double dq1 = -1;
  double last = 0;
  double dlast = 0;
  for (double k = 1; k < 1e5; k += 1) {
    b += 2;
    double c = k * (a - k);
    double dp2 = b * dp1 - p1 + c * dp0 + k * p0;
    double dq2 = b * dq1 - q1 + c * dq0 + k * q0;
    double p2 = b * p1 + c * p0;
    double q2 = b * q1 + c * q0;
    double scale = 1 / q2;
    p0 = p1 * scale;
    q0 = q1 * scale;
    dp0 = dp1 * scale;
    dq0 = dq1 * scale;
    p1 = p2 * scale;
    q1 = 1;
    dp1 = dp2 * scale;
    dq1 = dq2 * scale;
    double value = p1;
    double derivative = dp1 - p1 * dq1;
    double still = fabs(value - last) <= 2e-16 * fabs(value);
    if (!(q2 == q2)) break;
    if (still && (slope == 0 || fabs(derivative - dlast) <= 1e-15 * fabs(derivative) + 1e-30)) break;
    last = value;
    dlast = derivative;
  }
  return slope == 0 ? p1 : dp1 - p1 * dq1;
}`,

  /** Q for small a and x. */
  gamma_small: `double gamma_small(double a, double x) {
  double sum = 0;
  double term = 1;
  for (double k = 1; k < 200; k += 1) {
    term *= -x / k;
    sum += term * a / (a + k);
    if (fabs(term) < 1e-18) break;
  }
  double l = a * log(x) - (a < 0.5 ? log_gamma_1p(a) : gammaln_positive(a + 1));
  return -expm1(l) - exp(l) * sum;
}`,

  /** P (or Q, where \`upper\` is 1) for huge a, by η with ½η² = x/a - 1 - log(x/a). */
  gamma_uniform: `double gamma_uniform(double a, double x, double upper) {
  double half = deviance(a, x) / a;
  double eta = x < a ? -sqrt(2 * half) : sqrt(2 * half);
  double sign = upper == 1 ? 1 : -1;
  if (half > 0.005) return eta * sign > 0 ? 0 : 1;
  double c0 = -0.3333333333333333 + eta * (0.08333333333333333 + eta * (-0.014814814814814815 +
    eta * (0.0011574074074074073 + eta * (0.0003527336860670194 - eta * 0.0001787551440329218))));
  double c1 = -0.001851851851851852 + eta * (-0.003472222222222222 + eta * 0.0026455026455026454);
  double rest = exp(-a * half) / sqrt(6.283185307179586 * a) * (c0 + c1 / a);
  return 0.5 * erfc(sign * eta * sqrt(0.5 * a)) + sign * rest;
}`,

  gammainc: `double gammainc(double a, double x) {
  if (!(a >= 0 && x >= 0)) return NAN;
  if (x == 0) return a == 0 ? NAN : 0;
  if (a == 0 || x == INFINITY) return a == INFINITY ? NAN : 1;
  if (a == INFINITY) return 0;
  if (a > 1e6) return gamma_uniform(a, x, 0);
  if (x < a + 1) return gamma_density(a, x) * gamma_series(a, x);
  return 1 - a * gamma_density(a, x) * gamma_fraction(a, x, 0);
}`,

  gammaincc: `double gammaincc(double a, double x) {
  if (!(a >= 0 && x >= 0)) return NAN;
  if (x == 0) return a == 0 ? NAN : 1;
  if (a == 0 || x == INFINITY) return a == INFINITY ? NAN : 0;
  if (a == INFINITY) return 1;
  if (a > 1e6) return gamma_uniform(a, x, 1);
  if (a <= 1 && x <= 1.1) return gamma_small(a, x);
  if (x < a + 1) return 1 - gamma_density(a, x) * gamma_series(a, x);
  return a * gamma_density(a, x) * gamma_fraction(a, x, 0);
}`,

  /** The derivative of P by a. */
  gammainc_da: `double gammainc_da(double a, double x) {
  if (!(a > 0 && x >= 0)) return NAN;
  if (x == 0 || x == INFINITY || a == INFINITY) return 0;
  double density = gamma_density(a, x);
  if (density == 0) return 0;
  if (x >= a + 1) {
    double fraction = gamma_fraction(a, x, 0);
    double slope = gamma_fraction(a, x, 1);
    return -a * density * ((log(x) - psi(a)) * fraction + slope);
  }
  double term = 1;
  double sum = 1;
  double fall = 0;
  double slope = 0;
  for (double k = 1; k < 1e5; k += 1) {
    term *= x / (a + k);
    fall += 1 / (a + k);
    sum += term;
    slope += term * fall;
    if (term * (1 + fall) < 1e-17 * sum) break;
  }
  return density * ((log(x) - psi(a + 1)) * sum - slope);
}`,

  /** The x with P(a, x) = p and Q(a, x) = q = 1 - p, both given for accuracy. */
  gamma_inverse: `double gamma_inverse(double a, double p, double q) {
  if (!(a >= 0 && p >= 0 && q >= 0)) return NAN;
  if (p == 0) return 0;
  if (q == 0) return INFINITY;
  if (a == 0) return 0;
  double lower = p <= 0.5 ? 1 : 0;
  double wanted = lower == 1 ? log(p) : log(q);
  double z = lower == 1 ? -1.4142135623730951 * erfcinv(2 * p) : 1.4142135623730951 * erfcinv(2 * q);
  double root = 1 - 1 / (9 * a) + z / (3 * sqrt(a));
  double x = root > 0.2 ? a * root * root * root : 0;
  if (a < 3) {
    double l = (log(p) + gammaln_positive(a + 1)) / a;
    if (l < -0.7 || x == 0) x = exp(l);
    if (x == 0) return 0;
  } else if (x == 0) x = exp((log(p) + gammaln_positive(a + 1)) / a);
  double low = 0;
  double high = INFINITY;
  for (double k = 0; k < 100; k += 1) {
    double value = lower == 1 ? gammainc(a, x) : gammaincc(a, x);
    double off = log(value) - wanted;
    if ((off < 0) == (lower == 1)) low = x;
    else high = x;
    double relative = lower == 1 ? -off * value : off * value;
    double slope = a * gamma_density(a, x);
    double step = slope > 0 && value > 0 ? relative / slope : NAN;
    double next = lower == 1 ? x * exp(step) : x + x * step;
    if (!(next > low && next < high)) {
      next = high == INFINITY ? 2 * x : low == 0 ? 0.01 * high : 0.5 * (low + high);
    }
    if (fabs(next - x) <= 2e-16 * x) return next;
    x = next;
  }
  return x;
}`,

  /** The x with P(a, x) = p. */
  gammaincinv: `double gammaincinv(double a, double p) {
  return gamma_inverse(a, p, 1 - p);
}`,

  /** The x with Q(a, x) = q. */
  gammainccinv: `double gammainccinv(double a, double q) {
  return gamma_inverse(a, 1 - q, q);
}`,
} satisfies FunctionTexts;
