/**
 * Draws, as functions of the state of their stream: exact where one is made of random bits by a formula, which
 * the oracle writes again; else by its range and mean. Distributions have tests of their own in core.
 */
import * as tno from '@tno/core';
import { failsAtBuild, failsByValues, named, row, smooth, way } from '../make-row.js';
import type { Call, Cell, Failure, Family, Gradient, Input, Names, Row } from '../row.js';
import { between, floats, integers, listed, positive, real } from '../values.js';

const device = tno.createReferenceDevice();
/** A key and the number of the next draw. */
const state: Input = {
  shape: [2],
  values: listed(0x243f6a8885a308d3n, 5n),
  dtype: 'uint64',
};
/** The random bits that a draw is made of are another dtype's others. */
const pathwise = smooth({ dtypes: ['float64'] });
const discrete: Gradient = { kind: 'none', why: 'jumps' };
const roundings = { float16: 4, float32: 16, float64: 32, beside: 'array' } as const;
const names = (name: string, others: Partial<Names> = {}): Names =>
  named(`RandomStreams.${name}`, {
    numpy: `Generator.${name}`,
    pytorch: null,
    jax: `jax.random.${name}`,
    ...others,
  });

type Draw = (
  stream: tno.RandomStream,
  ...inputs: tno.TensorVariable[]
) => tno.TensorVariable | readonly tno.TensorVariable[];

/** `draw` of a new stream whose states are that given, each with a key of its own. */
const ofState =
  (draw: Draw): Call['build'] =>
  (given, ...inputs) => {
    const stream = new tno.RandomStream(0, { device });
    const made = draw(stream, ...inputs);
    const outputs = made instanceof tno.TensorVariable ? [made] : made;
    const states = stream.states.map((own, k) => {
      const next = tno.constant(tno.ndarray([BigInt(k), 0n], 'uint64'));
      return [own, k === 0 ? given : tno.add(given, next)] as const;
    });
    return tno.cloneReplace(outputs, new Map(states)).outputs;
  };

type Shapes = readonly (readonly number[])[];
interface Options extends Omit<Call, 'about' | 'inputs' | 'build' | 'shapes'> {
  /** Sizes of the parameters in cells whose usual ones do not fit. */
  readonly sizes?: Partial<Record<Cell, Shapes>>;
}

/** A call with the state before its parameters; two of these broadcast. */
function drawn(about: string, inputs: readonly Input[], draw: Draw, options: Options): Call {
  const { sizes, ...more } = options;
  const shapes = inputs.map(({ shape }) => shape);
  const crossed = inputs.length === 2 ? [[3, 1], [1, 4]] : shapes; // prettier-ignore
  const cells: Partial<Record<Cell, Shapes>> = {
    empty: shapes.map((shape) => shape.map((n, axis) => (axis === 0 ? 0 : n))),
    one: shapes.map((shape) => shape.map(() => 1)),
    broadcast: crossed,
    ...sizes,
  };
  return way(about, [state, ...inputs], {
    ...more,
    build: ofState(draw),
    shapes: Object.fromEntries(
      Object.entries(cells).map(([cell, own]) => [cell, [state.shape, ...own]]),
    ),
  });
}

const draws = (op: string, options: Parameters<typeof row>[1]): Row =>
  row(`RandomStream.${op}`, { refuses: null, ...options });
const fractions = (draw: (stream: tno.RandomStream, dtype: 'float32') => unknown): Failure =>
  failsAtBuild('a dtype that is no float', /expected a float dtype, got int32/, () =>
    draw(new tno.RandomStream(0, { device }), 'int32' as 'float32'),
  );
const wholeBounds = (draw: (stream: tno.RandomStream) => unknown): Failure =>
  failsAtBuild('bounds of floats', /expected integers as bounds, got float32/, () =>
    draw(new tno.RandomStream(0, { device })),
  );
const among = (low: number, high: number, ...shape: number[]): Input => ({
  shape,
  values: between(low, high),
});
const both = 'np.broadcast(b, c).shape';

/** What others call them: PyTensor, NumPy or SciPy, PyTorch and JAX. */
const known: Readonly<Record<string, readonly (string | null)[]>> = {
  betaBinomial: ['betabinom', 'scipy.stats.betabinom', null, null],
  cauchy: ['cauchy', 'Generator.standard_cauchy', 'Cauchy', 'cauchy'],
  chiSquare: ['chisquare', 'Generator.chisquare', 'Chi2', 'chisquare'],
  dirichlet: ['dirichlet', 'Generator.dirichlet', 'Dirichlet', 'dirichlet'],
  generalizedGamma: ['gengamma', 'scipy.stats.gengamma', null, null],
  geometric: ['geometric', 'Generator.geometric', 'Geometric', 'geometric'],
  gumbel: ['gumbel', 'Generator.gumbel', 'Gumbel', 'gumbel'],
  halfCauchy: ['halfcauchy', 'scipy.stats.halfcauchy', 'HalfCauchy', null],
  halfNormal: ['halfnormal', 'scipy.stats.halfnorm', 'HalfNormal', null],
  hypergeometric: ['hypergeometric', 'Generator.hypergeometric', null, null],
  invGamma: ['invgamma', 'scipy.stats.invgamma', 'InverseGamma', null],
  laplace: ['laplace', 'Generator.laplace', 'Laplace', 'laplace'],
  logNormal: ['lognormal', 'Generator.lognormal', 'LogNormal', 'lognormal'],
  logistic: ['logistic', 'Generator.logistic', null, 'logistic'],
  multivariateNormal: ['multivariate_normal', 'Generator.multivariate_normal', 'MultivariateNormal', 'multivariate_normal'],
  negativeBinomial: ['nbinom', 'Generator.negative_binomial', 'NegativeBinomial', null],
  pareto: ['pareto', 'Generator.pareto', 'Pareto', 'pareto'],
  studentT: ['t', 'Generator.standard_t', 'StudentT', 't'],
  triangular: ['triangular', 'Generator.triangular', null, 'triangular'],
  truncatedExponential: ['truncexpon', 'scipy.stats.truncexpon', null, null],
  vonMises: ['vonmises', 'Generator.vonmises', 'VonMises', null],
  wald: ['wald', 'Generator.wald', null, 'wald'],
  weibull: ['weibull', 'Generator.weibull', 'Weibull', 'weibull_min'],
}; // prettier-ignore
function knownAs(op: string): Names {
  if (!Object.hasOwn(known, op)) return names(op);
  const [theano, numpy, pytorch, jax] = known[op];
  return {
    theano: `RandomStream.${theano}`,
    numpy,
    pytorch: pytorch && `torch.distributions.${pytorch}`,
    jax: jax && `jax.random.${jax}`,
  };
}

const COUNT = 400;
interface Distribution {
  readonly parameters: readonly Input[];
  readonly draw: Draw;
  readonly mean: (...parameters: tno.TensorVariable[]) => tno.TensorVariable;
  readonly deviation: (...parameters: tno.TensorVariable[]) => tno.TensorVariable;
  readonly most: number;
  /** 0 unless given. */
  readonly least?: number;
  readonly result?: 'int64';
  /** What stays of draws by rejection: see Gradient; or where a test has it. */
  readonly share?: Of | string;
  /** What is differentiated, where it is not what has the moments. */
  readonly path?: Draw;
}
type Of = (...inputs: tno.TensorVariable[]) => tno.TensorVariable;

function gradientOf({ draw, path = draw, share, result }: Distribution): Gradient {
  if (result !== undefined) return discrete;
  if (typeof share === 'string') return { kind: 'elsewhere', why: share };
  const of = ofState(path);
  return share ? { kind: 'draw', of, share } : smooth({ dtypes: ['float64'], of });
}

/** Draws by vectors of parameters: their dtype and shape, whether all are in range, and the means near theirs. */
function sampled(op: string, of: Distribution): Row {
  const { parameters, draw, most, least = 0 } = of;
  const sizes: Partial<Record<Cell, Shapes>> = {
    broadcast: parameters.length === 2 ? [[1], [4]] : [[4]],
  };
  const call = drawn(
    '',
    parameters,
    (stream, ...inputs) => {
      const x = draw(stream, ...inputs) as tno.TensorVariable;
      const wide = inputs.map((v) => tno.cast(v, 'float64'));
      const apart = tno.abs(tno.sub(tno.mean(tno.cast(x, 'float64'), 0), of.mean(...wide)));
      const allowed = tno.mul(of.deviation(...wide), 6 / Math.sqrt(COUNT));
      const inRange = tno.and(tno.ge(x, least), tno.le(x, most));
      return [tno.zerosLike(x), tno.all(inRange, 0), tno.le(apart, allowed)];
    },
    {
      oracle:
        parameters.length === 2
          ? `(np.zeros((${COUNT}, *${both}), int), np.ones(${both}, bool), np.ones(${both}, bool))`
          : `(np.zeros((${COUNT}, *b.shape), int), np.ones(b.shape, bool), np.ones(b.shape, bool))`,
      sizes,
      blank: { special: 'parameters that no distribution has' },
    },
  );
  return draws(op, {
    dtypes: floats,
    calls: [call],
    result: [of.result ?? 'same', 'bool', 'bool'],
    gradient: gradientOf(of),
    ...(parameters.length === 1 && { cannotFail: 'takes a parameter of any kind' }),
    names: knownAs(op),
  });
}
/** So many draws for each element of the parameters. */
const times = (...parameters: tno.TensorVariable[]): tno.TensorLike[] => [
  COUNT,
  tno.shapeOf(
    parameters.reduce((x, y) => tno.add(x, y)),
    0,
  ),
];

type Moments = readonly [
  op: string,
  values: readonly (readonly [number, number])[],
  draw: (
    s: tno.RandomStream,
    sizes: tno.TensorLike[],
    ...p: tno.TensorVariable[]
  ) => tno.TensorVariable,
  mean: Of,
  deviation: Of,
  more?: Partial<Distribution>,
];
const { add, div, exp, mul, sqr, sqrt, sub } = tno;
const anywhere = { least: -Infinity } as const;
const halfMean = Math.sqrt(2 / Math.PI);

const inCore = 'core: gradients of random/stream.test.ts';
const normalShare = (z: tno.TensorVariable): tno.TensorVariable =>
  mul(0.5, tno.erfc(mul(z, -Math.SQRT1_2)));
const waldShare: Of = (x, mean, scale) => {
  const [root, part] = [sqrt(div(scale, x)), div(x, mean)];
  const above = mul(exp(div(mul(scale, 2), mean)), normalShare(tno.neg(mul(root, add(part, 1)))));
  return add(normalShare(mul(root, sub(part, 1))), above);
};

/** The mean of x^r where x has a generalized gamma distribution. */
const powerMean = (a: tno.TensorVariable, p: tno.TensorVariable, r: number): tno.TensorVariable =>
  div(tno.gamma(div(add(a, r), p)), tno.gamma(div(a, p)));

/** Distributions, of Cauchy's and von Mises' a function, by their parameters, means and deviations. */
const moments: readonly Moments[] = [
  ['halfNormal', [[0.5, 3]], (s, n, scale) => s.halfNormal(n, { scale }), (c) => mul(c, halfMean), (c) => mul(c, Math.sqrt(1 - 2 / Math.PI))],
  ['laplace', [[0.5, 3]], (s, n, scale) => s.laplace(n, { scale }), (c) => mul(c, 0), (c) => mul(c, Math.SQRT2), anywhere],
  ['logistic', [[0.5, 3]], (s, n, scale) => s.logistic(n, { scale }), (c) => mul(c, 0), (c) => mul(c, Math.PI / Math.sqrt(3)), anywhere],
  ['gumbel', [[0.5, 3]], (s, n, scale) => s.gumbel(n, { scale }), (c) => mul(c, 0.5772156649015329), (c) => mul(c, Math.PI / Math.sqrt(6)), anywhere],
  ['logNormal', [[-1, 1], [0.2, 0.6]], (s, n, mean, std) => s.logNormal(n, { mean, std }), (m, d) => exp(add(m, div(sqr(d), 2))), (m, d) => mul(exp(add(m, div(sqr(d), 2))), sqrt(tno.expm1(sqr(d))))],
  ['pareto', [[5, 8]], (s, n, shape) => s.pareto(n, { shape }), (a) => div(a, sub(a, 1)), (a) => div(sqrt(div(a, sub(a, 2))), sub(a, 1))],
  ['weibull', [[1, 4]], (s, n, shape) => s.weibull(n, { shape }), (k) => tno.gamma(add(1, div(1, k))), (k) => sqrt(sub(tno.gamma(add(1, div(2, k))), sqr(tno.gamma(add(1, div(1, k))))))],
  ['chiSquare', [[2, 9]], (s, n, df) => s.chiSquare(n, { df }), (k) => k, (k) => sqrt(mul(k, 2)), { share: (x, k) => tno.gammainc(div(k, 2), div(x, 2)) }],
  ['invGamma', [[6, 9]], (s, n, shape) => s.invGamma(n, { shape }), (a) => div(1, sub(a, 1)), (a) => div(1, mul(sub(a, 1), sqrt(sub(a, 2)))), { share: (x, a) => tno.gammaincc(a, div(1, x)) }],
  ['studentT', [[6, 9]], (s, n, df) => s.studentT(n, { df }), (k) => mul(k, 0), (k) => sqrt(div(k, sub(k, 2))), { ...anywhere, share: 'made of a normal and a chi-square draw' }],
  ['geometric', [[0.2, 0.8]], (s, n, p) => s.geometric(n, { p }), (p) => div(1, p), (p) => div(sqrt(sub(1, p)), p), { least: 1, result: 'int64' }],
  ['betaBinomial', [[0.7, 3], [0.7, 3]], (s, n, a, b) => s.betaBinomial(n, { n: 20, a, b }), (a, b) => div(mul(a, 20), add(a, b)), (a, b) => sqrt(div(mul(mul(mul(a, b), add(add(a, b), 20)), 20), mul(sqr(add(a, b)), add(add(a, b), 1)))), { most: 20, result: 'int64' }],
  ['cauchy', [[0.5, 3]], (s, n, scale) => tno.arctan(div(s.cauchy(n, { scale }), scale)), (c) => mul(c, 0), (c) => add(mul(c, 0), Math.PI / Math.sqrt(12)), { least: -1.6, most: 1.6, path: (s, scale) => s.cauchy([2, 3], { scale }) }],
  ['halfCauchy', [[0.5, 3]], (s, n, scale) => tno.arctan(div(s.halfCauchy(n, { scale }), scale)), (c) => add(mul(c, 0), Math.PI / 4), (c) => add(mul(c, 0), Math.PI / Math.sqrt(48)), { most: 1.6, path: (s, scale) => s.halfCauchy([2, 3], { scale }) }],
  ['triangular', [[0.2, 0.8]], (s, n, mode) => s.triangular(n, { low: 0, mode, high: 1 }), (m) => div(add(m, 1), 3), (m) => sqrt(div(sub(add(sqr(m), 1), m), 18)), { most: 1 }],
  ['truncatedExponential', [[0.5, 3]], (s, n, high) => s.truncatedExponential(n, { high }), (b) => sub(1, div(b, tno.expm1(b))), (b) => sqrt(sub(1, div(mul(sqr(b), exp(b)), sqr(tno.expm1(b))))), { most: 3 }],
  ['generalizedGamma', [[1, 4], [0.7, 2]], (s, n, alpha, p) => s.generalizedGamma(n, { alpha, p }), (a, p) => powerMean(a, p, 1), (a, p) => sqrt(sub(powerMean(a, p, 2), sqr(powerMean(a, p, 1)))), { share: (x, a, p) => tno.gammainc(div(a, p), tno.pow(x, p)) }],
  ['wald', [[0.5, 2], [1, 4]], (s, n, mean, scale) => s.wald(n, { mean, scale }), (m) => m, (m, c) => sqrt(div(tno.pow(m, 3), c)), { share: waldShare }],
  ['vonMises', [[0.5, 3]], (s, n, kappa) => tno.cos(s.vonMises(n, { kappa })), (k) => div(tno.i1(k), tno.i0(k)), (k) => sqrt(sub(sub(1, div(tno.i1(k), mul(k, tno.i0(k)))), sqr(div(tno.i1(k), tno.i0(k))))), { least: -1, most: 1, share: inCore }],
  ['dirichlet', [[0.5, 3]], (s, _, alpha) => s.dirichlet([COUNT], { alpha }), (a) => div(a, tno.sum(a)), (a) => sqrt(div(mul(div(a, tno.sum(a)), sub(1, div(a, tno.sum(a)))), add(tno.sum(a), 1))), { most: 1, share: inCore }],
  ['multivariateNormal', [[-2, 2]], (s, _, mean) => s.multivariateNormal([COUNT], { mean, cov: tno.eye(tno.shapeOf(mean, 0), tno.shapeOf(mean, 0), 0, mean.dtype) }), (m) => m, (m) => add(mul(m, 0), 1), anywhere],
  ['hypergeometric', [[6, 20], [6, 20]], (s, n, good, bad) => s.hypergeometric(n, { good, bad, sample: 5 }), (g, b) => div(mul(g, 5), add(g, b)), (g, b) => sqrt(div(mul(mul(g, b), mul(5, sub(add(g, b), 5))), mul(sqr(add(g, b)), sub(add(g, b), 1)))), { most: 5, result: 'int64' }],
  ['negativeBinomial', [[2, 9], [0.3, 0.8]], (s, sizes, n, p) => s.negativeBinomial(sizes, { n, p }), (n, p) => div(mul(n, sub(1, p)), p), (n, p) => div(sqrt(mul(n, sub(1, p))), p), { result: 'int64' }],
]; // prettier-ignore

export const randoms: Family = {
  name: 'random',
  title: 'Random draws',
  rows: [
    draws('uniform', {
      calls: [
        drawn('', [among(-3, 0, 3, 4), among(1, 4, 3, 4)], (s, low, high) => s.uniform(null, { low, high }), {
          oracle: `b + uniform(a, ${both}, dtype) * (c - b)`,
        }),
      ],
      dtypes: floats,
      result: 'same',
      tolerance: roundings,
      gradient: pathwise,
      failures: [fractions((s, dtype) => s.uniform([2], { dtype }))],
      names: names('uniform', { pytorch: 'torch.rand' }),
    }),
    draws('normal', {
      calls: [
        drawn('', [among(-3, 3, 3, 4), among(0.5, 2, 3, 4)], (s, mean, std) => s.normal(null, { mean, std }), {
          oracle: `b + c * normal(a, ${both}, dtype)`,
        }),
      ],
      dtypes: floats,
      result: 'same',
      tolerance: roundings,
      gradient: pathwise,
      failures: [fractions((s, dtype) => s.normal([2], { dtype }))],
      names: names('normal', { pytorch: 'torch.normal' }),
    }),
    draws('exponential', {
      calls: [
        drawn('', [among(0.5, 3, 3, 4)], (s, scale) => s.exponential(null, { scale }), {
          oracle: 'b * -np.log1p(-uniform(a, b.shape, dtype))',
        }),
      ],
      dtypes: floats,
      result: 'same',
      tolerance: roundings,
      gradient: pathwise,
      failures: [fractions((s, dtype) => s.exponential([2], { dtype }))],
      names: names('exponential', { pytorch: 'Tensor.exponential_' }),
    }),
    draws('truncatedNormal', {
      calls: [
        drawn('', [among(-2, -0.5, 3, 4), among(0.5, 2, 3, 4)], (s, low, high) => s.truncatedNormal(null, { low, high }), {
          oracle: `(lambda u: sp.ndtri(sp.ndtr(b) * (1 - u) + sp.ndtr(c) * u))(double(uniform(a, ${both}, 'float64')))`,
          blank: { special: 'bounds that no distribution has' },
        }),
      ],
      dtypes: floats,
      result: 'same',
      tolerance: { ...roundings, float64: 200 },
      gradient: pathwise,
      failures: [fractions((s, dtype) => s.truncatedNormal([2], { dtype }))],
      names: names('truncated_normal', { numpy: 'scipy.stats.truncnorm', pytorch: 'nn.init.trunc_normal_' }),
    }),
    sampled('gamma', {
      parameters: [among(0.5, 4, 3), among(0.5, 2, 3)],
      draw: (s, shape, scale) => s.gamma(times(shape, scale), { shape, scale }),
      mean: (shape, scale) => tno.mul(shape, scale),
      deviation: (shape, scale) => tno.mul(tno.sqrt(shape), scale),
      most: Infinity,
      share: (x, shape, scale) => tno.gammainc(shape, tno.div(x, scale)),
    }),
    sampled('beta', {
      parameters: [among(0.5, 4, 3), among(0.5, 4, 3)],
      draw: (s, a, b) => s.beta(times(a, b), { a, b }),
      mean: (a, b) => tno.div(a, tno.add(a, b)),
      deviation: (a, b) => {
        const n = tno.add(a, b);
        return tno.sqrt(tno.div(tno.mul(a, b), tno.mul(tno.sqr(n), tno.add(n, 1))));
      },
      most: 1,
      share: 'made of two gamma draws; core: gradients of random/stream.test.ts',
    }),
    sampled('poisson', {
      parameters: [among(0.5, 30, 3)],
      draw: (s, rate) => s.poisson(times(rate), { rate }),
      mean: (rate) => rate,
      deviation: (rate) => tno.sqrt(rate),
      most: Infinity,
      result: 'int64',
    }),
    sampled('binomial', {
      parameters: [{ ...among(3, 90, 3), dtype: 'int64' }, among(0.1, 0.9, 3)],
      draw: (s, n, p) => s.binomial(times(n, p), { n, p }),
      mean: (n, p) => tno.mul(n, p),
      deviation: (n, p) => tno.sqrt(tno.mul(tno.mul(n, p), tno.sub(1, p))),
      most: 90,
      result: 'int64',
    }),
    ...moments.map(([op, values, draw, mean, deviation, more]) =>
      sampled(op, {
        parameters: values.map(([low, high]) => among(low, high, 3)),
        draw: (s, ...p) => draw(s, times(...p), ...p),
        mean,
        deviation,
        most: Infinity,
        ...more,
      }),
    ),
    draws('bernoulli', {
      calls: [
        drawn('', [among(0.1, 0.9, 3, 4)], (s, p) => s.bernoulli(null, { p }), {
          oracle: 'uniform(a, b.shape, compared(b)) < b',
        }),
      ],
      dtypes: floats,
      result: 'bool',
      jumps: true,
      gradient: discrete,
      cannotFail: 'takes probabilities of any kind',
      names: names('binomial', { pytorch: 'torch.bernoulli', jax: 'jax.random.bernoulli' }),
    }),
    ...(['integers', 'randomIntegers'] as const).map((op) =>
      draws(op, {
        calls: [
          drawn('', [among(0, 2, 3, 4), among(5, 9, 3, 4)], (s, low, high) => s[op](null, { low, high, dtype: low.dtype as 'int64' }), {
            oracle: `integers(a, b, ${op === 'integers' ? 'c' : 'c + c.dtype.type(1)'}).astype(b.dtype)`,
          }),
        ],
        dtypes: integers,
        result: 'same',
        gradient: discrete,
        failures: [wholeBounds((s) => s[op]([2], { high: tno.scalar('x') }))],
        names: op === 'integers' ? names(op, { pytorch: 'torch.randint', jax: 'jax.random.randint' }) : names('random_integers', { numpy: null, jax: null }),
      }),
    ),
    draws('categorical', {
      calls: [
        drawn('', [{ shape: [3, 4], values: positive }], (s, p) => s.categorical(p), {
          oracle: "categories(uniform(a, b.shape[:-1], 'float64'), b)",
        }),
      ],
      dtypes: floats,
      result: 'int64',
      jumps: true,
      gradient: discrete,
      names: names('categorical', { numpy: 'Generator.choice', pytorch: 'torch.multinomial' }),
    }),
    draws('multinomial', {
      calls: [
        drawn('', [{ shape: [], values: listed(7), dtype: 'int64' }, { shape: [3, 4], values: positive }], (s, n, p) => s.multinomial(n, p), {
          oracle: "(categories(uniform(a, (int(b), *c.shape[:-1]), 'float64'), c)[..., None] == np.arange(c.shape[-1])).sum(0)",
          sizes: { broadcast: [[], [3, 4]] },
        }),
      ],
      dtypes: floats,
      result: 'int64',
      jumps: true,
      gradient: discrete,
      failures: [
        failsAtBuild('a number of no integer', /expected a whole number of draws, got float32/, () =>
          new tno.RandomStream(0, { device }).multinomial(tno.scalar('n'), tno.matrix('p')),
        ),
      ],
      names: names('multinomial'),
    }),
    draws('permutation', {
      calls: [
        drawn('', [{ shape: [5, 2], values: real }], (s, x) => s.permutation(x), {
          oracle: "b[np.argsort(words(a, b.shape[:1]), kind='stable')]",
        }),
      ],
      result: 'same',
      gradient: smooth(),
      cannotFail: 'takes any tensor',
      names: names('permutation', { pytorch: 'torch.randperm' }),
    }),
    draws('shuffleRowElements', {
      calls: [
        drawn('', [{ shape: [3, 5], values: real }], (s, x) => s.shuffleRowElements(x), {
          oracle: 'in_order_of(words(a, b.shape), b, -1)',
        }),
      ],
      result: 'same',
      gradient: smooth(),
      names: names('shuffle_row_elements', { numpy: 'Generator.permuted', jax: null }),
    }),
    draws('choice', {
      calls: [
        drawn('', [{ shape: [5, 2], values: real }], (s, x) => s.choice(x, [2, 3]), {
          oracle: 'b[(words(a, (2, 3)) % np.uint64(len(b))).astype(int)]',
          throws: { empty: /expected an index within/ },
        }),
        drawn('once each', [{ shape: [5, 2], values: real }], (s, x) => s.choice(x, [3], { replace: false }), {
          oracle: "b[np.argsort(words(a, b.shape[:1]), kind='stable')[:3]]",
          throws: { empty: /expected an index within/ },
          sizes: { one: [[3, 1]] },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsByValues(
          'more than there are',
          /expected an index within/,
          [tno.ndarray([1n, 0n], 'uint64'), tno.NDArray.ones([2])],
          ofState((stream, x) => stream.choice(x, [3], { replace: false })),
        ),
      ],
      names: names('choice'),
    }),
    row('dropout', {
      calls: [
        drawn('', [{ shape: [3, 5], values: real }], (s, x) => tno.dropout(s, x, 0.25), {
          oracle: "np.where(uniform(a, b.shape, 'float32') < 0.75, b / 0.75, 0)",
        }),
        drawn('shared axes', [{ shape: [3, 5], values: real }], (s, x) => tno.dropout(s, x, 0.5, { sharedAxes: [1] }), {
          oracle: "np.where(uniform(a, b.shape[:1], 'float32')[:, None] < 0.5, b / 0.5, 0)",
        }),
      ],
      result: 'float',
      tolerance: { float16: 2, float32: 1, float64: 1 },
      gradient: smooth(),
      failures: [
        failsAtBuild('a certain p', /\[dropout\] expected p within \[0, 1\), got 1/, () =>
          tno.dropout(new tno.RandomStream(0, { device }), tno.vector('x'), 1),
        ),
      ],
      names: { theano: null, numpy: null, pytorch: 'F.dropout', jax: null },
      note: 'draws of a stream',
    }),
  ],
}; // prettier-ignore
