import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DTypeError } from '../errors.js';
import {
  asDType,
  canCastExactly,
  canCastSameKind,
  dtypeFromCode,
  dtypeInfo,
  dtypes,
  fitsExactly,
  isBig,
  isDType,
  isFloat,
  isInt,
  isSigned,
  isUnsigned,
  wrapScalar,
} from './dtype.js';
import type { DType } from './dtype.js';

const fromNumpy = JSON.parse(
  readFileSync(new URL('../../test/fixtures/numpy/int64-to-float32.json', import.meta.url), 'utf8'),
) as [string, number][];

const plainInts = ['int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32'] as const;

describe('dtypeInfo', () => {
  it('has a code that leads back, and a width that its storage has', () => {
    for (const dtype of dtypes) {
      const { code, bytes, storage, numpy } = dtypeInfo[dtype];
      expect(dtypeFromCode(code)).toBe(dtype);
      expect(new storage(3).byteLength).toBe(3 * bytes);
      expect(numpy.slice(2)).toBe(String(bytes));
    }
  });

  it('keeps the codes that files carry', () => {
    expect(dtypes.map((dtype) => dtypeInfo[dtype].code)).toEqual([...dtypes.keys()]);
  });

  it('has limits that fit and neighbours that do not', () => {
    for (const dtype of dtypes.filter((name) => isInt(name))) {
      const { min, max } = dtypeInfo[dtype];
      expect(fitsExactly(dtype, min)).toBe(true);
      expect(fitsExactly(dtype, max)).toBe(true);
      expect(fitsExactly(dtype, BigInt(min) - 1n)).toBe(false);
      expect(fitsExactly(dtype, BigInt(max) + 1n)).toBe(false);
    }
    expect(Math.fround(Number(dtypeInfo.float32.max))).toBe(dtypeInfo.float32.max);
    expect(wrapScalar('float32', Number(dtypeInfo.float32.max) * 1.0000001)).toBe(Infinity);
    expect(wrapScalar('float16', 65504)).toBe(dtypeInfo.float16.max);
  });

  it('refuses unknown codes and names', () => {
    expect(() => dtypeFromCode(12)).toThrow(DTypeError);
    expect(() => asDType('complex64', 'cast')).toThrow('[cast] expected one of bool, int8');
    expect(isDType('toString')).toBe(false);
    expect(isDType('int8')).toBe(true);
  });

  it('sorts dtypes into kinds', () => {
    expect(dtypes.filter((dtype) => isFloat(dtype))).toEqual(['float16', 'float32', 'float64']);
    expect(dtypes.filter((dtype) => isBig(dtype))).toEqual(['int64', 'uint64']);
    expect(dtypes.filter((dtype) => isSigned(dtype)).length).toBe(4);
    expect(dtypes.filter((dtype) => isUnsigned(dtype)).length).toBe(4);
    expect(isInt('bool')).toBe(false);
  });
});

describe('casts', () => {
  it('are exact only where every value survives', () => {
    const extremes = (dtype: DType): (number | bigint)[] => {
      const { min, max } = dtypeInfo[dtype];
      return [min, max, typeof max === 'bigint' ? max - 1n : max];
    };
    for (const from of dtypes) {
      for (const to of dtypes) {
        const survives = extremes(from).every((value) => {
          const there = wrapScalar(to, value);
          return wrapScalar(from, there) === value && Number(there) === Number(value);
        });
        // A widest value may survive where a middle one does not: 65504 is an integer.
        const expected =
          survives && !(isFloat(from) && !isFloat(to)) && !(to === 'bool' && from !== to);
        expect([from, to, canCastExactly(from, to)]).toEqual([from, to, expected]);
      }
    }
  });

  it('of the same kind may lose width but not the kind', () => {
    expect(canCastSameKind('float64', 'float16')).toBe(true);
    expect(canCastSameKind('int64', 'int8')).toBe(true);
    expect(canCastSameKind('uint8', 'int8')).toBe(true);
    expect(canCastSameKind('int8', 'uint8')).toBe(false);
    expect(canCastSameKind('float32', 'int64')).toBe(false);
    expect(canCastSameKind('int8', 'bool')).toBe(false);
  });
});

describe('wrapScalar', () => {
  it.each([
    ['int8', 128, -128],
    ['int8', -129, 127],
    ['int8', 300.9, 44],
    ['int8', -1.9, -1],
    ['uint8', -1, 255],
    ['uint8', 256.5, 0],
    ['int16', 40000, -25536],
    ['uint16', -2, 65534],
    ['int32', 2 ** 31, -(2 ** 31)],
    ['int32', 2 ** 53 + 2, 2],
    ['uint32', -1, 2 ** 32 - 1],
    ['uint32', 1e30, Number(BigInt(1e30) & 0xffffffffn)],
    ['int64', -1.5, -1n],
    ['int64', 2 ** 63, -(2n ** 63n)],
    ['uint64', -1, 2n ** 64n - 1n],
    ['int32', NaN, 0],
    ['int64', Infinity, 0n],
    ['uint8', -Infinity, 0],
    ['int8', 2n ** 70n + 5n, 5],
    ['bool', 0.1, 1],
    ['bool', -0, 0],
    ['bool', NaN, 1],
    ['bool', 0n, 0],
    ['float32', 0.1, Math.fround(0.1)],
    ['float32', 1e39, Infinity],
    ['float16', 2049, 2048],
    ['float16', true, 1],
    ['int64', true, 1n],
    ['float64', 2n ** 53n + 1n, 2 ** 53],
    ['float64', false, 0],
  ] as [DType, number | bigint | boolean, number | bigint][])(
    'makes %s of %s',
    (dtype, value, expected) => {
      expect(wrapScalar(dtype, value)).toBe(expected);
    },
  );

  it('converts numbers to small integers as the typed arrays do', () => {
    fc.assert(
      fc.property(fc.double(), fc.constantFrom(...plainInts), (x, dtype) => {
        const storage = new dtypeInfo[dtype].storage(1);
        storage[0] = x;
        // The array has no -0, and `x | 0` gives none either.
        expect(wrapScalar(dtype, x)).toBe(storage[0]);
      }),
    );
  });

  it('converts bigints to integers modulo 2^n', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.constantFrom(...plainInts), (x, dtype) => {
        const bits = dtypeInfo[dtype].bytes * 8;
        const expected = isSigned(dtype) ? BigInt.asIntN(bits, x) : BigInt.asUintN(bits, x);
        expect(wrapScalar(dtype, x)).toBe(Number(expected));
      }),
    );
  });

  it.each(fromNumpy)('rounds the integer %s to float32 once', (text, expected) => {
    expect(wrapScalar('float32', BigInt(text))).toBe(expected);
  });

  it('rounds bigints of any size to the nearest float32', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 126n), max: 2n ** 126n }), (x) => {
        const rounded = BigInt(wrapScalar('float32', x));
        const gap = (y: bigint): bigint => (x > y ? x - y : y - x);
        const step = 2 ** (Math.floor(Math.log2(Math.abs(Number(rounded)) + 1)) - 24);
        for (const side of [-1, 1]) {
          const neighbour = BigInt(Math.fround(Number(rounded) + side * Math.max(1, 2 * step)));
          expect(gap(rounded) <= gap(neighbour)).toBe(true);
        }
      }),
    );
  });
});

describe('fitsExactly', () => {
  it('sees fractions, overflow, NaN and the sign of zero', () => {
    expect(fitsExactly('int64', 1.5)).toBe(false);
    expect(fitsExactly('int64', 2 ** 60)).toBe(true);
    expect(fitsExactly('int8', 300)).toBe(false);
    expect(fitsExactly('int8', NaN)).toBe(false);
    expect(fitsExactly('float32', 0.1)).toBe(false);
    expect(fitsExactly('float32', -0)).toBe(true);
    expect(fitsExactly('float16', NaN)).toBe(true);
    expect(fitsExactly('float64', 2n ** 53n + 1n)).toBe(false);
    expect(fitsExactly('bool', 2)).toBe(false);
    expect(fitsExactly('bool', true)).toBe(true);
  });
});
