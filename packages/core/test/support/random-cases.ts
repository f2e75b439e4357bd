/** Random numbers on a device: the bits of the reference, and the distributions that are asked for. */
import { describe, expect, it } from 'vitest';
import * as tno from '../../src/index.js';
import { randomBits } from '../../src/ops/random.js';
import { specialImplementations } from '../../src/special/special-functions.js';
import { philoxWord } from '../../src/routines/philox.js';
import {
  expectCounts,
  expectDistribution,
  normalCdf,
  studentCdf,
  tally,
  vonMisesCdf,
  waldCdf,
} from './distribution-tests.js';

type Build = (stream: tno.RandomStream) => tno.TensorVariable;

const COUNT = 20_000;

const { gammainc, gammaln, betainc } = specialImplementations() as unknown as Record<
  string,
  (...args: number[]) => number
>;

/** The whole numbers within 2.5 deviations of a mean: the first, and how many. */
function window(mean: number, deviation: number): [first: number, cells: number] {
  const first = Math.max(0, Math.floor(mean - 2.5 * deviation));
  return [first, Math.ceil(mean + 2.5 * deviation) - first + 1];
}

/** Counts fit the probabilities of a window of numbers and of what is outside; what is too rare is left out. */
function expectCells(
  draws: readonly number[],
  first: number,
  cells: number,
  p: (k: number) => number,
): void {
  const inside = Array.from({ length: cells }, (_, k) => p(first + k));
  const all = [...inside, 1 - inside.reduce((a, b) => a + b, 0)];
  const place = (x: number): number => (x >= first && x < first + cells ? x - first : cells);
  const counts = tally(draws.map(place), cells + 1);
  const kept = all.map((q, k) => [q, counts[k]]).filter(([q]) => q * draws.length > 6);
  const share = kept.reduce((sum, [q]) => sum + q, 0);
  expect(share).toBeGreaterThan(0.998);
  expectCounts(
    kept.map(([, count]) => count),
    kept.map(([q]) => q / share),
  );
}

/** A function of no arguments that gives an array. */
const compile = (output: tno.TensorVariable, device: tno.Device): (() => tno.NDArray) =>
  tno.function([], output, { device }) as () => tno.NDArray;

export function testRandom(device: tno.Device): void {
  const run = (output: tno.TensorVariable): tno.NDArray =>
    compile(tno.dimshuffle(output, ['x', ...output.type.shape.keys()]), device)();
  const streamOf = (seed: number): tno.RandomStream => new tno.RandomStream(seed, { device });
  /** One call's values, in row-major order. */
  const drawn = (build: Build, seed = 1): number[] =>
    Array.from(
      run(build(streamOf(seed)))
        .astype('float64')
        .contiguous().data,
    );

  describe('bits', () => {
    it('are those of Philox, by place', () => {
      const state = tno.constant(tno.NDArray.view(BigUint64Array.of(3n ** 40n, 2n ** 63n), [2]));
      const bits = randomBits(state, [700, 3]);
      const f = tno.function([], [bits, bits.T.at(null, tno.slice(10, null, 7))], { device });
      const [all, some] = f() as tno.NDArray[];
      const word = (i: number): bigint => philoxWord(3n ** 40n, 2n ** 63n, BigInt(i));
      expect([...all.contiguous().data]).toEqual(Array.from({ length: 2100 }, (_, i) => word(i)));
      expect(some.slice(2, 5).item({ bigint: true })).toBe(word((10 + 5 * 7) * 3 + 2));
    });

    it.each(['float16', 'float32', 'float64'] as const)('make uniform %s exactly', (dtype) => {
      const values = drawn((stream) => stream.uniform([1000], { dtype }), 5);
      const [state] = ((stream) => (stream.uniform([1]), stream.states))(streamOf(5));
      const key = BigInt(state.getValue().slice(0).item({ bigint: true }));
      const bits = { float16: 11n, float32: 24n, float64: 53n }[dtype];
      const width = { float16: 16n, float32: 32n, float64: 64n }[dtype];
      const expected = values.map((_, i) => {
        const low = BigInt.asUintN(Number(width), philoxWord(key, 0n, BigInt(i)));
        return Number(low >> (width - bits)) / 2 ** Number(bits);
      });
      expect(values).toEqual(expected);
    });
  });

  describe('distributions', () => {
    const continuous: Record<string, [Build, (x: number) => number]> = {
      'uniform float32': [(s) => s.uniform([COUNT], { dtype: 'float32' }), (x) => x],
      'uniform float64': [
        (s) => s.uniform([100, COUNT / 100], { low: -2, high: 6, dtype: 'float64' }),
        (x) => (x + 2) / 8,
      ],
      'normal float32': [(s) => s.normal([COUNT], { dtype: 'float32' }), normalCdf],
      'normal float64': [
        (s) => s.normal([COUNT], { mean: 3, std: 2, dtype: 'float64' }),
        (x) => normalCdf((x - 3) / 2),
      ],
      'truncated normal': [
        (s) => s.truncatedNormal([COUNT], { mean: 1, std: 2 }),
        (x) => (normalCdf((x - 1) / 2) - normalCdf(-2)) / (normalCdf(2) - normalCdf(-2)),
      ],
      'normal in the upper tail': [
        (s) => s.truncatedNormal([COUNT], { low: 3, high: Infinity, dtype: 'float64' }),
        (x) => 1 - normalCdf(-x) / normalCdf(-3),
      ],
      'gamma of a large shape': [
        (s) => s.gamma([COUNT], { shape: 7.5, scale: 2, dtype: 'float64' }),
        (x) => gammainc(7.5, x / 2),
      ],
      'gamma of a small shape': [
        (s) => s.gamma([COUNT], { shape: 0.3, dtype: 'float64' }),
        (x) => gammainc(0.3, x),
      ],
      beta: [(s) => s.beta([COUNT], { a: 2, b: 0.5 }), (x) => betainc(2, 0.5, x)],
      exponential: [(s) => s.exponential([COUNT], { scale: 4 }), (x) => 1 - Math.exp(-x / 4)],
      'normal float16, to its steps': [
        (s) => s.normal([COUNT], { dtype: 'float16', std: 1e4 }),
        (x) => normalCdf(x / 1e4),
      ],
      'log-normal': [
        (s) => s.logNormal([COUNT], { mean: 1, std: 0.5 }),
        (x) => normalCdf(2 * (Math.log(x) - 1)),
      ],
      'half normal': [
        (s) => s.halfNormal([COUNT], { loc: 1, scale: 2, dtype: 'float64' }),
        (x) => 2 * normalCdf((x - 1) / 2) - 1,
      ],
      laplace: [
        (s) => s.laplace([COUNT], { loc: 1, scale: 3 }),
        (x) => (x < 1 ? Math.exp((x - 1) / 3) / 2 : 1 - Math.exp((1 - x) / 3) / 2),
      ],
      'laplace float64': [
        (s) => s.laplace([COUNT], { dtype: 'float64' }),
        (x) => (x < 0 ? Math.exp(x) / 2 : 1 - Math.exp(-x) / 2),
      ],
      logistic: [
        (s) => s.logistic([COUNT], { loc: -1, scale: 2 }),
        (x) => 1 / (1 + Math.exp(-(x + 1) / 2)),
      ],
      gumbel: [
        (s) => s.gumbel([COUNT], { loc: 2, scale: 0.5 }),
        (x) => Math.exp(-Math.exp(-2 * (x - 2))),
      ],
      cauchy: [
        (s) => s.cauchy([COUNT], { loc: 1, scale: 2 }),
        (x) => 0.5 + Math.atan((x - 1) / 2) / Math.PI,
      ],
      'half Cauchy': [
        (s) => s.halfCauchy([COUNT], { scale: 3, dtype: 'float64' }),
        (x) => (2 * Math.atan(x / 3)) / Math.PI,
      ],
      weibull: [
        (s) => s.weibull([COUNT], { shape: 1.7, scale: 2 }),
        (x) => 1 - Math.exp(-((x / 2) ** 1.7)),
      ],
      pareto: [(s) => s.pareto([COUNT], { shape: 3, scale: 2 }), (x) => 1 - (2 / x) ** 3],
      triangular: [
        (s) => s.triangular([COUNT], { low: -1, mode: 0, high: 3 }),
        (x) => (x < 0 ? (x + 1) ** 2 / 4 : 1 - (3 - x) ** 2 / 12),
      ],
      'truncated exponential': [
        (s) => s.truncatedExponential([COUNT], { high: 2, loc: 1, scale: 3 }),
        (x) => Math.expm1((1 - x) / 3) / Math.expm1(-2),
      ],
      'inverse gamma': [
        (s) => s.invGamma([COUNT], { shape: 2.5, scale: 3 }),
        (x) => 1 - gammainc(2.5, 3 / x),
      ],
      'generalized gamma': [
        (s) => s.generalizedGamma([COUNT], { alpha: 3, p: 2, scale: 1.5 }),
        (x) => gammainc(1.5, (x / 1.5) ** 2),
      ],
      'chi-square': [(s) => s.chiSquare([COUNT], { df: 3 }), (x) => gammainc(1.5, x / 2)],
      "Student's t": [
        (s) => s.studentT([COUNT], { df: 3, loc: 1, scale: 2 }),
        (x) => studentCdf((x - 1) / 2, 3),
      ],
      wald: [(s) => s.wald([COUNT], { mean: 2, scale: 3 }), (x) => waldCdf(x, 2, 3)],
      'wald, nearly normal': [
        (s) => s.wald([COUNT], { mean: 1, scale: 40, dtype: 'float64' }),
        (x) => waldCdf(x, 1, 40),
      ],
      'von Mises': [(s) => s.vonMises([COUNT], { kappa: 2 }), (x) => vonMisesCdf(x, 2)],
      'von Mises, nearly uniform': [
        (s) => s.vonMises([COUNT], { kappa: 1e-5, dtype: 'float64' }),
        (x) => vonMisesCdf(x, 1e-5),
      ],
      'von Mises, nearly normal': [
        (s) => s.vonMises([COUNT], { kappa: 1e9, dtype: 'float64' }),
        (x) => normalCdf(x * Math.sqrt(1e9)),
      ],
      'von Mises of a direction': [
        (s) =>
          s
            .vonMises([COUNT], { mu: 3, kappa: 4 })
            .sub(3)
            .add(2 * Math.PI)
            .mod(2 * Math.PI)
            .add(Math.PI)
            .mod(2 * Math.PI)
            .sub(Math.PI),
        (x) => vonMisesCdf(x, 4),
      ],
    };
    it.each(Object.entries(continuous))('%s', (_name, [build, cdf]) => {
      expectDistribution(drawn(build), cdf);
    });

    it('of angles stay within a turn', () => {
      const angles = drawn((s) => s.vonMises([1000], { mu: 3, kappa: 4 }));
      expect(Math.max(...angles.map(Math.abs))).toBeLessThanOrEqual(Math.fround(Math.PI));
      expect(Math.min(...angles)).toBeLessThan(-2);
    });

    it('normal vectors', () => {
      const mean = tno.ndarray([1, 2], 'float64');
      const cov = tno.ndarray([[2, 1], [1, 3]], 'float64'); // prettier-ignore
      for (const method of ['cholesky', 'eigh'] as const) {
        const flat = drawn((s) => s.multivariateNormal([COUNT], { mean, cov, method }));
        const first = flat.filter((_, i) => i % 2 === 0).map((x) => (x - 1) / Math.SQRT2);
        const rest = flat.filter((_, i) => i % 2 === 1).map((y) => y - 2);
        const second = rest.map((y, i) => (y - first[i] / Math.SQRT2) / Math.sqrt(2.5));
        expectDistribution(first, normalCdf);
        expectDistribution(second, normalCdf);
        const sums = first.map((x, i) => (x + second[i]) / Math.SQRT2);
        expectDistribution(sums, normalCdf);
      }
    });

    it('normal vectors, each of a covariance of its own, and of one without a width', () => {
      const covs = tno.ndarray([[[4, 0], [0, 9]], [[1, 0], [0, 1]]], 'float64'); // prettier-ignore
      const mean = tno.ndarray([0, 0], 'float64');
      const flat = drawn((s) => s.multivariateNormal([COUNT, 2], { mean, cov: tno.dimshuffle(tno.constant(covs), ['x', 0, 1, 2]) }));
      [2, 3, 1, 1].forEach((width, k) =>
        expectDistribution(flat.filter((_, i) => i % 4 === k), (x) => normalCdf(x / width)),
      );
      const flatCov = tno.ndarray([[1, 1], [1, 1]], 'float64'); // prettier-ignore
      const thin = drawn((s) => s.multivariateNormal([100], { mean, cov: flatCov, method: 'eigh' }));
      thin.forEach((x, i) => expect(x).toBeCloseTo(thin[i - (i % 2)], 6));
      const one = drawn((s) => s.multivariateNormal(null, { mean, cov: flatCov, method: 'eigh' }));
      expect(one).toHaveLength(2);
    }); // prettier-ignore

    it('dirichlet vectors', () => {
      const alpha = tno.ndarray([0.5, 2, 3], 'float64');
      const flat = drawn((s) => s.dirichlet([COUNT], { alpha }));
      const part = (k: number): number[] => flat.filter((_, i) => i % 3 === k);
      const [x, y, z] = [part(0), part(1), part(2)];
      x.forEach((a, i) => expect(a + y[i] + z[i]).toBeCloseTo(1, 12));
      expectDistribution(x, (a) => betainc(0.5, 5, a));
      expectDistribution(y.map((b, i) => b / (1 - x[i])), (b) => betainc(2, 3, b)); // prettier-ignore
      expect(
        drawn((s) => s.dirichlet(null, { alpha: tno.NDArray.ones([4, 2], 'float32') })),
      ).toHaveLength(8);
    });

    it.each([0.03, 0.6])('geometric of %s', (p) => {
      const draws = drawn((s) => s.geometric([COUNT], { p }));
      // Up to where ten are expected.
      const cells = Math.floor(Math.log(10 / (COUNT * p)) / Math.log1p(-p));
      expectCells(draws, 1, cells, (k) => p * (1 - p) ** (k - 1));
    });

    it.each([[3, 0.4], [0.7, 0.1]])('negative binomial of %s and %s', (n, p) => {
      const draws = drawn((s) => s.negativeBinomial([COUNT], { n, p }));
      expectCells(draws, 0, 60, (k) =>
        Math.exp(gammaln(k + n) - gammaln(n) - gammaln(k + 1) + n * Math.log(p) + k * Math.log1p(-p)),
      );
    }); // prettier-ignore

    it('beta-binomial', () => {
      const draws = drawn((s) => s.betaBinomial([COUNT], { n: 12, a: 2, b: 3 }));
      const logBeta = (a: number, b: number): number => gammaln(a) + gammaln(b) - gammaln(a + b);
      const choose = (k: number): number => gammaln(13) - gammaln(k + 1) - gammaln(13 - k);
      expectCells(draws, 0, 13, (k) =>
        Math.exp(choose(k) + logBeta(k + 2, 15 - k) - logBeta(2, 3)),
      );
    });

    it.each([
      [5, 3, 4], [5, 300, 20], [300, 5, 150], [40, 60, 30], [60, 40, 80], [500, 700, 600], [1e6, 2e6, 3000],
    ])('hypergeometric of %s good, %s bad, a sample of %s', (good, bad, sample) => {
      const draws = drawn((s) => s.hypergeometric([COUNT], { good, bad, sample }));
      const of = (n: number, k: number): number => gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);
      const isPossible = (k: number): boolean => k <= good && k <= sample && sample - k <= bad;
      const [share, left] = [good / (good + bad), good + bad - sample];
      const [first, cells] = window(sample * share, Math.sqrt((sample * share * (1 - share) * left) / (good + bad)) + 1);
      expectCells(draws, first, cells, (k) =>
        isPossible(k) ? Math.exp(of(good, k) + of(bad, sample - k) - of(good + bad, sample)) : 0,
      );
    }); // prettier-ignore

    it.each([0.1, 4, 12, 300])('poisson of rate %s', (rate) => {
      const draws = drawn((s) => s.poisson([COUNT], { rate }));
      const [first, cells] = window(rate, Math.sqrt(rate));
      const p = (k: number): number => Math.exp(k * Math.log(rate) - rate - gammaln(k + 1));
      expectCells(draws, first, cells, p);
    });

    it.each([[1, 0.3], [12, 0.5], [100, 0.02], [100, 0.35], [1000, 0.9]])('binomial of %s and %s', (n, p) => {
      const draws = drawn((s) => s.binomial([COUNT], { n, p }));
      const [first, cells] = window(n * p, Math.sqrt(n * p * (1 - p)));
      const choose = (k: number): number => gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);
      expectCells(draws, first, cells, (k) =>
        k > n ? 0 : Math.exp(choose(k) + k * Math.log(p) + (n - k) * Math.log1p(-p)),
      );
    }); // prettier-ignore

    it('of nothing that can vary', () => {
      expect(drawn((s) => s.poisson([100], { rate: 0 })).every((x) => x === 0)).toBe(true);
      expect(drawn((s) => s.binomial([100], { n: 9, p: 1 })).every((x) => x === 9)).toBe(true);
      expect(drawn((s) => s.binomial([100], { n: 50, p: 0 })).every((x) => x === 0)).toBe(true);
      expect(drawn((s) => s.geometric([100], { p: 1 })).every((x) => x === 1)).toBe(true);
      const whole = drawn((s) => s.hypergeometric([100], { good: 3, bad: 4, sample: 7 }));
      expect(whole.every((x) => x === 3)).toBe(true);
      expect(new Set(drawn((s) => s.hypergeometric([9], { good: 3, bad: 4, sample: 8 })))).toEqual(
        new Set([0]),
      );
      const thin = drawn((s) =>
        s.truncatedNormal([100], { low: 30, high: 30.01, dtype: 'float64' }),
      );
      expect([Math.min(...thin) >= 30, Math.max(...thin) <= 30.01]).toEqual([true, true]);
    });

    it('bernoulli', () => {
      const p = tno.constant(tno.ndarray([0.1, 0.75], 'float32'));
      const draws = drawn((s) => s.bernoulli([COUNT, 2], { p }));
      [0.1, 0.75].forEach((q, k) => {
        const own = draws.filter((_, i) => i % 2 === k);
        expectCounts(tally(own, 2), [1 - q, q]);
      });
      expect(drawn((s) => s.bernoulli([1000], { p: 1 })).every((x) => x === 1)).toBe(true);
      expect(drawn((s) => s.bernoulli([1000], { p: 0 })).every((x) => x === 0)).toBe(true);
    });

    it('integers', () => {
      const draws = drawn((s) => s.integers([COUNT], { low: -3, high: 7 }));
      expectCounts(tally(draws.map((x) => x + 3), 10), new Array<number>(10).fill(0.1)); // prettier-ignore
      const both = drawn((s) => s.randomIntegers([1000], { low: 1, high: 6, dtype: 'int8' }));
      expect([Math.min(...both), Math.max(...both)]).toEqual([1, 6]);
    });

    it('categories, of weights that sum to anything and may be 0', () => {
      const p = [0, 0.2, 0, 0.5, 0.1, 0];
      const draws = drawn((s) => s.categorical(tno.ndarray(p, 'float32'), [COUNT]));
      const counts = tally(draws, 6);
      expect([counts[0], counts[2], counts[5]]).toEqual([0, 0, 0]);
      expectCounts([counts[1], counts[3], counts[4]], [0.25, 0.625, 0.125]);
      const lines = drawn((s) => s.categorical(tno.ndarray([[1, 0], [0, 2]], 'float64'))); // prettier-ignore
      expect(lines).toEqual([0, 1]);
    });

    it('multinomial counts', () => {
      const p = tno.ndarray([[0.5, 0.25, 0.25], [0, 1, 1]], 'float32'); // prettier-ignore
      const counts = drawn((s) => s.multinomial(COUNT, p));
      expectCounts(counts.slice(0, 3), [0.5, 0.25, 0.25]);
      expect(counts[3]).toBe(0);
      expectCounts(counts.slice(4), [0.5, 0.5]);
      const each = drawn((s) => s.multinomial(tno.ndarray([3, 0], 'int32'), p));
      expect([each.slice(0, 3).reduce((a, b) => a + b), each.slice(3)]).toEqual([3, [0, 0, 0]]);
    });

    it('orders, all alike', () => {
      const f = compile(streamOf(7).permutation(3), device);
      const counts = new Map<string, number>();
      for (let i = 0; i < 1200; i++) {
        const order = (f().toNested() as number[]).join();
        counts.set(order, (counts.get(order) ?? 0) + 1);
      }
      expectCounts([...counts.values()], new Array<number>(6).fill(1 / 6));
    });

    it('rows shuffled each for itself', () => {
      const x = tno.arange(0, 400).reshape([4, 100]);
      const rows = run(streamOf(2).shuffleRowElements(x)).slice(0);
      const nested = rows.toNested() as number[][];
      nested.forEach((row, k) =>
        expect([...row].sort((a, b) => a - b)).toEqual(row.map((_, i) => 100 * k + i)),
      );
      expect(nested[1].map((v) => v - 100)).not.toEqual(nested[0]);
    });

    it('choices with and without replacement, by weight', () => {
      const p = [0.5, 0.3, 0.2];
      const from = tno.ndarray([[0, 0], [1, 1], [2, 2]], 'float32'); // prettier-ignore
      const again = drawn((s) => s.choice(from, [COUNT], { p: tno.ndarray(p, 'float64') }));
      expectCounts(tally(again.filter((_, i) => i % 2 === 0), 3), p); // prettier-ignore
      expectCounts(tally(drawn((s) => s.choice(3, [COUNT])), 3), [1 / 3, 1 / 3, 1 / 3]); // prettier-ignore
      const all = drawn((s) => s.choice(10, [2, 5], { replace: false }));
      expect([...all].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      const f = compile(
        streamOf(8).choice(3, [2], { replace: false, p: tno.ndarray(p, 'float64') }),
        device,
      );
      const counts = [0, 0, 0];
      for (let i = 0; i < 2000; i++) counts[Number(f().slice(0).item())]++;
      expectCounts(counts, p);
    });
  });
}
