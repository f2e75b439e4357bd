import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { NDArray, ndarray, type TensorVariable } from '../index.js';

const counted = (...shape: number[]): NDArray =>
  NDArray.arange(
    0,
    shape.reduce((a, b) => a * b, 1),
    1,
    'float64',
  ).reshape(shape);
const image = (values: number[][]): NDArray =>
  ndarray(values, 'float64').reshape([1, 1, values.length, values[0].length]);
const evaluate = (y: TensorVariable): NDArray => y.eval() as NDArray;
const plane = (y: TensorVariable): unknown => {
  const value = evaluate(y);
  return value.reshape(value.shape.slice(-2)).toNested();
};
const zeros = (...shape: number[]): NDArray => NDArray.zeros(shape, 'float64');

describe('conv2d', () => {
  it('divides channels into groups', () => {
    const y = tno.conv2d(counted(1, 4, 3, 3), counted(6, 2, 3, 3), { numGroups: 2 });
    const [x, w] = [counted(1, 4, 3, 3), counted(6, 2, 3, 3)];
    const halves = [0, 1].map((k) =>
      evaluate(
        tno.conv2d(x.slice([], [2 * k, 2 * k + 2]).copy(), w.slice([3 * k, 3 * k + 3]).copy()),
      ),
    );
    expect(evaluate(y).toNested()).toEqual([[...halves.flatMap((half) => half.toNested())].flat()]);
  });

  it('names the channels that do not fit', () => {
    expect(() => tno.conv2d(zeros(1, 3, 4, 4), zeros(2, 2, 3, 3)).eval()).toThrow(
      '[conv2d] expected filters for 3 channels, got them for 2',
    );
    expect(() => tno.conv2d(zeros(1, 1, 2, 4), zeros(2, 1, 3, 3)).eval()).toThrow(
      '[conv2d] expected filters to reach over at most 2 cells of spatial axis 0, borders included, got 3',
    );
    expect(() => tno.conv2d(zeros(1, 2, 2), zeros(2, 1, 3, 3))).toThrow(
      '[conv2d] expected operands of rank 4',
    );
  });
});

describe('neighbourhoods', () => {
  const x = counted(1, 2, 4, 4);

  it('are rows of cells, and go back', () => {
    const rows = tno.images2neibs(x, [2, 2]);
    expect(evaluate(rows).slice([0, 3]).toNested()).toEqual([
      [0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13],
    ]); // prettier-ignore
    expect(evaluate(tno.neibs2images(rows, [2, 2], [1, 2, 4, 4])).toNested()).toEqual(x.toNested());
    const wide = tno.images2neibs(x, [3, 3], { step: [1, 1] });
    expect(evaluate(wide).shape).toEqual([8, 9]);
    expect(evaluate(tno.images2neibs(x, [3, 3], { ignoreBorders: true })).shape).toEqual([2, 9]);
    expect(() => tno.images2neibs(x, [3, 3]).eval()).toThrow('[images2neibs] expected size');
  });

  it('meet filters of their own', () => {
    const shared = counted(3, 2, 2, 2);
    const own = shared.reshape([3, 1, 1, 2, 2, 2]).broadcastTo([3, 3, 3, 2, 2, 2]).copy();
    const y = evaluate(tno.unsharedConv2d(x, own));
    expect(y.toNested()).toEqual(evaluate(tno.conv2d(x, shared)).toNested());
  });
});

describe('pool2d', () => {
  it('adds up', () => {
    expect(plane(tno.pool2d(counted(1, 1, 5, 5), 2, { mode: 'sum' }))).toEqual([[12, 20], [52, 60]]); // prettier-ignore
  });

  it('keeps the first maximum of each window in place', () => {
    const y = tno.maxPool2dSameSize(image([[1, 5, 5], [2, 5, 7], [0, 1, 9]]), 2);
    expect(plane(y)).toEqual([[0, 5, 0], [0, 0, 7], [0, 1, 9]]);
  }); // prettier-ignore
});

describe('normalisation', () => {
  it('divides by neighbouring channels', () => {
    const y = tno.localResponseNormalization(NDArray.ones([1, 4, 1, 1], 'float64'), {
      alpha: 1, beta: 1, k: 0, n: 3,
    }); // prettier-ignore
    const expected = ndarray([1 / 2, 1 / 3, 1 / 3, 1 / 2]).reshape([1, 4, 1, 1]);
    expect(evaluate(y).allClose(expected)).toBe(true);
  });
});

describe('upsampling', () => {
  it('repeats the outer cells on both sides for ratios above 2', () => {
    const y = tno.bilinearUpsampling(tno.constant(image([[3, 6]])), [1, 3]);
    expect(plane(y)).toEqual([[3, 3, 4, 5, 6, 6]]);
  });

  it('keeps every q-th cell for a ratio p/q', () => {
    const x = tno.constant(image([[3, 6, 9]]));
    expect(plane(tno.fracBilinearUpsampling(x, [[1, 1], [6, 4]]))).toEqual([[3, 4, 6, 8, 9]]); // prettier-ignore
  });
});

describe('gradients', () => {
  const random = (...shape: number[]): NDArray => {
    let state = 7;
    const values = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return state / 2 ** 30 - 1;
    });
    return NDArray.view(values, shape);
  };

  it.each([
    ['valid', [1, 2, 4, 5], [2, 2, 2, 3], {}],
    ['steps', [1, 1, 6, 7], [2, 1, 2, 2], { subsample: [2, 3], filterDilation: [2, 1] }],
    ['borders', [1, 2, 3, 3], [1, 2, 2, 2], { borderMode: [[1, 0], [2, 1]], filterFlip: false }],
    ['groups', [1, 4, 3, 3], [2, 2, 2, 2], { numGroups: 2, borderMode: 'full' }],
  ] as const)('of conv2d, %s', (_, image, filters, options) => {
    const f = (x: TensorVariable, w: TensorVariable): TensorVariable => tno.conv2d(x, w, options);
    tno.verifyGrad(f, [random(...image), random(...filters)], { order: 2 });
  }); // prettier-ignore

  it.each([
    ['max', { mode: 'max', stride: 1 }],
    ['sum', { mode: 'sum', pad: 1 }],
    ['averageIncPad', { mode: 'averageIncPad', pad: 1 }],
    ['averageExcPad', { mode: 'averageExcPad', ignoreBorder: false }],
  ] as const)('of pool2d, %s', (_, options) => {
    const f = (x: TensorVariable): TensorVariable => tno.pool2d(tno.sqr(x), 2, options);
    tno.verifyGrad(f, [random(2, 5, 3)], { order: 2 });
  });
});
