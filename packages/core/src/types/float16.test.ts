import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeFloat16,
  decodeFloat16Array,
  encodeFloat16,
  encodeFloat16Array,
  roundToFloat16,
} from './float16.js';

const fromNumpy = JSON.parse(
  readFileSync(new URL('../../test/fixtures/numpy/float16.json', import.meta.url), 'utf8'),
) as [number, number][];

describe('float16', () => {
  it('encodes what decoding gives back to the same bits, for all 65536 patterns', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = decodeFloat16(bits);
      const expected = Number.isNaN(value) ? 0x7e00 : bits;
      if (encodeFloat16(value) !== expected) expect(encodeFloat16(value)).toBe(expected);
    }
  });

  it.each(fromNumpy)('encodes %d as NumPy does', (value, bits) => {
    expect(encodeFloat16(value)).toBe(bits);
  });

  it('gives the nearest value, and the even one of two at equal distance', () => {
    fc.assert(
      fc.property(fc.double({ min: -65504, max: 65504, noNaN: true }), (x) => {
        const bits = encodeFloat16(x);
        const gap = Math.abs(decodeFloat16(bits) - x);
        for (const other of [bits - 1, bits + 1]) {
          const value = decodeFloat16(other & 0xffff);
          if ((bits & 0x7fff) === 0 || !Number.isFinite(value)) continue;
          const otherGap = Math.abs(value - x);
          expect(gap < otherGap || (gap === otherGap && bits % 2 === 0)).toBe(true);
        }
      }),
    );
  });

  it('rounds once: through float32 this double would land on the tie and go down', () => {
    const justAboveTie = 1 + 2 ** -11 + 2 ** -40;
    expect(roundToFloat16(justAboveTie)).toBe(1 + 2 ** -10);
    expect(roundToFloat16(Math.fround(justAboveTie))).toBe(1);
  });

  it('keeps the sign of zero and overflows at half a step beyond 65504', () => {
    expect(encodeFloat16(-0)).toBe(0x8000);
    expect(Object.is(roundToFloat16(-1e-30), -0)).toBe(true);
    expect(roundToFloat16(65519.99)).toBe(65504);
    expect(roundToFloat16(65520)).toBe(Infinity);
    expect(roundToFloat16(-1e9)).toBe(-Infinity);
  });

  it('converts whole arrays', () => {
    const bits = encodeFloat16Array([1, -2.5, NaN]);
    expect([...bits]).toEqual([0x3c00, 0xc100, 0x7e00]);
    expect([...decodeFloat16Array(bits)]).toEqual([1, -2.5, NaN]);
  });
});
