import * as tno from '@tno/core';
import { failsAtBuild, failsAtRun, named, row, smooth, way } from '../make-row.js';
import type { Call, Family, Input, Row } from '../row.js';
import { between } from '../values.js';

const small = between(-2, 2);
const of = (...shape: number[]): Input => ({ shape, values: small });
const ones = (...shape: number[]): tno.NDArray => tno.NDArray.ones(shape);
const sums = { float16: 8, float32: 8, float64: 16, beside: 'array' } as const;

/** PyTorch's convolution, which does not turn filters around. */
const torchConv = (spatial: number, options: string, flip: boolean): string => {
  const axes = Array.from({ length: spatial }, (_, k) => k + 2).join(', ');
  const filters = flip ? `torch.flip(tensor(b).double(), (${axes},))` : 'tensor(b).double()';
  return `F.conv${spatial}d(tensor(a).double(), ${filters}${options})`;
};
const elsewhere = (spatial: number): ReturnType<typeof named> =>
  named(`conv${spatial}d`, {
    numpy: null,
    pytorch: `F.conv${spatial}d`,
    jax: 'lax.conv_general_dilated',
  });

/** The ops that convolution over two or three axes is differentiated by, of fixed spatial sizes. */
const gradientRow = (spatial: 2 | 3, of: 'Inputs' | 'Weights', call: Call): Row =>
  row(`conv${spatial}dGradWrt${of}`, {
    calls: [call],
    result: 'float',
    tolerance: sums,
    gradient: smooth(),
    failures: [
      failsAtBuild('too few sizes', /expected . (spatial|filter) sizes, got 1/, () => {
        const x = tno.tensor('float32', [...call.inputs[0].shape].fill(2));
        return tno[`conv${spatial}dGradWrt${of}`](x, x, [2]);
      }),
    ],
    names: named(
      `nnet.abstract_conv.conv${spatial}d_grad_wrt_${of.toLowerCase()}`,
      { numpy: null, pytorch: `nn.grad.conv${spatial}d_${of === 'Inputs' ? 'input' : 'weight'}`, jax: null },
    ),
  }); // prettier-ignore
const axesOf = (spatial: number): string => (spatial === 2 ? '(2, 3)' : '(2, 3, 4)');

function toImages(spatial: 2 | 3): Row {
  const lengths = [4, 3, 3].slice(0, spatial);
  const [places, window] = [[2, 1, 2].slice(0, spatial), [2, 3, 1].slice(0, spatial)];
  return gradientRow(
    spatial,
    'Inputs',
    way('stride 2', [of(2, 3, ...places), of(3, 2, ...window)], {
      build: (g, w) =>
        tno[`conv${spatial}dGradWrtInputs`](g, w, lengths, { subsample: 2 }),
      oracle: `torch.nn.grad.conv${spatial}d_input((a.shape[0], b.shape[1], ${lengths.join(', ')}), torch.flip(tensor(b).double(), ${axesOf(spatial)}), tensor(a).double(), stride=2)`,
      shapes: {
        empty: [[0, 3, ...places], [3, 2, ...window]],
        one: [[1, 1, ...places], [1, 1, ...window]],
      },
    }),
  ); // prettier-ignore
}

function toFilters(spatial: 2 | 3): Row {
  const lengths = [2, 3, 2].slice(0, spatial);
  const [cells, places] = [[4, 3, 3].slice(0, spatial), [5, 3, 4].slice(0, spatial)];
  return gradientRow(
    spatial,
    'Weights',
    way('padded', [of(2, 2, ...cells), of(2, 3, ...places)], {
      build: (x, g) =>
        tno[`conv${spatial}dGradWrtWeights`](x, g, lengths, { borderMode: 1, filterFlip: false }),
      oracle: `torch.nn.grad.conv${spatial}d_weight(tensor(a).double(), (b.shape[1], a.shape[1], ${lengths.join(', ')}), tensor(b).double(), padding=1)`,
      shapes: {
        empty: [[2, 0, ...cells], [2, 3, ...places]],
        one: [[1, 1, ...cells], [1, 1, ...places]],
      },
    }),
  ); // prettier-ignore
}

/** Two channels with two filters each, and three products of all. */
function separable(spatial: 2 | 3): Row {
  const [cells, window] = [[4, 3, 3].slice(0, spatial), [2, 2, 1].slice(0, spatial)];
  const ones = window.map(() => 1);
  const flipped = (name: string): string =>
    `torch.flip(tensor(${name}).double(), ${axesOf(spatial)})`;
  const op = `separableConv${spatial}d` as const;
  return row(op, {
    calls: [
      way('', [of(1, 2, ...cells), of(4, 1, ...window), of(3, 4, ...ones)], {
        build: (x, w, p) => tno[op](x, w, p, { channels: 2 }),
        oracle: `F.conv${spatial}d(F.conv${spatial}d(tensor(a).double(), ${flipped('b')}, groups=2), ${flipped('c')})`,
        shapes: {
          empty: [[0, 2, ...cells], [4, 1, ...window], [3, 4, ...ones]],
          special: [[0, 2, ...cells], [4, 1, ...window], [3, 4, ...ones]],
          one: [[1, 2, ...ones], [2, 1, ...ones], [1, 2, ...ones]],
        },
      }),
    ], // prettier-ignore
    result: 'float',
    tolerance: { ...sums, float16: 32, float32: 32 },
    gradient: smooth(),
    names: named(`nnet.abstract_conv.separable_conv${spatial}d`, {
      numpy: null,
      pytorch: null,
      jax: null,
    }),
  });
}

/** Of batches of matrices. */
const planes = (images: string, filters: string, part: string, options = ''): string =>
  `F.conv2d(tensor(${images}[:, None]).double(), torch.flip(tensor(${filters}[:, None]).double(), (2, 3))${options})${part}`;

export const images: Family = {
  name: 'images',
  title: 'Convolution',
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
        failsAtBuild('a step of 0', /\[conv2d\] expected subsample of 2 positive integers/, () =>
          tno.conv2d(tno.tensor4('x'), tno.tensor4('w'), { subsample: 0 }),
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
    ...([2, 3] as const).flatMap((spatial) => [toImages(spatial), toFilters(spatial)]),
    ...([2, 3] as const).map(separable),
    row('convolve2d', {
      calls: [
        way('matrices', [of(4, 5), of(2, 3)], {
          build: (x, w) => tno.convolve2d(x, w, { borderMode: 'full' }),
          oracle: planes('a[None]', 'b[None]', '[0, 0]', ', padding=(b.shape[0] - 1, b.shape[1] - 1)'),
          shapes: { empty: [[0, 5], [1, 3]] },
          throws: { empty: /expected filters to reach over at most 0 cells/ },
        }),
        way('batches', [of(2, 4, 5), of(3, 2, 2)], {
          build: (x, w) => tno.convolve2d(x, w),
          oracle: planes('a', 'b', ''),
          shapes: { empty: [[0, 4, 5], [3, 2, 2]] },
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      names: {
        theano: 'signal.conv.conv2d',
        numpy: 'scipy.signal.convolve2d',
        pytorch: null,
        jax: 'jax.scipy.signal.convolve2d',
      },
    }), // prettier-ignore
  ],
};
