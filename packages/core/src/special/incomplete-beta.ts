/**
 * The regularised incomplete beta function I_x(a, b), its derivatives by a and b, and its inverse.
 *
 * By the continued fraction DLMF 8.17.22, evaluated by J. Wallis' recurrence, which takes derivatives
 * along, where x < (a + 1)/(a + b + 2); else by I_x(a, b) = 1 - I_(1-x)(b, a). The factor before it
 * by C. Loader's deviances (see gamma.ts). The inverse by Newton's method on log x, within brackets.
 */
import type { FunctionTexts } from './language.js';

export const incompleteBeta = {
  /** x^a y^b / B(a, b) with y = 1 - x, both given for accuracy. */
  beta_power: `double beta_power(double a, double b, double x, double y) {
  double n = a + b;
  if (a < 10 && b < 10) {
    double beta = gamma_positive(a) / gamma_positive(n) * gamma_positive(b);
    if (beta < INFINITY) return pow(x, a) * pow(y, b) / beta;
  }
  double smooth = stirling_error(n) - stirling_error(a) - stirling_error(b);
  double away = deviance(a, n * x) + deviance(b, n * y);
  return sqrt(a / n * b) * 0.3989422804014327 * exp(smooth - away);
}`,

  /** I_x(a, b)·a/beta_power; its derivative by a where \`by\` is 1, by b where it is 2. */
  beta_fraction: `double beta_fraction(double a, double b, double x, double by) {
  double p0 = 1;
  double q0 = 0;
  double p1 = 0;
  double q1 = 1;
  double dp0 = 0;
  double dq0 = 0;
  double dp1 = 0;
  double dq1 = 0;
  double last = 0;
  double dlast = 0;
  double c = 1;
  double dc = 0;
  for (double k = 0; k < 1e5; k += 1) {
    double dp2 = dp1 + c * dp0 + dc * p0;
    double dq2 = dq1 + c * dq0 + dc * q0;
    double p2 = p1 + c * p0;
    double q2 = q1 + c * q0;
    double scale = 1 / q2;
    p0 = p1 * scale;
    q0 = q1 * scale;
    dp0 = dp1 * scale;
    dq0 = dq1 * scale;
    p1 = p2 * scale;
    q1 = 1;
    dp1 = dp2 * scale;
    dq1 = dq2 * scale;
    double derivative = dp1 - p1 * dq1;
    double still = fabs(p1 - last) <= 2e-16 * fabs(p1) ? 1 : 0;
    if (by > 0 && !(fabs(derivative - dlast) <= 1e-15 * fabs(derivative) + 1e-30)) still = 0;
    if (k > 2 && still == 1) break;
    last = p1;
    dlast = derivative;
    double m = floor(0.5 * (k + 1));
    double t = a + 2 * m;
    if (m + m == k + 1) {
      c = m * (b - m) * x / ((t - 1) * t);
      dc = by == 1 ? -c * (1 / (t - 1) + 1 / t) : m * x / ((t - 1) * t);
    } else {
      c = -(a + m) * (a + b + m) * x / (t * (t + 1));
      dc = by == 1 ? c * (1 / (a + m) + 1 / (a + b + m) - 1 / t - 1 / (t + 1)) : c / (a + b + m);
    }
  }
  return by == 0 ? p1 : dp1 - p1 * dq1;
}`,

  /** I_x(a, b) where the fraction converges fast; its derivatives as \`beta_fraction\` has them. */
  beta_direct: `double beta_direct(double a, double b, double x, double y, double by) {
  double power = beta_power(a, b, x, y) / a;
  if (power == 0) return 0;
  double value = beta_fraction(a, b, x, 0);
  if (by == 0) return power * value;
  double rate = by == 1 ? log(x) - psi(a) - 1 / a : (x < 0.5 ? log1p(-x) : log(y)) - psi(b);
  return power * ((rate + psi(a + b)) * value + beta_fraction(a, b, x, by));
}`,

  /** I_x(a, b), or its derivative by a (1) or b (2). */
  beta_either: `double beta_either(double a, double b, double x, double by) {
  if (!(a >= 0 && b >= 0 && x >= 0 && x <= 1) || a + b == 0) return NAN;
  if (x == 0 || x == 1) return by == 0 ? x : 0;
  if (by == 0 && (a == 0 || b == 0)) return a == 0 ? 1 : 0;
  if (a == INFINITY || b == INFINITY) return NAN;
  if (x < (a + 1) / (a + b + 2)) return beta_direct(a, b, x, 1 - x, by);
  double other = beta_direct(b, a, 1 - x, x, by == 0 ? 0 : 3 - by);
  return by == 0 ? 1 - other : -other;
}`,

  betainc: `double betainc(double a, double b, double x) {
  return beta_either(a, b, x, 0);
}`,

  betainc_da: `double betainc_da(double a, double b, double x) {
  return beta_either(a, b, x, 1);
}`,

  betainc_db: `double betainc_db(double a, double b, double x) {
  return beta_either(a, b, x, 2);
}`,

  /** The x ≤ a/(a + b) with I_x(a, b) = p. */
  beta_inverse: `double beta_inverse(double a, double b, double p) {
  double high = a / (a + b);
  double low = 0;
  double wanted = log(p);
  double x = exp((wanted + log(a) + betaln(a, b)) / a);
  if (!(x < high)) x = 0.5 * high;
  if (x == 0) return 0;
  for (double k = 0; k < 100; k += 1) {
    double value = beta_either(a, b, x, 0);
    double off = log(value) - wanted;
    if (off < 0) low = x;
    else high = x;
    double next = x * exp(-off * value * (1 - x) / beta_power(a, b, x, 1 - x));
    if (!(next > low && next < high)) next = low == 0 ? 0.01 * high : 0.5 * (low + high);
    if (fabs(next - x) <= 2e-16 * x) return next;
    x = next;
  }
  return x;
}`,

  /** The x with I_x(a, b) = p. */
  betaincinv: `double betaincinv(double a, double b, double p) {
  if (!(a > 0 && b > 0 && p >= 0 && p <= 1)) return NAN;
  if (a == INFINITY || b == INFINITY) return NAN;
  if (p == 0 || p == 1) return p;
  if (p > beta_either(a, b, a / (a + b), 0)) return 1 - beta_inverse(b, a, 1 - p);
  return beta_inverse(a, b, p);
}`,
} satisfies FunctionTexts;
