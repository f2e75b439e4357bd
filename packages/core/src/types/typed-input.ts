/** The typed arrays and raw memory that users hand in, told apart by their class tag. */
import { InputError } from '../errors.js';
import { dtypeInfo } from './dtype.js';
import type { DType, StorageOf } from './dtype.js';

/** Classes whose elements have a dtype; Node's Buffer is a Uint8Array. */
export type TypedArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

interface DTypeByTag {
  Int8Array: 'int8';
  Int16Array: 'int16';
  Int32Array: 'int32';
  BigInt64Array: 'int64';
  Uint8Array: 'uint8';
  Uint8ClampedArray: 'uint8';
  Uint16Array: 'uint16';
  Uint32Array: 'uint32';
  BigUint64Array: 'uint64';
  Float32Array: 'float32';
  Float64Array: 'float64';
}

/** The dtype of a typed array class. */
export type DTypeOfTyped<T extends TypedArray> = DTypeByTag[T[typeof Symbol.toStringTag]];

const dtypeByTag: ReadonlyMap<unknown, DType> = new Map<keyof DTypeByTag | 'Float16Array', DType>([
  ['Int8Array', 'int8'],
  ['Int16Array', 'int16'],
  ['Int32Array', 'int32'],
  ['BigInt64Array', 'int64'],
  ['Uint8Array', 'uint8'],
  ['Uint8ClampedArray', 'uint8'],
  ['Uint16Array', 'uint16'],
  ['Uint32Array', 'uint32'],
  ['BigUint64Array', 'uint64'],
  // Later JavaScript engines have this class; its bits are our storage.
  ['Float16Array', 'float16'],
  ['Float32Array', 'float32'],
  ['Float64Array', 'float64'],
]);

/** The dtype of a typed array; `undefined` for anything else. */
export function typedDType(value: unknown): DType | undefined {
  if (!ArrayBuffer.isView(value)) return undefined;
  return dtypeByTag.get((value as Partial<TypedArray>)[Symbol.toStringTag]);
}

/** A typed array as the storage class of its dtype, over the same memory. */
export function asElements<D extends DType>(value: TypedArray, dtype: D): StorageOf<D> {
  return reinterpret(value, dtype);
}

/**
 * The memory behind `data` as storage of `dtype`, without a copy; `data` itself when it is that.
 *
 * @throws InputError (E_INPUT) when it is no memory, or its place or length does not fit.
 */
export function reinterpret<D extends DType>(
  data: ArrayBufferView | ArrayBufferLike,
  dtype: D,
): StorageOf<D> {
  const { storage: Storage, bytes } = dtypeInfo[dtype];
  // A subclass (Node's Buffer) has methods that mean something else, so it is wrapped.
  if (Object.getPrototypeOf(data) === Storage.prototype) return data as StorageOf<D>;
  const isView = ArrayBuffer.isView(data);
  if (!isView && !isBuffer(data)) {
    throw new InputError(`[view] expected a typed array or a buffer, got ${typeof data}`);
  }
  const [buffer, start] = isView ? [data.buffer, data.byteOffset] : [data, 0];
  if (start % bytes !== 0 || data.byteLength % bytes !== 0) {
    throw new InputError(
      `[view] expected memory aligned to ${bytes} bytes for ${dtype}, got ${data.byteLength} bytes at offset ${start}`,
    );
  }
  return new Storage(buffer, start, data.byteLength / bytes);
}

function isBuffer(value: unknown): value is ArrayBufferLike {
  const tag = Object.prototype.toString.call(value);
  return tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]';
}
