import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { ndarray, type NDArray } from '../index.js';

const device = tno.createReferenceDevice();
const x = tno.matrix('x', 'float64');
const k = tno.ivector('k');
const nested = (results: unknown): unknown[] => (results as NDArray[]).map((y) => y.toNested());

describe('unique', () => {
  it('gives distinct elements, where they are and how often', () => {
    const { values, indices, inverse, counts } = tno.uniqueAll(x);
    const f = tno.function([x], [tno.unique(x), values, indices, inverse, counts], { device });
    expect(nested(f(ndarray([[3, NaN, 1], [1, 3, NaN]])))).toEqual([
      [1, 3, NaN],
      [1, 3, NaN],
      [2, 0, 1],
      [[1, 2, 0], [0, 1, 2]],
      [2, 2, 2],
    ]); // prettier-ignore
    expect(nested(f(tno.NDArray.zeros([0, 2])))).toEqual([[], [], [], [], []]);
  });
});

describe('bincount', () => {
  const f = tno.function(
    [k],
    [tno.bincount(k), tno.bincount(k, undefined, 5), tno.bincount(k, k.mul(0.5), 2)],
    { device },
  );

  it('counts from 0 to the greatest, or adds weights up', () => {
    expect(nested(f(ndarray([3, 1, 1], 'int32')))).toEqual([
      [0, 2, 0, 1],
      [0, 2, 0, 1, 0],
      [0, 1, 0, 1.5],
    ]);
    expect(nested(f(ndarray([], 'int32')))).toEqual([[], [0, 0, 0, 0, 0], [0, 0]]);
  });

  it('refuses negative elements, and what is no vector of integers', () => {
    expect(() => f(ndarray([3, -1], 'int32'))).toThrow(tno.IndexRangeError);
    expect(() => f(ndarray([3, -1], 'int32'))).toThrow(/counting\.test\.ts/);
    expect(() => tno.bincount(x)).toThrow(/\[bincount\] expected a vector/);
    expect(() => tno.bincount(tno.vector('v'))).toThrow(/\[bincount\] expected integers, got/);
  });

  it('has a gradient by the weights', () => {
    const w = tno.vector('w', 'float64');
    const g = tno.grad(tno.bincount(k, w).mul([1, 10, 100]).sum(), w);
    const slopes = tno.function([k, w], g, { device, onUnusedInput: 'ignore' });
    expect(slopes(ndarray([2, 0, 1], 'int32'), ndarray([1, 1, 1])).toNested()).toEqual([
      100, 1, 10,
    ]);
  });
});

describe('histogram', () => {
  it('counts in bins with their lower edges, the last with both', () => {
    const edges = tno.histogram(x, ndarray([0, 1, 2, 4]));
    const even = tno.histogram(x, 4, { range: [0, 4] });
    const own = tno.histogram(x, 2);
    const f = tno.function(
      [x],
      [edges.counts, even.counts, even.edges, own.counts, own.edges],
      { device },
    ); // prettier-ignore
    expect(nested(f(ndarray([[0, 1, 1.5], [4, 5, -1]])))).toEqual([
      [1, 2, 1],
      [1, 2, 0, 1],
      [0, 1, 2, 3, 4],
      [4, 2],
      [-1, 2, 5],
    ]); // prettier-ignore
    expect(nested(f(tno.NDArray.full([1, 3], 2, 'float64')))[4]).toEqual([1.5, 2, 2.5]);
    expect(() => tno.histogram(x, x)).toThrow(/\[histogram\] expected a number of bins/);
  });
});
