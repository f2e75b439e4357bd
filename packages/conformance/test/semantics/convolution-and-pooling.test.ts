/** Convolution, pooling, normalisation and dropout: the values that set their conventions. */
import * as tno from '@tno/core';
import { NDArray, type TensorVariable } from '@tno/core';
import { describe, expect, it } from 'vitest';
import { f64, gives, givesTheSameCompiled, refuses, ways } from './every-way.js';

/** One image of one channel. */
const image = (values: readonly (readonly number[])[]): NDArray =>
  f64(values).reshape([1, 1, values.length, values[0].length]);
const counted = (...shape: number[]): NDArray =>
  NDArray.arange(0, shape.reduce((a, b) => a * b, 1), 1, 'float64').reshape(shape); // prettier-ignore
const zeros = (...shape: number[]): NDArray => NDArray.zeros(shape, 'float64');
/** Without the axes of the images and channels. */
const plane = (y: TensorVariable): TensorVariable => y.at(0, 0);

describe('conv2d', () => {
  const two = image([[1, 2], [3, 4]]); // prettier-ignore
  gives('turns filters around: 20', [two, two], (x, w) => plane(tno.conv2d(x, w)), [[20]]);
  gives('unless filterFlip is false: 30', [two, two], (x, w) => plane(tno.conv2d(x, w, { filterFlip: false })), [[30]]); // prettier-ignore

  const sizes: readonly (readonly [string, number, number, tno.ConvOptions, number[]])[] = [
    ['half with 2x2 on 4x4', 4, 2, { borderMode: 'half' }, [5, 5]],
    ['half with 3x3 on 4x4', 4, 3, { borderMode: 'half' }, [4, 4]],
    ['full with 3x3 on 4x4', 4, 3, { borderMode: 'full' }, [6, 6]],
    ['dilation 2 with 3x3 on 5x5', 5, 3, { filterDilation: 2 }, [1, 1]],
    ['borders (0, 1) and (2, 0) with 3x3 on 5x5', 5, 3, { borderMode: [[0, 1], [2, 0]] }, [4, 5]],
    ['subsample 2 with 3x3 on 5x5', 5, 3, { subsample: 2 }, [2, 2]],
  ]; // prettier-ignore
  for (const [about, n, k, options, expected] of sizes)
    gives(`${about}: ${expected.join('x')}`, [zeros(2, 3, n, n), zeros(4, 3, k, k)], (x, w) => tno.shape(tno.conv2d(x, w, options)), [2, 4, ...expected]); // prettier-ignore
  gives('4 channels in 2 groups with filters (6, 2, 3, 3): 6 maps', [counted(1, 4, 3, 3), counted(6, 2, 3, 3)], (x, w) => tno.shape(tno.conv2d(x, w, { numGroups: 2 })), [1, 6, 1, 1]); // prettier-ignore
  refuses('filters for another number of channels', [zeros(1, 3, 4, 4), zeros(2, 2, 3, 3)], (x, w) => tno.conv2d(x, w), tno.ShapeError, /\[conv2d\] expected filters for 3 channels, got them for 2/); // prettier-ignore
});

describe('pool2d', () => {
  const x = [counted(1, 1, 5, 5)];
  const pooled: readonly (readonly [string, tno.PoolOptions, number[][]])[] = [
    ['max, border ignored', { ignoreBorder: true }, [[6, 8], [16, 18]]],
    ['max, border kept', { ignoreBorder: false }, [[6, 8, 9], [16, 18, 19], [21, 23, 24]]],
    ['average over the cells that are there', { mode: 'averageExcPad', ignoreBorder: false }, [[3, 5, 6.5], [13, 15, 16.5], [20.5, 22.5, 24]]],
    ['the same with the pad counted, of which there is none', { mode: 'averageIncPad', ignoreBorder: false }, [[3, 5, 6.5], [13, 15, 16.5], [20.5, 22.5, 24]]],
  ]; // prettier-ignore
  for (const [about, options, expected] of pooled)
    gives(`of 0 to 24 by 2x2: ${about}`, x, (v) => plane(tno.pool2d(v, 2, options)), expected);
  gives('ignores the border unless told otherwise', x, (v) => plane(tno.pool2d(v, 2)), [[6, 8], [16, 18]]); // prettier-ignore

  const ones = [NDArray.ones([1, 1, 4, 4], 'float64')];
  const padded = (mode: tno.PoolMode) => (v: TensorVariable) => plane(tno.pool2d(v, 2, { mode, pad: 1 })); // prettier-ignore
  gives('counts the pad in an average: corners 0.25, edges 0.5', ones, padded('averageIncPad'), [[0.25, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 0.25]]); // prettier-ignore
  gives('or leaves it out: all 1', ones, padded('averageExcPad'), [[1, 1, 1], [1, 1, 1], [1, 1, 1]]); // prettier-ignore
  gives('pads a maximum with -inf, not 0', ones, (v) => padded('max')(v.neg()), [[-1, -1, -1], [-1, -1, -1], [-1, -1, -1]]); // prettier-ignore

  it('has no pad where the border is kept', () => {
    expect(() => tno.pool2d(tno.dtensor4('x'), 2, { pad: 1, ignoreBorder: false })).toThrow(
      '[pool2d] expected no pad where the border is not ignored',
    );
  });
});

gives(
  'bilinearUpsampling by 2 of [[1, 2], [3, 4]]',
  [image([[1, 2], [3, 4]])], // prettier-ignore
  (x) => plane(tno.bilinearUpsampling(x, 2)),
  [[1, 1.5, 2, 2], [2, 2.5, 3, 3], [3, 3.5, 4, 4], [3, 3.5, 4, 4]], // prettier-ignore
);

describe('batch normalisation', () => {
  const args = [f64([[0, 1], [2, 3]]), f64([1, 1]), f64([0, 0]), f64([0, 0]), f64([1, 1])]; // prettier-ignore
  gives(
    'per activation: ±0.99995, mean [1, 2], and running statistics with the unbiased variance',
    args,
    (x, gamma, beta, runningMean, runningVar) => {
      const r = tno.batchNormalizationTrain(x, gamma, beta, 'per-activation', { runningMean, runningVar, epsilon: 1e-4, runningAverageFactor: 0.1 }); // prettier-ignore
      return [r.output, r.mean, r.invStd, r.runningMean, r.runningVar] as TensorVariable[];
    },
    [
      [[-0.999950003749688, -0.999950003749688], [0.999950003749688, 0.999950003749688]],
      [[1, 2]],
      [[0.999950003749688, 0.999950003749688]],
      [0.1, 0.2],
      [1.1, 1.1],
    ], // prettier-ignore
    { tolerance: 1e-12 },
  );
  it('wants running statistics of the rank of gamma', () => {
    const [x, v] = [tno.dmatrix('x'), tno.dvector('v')];
    expect(() =>
      tno.batchNormalizationTrain(x, v, v, 'per-activation', {
        runningMean: tno.dtensor3('m'),
        runningVar: v,
      }),
    ).toThrow(
      "[batch_normalization_train] expected running statistics of gamma's rank, 1, got float64(?,?,?) (m)",
    );
  });
});

describe('softmax', () => {
  gives('of a vector is a vector (Theano: a matrix)', [f64([0, 0])], (x) => tno.softmax(x), [0.5, 0.5]); // prettier-ignore
  gives('goes along the last axis of any rank', [zeros(1, 2, 4)], (x) => tno.softmax(x), [[[0.25, 0.25, 0.25, 0.25], [0.25, 0.25, 0.25, 0.25]]]); // prettier-ignore
});

gives('hardSigmoid(1) is 0.7', [f64(1)], (x) => tno.hardSigmoid(x), 0.7);
gives('ultraFastSigmoid(-3) is 0.05', [f64(-3)], (x) => tno.ultraFastSigmoid(x), 0.05, { tolerance: 1e-15 }); // prettier-ignore

describe('dropout', () => {
  it('scales what it keeps, with the same mask in value and gradient, in every mode', () => {
    for (const { device, mode, name } of ways) {
      const x = tno.dvector('x');
      const y = tno.dropout(new tno.RandomStream(7, { device }), x, 0.5);
      const f = tno.function([x], [y, tno.grad(y.sum(), x)], { device, mode });
      const [value, mask] = f(NDArray.ones([200], 'float64'));
      expect(value.toNested(), name).toEqual(mask.toNested());
      const numbers = value.toNested() as number[];
      expect(new Set(numbers), name).toEqual(new Set([0, 2]));
    }
  });
});

givesTheSameCompiled();
