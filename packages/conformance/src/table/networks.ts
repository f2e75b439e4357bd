/** What networks are made of, trained with and judged by. */
import * as tno from '@tno/core';
import { failsAtBuild, row, smooth, way } from '../make-row.js';
import type { Family, Input, Names } from '../row.js';
import { below, between } from '../values.js';

const of = (...shape: number[]): Input => ({ shape, values: between(-2, 2) });
const shares = (...shape: number[]): Input => ({ shape, values: between(0.1, 0.9) });
const classes = (n: number, ...shape: number[]): Input => ({
  shape,
  values: below(n),
  dtype: 'int64',
});
const sums = { float16: 16, float32: 32, float64: 64, beside: 'array' } as const;
const only = (theano: string | null, pytorch: string | null = null): Names => ({
  theano,
  numpy: null,
  pytorch,
  jax: null,
});
const ofRanks = /expected/;

export const networks: Family = {
  name: 'networks',
  title: 'Losses, normalisation, images',
  rows: [
    row('categoricalCrossentropy', {
      calls: [
        way('classes', [shares(3, 4), classes(4, 3)], {
          build: (p, t) => tno.categoricalCrossentropy(p, t),
          oracle: '-np.log(a)[np.arange(len(b)), b]',
          shapes: {
            empty: [[0, 4], [0]],
            one: [[1, 4], [1]],
            special: [[12, 4], [12]],
          },
        }),
        way('distributions', [shares(3, 4), shares(3, 4)], {
          build: (p, t) => tno.categoricalCrossentropy(p, t),
          oracle: '-(b * np.log(a)).sum(-1)',
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtBuild('targets of floats', /expected integers as classes, got float/, () =>
          tno.categoricalCrossentropy(tno.matrix('p'), tno.vector('t')),
        ),
        failsAtBuild('targets of rank 0', /expected targets of rank 2 or 1, got/, () =>
          tno.categoricalCrossentropy(tno.matrix('p'), tno.lscalar('t')),
        ),
      ],
      names: only('nnet.categorical_crossentropy', 'F.nll_loss'),
      note: 'of a softmax without underflow',
    }),
    row('binaryCrossentropy', {
      calls: [
        way('', [shares(3, 4), shares(3, 4)], {
          build: (p, t) => tno.binaryCrossentropy(p, t),
          oracle: '-(b * np.log(a) + (1.0 - b) * np.log1p(-1.0 * a))',
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      names: only('nnet.binary_crossentropy', 'F.binary_cross_entropy'),
    }),
    row('sigmoidBinaryCrossentropy', {
      calls: [
        way('', [of(3, 4), shares(3, 4)], {
          build: (x, t) => tno.sigmoidBinaryCrossentropy(x, t),
          oracle: 'b * np.logaddexp(0, -1.0 * a) + (1.0 - b) * np.logaddexp(0, a)',
        }),
      ],
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      names: only('nnet.sigmoid_binary_crossentropy', 'F.binary_cross_entropy_with_logits'),
    }),
    row('confusionMatrix', {
      calls: [
        way(
          '',
          [4, 5].map((n) => ({ shape: [9], values: below(n) })),
          {
            build: (a, p) => tno.confusionMatrix(a, p),
            oracle: 'confusion(a, b)',
            shapes: { special: [[0], [0]] },
          },
        ),
      ],
      result: ['int64', 'same'],
      gradient: { kind: 'none', why: 'it counts' },
      failures: [
        failsAtBuild('a matrix', /\[confusion_matrix\] expected vectors, got/, () =>
          tno.confusionMatrix(tno.lmatrix('a'), tno.lvector('p')),
        ),
      ],
      names: only('nnet.confusion_matrix'),
    }),
    row('layerNormalization', {
      calls: [
        way('', [of(3, 4), of(4), of(4)], {
          build: (x, gamma, beta) => tno.layerNormalization(x, gamma, beta),
          oracle: 'normalized(a, 1, 1e-5) * b + c',
          shapes: { empty: [[0, 4], [4], [4]], special: [[0, 4], [4], [4]] },
        }),
      ],
      result: 'float',
      tolerance: { float16: 32, float32: 64, float64: 128, beside: 'array' },
      gradient: smooth(),
      names: only(null, 'F.layer_norm'),
    }),
    row('batchNormalizationTrain', {
      calls: [
        way('', [of(5, 3), of(3), of(3)], {
          build: (x, gamma, beta) => {
            const { output, mean, invStd } = tno.batchNormalizationTrain(x, gamma, beta);
            return [output, mean, invStd];
          },
          oracle:
            '(normalized(a, 0, 1e-4) * b + c, a.mean(0, keepdims=True), 1 / np.sqrt(a.var(0, keepdims=True) + 1e-4))',
          shapes: { empty: [[5, 0], [0], [0]], special: [[5, 0], [0], [0]] },
        }),
      ],
      result: ['float', 'float', 'float'],
      tolerance: { float16: 64, float32: 1024, float64: 1024, beside: 'array' },
      gradient: smooth(),
      failures: [
        failsAtBuild('parameters of another rank', ofRanks, () =>
          tno.batchNormalizationTrain(tno.matrix('x'), tno.tensor3('g'), tno.vector('b')),
        ),
      ],
      names: only('nnet.bn.batch_normalization_train', 'F.batch_norm'),
    }),
    row('batchNormalizationTest', {
      calls: [
        way('', [of(5, 3), of(3), of(3), shares(3)], {
          build: (x, gamma, beta, spread) =>
            tno.batchNormalizationTest(x, gamma, beta, beta, spread),
          oracle: '(a - c) / np.sqrt(d + 1e-4) * b + c',
          shapes: {
            one: [[5, 1], [1], [1], [1]],
            empty: [[5, 0], [0], [0], [0]],
            special: [[5, 0], [0], [0], [0]],
          },
        }),
      ],
      result: 'float',
      tolerance: { float16: 32, float32: 64, float64: 128, beside: 'array' },
      gradient: smooth(),
      failures: [
        failsAtBuild('parameters of another rank', ofRanks, () =>
          tno.batchNormalizationTest(tno.matrix('x'), tno.tensor3('g'), 0, 0, 1),
        ),
      ],
      names: only('nnet.bn.batch_normalization_test', 'F.batch_norm'),
    }),
    row('localResponseNormalization', {
      calls: [
        way('', [of(2, 6, 2)], {
          build: (x) => tno.localResponseNormalization(x, { alpha: 0.2 }),
          oracle: 'F.local_response_norm(tensor(a).double(), 5, alpha=1.0, beta=0.75, k=2.0)',
          shapes: { empty: [[0, 6, 2]], special: [[0, 6, 2]] },
        }),
      ],
      result: 'float',
      tolerance: { float16: 16, float32: 32, float64: 64, beside: 'array' },
      gradient: smooth(),
      failures: [
        failsAtBuild(
          'an even number of channels',
          /expected an odd number of channels, got 4/,
          () => tno.localResponseNormalization(tno.tensor4('x'), { n: 4 }),
        ),
      ],
      names: only(null, 'F.local_response_norm'),
    }),
    row('convolve1d', {
      calls: (['full', 'same', 'valid'] as const).map((mode) =>
        way(mode, [of(7), of(4)], {
          build: (a, b) => tno.convolve1d(a, b, mode),
          oracle: `np.convolve(a * np.longdouble(1), b * np.longdouble(1), '${mode}')`,
          shapes: { empty: [[1], [3]], special: [[1], [1]] },
        }),
      ),
      result: 'float',
      tolerance: sums,
      gradient: smooth(),
      failures: [
        failsAtBuild('a matrix', /\[convolve1d\] expected operands of rank 1/, () =>
          tno.convolve1d(tno.matrix('a'), tno.vector('b')),
        ),
      ],
      names: { theano: null, numpy: 'np.convolve', pytorch: null, jax: 'jnp.convolve' },
      note: "PyTensor's `convolve1d`",
    }),
    ...(['bilinearUpsampling', 'fracBilinearUpsampling'] as const).map((op) =>
      row(op, {
        calls: [
          way('', [of(2, 3, 4)], {
            build: (x) =>
              op === 'bilinearUpsampling'
                ? tno.bilinearUpsampling(x, [3, 2])
                : tno.fracBilinearUpsampling(x, [[6, 4], [2, 3]]), // prettier-ignore
            oracle:
              op === 'bilinearUpsampling'
                ? 'upsampled(a, (3, 1), (2, 1))'
                : 'upsampled(a, (3, 2), (2, 3))',
            shapes: { empty: [[0, 3, 4]], special: [[0, 3, 4]] },
          }),
        ],
        result: 'float',
        tolerance: sums,
        gradient: smooth(),
        failures: [
          failsAtBuild('a vector', /expected images and positive integers as ratios/, () =>
            tno[op](tno.vector('x'), [2, 1]),
          ),
        ],
        names: only(
          op === 'bilinearUpsampling'
            ? 'nnet.abstract_conv.bilinear_upsampling'
            : 'nnet.abstract_conv.frac_bilinear_upsampling',
        ),
      }),
    ),
  ],
};
