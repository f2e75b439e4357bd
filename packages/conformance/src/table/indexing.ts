import * as tno from '@tno/core';
import { failsAtBuild, failsAtRun, failsByValues, named, row, smooth, way } from '../make-row.js';
import type { Family, Input } from '../row.js';
import { below, real } from '../values.js';

const of = (...shape: number[]): Input => ({ shape, values: real });
/** Positions before `n`; all 0 in the cell `one`. */
const at = (n: number, ...shape: number[]): Input => ({ shape, values: below(n), dtype: 'int64' });
/** Positions on both sides of any range. */
const anywhere = (...shape: number[]): Input => ({
  shape,
  values: (random) => Math.floor(17 * random()) - 8,
  dtype: 'int64',
});
const mask = (...shape: number[]): Input => ({ shape, values: below(2), dtype: 'bool' });
const { slice } = tno;
const wrongMask = [tno.NDArray.ones([3, 5]), tno.ndarray([true, false])];
const x35 = of(3, 5);
const outOfRange = [tno.NDArray.ones([3, 5]), tno.ndarray([0, 7], 'int64')];
/** No rows: the columns are what is empty. */
const noColumns = { empty: [[3, 0]] };

export const indexing: Family = {
  name: 'indexing',
  title: 'Indexing',
  rows: [
    row('at', {
      calls: [
        way('integer', [x35], { build: (x) => tno.at(x, -1), oracle: 'a[-1]', shapes: noColumns }),
        way('slice', [x35], { build: (x) => tno.at(x, slice(1, null)), oracle: 'a[1:]' }),
        way('step -2', [x35], {
          build: (x) => tno.at(x, null, slice(null, null, -2)),
          oracle: 'a[:, ::-2]',
        }),
        way('negative bounds', [x35], {
          build: (x) => tno.at(x, slice(-2, null), slice(0, -1, 2)),
          oracle: 'a[-2:, 0:-1:2]',
        }),
        way('positions', [x35, at(3, 4)], {
          build: (x, i) => tno.at(x, i),
          oracle: 'a[b]',
          shapes: { empty: [[3, 5], [0]], one: [[3, 1], [1]] },
        }),
        way('pairs of positions', [x35, at(3, 4), at(5, 4)], {
          build: (x, i, j) => tno.at(x, i, j),
          oracle: 'a[b, c]',
          shapes: { empty: [[3, 5], [0], [0]], one: [[3, 5], [1], [1]] },
        }),
        way('new axis and ellipsis', [x35], {
          build: (x) => tno.at(x, 'x', '...', 0),
          oracle: 'a[None, ..., 0]',
        }),
        way('mask', [x35, mask(3)], {
          build: (x, m) => tno.at(x, m),
          oracle: 'a[b]',
        }),
        way('mask of rank 2', [x35, mask(3, 5)], {
          build: (x, m) => tno.at(x, m),
          oracle: 'a[b]',
        }),
        way('mask beside a slice', [x35, mask(5)], {
          build: (x, m) => tno.at(x, slice(1, null), m),
          oracle: 'a[1:, b]',
          shapes: { empty: [[0, 5], [5]] },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsByValues('position out of range', /index/, outOfRange, (x, i) =>
          tno.at(x, tno.cast(i, 'int64')),
        ),
        failsAtRun(
          'mask of another size',
          /expected a mask of size 3 on axis 0, got 2/,
          wrongMask,
          (x, m) => tno.at(x, m),
        ),
        failsAtBuild('too many indices', /expected/, () => tno.at(tno.vector('x'), 0, 0)),
      ],
      names: { theano: 'x[...]', numpy: 'x[...]', pytorch: 'x[...]', jax: 'x[...]' },
    }),
    row('take', {
      calls: [
        way('', [x35, at(3, 4)], {
          build: (x, i) => tno.take(x, i),
          oracle: 'np.take(a, b, axis=0)',
          shapes: { empty: [[3, 5], [0]], one: [[3, 1], [1]] },
        }),
        way('axis 1', [x35, at(5, 2, 2)], {
          build: (x, i) => tno.take(x, i, 1),
          oracle: 'np.take(a, b, axis=1)',
          shapes: {
            empty: [
              [3, 5],
              [0, 2],
            ],
            one: [
              [1, 5],
              [1, 1],
            ],
          },
        }),
        way('wrap', [of(3, 4), anywhere(5)], {
          build: (x, i) => tno.take(x, i, 1, 'wrap'),
          oracle: "np.take(a, b, axis=1, mode='wrap')",
          shapes: { empty: [[0, 4], [5]] },
        }),
        way('clip', [of(3, 4), anywhere(5)], {
          build: (x, i) => tno.take(x, i, 1, 'clip'),
          oracle: "np.take(a, b, axis=1, mode='clip')",
          shapes: { empty: [[0, 4], [5]] },
        }),
        way('flattened', [of(3, 4), at(12, 2, 2)], {
          build: (x, i) => tno.take(x, i, null),
          oracle: 'np.take(a, b)',
          shapes: {
            empty: [
              [3, 4],
              [0, 2],
            ],
            one: [
              [3, 4],
              [1, 1],
            ],
          },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsByValues('position out of range', /index/, outOfRange, (x, i) => tno.take(x, i)),
      ],
      names: named('take'),
    }),
    row('setSubtensor', {
      calls: [
        way('integer', [x35, of(5)], {
          build: (x, v) => tno.setSubtensor(x, [1], v),
          oracle: 'with_set(a, 1, b)',
          shapes: { empty: [[3, 0], [0]], one: [[2, 1], [1]] },
        }),
        way('slice', [x35, of(2, 5)], {
          build: (x, v) => tno.setSubtensor(x, [slice(0, 2)], v),
          oracle: 'with_set(a, slice(0, 2), b)',
          shapes: {
            empty: [
              [0, 5],
              [0, 5],
            ],
          },
        }),
        way('positions', [x35, of(2, 5)], {
          build: (x, v) => tno.setSubtensor(x, [tno.constant(tno.ndarray([2, 0], 'int64'))], v),
          oracle: 'with_set(a, [2, 0], b)',
          shapes: {
            empty: [
              [3, 0],
              [2, 0],
            ],
            one: [
              [3, 1],
              [2, 1],
            ],
          },
        }),
        way('mask, one value', [x35, mask(3, 5), of()], {
          build: (x, m, v) => tno.setSubtensor(x, [m], v),
          oracle: 'with_set(a, b, c)',
        }),
        way('mask, a value for each', [x35, of(2, 5)], {
          build: (x, v) => tno.setSubtensor(x, [tno.constant(tno.ndarray([true, false, true]))], v),
          oracle: 'with_set(a, [True, False, True], b)',
          shapes: {
            empty: [
              [3, 0],
              [2, 0],
            ],
            one: [
              [3, 1],
              [2, 1],
            ],
          },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtRun(
          'part of another size',
          /expected/,
          [tno.NDArray.ones([3, 5]), tno.NDArray.ones([4])],
          (x, v) => tno.setSubtensor(x, [0], v),
        ),
      ],
      names: {
        theano: 'set_subtensor',
        numpy: 'x[...] = v',
        pytorch: 'x[...] = v',
        jax: 'x.at[...].set',
      },
    }),
    row('incSubtensor', {
      calls: [
        way('integer', [x35, of(5)], {
          build: (x, v) => tno.incSubtensor(x, [1], v),
          oracle: 'with_added(a, 1, b)',
          shapes: { empty: [[3, 0], [0]], one: [[2, 1], [1]] },
        }),
        way('slice', [x35, of(2, 5)], {
          build: (x, v) => tno.incSubtensor(x, [slice(0, 2)], v),
          oracle: 'with_added(a, slice(0, 2), b)',
          shapes: {
            empty: [
              [0, 5],
              [0, 5],
            ],
          },
        }),
        way('positions', [x35, of(3, 5)], {
          build: (x, v) => tno.incSubtensor(x, [tno.constant(tno.ndarray([2, 0, 2], 'int64'))], v),
          oracle: 'with_added(a, [2, 0, 2], b)',
          shapes: {
            empty: [
              [3, 0],
              [3, 0],
            ],
            one: [
              [3, 1],
              [3, 1],
            ],
          },
        }),
        way('mask, one value', [x35, mask(5), of()], {
          build: (x, m, v) => tno.incSubtensor(x, [null, m], v),
          oracle: 'with_added(a, (slice(None), b), c)',
          shapes: { empty: [[0, 5], [5], []] },
        }),
      ],
      result: 'same',
      tolerance: { float16: 2, float32: 1, float64: 1, beside: 'array' },
      gradient: smooth(),
      failures: [
        failsAtRun(
          'part of another size',
          /expected/,
          [tno.NDArray.ones([3, 5]), tno.NDArray.ones([4])],
          (x, v) => tno.incSubtensor(x, [0], v),
        ),
      ],
      names: {
        theano: 'inc_subtensor',
        numpy: 'np.add.at',
        pytorch: 'Tensor.index_put_',
        jax: 'x.at[...].add',
      },
      note: 'values for one place add up',
    }),
    row('flatNonzero', {
      calls: [
        way('', [{ shape: [3, 4], values: below(2) }], {
          build: (x) => tno.flatNonzero(x),
          oracle: 'np.flatnonzero(a)',
        }),
      ],
      result: 'int64',
      gradient: { kind: 'none', why: 'gives positions' },
      cannotFail: 'takes any tensor',
      names: named('flatnonzero', { pytorch: 'torch.nonzero' }),
    }),
    row('nonzero', {
      calls: [
        way('', [{ shape: [3, 4], values: below(2) }], {
          build: (x) => tno.nonzero(x),
          oracle: 'np.nonzero(a)',
        }),
      ],
      result: ['int64', 'int64'],
      gradient: { kind: 'none', why: 'gives positions' },
      failures: [failsAtBuild('a scalar', /\[nonzero\] expected/, () => tno.nonzero(tno.scalar()))],
      names: named('nonzero'),
    }),
  ],
};
