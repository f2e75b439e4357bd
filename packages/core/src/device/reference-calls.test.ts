import { describe, expect, it } from 'vitest';
import { DeviceError } from '../errors.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import type { DType } from '../types/dtype.js';
import { runReferenceCall } from './reference-calls.js';

const a = ndarray(
  [
    [1, 2, 3],
    [4, 5, 6],
  ],
  'float32',
);
const b = ndarray(
  [
    [1, 0],
    [0, 1],
    [2, -1],
  ],
  'float32',
);
const scalar = (value: number, dtype: DType = 'float32'): NDArray => ndarray(value, dtype);
const zeros = (shape: number[], dtype: DType = 'float32'): NDArray => NDArray.zeros(shape, dtype);

describe('runReferenceCall', () => {
  it('multiplies matrices, whichever way they lie', () => {
    const product = [
      [7, -1],
      [16, -1],
    ];
    const y = zeros([2, 2]);
    runReferenceCall('gemm', [a, b], [y]);
    expect(y.toNested()).toEqual(product);
    const turned = (m: NDArray): NDArray => m.transpose().copy().transpose();
    const z = zeros([2, 2]);
    runReferenceCall('gemm', [turned(a), turned(b)], [z]);
    expect(z.toNested()).toEqual(product);
  });

  it('adds beta times C, which may be stretched or the result itself', () => {
    const row = ndarray([[10, 20]], 'float32').broadcastTo([2, 2]);
    const y = zeros([2, 2]);
    runReferenceCall('gemm', [a, b, row, scalar(2), scalar(0.5)], [y]);
    expect(y.toNested()).toEqual([
      [19, 8],
      [37, 8],
    ]);
    runReferenceCall('gemm', [a, b, y, scalar(-1), scalar(1)], [y]);
    expect(y.toNested()).toEqual([
      [12, 9],
      [21, 9],
    ]);
  });

  it('does not read C when beta is 0', () => {
    const y = NDArray.full([2], NaN, 'float32');
    const x = ndarray([1, 0, -1], 'float32');
    runReferenceCall('gemv', [a, x, y, scalar(1), scalar(0)], [y]);
    expect(y.toNested()).toEqual([-2, -2]);
  });

  it('rounds float32 products once', () => {
    const ones = NDArray.full([1, 3], 1, 'float32');
    const y = zeros([1]);
    runReferenceCall('gemv', [ones, ndarray([2 ** 24, 1, -(2 ** 24)], 'float32')], [y]);
    expect(y.toNested()).toEqual([1]);
  });

  it('updates by an outer product, in place', () => {
    const y = a.copy();
    const x = ndarray([1, -1], 'float32');
    const v = ndarray([1, 2, 3], 'float32');
    runReferenceCall('ger', [y, x, v, scalar(2)], [y]);
    expect(y.toNested()).toEqual([
      [3, 6, 9],
      [2, 1, 0],
    ]);
  });

  it('wraps integers, 64-bit ones too, and rounds float16', () => {
    const square = (dtype: DType, value: number): unknown => {
      const y = zeros([1, 1], dtype);
      runReferenceCall(
        'gemm',
        [NDArray.full([1, 2], value, dtype), NDArray.full([2, 1], value, dtype)],
        [y],
      );
      return y.toNested();
    };
    expect(square('int8', 100)).toEqual([[32]]);
    expect(square('uint64', 3)).toEqual([[18]]);
    expect(square('float16', 0.1)).toEqual([[0.019989013671875]]);
  });

  it('finds the positions of what is not zero', () => {
    const where = zeros([5], 'int64');
    const count = zeros([], 'int64');
    runReferenceCall('nonzero', [ndarray([0, NaN, -0, 3, 0], 'float16')], [where, count]);
    expect([where.toNested(), count.toNested()]).toEqual([[1, 3, 0, 0, 0], 2]);
    runReferenceCall('nonzero', [ndarray([true, false], 'bool')], [where, count]);
    expect([where.toNested(), count.toNested()]).toEqual([[0, 3, 0, 0, 0], 1]);
  });

  it('refuses shapes that do not fit', () => {
    expect(() => runReferenceCall('gemm', [a, a], [zeros([2, 3])])).toThrow(DeviceError);
    const v = ndarray([1], 'float32');
    expect(() => runReferenceCall('ger', [a, v, v, scalar(1)], [a])).toThrow(DeviceError);
  });
});
