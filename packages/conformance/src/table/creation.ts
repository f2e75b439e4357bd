import * as tno from '@tno/core';
import { failsAtBuild, named, row, smooth, way } from '../make-row.js';
import type { Call, Failure, Family, Gradient, Input, Names, Row, Values } from '../row.js';
import { below, between, integers, isFloat, numbers, real } from '../values.js';

const of = (...shape: number[]): Input => ({ shape, values: real });
const matrix = [of(3, 4)];
/** A number of elements, which is symbolic. */
const count = (n: number): Input => ({ shape: [], values: () => n, dtype: 'int64' });
const { shapeOf } = tno;
/** From 1 on, so that the bounds have one sign. */
const above0: Values = (random, dtype, position, size) =>
  dtype === 'bool' ? 1 : between(1, 8)(random, dtype, position, size);
const noValues: Gradient = { kind: 'none', why: 'does not depend on values' };

type Build = Call['build'];

/** Made in the sizes and the dtype of a matrix. */
const sized = (
  op: string,
  calls: readonly (readonly [string, Build, string])[],
  names: Names,
  failure: Failure,
): Row =>
  row(op, {
    failures: [failure],
    calls: calls.map(([about, build, oracle]) => way(about, matrix, { build, oracle })),
    result: 'same',
    gradient: noValues,
    names,
  });

/** Numbers between two bounds. */
const space = (
  op: 'linspace' | 'logspace' | 'geomspace',
  values: Input['values'],
  names: Names,
): Row =>
  row(op, {
    calls: [
      way(
        '',
        [
          { shape: [3], values },
          { shape: [3], values },
        ],
        {
          build: (x, y) => tno[op](x, y, 7),
          oracle: `np.${op}(a, b, 7)`,
          blank: { special: 'of infinite bounds NumPy gives NaN in other places' },
        },
      ),
      way(
        'endpoint false',
        [
          { shape: [2], values },
          { shape: [2], values },
        ],
        {
          build: (x, y) => tno[op](x, y, 5, { endpoint: false }),
          oracle: `np.${op}(a, b, 5, endpoint=False)`,
          blank: { special: 'of infinite bounds NumPy gives NaN in other places' },
        },
      ),
      way('symbolic count', [{ shape: [], values }, { shape: [], values }, count(4)], {
        build: (x, y, n) => tno[op](x, y, n),
        oracle: `np.${op}(a, b, int(c))`,
        blank: { special: 'of infinite bounds NumPy gives NaN in other places' },
      }),
    ],
    result: 'float',
    tolerance: { float16: 8, float32: 16, float64: 16, beside: 'array' },
    gradient: smooth(),
    failures: [
      failsAtBuild('an integer dtype', /expected a float dtype/, () =>
        tno.linspace(tno.scalar(), tno.scalar(), 3, { dtype: 'int32' }),
      ),
    ],
    names,
  });

export const creation: Family = {
  name: 'creation',
  title: 'Creation',
  rows: [
    sized(
      'zeros',
      [['', (x) => tno.zeros([3, shapeOf(x, 1)], x.dtype), 'np.zeros((3, a.shape[1]), a.dtype)']],
      named('zeros'),
      failsAtBuild('a size that is no integer', /expected integer scalars as sizes, got/, () =>
        tno.zeros([1.5]),
      ),
    ),
    sized(
      'ones',
      [['', (x) => tno.ones([shapeOf(x, 0), 2], x.dtype), 'np.ones((a.shape[0], 2), a.dtype)']],
      named('ones'),
      failsAtBuild('a size that is no integer', /expected integer scalars as sizes, got/, () =>
        tno.ones([tno.vector('n')]),
      ),
    ),
    sized(
      'empty',
      [
        [
          'but for its values',
          (x) => tno.zerosLike(tno.empty([shapeOf(x, 0), 2], x.dtype)),
          'np.zeros((a.shape[0], 2), a.dtype)',
        ],
      ],
      named('basic.AllocEmpty', {
        numpy: 'np.empty',
        pytorch: 'torch.empty',
        jax: 'jnp.empty',
      }),
      failsAtBuild('a size that is no integer', /expected integer scalars as sizes, got/, () =>
        tno.empty([1.5]),
      ),
    ),
    row('arange', {
      calls: [
        way(
          '',
          [
            { shape: [], values: below(9) },
            { shape: [], values: between(-4, 4) },
          ],
          {
            build: (stop, start) => tno.arange(start, stop),
            oracle: 'np.arange(b.item(), a.item(), dtype=a.dtype)',
            blank: { special: 'as many as there are numbers, or NaN bounds, which NumPy refuses' },
          },
        ),
        way('step', [{ shape: [], values: between(1, 4) }], {
          build: (step) => tno.arange(3, 17, step),
          oracle: 'np.arange(3, 17, a.item(), dtype=a.dtype)',
          blank: { special: 'steps of 0 and NaN, which NumPy refuses' },
        }),
      ],
      dtypes: numbers,
      refuses: /expected scalars that are numbers, got bool/,
      result: (dtype) => (isFloat(dtype) ? dtype : 'int64'),
      tolerance: { float16: 1, float32: 1, float64: 1, beside: 'array' },
      gradient: smooth(),
      failures: [
        failsAtBuild('a vector as bound', /\[arange\] expected scalars that are numbers, got/, () =>
          tno.arange(tno.vector('x')),
        ),
        failsAtBuild('a step of 0', /\[arange\] expected a step other than 0/, () =>
          tno.arange(0, 3, 0),
        ),
      ],
      names: named('arange'),
      note: 'of integers or floats',
    }),
    row('fullLike', {
      calls: [
        way('', [of(3, 4), of()], {
          build: (x, v) => tno.fullLike(x, v),
          oracle: 'np.full_like(a, b)',
        }),
      ],
      result: 'same',
      // By the value; the tensor is disconnected.
      gradient: smooth(),
      failures: [
        failsAtBuild('a value of a larger rank', /\[fullLike\] expected/, () =>
          tno.fullLike(tno.vector(), tno.matrix()),
        ),
      ],
      names: named('full_like'),
    }),
    sized(
      'eye',
      [
        [
          '',
          (x) => tno.eye(shapeOf(x, 0), shapeOf(x, 1), 1, x.dtype),
          'np.eye(*a.shape, 1, dtype=a.dtype)',
        ],
        [
          'below',
          (x) => tno.eye(shapeOf(x, 1), shapeOf(x, 0), -2, x.dtype),
          'np.eye(*a.T.shape, -2, dtype=a.dtype)',
        ],
      ],
      named('eye'),
      failsAtBuild('a size that is no integer', /\[eye\] expected integer scalars/, () =>
        tno.eye(2.5),
      ),
    ),
    sized(
      'identityLike',
      [['', (x) => tno.identityLike(x), 'np.eye(*a.shape, dtype=a.dtype)']],
      named('identity_like', { numpy: 'np.eye', pytorch: 'torch.eye', jax: 'jnp.eye' }),
      failsAtBuild('a vector', /\[identityLike\] expected a matrix/, () =>
        tno.identityLike(tno.vector() as never),
      ),
    ),
    sized(
      'tri',
      [
        [
          '',
          (x) => tno.tri(shapeOf(x, 0), shapeOf(x, 1), 1, x.dtype),
          'np.tri(*a.shape, 1, dtype=a.dtype)',
        ],
      ],
      named('tri', { pytorch: null }),
      failsAtBuild('a size that is no integer', /\[tri\] expected integer scalars/, () =>
        tno.tri(2.5),
      ),
    ),
    ...(['tril', 'triu'] as const).map((op) =>
      row(op, {
        calls: [
          way('', matrix, { build: (x) => tno[op](x), oracle: `np.${op}(a)` }),
          way('offset -1', [of(2, 3, 3)], {
            build: (x) => tno[op](x, -1),
            oracle: `np.${op}(a, -1)`,
          }),
        ],
        result: 'same',
        gradient: smooth(),
        failures: [
          failsAtBuild('rank 1', /expected a rank of at least 2/, () => tno[op](tno.vector())),
        ],
        names: named(op),
      }),
    ),
    ...(['tril', 'triu'] as const).flatMap((op) => [
      row(`${op}Indices`, {
        calls: [
          way('', [count(4)], {
            build: (n) => tno[`${op}Indices`](n, 1, 3),
            oracle: `np.${op}_indices(int(a), 1, 3)`,
          }),
        ],
        result: ['int64', 'int64'],
        gradient: noValues,
        failures: [
          failsAtBuild('a size that is no integer', /Indices\] expected integer scalars/, () =>
            tno[`${op}Indices`](2.5),
          ),
        ],
        names: named(`${op}_indices`),
      }),
      row(`${op}IndicesFrom`, {
        calls: [
          way('', matrix, {
            build: (x) => tno[`${op}IndicesFrom`](x, -1),
            oracle: `np.${op}_indices_from(a, -1)`,
          }),
        ],
        result: ['int64', 'int64'],
        gradient: noValues,
        failures: [
          failsAtBuild('a vector', /expected a rank of at least 2/, () =>
            tno[`${op}IndicesFrom`](tno.vector()),
          ),
        ],
        names: named(`${op}_indices_from`, { pytorch: null }),
      }),
    ]),
    row('toOneHot', {
      calls: [
        way('', [{ shape: [2, 3], values: below(4) }], {
          build: (y) => tno.toOneHot(y, 4, 'float64'),
          oracle: 'a[..., None] == np.arange(4)',
        }),
      ],
      dtypes: integers,
      refuses: /\[toOneHot\] expected integer labels/,
      result: 'float64',
      gradient: { kind: 'none', why: 'takes integers' },
      names: named('to_one_hot', { numpy: null, pytorch: 'F.one_hot', jax: 'jax.nn.one_hot' }),
      note: 'a label out of range gives zeros',
    }),
    space('linspace', real, named('linspace', { theano: null })),
    space('logspace', between(-1, 2), named('logspace', { theano: null })),
    space('geomspace', above0, named('geomspace', { theano: null, pytorch: null })),
    row('bartlett', {
      calls: [1, 2, 7, 8].map((n) =>
        way(`${n}`, [count(n)], {
          build: (x) => tno.bartlett(x, 'float64'),
          oracle: 'np.bartlett(int(a))',
        }),
      ),
      result: 'float64',
      tolerance: { float64: 2 },
      gradient: noValues,
      failures: [
        failsAtBuild('a size that is no integer', /\[bartlett\] expected integer scalars/, () =>
          tno.bartlett(2.5),
        ),
      ],
      names: named('bartlett', { pytorch: 'torch.bartlett_window' }),
    }),
    row('ogrid', {
      calls: [
        way('', [count(5)], {
          build: (n) => tno.ogrid([0, n, 2], tno.slice(1, 4)),
          oracle: 'np.ogrid[0:int(a):2, 1:4]',
        }),
      ],
      result: ['int64', 'int64'],
      gradient: noValues,
      failures: [
        failsAtBuild('a vector as bound', /expected scalars that are numbers, got/, () =>
          tno.ogrid([0, tno.lvector('n')]),
        ),
      ],
      names: named('ogrid', { pytorch: null }),
    }),
    row('mgrid', {
      calls: [
        way('', [count(5)], {
          build: (n) => tno.mgrid([0, n, 2], tno.slice(1, 4)),
          oracle: 'tuple(np.mgrid[0:int(a):2, 1:4])',
        }),
      ],
      result: ['int64', 'int64'],
      gradient: noValues,
      failures: [
        failsAtBuild('a vector as bound', /expected scalars that are numbers, got/, () =>
          tno.mgrid([0, tno.lvector('n')]),
        ),
      ],
      names: named('mgrid', { pytorch: null }),
    }),
    row('meshgrid', {
      calls: [
        way('', [of(3), of(2)], {
          build: (x, y) => tno.meshgrid([x, y]),
          oracle: 'tuple(np.meshgrid(a, b))',
        }),
        way('ij', [of(3), of(2)], {
          build: (x, y) => tno.meshgrid([x, y], { indexing: 'ij' }),
          oracle: "tuple(np.meshgrid(a, b, indexing='ij'))",
        }),
        way('sparse', [of(3), of(2)], {
          build: (x, y) => tno.meshgrid([x, y], { sparse: true }),
          oracle: 'tuple(np.meshgrid(a, b, sparse=True))',
        }),
      ],
      result: ['same', 'same'],
      gradient: smooth(),
      failures: [
        failsAtBuild('a matrix', /\[meshgrid\] expected vectors/, () =>
          tno.meshgrid([tno.matrix()]),
        ),
      ],
      names: named('meshgrid', { theano: null }),
    }),
    row('allocDiag', {
      calls: [
        way('', [of(3)], { build: (x) => tno.allocDiag(x), oracle: 'np.diag(a)' }),
        way('offset -2', [of(3)], { build: (x) => tno.allocDiag(x, -2), oracle: 'np.diag(a, -2)' }),
        way('offset symbolic', [of(3), count(1)], {
          build: (x, k) => tno.allocDiag(x, k),
          oracle: 'np.diag(a, int(b))',
        }),
        way('of rows', [of(2, 3)], {
          build: (x) => tno.allocDiag(x),
          oracle: 'np.array([np.diag(r) for r in a], a.dtype).reshape(*a.shape, a.shape[-1])',
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild('rank 0', /expected a rank of at least 1/, () => tno.allocDiag(tno.scalar())),
      ],
      names: named('AllocDiag', {
        numpy: 'np.diagflat',
        pytorch: 'torch.diag_embed',
        jax: 'jnp.diagflat',
      }),
    }),
    row('diag', {
      calls: [
        way('of a vector', [of(3)], { build: (x) => tno.diag(x, 1), oracle: 'np.diag(a, 1)' }),
        way('of a matrix', matrix, { build: (x) => tno.diag(x, -1), oracle: 'np.diag(a, -1)' }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild('rank 3', /\[diag\] expected a vector or matrix/, () =>
          tno.diag(tno.tensor3()),
        ),
      ],
      names: named('diag'),
    }),
  ],
};
