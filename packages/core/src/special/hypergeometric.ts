/**
 * Gauss' hypergeometric function ₂F₁(a, b; c; z) of real z < 1, and its derivatives by parameters.
 *
 * By its power series up to ½ (DLMF 15.2.1); from there toward 1 in Taylor steps of half the distance to
 * the singularity, each made from the differential equation (DLMF 15.10.1); below -½ by Pfaff's
 * transformation (DLMF 15.8.1); at 1 by Gauss' sum (DLMF 15.4.20). Derivatives are taken along.
 */
import type { FunctionTexts } from './language.js';

export const hypergeometric = {
  /** F for -½ ≤ z < 1 (\`by\` 0), or its derivative by a, b or c (1, 2, 3). */
  hyp2f1_direct: `double hyp2f1_direct(double a, double b, double c, double z, double by) {
  double byA = by == 1 ? 1 : 0;
  double byB = by == 2 ? 1 : 0;
  double byC = by == 3 ? 1 : 0;
  double z0 = z < 0.5 ? z : 0.5;
  double t = 1;
  double dt = 0;
  double f = 1;
  double df = 0;
  double g = 0;
  double dg = 0;
  for (double k = 0; k < 2e4; k += 1) {
    double over = z0 / ((c + k) * (k + 1));
    double r = (a + k) * (b + k) * over;
    double dr = (byA * (b + k) + byB * (a + k)) * over - byC * r / (c + k);
    dt = dt * r + t * dr;
    t *= r;
    f += t;
    df += dt;
    g += (k + 1) * t;
    dg += (k + 1) * dt;
    if ((k + 1) * (fabs(t) + fabs(dt)) <= 1e-17 * (fabs(f) + fabs(df)) || !(t == t)) break;
  }
  if (z0 == z) return by == 0 ? f : df;
  g /= z0;
  dg /= z0;
  for (double steps = 0; steps < 1200 && z0 < z && f == f; steps += 1) {
    double h = 0.5 * (1 - z0);
    if (h > z - z0) h = z - z0;
    double p = z0 * (1 - z0);
    double f0 = f;
    double f1 = g * h;
    double d0 = df;
    double d1 = dg * h;
    f += f1;
    df += d1;
    double gh = f1;
    double dgh = d1;
    for (double k = 0; k < 2000; k += 1) {
      double s0 = (k + a) * (k + b) * h * h;
      double s1 = ((1 - 2 * z0) * k + c - (a + b + 1) * z0) * (k + 1) * h;
      double e0 = (byA * (k + b) + byB * (k + a)) * h * h;
      double e1 = (byC - (byA + byB) * z0) * (k + 1) * h;
      double over = 1 / (p * (k + 2) * (k + 1));
      double f2 = (s0 * f0 - s1 * f1) * over;
      double d2 = (s0 * d0 - s1 * d1 + e0 * f0 - e1 * f1) * over;
      f += f2;
      df += d2;
      gh += (k + 2) * f2;
      dgh += (k + 2) * d2;
      double size = fabs(f2) + fabs(d2) + fabs(f1) + fabs(d1);
      f0 = f1;
      f1 = f2;
      d0 = d1;
      d1 = d2;
      if (!((k + 2) * size > 1e-17 * (fabs(f) + fabs(df)))) break;
    }
    g = gh / h;
    dg = dgh / h;
    z0 = h < 0.5 * (1 - z0) ? z : z0 + h;
  }
  return by == 0 ? f : df;
}`,

  /** Whether x is 0, -1, -2, … */
  is_pole: `double is_pole(double x) {
  return x <= 0 && x == floor(x) ? 1 : 0;
}`,

  /** The sum of finitely many terms, a or b being a pole; \`by\` is 0 or 3. */
  hyp2f1_polynomial: `double hyp2f1_polynomial(double a, double b, double c, double z) {
  double t = 1;
  double f = 1;
  for (double k = 0; k < 1e5; k += 1) {
    if (a + k == 0 || b + k == 0) break;
    t *= (a + k) * (b + k) / ((c + k) * (k + 1)) * z;
    f += t;
    if (!(fabs(t) < INFINITY)) break;
  }
  return f;
}`,

  hyp2f1: `double hyp2f1(double a, double b, double c, double z) {
  if (!(a == a && b == b && c == c && z == z)) return NAN;
  if (z == 0) return 1;
  if (is_pole(a) == 1 || is_pole(b) == 1) return hyp2f1_polynomial(a, b, c, z);
  if (is_pole(c) == 1) return INFINITY;
  if (z > 1) return NAN;
  double rest = c - a - b;
  if (z == 1) return rest > 0 ? gamma(c) / gamma(c - a) * (gamma(rest) / gamma(c - b)) : INFINITY;
  if (z >= -0.5) return hyp2f1_direct(a, b, c, z, 0);
  if (z == -INFINITY) return NAN;
  double p = a < b ? b : a;
  double q = a < b ? a : b;
  return pow(1 - z, -p) * hyp2f1_direct(p, c - q, c, z / (z - 1), 0);
}`,

  /** The derivative by a (1), b (2) or c (3), for z < 1. */
  hyp2f1_slope: `double hyp2f1_slope(double a, double b, double c, double z, double by) {
  if (!(a == a && b == b && c == c && z < 1) || is_pole(c) == 1) return NAN;
  if (z == 0) return 0;
  if (z >= -0.5) return hyp2f1_direct(a, b, c, z, by);
  double w = z / (z - 1);
  double power = pow(1 - z, -a);
  if (by == 2) return -power * hyp2f1_direct(a, c - b, c, w, 2);
  double slope = hyp2f1_direct(a, c - b, c, w, by);
  if (by == 3) return power * (slope + hyp2f1_direct(a, c - b, c, w, 2));
  return power * (slope - log1p(-z) * hyp2f1_direct(a, c - b, c, w, 0));
}`,

  hyp2f1_da: `double hyp2f1_da(double a, double b, double c, double z) {
  return hyp2f1_slope(a, b, c, z, 1);
}`,

  hyp2f1_dc: `double hyp2f1_dc(double a, double b, double c, double z) {
  return hyp2f1_slope(a, b, c, z, 3);
}`,
} satisfies FunctionTexts;
