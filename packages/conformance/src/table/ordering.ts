import * as tno from '@tno/core';
import {
  failsAtBuild,
  failsAtRun,
  failsByValues,
  givesIntegers,
  named,
  row,
  smooth,
  way,
} from '../make-row.js';
import type { Failure, Family, Input, Names, Tolerance } from '../row.js';
import { below, between, distinct, halves, listed, real } from '../values.js';

const of = (...shape: number[]): Input => ({ shape, values: halves });
const reals = (...shape: number[]): Input => ({ shape, values: real });
const places = (n: number, ...shape: number[]): Input => ({
  shape,
  values: below(n),
  dtype: 'int64',
});

const matrix = tno.matrix('x');
const adds: Tolerance = { float16: 1, float32: 4, float64: 8, beside: 'array' };
const apart = smooth({ points: [distinct] });
/** Of so many elements the k greatest. */
const beyondSize = (
  top: (x: tno.TensorVariable, k: number) => tno.TensorVariable | tno.TensorVariable[],
): Failure[] => [
  failsAtBuild('a k that is no integer', /expected an integer k/, () => top(matrix, 1.5)),
  failsAtRun('more than there are', /expected .*3/, [tno.NDArray.ones([3], 'float64')], (x) =>
    top(x, 4),
  ),
];
const moreThanThere = /expected an index within/;
const topNames = (theano: string): Names => ({
  theano,
  numpy: null,
  pytorch: 'torch.topk',
  jax: 'jax.lax.top_k',
});
const running = (op: 'cumsum' | 'cumprod') =>
  row(op, {
    calls: [
      way('flattened', [reals(3, 4)], {
        build: (x) => tno[op](x),
        oracle: `running(np.${op}, a, None)`,
      }),
      way('axis 0', [reals(3, 4)], {
        build: (x) => tno[op](x, 0),
        oracle: `running(np.${op}, a, 0)`,
      }),
      way('axis 1', [reals(2, 3, 2)], {
        build: (x) => tno[op](x, 1),
        oracle: `running(np.${op}, a, 1)`,
      }),
    ],
    result: (dtype) => (dtype === 'bool' ? 'int64' : dtype),
    tolerance: adds,
    gradient: smooth({ points: [distinct] }),
    names: named(op, { theano: op === 'cumsum' ? 'extra_ops.cumsum' : 'extra_ops.cumprod' }),
    note: 'of the flattened tensor without an axis; keeps integer dtypes',
  });

export const ordering: Family = {
  name: 'ordering',
  title: 'Sorting, counting, running sums',
  rows: [
    row('sort', {
      calls: [
        way('', [of(3, 5)], { build: (x) => tno.sort(x), oracle: "np.sort(a, kind='stable')" }),
        way('axis 0', [of(4, 3)], {
          build: (x) => tno.sort(x, 0),
          oracle: "np.sort(a, 0, kind='stable')",
        }),
        way('flattened', [of(3, 4)], {
          build: (x) => tno.sort(x, null),
          oracle: "np.sort(a, None, kind='stable')",
        }),
      ],
      result: 'same',
      gradient: apart,
      names: named('sort', { theano: 'tensor.sort' }),
      note: 'stable; NaN last',
    }),
    row('argsort', {
      calls: [
        way('', [of(3, 5)], {
          build: (x) => tno.argsort(x),
          oracle: "np.argsort(a, kind='stable')",
        }),
        way('axis 0', [of(4, 3)], {
          build: (x) => tno.argsort(x, 0),
          oracle: "np.argsort(a, 0, kind='stable')",
        }),
      ],
      result: 'int64',
      gradient: givesIntegers,
      names: named('argsort'),
    }),
    row('topk', {
      calls: [
        way('greatest', [of(3, 5)], {
          build: (x) => tno.topk(x, 2),
          oracle: "np.flip(np.sort(a, kind='stable'), -1)[..., :2]",
          shapes: { empty: [[0, 5]], one: [[1, 2]] },
        }),
        way('least', [of(5, 3)], {
          build: (x) => tno.topk(x, -1, 0),
          oracle: "np.sort(a, 0, kind='stable')[:1]",
          shapes: { empty: [[5, 0]] },
        }),
      ],
      result: 'same',
      gradient: apart,
      failures: beyondSize((x, k) => tno.topk(x, k)),
      names: topNames('topk'),
      note: 'a negative k takes the least',
    }),
    row('argtopk', {
      calls: [
        way('greatest', [of(3, 5)], {
          build: (x) => tno.argtopk(x, 2),
          oracle: "np.flip(np.argsort(a, kind='stable'), -1)[..., :2]",
          shapes: { empty: [[0, 5]], one: [[1, 2]] },
        }),
        way('least, flattened', [of(2, 3)], {
          build: (x) => tno.argtopk(x, -4, null),
          oracle: "np.argsort(a, None, kind='stable')[:4]",
          throws: { empty: moreThanThere },
          shapes: { one: [[4, 1]] },
        }),
      ],
      result: 'int64',
      gradient: givesIntegers,
      failures: beyondSize((x, k) => tno.argtopk(x, k)),
      names: topNames('argtopk'),
    }),
    row('topkAndArgtopk', {
      calls: [
        way('axis 0', [of(5, 3)], {
          build: (x) => tno.topkAndArgtopk(x, 2, 0),
          oracle:
            "(np.flip(np.sort(a, 0, kind='stable'), 0)[:2], np.flip(np.argsort(a, 0, kind='stable'), 0)[:2])",
          shapes: { empty: [[5, 0]], one: [[2, 1]] },
        }),
        way('symbolic k', [of(2, 5), { shape: [], values: between(-4, -1), dtype: 'int64' }], {
          build: (x, k) => tno.topkAndArgtopk(x, k),
          oracle:
            "(np.sort(a, kind='stable')[:, :-int(b)], np.argsort(a, kind='stable')[:, :-int(b)])",
          shapes: { empty: [[0, 5], []], one: [[1, 5], []] },
        }),
      ],
      result: ['same', 'int64'],
      gradient: apart,
      failures: beyondSize((x, k) => tno.topkAndArgtopk(x, k)),
      names: topNames('topk_and_argtopk'),
    }),
    row('searchsorted', {
      calls: (['left', 'right'] as const).map((side) =>
        way(side, [of(6), of(2, 5)], {
          build: (x, v) => tno.searchsorted(tno.sort(x), v, side),
          oracle: `np.searchsorted(np.sort(a), b, '${side}')`,
        }),
      ),
      result: 'int64',
      gradient: givesIntegers,
      failures: [
        failsAtBuild('a matrix to search', /expected a sorted vector/, () =>
          tno.searchsorted(matrix, matrix),
        ),
      ],
      names: named('searchsorted', { theano: 'extra_ops.searchsorted' }),
    }),
    row('unique', {
      calls: [
        way('', [of(4, 5)], { build: (x) => tno.unique(x), oracle: 'np.unique(a, True)[0]' }),
      ],
      result: 'same',
      gradient: smooth({ points: [distinct] }),
      jumps: true,
      cannotFail: 'takes any tensor',
      names: named('unique', { theano: 'extra_ops.Unique' }),
      note: 'also `uniqueAll`, with positions and counts',
    }),
    row('uniqueAll', {
      calls: [
        way('', [of(4, 5)], {
          build: (x) => {
            const { indices, inverse, counts } = tno.uniqueAll(x);
            return [indices, inverse, counts];
          },
          oracle: 'np.unique(a, True, True, True)[1:]',
        }),
      ],
      result: ['int64', 'int64', 'int64'],
      gradient: { kind: 'none', why: 'its results are positions and counts' },
      cannotFail: 'takes any tensor',
      names: named('unique', { theano: 'extra_ops.Unique' }),
    }),
    row('bincount', {
      calls: [
        way('weights', [places(5, 8), reals(8)], {
          build: (x, weights) => tno.bincount(x, weights, 3),
          oracle: 'bincount(a, b, 3)',
          shapes: { special: [[10], [10]] },
        }),
      ],
      result: 'same',
      tolerance: adds,
      gradient: smooth(),
      failures: [
        failsAtBuild('a vector of floats', /expected integers, got float/, () =>
          tno.bincount(tno.vector('x')),
        ),
        failsByValues(
          'a negative element',
          /expected an index/,
          [tno.ndarray([1, -1], 'int64')],
          (x) => tno.bincount(x),
        ),
      ],
      names: named('bincount', { theano: 'extra_ops.bincount' }),
    }),
    row('histogram', {
      calls: [
        way('edges', [reals(4, 5)], {
          build: (x) => tno.histogram(x, tno.ndarray([-2, 0, 1.5, 2])).counts,
          oracle: 'np.histogram(a, [-2, 0, 1.5, 2])[0]',
        }),
      ],
      result: 'int64',
      gradient: givesIntegers,
      failures: [
        failsAtBuild('bins of rank 2', /expected a number of bins/, () =>
          tno.histogram(matrix, matrix),
        ),
      ],
      names: named('histogram', { theano: null }),
    }),
    running('cumsum'),
    running('cumprod'),
    ...(['cummax', 'cummin'] as const).map((op) => {
      const oracle = `np.${op === 'cummax' ? 'maximum' : 'minimum'}.accumulate`;
      return row(op, {
        calls: [
          way('flattened', [reals(3, 4)], {
            build: (x) => tno[op](x),
            oracle: `${oracle}(a.reshape(-1))`,
          }),
          way('axis 0', [reals(4, 3)], { build: (x) => tno[op](x, 0), oracle: `${oracle}(a, 0)` }),
          way('axis 1', [of(2, 5)], { build: (x) => tno[op](x, 1), oracle: `${oracle}(a, 1)` }),
        ],
        result: 'same',
        gradient: smooth({ points: [distinct] }),
        names: { theano: null, numpy: oracle, pytorch: `torch.${op}`, jax: `lax.${op}` },
        note: 'of the flattened tensor without an axis',
      });
    }),
    row('interp', {
      calls: [
        way('', [reals(3, 4), reals(5), reals(5)], {
          build: (x, xs, ys) => tno.interp(x, tno.sort(xs), ys),
          oracle: 'np.interp(a, np.sort(b), c)',
          shapes: { empty: [[0, 4], [5], [5]], special: [[0], [3], [3]] },
        }),
        way('beyond', [reals(7), reals(3), reals(3)], {
          build: (x, xs, ys) => tno.interp(x, tno.sort(xs), ys, { left: -9, right: 7.5 }),
          oracle: 'np.interp(a, np.sort(b), c, left=-9, right=7.5)',
          shapes: { empty: [[0], [3], [3]], special: [[0], [3], [3]] },
        }),
        way('given points', [reals(7)], {
          build: (x) => tno.interp(x, [-2, 0, 1, 1.5], [3, -1, 2, 2]),
          oracle: 'np.interp(a, [-2, 0, 1, 1.5], [3, -1, 2, 2])',
          result: (dtype) => (dtype === 'float64' ? 'float64' : 'float32'),
          shapes: { special: [[12]] },
        }),
      ],
      result: 'float',
      tolerance: { float16: 4, float32: 8, float64: 32, beside: 'array' },
      gradient: smooth({ points: [distinct, listed(-2.1, -1.3, 0.03, 0.9, 1.7), real] }),
      failures: [
        failsAtBuild('points in a matrix', /\[interp\] expected points as vectors/, () =>
          tno.interp(tno.vector('x'), matrix, tno.vector('y')),
        ),
      ],
      names: { theano: null, numpy: 'np.interp', pytorch: null, jax: 'jnp.interp' },
      note: "PyTensor's `interpolate1d`",
    }),
    row('diff', {
      calls: [
        way('', [reals(3, 5)], { build: (x) => tno.diff(x), oracle: 'np.diff(a)' }),
        way('twice, axis 0', [reals(5, 3)], {
          build: (x) => tno.diff(x, 2, 0),
          oracle: 'np.diff(a, 2, 0)',
        }),
      ],
      result: 'same',
      tolerance: adds,
      gradient: smooth(),
      names: named('diff', { theano: 'extra_ops.diff' }),
    }),
    row('quantile', {
      calls: [
        way('number', [reals(5, 3)], {
          build: (x) => tno.quantile(x, 0.3, 0),
          oracle: 'np.quantile(a.astype(np.longdouble), 0.3, axis=0)',
          shapes: { empty: [[5, 0]] },
        }),
        way('vector', [reals(3, 4)], {
          build: (x) => tno.quantile(x, tno.ndarray([0, 0.25, 1]), 1),
          oracle: 'np.quantile(a.astype(np.longdouble), [0, 0.25, 1], axis=1)',
          shapes: { empty: [[0, 4]] },
        }),
      ],
      result: 'float',
      tolerance: { ...adds, float16: 3 },
      gradient: apart,
      names: named('quantile', { theano: null }),
      note: 'between elements in proportion',
    }),
  ],
};
