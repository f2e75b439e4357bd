import * as tno from '@tno/core';
import { failsAtBuild, failsAtRun, failsByValues, named, row, smooth, way } from '../make-row.js';
import type { Call, Family, Input, Values } from '../row.js';
import { below, positive, real } from '../values.js';

const of = (...shape: number[]): Input => ({ shape, values: real });
/** Positions before `n`. */
const at = (n: number, ...shape: number[]): Input => ({ shape, values: below(n), dtype: 'int64' });
/** Positions on both sides of the range. */
const outside: Values = (random) => Math.floor(17 * random()) - 8;
const anywhere = (...shape: number[]): Input => ({ shape, values: outside, dtype: 'int64' });
/** A permutation of 0, 1, … */
const permuted: Values = (_random, _dtype, position, size) => (position * 3 + 1) % size;
const order = (...shape: number[]): Input => ({ shape, values: permuted, dtype: 'int64' });
const matrix = [of(3, 5)];
const cube = [of(2, 3, 4)];
const x2 = tno.matrix('x');
const refusesFractions = failsAtBuild(
  'positions that are no integers',
  /expected integer positions/,
  () => tno.takeAlongAxis(x2, x2, 0),
);

const diagonals: readonly Call[] = [
  way('', matrix, { build: (x) => tno.diagonal(x), oracle: 'np.diagonal(a)' }),
  way('offset 2', matrix, { build: (x) => tno.diagonal(x, 2), oracle: 'np.diagonal(a, 2)' }),
  way('offset beyond', matrix, { build: (x) => tno.diagonal(x, -7), oracle: 'np.diagonal(a, -7)' }),
  way('axes 1 and 2', cube, {
    build: (x) => tno.diagonal(x, -1, 2, 1),
    oracle: 'np.diagonal(a, -1, 2, 1)',
  }),
  way('symbolic offset', [of(3, 5), at(3)], {
    build: (x, k) => tno.diagonal(x, k),
    oracle: 'np.diagonal(a, int(b))',
  }),
];

export const picking: Family = {
  name: 'picking',
  title: 'Picking and diagonals',
  rows: [
    row('takeAlongAxis', {
      calls: [
        way('', [of(3, 5), at(5, 3, 2)], {
          build: (x, i) => tno.takeAlongAxis(x, i),
          oracle: 'np.take_along_axis(a, b, -1)',
          shapes: {
            one: [
              [1, 5],
              [1, 1],
            ],
            empty: [
              [0, 5],
              [0, 2],
            ],
          },
        }),
        way('axis 0', [of(3, 5), at(3, 4, 5)], {
          build: (x, i) => tno.takeAlongAxis(x, i, 0),
          oracle: 'np.take_along_axis(a, b, 0)',
          shapes: {
            one: [
              [3, 1],
              [1, 1],
            ],
            empty: [
              [3, 5],
              [0, 5],
            ],
          },
        }),
        way('flattened', [of(3, 5), at(15, 4)], {
          build: (x, i) => tno.takeAlongAxis(x, i, null),
          oracle: 'np.take_along_axis(a, b, None)',
          shapes: { empty: [[3, 5], [0]], one: [[3, 5], [1]] },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        refusesFractions,
        failsByValues(
          'position out of range',
          /expected an index within \[-2, 1\], got 7/,
          [tno.NDArray.ones([1, 2]), tno.ndarray([[7n]])],
          (x, i) => tno.takeAlongAxis(x, i),
        ),
      ],
      names: named('take_along_axis', { theano: null, pytorch: 'torch.take_along_dim' }),
    }),
    row('putAlongAxis', {
      calls: [
        way('', [of(3, 5), order(3, 1), of(3, 1)], {
          build: (x, i, v) => tno.putAlongAxis(x, tno.mod(i, 5), tno.specifyShape(v, [null, 1])),
          oracle: 'with_along(a, b % 5, c, -1)',
          shapes: {
            broadcast: [
              [3, 5],
              [3, 1],
              [3, 1],
            ],
          },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild('positions of another rank', /expected positions of rank 2, got 1/, () =>
          tno.putAlongAxis(x2, tno.lvector(), 0),
        ),
      ],
      names: named('put_along_axis', { theano: null, pytorch: 'torch.scatter' }),
    }),
    row('compress', {
      calls: [
        way('axis 1', [of(3, 4), { shape: [4], values: below(2), dtype: 'bool' }], {
          build: (x, m) => tno.compress(m, x, 1),
          oracle: 'np.compress(b, a, 1)',
          shapes: { empty: [[0, 4], [4]] },
        }),
        way('flattened', [of(3, 2), { shape: [6], values: below(2), dtype: 'bool' }], {
          build: (x, m) => tno.compress(m, x),
          oracle: 'np.compress(b, a)',
          shapes: { empty: [[0, 2], [0]] },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild('a condition of rank 2', /expected a vector as condition/, () =>
          tno.compress(tno.tensor('bool', [null, null]), x2),
        ),
      ],
      names: named('compress', { pytorch: null }),
    }),
    row('nonzeroValues', {
      calls: [
        way('', [{ shape: [3, 4], values: below(3) }], {
          build: (x) => tno.nonzeroValues(x),
          oracle: 'a[np.nonzero(a)]',
        }),
      ],
      result: 'same',
      // Its size changes where an element is near 0.
      gradient: smooth({ points: [positive] }),
      jumps: true,
      cannotFail: 'takes any tensor',
      names: named('nonzero_values', { numpy: null, pytorch: null, jax: null }),
    }),
    row('argwhere', {
      calls: [
        way('', [{ shape: [3, 4], values: below(2) }], {
          build: (x) => tno.argwhere(x),
          oracle: 'np.argwhere(a)',
        }),
      ],
      result: 'int64',
      gradient: { kind: 'none', why: 'gives positions' },
      failures: [
        failsAtBuild('a scalar', /\[argwhere\] expected/, () => tno.argwhere(tno.scalar())),
      ],
      names: named('argwhere', { theano: null }),
    }),
    row('diagonal', {
      calls: diagonals,
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild('rank 1', /\[diagonal\] expected a rank of at least 2/, () =>
          tno.diagonal(tno.vector()),
        ),
        failsAtBuild('one axis twice', /\[diagonal\] expected two axes/, () =>
          tno.diagonal(x2, 0, 1, -1),
        ),
      ],
      names: named('diagonal'),
    }),
    row('trace', {
      calls: [
        way('', matrix, { build: (x) => tno.trace(x), oracle: 'reduced(np.trace)(a)' }),
        way('of matrices', cube, {
          build: (x) => tno.trace(x, 1, 1, 2),
          oracle: 'reduced(np.trace)(a, offset=1, axis1=1, axis2=2)',
        }),
      ],
      result: 'sum',
      tolerance: { float16: 1, float32: 1, float64: 1, beside: 'array' },
      gradient: smooth(),
      failures: [
        failsAtBuild('rank 1', /expected a rank of at least 2/, () => tno.trace(tno.vector())),
      ],
      names: named('trace'),
    }),
    row('fillDiagonal', {
      calls: [
        way('', [of(5, 3), of()], {
          build: (x, v) => tno.fillDiagonal(x, v),
          oracle: 'with_diagonal(a, b)',
        }),
        way('rank 3', [of(3, 3, 3), of()], {
          build: (x, v) => tno.fillDiagonal(x, v),
          oracle: 'with_diagonal(a, b)',
          shapes: { empty: [[0, 0, 0], []] },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild('rank 1', /expected a rank of at least 2/, () =>
          tno.fillDiagonal(tno.vector(), 0),
        ),
      ],
      names: named('fill_diagonal', { pytorch: 'Tensor.fill_diagonal_' }),
    }),
    row('fillDiagonalOffset', {
      calls: [
        way('', [of(4, 3), of(2)], {
          build: (x, v) => tno.fillDiagonalOffset(x, v, 1),
          oracle: 'with_diagonal(a, b, 1)',
          shapes: { empty: [[0, 3], [0]], one: [[1, 2], [1]] },
        }),
        way('symbolic', [of(4, 3), of(), at(3)], {
          build: (x, v, k) => tno.fillDiagonalOffset(x, v, tno.neg(k)),
          oracle: 'with_diagonal(a, b, -int(c))',
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtRun(
          'another number of values',
          /expected size 3/,
          [tno.NDArray.ones([3, 3]), tno.NDArray.ones([2])],
          (x, v) => tno.fillDiagonalOffset(x, v, 0),
        ),
      ],
      names: named('fill_diagonal_offset', { numpy: null, pytorch: null, jax: null }),
    }),
    row('ravelMultiIndex', {
      calls: (['raise', 'wrap', 'clip'] as const).map((mode) =>
        way(mode, mode === 'raise' ? [at(3, 6), at(4, 6)] : [anywhere(6), anywhere(6)], {
          build: (i, j) => tno.ravelMultiIndex([i, j], [3, 4], mode),
          oracle: `np.ravel_multi_index((a, b), (3, 4), mode='${mode}')`,
        }),
      ),
      result: 'int64',
      gradient: { kind: 'none', why: 'takes integers' },
      failures: [
        failsByValues(
          'out of range',
          /expected an index within \[-3, 2\], got 3/,
          [tno.ndarray([3n])],
          (i) => tno.ravelMultiIndex([i, 0], [3, 4]),
        ),
        failsAtBuild('another number of indices', /expected an index for each of 2 sizes/, () =>
          tno.ravelMultiIndex([tno.lvector()], [3, 4]),
        ),
      ],
      names: named('ravel_multi_index', { pytorch: null }),
    }),
    row('unravelIndex', {
      calls: [
        way('', [at(24, 7)], {
          build: (i) => tno.unravelIndex(i, [2, 3, 4]),
          oracle: 'np.unravel_index(a, (2, 3, 4))',
        }),
      ],
      result: ['int64', 'int64', 'int64'],
      gradient: { kind: 'none', why: 'takes integers' },
      failures: [
        failsByValues(
          'out of range',
          /expected an index within \[-12, 11\], got 12/,
          [tno.ndarray([12n])],
          (i) => tno.unravelIndex(i, [3, 4]),
        ),
      ],
      names: named('unravel_index'),
    }),
    row('inversePermutation', {
      calls: [
        way('', [order(5)], {
          build: (p) => tno.inversePermutation(p),
          oracle: 'np.argsort(a)',
          shapes: { broadcast: [[5]] },
        }),
        way('of rows', [order(1, 5)], {
          build: (p) => tno.inversePermutation(p),
          oracle: 'np.argsort(a, -1)',
        }),
      ],
      result: 'int64',
      gradient: { kind: 'none', why: 'takes integers' },
      failures: [
        failsAtBuild('fractions', /expected integer positions/, () =>
          tno.inversePermutation(tno.vector()),
        ),
      ],
      names: named('inverse_permutation', { numpy: 'np.argsort', pytorch: null, jax: null }),
    }),
    row('permuteRowElements', {
      calls: [
        way('one for all', [of(3, 5), order(5)], {
          build: (x, p) => tno.permuteRowElements(x, p),
          oracle: 'a[:, b]',
          shapes: {
            broadcast: [[3, 5], [5]],
            empty: [[0, 5], [5]],
          },
        }),
        way('one for all, inverse', [of(3, 5), order(5)], {
          build: (x, p) => tno.permuteRowElements(x, p, true),
          oracle: 'a[:, np.argsort(b)]',
          shapes: {
            broadcast: [[3, 5], [5]],
            empty: [[0, 5], [5]],
          },
        }),
        way('one each', [of(1, 5), order(1, 5)], {
          build: (x, p) => tno.permuteRowElements(x, p),
          oracle: 'np.take_along_axis(a, b, -1)',
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild('fractions', /expected integer positions/, () =>
          tno.permuteRowElements(x2, tno.vector()),
        ),
      ],
      names: named('permute_row_elements', { numpy: null, pytorch: null, jax: null }),
    }),
    row('choose', {
      calls: (['raise', 'wrap', 'clip'] as const).map((mode) =>
        way(mode, [mode === 'raise' ? at(3, 4) : anywhere(4), of(4), of(4), of(4)], {
          build: (i, x, y, z) => tno.choose(i, [x, y, z], mode),
          oracle: `np.choose(a, [b, c, d], mode='${mode}')`,
        }),
      ),
      result: 'same',
      gradient: smooth(),
      failures: [
        failsByValues(
          'out of range',
          /expected an index within \[-2, 1\], got 2/,
          [tno.ndarray([2n]), tno.NDArray.ones([1])],
          (i, x) => tno.choose(i, [x, tno.neg(x)]),
        ),
        failsAtBuild('no choices', /\[choose\] expected one choice at least/, () =>
          tno.choose(tno.lvector(), []),
        ),
      ],
      names: named('choose', { pytorch: null }),
    }),
  ],
};
