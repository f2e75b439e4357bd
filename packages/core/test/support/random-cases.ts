/** Random numbers on a device: the bits of the reference, and the distributions that are asked for. */
import { describe, expect, it } from 'vitest';
import * as tno from '../../src/index.js';
import { randomBits } from '../../src/ops/random.js';
import { specialImplementations } from '../../src/special/special-functions.js';
import { philoxWord } from '../../src/routines/philox.js';
import { expectCounts, expectDistribution, normalCdf, tally } from './distribution-tests.js';

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
    };
    it.each(Object.entries(continuous))('%s', (_name, [build, cdf]) => {
      expectDistribution(drawn(build), cdf);
    });

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
