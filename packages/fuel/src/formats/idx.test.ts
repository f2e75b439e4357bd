import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FormatError } from '@tno/core';
import { afterAll, describe, expect, it } from 'vitest';
import { parseIdx, readIdx } from './idx.js';

/** IDX bytes with that type byte, shape and body. */
function idxBytes(type: number, shape: number[], body: ArrayLike<number>): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, type, shape.length]);
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([header, Uint8Array.from(body)]);
}

describe('parseIdx', () => {
  it('reads bytes without copying them', () => {
    const bytes = idxBytes(0x08, [2, 3], [1, 2, 3, 4, 5, 255]);
    const array = parseIdx(bytes);
    expect(array.dtype).toBe('uint8');
    expect(array.toNested()).toEqual([
      [1, 2, 3],
      [4, 5, 255],
    ]);
    bytes[12] = 9;
    expect(array.get(0, 0)).toBe(9);
  });

  it('reads gzipped bytes', () => {
    const array = parseIdx(gzipSync(idxBytes(0x08, [4], [4, 3, 2, 1])));
    expect(array.toNested()).toEqual([4, 3, 2, 1]);
  });

  it.each([
    [0x09, 'int8', [0xff, 0x02], [-1, 2]],
    [0x0b, 'int16', [0xff, 0xfe, 0x01, 0x00], [-2, 256]],
    [0x0c, 'int32', [0x80, 0, 0, 0, 0, 0, 1, 0], [-(2 ** 31), 256]],
    [0x0d, 'float32', [0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0], [1.5, -2]],
    [
      0x0e,
      'float64',
      [0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a, 0, 0, 0, 0, 0, 0, 0, 0],
      [0.1, 0],
    ],
  ])('reads type 0x%s as %s, big-endian', (type, dtype, body, values) => {
    const array = parseIdx(idxBytes(type, [2], body));
    expect(array.dtype).toBe(dtype);
    expect(array.toNested()).toEqual(values);
  });

  it('reads a scalar and an empty array', () => {
    expect(parseIdx(idxBytes(0x08, [], [7])).item()).toBe(7);
    expect(parseIdx(idxBytes(0x0d, [0, 28], [])).shape).toEqual([0, 28]);
  });

  it.each([
    [
      'a wrong magic',
      Uint8Array.from([1, 0, 8, 1, 0, 0, 0, 0]),
      /start with 00 00.*got 0x01000801/,
    ],
    ['an unknown type', idxBytes(0x0a, [1], [1]), /a type byte and a rank, got 0x00000a01/],
    ['no bytes', new Uint8Array(), /got 0x$/],
    ['a cut header', idxBytes(0x08, [1, 1], [1]).subarray(0, 9), /a header of 12 bytes, got 9/],
    ['too few elements', idxBytes(0x08, [2, 2], [1, 2, 3]), /\[2, 2\] to hold 4 bytes.*got 3/],
    ['too many elements', idxBytes(0x08, [2], [1, 2, 3]), /hold 2 bytes of uint8, got 3/],
    ['a broken gzip stream', gzipSync(idxBytes(0x08, [2], [1, 2])).subarray(0, 20), /whole gzip/],
  ])('rejects %s', (_, bytes, message) => {
    expect(() => parseIdx(bytes, 'digits')).toThrow(FormatError);
    expect(() => parseIdx(bytes, 'digits')).toThrow(message);
  });
});

describe('readIdx', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tno-idx-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads a file and names it in errors', () => {
    const path = join(folder, 'labels.gz');
    writeFileSync(path, gzipSync(idxBytes(0x08, [2], [5, 6])));
    expect(readIdx(path).toNested()).toEqual([5, 6]);
    writeFileSync(path, 'nothing of the kind');
    expect(() => readIdx(path)).toThrow(path);
  });
});
