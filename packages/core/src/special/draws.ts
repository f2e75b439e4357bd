/**
 * Draws of distributions that take more than one formula, as functions of a seed: a whole number below
 * 2^53, of an element's own. `random_unit(seed, n)` is the n-th of the seed's uniform numbers in (0, 1).
 *
 * Gamma: G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables" (2000). Poisson
 * and binomial: inversion for small means, else W. Hörmann, "The transformed rejection method for
 * generating Poisson random variables" (1993) and "The generation of binomial random variates" (1993),
 * with the probabilities of C. Loader (gamma.ts). Normal: M. J. Wichura, "Algorithm AS 241: the percentage
 * points of the normal distribution" (1988). Hypergeometric: an urn for small samples, else E. Stadlober,
 * "The ratio of uniforms approach for generating discrete random variates" (1990). Von Mises: D. J. Best
 * and N. I. Fisher, "Efficient simulation of the von Mises distribution" (1979). Inverse Gaussian: J. R.
 * Michael, W. R. Schucany and R. W. Haas, "Generating random variates using transformations with multiple
 * roots" (1976). Loops end: what they give if they never accept is the
 * middle of the distribution, and has no chance to be seen.
 */
import { polynomial, type FunctionTexts } from './language.js';

/** The coefficients of Wichura, above and below the line. */
const quantile = {
  centre: [
    [
      3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
      45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227,
    ],
    [
      1, 42.31333070160091, 687.1870074920579, 5394.196021424751,
      21213.794301586597, 39307.89580009271, 28729.085735721943, 5226.495278852854,
    ],
  ],
  tail: [
    [
      1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
      1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
    ],
    [
      1, 2.053191626637759, 1.6763848301838038, 0.6897673349851,
      0.14810397642748008, 0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
    ],
  ],
  farTail: [
    [
      6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
      0.026532189526576124, 0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
    ],
    [
      1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615,
      0.0007868691311456133, 1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
    ],
  ],
}; // prettier-ignore
const quotient = (x: string, [above, below]: readonly (readonly number[])[]): string =>
  `${polynomial(x, above)} / ${polynomial(x, below)}`;

export const draws = {
  /** The x that a normal variable is beyond with probability p, for 0 < p ≤ ½. */
  normal_draw: `double normal_draw(double p) {
  double q = 0.5 - p;
  if (q <= 0.425) {
    double c = 0.180625 - q * q;
    return q * ${quotient('c', quantile.centre)};
  }
  double r = sqrt(-log(p));
  if (r <= 5) {
    double t = r - 1.6;
    return ${quotient('t', quantile.tail)};
  }
  double f = r - 5;
  return ${quotient('f', quantile.farTail)};
}`,

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

  /** How many are among the first kind in a small sample, one taken after the other. */
  urn_draw: `double urn_draw(double seed, double good, double bad, double sample) {
  double k = 0;
  for (double i = 0; i < sample; i += 1) {
    if (random_unit(seed, i) * (good + bad - i) < good - k) k += 1;
  }
  return k;
}`,

  /** log of the hypergeometric probability of k, but for what does not depend on k; for small ≤ large. */
  log_urn: `double log_urn(double k, double small, double large, double sample) {
  return -gammaln_positive(k + 1) - gammaln_positive(small - k + 1)
    - gammaln_positive(sample - k + 1) - gammaln_positive(large - sample + k + 1);
}`,

  /** By the rejection of Stadlober, for small ≤ large and a sample of at most half of them. */
  urn_rejection: `double urn_rejection(double seed, double small, double large, double sample) {
  double size = small + large;
  double p = small / size;
  double centre = sample * p + 0.5;
  double spread = sqrt((size - sample) * sample * p * (1 - p) / (size - 1) + 0.5);
  double width = 1.7155277699214135 * spread + 0.8989161620588988;
  double most = sample < small ? sample + 1 : small + 1;
  double far = floor(centre + 16 * spread);
  double limit = most < far ? most : far;
  double top = log_urn(floor((sample + 1) * (small + 1) / (size + 2)), small, large, sample);
  for (double i = 0; i < 600; i += 2) {
    double u = random_unit(seed, i);
    double x = centre + width * (random_unit(seed, i + 1) - 0.5) / u;
    if (x >= 0 && x < limit) {
      double k = floor(x);
      if (2 * log(u) <= log_urn(k, small, large, sample) - top) return k;
    }
  }
  return floor(centre);
}`,

  /** How many of \`good\` are in a sample from good and bad ones. */
  hypergeometric_draw: `double hypergeometric_draw(double seed, double good, double bad, double sample) {
  double g = floor(good);
  double b = floor(bad);
  double n = floor(sample);
  if (!(g >= 0 && b >= 0 && n >= 0 && n <= g + b && g + b < INFINITY)) return NAN;
  double taken = 2 * n <= g + b ? n : g + b - n;
  double small = g < b ? g : b;
  double k = taken < 10 ? urn_draw(seed, small, g + b - small, taken) : urn_rejection(seed, small, g + b - small, taken);
  double ofGood = g <= b ? k : taken - k;
  return taken == n ? ofGood : g - ofGood;
}`,

  /** An angle within [-π, π] around 0. */
  von_mises_draw: `double von_mises_draw(double seed, double k) {
  if (!(k >= 0 && k < INFINITY)) return NAN;
  if (k < 1e-9) return 3.141592653589793 * (2 * random_unit(seed, 0) - 1);
  if (k > 1e8) {
    double u = random_unit(seed, 0);
    return (u < 0.5 ? -1 : 1) * normal_draw(u < 0.5 ? u : 1 - u) / sqrt(k);
  }
  double r = 1 + sqrt(1 + 4 * k * k);
  double rho = k < 1e-4 ? 0.5 * k : (r - sqrt(2 * r)) / (2 * k);
  double s = (1 + rho * rho) / (2 * rho);
  for (double n = 0; n < 600; n += 3) {
    double turn = 3.141592653589793 * random_unit(seed, n);
    double z = cos(turn);
    double y = k * (s - (1 + s * z) / (s + z));
    if (log(y / random_unit(seed, n + 1)) + 1 - y >= 0) {
      double x = 2 * atan((1 - rho) / (1 + rho) * tan(0.5 * turn));
      return random_unit(seed, n + 2) < 0.5 ? -x : x;
    }
  }
  return 0;
}`,

  /** The derivative by k of the density at t, over the density at x: k enters the mean cosine by m = 1 - I₁(k)/I₀(k). */
  von_mises_slope: `double von_mises_slope(double t, double x, double k, double m) {
  double s = sin(0.5 * t);
  double e = sin(0.5 * x);
  return (m - 2 * s * s) * exp(2 * k * (e - s) * (e + s));
}`,

  /** The derivative by k of \`von_mises_draw\`, whose value is x: that of the implicit F(x; k) = const, by eight points of Gauss on each of eight pieces. */
  von_mises_draw_dk: `double von_mises_draw_dk(double k, double x) {
  if (k > 1e8) return -0.5 * x / k;
  double m = 1 - ive(1, k) / ive(0, k);
  double h = x / 16;
  double sum = 0;
  for (double c = 1; c < 16; c += 2) {
    double t = c * h;
    sum += 0.362683783378362 * (von_mises_slope(t - 0.1834346424956498 * h, x, k, m) + von_mises_slope(t + 0.1834346424956498 * h, x, k, m))
      + 0.3137066458778873 * (von_mises_slope(t - 0.525532409916329 * h, x, k, m) + von_mises_slope(t + 0.525532409916329 * h, x, k, m))
      + 0.2223810344533745 * (von_mises_slope(t - 0.7966664774136267 * h, x, k, m) + von_mises_slope(t + 0.7966664774136267 * h, x, k, m))
      + 0.1012285362903763 * (von_mises_slope(t - 0.9602898564975363 * h, x, k, m) + von_mises_slope(t + 0.9602898564975363 * h, x, k, m));
  }
  return -sum * h;
}`,

  /** Inverse Gaussian of mean 1 and shape a. */
  wald_draw: `double wald_draw(double seed, double a) {
  if (!(a > 0 && a < INFINITY)) return NAN;
  double z = normal_draw(0.5 * random_unit(seed, 0));
  double w = 0.5 * z * z / a;
  double x = 1 / (1 + w + sqrt(w * (w + 2)));
  return random_unit(seed, 1) * (1 + x) <= 1 ? x : 1 / x;
}`,
} satisfies FunctionTexts;
