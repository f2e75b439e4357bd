import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { expectValues } from '../../test/support/expect-values.js';
import { IndexRangeError } from '../errors.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { guardIndex } from './guard-index.js';

describe('guardIndex', () => {
  const guard = (value: NDArray, index: NDArray, size: number): NDArray =>
    run(guardIndex, [value, index, ndarray(BigInt(size))]);

  it('gives the value while every index is within the axis', () => {
    const value = ndarray([7n, 8n, 9n]);
    expectValues(guard(value, ndarray([0n, -3n, 2n]), 3), value);
    expectValues(
      guard(NDArray.zeros([0], 'int64'), NDArray.zeros([0], 'int64'), 0),
      NDArray.zeros([0], 'int64'),
    );
  });

  it('fails for an index before or behind it', () => {
    for (const bad of [3n, -4n]) {
      expect(() => guard(ndarray([1n]), ndarray([bad]), 3)).toThrow(IndexRangeError);
    }
    expect(() => guard(ndarray([1n]), ndarray([5n]), 3)).toThrow(
      'expected an index within [-3, 2], got 5',
    );
  });
});
