/** Stacks of matrices: the last two axes of contiguous arrays, in float64, whatever the dtype was. */
import type { DType } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';

/** Matrices of one size, row-major, one after the other; `lead` are the axes that number them. */
export interface Stack {
  readonly data: Float64Array;
  readonly lead: readonly number[];
  readonly rows: number;
  readonly columns: number;
}

export const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** A copy of an array of rank 2 or more. */
export function stackOf(x: NDArray): Stack {
  const { data, offset, size, shape } = x.astype('float64').contiguous();
  const [rows, columns] = shape.slice(-2);
  const elements = data.slice(offset, offset + size) as Float64Array;
  return { data: elements, lead: shape.slice(0, -2), rows, columns };
}

export function zeroStack(lead: readonly number[], rows: number, columns: number): Stack {
  return { data: new Float64Array(product(lead) * rows * columns), lead, rows, columns };
}

export const countOf = ({ lead }: Stack): number => product(lead);

/** The matrix of that number, in place. */
export function matrixOf({ data, rows, columns }: Stack, number: number): Float64Array {
  return data.subarray(number * rows * columns, (number + 1) * rows * columns);
}

export function arrayOf({ data, lead, rows, columns }: Stack, dtype: DType): NDArray {
  return new NDArray('float64', data, [...lead, rows, columns]).astype(dtype);
}

/** A stack of vectors, held as matrices of one column, without that axis. */
export function vectorsOf({ data, lead, rows }: Stack, dtype: DType): NDArray {
  return new NDArray('float64', data, [...lead, rows]).astype(dtype);
}

/** Leading axes broadcast together; they are as many, and sizes of 1 stretch. */
export function commonLead(a: readonly number[], b: readonly number[]): number[] {
  return a.map((n, axis) => (n === 1 ? b[axis] : n));
}

/** The matrix that a stack has for number `number` of the stacks broadcast to `lead`. */
export function broadcastMatrix(
  stack: Stack,
  lead: readonly number[],
  number: number,
): Float64Array {
  let at = 0;
  let stride = 1;
  let rest = number;
  for (let axis = lead.length - 1; axis >= 0; axis--) {
    if (stack.lead[axis] !== 1) at += (rest % lead[axis]) * stride;
    rest = Math.floor(rest / lead[axis]);
    stride *= stack.lead[axis];
  }
  return matrixOf(stack, at);
}

export function transposed(a: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) out[j * rows + i] = a[i * columns + j];
  return out;
}

export function setIdentity(a: Float64Array, rows: number, columns: number): void {
  a.fill(0);
  for (let i = 0; i < Math.min(rows, columns); i++) a[i * columns + i] = 1;
}

/** out = a·b for a of m rows and k columns, b of n columns. */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  [m, k, n]: readonly [number, number, number],
  out = new Float64Array(m * n),
): Float64Array {
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const factor = a[i * k + p];
      for (let j = 0; j < n; j++) out[i * n + j] += factor * b[p * n + j];
    }
  }
  return out;
}

export const isFinite = (values: Float64Array): boolean => values.every(Number.isFinite);
