import { describe, expect, it } from 'vitest';
import { ndarray, NDArray } from '../types/ndarray.js';
import { Constant, constant, isConstant, scalarConstant } from './constant.js';
import { fvector } from '../tensor/create.js';

const keyOf = (value: NDArray): string => constant(value).key;

describe('constants', () => {
  it('are equal by dtype, shape and bits', () => {
    expect(keyOf(ndarray([1, 2]))).toBe(keyOf(ndarray([1, 2])));
    expect(keyOf(ndarray([1, 2]))).not.toBe(keyOf(ndarray([1, 2], 'float32')));
    expect(keyOf(ndarray([1, 2]))).not.toBe(keyOf(ndarray([[1, 2]])));
    expect(keyOf(ndarray([12]))).not.toBe(keyOf(ndarray([1])));
    expect(keyOf(ndarray([0.1]))).not.toBe(keyOf(ndarray([0.1 + 2 ** -56])));
    expect(keyOf(ndarray([2n ** 63n - 1n]))).not.toBe(keyOf(ndarray([2n ** 63n - 2n])));
  });

  it.each(['float16', 'float32', 'float64'] as const)(
    'tell 0 from -0, and have one NaN, in %s',
    (dtype) => {
      expect(keyOf(ndarray(0, dtype))).not.toBe(keyOf(ndarray(-0, dtype)));
      expect(keyOf(ndarray([NaN, 1], dtype))).toBe(keyOf(ndarray([-NaN, 1], dtype)));
    },
  );

  it('have one NaN whatever its payload', () => {
    const bits = new BigUint64Array([0x7ff8_0000_0000_0000n, 0xfff8_0000_0000_0001n]);
    const odd = NDArray.view(new Float64Array(bits.buffer), [2]);
    expect(keyOf(odd.slice(0))).toBe(keyOf(odd.slice(1)));
  });

  it('are the same in whatever layout the value came', () => {
    const x = ndarray([
      [1, 2],
      [3, 4],
    ]);
    expect(keyOf(x.transpose())).toBe(
      keyOf(
        ndarray([
          [1, 3],
          [2, 4],
        ]),
      ),
    );
  });

  it('hold a copy of their value', () => {
    const value = ndarray([1, 2]);
    const made = constant(value);
    value.set(9, 0);
    expect(made.data.toNested()).toEqual([1, 2]);
  });

  it('equal only themselves when they are large', () => {
    const large = NDArray.zeros([10_000]);
    const made = constant(large);
    expect(made.key).toBe(made.key);
    expect(made.key).not.toBe(keyOf(large));
    expect(made.key.length).toBeLessThan(100);
  });

  it('of one element have a scalar', () => {
    expect(scalarConstant(2.5, 'float32').scalar).toBe(2.5);
    expect(constant(ndarray([[7n]])).scalar).toBe(7);
    expect(scalarConstant(2n ** 62n, 'int64').scalar).toBe(2n ** 62n);
    expect(scalarConstant(true, 'bool').scalar).toBe(1);
    expect(constant(ndarray([1, 2])).scalar).toBeNull();
    expect(constant(NDArray.zeros([0])).scalar).toBeNull();
  });

  it('wrap what does not fit', () => {
    expect(scalarConstant(300, 'uint8').scalar).toBe(44);
    expect(scalarConstant(1.9, 'int32').scalar).toBe(1);
  });

  it('print their value, or their type when they have many', () => {
    expect(String(scalarConstant(0.5, 'float32'))).toBe('0.5');
    expect(String(scalarConstant(2n ** 62n, 'int64'))).toBe('4611686018427387904');
    expect(String(constant(ndarray([1, 2])))).toBe('constfloat64(2)');
    expect(String(constant(ndarray([1, 2])).named('c'))).toBe('c');
  });

  it('are told from other variables', () => {
    expect(isConstant(scalarConstant(1, 'int8'))).toBe(true);
    expect(isConstant(fvector())).toBe(false);
    expect(scalarConstant(1, 'int8')).toBeInstanceOf(Constant);
  });
});
