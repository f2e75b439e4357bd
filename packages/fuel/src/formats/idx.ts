/**
 * The IDX format of the MNIST files: two zero bytes, a type byte, the rank, the sizes as big-endian
 * 32-bit integers, then the elements, big-endian, in C order. Gzipped bytes are recognised.
 */
import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { FormatError, NDArray } from '@tno/core';
import type { DType } from '@tno/core';

type IdxStorage = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

interface IdxType {
  readonly dtype: DType;
  readonly bytes: number;
  readonly storage: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => IdxStorage;
}

const idxTypes: ReadonlyMap<number, IdxType> = new Map<number, IdxType>([
  [0x08, { dtype: 'uint8', bytes: 1, storage: Uint8Array }],
  [0x09, { dtype: 'int8', bytes: 1, storage: Int8Array }],
  [0x0b, { dtype: 'int16', bytes: 2, storage: Int16Array }],
  [0x0c, { dtype: 'int32', bytes: 4, storage: Int32Array }],
  [0x0d, { dtype: 'float32', bytes: 4, storage: Float32Array }],
  [0x0e, { dtype: 'float64', bytes: 8, storage: Float64Array }],
]);

export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The bytes themselves, or what they hold when gzipped. @throws FormatError (E_FORMAT) */
export function gunzipIfNeeded(bytes: Uint8Array, name = 'the bytes'): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new FormatError(`[gunzip] expected ${name} to be whole gzip data, got a broken stream`, {
      cause,
    });
  }
}

function toNativeOrder(bytes: Uint8Array, width: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let at = 0; at < copy.length; at += width) copy.subarray(at, at + width).reverse();
  return copy;
}

function readHeader(bytes: Uint8Array, name: string): { type: IdxType; shape: number[] } {
  const type = bytes[0] === 0 && bytes[1] === 0 ? idxTypes.get(bytes[2]) : undefined;
  if (bytes.length < 4 || type === undefined) {
    const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
    throw new FormatError(
      `[idx] expected ${name} to start with 00 00, a type byte and a rank, got 0x${start}`,
    );
  }
  const rank = bytes[3];
  const header = 4 + 4 * rank;
  if (bytes.length < header) {
    throw new FormatError(
      `[idx] expected ${name} to have a header of ${header} bytes, got ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, header);
  return { type, shape: Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis)) };
}

/**
 * The array in IDX bytes, gzipped or not; one-byte elements are a view of the bytes given.
 * `name` appears in errors. @throws FormatError (E_FORMAT)
 */
export function parseIdx(bytes: Uint8Array, name = 'the bytes'): NDArray {
  const plain = gunzipIfNeeded(bytes, name);
  const { type, shape } = readHeader(plain, name);
  const body = plain.subarray(4 + 4 * shape.length);
  const length = shape.reduce((product, size) => product * size, 1);
  if (body.length !== length * type.bytes) {
    throw new FormatError(
      `[idx] expected ${name} of shape [${shape.join(', ')}] to hold ${length * type.bytes} bytes of ${type.dtype}, got ${body.length}`,
    );
  }
  const native = type.bytes === 1 ? body : toNativeOrder(body, type.bytes);
  const data = new type.storage(native.buffer, native.byteOffset, length);
  return NDArray.view(data, shape, { dtype: type.dtype });
}

/** The array in an IDX file, gzipped or not. @throws FormatError (E_FORMAT) */
export function readIdx(path: string): NDArray {
  return parseIdx(readFileSync(path), path);
}
