import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  DTypeError,
  IndexRangeError,
  InputError,
  ShapeError,
  UnsafeIntegerError,
} from '../errors.js';
import { dtypeInfo, dtypes, wrapScalar } from './dtype.js';
import type { DType } from './dtype.js';
import { NDArray, ndarray } from './ndarray.js';

const anyScalar = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 65n }),
);

describe('an array', () => {
  it('knows its rank, size and contiguity', () => {
    const a = NDArray.arange(6).reshape([2, 3]);
    expect([a.rank, a.size, a.isContiguous]).toEqual([2, 6, true]);
    expect(a.transpose().isContiguous).toBe(false);
    expect(a.slice(1).isContiguous).toBe(true);
    expect(a.slice(null, 1).isContiguous).toBe(false);
    expect(NDArray.zeros([]).size).toBe(1);
  });

  it('reads and writes elements, negative indices from the end', () => {
    const a = ndarray([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(a.get(1, -1)).toBe(6);
    a.set(9, -2, 0);
    expect(a.get(0, 0)).toBe(9);
    expect(() => a.get(2, 0)).toThrow('[get] expected an index from -2 to 1 on axis 0, got 2');
    expect(() => a.get(0)).toThrow(IndexRangeError);
    expect(() => a.get(0, 0.5)).toThrow(IndexRangeError);
  });

  it('writes only what fits', () => {
    const a = NDArray.zeros(2, 'int8');
    expect(() => a.set(1.5, 0)).toThrow(
      '[set] expected an integer from -128 to 127 for int8, got 1.5',
    );
    expect(() => a.set(300, 0)).toThrow(DTypeError);
    expect(() => NDArray.zeros(1, 'bool').set(2, 0)).toThrow('true, false, 0 or 1');
    const f = NDArray.zeros(1, 'float16');
    f.set(0.1, 0);
    expect(f.get(0)).toBe(wrapScalar('float16', 0.1));
  });

  it('gives booleans for bool and types its elements', () => {
    const mask = ndarray([true, false]);
    expect(mask.get(0)).toBe(true);
    expect(mask.toNested()).toEqual([true, false]);
    expectTypeOf(mask.get(0)).toEqualTypeOf<boolean>();
    expectTypeOf(NDArray.zeros(1, 'int64').get(0)).toEqualTypeOf<number>();
    expectTypeOf<NDArray<'float32'>>().toExtend<NDArray>();
  });

  it('gives the only element, and refuses where there is another number of them', () => {
    expect(ndarray([[3]]).item()).toBe(3);
    expect(ndarray(7n).item({ bigint: true })).toBe(7n);
    expect(() => ndarray([1, 2]).item()).toThrow('[item] expected one element, got shape (2,)');
  });

  it('gives 64-bit integers as numbers where these are exact, else only as bigints', () => {
    const a = ndarray([2n ** 53n - 1n, -3n]);
    expect(a.toNested()).toEqual([2 ** 53 - 1, -3]);
    const big = ndarray([2n ** 53n, 1n]);
    expect(() => big.toNested()).toThrow(RangeError);
    expect(() => big.get(0)).toThrow(UnsafeIntegerError);
    expect(() => big.slice(0).item()).toThrow('ask for bigints with {bigint: true}');
    expect(big.toNested({ bigint: true })).toEqual([2n ** 53n, 1n]);
    expect(big.get(1)).toBe(1);
  });
});

describe('views and copies', () => {
  const a = NDArray.arange(24).reshape([2, 3, 4]);

  it('transpose', () => {
    expect(a.transpose().shape).toEqual([4, 3, 2]);
    expect(a.transpose([2, 0, 1]).get(3, 1, 2)).toBe(a.get(1, 2, 3));
    expect(a.transpose([-1, 0, 1]).shape).toEqual([4, 2, 3]);
    expect(a.transpose().data).toBe(a.data);
    expect(() => a.transpose([0, 1])).toThrow(IndexRangeError);
    expect(() => a.transpose([0, 1, 1])).toThrow('each of 3 axes once');
  });

  it('reshape as a view where the memory allows, else as a copy', () => {
    const flat = a.reshape(-1);
    expect(flat.data).toBe(a.data);
    expect(a.slice(1).reshape([4, 3]).get(0, 1)).toBe(13);
    const copied = a.transpose().reshape([6, 4]);
    expect(copied.data).not.toBe(a.data);
    expect(copied.get(0, 1)).toBe(12);
    expect(a.reshape([4, -1]).shape).toEqual([4, 6]);
    expect(() => a.reshape([5, -1])).toThrow('[reshape] expected a shape with 24 elements');
    expect(() => a.reshape([-1, -1])).toThrow(ShapeError);
    expect(() => NDArray.zeros([0]).reshape([0, -1])).toThrow(ShapeError);
    expect(NDArray.zeros([0, 3]).reshape([-1, 3]).shape).toEqual([0, 3]);
    expect(
      ndarray([[5]])
        .reshape([])
        .item(),
    ).toBe(5);
  });

  it('broadcast with stride 0', () => {
    const b = ndarray([[1], [2]]).broadcastTo([2, 2, 3]);
    expect(b.toNested()).toEqual([
      [
        [1, 1, 1],
        [2, 2, 2],
      ],
      [
        [1, 1, 1],
        [2, 2, 2],
      ],
    ]);
    expect(b.strides).toEqual([0, 1, 0]);
    expect(() => ndarray([1, 2]).broadcastTo([3])).toThrow(ShapeError);
  });

  it('copy into memory of their own', () => {
    const copy = a.copy();
    copy.set(-1, 0, 0, 0);
    expect(a.get(0, 0, 0)).toBe(0);
    const row = a.slice(1, 2).copy();
    expect([row.offset, row.data.length]).toEqual([0, 4]);
    expect(row.data.buffer).not.toBe(a.data.buffer);
  });

  it('copy a Buffer, whose slice would share memory', () => {
    const bytes = Buffer.from([1, 2, 3]);
    const copy = ndarray(bytes).copy();
    bytes[0] = 9;
    expect(copy.get(0)).toBe(1);
    expect(copy.data).toBeInstanceOf(Uint8Array);
  });

  it('are themselves when contiguous and exactly sized', () => {
    expect(a.contiguous()).toBe(a);
    expect(a.slice(1).contiguous()).not.toBe(a);
    expect(a.slice(1).contiguous().data.length).toBe(12);
    const turned = a.transpose().contiguous();
    expect([turned.isContiguous, turned.get(1, 0, 0)]).toEqual([true, 1]);
  });

  it('survive contiguous, copy and astype to the same dtype with equal elements', () => {
    for (const view of [a, a.transpose(), a.slice([null, null, -1], 1), a.slice(null, [1, 1])]) {
      for (const other of [view.contiguous(), view.copy(), view.astype('float64')]) {
        expect(other.equals(view)).toBe(true);
        expect(other.toNested()).toEqual(view.toNested());
      }
    }
  });
});

describe('astype', () => {
  it('converts every element as wrapScalar does, for all pairs of dtypes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...dtypes),
        fc.constantFrom(...dtypes),
        fc.array(anyScalar, { maxLength: 6 }),
        (from, to, values) => {
          const wrapped = values.map((value) => wrapScalar(from, value));
          const source = NDArray.zeros(values.length, from);
          const widened = wrapped.map((value) => (from === 'bool' ? Boolean(value) : value));
          widened.forEach((value, i) => source.set(value, i));
          const expected = wrapped.map((value) => {
            const out = wrapScalar(to, value);
            // Typed arrays of integers have no -0.
            return to === 'bool' ? out !== 0 : out;
          });
          const result = source.astype(to);
          expect(result.dtype).toBe(to);
          expect(result.toNested({ bigint: true })).toEqual(expected);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('never shares memory', () => {
    const a = ndarray(Float32Array.of(1, 2));
    expect(a.astype('float32').data.buffer).not.toBe(a.data.buffer);
    expectTypeOf(a.astype('int8')).toEqualTypeOf<NDArray<'int8'>>();
    expect(() => a.astype('complex64' as DType)).toThrow('[astype] expected one of bool');
  });
});

describe('equals', () => {
  it('sees dtype, shape, every value and the sign of zero; NaN equals NaN', () => {
    const a = ndarray([1, NaN, 0]);
    expect(a.equals(ndarray([1, NaN, 0]))).toBe(true);
    expect(a.equals(ndarray([1, NaN, -0]))).toBe(false);
    expect(a.equals(ndarray([1, NaN, 0], 'float32'))).toBe(false);
    expect(a.equals(ndarray([[1, NaN, 0]]))).toBe(false);
    expect(ndarray([1n]).equals(ndarray([2n]))).toBe(false);
    expect(ndarray([NaN], 'float16').equals(ndarray([NaN], 'float16'))).toBe(true);
  });

  it('does not depend on the layout', () => {
    const a = NDArray.arange(6).reshape([2, 3]);
    expect(a.transpose().equals(a.transpose().copy())).toBe(true);
  });
});

describe('allClose', () => {
  it('is |a - b| <= atol + rtol * |b|', () => {
    const a = ndarray([1, 100]);
    expect(a.allClose(ndarray([1.000009, 100.0009]))).toBe(true);
    expect(a.allClose(ndarray([1.00002, 100]))).toBe(false);
    expect(a.allClose(ndarray([1.4, 100.4]), { atol: 0.5, rtol: 0 })).toBe(true);
    expect(a.allClose(ndarray([1, 100], 'float32'))).toBe(true);
    expect(a.allClose(ndarray([1, 100], 'int64'))).toBe(true);
    expect(a.allClose(ndarray([[1, 100]]))).toBe(false);
    expect(NDArray.full(3, 0.5).allClose(0.5)).toBe(true);
  });

  it('takes infinities for close only to themselves, NaN only when asked', () => {
    const a = ndarray([Infinity, NaN]);
    expect(a.allClose(a)).toBe(false);
    expect(a.allClose(a, { equalNan: true })).toBe(true);
    expect(ndarray([Infinity]).allClose(-Infinity)).toBe(false);
    expect(ndarray([1e300]).allClose(Infinity)).toBe(false);
    expect(ndarray([1]).allClose(NaN, { equalNan: true })).toBe(false);
  });

  it('takes the exact difference of big integers', () => {
    const a = ndarray([2n ** 62n]);
    expect(a.allClose(ndarray([2n ** 62n + 1n]), { rtol: 0, atol: 0 })).toBe(false);
    expect(a.allClose(ndarray([2n ** 62n + 1n]), { rtol: 0, atol: 1 })).toBe(true);
  });
});

describe('NDArray.view', () => {
  it('shares the caller’s memory, shared memory too', () => {
    const memory = new Float32Array(new SharedArrayBuffer(24));
    const a = NDArray.view(memory, [2, 3]);
    memory[5] = 7;
    expect(a.get(1, 2)).toBe(7);
    expect(a.data).toBe(memory);
    expectTypeOf(a).toEqualTypeOf<NDArray<'float32'>>();
  });

  it('takes strides and an offset', () => {
    const a = NDArray.view(Int32Array.of(0, 1, 2, 3, 4, 5), [3, 2], {
      strides: [-2, 1],
      offset: 4,
    });
    expect(a.toNested()).toEqual([
      [4, 5],
      [2, 3],
      [0, 1],
    ]);
  });

  it('reads bytes as another dtype', () => {
    const bytes = Buffer.from(Float32Array.of(1.5, -2).buffer);
    expect(NDArray.view(bytes, [2], { dtype: 'float32' }).toNested()).toEqual([1.5, -2]);
    const halves = NDArray.view(Uint16Array.of(0x3c00), [1], { dtype: 'float16' });
    expect(halves.toNested()).toEqual([1]);
    const raw = NDArray.view(new ArrayBuffer(8), [1], { dtype: 'int64' });
    expect(raw.data).toBeInstanceOf(BigInt64Array);
  });

  it('refuses what lies outside, is misaligned or is no memory', () => {
    const memory = new Float32Array(6);
    expect(() => NDArray.view(memory, [7])).toThrow(ShapeError);
    expect(() => NDArray.view(memory, [6], { offset: 1 })).toThrow('to lie inside 6 elements');
    expect(() => NDArray.view(memory, [2], { strides: [6] })).toThrow(ShapeError);
    expect(() => NDArray.view(memory, [-1])).toThrow(ShapeError);
    const odd = new Uint8Array(new ArrayBuffer(9), 1);
    expect(() => NDArray.view(odd, [2], { dtype: 'float32' })).toThrow(InputError);
    expect(() => NDArray.view(new ArrayBuffer(8), [1])).toThrow('got bytes without a dtype');
    expect(() => NDArray.view([1, 2] as never, [2], { dtype: 'int8' })).toThrow(InputError);
  });
});

describe('makers', () => {
  it('fill', () => {
    expect(NDArray.zeros([2, 2]).dtype).toBe('float64');
    expect(NDArray.ones(2, 'bool').toNested()).toEqual([true, true]);
    expect(NDArray.ones(1, 'uint64').get(0)).toBe(1);
    expect(NDArray.full([2], 2.5, 'float16').toNested()).toEqual([2.5, 2.5]);
    expect(NDArray.full(1, 3n).dtype).toBe('int64');
    expect(NDArray.full([], true).item()).toBe(true);
    expect(() => NDArray.full(1, 0.5, 'int32')).toThrow(DTypeError);
    expect(() => NDArray.zeros([-1])).toThrow('[zeros]');
    expectTypeOf(NDArray.zeros(3)).toEqualTypeOf<NDArray<'float64'>>();
    expectTypeOf(NDArray.ones([3], 'int8')).toEqualTypeOf<NDArray<'int8'>>();
  });

  it('count', () => {
    expect(NDArray.arange(4).toNested()).toEqual([0, 1, 2, 3]);
    expect(NDArray.arange(1, 2, 0.25).toNested()).toEqual([1, 1.25, 1.5, 1.75]);
    expect(NDArray.arange(3, 0, -1, 'int64').toNested()).toEqual([3, 2, 1]);
    expect(NDArray.arange(5, 1).size).toBe(0);
    expect(() => NDArray.arange(0, 1, 0)).toThrow(IndexRangeError);
    expect(() => NDArray.arange(0, 1, 0.5, 'int8')).toThrow(DTypeError);
  });

  it('make identities', () => {
    expect(NDArray.eye(2, 3, 'int8').toNested()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(NDArray.eye(2).toNested()).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('have storage of the dtype', () => {
    for (const dtype of dtypes) {
      expect(NDArray.zeros(2, dtype).data).toBeInstanceOf(dtypeInfo[dtype].storage);
      expect(NDArray.full(2, 1, dtype).equals(NDArray.ones(2, dtype))).toBe(true);
    }
  });
});
