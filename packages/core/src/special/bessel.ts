/**
 * Bessel functions of real order and argument, plain and modified.
 *
 * J by J. C. P. Miller's backward recurrence in the order, normalised by Neumann's expansion of a power
 * (DLMF 10.23.15), or by Hankel's expansion (DLMF 10.17.3) for arguments large beside the order; I by
 * its power series (DLMF 10.25.2) or asymptotic expansion (DLMF 10.40.1); both for negative orders by
 * recurrence. K as the integral of exp(-x cosh t) cosh(vt) (DLMF 10.32.9) by the trapezoidal rule, which
 * converges exponentially for it (L. N. Trefethen and J. A. C. Weideman, 2014).
 */
import type { FunctionTexts } from './language.js';

export const besselFunctions = {
  bessel_hankel: `double bessel_hankel(double v, double x) {
  double mu = 4 * v * v;
  double even = 1;
  double odd = 0;
  double term = 1;
  for (double k = 1; k < 80; k += 2) {
    term *= (mu - (2 * k - 1) * (2 * k - 1)) / (8 * k * x);
    odd += term;
    term *= -(mu - (2 * k + 1) * (2 * k + 1)) / (8 * (k + 1) * x);
    even += term;
    if (fabs(term) < 1e-17) break;
  }
  double turn = 0.25 * v + 0.125;
  double phase = 6.283185307179586 * (turn - floor(turn));
  double c = cos(x) * cos(phase) + sin(x) * sin(phase);
  double s = sin(x) * cos(phase) - cos(x) * sin(phase);
  return sqrt(0.6366197723675814 / x) * (even * c - odd * s);
}`,

  /** J for x > 0 and an order v that is u + n with 0 ≤ u < 1. */
  bessel_miller: `double bessel_miller(double v, double x) {
  double n = floor(v);
  double u = v - n;
  double most = n > x ? n : x;
  double order = 2 * floor(0.5 * (most + 30 + 8 * pow(most, 0.4)));
  double above = 0;
  double here = 1e-280;
  double sum = 0;
  double found = 0;
  double next = 0;
  /* Γ(u + k)/k! at k = order/2, divided by Γ(u + 1): falling with k. */
  double half = 0.5 * order;
  double weight = exp(gammaln_positive(u + half) - gammaln_positive(half + 1) - gammaln_positive(u + 1));
  for (double k = order; k >= 0; k -= 1) {
    if (k == n) found = here;
    if (k == n + 1) next = here;
    if (k == 2 * floor(0.5 * k)) {
      double j = 0.5 * k;
      sum += here * (j == 0 ? 1 : weight * (u + k));
      if (j > 1) weight *= j / (u + j - 1);
    }
    double below = 2 * (u + k) / x * here - above;
    above = here;
    here = below;
    if (fabs(here) > 1e200) {
      here *= 1e-200;
      above *= 1e-200;
      sum *= 1e-200;
      found *= 1e-200;
      next *= 1e-200;
    }
  }
  double scale = pow(0.5 * x, u) / gamma_positive(u + 1) / sum;
  if (n >= 0) return found * scale;
  /* The recurrence has come to u - 1 and u; on to negative orders. */
  double low = here;
  double high = above;
  for (double m = u - 1; m > v + 0.5; m -= 1) {
    double below = 2 * m / x * low - high;
    high = low;
    low = below;
  }
  return low * scale;
}`,

  jv: `double jv(double v, double x) {
  if (!(v == v && x == x)) return NAN;
  double whole = v == floor(v) ? 1 : 0;
  if (x < 0 && whole == 0) return NAN;
  double odd = whole == 1 && v != 2 * floor(0.5 * v) ? -1 : 1;
  double sign = 1;
  if (x < 0) sign *= odd;
  if (v < 0 && whole == 1) sign *= odd;
  double order = whole == 1 ? fabs(v) : v;
  double y = fabs(x);
  if (y == 0) return order == 0 ? 1 : order > 0 ? 0 : INFINITY;
  if (y == INFINITY) return 0;
  if (y > 25 && y > 0.5 * v * v) return sign * bessel_hankel(order, y);
  if (y > 1e7 || fabs(v) > 1e7) return NAN;
  if (0.25 * y * y < order + 1) return sign * bessel_power(order, y, -1, 0);
  return sign * bessel_miller(order, y);
}`,

  /** (x/2)^v/Γ(v + 1)·Σ (±x²/4)^k/(k!(v + 1)…(v + k)) for v ≥ 0, times e^-away. */
  bessel_power: `double bessel_power(double v, double x, double sign, double away) {
  double z = sign * 0.25 * x * x;
  double sum = 1;
  double term = 1;
  double scale = 0;
  for (double k = 1; k < 1e5; k += 1) {
    term *= z / (k * (v + k));
    sum += term;
    if (!(fabs(term) >= 1e-17 * fabs(sum))) break;
    if (sum > 1e200) {
      sum *= 1e-200;
      term *= 1e-200;
      scale += 460.51701859880916;
    }
  }
  if (v < 20 && scale == 0) return pow(0.5 * x, v) / gamma_positive(v + 1) * (exp(-away) * sum);
  return exp(v * log(0.5 * x) - gammaln_positive(v + 1) + (scale - away)) * sum;
}`,

  /** e^-x I for x > 0 and v ≥ 0. */
  bessel_i_scaled: `double bessel_i_scaled(double v, double x) {
  if (!(x > 30 && x > 0.5 * v * v)) return bessel_power(v, x, 1, x);
  double mu = 4 * v * v;
  double sum = 1;
  double term = 1;
  for (double k = 1; k < 80; k += 1) {
    term *= -(mu - (2 * k - 1) * (2 * k - 1)) / (8 * k * x);
    sum += term;
    if (fabs(term) < 1e-17) break;
  }
  return sum * 0.3989422804014327 / sqrt(x);
}`,

  ive: `double ive(double v, double x) {
  if (!(v == v && x == x)) return NAN;
  double whole = v == floor(v) ? 1 : 0;
  if (x < 0 && whole == 0) return NAN;
  double sign = x < 0 && v != 2 * floor(0.5 * v) ? -1 : 1;
  double order = whole == 1 ? fabs(v) : v;
  double y = fabs(x);
  if (y == 0) return order == 0 ? 1 : order > 0 ? 0 : INFINITY;
  if (y == INFINITY) return 0;
  if (order >= 0) return sign * bessel_i_scaled(order, y);
  double u = v - floor(v);
  double high = bessel_i_scaled(u + 1, y);
  double low = bessel_i_scaled(u, y);
  for (double m = u; m > v + 0.5; m -= 1) {
    double below = 2 * m / y * low + high;
    high = low;
    low = below;
  }
  return low;
}`,

  iv: `double iv(double v, double x) {
  if (fabs(x) == INFINITY && (x > 0 || v == floor(v))) return x < 0 && v != 2 * floor(0.5 * v) ? -INFINITY : INFINITY;
  double half = exp(0.5 * fabs(x));
  return half * ive(v, x) * half;
}`,

  kve: `double kve(double v, double x) {
  if (!(v == v && x >= 0)) return NAN;
  if (x == 0) return INFINITY;
  if (x == INFINITY) return 0;
  double a = fabs(v);
  if (x > 1e10 && x > a * a) return 1.2533141373155003 / sqrt(x) * (1 + (0.5 * a * a - 0.125) / x);
  if (a > 1e7 || x > 1e15) return x < a ? INFINITY : NAN;
  double h = 0.6 / sqrt(sqrt(x * x + a * a));
  if (!(h < 0.2)) h = 0.2;
  double sum = 0.5;
  double before = 1;
  for (double t = h; t < 1e4; t += h) {
    double s = sinh(0.5 * t);
    double fall = 2 * x * s * s;
    double term = 0.5 * (exp(a * t - fall) + exp(-a * t - fall));
    sum += term;
    if (term <= before && term <= 1e-18 * sum) break;
    before = term;
  }
  return sum * h;
}`,

  kv: `double kv(double v, double x) {
  return exp(-x) * kve(v, x);
}`,
} satisfies FunctionTexts;
