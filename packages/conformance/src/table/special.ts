import * as tno from '@tno/core';
import { elementwise, row, smooth, way } from '../make-row.js';
import type { Elementwise } from '../make-row.js';
import type { Family, Names, Row, Values } from '../row.js';
import { below, between, isFloat, positive, real } from '../values.js';

/** SciPy's name, and those of Theano, PyTorch and JAX where they have one. */
const names = (
  scipy: string,
  { theano = null, pytorch = null, jax = `jax.scipy.special.${scipy}` }: Partial<Names> = {},
): Names => ({ theano, numpy: `scipy.special.${scipy}`, pytorch, jax });

const torch = (name: string): string => `torch.special.${name}`;

/** A float function computed in float64; in float64 SciPy's own errors are the larger. */
const special = (op: string, oracle: string, more: Partial<Elementwise>): Row =>
  elementwise(op, {
    oracle,
    result: 'float',
    tolerance: { float16: 1, float32: 2, float64: 200 },
    gradient: smooth(),
    names: names(op),
    ...more,
  });

/** The dtype of an int64 with another. */
const withInt64 = (dtype: tno.DType): tno.DType =>
  dtype === 'uint64' ? 'float64' : isFloat(dtype) ? dtype : 'float32';

const huge = 'SciPy gives NaN of infinity, and loses the phase of huge arguments';
const edges = 'at infinite and negative arguments there is no common convention';
/** One value for bool, which has no other in the domain. */
const ofBool =
  (value: number, others: Values): Values =>
  (random, dtype, position, size) =>
    dtype === 'bool' ? value : others(random, dtype, position, size);
const inSingle = { float16: 1, float32: 6, float64: 20 };
const once = (why: string): ReturnType<typeof smooth> => smooth({ order: 1, why });
const byParameter = once('second derivatives by parameters are no ops');
const order = below(3);
const within = between(0.1, 0.9);

export const specials: Family = {
  name: 'special',
  title: 'Special functions',
  rows: [
    special('erf', 'sp.erf(a)', {
      tolerance: inSingle,
      names: names('erf', { theano: 'erf', pytorch: torch('erf') }),
    }),
    special('erfc', 'sp.erfc(a)', {
      tolerance: inSingle,
      names: names('erfc', { theano: 'erfc', pytorch: torch('erfc') }),
    }),
    special('erfcx', 'sp.erfcx(a)', {
      values: between(-2, 4),
      names: names('erfcx', { theano: 'erfcx', pytorch: torch('erfcx'), jax: null }),
    }),
    special('erfinv', 'np.copysign(sp.erfinv(a), a)', {
      values: between(-0.9, 0.9),
      names: names('erfinv', { theano: 'erfinv', pytorch: torch('erfinv') }),
    }),
    special('erfcinv', 'sp.erfcinv(a) + 0', {
      values: between(0.1, 1.9),
      names: names('erfcinv', { theano: 'erfcinv', jax: null }),
    }),
    special('logErfc', 'np.where(a > 1, np.log(sp.erfcx(a)) - a * a, np.log1p(-sp.erf(a)))', {
      names: { theano: null, numpy: null, pytorch: null, jax: null },
      gradient: smooth({ points: [between(-1.5, 4)] }),
      note: 'log(erfc(x)) becomes it',
    }),
    special('ndtr', 'sp.ndtr(a)', {
      tolerance: inSingle,
      names: names('ndtr', { pytorch: torch('ndtr') }),
    }),
    special('logNdtr', 'sp.log_ndtr(a)', {
      names: names('log_ndtr', { pytorch: torch('log_ndtr') }),
      note: 'log(ndtr(x)) becomes it',
    }),
    special('ndtri', 'np.where(a == 0.5, -0.0, sp.ndtri(a))', {
      values: within,
      names: names('ndtri', { pytorch: torch('ndtri') }),
    }),
    special('ndtriExp', 'sp.ndtri_exp(a)', {
      values: between(-4, -0.1),
      names: names('ndtri_exp', { jax: null }),
    }),
    special('log1mexp', 'np.where(a > -0.6931, np.log(-np.expm1(a)), np.log1p(-np.exp(a)))', {
      values: between(-4, -0.2),
      names: { theano: 'log1mexp', numpy: null, pytorch: null, jax: 'jax.nn.log1mexp' },
      note: 'log(1 - exp(x)) becomes it',
    }),
    special('log1pexp', 'np.logaddexp(0, a)', {
      tolerance: { float16: 1, float32: 2, float64: 2 },
      names: { theano: 'log1pexp', numpy: null, pytorch: 'F.softplus', jax: 'jax.nn.softplus' },
    }),
    special('xlogx', 'sp.xlogy(a, a)', {
      values: positive,
      names: { theano: 'xlogx', numpy: null, pytorch: null, jax: null },
      note: '0 at 0',
    }),
    special('xlogy', 'sp.xlogy(a, b)', {
      values: positive,
      operands: 2,
      names: names('xlogy', { theano: 'xlogy0', pytorch: torch('xlogy') }),
      note: '0 where x is 0',
    }),
    special('gamma', 'sp.gamma(a)', {
      values: positive,
      names: names('gamma', { theano: 'gamma' }),
    }),
    special('gammaln', 'np.where(a == -np.inf, np.inf, sp.gammaln(a))', {
      values: positive,
      names: names('gammaln', { theano: 'gammaln', pytorch: torch('gammaln') }),
    }),
    special('psi', 'sp.psi(a)', {
      values: positive,
      gradient: smooth({ points: [between(0.5, 4)] }),
      names: names('psi', {
        theano: 'psi',
        pytorch: torch('psi'),
        jax: 'jax.scipy.special.digamma',
      }),
    }),
    special('triGamma', 'sp.zeta(2, a)', {
      values: positive,
      gradient: smooth({ points: [between(0.5, 4)] }),
      names: { theano: 'tri_gamma', numpy: null, pytorch: null, jax: null },
    }),
    special('polygamma', 'sp.polygamma(a, b)', {
      result: withInt64,
      values: [order, positive],
      operands: 2,
      operandDTypes: ['int64'],
      gradient: smooth({ points: [order, between(0.5, 4)] }),
      names: names('polygamma', { theano: 'polygamma', pytorch: torch('polygamma') }),
    }),
    special('beta', 'sp.beta(a, b)', {
      tolerance: { float16: 8, float32: 8, float64: 200 },
      values: positive,
      operands: 2,
      gradient: smooth({ points: [between(0.5, 4), between(0.5, 4)] }),
      names: names('beta'),
      note: 'of positive numbers',
      blank: { special: 'beta is for positive numbers' },
    }),
    special('betaln', 'sp.betaln(a, b)', {
      values: positive,
      operands: 2,
      gradient: smooth({ points: [between(0.5, 4), between(0.5, 4)] }),
      names: names('betaln'),
      blank: { special: 'of numbers that are not positive SciPy takes other branches' },
    }),
    special('gammainc', 'sp.gammainc(a, b)', {
      values: positive,
      operands: 2,
      gradient: byParameter,
      names: names('gammainc', { theano: 'gammainc', pytorch: torch('gammainc') }),
    }),
    special('gammaincc', 'sp.gammaincc(a, b)', {
      values: positive,
      operands: 2,
      gradient: byParameter,
      names: names('gammaincc', { theano: 'gammaincc', pytorch: torch('gammaincc') }),
    }),
    special('gammaincinv', 'sp.gammaincinv(a, b)', {
      blank: { special: edges },
      values: [between(0.5, 4), within],
      operands: 2,
      gradient: byParameter,
      names: names('gammaincinv', { theano: 'gammaincinv', jax: null }),
    }),
    special('gammainccinv', 'sp.gammainccinv(a, b)', {
      blank: { special: edges },
      values: [between(0.5, 4), within],
      operands: 2,
      gradient: byParameter,
      names: names('gammainccinv', { theano: 'gammainccinv', jax: null }),
    }),
    special('gammal', 'sp.gammainc(a, b) * sp.gamma(a)', {
      blank: { special: edges },
      values: between(0.5, 4),
      operands: 2,
      tolerance: { float16: 3, float32: 4, float64: 200 },
      gradient: byParameter,
      names: { theano: 'gammal', numpy: null, pytorch: null, jax: null },
    }),
    special('gammau', 'sp.gammaincc(a, b) * sp.gamma(a)', {
      blank: { special: edges },
      values: between(0.5, 4),
      operands: 2,
      tolerance: { float16: 3, float32: 4, float64: 200 },
      gradient: byParameter,
      names: { theano: 'gammau', numpy: null, pytorch: null, jax: null },
    }),
    row('chi2sf', {
      calls: [
        way(
          '',
          [0, 1].map(() => ({ shape: [3, 4], values: between(0.5, 4) })),
          {
            build: (x, k) => tno.chi2sf(x, k),
            oracle: 'sp.gammaincc(b / 2, a / 2)',
            shapes: { broadcast: [[3, 1], [1, 4]] }, // prettier-ignore
          },
        ),
      ],
      result: 'float',
      tolerance: { float16: 1, float32: 1, float64: 200 },
      gradient: byParameter,
      names: {
        theano: 'chi2sf',
        numpy: 'scipy.stats.chi2.sf',
        pytorch: null,
        jax: 'jax.scipy.stats.chi2.sf',
      },
    }),
    special('betainc', 'sp.betainc(a, b, c)', {
      blank: { special: edges },
      values: [between(0.5, 4), between(0.5, 4), within],
      operands: 3,
      gradient: byParameter,
      names: names('betainc', { theano: 'betainc' }),
    }),
    special('betaincinv', 'sp.betaincinv(a, b, c)', {
      blank: { special: edges },
      values: [between(0.5, 4), between(0.5, 4), within],
      operands: 3,
      gradient: byParameter,
      names: names('betaincinv', { theano: 'betaincinv', jax: null }),
    }),
    special('j0', 'sp.j0(a)', {
      blank: { special: huge },
      names: names('j0', { theano: 'j0', jax: null }),
    }),
    special('j1', 'sp.j1(a)', {
      blank: { special: huge },
      names: names('j1', { theano: 'j1', jax: null }),
    }),
    special('i0', 'sp.i0(a)', {
      blank: { special: huge },
      names: names('i0', { theano: 'i0', pytorch: torch('i0') }),
    }),
    special('i1', 'sp.i1(a)', {
      blank: { special: huge },
      names: names('i1', { theano: 'i1', pytorch: torch('i1') }),
    }),
    ...(
      [
        ['jv', 'jv'],
        ['iv', 'iv'],
        ['ive', 'ive'],
        ['kv', null],
        ['kve', 'kve'],
      ] as const
    ).map(([op, theano]) =>
      special(op, `sp.${op}(a, b)`, {
        values: [order, between(0.5, 4)],
        operands: 2,
        operandDTypes: ['int64'],
        result: withInt64,
        blank: { special: huge },
        names: names(op, { theano, jax: null }),
      }),
    ),
    special('owensT', 'sp.owens_t(a, b)', {
      blank: { special: edges },
      values: real,
      operands: 2,
      names: names('owens_t', { theano: 'owens_t', jax: null }),
    }),
    row('hyp2f1', {
      calls: [
        way(
          '',
          [
            between(0.3, 2),
            between(0.3, 2),
            ofBool(1, between(1.2, 3)),
            ofBool(0, between(-0.9, 0.8)),
          ].map((values) => ({
            shape: [3, 4],
            values,
          })),
          {
            build: (a, b, c, z) => tno.hyp2f1(a, b, c, z),
            oracle: 'each(mpmath.hyp2f1, a, b, c, d)',
            shapes: { broadcast: [[3, 1], [1, 4], [3, 4], [1, 1]] }, // prettier-ignore
            blank: { special: 'infinite parameters have no limits that systems agree on' },
          },
        ),
      ],
      result: 'float',
      tolerance: { float16: 1, float32: 1, float64: 200 },
      gradient: byParameter,
      names: names('hyp2f1', { theano: 'hyp2f1' }),
      note: 'z up to 1',
    }),
    special('zeta', 'sp.zeta(a, b)', {
      blank: { special: edges },
      values: [between(1.5, 5), positive],
      operands: 2,
      // By its second operand alone.
      gradient: smooth({ of: (s, q) => tno.zeta(tno.add(tno.zerosLike(s), 2.5), q) }),
      names: names('zeta', { pytorch: torch('zeta') }),
    }),
  ],
};
