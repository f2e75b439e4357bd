/**
 * Elements in and out of storage, and whole-array conversion. Two ways to convert: `convertStorage`
 * wraps and rounds as generated code does; `toStoredExact` refuses what an integer or bool dtype
 * cannot hold. Rounding to a float dtype is always allowed here.
 */
import { DTypeError, UnsafeIntegerError } from '../errors.js';
import { dtypeInfo, equalNumbers, fitsExactly, isBig, isFloat, wrapScalar } from './dtype.js';
import type { DType, Storage, StorageOf } from './dtype.js';
import { decodeFloat16, decodeFloat16Array, encodeFloat16, encodeFloat16Array } from './float16.js';

/** A JavaScript value of an element. */
export type Scalar = number | bigint | boolean;

/** Zeroed storage for `length` elements. */
export function allocate<D extends DType>(dtype: D, length: number): StorageOf<D> {
  return new dtypeInfo[dtype].storage(length);
}

/** One element as arithmetic wants it: bool as 0 or 1, 64-bit integers as bigint. */
export function readElement(dtype: DType, data: Storage, position: number): number | bigint {
  const stored = data[position];
  return dtype === 'float16' ? decodeFloat16(stored as number) : stored;
}

/** A wrapped value (see `wrapScalar`) as the storage holds it. */
export function toStored(dtype: DType, wrapped: number | bigint): number | bigint {
  return dtype === 'float16' ? encodeFloat16(wrapped as number) : wrapped;
}

/** Writes what `toStored` gives. */
export function storeElement(data: Storage, position: number, stored: number | bigint): void {
  (data as { [position: number]: number | bigint })[position] = stored;
}

/** `value` as storage holds it. @throws DTypeError (E_DTYPE) where it does not fit exactly. */
export function toStoredExact(dtype: DType, value: Scalar, where: string): number | bigint {
  if (!isFloat(dtype) && !fitsExactly(dtype, value)) {
    const { min, max } = dtypeInfo[dtype];
    const range = dtype === 'bool' ? 'true, false, 0 or 1' : `an integer from ${min} to ${max}`;
    throw new DTypeError(`[${where}] expected ${range} for ${dtype}, got ${value}`, {
      hint: 'astype converts with truncation and wrapping; or give another dtype',
    });
  }
  return toStored(dtype, wrapScalar(dtype, value));
}

/** A bigint as the number it equals. @throws UnsafeIntegerError (a RangeError) */
export function toSafeNumber(value: bigint, where: string): number {
  const result = Number(value);
  if (Number.isSafeInteger(result)) return result;
  throw new UnsafeIntegerError(
    `[${where}] expected an integer that a number holds exactly, got ${value}; ask for bigints with {bigint: true}`,
  );
}

/** One element as users see it: booleans for bool, numbers otherwise, bigints only on request. */
export function toUserScalar(
  dtype: DType,
  data: Storage,
  position: number,
  bigint: boolean,
  where: string,
): Scalar {
  const value = readElement(dtype, data, position);
  if (dtype === 'bool') return value !== 0;
  if (typeof value === 'number' || bigint) return value;
  return toSafeNumber(value, where);
}

/** Numbers that may be read without decoding: float16 bits become floats, the rest stays. */
export function readable(dtype: DType, data: Storage): Storage {
  return dtype === 'float16' ? decodeFloat16Array(data as Uint16Array) : data;
}

/** Fresh storage of dtype `to` with all elements of `data`, wrapped and rounded. */
export function convertStorage<D extends DType>(from: DType, data: Storage, to: D): StorageOf<D> {
  if (from === to) return data.slice() as StorageOf<D>;
  const values = readable(from, data);
  if (to === 'float16' && !isBig(from)) {
    return encodeFloat16Array(values as Float64Array) as Storage as StorageOf<D>;
  }
  const out = allocate(to, values.length);
  if (!isBig(from) && !isBig(to) && to !== 'bool') {
    // The typed arrays' own conversion is the same truncation and wrapping.
    (out as Float64Array).set(values as Float64Array);
    return out;
  }
  for (let i = 0; i < values.length; i++) {
    storeElement(out, i, toStored(to, wrapScalar(to, values[i])));
  }
  return out;
}

/** Like `convertStorage`. @throws DTypeError (E_DTYPE) where an integer or bool cannot hold a value. */
export function convertStorageExact<D extends DType>(
  from: DType,
  data: Storage,
  to: D,
  where: string,
): StorageOf<D> {
  const out = convertStorage(from, data, to);
  if (isFloat(to)) return out;
  const values = readable(from, data);
  for (let i = 0; i < values.length; i++) {
    if (!equalNumbers(values[i], out[i])) toStoredExact(to, values[i], where);
  }
  return out;
}
