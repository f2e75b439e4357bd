import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { DTypeError, ShapeError } from '../errors.js';
import { dtypes, isBig, isFloat, wrapScalar } from './dtype.js';
import { NDArray, isNDArray, ndarray } from './ndarray.js';

type Model = number | Model[];

function nestedOf(shape: readonly number[], next: () => number): Model {
  if (shape.length === 0) return next();
  return Array.from({ length: shape[0] }, () => nestedOf(shape.slice(1), next));
}

describe('ndarray', () => {
  it('has a default dtype by the kind of value', () => {
    expect(ndarray([1, 2]).dtype).toBe('float64');
    expect(ndarray([true]).dtype).toBe('bool');
    expect(ndarray([1n]).dtype).toBe('int64');
    expect(ndarray(3).dtype).toBe('float64');
    expect(ndarray([]).dtype).toBe('float64');
    expect(ndarray([true, 2]).dtype).toBe('float64');
    expectTypeOf(ndarray([[1], [2]])).toEqualTypeOf<NDArray<'float64'>>();
    expectTypeOf(ndarray([true])).toEqualTypeOf<NDArray<'bool'>>();
    expectTypeOf(ndarray(1n)).toEqualTypeOf<NDArray<'int64'>>();
    expectTypeOf(ndarray([1], 'float16')).toEqualTypeOf<NDArray<'float16'>>();
    expectTypeOf(ndarray(new Float32Array(1))).toEqualTypeOf<NDArray<'float32'>>();
    expectTypeOf(ndarray(Buffer.alloc(1))).toEqualTypeOf<NDArray<'uint8'>>();
    expectTypeOf(ndarray(ndarray([1], 'int8'))).toEqualTypeOf<NDArray<'int8'>>();
  });

  it('gives back the nested list it was made of, at any depth', () => {
    // After an axis of length 0 a nested list cannot say how long the others are.
    const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.constantFrom(...dtypes), (shape, dtype) => {
        let count = 0;
        const nested = nestedOf(shape, () => (dtype === 'bool' ? count++ % 2 : count++ % 100));
        const array = ndarray(nested, dtype);
        expect(array.shape).toEqual(shape);
        const plain = dtype === 'bool' ? array.astype('int8') : array;
        expect(plain.toNested()).toEqual(nested);
        expect(ndarray(array.toNested({ bigint: true }), dtype).equals(array)).toBe(true);
      }),
    );
  });

  it('keeps any value that fits, and rounds only into floats', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.double(), fc.integer(), fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n })),
        fc.constantFrom(...dtypes),
        (value, dtype) => {
          const wrapped = wrapScalar(dtype, value);
          const fits = isFloat(dtype) || (wrapped <= value && wrapped >= value);
          if (!fits) {
            expect(() => ndarray([value], dtype)).toThrow(DTypeError);
            return;
          }
          const stored = ndarray([value], dtype)
            .slice(0)
            .item({ bigint: isBig(dtype) });
          expect(stored).toEqual(dtype === 'bool' ? wrapped !== 0 : wrapped);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuses what an integer or bool cannot hold', () => {
    expect(() => ndarray([1.5], 'int64')).toThrow(
      /^\[ndarray\] expected an integer from -9223372036854775808 to 9223372036854775807 for int64, got 1.5/,
    );
    expect(() => ndarray([300], 'int8')).toThrow(DTypeError);
    expect(() => ndarray([-1], 'uint8')).toThrow(DTypeError);
    expect(() => ndarray([2], 'bool')).toThrow('expected true, false, 0 or 1 for bool, got 2');
    expect(() => ndarray([NaN], 'int32')).toThrow(DTypeError);
    expect(ndarray([0.1], 'float32').get(0)).toBe(Math.fround(0.1));
    expect(ndarray([1.0, true], 'int64').toNested()).toEqual([1, 1]);
    expect(() => ndarray([1], 'int7' as 'int8')).toThrow('[ndarray] expected one of');
  });

  it.each([
    [[[1, 2], [3]], '[ndarray] expected 2 elements at [1], got 1'],
    [[[1, 2], 3], '[ndarray] expected a list of 2 at [1], got a number'],
    [[1, [2]], '[ndarray] expected a single value at [1], got a list'],
    [
      [
        [[1], [2]],
        [[3], [4, 5]],
      ],
      'expected 1 elements at [1][1], got 2',
    ],
    [[[], [1]], 'expected 0 elements at [1], got 1'],
    [[Float32Array.of(1, 2), Float32Array.of(1)], 'expected 2 elements at [1], got 1'],
    [[Float32Array.of(1, 2), [[1], [2]]], 'expected a single value at [1][0], got a list'],
    [[[[1]], [Float32Array.of(1), 1]] as never, 'expected 1 elements at [1], got 2'],
    [[[[1, 2]], Float32Array.of(1)], 'expected a list of rank 2 at [1], got rank 1'],
  ])('names the place where %j is ragged', (value, message) => {
    expect(() => ndarray(value as never)).toThrow(ShapeError);
    expect(() => ndarray(value as never)).toThrow(message);
  });

  it.each([
    [[1, '2'], 'expected numbers, bigints or booleans, got string at [1]'],
    [[1, undefined], 'got undefined at [1]'],
    [[[1], [null]], 'got null at [1][0]'],
    [{}, 'got object'],
    // eslint-disable-next-line no-sparse-arrays
    [[1, , 2], 'got undefined at [1]'],
    [new DataView(new ArrayBuffer(1)), 'got object'],
  ])('names the place where %j has no number', (value, message) => {
    expect(() => ndarray(value as never)).toThrow(DTypeError);
    expect(() => ndarray(value as never)).toThrow(message);
  });

  it('takes typed arrays without a copy', () => {
    const data = Int16Array.of(1, 2);
    expect(ndarray(data).data).toBe(data);
    expect(ndarray(data).dtype).toBe('int16');
    expect(ndarray(data, 'int16').data).toBe(data);
    const bytes = Buffer.from([1, 0]);
    expect(ndarray(bytes).data.buffer).toBe(bytes.buffer);
    expect(ndarray(bytes, 'bool').toNested()).toEqual([true, false]);
    expect(ndarray(Uint8ClampedArray.of(3)).dtype).toBe('uint8');
    expect(ndarray(Uint16Array.of(0x3c00), 'float16').toNested()).toEqual([1]);
    expect(() => ndarray(Uint8Array.of(2), 'bool')).toThrow('expected 0 or 1 for bool, got 2');
  });

  it('converts typed arrays and arrays, refusing what does not fit', () => {
    expect(ndarray(Float64Array.of(1, 2), 'int64').toNested()).toEqual([1, 2]);
    expect(ndarray(Float64Array.of(0.1), 'float32').get(0)).toBe(Math.fround(0.1));
    expect(ndarray(ndarray([3n]), 'uint8').toNested()).toEqual([3]);
    expect(() => ndarray(Float64Array.of(1, 1.5), 'int64')).toThrow('got 1.5');
    expect(() => ndarray(BigInt64Array.of(-1n), 'uint64')).toThrow(DTypeError);
    expect(() => ndarray(Int16Array.of(2), 'bool')).toThrow(DTypeError);
    expect(() => ndarray(Float64Array.of(NaN), 'bool')).toThrow(DTypeError);
    expect(() => ndarray(ndarray([NaN], 'float16'), 'int8')).toThrow(DTypeError);
  });

  it('gives an array back as it is', () => {
    const a = ndarray([1]);
    expect(ndarray(a)).toBe(a);
    expect(ndarray(a, 'float64')).toBe(a);
    expect(isNDArray(a)).toBe(true);
    expect(isNDArray({ dtype: 'int8' })).toBe(false);
  });

  it('stacks rows that are arrays', () => {
    const rows = ndarray([Float32Array.of(1, 2), Float32Array.of(3, 4)]);
    expect([rows.dtype, rows.shape]).toEqual(['float32', [2, 2]]);
    const turned = NDArray.arange(4, undefined, 1, 'int8').reshape([2, 2]).transpose();
    const stacked = ndarray([turned, turned]);
    expect([stacked.dtype, stacked.shape]).toEqual(['int8', [2, 2, 2]]);
    expect(stacked.toNested()).toEqual([turned.toNested(), turned.toNested()]);
    expect(ndarray([ndarray(2n), ndarray(2n ** 60n)]).toNested({ bigint: true })).toEqual([
      2n,
      2n ** 60n,
    ]);
    expect(ndarray([ndarray([true]), ndarray([2], 'int8')]).dtype).toBe('int8');
  });
});
