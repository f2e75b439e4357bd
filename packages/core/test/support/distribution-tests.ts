/** Tests of samples against exact distributions, at a level of one in a thousand; seeds are fixed. */
import { expect } from 'vitest';
import { specialImplementations } from '../../src/special/special-functions.js';

/** The largest distance between the distribution of a sample and `cdf`, times the root of its length. */
export function kolmogorovSmirnov(sample: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort();
  const n = sorted.length;
  let distance = 0;
  sorted.forEach((x, i) => {
    const p = cdf(x);
    distance = Math.max(distance, p - i / n, (i + 1) / n - p);
  });
  return distance * Math.sqrt(n);
}

/** A continuous sample comes from the distribution. */
export function expectDistribution(sample: ArrayLike<number>, cdf: (x: number) => number): void {
  expect(sample.length).toBeGreaterThan(1000);
  expect(kolmogorovSmirnov(sample, cdf)).toBeLessThan(1.95);
}

/** Counts of categories fit their probabilities, which must be expected at least five times each. */
export function expectCounts(counts: readonly number[], probabilities: readonly number[]): void {
  const total = counts.reduce((a, b) => a + b, 0);
  const expected = probabilities.map((p) => p * total);
  expect(Math.min(...expected)).toBeGreaterThan(5);
  expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
  const squares = counts.map((count, k) => (count - expected[k]) ** 2 / expected[k]);
  const chiSquare = squares.reduce((a, b) => a + b, 0);
  // Wilson and Hilferty: the cube root of a chi-square over its degrees of freedom is nearly normal.
  const degrees = counts.length - 1;
  const z = Math.cbrt(chiSquare / degrees) - (1 - 2 / (9 * degrees));
  expect(z / Math.sqrt(2 / (9 * degrees))).toBeLessThan(3.1);
}

/** How often each of `count` whole numbers from 0 on comes; what lies beyond counts as the last. */
export function tally(sample: ArrayLike<number | bigint>, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const x of Array.from(sample)) counts[Math.min(Number(x), count - 1)]++;
  return counts;
}

/** Normal; G. Marsaglia, "Evaluating the normal distribution" (2004). */
export function normalCdf(x: number): number {
  if (Math.abs(x) > 8) return x > 0 ? 1 : 0;
  let [term, sum] = [x, x];
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) sum += term *= (x * x) / k;
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}

/** Student's t. */
export function studentCdf(t: number, df: number): number {
  const { betainc } = specialImplementations() as unknown as Record<string, (...args: number[]) => number>;
  const tail = betainc(df / 2, 0.5, df / (df + t * t)) / 2;
  return t > 0 ? 1 - tail : tail;
} // prettier-ignore

/** Inverse Gaussian. */
export function waldCdf(x: number, mean: number, scale: number): number {
  const root = Math.sqrt(scale / x);
  const [up, down] = [root * (x / mean - 1), root * (x / mean + 1)];
  const { log_ndtr } = specialImplementations();
  return normalCdf(up) + Math.exp((2 * scale) / mean + log_ndtr(-down));
}

/** Von Mises, around 0: by the sum of the density at equal steps, which is as exact as floats for a periodic one, and Simpson's rule up to x. */
export function vonMisesCdf(x: number, kappa: number): number {
  const density = (t: number): number => Math.exp(kappa * (Math.cos(t) - 1));
  const steps = Array.from({ length: 200 }, (_, i) => density((i * Math.PI) / 100));
  const whole = (steps.reduce((a, b) => a + b, 0) * Math.PI) / 100;
  const h = x / 100;
  let sum = density(0) + density(x);
  for (let i = 1; i < 100; i++) sum += (i % 2 === 1 ? 4 : 2) * density(i * h);
  return 0.5 + (sum * h) / 3 / whole;
}
