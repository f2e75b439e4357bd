/** Pooling, and images as rows of neighbouring cells. */
import * as tno from '@tno/core';
import { failsAtBuild, named, row, smooth, way } from '../make-row.js';
import type { Family, Input, Names } from '../row.js';
import { between, distinct } from '../values.js';

const of = (...shape: number[]): Input => ({ shape, values: between(-2, 2) });
const apart = (...shape: number[]): Input => ({ shape, values: distinct });
const sums = { float16: 8, float32: 8, float64: 16, beside: 'array' } as const;
const only = (theano: string, pytorch: string | null = null): Names =>
  named(theano, { numpy: null, pytorch, jax: null });
/** NumPy's windows over all axes but the first. */
const windows = (array: string, ...sizes: number[]): string =>
  `np.lib.stride_tricks.sliding_window_view(${array}, (${sizes.join(', ')},), axis=(${sizes.map((_, k) => k + 1).join(', ')},))`;

export const pooling: Family = {
  name: 'pooling',
  title: 'Pooling and neighbourhoods',
  rows: [
    row('pool1d', {
      calls: [
        way('max', [apart(2, 7)], {
          build: (x) => tno.pool1d(x, 3, { stride: 2 }),
          oracle: `${windows('a', 3)}[:, ::2].max(-1)`,
          result: 'same',
          shapes: { one: [[1, 3]] },
        }),
        way('average', [of(2, 6)], {
          build: (x) => tno.pool1d(x, 3, { mode: 'averageIncPad', pad: 1, stride: 2 }),
          oracle: `${windows('np.pad(a, ((0, 0), (1, 1)))', 3)}[:, ::2].mean(-1)`,
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtBuild('a step of 0', /\[pool1d\] expected a stride of 1 integers/, () =>
          tno.pool1d(tno.vector('x'), 2, { stride: 0 }),
        ),
      ],
      names: only('pool.pool_1d', 'F.max_pool1d'),
    }),
    row('pool2d', {
      calls: [
        way('max', [apart(2, 5, 4)], {
          build: (x) => tno.pool2d(x, 2, { stride: 1 }),
          oracle:
            'np.lib.stride_tricks.sliding_window_view(a, (2, 2), axis=(1, 2)).max(axis=(-1, -2))',
          result: 'same',
          shapes: { empty: [[0, 5, 4]], one: [[1, 2, 2]] },
        }),
        way('average', [of(2, 5, 4)], {
          build: (x) => tno.pool2d(x, [2, 3], { mode: 'averageExcPad', pad: [1, 1] }),
          oracle:
            'F.avg_pool2d(tensor(a).double()[None], (2, 3), padding=1, count_include_pad=False)[0] if a.size else np.zeros((0, 3, 2))',
          result: 'float',
          shapes: { empty: [[0, 5, 4]], one: [[1, 1, 1]] },
        }),
      ], // prettier-ignore
      result: 'same',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtBuild('too wide a pad', /\[pool2d\] expected a pad less than the window/, () =>
          tno.pool2d(tno.matrix('x'), 2, { pad: 2 }),
        ),
      ],
      names: named('pool_2d', { numpy: null, pytorch: 'F.max_pool2d', jax: 'lax.reduce_window' }),
    }),
    row('pool3d', {
      calls: [
        way('max', [apart(2, 4, 2, 5)], {
          build: (x) => tno.pool3d(x, 2),
          oracle: `${windows('a', 2, 2, 2)}[:, ::2, ::2, ::2].max(axis=(-1, -2, -3))`,
          shapes: { one: [[1, 2, 2, 2]] },
        }),
        way('sum, with the border', [of(2, 3, 2, 3)], {
          build: (x) => tno.pool3d(x, 2, { mode: 'sum', ignoreBorder: false }),
          oracle: `${windows('np.pad(a, ((0, 0), *((0, n % 2) for n in a.shape[1:])))', 2, 2, 2)}[:, ::2, ::2, ::2].sum(axis=(-1, -2, -3), dtype=a.dtype)`,
        }),
      ],
      result: 'same',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtBuild('a window of two', /\[pool3d\] expected a window of 3 integers/, () =>
          tno.pool3d(tno.tensor3('x'), [2, 2] as never),
        ),
      ],
      names: only('pool.pool_3d', 'F.max_pool3d'),
    }),
    row('maxPool2dSameSize', {
      calls: [
        way('', [apart(2, 4, 5)], {
          build: (x) => tno.maxPool2dSameSize(x, [2, 3]),
          oracle: 'first_maxima(a, 2, 3)',
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild('a window of 0', /\[max_pool_2d_same_size\] expected a window of 2/, () =>
          tno.maxPool2dSameSize(tno.matrix('x'), 0),
        ),
      ],
      names: only('pool.max_pool_2d_same_size'),
    }),
    row('images2neibs', {
      calls: [
        way('', [{ shape: [1, 2, 4, 6], values: distinct }], {
          build: (x) => tno.images2neibs(x, [2, 3]),
          oracle:
            'a.reshape(*a.shape[:2], a.shape[2] // 2, 2, a.shape[3] // 3, 3).swapaxes(3, 4).reshape(-1, 6)',
          shapes: { empty: [[0, 2, 4, 6]], one: [[1, 1, 2, 3]] },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      names: only('nnet.neighbours.images2neibs', 'F.unfold'),
    }),
    row('neibs2images', {
      calls: [
        way('', [of(16, 6)], {
          build: (x) => tno.neibs2images(x, [2, 3], [tno.intDiv(tno.shapeOf(x, 0), 8), 2, 4, 6]),
          oracle: 'a.reshape(a.shape[0] // 8, 2, 2, 2, 2, 3).swapaxes(3, 4).reshape(-1, 2, 4, 6)',
          shapes: { one: [[8, 6]] },
        }),
      ],
      result: 'same',
      gradient: smooth(),
      failures: [
        failsAtBuild('sizes of rank 3', /\[neibs2images\] expected 4 sizes of images, got 3/, () =>
          tno.neibs2images(tno.matrix('x'), [2, 3], [2, 4, 6]),
        ),
      ],
      names: only('nnet.neighbours.neibs2images', 'F.fold'),
    }),
    row('unsharedConv2d', {
      calls: [
        way('', [of(2, 2, 3, 4), of(2, 2, 3, 2, 2, 2)], {
          build: (x, w) => tno.unsharedConv2d(x, w),
          oracle:
            "np.einsum('ncyxij,oyxcij->noyx', np.lib.stride_tricks.sliding_window_view(a, b.shape[4:], axis=(2, 3)), b[..., ::-1, ::-1])",
          shapes: { empty: [[0, 2, 3, 4], [2, 2, 3, 2, 2, 2]] },
        }),
      ], // prettier-ignore
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      names: only('nnet.abstract_conv.unshared2d'),
    }),
  ],
};
