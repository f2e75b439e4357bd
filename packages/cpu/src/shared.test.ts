import { DTypeError, dtypes, ndarray, NDArray, ShapeError } from '@tno/core';
import { describe, expect, it } from 'vitest';
import { loadAddon } from './native.js';
import { CpuShared } from './shared.js';

const shared = (value: NDArray): CpuShared => new CpuShared(loadAddon(), value);

describe('CpuShared', () => {
  it.each(dtypes)('keeps a value of %s', (dtype) => {
    const value = ndarray([[1, 0, 1]], dtype);
    const storage = shared(value);
    expect(storage.dtype).toBe(dtype);
    expect(storage.shape).toEqual([1, 3]);
    expect(storage.read().equals(value)).toBe(true);
    expect(storage.read({ borrow: true }).equals(value)).toBe(true);
  });

  it('keeps scalars, empty arrays and views', () => {
    for (const value of [
      ndarray(2.5),
      NDArray.zeros([0, 3]),
      ndarray([
        [1, 2, 3],
        [4, 5, 6],
      ]).transpose(),
      ndarray([1, 2, 3, 4]).slice([1, 3]),
    ]) {
      expect(shared(value).read().equals(value)).toBe(true);
    }
  });

  it('reads a copy, and lends its memory', () => {
    const storage = shared(ndarray([1, 2, 3]));
    const copy = storage.read();
    copy.set(9, 0);
    expect(storage.read().get(0)).toBe(1);
    const lent = storage.read({ borrow: true });
    lent.set(9, 0);
    expect(storage.read().get(0)).toBe(9);
    expect(storage.read({ borrow: true }).data.buffer).toBe(lent.data.buffer);
  });

  it('takes another shape, and counts its writes', () => {
    const storage = shared(ndarray([1, 2, 3]));
    const before = storage.version;
    storage.write(ndarray([4, 5]));
    expect(storage.shape).toEqual([2]);
    expect(storage.read().equals(ndarray([4, 5]))).toBe(true);
    storage.write(NDArray.full([1000], 7));
    expect(storage.read().equals(NDArray.full([1000], 7))).toBe(true);
    expect(storage.version).toBe(before + 2);
  });

  it('leaves lent memory safe to read when it moves to other memory', () => {
    const storage = shared(ndarray([1, 2, 3]));
    const lent = storage.read({ borrow: true });
    storage.write(NDArray.full([100_000], 7));
    expect(lent.equals(ndarray([1, 2, 3]))).toBe(true);
    expect(storage.read({ borrow: true }).get(99_999)).toBe(7);
  });

  it('survives lent memory that is transferred away', () => {
    const storage = shared(ndarray([1, 2, 3]));
    const { buffer } = storage.read({ borrow: true }).data;
    try {
      structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
    } catch {
      // Refusing the transfer is as good.
    }
    expect(storage.read().equals(ndarray([1, 2, 3]))).toBe(true);
    expect(storage.read({ borrow: true }).equals(ndarray([1, 2, 3]))).toBe(true);
  });

  it('writes its own lent memory back', () => {
    const storage = shared(ndarray([1, 2, 3, 4]));
    storage.write(storage.read({ borrow: true }).slice([1, 4]));
    expect(storage.read().equals(ndarray([2, 3, 4]))).toBe(true);
  });

  it('takes shared array buffers', () => {
    const data = new Float64Array(new SharedArrayBuffer(24));
    data.set([1, 2, 3]);
    const value = new NDArray('float64', data, [3]);
    expect(
      shared(value)
        .read()
        .equals(ndarray([1, 2, 3])),
    ).toBe(true);
  });

  it('keeps dtype and rank', () => {
    const storage = shared(ndarray([1, 2, 3], 'float32'));
    expect(() => storage.write(ndarray([1, 2], 'float64'))).toThrow(DTypeError);
    expect(() => storage.write(ndarray([[1, 2]], 'float32'))).toThrow(ShapeError);
    expect(storage.read().equals(ndarray([1, 2, 3], 'float32'))).toBe(true);
  });

  it('lends and moves without end in a loop that never yields', () => {
    const storage = shared(NDArray.zeros([1], 'float32'));
    const before = process.memoryUsage().rss;
    for (let i = 1; i <= 200; i++) {
      // Always larger than before, so that the memory moves; 16 MB at the end.
      storage.write(NDArray.zeros([i * 20_000], 'float32'));
      storage.read({ borrow: true });
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(700e6);
  });
});
