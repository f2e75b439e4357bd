import * as tno from '@tno/core';
import { failsAtBuild, failsAtRun, named, row, smooth, way } from '../make-row.js';
import type { Family, Input } from '../row.js';
import { between, distinct } from '../values.js';

const small = between(-2, 2);
const of = (...shape: number[]): Input => ({ shape, values: small });
const apart = (...shape: number[]): Input => ({ shape, values: distinct });
const ones = (...shape: number[]): tno.NDArray => tno.NDArray.ones(shape);
const sums = { float16: 8, float32: 8, float64: 16, beside: 'array' } as const;

/** PyTorch's convolution, which does not turn filters around. */
const torchConv = (spatial: number, options: string, flip: boolean): string => {
  const axes = Array.from({ length: spatial }, (_, k) => k + 2).join(', ');
  const filters = flip ? `torch.flip(tensor(b).double(), (${axes},))` : 'tensor(b).double()';
  return `F.conv${spatial}d(tensor(a).double(), ${filters}${options})`;
};
/** Images of 3 channels and filters for 2. */
const otherChannels = (
  x: readonly number[],
  w: readonly number[],
  conv: (x: tno.TensorVariable, w: tno.TensorVariable) => tno.TensorVariable,
): ReturnType<typeof failsAtRun> =>
  failsAtRun(
    'other channels',
    /expected filters for 3 channels, got them for 2/,
    [ones(...x), ones(...w)],
    conv,
  );
const elsewhere = (spatial: number): ReturnType<typeof named> =>
  named(`conv${spatial}d`, {
    numpy: null,
    pytorch: `F.conv${spatial}d`,
    jax: 'lax.conv_general_dilated',
  });

export const images: Family = {
  name: 'images',
  title: 'Convolution, pooling, normalisation',
  rows: [
    row('conv2d', {
      calls: [
        way('', [of(2, 3, 4, 5), of(2, 3, 2, 3)], {
          build: (x, w) => tno.conv2d(x, w),
          oracle: torchConv(2, '', true),
          shapes: { empty: [[0, 3, 4, 5], [2, 3, 2, 3]] },
        }),
        way('stride, dilation, border', [of(1, 2, 7, 6), of(3, 2, 2, 2)], {
          build: (x, w) =>
            tno.conv2d(x, w, {
              borderMode: [1, 2],
              subsample: [2, 1],
              filterDilation: [1, 2],
              filterFlip: false,
            }),
          oracle: torchConv(2, ', padding=(1, 2), stride=(2, 1), dilation=(1, 2)', false),
          shapes: { empty: [[0, 2, 7, 6], [3, 2, 2, 2]] },
        }),
        way('groups', [of(2, 4, 3, 4), of(6, 2, 2, 2)], {
          build: (x, w) => tno.conv2d(x, w, { numGroups: 2 }),
          oracle: torchConv(2, ', groups=2', true),
          shapes: {
            empty: [[0, 4, 3, 4], [6, 2, 2, 2]],
            one: [[1, 2, 1, 1], [2, 1, 1, 1]],
          },
        }),
      ], // prettier-ignore
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtBuild('a matrix', /\[conv2d\] expected operands of rank 4/, () =>
          tno.conv2d(tno.tensor4('x'), tno.matrix('w')),
        ),
        failsAtBuild('a step of 0', /\[conv2d\] expected subsample of 2 positive integers/, () =>
          tno.conv2d(tno.tensor4('x'), tno.tensor4('w'), { subsample: 0 }),
        ),
        failsAtRun(
          'other channels',
          /\[conv2d\] expected filters for 3 channels, got them for 2/,
          [ones(1, 3, 4, 4), ones(1, 2, 2, 2)],
          (x, w) => tno.conv2d(x, w),
        ),
      ],
      names: elsewhere(2),
    }),
    row('conv1d', {
      calls: [
        way('', [of(2, 3, 6), of(2, 3, 3)], {
          build: (x, w) => tno.conv1d(x, w, { borderMode: 'half' }),
          oracle: torchConv(1, ', padding=b.shape[2] // 2', true),
          shapes: { empty: [[0, 3, 6], [2, 3, 3]] },
        }),
      ], // prettier-ignore
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [otherChannels([1, 3, 6], [2, 2, 3], (x, w) => tno.conv1d(x, w))],
      names: elsewhere(1),
    }),
    row('conv3d', {
      calls: [
        way('', [of(1, 2, 3, 3, 4), of(2, 2, 2, 2, 2)], {
          build: (x, w) => tno.conv3d(x, w, { borderMode: 'full' }),
          oracle: torchConv(3, ', padding=tuple(n - 1 for n in b.shape[2:])', true),
          shapes: { empty: [[0, 2, 3, 3, 4], [2, 2, 2, 2, 2]] },
        }),
      ], // prettier-ignore
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [otherChannels([1, 3, 4, 4, 4], [2, 2, 2, 2, 2], (x, w) => tno.conv3d(x, w))],
      names: elsewhere(3),
    }),
    row('causalConv1d', {
      calls: [
        way('', [of(1, 2, 5), of(2, 2, 3)], {
          build: (x, w) => tno.causalConv1d(x, w, { filterDilation: 2, filterFlip: false }),
          oracle: 'F.conv1d(F.pad(tensor(a).double(), (2 * (b.shape[2] - 1), 0)), tensor(b).double(), dilation=2)',
          shapes: { empty: [[0, 2, 5], [2, 2, 3]] },
        }),
      ], // prettier-ignore
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [otherChannels([1, 3, 6], [2, 2, 3], (x, w) => tno.causalConv1d(x, w))],
      names: named('causal_conv1d', { numpy: null, pytorch: null, jax: null }),
    }),
    row('conv2dTranspose', {
      calls: [
        way('', [of(1, 2, 3, 3), of(2, 3, 2, 2)], {
          build: (y, w) =>
            tno.conv2dTranspose(
              y,
              w,
              [2, 3].map((axis) =>
                tno.sub(
                  tno.add(tno.mul(tno.sub(tno.shapeOf(y, axis), 1), 2), tno.shapeOf(w, axis)),
                  0,
                ),
              ),
              { subsample: 2, filterFlip: false },
            ),
          oracle: 'F.conv_transpose2d(tensor(a).double(), tensor(b).double(), stride=2)',
          shapes: { empty: [[0, 2, 3, 3], [2, 3, 2, 2]] },
        }),
      ], // prettier-ignore
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtRun(
          'a size that the convolution of it has not',
          /\[conv2d\] expected 2 places on spatial axis 0, got 3/,
          [ones(1, 1, 3, 3), ones(1, 1, 2, 2)],
          (y, w) => tno.conv2dTranspose(y, w, [3, 4]),
        ),
      ],
      names: named('conv2d_transpose', {
        numpy: null,
        pytorch: 'F.conv_transpose2d',
        jax: 'lax.conv_transpose',
      }),
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
        failsAtBuild('a vector', /\[pool2d\] expected a rank of at least 2/, () =>
          tno.pool2d(tno.vector('x') as tno.TensorVariable, 2),
        ),
        failsAtBuild('too wide a pad', /\[pool2d\] expected a pad less than the window/, () =>
          tno.pool2d(tno.matrix('x'), 2, { pad: 2 }),
        ),
      ],
      names: named('pool_2d', { numpy: null, pytorch: 'F.max_pool2d', jax: 'lax.reduce_window' }),
    }),
  ],
};
