/**
 * The library routines of the reference device, in plain TypeScript. Products of floats accumulate
 * in float64 and are rounded once, those of integers wrap. Strides are honoured, also C's of 0; with
 * beta 0, C is not read; Y may be C's (or, of `ger`, A's) own memory.
 */
import { DeviceError } from '../errors.js';
import { encodeFloat16, decodeFloat16 } from '../types/float16.js';
import { isBig, isFloat, wrapScalar } from '../types/dtype.js';
import type { DType, Storage } from '../types/dtype.js';
import type { NDArray } from '../types/ndarray.js';
import type { Callee } from '../lower/program.js';

/** A matrix by its strides; a vector is one of a single column. */
interface Matrix {
  readonly data: Storage;
  readonly dtype: DType;
  readonly rows: number;
  readonly columns: number;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

export function runReferenceCall(
  callee: Callee,
  ins: readonly NDArray[],
  outs: readonly NDArray[],
): void {
  switch (callee) {
    case 'gemm':
    case 'gemv':
      return product(ins, outs[0]);
    case 'ger':
      return rankOneUpdate(ins, outs[0]);
    case 'nonzero':
      return nonzero(ins[0], outs[0], outs[1]);
  }
}

function matrix({ data, dtype, shape, strides, offset }: NDArray): Matrix {
  const [rows, columns = 1] = shape;
  const [rowStride, columnStride = 0] = strides;
  return { data, dtype, rows, columns, offset, rowStride, columnStride };
}

function product(ins: readonly NDArray[], out: NDArray): void {
  const [a, b, y] = [matrix(ins[0]), matrix(ins[1]), matrix(out)];
  if (a.rows !== y.rows || a.columns !== b.rows || b.columns !== y.columns) {
    throw new DeviceError(
      `[dot] expected shapes that fit, got ${[a, b, y].map((m) => `${m.rows}x${m.columns}`).join(', ')}`,
    );
  }
  const c = ins.length > 2 ? matrix(ins[2]) : null;
  const [alpha, beta] = ins.length > 2 ? [scalar(ins[3]), scalar(ins[4])] : [1, 0];
  const addend = Number(beta) === 0 ? null : c;
  if (isFloat(y.dtype)) floatProduct(a, b, y, addend, Number(alpha), Number(beta));
  else integerProduct(a, b, y, addend, alpha, beta);
}

function floatProduct(
  a: Matrix,
  b: Matrix,
  y: Matrix,
  c: Matrix | null,
  alpha: number,
  beta: number,
): void {
  const [x, w] = [floats(a), floats(b)];
  const sums = new Float64Array(y.columns);
  for (let i = 0; i < y.rows; i++) {
    sums.fill(0);
    for (let k = 0; k < a.columns; k++) {
      const left = x[a.offset + i * a.rowStride + k * a.columnStride];
      const row = b.offset + k * b.rowStride;
      for (let j = 0; j < sums.length; j++) sums[j] += left * w[row + j * b.columnStride];
    }
    for (let j = 0; j < sums.length; j++) {
      const old = c === null ? 0 : beta * getFloat(c, i, j);
      setFloat(y, i, j, alpha * sums[j] + old);
    }
  }
}

function integerProduct(
  a: Matrix,
  b: Matrix,
  y: Matrix,
  c: Matrix | null,
  alpha: number | bigint,
  beta: number | bigint,
): void {
  for (let i = 0; i < y.rows; i++) {
    for (let j = 0; j < y.columns; j++) {
      let sum = 0n;
      for (let k = 0; k < a.columns; k++) sum += big(a, i, k) * big(b, k, j);
      const old = c === null ? 0n : BigInt(beta) * big(c, i, j);
      setWrapped(y, i, j, BigInt(alpha) * sum + old);
    }
  }
}

function rankOneUpdate(ins: readonly NDArray[], out: NDArray): void {
  const [a, x, v, y] = [matrix(ins[0]), matrix(ins[1]), matrix(ins[2]), matrix(out)];
  const alpha = scalar(ins[3]);
  if (a.rows !== y.rows || a.columns !== y.columns || x.rows !== y.rows || v.rows !== y.columns) {
    throw new DeviceError('[outer] expected shapes that fit, got others');
  }
  for (let i = 0; i < y.rows; i++) {
    for (let j = 0; j < y.columns; j++) {
      if (isFloat(y.dtype)) {
        setFloat(
          y,
          i,
          j,
          getFloat(a, i, j) + Number(alpha) * getFloat(x, i, 0) * getFloat(v, j, 0),
        );
      } else {
        setWrapped(y, i, j, big(a, i, j) + BigInt(alpha) * big(x, i, 0) * big(v, j, 0));
      }
    }
  }
}

/** `x` is contiguous; NaN is not zero. */
function nonzero(x: NDArray, positions: NDArray, count: NDArray): void {
  const { data, offset, dtype } = x;
  const zero = isBig(dtype) ? 0n : 0;
  // Bits of float16: the sign of zero does not make it another number.
  const isZero = (bits: number | bigint): boolean =>
    dtype === 'float16' ? (Number(bits) & 0x7fff) === 0 : bits === zero;
  const found = positions.data as BigInt64Array;
  let n = 0;
  for (let i = 0; i < x.size; i++) {
    if (!isZero(data[offset + i])) found[positions.offset + n++] = BigInt(i);
  }
  (count.data as BigInt64Array)[count.offset] = BigInt(n);
}

/** Elements as numbers, at the same positions. */
function floats({ data, dtype }: Matrix): { readonly [index: number]: number } {
  if (dtype !== 'float16') return data as Float64Array;
  return Float32Array.from(data as Uint16Array, decodeFloat16);
}

function scalar({ data, dtype, offset }: NDArray): number | bigint {
  return dtype === 'float16' ? decodeFloat16(Number(data[offset])) : data[offset];
}

function at(m: Matrix, i: number, j: number): number {
  return m.offset + i * m.rowStride + j * m.columnStride;
}

function getFloat(m: Matrix, i: number, j: number): number {
  const element = Number(m.data[at(m, i, j)]);
  return m.dtype === 'float16' ? decodeFloat16(element) : element;
}

function setFloat(m: Matrix, i: number, j: number, value: number): void {
  const data = m.data as Float64Array;
  data[at(m, i, j)] = m.dtype === 'float16' ? encodeFloat16(value) : value;
}

function big(m: Matrix, i: number, j: number): bigint {
  return BigInt(m.data[at(m, i, j)]);
}

function setWrapped(m: Matrix, i: number, j: number, value: bigint): void {
  (m.data as { [index: number]: number | bigint })[at(m, i, j)] = wrapScalar(m.dtype, value);
}
