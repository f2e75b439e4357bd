/**
 * The error function and what is made of it.
 *
 * `erf` near 0 is x times a polynomial in x². Elsewhere all goes by e^(x²)·erfc(x), of which (1 + 2x)
 * times is smooth in (x - 3.75) / (x + 3.75) from 0 to infinity: M. M. Shepherd and J. G. Laframboise,
 * "Chebyshev approximation of (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞", Mathematics of Computation 36
 * (1981). The coefficients are our own fits, with errors below 1e-17. Inverses start from S. Winitzki,
 * "A handy approximation for the error function and its inverse" (2008), and are improved by Newton's
 * method on the logarithm, or Halley's near 0.
 */
import { polynomial, type FunctionTexts } from './language.js';

/** erf(x)/x as a polynomial in x², for x² ≤ 0.7225. */
export const erfCoefficients = [
  1.1283791670955126, -0.37612638903183754, 0.11283791670955118, -0.02686617064512888,
  0.0052239776254045765, -0.0008548327019900606, 0.00012055332766501479, -1.4925641599796734e-5,
  1.6461870018745888e-6, -1.636115005978804e-7, 1.4745948090565165e-8, -1.1769026546511048e-9,
  6.759519257603756e-11,
]; // prettier-ignore

/** (1 + 2x)·e^(x²)·erfc(x) as a polynomial in (x - 3.75) / (x + 3.75). */
const scaledCoefficients = [
  1.2375126308378275, -0.14024059858554697, 0.003585415485463775, 0.08227673849014516,
  -0.10880393014171785, 0.09230432116037876, -0.058693398590212366, 0.028362277418940665,
  -0.009746579552504244, 0.0017556258530017257, 0.0002937136342850081, -0.0002901540809795271,
  5.1649211390702855e-5, 2.2384240314224437e-5, -1.1444412439171722e-5, -9.735619015182663e-7,
  1.752057970166318e-6, -5.721597255990987e-8, -2.591069687796658e-7, 2.3261913276696566e-8,
  3.8965452548985966e-8, -3.743568033634583e-9, -5.28428697963142e-9, 3.110310719839165e-10,
  4.434959070009628e-10,
]; // prettier-ignore

export const errorFunctions = {
  /** e^(s·x²), the square taken as the exact one of x's upper half and the rest. */
  exp_square: `double exp_square(double s, double x) {
  double c = 134217729.0 * x;
  double h = c - (c - x);
  return exp(s * h * h) * exp(s * (x - h) * (x + h));
}`,

  /** e^(x²)·erfc(x) for x ≥ 0. */
  scaled_erfc: `double scaled_erfc(double x) {
  if (x > 1e8) return 0.5641895835477563 / x;
  double t = (x - 3.75) / (x + 3.75);
  return ${polynomial('t', scaledCoefficients)} / (1 + 2 * x);
}`,

  erf_small: `double erf_small(double x) {
  double z = x * x;
  return x * ${polynomial('z', erfCoefficients)};
}`,

  /** erfc(x) for x ≥ 0. */
  erfc_tail: `double erfc_tail(double x) {
  return x > 28 ? 0 : exp_square(-1, x) * scaled_erfc(x);
}`,

  erf: `double erf(double x) {
  double a = fabs(x);
  if (a < 0.84) return erf_small(x);
  double r = 1 - erfc_tail(a);
  return x < 0 ? -r : r;
}`,

  erfc: `double erfc(double x) {
  if (x > 0.5) return erfc_tail(x);
  return x > -0.84 ? 1 - erf_small(x) : 2 - erfc_tail(-x);
}`,

  erfcx: `double erfcx(double x) {
  if (fabs(x) < 0.5) return exp(x * x) * (1 - erf_small(x));
  if (x >= 0) return scaled_erfc(x);
  return x < -26.7 ? INFINITY : 2 * exp_square(1, x) - scaled_erfc(-x);
}`,

  log_erfc: `double log_erfc(double x) {
  if (x > 1) return log(scaled_erfc(x)) - x * x;
  return x > -1 ? log1p(-erf(x)) : log(2 - erfc_tail(-x));
}`,

  ndtr: `double ndtr(double x) {
  double t = x * -0.7071067811865476;
  if (t > 0.5) return x < -39 ? 0 : 0.5 * exp_square(-0.5, x) * scaled_erfc(t);
  return 0.5 * erfc(t);
}`,

  log_ndtr: `double log_ndtr(double x) {
  if (x < -1) return log(0.5 * scaled_erfc(x * -0.7071067811865476)) - 0.5 * x * x;
  return log1p(-ndtr(-x));
}`,

  /** y ≥ 0 with log(erfc(y)) = w, for w ≤ log ½. */
  log_erfc_inverse: `double log_erfc_inverse(double w) {
  if (w == -INFINITY) return INFINITY;
  double l = w + log(2 - exp(w));
  double c = 4.330746750799873 + 0.5 * l;
  double y = sqrt(sqrt(c * c - l / 0.147) - c);
  for (double i = 0; i < 4; i += 1) {
    y += (log_erfc(y) - w) * scaled_erfc(y) * 0.886226925452758;
  }
  return y;
}`,

  /** y with erf(y) = x, for |x| ≤ ½. */
  erf_inverse_small: `double erf_inverse_small(double x) {
  double y = x * 0.886226925452758 * (1 + 0.2617993877991494 * x * x);
  for (double i = 0; i < 2; i += 1) {
    double u = (erf(y) - x) * 0.886226925452758 * exp(y * y);
    y -= u / (1 + y * u);
  }
  return y;
}`,

  erfinv: `double erfinv(double x) {
  double a = fabs(x);
  if (a <= 0.5) return erf_inverse_small(x);
  if (!(a <= 1)) return NAN;
  double y = log_erfc_inverse(log1p(-a));
  return x < 0 ? -y : y;
}`,

  erfcinv: `double erfcinv(double x) {
  if (!(x >= 0 && x <= 2)) return NAN;
  if (x < 0.5) return log_erfc_inverse(log(x));
  return x > 1.5 ? -log_erfc_inverse(log(2 - x)) : erf_inverse_small(1 - x);
}`,

  /** x with log_ndtr(x) = y. */
  ndtri_exp: `double ndtri_exp(double y) {
  if (!(y <= 0)) return NAN;
  if (y < -1.3862943611198906) return -1.4142135623730951 * log_erfc_inverse(y + 0.6931471805599453);
  return 1.4142135623730951 * erfcinv(-2 * expm1(y));
}`,
} satisfies FunctionTexts;
