import { IndexRangeError, ndarray, NDArray, ShapeError } from '@tno/core';
import { describe, expect, it } from 'vitest';
import { IndexableDataset, IterableDataset } from './dataset.js';
import { ConstantScheme, SequentialScheme, ShuffledScheme } from './schemes.js';
import { DataStream } from './stream.js';

function numbered(n: number) {
  return new IndexableDataset({
    features: NDArray.arange(0, 2 * n, 1, 'float32').reshape([n, 2]),
    targets: NDArray.arange(0, n, 1, 'int64'),
  });
}

describe('IndexableDataset', () => {
  it('gives ranges as views of its arrays', () => {
    const dataset = numbered(5);
    const { features, targets } = dataset.get({ kind: 'range', start: 1, stop: 3 });
    expect(features.toNested()).toEqual([
      [2, 3],
      [4, 5],
    ]);
    expect(targets.toNested()).toEqual([1, 2]);
    expect(features.data).toBe(dataset.arrays.features.data);
    expect(targets.data).toBe(dataset.arrays.targets.data);
  });

  it('gives chosen examples in the order asked for, repeated ones too', () => {
    const indices = Int32Array.of(4, 0, 4);
    const { features, targets } = numbered(5).get({ kind: 'indices', indices });
    expect(features.toNested()).toEqual([
      [8, 9],
      [0, 1],
      [8, 9],
    ]);
    expect(targets.toNested()).toEqual([4, 0, 4]);
    expect([features.dtype, targets.dtype]).toEqual(['float32', 'int64']);
  });

  it('chooses from slices and from arrays that are not contiguous', () => {
    const part = numbered(5).slice(2, 5);
    const indices = Int32Array.of(2, 0);
    expect(part.get({ kind: 'indices', indices }).features.toNested()).toEqual([
      [8, 9],
      [4, 5],
    ]);
    const transposed = new IndexableDataset({
      x: ndarray([
        [1, 2, 3],
        [4, 5, 6],
      ]).transpose(),
    });
    expect(transposed.get({ kind: 'indices', indices }).x.toNested()).toEqual([
      [3, 6],
      [1, 4],
    ]);
  });

  it('rejects sources of different lengths, scalars and no source at all', () => {
    const three = NDArray.zeros([3]);
    expect(() => new IndexableDataset({ a: three, b: NDArray.zeros([4, 3]) })).toThrow(ShapeError);
    expect(() => new IndexableDataset({ a: three, b: NDArray.zeros([4]) })).toThrow(/a: 3, b: 4/);
    expect(() => new IndexableDataset({ a: NDArray.zeros([]) })).toThrow(/a: a scalar/);
    expect(() => new IndexableDataset({})).toThrow(/no source/);
  });

  it('rejects examples that do not exist', () => {
    const dataset = numbered(5);
    expect(() => dataset.get({ kind: 'range', start: 4, stop: 6 })).toThrow(IndexRangeError);
    expect(() => dataset.get({ kind: 'range', start: -1, stop: 2 })).toThrow(/got -1 and 2/);
    const indices = Int32Array.of(0, 5);
    expect(() => dataset.get({ kind: 'indices', indices })).toThrow(/0 to 4, got 5/);
  });
});

describe('DataStream', () => {
  it('reads an epoch in order, without copying', () => {
    const dataset = numbered(5);
    const batches = [...new DataStream(dataset, new SequentialScheme(5, 2))];
    expect(batches.map(({ targets }) => targets.toNested())).toEqual([[0, 1], [2, 3], [4]]);
    for (const batch of batches) expect(batch.features.data).toBe(dataset.arrays.features.data);
  });

  it('goes on to the next epoch each time it is iterated', () => {
    const read = (batches: Iterable<{ targets: NDArray }>): unknown =>
      Array.from(batches, ({ targets }) => targets.toNested());
    const stream = new DataStream(numbered(20), new ShuffledScheme(20, 8, 3));
    const first = read(stream);
    const second = read(stream);
    expect(second).not.toEqual(first);
    expect(read(stream.epoch(0))).toEqual(first);
    expect(read(stream.epoch(1))).toEqual(second);
  });
});

describe('IterableDataset', () => {
  const counting = (n: number, closed: string[] = []) =>
    new IterableDataset(function* () {
      try {
        for (let i = 0; i < n; i++)
          yield { x: ndarray([i, 10 + i], 'int32'), y: ndarray(i, 'float32') };
      } finally {
        closed.push('closed');
      }
    });

  it('stacks examples to batches, the last one being shorter', () => {
    const batches = [...new DataStream(counting(5), new ConstantScheme(2))];
    expect(batches.map(({ x }) => x.toNested())).toEqual([
      [
        [0, 10],
        [1, 11],
      ],
      [
        [2, 12],
        [3, 13],
      ],
      [[4, 14]],
    ]);
    expect(batches.map(({ y }) => y.toNested())).toEqual([[0, 1], [2, 3], [4]]);
    expect(batches[0].x.dtype).toBe('int32');
  });

  it('begins anew each epoch and gives no empty batch', () => {
    const stream = new DataStream(counting(4), new ConstantScheme(2));
    expect([...stream]).toHaveLength(2);
    expect([...stream]).toHaveLength(2);
  });

  it('stops an endless source at the limit and closes it', () => {
    const closed: string[] = [];
    const stream = new DataStream(counting(Infinity, closed), new ConstantScheme(3, { times: 2 }));
    expect(Array.from(stream, ({ y }) => y.toNested())).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(closed).toEqual(['closed']);
  });

  it('rejects examples of different shapes', () => {
    const ragged = new IterableDataset(() => [{ x: ndarray([1]) }, { x: ndarray([1, 2]) }]);
    const stream = new DataStream(ragged, new ConstantScheme(2));
    expect(() => [...stream]).toThrow(/examples of float64 \[1\], got float64 \[2\]/);
  });
});
