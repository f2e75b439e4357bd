import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { ndarray, type NDArray } from '../index.js';
import { verifyGrad } from '../grad/verify-grad.js';

const device = tno.createReferenceDevice();
const x = tno.matrix('x', 'float64');
const at = (matrix: NDArray<'float64'>, ...outputs: tno.TensorVariable[]): unknown[] => {
  const f = tno.function([x], outputs, { device });
  return f(matrix).map((y: unknown) => (y instanceof tno.NDArray ? y.toNested() : y));
};
const point = ndarray([[1, 5, 2], [4, 0, 3]]); // prettier-ignore

describe('medians and quantiles', () => {
  it('are of the middle, over any axes', () => {
    const got = at(
      point,
      tno.median(x),
      tno.median(x, 1),
      tno.median(x, [0, 1], { keepdims: true }),
    );
    expect(got).toEqual([2.5, [2, 3], [[2.5]]]);
    const cube = tno.tensor3('c', 'float64');
    const f = tno.function([cube], tno.median(cube, [0, 2]), { device });
    expect(f(tno.NDArray.arange(12).reshape([2, 3, 2])).toNested()).toEqual([3.5, 5.5, 7.5]);
  });

  it('are NaN where there is one', () => {
    const withNaN = ndarray([[1, NaN, 2], [4, 0, 3]]); // prettier-ignore
    expect(at(withNaN, tno.median(x, 1), tno.quantile(x, 0.5, 1))).toEqual([
      [NaN, 3],
      [NaN, 3],
    ]);
  });

  it('lie between elements in proportion', () => {
    const q = ndarray([0, 0.25, 0.9, 1]);
    expect(at(point, tno.quantile(x, q), tno.quantile(x, 0.5, 1))).toEqual([
      [0, 1.25, 4.5, 5],
      [2, 3],
    ]);
    expect(at(point, tno.quantile(x, ndarray([0.5, 1]), 1))).toEqual([[[2, 3], [5, 4]]]); // prettier-ignore
    expect(() => tno.quantile(x, x)).toThrow(/\[quantile\] expected a number or a vector/);
  });

  it('have gradients', () => {
    verifyGrad((v) => tno.median(v), [point]);
    verifyGrad((v) => tno.median(v, 0), [point]);
    verifyGrad((v) => tno.quantile(v, 0.3, 1), [point]);
  });
});

describe('spreads, counts, differences', () => {
  it('std, ptp, maxAndArgmax, countNonzero', () => {
    const [most, where] = tno.maxAndArgmax(x, 1);
    const got = at(point, tno.std(x), tno.std(x, 0, { ddof: 1 }), tno.ptp(x, 1), most, where, tno.countNonzero(x, 1)); // prettier-ignore
    expect(got[0]).toBeCloseTo(Math.sqrt(17.5 / 6), 12);
    const [a, b, c] = got[1] as number[];
    expect([a * a, b * b, c * c].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([4.5, 12.5, 0.5]);
    expect(got.slice(2)).toEqual([[4, 4], [5, 4], [1, 0], [3, 2]]); // prettier-ignore
    verifyGrad((v) => tno.std(v, 1, { ddof: 1 }), [point]);
    verifyGrad((v) => tno.ptp(v, 0), [point]);
  });

  it('diff', () => {
    expect(at(point, tno.diff(x), tno.diff(x, 2), tno.diff(x, 1, 0), tno.diff(x, 0))).toEqual([
      [[4, -3], [-4, 3]],
      [[-7], [7]],
      [[3, -5, 1]],
      [[1, 5, 2], [4, 0, 3]],
    ]); // prettier-ignore
    const flags = tno.function([x], tno.diff(x.gt(1)), { device });
    expect(flags(point).toNested()).toEqual([[true, false], [true, true]]); // prettier-ignore
    expect(() => tno.diff(x, -1)).toThrow(/\[diff\] expected a whole number of times, got -1/);
    verifyGrad((v) => tno.diff(v, 2).mul(3), [point]);
  });
});

describe('running sums and products', () => {
  it('go along an axis, or over all elements', () => {
    expect(at(point, tno.cumsum(x), tno.cumsum(x, 0), tno.cumprod(x, 1), x.cumprod())).toEqual([
      [1, 6, 8, 12, 12, 15],
      [[1, 5, 2], [5, 5, 5]],
      [[1, 5, 10], [4, 0, 0]],
      [1, 5, 10, 40, 0, 0],
    ]); // prettier-ignore
  });

  it('keep integer dtypes, but for bool', () => {
    const small = tno.bvector('b');
    expect(tno.cumsum(small).dtype).toBe('int8');
    expect(tno.cumsum(small.gt(0)).dtype).toBe('int64');
    expect(tno.cumsum(small, 0, 'float32').dtype).toBe('float32');
    const f = tno.function([small], tno.cumsum(small), { device });
    expect(f(ndarray([100, 100], 'int8')).toNested()).toEqual([100, -56]);
  });

  it('have gradients, products also with zeros', () => {
    const weights = [1, 10, 100];
    verifyGrad((v) => tno.cumsum(v, 1).mul(weights), [point]);
    verifyGrad((v) => tno.cumprod(v, 1).mul(weights), [ndarray([[2, 3, 4], [0, 3, 4], [2, 0, 4], [0, 0, 4]])], { order: 2 }); // prettier-ignore
    const zeros = ndarray([[2, 3, 0], [0, 3, 0], [0, 0, 0]]); // prettier-ignore
    for (const axis of [0, 1, [0, 1], []])
      verifyGrad((v) => tno.prod(v, axis), [zeros], { order: 2 });
    verifyGrad((v) => tno.prod(v, 1), [zeros], { order: 3 });
    verifyGrad((v) => tno.cumprod(v, 1).mul(weights), [zeros], { order: 3 });
    verifyGrad((v) => tno.cumprod(v, 0).mul(3), [ndarray([[2, 3], [0.5, 4]])]); // prettier-ignore
  });
});

describe('dtypes of sums', () => {
  it('are those asked for, within the accumulator', () => {
    const [b, h] = [tno.bvector('b'), tno.vector('h', 'float16')];
    expect([b.sum(), tno.prod(b), tno.wvector('w').sum()].map((y) => y.dtype)).toEqual(['int64', 'int64', 'int64']); // prettier-ignore
    expect(b.sum(null, { dtype: 'int8' }).dtype).toBe('int8');
    expect(b.sum(null, { accDtype: 'int16' }).dtype).toBe('int64');
    expect([h.sum(null, { accDtype: 'float64' }).dtype, h.mean(null, { dtype: 'float32' }).dtype]).toEqual(['float16', 'float32']); // prettier-ignore
    const outputs = [b.sum(0, { dtype: 'int8' }), b.sum()];
    const f = tno.function([b], outputs, { device });
    expect(f(ndarray([100, 100], 'int8')).map(Number)).toEqual([-56, 200]);
    const wide = tno.function([h], [h.sum(null, { dtype: 'float32' }), h.mean(null, { accDtype: 'float64' })], { device }); // prettier-ignore
    expect(wide(ndarray([65504, 65504], 'float16')).map(Number)).toEqual([131008, 65504]);
  });

  it('refuse to lose fractions', () => {
    const v = tno.vector('v');
    expect(() => v.sum(null, { dtype: 'int32' })).toThrow(
      /\[sum\] expected a float dtype for float/,
    );
    expect(() => tno.mean(v, null, { dtype: 'int32' })).toThrow(/\[mean\] expected a float dtype/);
  });

  it('products may promise that no factor is 0', () => {
    verifyGrad((v) => tno.prod(v, 1, { noZerosInInput: true }), [ndarray([[2, 3], [0.5, 4]])]); // prettier-ignore
    const g = tno.grad(tno.prod(x, null, { noZerosInInput: true }), x);
    expect(at(ndarray([[0, 2]]), g)).toEqual([[[NaN, 0]]]);
  });
});
