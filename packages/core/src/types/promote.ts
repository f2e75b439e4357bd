/**
 * What dtype an operation on two dtypes has. NumPy's rules, with one difference on purpose: an
 * integer with a float takes the float's width (int32 with float32 is float32), since graphs that
 * slide to float64 by themselves are slow on every device. bool with anything is the other dtype;
 * uint64 with a signed integer has no common integer and is float64.
 *
 * `PromoteTable` says the same to the TypeScript compiler; a test compares the two for every pair.
 */
import { DTypeError } from '../errors.js';
import { dtypeInfo, fitsExactly, isFloat, isInt, isSigned } from './dtype.js';
import type { DType, FloatDType, IntDType, SignedIntDType, UnsignedIntDType } from './dtype.js';

/** What an integer or bool row says for float columns. */
interface FloatColumns {
  float16: 'float16';
  float32: 'float32';
  float64: 'float64';
}

/** The row of a float `F`, where the floats in `Wider` win. */
type FloatRow<F extends FloatDType, Wider extends FloatDType> = {
  [B in DType]: B extends Wider ? B : F;
};

/** The dtype of an operation on the row's and the column's dtype. */
export interface PromoteTable {
  bool: { [B in DType]: B };
  int8: FloatColumns & {
    bool: 'int8';
    int8: 'int8';
    int16: 'int16';
    int32: 'int32';
    int64: 'int64';
    uint8: 'int16';
    uint16: 'int32';
    uint32: 'int64';
    uint64: 'float64';
  };
  int16: FloatColumns & {
    bool: 'int16';
    int8: 'int16';
    int16: 'int16';
    int32: 'int32';
    int64: 'int64';
    uint8: 'int16';
    uint16: 'int32';
    uint32: 'int64';
    uint64: 'float64';
  };
  int32: FloatColumns & {
    bool: 'int32';
    int8: 'int32';
    int16: 'int32';
    int32: 'int32';
    int64: 'int64';
    uint8: 'int32';
    uint16: 'int32';
    uint32: 'int64';
    uint64: 'float64';
  };
  int64: FloatColumns & {
    bool: 'int64';
    int8: 'int64';
    int16: 'int64';
    int32: 'int64';
    int64: 'int64';
    uint8: 'int64';
    uint16: 'int64';
    uint32: 'int64';
    uint64: 'float64';
  };
  uint8: FloatColumns & {
    bool: 'uint8';
    int8: 'int16';
    int16: 'int16';
    int32: 'int32';
    int64: 'int64';
    uint8: 'uint8';
    uint16: 'uint16';
    uint32: 'uint32';
    uint64: 'uint64';
  };
  uint16: FloatColumns & {
    bool: 'uint16';
    int8: 'int32';
    int16: 'int32';
    int32: 'int32';
    int64: 'int64';
    uint8: 'uint16';
    uint16: 'uint16';
    uint32: 'uint32';
    uint64: 'uint64';
  };
  uint32: FloatColumns & {
    bool: 'uint32';
    int8: 'int64';
    int16: 'int64';
    int32: 'int64';
    int64: 'int64';
    uint8: 'uint32';
    uint16: 'uint32';
    uint32: 'uint32';
    uint64: 'uint64';
  };
  uint64: FloatColumns & {
    bool: 'uint64';
    int8: 'float64';
    int16: 'float64';
    int32: 'float64';
    int64: 'float64';
    uint8: 'uint64';
    uint16: 'uint64';
    uint32: 'uint64';
    uint64: 'uint64';
  };
  float16: FloatRow<'float16', 'float32' | 'float64'>;
  float32: FloatRow<'float32', 'float64'>;
  float64: FloatRow<'float64', never>;
}

/** The type-level twin of `promote`. */
export type Promote<A extends DType, B extends DType> = PromoteTable[A][B];

const signedBySize: readonly SignedIntDType[] = ['int8', 'int16', 'int32', 'int64'];
const unsignedBySize: readonly UnsignedIntDType[] = ['uint8', 'uint16', 'uint32', 'uint64'];

function promoteInts(a: IntDType, b: IntDType): DType {
  const [bytesA, bytesB] = [dtypeInfo[a].bytes, dtypeInfo[b].bytes];
  if (isSigned(a) === isSigned(b)) return bytesA >= bytesB ? a : b;
  const [signed, unsigned] = isSigned(a) ? [a, b] : [b, a];
  const needed = dtypeInfo[unsigned].bytes * 2;
  if (dtypeInfo[signed].bytes >= needed) return signed;
  return signedBySize.find((dtype) => dtypeInfo[dtype].bytes === needed) ?? 'float64';
}

/** The dtype that an operation on `a` and `b` computes in; symmetric. */
export function promote<A extends DType, B extends DType>(a: A, b: B): Promote<A, B>;
export function promote(a: DType, b: DType): DType {
  if (a === b || b === 'bool') return a;
  if (a === 'bool') return b;
  if (isFloat(a)) return isFloat(b) && dtypeInfo[b].bytes > dtypeInfo[a].bytes ? b : a;
  if (isFloat(b)) return b;
  return promoteInts(a, b);
}

/**
 * The common dtype of several; with none given, `undefined`. Folds from the left, and the order can
 * matter where uint64 meets a signed integer, as in NumPy.
 */
export function promoteAll(dtypes: readonly DType[]): DType | undefined {
  return dtypes.reduce<DType | undefined>(
    (all, dtype) => (all === undefined ? dtype : promote(all, dtype)),
    undefined,
  );
}

/** The dtype in which an op that needs a float works on `dtype`: floatX for integers and bool. */
export function toFloatDType(dtype: DType, floatX: FloatDType): FloatDType {
  return isFloat(dtype) ? dtype : floatX;
}

function smallest<D extends IntDType>(
  candidates: readonly D[],
  value: number | bigint,
  minBytes: number,
): D | undefined {
  return candidates.find(
    (dtype) => dtypeInfo[dtype].bytes >= minBytes && fitsExactly(dtype, value),
  );
}

/**
 * The dtype that a literal beside a tensor makes the operation have. Literals are weak: a number
 * keeps a float tensor's dtype, an integer keeps an integer tensor's dtype unless it does not fit.
 *
 * @throws DTypeError (E_DTYPE) for a bigint that no dtype can hold beside that tensor.
 */
export function literalDType(
  tensor: DType,
  value: number | bigint | boolean,
  floatX: FloatDType,
): DType {
  if (typeof value === 'boolean' || isFloat(tensor)) return tensor;
  if (typeof value === 'number' && !Number.isInteger(value)) return floatX;
  const fitting = isInt(tensor) ? intLiteral(tensor, value) : smallest(signedBySize, value, 1);
  if (fitting !== undefined) return fitting;
  // A number too large for every integer is taken for the float it is.
  if (typeof value === 'number') return floatX;
  if (fitsExactly('uint64', value)) return promote(tensor, 'uint64');
  throw new DTypeError(`[literal] expected an integer that fits 64 bits, got ${value}`);
}

function intLiteral(tensor: IntDType, value: number | bigint): DType | undefined {
  const bytes = dtypeInfo[tensor].bytes;
  if (isSigned(tensor)) return smallest(signedBySize, value, bytes);
  if (value >= 0) return smallest(unsignedBySize, value, bytes);
  const literal = smallest(signedBySize, value, 1);
  return literal === undefined ? undefined : promote(tensor, literal);
}
