/** Comparison of arrays by steps between neighbouring floats. */
import { expect } from 'vitest';
import { encodeFloat16 } from '../../src/types/float16.js';
import type { DType } from '../../src/types/dtype.js';
import type { NDArray } from '../../src/types/ndarray.js';

const bits = new DataView(new ArrayBuffer(8));

/** Floats of a dtype in order of value as consecutive integers. */
function ordinal(dtype: DType, value: number): number | bigint {
  if (dtype === 'float64') {
    bits.setFloat64(0, value);
    const word = bits.getBigInt64(0);
    return word < 0n ? -(word & 0x7fff_ffff_ffff_ffffn) : word;
  }
  if (dtype === 'float32') {
    bits.setFloat32(0, value);
    const word = bits.getInt32(0);
    return word < 0 ? -(word & 0x7fff_ffff) : word;
  }
  const word = encodeFloat16(value);
  return word & 0x8000 ? -(word & 0x7fff) : word;
}

/** How many steps of the dtype lie between two numbers; infinite for NaN beside a number and for zeros of both signs. */
function steps(dtype: DType, a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  if (a !== a || b !== b || (a === 0 && b === 0)) return Infinity;
  const [p, q] = [ordinal(dtype, a), ordinal(dtype, b)];
  return Math.abs(
    typeof p === 'bigint' && typeof q === 'bigint' ? Number(p - q) : Number(p) - Number(q),
  );
}

/** Expects dtype, shape and elements to be the same; floats may be up to `ulps` steps apart. */
export function expectValues(actual: NDArray, expected: NDArray, ulps = 0, about = ''): void {
  expect(`${actual.dtype} (${actual.shape.join(', ')})`, about).toBe(
    `${expected.dtype} (${expected.shape.join(', ')})`,
  );
  const [a, b] = [actual, expected].map(
    (x) => [x.reshape([x.size]).toNested({ bigint: true })].flat() as unknown[],
  );
  const isFloat = actual.dtype.startsWith('float');
  a.forEach((value, i) => {
    const isClose = isFloat
      ? steps(actual.dtype, value as number, b[i] as number) <= ulps
      : value === b[i];
    // A matcher for each element would take most of the tests' time.
    if (!isClose) {
      expect.fail(`${about}, element ${i}: expected ${String(b[i])}, got ${String(value)}`);
    }
  });
}
