import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { specialImplementations } from '../special/special-functions.js';
import { vonMisesCdf, waldCdf } from '../../test/support/distribution-tests.js';
import { RandomStream } from './stream.js';

const { gammainc } = specialImplementations() as unknown as Record<
  string,
  (...args: number[]) => number
>;

const device = tno.createReferenceDevice();
const compile = (output: tno.TensorVariable, options: tno.FunctionOptions = {}): (() => unknown) => {
  const f = tno.function([], output, { device, ...options });
  return () => {
    const value: unknown = f();
    return value instanceof tno.NDArray ? value.toNested() : value;
  };
}; // prettier-ignore

describe('states', () => {
  it('move on with every call, in all functions that draw', () => {
    const u = new RandomStream(1).uniform([2]);
    const [f, g] = [compile(u), compile(u)];
    const values = [f(), g(), f()];
    expect(new Set(values.map(String)).size).toBe(3);
    const again = compile(new RandomStream(1).uniform([2]));
    expect([again(), again(), again()]).toEqual(values);
  });

  it('move on where only a gradient draws', () => {
    const x = tno.shared(tno.ndarray([1, 2], 'float32'), 'x');
    const u = new RandomStream(3).uniform([2], { dtype: 'float32' });
    const f = compile(tno.grad(x.mul(u).sum(), x));
    const [first, second] = [f(), f()];
    expect(first).not.toEqual(second);
    const draws = compile(new RandomStream(3).uniform([2], { dtype: 'float32' }));
    expect([draws(), draws()]).toEqual([first, second]);
  });

  it('give a draw one value within a call', () => {
    const u = new RandomStream(1).uniform([3]);
    expect(compile(u.add(u).sub(u.mul(2)))()).toEqual([0, 0, 0]);
    const mask = new RandomStream(2).bernoulli([50], { p: 0.5 });
    const x = tno.shared(tno.NDArray.ones([50], 'float32'), 'x');
    const dropped = x.mul(mask).mul(2);
    const f = tno.function([], [dropped, tno.grad(dropped.sum(), x)], { device });
    const [values, gradient] = f() as tno.NDArray[];
    expect(gradient.toNested()).toEqual(values.toNested());
    expect(new Set(values.toNested() as number[])).toEqual(new Set([0, 2]));
  });

  it('stay without default updates', () => {
    const stream = new RandomStream(1);
    const u = stream.uniform([2]);
    const still = compile(u, { noDefaultUpdates: true });
    expect(still()).toEqual(still());
    const same = compile(u, { noDefaultUpdates: stream.states });
    expect(same()).toEqual(still());
  });

  it('start again with a seed, or from a value that was kept', () => {
    const stream = new RandomStream(1);
    const [f, g] = [compile(stream.uniform([2])), compile(stream.normal([2]))];
    const first = [f(), g()];
    const kept = stream.states.map((state) => state.getValue());
    const second = [f(), g()];
    stream.seed(1);
    expect([f(), g()]).toEqual(first);
    stream.seed(2);
    expect([f(), g()]).not.toEqual(first);
    stream.states.forEach((state, k) => state.setValue(kept[k]));
    expect([f(), g()]).toEqual(second);
  });

  it('differ between draws, seeds, and elements', () => {
    const stream = new RandomStream(1);
    const other = new RandomStream(2n ** 64n + 2n);
    const draws = [stream.uniform([4]), stream.uniform([4]), other.uniform([4])];
    const values = draws.flatMap((u) => compile(u)() as number[]);
    expect(new Set(values).size).toBe(12);
    expect(compile(new RandomStream(2).uniform([4]))()).toEqual(values.slice(8));
  });
});

describe('shapes', () => {
  it('are the sizes given, also symbolic ones, or those of the parameters', () => {
    const n = tno.lscalar('n');
    const stream = new RandomStream(1);
    const f = tno.function([n], stream.normal([n, 2]), { device });
    expect([f(3).shape, f(0).shape]).toEqual([[3, 2], [0, 2]]); // prettier-ignore
    expect(() => f(-1)).toThrow(/\[random_normal\] expected a size of at least 0/);
    const mean = tno.matrix('mean');
    const g = tno.function([mean], stream.normal(null, { mean, std: tno.ndarray([1, 0]) }), { device }); // prettier-ignore
    const drawn = g(tno.NDArray.full([3, 2], 7, 'float32')) as tno.NDArray;
    expect(drawn.shape).toEqual([3, 2]);
    expect(drawn.slice(null, 1).toNested()).toEqual([7, 7, 7]);
    expect(typeof compile(stream.uniform([]))()).toBe('number');
  });

  it('take the dtype asked for, that of the parameters, or floatX', () => {
    const stream = new RandomStream(1);
    const mean = tno.dvector('mean');
    expect(stream.normal(null, { mean }).dtype).toBe('float64');
    expect(stream.normal([2], { dtype: 'float16' }).dtype).toBe('float16');
    expect(stream.normal([2]).dtype).toBe(tno.config.floatX);
    expect(stream.bernoulli([2], { dtype: 'int8' }).dtype).toBe('int8');
  });
});

describe('gradients', () => {
  it('pass through the parameters of continuous draws', () => {
    const [a, b] = [tno.shared(0.5, 'a'), tno.shared(2, 'b')];
    const of = (draw: (stream: RandomStream) => tno.TensorVariable): number[] => {
      const g = tno.grad(draw(new RandomStream(4)).sum(), [a, b], { disconnectedInputs: 'ignore' });
      return tno.function([], g, { device })().map(Number);
    };
    const z = compile(new RandomStream(4).normal([2]))() as number[];
    const byNormal = of((s) => s.normal([2], { mean: a, std: b }));
    expect(byNormal[0]).toBe(2);
    expect(byNormal[1]).toBeCloseTo(z[0] + z[1], 5);
    const u = compile(new RandomStream(4).uniform([2]))() as number[];
    const byUniform = of((s) => s.uniform([2], { low: a, high: b }));
    expect(byUniform[0]).toBeCloseTo(2 - u[0] - u[1], 5);
    expect(byUniform[1]).toBeCloseTo(u[0] + u[1], 5);
    const byScale = of((s) => s.exponential([2], { scale: b }));
    expect(byScale[1]).toBeCloseTo(-Math.log1p(-u[0]) - Math.log1p(-u[1]), 5);
  });

  /** Six values and the derivative of each by a scalar parameter, as functions of it. */
  const sixDraws = (draw: (stream: RandomStream, a: tno.TensorVariable) => tno.TensorVariable) => {
    const a = tno.dscalar('a');
    const x = draw(new RandomStream(6, { device }), a);
    const slopes = Array.from({ length: 6 }, (_, k) => tno.grad(x.at(k), a));
    const f = tno.function([a], [x, ...slopes], { device, noDefaultUpdates: true });
    return (at: number): [values: number[], slopes: number[]] => {
      const [values, ...rest] = f(at);
      return [(values as tno.NDArray).toNested() as number[], rest.map(Number)];
    };
  };

  it.each([0.03, 0.7, 5, 200])('pass through gamma draws, also by their shape %s', (shape) => {
    const [values, slopes] = sixDraws((s, a) => s.gamma([6], { shape: a, dtype: 'float64' }))(shape);
    const { gammainc, gammaincinv } = specialImplementations() as never as Record<string, (a: number, x: number) => number>;
    // At a share of the distribution that stays.
    const h = 1e-5 * shape;
    values.forEach((x, k) => {
      const share = gammainc(shape, x);
      const moved = gammaincinv(shape + h, share) - gammaincinv(shape - h, share);
      expect(slopes[k] / (moved / (2 * h))).toBeCloseTo(1, 5);
    });
  }); // prettier-ignore

  it.each<[string, (s: RandomStream, a: tno.TensorVariable) => tno.TensorVariable]>([
    ['normal', (s, a) => s.truncatedNormal([6], { mean: a, std: a, low: a, high: 3, dtype: 'float64' })],
    ['normal above', (s, a) => s.truncatedNormal([6], { low: a.mul(4), high: a.mul(9), dtype: 'float64' })],
  ])('pass through the bounds of a truncated %s', (_name, draw) => {
    const at = sixDraws(draw);
    const [[low], [high], [, slopes]] = [at(0.8 - 1e-6), at(0.8 + 1e-6), at(0.8)];
    slopes.forEach((slope, k) => expect(slope).toBeCloseTo((high[k] - low[k]) / 2e-6, 4));
  }); // prettier-ignore

  type Draws = (s: RandomStream, a: tno.TensorVariable) => tno.TensorVariable;
  const f64 = { dtype: 'float64' } as const;
  it.each<[string, number, Draws, (x: number, a: number) => number]>([
    [
      'gamma turned over',
      3,
      (s, a) => s.invGamma([6], { shape: a, ...f64 }),
      (x, a) => -gammainc(a, 1 / x),
    ],
    [
      'generalized gamma',
      3,
      (s, a) => s.generalizedGamma([6], { alpha: a, p: 2, ...f64 }),
      (x, a) => gammainc(a / 2, x ** 2),
    ],
    [
      'chi-square',
      5,
      (s, a) => s.chiSquare([6], { df: a, ...f64 }),
      (x, a) => gammainc(a / 2, x / 2),
    ],
    [
      'wald by its mean',
      2,
      (s, a) => s.wald([6], { mean: a, scale: 3, ...f64 }),
      (x, a) => waldCdf(x, a, 3),
    ],
    [
      'wald by its scale',
      2,
      (s, a) => s.wald([6], { mean: 1, scale: a, ...f64 }),
      (x, a) => waldCdf(x, 1, a),
    ],
    ['von Mises', 2, (s, a) => s.vonMises([6], { kappa: a, ...f64 }), vonMisesCdf],
    ['sharp von Mises', 150, (s, a) => s.vonMises([6], { kappa: a, ...f64 }), vonMisesCdf],
  ])('pass through %s draws at a share of the distribution that stays', (_name, at, draw, cdf) => {
    const [values, slopes] = sixDraws(draw)(at);
    const h = 1e-4;
    values.forEach((x, k) => {
      const byParameter = cdf(x, at * (1 + h)) - cdf(x, at * (1 - h));
      const byValue = cdf(x * (1 + h), at) - cdf(x * (1 - h), at);
      expect(slopes[k] / ((-byParameter * x) / (byValue * at))).toBeCloseTo(1, 4);
    });
  });

  it.each<[string, number, Draws]>([
    ['normal, exponentiated', 0.7, (s, a) => s.logNormal([6], { mean: a, std: a, ...f64 })],
    ['half normal', 0.7, (s, a) => s.halfNormal([6], { loc: a, scale: a, ...f64 })],
    ['laplace', 0.7, (s, a) => s.laplace([6], { loc: a, scale: a, ...f64 })],
    ['weibull', 0.7, (s, a) => s.weibull([6], { shape: a, scale: a, ...f64 })],
    ['pareto', 3, (s, a) => s.pareto([6], { shape: a, scale: a, ...f64 })],
    ['triangular', 0.7, (s, a) => s.triangular([6], { low: 0, mode: a, high: a.add(1), ...f64 })],
    ['truncated exponential', 0.7, (s, a) => s.truncatedExponential([6], { high: a, scale: a, ...f64 })],
    ['vector', 0.7, (s, a) => s.multivariateNormal([3], { mean: tno.stack([a, a]), cov: tno.eye(2, 2, 0, 'float64').mul(a).add(0.1), ...f64 }).flatten()],
  ])('pass through a %s draw', (_name, at, draw) => {
    const run = sixDraws(draw);
    const [[low], [high], [, slopes]] = [run(at - 1e-6), run(at + 1e-6), run(at)];
    slopes.forEach((slope, k) => expect(slope).toBeCloseTo((high[k] - low[k]) / 2e-6, 4));
  }); // prettier-ignore

  it('pass twice through wald draws', () => {
    const a = tno.dscalar('a');
    const x = new RandomStream(6, { device }).wald([], { scale: a, dtype: 'float64' });
    const slope = tno.grad(x, a) as tno.TensorVariable;
    const f = tno.function([a], [slope, tno.grad(slope, a)], { device, noDefaultUpdates: true });
    const [low, high, at] = [f(2 - 1e-5), f(2 + 1e-5), f(2)].map((pair) => pair.map(Number));
    // At a share that stays the value itself moves, so the slope of the slope follows from the values.
    expect(Number.isFinite(at[1])).toBe(true);
    expect(at[1]).toBeCloseTo((high[0] - low[0]) / 2e-5, 1);
  });

  it('pass through both parameters of a beta draw', () => {
    const [values, slopes] = sixDraws((s, a) => s.beta([6], { a, b: a, dtype: 'float64' }))(50);
    // Nearly normal around a half, with a deviation of 1 / √(8a).
    values.forEach((x, k) => expect(slopes[k]).toBeCloseTo((0.5 - x) / 100, 4));
  });

  it('by the parameters of discrete draws are an error, unless held constant', () => {
    const p = tno.shared(0.5, 'p');
    const cost = new RandomStream(1).bernoulli([5], { p }).mul(p).sum();
    expect(() => tno.grad(cost, p)).toThrow(tno.NullGradientError);
    expect(() => tno.grad(cost, p)).toThrow(/derivative by p, .*: a bernoulli draw moves in steps/);
    const rate = tno.shared(3, 'rate');
    const counts = new RandomStream(1).poisson([5], { rate, dtype: 'float32' });
    expect(() => tno.grad(counts.sum(), rate)).toThrow(/a poisson draw moves in steps/);
    expect(() => tno.Rop(counts, [rate], [tno.asVariable(1)])).toThrow(/a poisson draw moves/);
    const weights = tno.shared(tno.ndarray([1, 2], 'float32'), 'weights');
    const drawn = new RandomStream(1).categorical(weights, [5]);
    expect(() => tno.grad(drawn.mul(0.5).sum(), weights)).toThrow(/categorical draw/);
    const trials = new RandomStream(1).geometric([5], { p, dtype: 'float32' });
    expect(() => tno.grad(trials.sum(), p)).toThrow(/a geometric draw moves in steps/);
  });
});

describe('mistakes', () => {
  const stream = new RandomStream(1);
  it.each<[string, () => unknown, RegExp]>([
    ['a seed that is no whole number', () => new RandomStream(0.5), /\[RandomStream\] expected a whole number as seed, got 0.5/],
    ['sizes that are no integers', () => stream.uniform([1.5]), /\[random_uniform\] expected integer scalars as sizes/],
    ['a parameter of too many axes', () => stream.normal([2], { mean: tno.matrix('m') }), /\[normal\] expected parameters of at most 1 axes, got 2 \(m\)/],
    ['a dtype that is no float', () => stream.uniform([2], { dtype: 'int32' as 'float32' }), /\[uniform\] expected a float dtype, got int32/],
    ['bounds that are no integers', () => stream.integers([2], { high: 1.5 }), /\[integers\] expected integers as bounds, got float/],
    ['a scalar of probabilities', () => stream.categorical(0.5), /\[categorical\] expected probabilities along an axis/],
    ['a count that is no integer', () => stream.multinomial(1.5, tno.vector('p')), /\[multinomial\] expected a whole number of draws/],
    ['a scalar for vectors', () => stream.dirichlet([2], { alpha: 1 }), /\[dirichlet\] expected vectors along an axis, got a scalar/],
    ['a covariance of too many axes', () => stream.multivariateNormal([], { mean: tno.vector('m'), cov: tno.tensor3('c') }), /\[multivariateNormal\] expected parameters of at most 2 axes, got 3 \(c\)/],
    ['a scalar to shuffle', () => stream.shuffleRowElements(tno.scalar('x')), /\[shuffleRowElements\] expected a rank of at least 1/],
  ])('%s', (_about, build, message) => {
    expect(build).toThrow(message);
  }); // prettier-ignore

  it('name the line of the draw when a function runs', () => {
    const mean = tno.vector('mean');
    const f = tno.function([mean], stream.normal([3], { mean }), { device });
    const call = (): unknown => f(tno.NDArray.zeros([2], 'float32'));
    expect(call).toThrow(/expected equal sizes on axis 0, got 2 \(mean\) and 3/);
    expect(call).toThrow(/stream\.test\.ts/);
  });
});
