import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { ndarray, type NDArray } from '../index.js';
import { verifyGrad } from '../grad/verify-grad.js';

const device = tno.createReferenceDevice();
const x = tno.matrix('x', 'float64');
const n = tno.lscalar('n');
const values = ndarray([[3, NaN, 1], [2, 2, -Infinity]]); // prettier-ignore

/** Values of outputs at a matrix. */
function at(matrix: NDArray<'float64'>, ...outputs: tno.TensorVariable[]): unknown[] {
  const f = tno.function([x], outputs, { device, onUnusedInput: 'ignore' });
  return (f(matrix) as NDArray[]).map((y) => y.toNested());
}

describe('sort and argsort', () => {
  it('go in ascending order, equal elements as they were, NaN last', () => {
    const got = at(values, tno.argsort(x), tno.argsort(x, 0), tno.sort(x), tno.sort(x, null));
    expect(got).toEqual([
      [[2, 0, 1], [2, 0, 1]],
      [[1, 1, 1], [0, 0, 0]],
      [[1, 3, NaN], [-Infinity, 2, 2]],
      [-Infinity, 1, 2, 2, 3, NaN],
    ]); // prettier-ignore
  });

  it('have gradients, ties those of their places', () => {
    const point = ndarray([[3, 1, 2], [0.5, 0.25, -1]]); // prettier-ignore
    verifyGrad((v) => tno.sort(v).mul([1, 10, 100]), [point]);
    verifyGrad((v) => tno.sort(v, 0).mul([[1], [10]]), [point]);
    const g = tno.grad(tno.sort(x).mul([1, 10, 100]).sum(), x);
    expect(at(ndarray([[2, 1, 1]]), g)).toEqual([[[100, 1, 10]]]);
  });
});

describe('topk', () => {
  const point = ndarray([[3, 1, 2], [5, 7, 6]]); // prettier-ignore

  it('gives the greatest, or for a negative k the least, with their positions', () => {
    const [most, where] = tno.topkAndArgtopk(x, 2);
    const got = at(point, most, where, tno.topk(x, -2), tno.topk(x, 1, 0), tno.topk(x, 0));
    expect(got).toEqual([
      [[3, 2], [7, 6]],
      [[0, 2], [1, 2]],
      [[1, 2], [5, 6]],
      [[5, 7, 6]],
      [[], []],
    ]); // prettier-ignore
    expect(at(point, tno.argtopk(x, -4, null))).toEqual([[1, 2, 0, 3]]);
  });

  it('takes a symbolic k', () => {
    const f = tno.function([x, n], tno.topk(x, n), { device });
    expect(f(point, 2).toNested()).toEqual([[3, 2], [7, 6]]); // prettier-ignore
    expect(f(point, -1).toNested()).toEqual([[1], [5]]);
    expect(() => f(point, 4)).toThrow(tno.IndexRangeError);
  });

  it('has the gradient of what it takes', () => {
    verifyGrad((v) => tno.topk(v, 2).mul([1, 10]), [point]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a k that is no integer', () => tno.topk(x, 1.5), /\[topk\] expected an integer k, got float/],
    ['a k that is no scalar', () => tno.topk(x, tno.lvector('k')), /\[topk\] expected a scalar k/],
    [
      'more than there are',
      () => tno.topk(tno.tensor('float32', [2], 'v'), 3),
      /\[topk\] expected a k of at most 2, got 3 \(v\)/,
    ],
    ['an axis out of range', () => tno.sort(x, 2), /\[sort\] expected an axis.* got 2/],
  ])('refuses %s', (_about, build, message) => {
    expect(build).toThrow(message);
  });
});

describe('searchsorted', () => {
  const v = tno.vector('v', 'float64');

  it('finds places before or behind equal elements', () => {
    const sides = [tno.searchsorted(v, x), tno.searchsorted(v, x, 'right')];
    const f = tno.function([v, x], sides, { device });
    const found = f(ndarray([1, 2, 2, 4]), ndarray([[0, 2], [4, NaN]])) as NDArray[]; // prettier-ignore
    expect(found.map((y) => y.toNested())).toEqual([
      [[0, 1], [3, 4]],
      [[0, 3], [4, 4]],
    ]); // prettier-ignore
    const order = tno.searchsorted(v, 2, 'left', tno.argsort(v));
    expect(tno.function([v], order, { device })(ndarray([4, 1, 2]))).toBe(1);
    expect(() => tno.searchsorted(x, v)).toThrow(/\[searchsorted\] expected a sorted vector/);
  });
});
