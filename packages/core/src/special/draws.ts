/**
 * Draws of distributions that take more than one formula, as functions of a seed: a whole number below
 * 2^53, of an element's own. `random_unit(seed, n)` is the n-th of the seed's uniform numbers in (0, 1).
 *
 * Gamma: G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables" (2000). Poisson
 * and binomial: inversion for small means, else W. Hörmann, "The transformed rejection method for
 * generating Poisson random variables" (1993) and "The generation of binomial random variates" (1993),
 * with the probabilities of C. Loader (gamma.ts). Loops end: what they give if they never accept is the
 * middle of the distribution, and has no chance to be seen.
 */
import type { FunctionTexts } from './language.js';

export const draws = {
  /** The logarithm of a gamma variable of shape a: it underflows for small a where its logarithm does not. */
  log_gamma_draw: `double log_gamma_draw(double seed, double a) {
  if (!(a >= 0 && a < INFINITY)) return NAN;
  if (a == 0) return -INFINITY;
  double d = (a < 1 ? a + 1 : a) - 0.3333333333333333;
  double c = 1 / sqrt(9 * d);
  double shift = a < 1 ? log(random_unit(seed, 0)) / a : 0;
  for (double n = 1; n < 600; n += 3) {
    double angle = 6.283185307179586 * random_unit(seed, n + 1);
    double x = sqrt(-2 * log(random_unit(seed, n))) * cos(angle);
    double t = 1 + c * x;
    if (t > 0) {
      double v = t * t * t;
      if (log(random_unit(seed, n + 2)) < 0.5 * x * x + d * (1 - v + log(v))) {
        return shift + log(d * v);
      }
    }
  }
  return shift + log(d);
}`,

  /** The derivative by a of \`log_gamma_draw\`, whose value is y: that of the implicit P(a, e^y) = const. */
  log_gamma_draw_da: `double log_gamma_draw_da(double a, double y) {
  if (y < -36) return (psi(a + 1) - y) / a;
  double x = exp(y);
  return -gammainc_da(a, x) / (a * gamma_density(a, x));
}`,

  /** log of the Poisson probability of k, for k > 0. */
  log_poisson: `double log_poisson(double k, double rate) {
  return -stirling_error(k) - deviance(k, rate) - 0.5 * log(6.283185307179586 * k);
}`,

  poisson_draw: `double poisson_draw(double seed, double rate) {
  if (!(rate >= 0 && rate < INFINITY)) return NAN;
  if (rate < 10) {
    double u = random_unit(seed, 0);
    double p = exp(-rate);
    double k = 0;
    while (u > p && k < 200) {
      u -= p;
      k += 1;
      p *= rate / k;
    }
    return k;
  }
  double b = 0.931 + 2.53 * sqrt(rate);
  double a = -0.059 + 0.02483 * b;
  double inverse = 1.1239 + 1.1328 / (b - 3.4);
  for (double n = 0; n < 600; n += 2) {
    double u = random_unit(seed, n) - 0.5;
    double v = random_unit(seed, n + 1);
    double s = 0.5 - fabs(u);
    double k = floor((2 * a / s + b) * u + rate + 0.43);
    if (s >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return k;
    if (k >= 0 && (s >= 0.013 || v <= s)) {
      double bound = k > 0 ? log_poisson(k, rate) : -rate;
      if (log(v * inverse / (a / (s * s) + b)) <= bound) return k;
    }
  }
  return floor(rate);
}`,

  /** log of the binomial probability of k, for 0 < k < n. */
  log_binomial: `double log_binomial(double k, double n, double p) {
  return stirling_error(n) - stirling_error(k) - stirling_error(n - k)
    - deviance(k, n * p) - deviance(n - k, n * (1 - p))
    + 0.5 * log(n / (6.283185307179586 * k * (n - k)));
}`,

  /** By the rejection of Hörmann, for np ≥ 10 and p ≤ ½. */
  binomial_rejection: `double binomial_rejection(double seed, double n, double p) {
  double spread = sqrt(n * p * (1 - p));
  double b = 1.15 + 2.53 * spread;
  double a = -0.0873 + 0.0248 * b + 0.01 * p;
  double most = log_binomial(floor((n + 1) * p), n, p);
  for (double i = 0; i < 600; i += 2) {
    double u = random_unit(seed, i) - 0.5;
    double v = random_unit(seed, i + 1);
    double s = 0.5 - fabs(u);
    double k = floor((2 * a / s + b) * u + n * p + 0.5);
    if (s >= 0.07 && v <= 0.92 - 4.2 / b) return k;
    if (k >= 0 && k <= n) {
      double own = k == 0 ? n * log1p(-p) : k == n ? n * log(p) : log_binomial(k, n, p);
      double height = (2.83 + 5.1 / b) * spread;
      if (log(v * height / (a / (s * s) + b)) <= own - most) return k;
    }
  }
  return floor(n * p);
}`,

  binomial_draw: `double binomial_draw(double seed, double n, double p) {
  if (!(n >= 0 && n < INFINITY && p >= 0 && p <= 1)) return NAN;
  double trials = floor(n);
  double q = p > 0.5 ? 1 - p : p;
  double k = 0;
  if (trials * q >= 10) {
    k = binomial_rejection(seed, trials, q);
  } else {
    double u = random_unit(seed, 0);
    double f = exp(trials * log1p(-q));
    while (u > f && k < trials && k < 200) {
      u -= f;
      k += 1;
      f *= q / (1 - q) * (trials - k + 1) / k;
    }
  }
  return p > 0.5 ? trials - k : k;
}`,
} satisfies FunctionTexts;
