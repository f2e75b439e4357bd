/** Distance of floats in steps between neighbours of their dtype. */
import { NDArray } from '@tno/core';

type FloatDType = 'float16' | 'float32' | 'float64';

const scratch = {
  float16: NDArray.zeros([1], 'float16'),
  float32: NDArray.zeros([1], 'float32'),
  float64: NDArray.zeros([1], 'float64'),
};
const signBit = { float16: 15n, float32: 31n, float64: 63n };

/** Floats of a dtype in order of value as consecutive integers. */
function ordinal(dtype: FloatDType, value: number): bigint {
  const array = scratch[dtype];
  array.set(value, 0);
  const { buffer, byteOffset, byteLength } = array.data;
  const view = new DataView(buffer, byteOffset, byteLength);
  const word =
    dtype === 'float64'
      ? view.getBigUint64(0, true)
      : BigInt(dtype === 'float32' ? view.getUint32(0, true) : view.getUint16(0, true));
  const sign = 1n << signBit[dtype];
  return (word & sign) !== 0n ? -(word & (sign - 1n)) : word;
}

/** Infinite for a NaN beside a number, and for zeros of both signs. */
export function stepsApart(dtype: FloatDType, a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  if (Number.isNaN(a) || Number.isNaN(b) || (a === 0 && b === 0)) return Infinity;
  const distance = ordinal(dtype, a) - ordinal(dtype, b);
  return Number(distance < 0n ? -distance : distance);
}
