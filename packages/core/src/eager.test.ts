import { describe, expect, it } from 'vitest';
import { nd, ndarray, ShapeError } from './index.js';

describe('eager functions', () => {
  const a = ndarray(
    [
      [1, 2],
      [3, 4],
    ],
    'float32',
  );

  it('compute with the rules of graphs', () => {
    expect(nd.add(a, 1).toNested()).toEqual([
      [2, 3],
      [4, 5],
    ]);
    expect(nd.add(a, 1).dtype).toBe('float32');
    expect(nd.mul(a, ndarray([[10], [100]], 'float32')).toNested()).toEqual([
      [10, 20],
      [300, 400],
    ]);
    expect(nd.div(ndarray([1n, 2n]), 2).toNested()).toEqual([0.5, 1]);
    expect(nd.gt(a, 2).toNested()).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(nd.where(nd.gt(a, 2), a, 0).toNested()).toEqual([
      [0, 0],
      [3, 4],
    ]);
  });

  it('reduce over axes', () => {
    expect(nd.sum(a).item()).toBe(10);
    expect(nd.mean(a, 0).toNested()).toEqual([2, 3]);
    expect(nd.max(a, 1, { keepdims: true }).toNested()).toEqual([[2], [4]]);
    expect(nd.argmax(a, 1).toNested()).toEqual([1, 1]);
  });

  it('multiply matrices and refuse what does not fit', () => {
    expect(nd.dot(a, a).toNested()).toEqual([
      [7, 10],
      [15, 22],
    ]);
    expect(() => nd.dot(a, ndarray([1, 2, 3], 'float32'))).toThrow(ShapeError);
    expect(() => nd.add(a, ndarray([1, 2, 3], 'float32'))).toThrow(ShapeError);
  });

  it('leave their operands alone', () => {
    nd.exp(nd.neg(a));
    expect(a.toNested()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});
