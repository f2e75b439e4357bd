import { ndarray } from '@tno/core';
import type { NDArray } from '@tno/core';
import { describe, expect, it } from 'vitest';
import { IndexableDataset } from '../dataset.js';
import { SequentialScheme } from '../schemes.js';
import { DataStream } from '../stream.js';
import { Cast } from './cast.js';
import { Flatten } from './flatten.js';
import { Mapping } from './mapping.js';
import { ScaleAndShift, scaleAndShift } from './scale-and-shift.js';

function stream() {
  const dataset = new IndexableDataset({
    features: ndarray(
      [
        [
          [0, 64],
          [128, 255],
        ],
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
      'uint8',
    ),
    targets: ndarray([3, 1, 2], 'int64'),
  });
  return new DataStream(dataset, new SequentialScheme(3, 2));
}

describe('Mapping', () => {
  it('changes every batch and may change the sources', () => {
    const sizes = new Mapping(stream(), ({ targets }) => ({ size: ndarray([targets.shape[0]]) }));
    expect(Array.from(sizes, ({ size }) => size.toNested())).toEqual([[2], [1]]);
    expect(Object.keys([...sizes][0])).toEqual(['size']);
  });
});

describe('Cast', () => {
  it('changes the dtype of the named sources only', () => {
    const [batch] = [...new Cast(stream(), 'float64', ['targets'])];
    const targets: NDArray<'float64'> = batch.targets;
    expect(targets.toNested()).toEqual([3, 1]);
    expect(targets.dtype).toBe('float64');
    expect(batch.features.dtype).toBe('uint8');
  });
});

describe('Flatten', () => {
  it('makes one vector of each example, without a copy', () => {
    const [whole] = [...stream()];
    const batches = [...new Flatten(stream(), ['features'])];
    expect(batches.map(({ features }) => features.shape)).toEqual([
      [2, 4],
      [1, 4],
    ]);
    expect(batches[1].features.toNested()).toEqual([[5, 6, 7, 8]]);
    expect(whole.features.shape).toEqual([2, 2, 2]);
  });

  it('makes vectors of one element of scalars', () => {
    const [batch] = [...new Flatten(stream(), ['targets'])];
    expect(batch.targets.toNested()).toEqual([[3], [1]]);
  });
});

describe('ScaleAndShift', () => {
  it('gives float32 of the named sources, as part of a chain', () => {
    const flat = new Flatten(stream(), ['features']);
    const [batch] = [...new ScaleAndShift(flat, 1 / 256, -0.5, ['features'])];
    const features: NDArray<'float32'> = batch.features;
    expect(features.toNested()).toEqual([
      [-0.5, -0.25, 0, 0.49609375],
      [1, 2, 3, 4].map((value) => value / 256 - 0.5),
    ]);
    expect(batch.targets.dtype).toBe('int64');
  });

  it('rounds once, from double precision', () => {
    const [value] = scaleAndShift(ndarray([3], 'int32'), 0.1, 1e-9).data;
    expect(value).toBe(Math.fround(3 * 0.1 + 1e-9));
  });

  it('takes every dtype and arrays that are not contiguous', () => {
    expect(scaleAndShift(ndarray([1, -2], 'int64'), 2).toNested()).toEqual([2, -4]);
    expect(scaleAndShift(ndarray([0.5, 2], 'float16'), 2, 1).toNested()).toEqual([2, 5]);
    const transposed = ndarray(
      [
        [1, 2],
        [3, 4],
      ],
      'uint8',
    ).transpose();
    expect(scaleAndShift(transposed, 1).toNested()).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });
});
