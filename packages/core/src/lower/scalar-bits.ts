/** Scalars as the bit patterns that kernels' `const` instructions carry: two signed 32-bit words. */
import { decodeFloat16, encodeFloat16 } from '../types/float16.js';
import { wrapScalar } from '../types/dtype.js';
import type { DType } from '../types/dtype.js';

export interface ScalarBits {
  readonly lo: number;
  readonly hi: number;
}

const view = new DataView(new ArrayBuffer(8));

/** The bits of `value` converted to `dtype`; `hi` is 0 for dtypes of 32 bits or fewer. */
export function scalarBits(dtype: DType, value: number | bigint | boolean): ScalarBits {
  const wrapped = wrapScalar(dtype, value);
  if (typeof wrapped === 'bigint') view.setBigUint64(0, BigInt.asUintN(64, wrapped), true);
  else if (dtype === 'float64') view.setFloat64(0, wrapped, true);
  else {
    view.setInt32(4, 0, true);
    if (dtype === 'float32') view.setFloat32(0, wrapped, true);
    else view.setInt32(0, dtype === 'float16' ? encodeFloat16(wrapped) : wrapped | 0, true);
  }
  return { lo: view.getInt32(0, true), hi: view.getInt32(4, true) };
}

/** The scalar behind the bits: a bigint for int64 and uint64, 0 or 1 for bool. */
export function scalarValue(dtype: DType, { lo, hi }: ScalarBits): number | bigint {
  view.setInt32(0, lo, true);
  view.setInt32(4, hi, true);
  switch (dtype) {
    case 'int64':
      return view.getBigInt64(0, true);
    case 'uint64':
      return view.getBigUint64(0, true);
    case 'float64':
      return view.getFloat64(0, true);
    case 'float32':
      return view.getFloat32(0, true);
    case 'float16':
      return decodeFloat16(lo & 0xffff);
    default:
      return wrapScalar(dtype, lo);
  }
}
