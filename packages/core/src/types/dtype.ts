/**
 * The element types: their names, storage and limits, and the one conversion of a JavaScript scalar
 * into a dtype. Invariant: `wrapScalar` gives the bits that C conversion in generated code gives, so
 * every device may be checked against it. Codes are written into saved programs and never change.
 */
import { DTypeError } from '../errors.js';
import { roundToFloat16 } from './float16.js';

export type SignedIntDType = 'int8' | 'int16' | 'int32' | 'int64';
export type UnsignedIntDType = 'uint8' | 'uint16' | 'uint32' | 'uint64';
export type IntDType = SignedIntDType | UnsignedIntDType;
export type FloatDType = 'float16' | 'float32' | 'float64';
export type BigDType = 'int64' | 'uint64';
export type DType = 'bool' | IntDType | FloatDType;
export type DTypeKind = 'bool' | 'int' | 'uint' | 'float';

/** The typed array that holds each dtype: bool as 0 or 1 in bytes, float16 as its bits. */
export interface StorageMap {
  bool: Uint8Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  float16: Uint16Array;
  float32: Float32Array;
  float64: Float64Array;
}

export type StorageOf<D extends DType = DType> = StorageMap[D];

/** Every typed array class that some dtype is stored in. */
export type Storage = StorageMap[DType];

/** The constructor of a dtype's storage. */
export interface StorageConstructor<S extends Storage = Storage> {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): S;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): S;
}

export interface DTypeInfo<D extends DType = DType> {
  /** Bytes an element. */
  readonly bytes: number;
  readonly kind: DTypeKind;
  /** A small number for serialised forms. */
  readonly code: number;
  readonly storage: StorageConstructor<StorageOf<D>>;
  /** The little-endian `descr` of the .npy format. */
  readonly numpy: string;
  /** The least value; for floats the finite one. 64-bit integers have bigint limits. */
  readonly min: number | bigint;
  /** The greatest value; for floats the finite one. */
  readonly max: number | bigint;
}

/** All dtypes, bool first, then by kind and width. */
export const dtypes = [
  'bool',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'float16',
  'float32',
  'float64',
] as const satisfies readonly DType[];

function info<D extends DType>(
  code: number,
  kind: DTypeKind,
  numpy: string,
  storage: StorageConstructor<StorageOf<D>>,
  min: number | bigint,
  max: number | bigint,
): DTypeInfo<D> {
  return Object.freeze({
    bytes: storage.BYTES_PER_ELEMENT,
    kind,
    code,
    storage,
    numpy,
    min,
    max,
  });
}

const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/** The facts about each dtype. */
export const dtypeInfo: { readonly [D in DType]: DTypeInfo<D> } = Object.freeze({
  bool: info<'bool'>(0, 'bool', '|b1', Uint8Array, 0, 1),
  int8: info<'int8'>(1, 'int', '|i1', Int8Array, -128, 127),
  int16: info<'int16'>(2, 'int', '<i2', Int16Array, -32768, 32767),
  int32: info<'int32'>(3, 'int', '<i4', Int32Array, -(2 ** 31), 2 ** 31 - 1),
  int64: info<'int64'>(4, 'int', '<i8', BigInt64Array, -(2n ** 63n), 2n ** 63n - 1n),
  uint8: info<'uint8'>(5, 'uint', '|u1', Uint8Array, 0, 255),
  uint16: info<'uint16'>(6, 'uint', '<u2', Uint16Array, 0, 65535),
  uint32: info<'uint32'>(7, 'uint', '<u4', Uint32Array, 0, 2 ** 32 - 1),
  uint64: info<'uint64'>(8, 'uint', '<u8', BigUint64Array, 0n, 2n ** 64n - 1n),
  float16: info<'float16'>(9, 'float', '<f2', Uint16Array, -65504, 65504),
  float32: info<'float32'>(10, 'float', '<f4', Float32Array, -MAX_FLOAT32, MAX_FLOAT32),
  float64: info<'float64'>(11, 'float', '<f8', Float64Array, -Number.MAX_VALUE, Number.MAX_VALUE),
});

const byCode: readonly DType[] = dtypes;

/** The dtype with that code. @throws DTypeError (E_DTYPE) */
export function dtypeFromCode(code: number): DType {
  const dtype = byCode[code] as DType | undefined;
  if (dtype === undefined) throw new DTypeError(`[dtype] expected a dtype code, got ${code}`);
  return dtype;
}

export function isDType(value: unknown): value is DType {
  return typeof value === 'string' && Object.hasOwn(dtypeInfo, value);
}

/** `value` when it names a dtype. @throws DTypeError (E_DTYPE) */
export function asDType(value: unknown, where = 'dtype'): DType {
  if (isDType(value)) return value;
  throw new DTypeError(`[${where}] expected one of ${dtypes.join(', ')}, got ${String(value)}`);
}

export function isFloat(dtype: DType): dtype is FloatDType {
  return dtypeInfo[dtype].kind === 'float';
}

/** Signed or unsigned integer; bool is not one. */
export function isInt(dtype: DType): dtype is IntDType {
  const kind = dtypeInfo[dtype].kind;
  return kind === 'int' || kind === 'uint';
}

export function isSigned(dtype: DType): dtype is SignedIntDType {
  return dtypeInfo[dtype].kind === 'int';
}

export function isUnsigned(dtype: DType): dtype is UnsignedIntDType {
  return dtypeInfo[dtype].kind === 'uint';
}

/** Whether elements are bigints in JavaScript. */
export function isBig(dtype: DType): dtype is BigDType {
  return dtype === 'int64' || dtype === 'uint64';
}

/** Bits of an exact integer: the mantissa of a float, the magnitude bits of an integer. */
function exactBits(dtype: DType): number {
  switch (dtype) {
    case 'bool':
      return 1;
    case 'float16':
      return 11;
    case 'float32':
      return 24;
    case 'float64':
      return 53;
    default:
      return dtypeInfo[dtype].bytes * 8 - (isSigned(dtype) ? 1 : 0);
  }
}

/** Whether every value of `from` is a value of `to`. */
export function canCastExactly(from: DType, to: DType): boolean {
  if (from === to) return true;
  if (isFloat(from)) return isFloat(to) && exactBits(from) <= exactBits(to);
  if (isSigned(from) && !isSigned(to) && !isFloat(to)) return false;
  return to !== 'bool' && exactBits(from) <= exactBits(to);
}

const kindRank: Readonly<Record<DTypeKind, number>> = { bool: 0, uint: 1, int: 2, float: 3 };

/**
 * Whether a cast keeps the kind or goes to a richer one (bool, uint, int, float in that order); it
 * may lose width, never the kind. NumPy's `same_kind`.
 */
export function canCastSameKind(from: DType, to: DType): boolean {
  return kindRank[dtypeInfo[from].kind] <= kindRank[dtypeInfo[to].kind];
}

/**
 * A bigint as a double that rounds on to a narrower float as the exact value would: bits below
 * the 53 kept ones are folded into the last one (round to odd).
 */
function bigToOddDouble(value: bigint): number {
  let magnitude = value < 0n ? -value : value;
  let scale = 1;
  while (magnitude >= 0x20_0000_0000_0000n) {
    const rest = magnitude & 0x7ffn;
    magnitude = (magnitude >> 11n) | (rest === 0n ? 0n : 1n);
    scale *= 2048;
  }
  const result = Number(magnitude) * scale;
  return value < 0n ? -result : result;
}

function toBigInt(value: number | bigint | boolean): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

function toInt32(value: number | bigint): number {
  return typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : value | 0;
}

/**
 * `value` converted to `dtype` as generated C does it: floats round to nearest even, integers
 * truncate toward zero and wrap modulo 2^n, NaN and infinities become integer 0, bool is `!= 0`.
 * int64 and uint64 give a bigint, bool gives 0 or 1.
 */
export function wrapScalar(dtype: BigDType, value: number | bigint | boolean): bigint;
export function wrapScalar(
  dtype: Exclude<DType, BigDType>,
  value: number | bigint | boolean,
): number;
export function wrapScalar(dtype: DType, value: number | bigint | boolean): number | bigint;
export function wrapScalar(dtype: DType, value: number | bigint | boolean): number | bigint {
  if (dtype === 'int64') return BigInt.asIntN(64, toBigInt(value));
  if (dtype === 'uint64') return BigInt.asUintN(64, toBigInt(value));
  const x = typeof value === 'boolean' ? (value ? 1 : 0) : value;
  switch (dtype) {
    case 'bool':
      return x === 0 || x === 0n ? 0 : 1;
    case 'int8':
      return (toInt32(x) << 24) >> 24;
    case 'int16':
      return (toInt32(x) << 16) >> 16;
    case 'int32':
      return toInt32(x);
    case 'uint8':
      return toInt32(x) & 0xff;
    case 'uint16':
      return toInt32(x) & 0xffff;
    case 'uint32':
      return toInt32(x) >>> 0;
    case 'float16':
      return roundToFloat16(typeof x === 'bigint' ? bigToOddDouble(x) : x);
    case 'float32':
      return Math.fround(typeof x === 'bigint' ? bigToOddDouble(x) : x);
    case 'float64':
      return Number(x);
  }
}

/** Whether a number or bigint has the exact mathematical value of another; NaN has none. */
export function equalNumbers(a: number | bigint, b: number | bigint): boolean {
  return a <= b && a >= b;
}

/** Whether `value` survives conversion to `dtype` unchanged, NaN and the sign of zero included. */
export function fitsExactly(dtype: DType, value: number | bigint | boolean): boolean {
  const wrapped = wrapScalar(dtype, value);
  if (typeof value === 'number' && typeof wrapped === 'number' && isFloat(dtype)) {
    return Object.is(wrapped, value);
  }
  return equalNumbers(wrapped, typeof value === 'boolean' ? Number(value) : value);
}
