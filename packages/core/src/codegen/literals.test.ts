import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scalarBits, scalarValue } from '../lower/scalar-bits.js';
import { dtypes, wrapScalar } from '../types/dtype.js';
import { jsLiteral } from './js-scalar.js';
import { cLiteral } from './literals.js';
import type { LiteralForms } from './literals.js';

const forms: LiteralForms = {
  nan32: 'NAN32',
  nan64: 'NAN64',
  infinity32: 'INF32',
  infinity64: 'INF64',
  true: '1',
  false: '0',
};

const c = (dtype: Parameters<typeof cLiteral>[1], value: number | bigint): string => {
  const { lo, hi } = scalarBits(dtype, value);
  return cLiteral(forms, dtype, lo, hi);
};

describe('cLiteral', () => {
  it('writes short decimals and what has none', () => {
    expect(c('float32', 0.1)).toBe('0.1f');
    expect(c('float32', 256)).toBe('256.0f');
    expect(c('float64', 0.1)).toBe('0.1');
    expect(c('float64', 1e300)).toBe('1e+300');
    expect(c('float32', -0)).toBe('(-0.0f)');
    expect(c('float16', 0.1)).toBe('0.099975586f');
    expect(c('float32', NaN)).toBe('NAN32');
    expect(c('float64', -Infinity)).toBe('(-INF64)');
    expect(c('bool', 1)).toBe('1');
  });

  it('writes integers with the suffix of their width, the least ones too', () => {
    expect(c('int8', -5)).toBe('(-5)');
    expect(c('int32', -(2 ** 31))).toBe('(-2147483647 - 1)');
    expect(c('int64', -(2n ** 63n))).toBe('(-9223372036854775807LL - 1)');
    expect(c('uint32', 2 ** 32 - 1)).toBe('4294967295U');
    expect(c('uint64', 2n ** 64n - 1n)).toBe('18446744073709551615ULL');
  });

  it('gives every float back when it is read', () => {
    const digits = (text: string): number => Number(text.replace(/[()f]/g, ''));
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(digits(c('float32', value)))).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(digits(c('float64', value))).toBe(value);
      }),
    );
  });
});

describe('scalarBits', () => {
  it('is undone by scalarValue, for every dtype', () => {
    const value = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, 255, -128, 2 ** 31));
    fc.assert(
      fc.property(fc.constantFrom(...dtypes), value, (dtype, x) => {
        expect(scalarValue(dtype, scalarBits(dtype, x))).toBe(wrapScalar(dtype, x));
      }),
    );
  });

  it('gives signed words', () => {
    expect(scalarBits('float32', -1)).toEqual({ lo: 0xbf800000 | 0, hi: 0 });
    expect(scalarBits('float64', -1)).toEqual({ lo: 0, hi: 0xbff00000 | 0 });
    expect(scalarBits('int64', -1)).toEqual({ lo: -1, hi: -1 });
    expect(scalarBits('int8', -1)).toEqual({ lo: -1, hi: 0 });
  });
});

describe('jsLiteral', () => {
  it('writes the scalar itself', () => {
    const js = (dtype: Parameters<typeof jsLiteral>[0], value: number | bigint): string => {
      const { lo, hi } = scalarBits(dtype, value);
      return jsLiteral(dtype, lo, hi);
    };
    expect(js('float32', -0)).toBe('(-0)');
    expect(js('float64', -1.5)).toBe('(-1.5)');
    expect(js('uint64', 7)).toBe('7n');
    expect(js('bool', 1)).toBe('true');
    expect(js('float16', NaN)).toBe('NaN');
  });
});
