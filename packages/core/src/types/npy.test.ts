import { readFileSync } from 'node:fs';
import { unzipSync, zipSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../errors.js';
import { dtypeInfo, dtypes, isFloat } from './dtype.js';
import type { DType } from './dtype.js';
import { NDArray, ndarray } from './ndarray.js';
import { decodeNpy, decodeNpz, encodeNpy, encodeNpz } from './npy.js';

function fixture(name: string): Uint8Array {
  return readFileSync(new URL(`../../test/fixtures/numpy/${name}`, import.meta.url));
}

/** The arrays that NumPy wrote. */
function sample(dtype: DType): NDArray {
  if (dtype === 'bool') {
    return ndarray([
      [true, false, true],
      [false, false, true],
    ]);
  }
  if (isFloat(dtype)) {
    return ndarray(
      [
        [0.5, -0, Infinity],
        [NaN, 1 / 3, -65504],
      ],
      dtype,
    );
  }
  const { min, max } = dtypeInfo[dtype];
  return ndarray(
    [
      [min, 0, 1],
      [2, 3, max],
    ],
    dtype,
  );
}

function withHeader(dict: string, data: readonly number[], version = 1): Uint8Array {
  const text = [...`${dict}\n`].map((character) => character.charCodeAt(0));
  const length = version === 1 ? [text.length, 0] : [text.length, 0, 0, 0];
  return Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...length, ...text, ...data);
}

describe('decodeNpy', () => {
  it.each(dtypes)('reads what NumPy wrote for %s', (dtype) => {
    expect(decodeNpy(fixture(`${dtype}.npy`)).equals(sample(dtype))).toBe(true);
  });

  it('reads big-endian data, versions 2 and 3 and column-major order', () => {
    expect(decodeNpy(fixture('big-endian-v2.npy')).equals(sample('int32'))).toBe(true);
    expect(decodeNpy(fixture('big-endian-f2.npy')).equals(sample('float16'))).toBe(true);
    const fortran = decodeNpy(fixture('fortran-v3.npy'));
    const expected = NDArray.arange(0, 24, 1, 'int16').reshape([2, 3, 4]);
    expect(fortran.equals(expected)).toBe(true);
    expect(fortran.isContiguous).toBe(true);
  });

  it('reads scalars and empty arrays', () => {
    expect(decodeNpy(fixture('scalar.npy')).item()).toBe(2.5);
    expect(decodeNpy(fixture('empty.npy')).shape).toEqual([0, 3]);
  });

  it('gives memory of its own, whatever the alignment of the bytes', () => {
    const file = encodeNpy(ndarray([1, 2]));
    const shifted = new Uint8Array(file.length + 1);
    shifted.set(file, 1);
    const array = decodeNpy(shifted.subarray(1));
    shifted.fill(0);
    expect(array.toNested()).toEqual([1, 2]);
  });

  it('makes any non-zero byte true', () => {
    const file = withHeader("{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}", [0, 7]);
    expect([...decodeNpy(file).data]).toEqual([0, 1]);
  });

  it.each([
    ['complex.npy', 'expected a dtype among bool, int8'],
    ['structured.npy', 'structured and object dtypes are not supported'],
    ['stored.npz', 'without its magic number'],
  ])('refuses %s', (name, message) => {
    expect(() => decodeNpy(fixture(name))).toThrow(FormatError);
    expect(() => decodeNpy(fixture(name))).toThrow(message);
  });

  it('refuses broken files', () => {
    const file = encodeNpy(ndarray([1, 2]));
    expect(() => decodeNpy(file.subarray(0, file.length - 1))).toThrow(
      'expected 16 bytes of float64 for shape (2,), got 15',
    );
    expect(() => decodeNpy(Uint8Array.of(...file, 0))).toThrow('got 17');
    expect(() => decodeNpy(file.subarray(0, 20))).toThrow('expected a header of 118 bytes');
    expect(() => decodeNpy(new Uint8Array(0))).toThrow(FormatError);
    const dict = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}";
    expect(() => decodeNpy(withHeader(dict, [], 4))).toThrow('version 1 to 3, got 4');
    expect(() => decodeNpy(withHeader(dict.replace('(2,)', '(-2,)'), []))).toThrow(FormatError);
    expect(() => decodeNpy(withHeader(dict.replace('(2,)', '(9999999, 9999999999)'), []))).toThrow(
      'fits memory',
    );
    expect(() => decodeNpy(withHeader("{'descr': '<f8'}", []))).toThrow(FormatError);
  });
});

describe('encodeNpy', () => {
  it('is read back equal, for every dtype, layout and shape', () => {
    const arrays = fc
      .tuple(fc.constantFrom(...dtypes), fc.array(fc.nat({ max: 3 }), { maxLength: 4 }))
      .map(([dtype, shape]) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const counted = NDArray.arange(size).reshape(shape);
        return { array: counted.astype(dtype), view: counted.astype(dtype).transpose() };
      });
    fc.assert(
      fc.property(arrays, ({ array, view }) => {
        expect(decodeNpy(encodeNpy(array)).equals(array)).toBe(true);
        expect(decodeNpy(encodeNpy(view)).equals(view)).toBe(true);
      }),
    );
  });

  it('aligns the data to 64 bytes and ends the header with a newline', () => {
    const file = encodeNpy(ndarray([[1, 2, 3]], 'float32'));
    expect(file.length - 12).toBe(128);
    expect(file[127]).toBe(0x0a);
    const header = new TextDecoder().decode(file.subarray(10, 128)).trimEnd();
    expect(header).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }");
  });
});

describe('npz', () => {
  const arrays = { W: sample('float32'), 'layers/0/b': sample('int64'), é: sample('bool') };

  it.each(['stored.npz', 'deflated.npz'])('reads %s, written by NumPy', (name) => {
    const read = decodeNpz(fixture(name));
    expect(Object.keys(read)).toEqual(['W', 'layers/0/b', 'é']);
    for (const [key, array] of Object.entries(arrays)) expect(read[key].equals(array)).toBe(true);
  });

  it.each([false, true])('is read back equal with compress: %s', (compress) => {
    const file = encodeNpz(arrays, { compress });
    const read = decodeNpz(file);
    for (const [key, array] of Object.entries(arrays)) expect(read[key].equals(array)).toBe(true);
    expect(encodeNpz(arrays, { compress })).toEqual(file);
    expect(Object.keys(unzipSync(file))).toEqual(['W.npy', 'layers/0/b.npy', 'é.npy']);
  });

  it('stores unless asked to compress', () => {
    const zeros = { zeros: NDArray.zeros(1000) };
    expect(encodeNpz(zeros).length).toBeGreaterThan(8000);
    expect(encodeNpz(zeros, { compress: true }).length).toBeLessThan(1000);
  });

  it('holds nothing at all, and names that are no ordinary keys', () => {
    expect(decodeNpz(encodeNpz({}))).toEqual({});
    const odd = Object.fromEntries([['__proto__', ndarray([1])]]);
    const read = decodeNpz(encodeNpz(odd));
    expect(Object.keys(read)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  it('notices every flipped bit of the stored data', () => {
    const file = encodeNpz({ a: ndarray([1, 2, 3]) });
    const data = new Uint8Array(Float64Array.of(1, 2, 3).buffer);
    const start = Buffer.from(file).indexOf(data);
    expect(start).toBeGreaterThan(0);
    for (let i = 0; i < data.length * 8; i++) {
      const broken = file.slice();
      broken[start + (i >> 3)] ^= 1 << (i & 7);
      expect(() => decodeNpz(broken)).toThrow('expected member a.npy to match its checksum');
    }
  });

  it('refuses truncated files with a FormatError, at every length', () => {
    const file = encodeNpz({ a: ndarray([1]), b: ndarray([true]) }, { compress: true });
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeNpz(file.subarray(0, length))).toThrow(FormatError);
    }
  });

  it('throws nothing but FormatError on damaged files', () => {
    const file = encodeNpz({ a: ndarray([1]), b: ndarray([true]) }, { compress: true });
    fc.assert(
      fc.property(fc.nat({ max: file.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const broken = file.slice();
        broken[at] ^= by;
        try {
          decodeNpz(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuses members that are no .npy files', () => {
    const note = zipSync({ 'note.txt': Uint8Array.of(1) });
    expect(() => decodeNpz(note)).toThrow('expected members that are .npy files, got note.txt');
    const bad = zipSync({ 'a.npy': Uint8Array.of(1) });
    expect(() => decodeNpz(bad)).toThrow('in member a.npy');
  });
});
