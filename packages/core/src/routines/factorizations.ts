/**
 * Cholesky, LU and QR factors, and solving by them, in the reference: the textbook algorithms (Golub and
 * Van Loan, Matrix Computations, chapters 3 to 5) with LAPACK's choices of pivots and signs.
 */
import { NDArray } from '../types/ndarray.js';
import {
  arrayOf,
  broadcastMatrix,
  commonLead,
  countOf,
  matrixOf,
  setIdentity,
  stackOf,
  transposed,
  zeroStack,
} from './matrices.js';
import type { ReferenceRoutine } from './routine.js';

/** Replaces `a` by its factor; gives 0, or the order of the first leading minor that is not positive. */
function factorCholesky(a: Float64Array, n: number, isUpper: boolean): number {
  const at = (i: number, j: number): number => (isUpper ? j * n + i : i * n + j);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let rest = a[at(i, j)];
      for (let k = 0; k < j; k++) rest -= a[at(i, k)] * a[at(j, k)];
      if (i > j) {
        a[at(i, j)] = rest / a[at(j, j)];
        a[at(j, i)] = 0;
      } else if (!(rest > 0)) return j + 1;
      else a[at(j, j)] = Math.sqrt(rest);
    }
  }
  return 0;
}

export const cholesky: ReferenceRoutine = ([x], [isUpper]) => {
  const stack = stackOf(x);
  for (let number = 0; number < countOf(stack); number++) {
    const failed = factorCholesky(matrixOf(stack, number), stack.rows, isUpper === 1);
    if (failed > 0) return { failed };
  }
  return [arrayOf(stack, x.dtype)];
};

/** Replaces `a` by its factors; `pivots[k]` is the row that was exchanged with row k. */
export function factorLu(a: Float64Array, n: number, pivots: Float64Array): void {
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++)
      if (Math.abs(a[i * n + k]) > Math.abs(a[best * n + k])) best = i;
    pivots[k] = best;
    exchangeRows(a, n, k, best);
    const pivot = a[k * n + k];
    if (pivot === 0) continue;
    for (let i = k + 1; i < n; i++) {
      const factor = (a[i * n + k] /= pivot);
      for (let j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
    }
  }
}

function exchangeRows(a: Float64Array, columns: number, i: number, j: number): void {
  if (i === j) return;
  for (let c = 0; c < columns; c++)
    [a[i * columns + c], a[j * columns + c]] = [a[j * columns + c], a[i * columns + c]];
}

export const lu: ReferenceRoutine = ([x]) => {
  const stack = stackOf(x);
  const [count, n] = [countOf(stack), stack.rows];
  const pivots = new Float64Array(count * n);
  const permutation = new Float64Array(count * n);
  for (let number = 0; number < count; number++) {
    const exchanged = pivots.subarray(number * n, (number + 1) * n);
    const order = permutation.subarray(number * n, (number + 1) * n);
    factorLu(matrixOf(stack, number), n, exchanged);
    order.forEach((_, k) => (order[k] = k));
    exchanged.forEach((best, k) => exchangeRows(order, 1, k, best));
  }
  const rows = (values: Float64Array): NDArray =>
    new NDArray('int64', BigInt64Array.from(values, BigInt), x.shape.slice(0, -1));
  return [arrayOf(stack, x.dtype), rows(pivots), rows(permutation)];
};

export interface Triangle {
  readonly isLower: boolean;
  readonly isTransposed: boolean;
  /** The diagonal is taken to be 1 and not read. */
  readonly isUnit: boolean;
}

/** Replaces `b`, of k columns, by the solution. */
export function solveTriangle(
  a: Float64Array,
  n: number,
  b: Float64Array,
  k: number,
  triangle: Triangle,
): void {
  const { isLower, isTransposed, isUnit } = triangle;
  const at = (i: number, j: number): number => (isTransposed ? a[j * n + i] : a[i * n + j]);
  const goesDown = isLower !== isTransposed;
  for (let step = 0; step < n; step++) {
    const i = goesDown ? step : n - 1 - step;
    for (let before = 0; before < step; before++) {
      const j = goesDown ? before : n - 1 - before;
      const factor = at(i, j);
      for (let c = 0; c < k; c++) b[i * k + c] -= factor * b[j * k + c];
    }
    if (!isUnit) for (let c = 0; c < k; c++) b[i * k + c] /= at(i, i);
  }
}

/** The position of the first 0 on the diagonal, or -1. */
function zeroOnDiagonal(a: Float64Array, n: number): number {
  for (let i = 0; i < n; i++) if (a[i * n + i] === 0) return i;
  return -1;
}

export const solveTriangular: ReferenceRoutine = ([x, y], [isLower, isTransposed, isUnit]) => {
  const [a, b] = [stackOf(x), stackOf(y)];
  const out = zeroStack(commonLead(a.lead, b.lead), b.rows, b.columns);
  const triangle = {
    isLower: isLower === 1,
    isTransposed: isTransposed === 1,
    isUnit: isUnit === 1,
  };
  for (let number = 0; number < countOf(out); number++) {
    const matrix = broadcastMatrix(a, out.lead, number);
    const failed = triangle.isUnit ? -1 : zeroOnDiagonal(matrix, a.rows);
    if (failed >= 0) return { failed };
    const solution = matrixOf(out, number);
    solution.set(broadcastMatrix(b, out.lead, number));
    solveTriangle(matrix, a.rows, solution, b.columns, triangle);
  }
  return [arrayOf(out, x.dtype)];
};

/** Replaces `b` by the solution of the system whose factors are `a`, or of the transposed one. */
export function solveFactored(
  a: Float64Array,
  permutation: ArrayLike<number>,
  b: Float64Array,
  k: number,
  isTransposed: boolean,
): void {
  const n = permutation.length;
  const lower = { isLower: true, isTransposed, isUnit: true };
  const upper = { isLower: false, isTransposed, isUnit: false };
  const given = b.slice();
  if (!isTransposed) {
    for (let i = 0; i < n; i++)
      b.set(given.subarray(permutation[i] * k, (permutation[i] + 1) * k), i * k);
    solveTriangle(a, n, b, k, lower);
    solveTriangle(a, n, b, k, upper);
    return;
  }
  solveTriangle(a, n, b, k, upper);
  solveTriangle(a, n, b, k, lower);
  const solved = b.slice();
  for (let i = 0; i < n; i++) b.set(solved.subarray(i * k, (i + 1) * k), permutation[i] * k);
}

export const luSolve: ReferenceRoutine = ([x, order, y], [isTransposed]) => {
  const [a, b] = [stackOf(x), stackOf(y)];
  const out = zeroStack(commonLead(a.lead, b.lead), b.rows, b.columns);
  const orders = stackOf(order.reshape([...order.shape, 1]));
  for (let number = 0; number < countOf(out); number++) {
    const matrix = broadcastMatrix(a, out.lead, number);
    const failed = zeroOnDiagonal(matrix, a.rows);
    if (failed >= 0) return { failed };
    const solution = matrixOf(out, number);
    solution.set(broadcastMatrix(b, out.lead, number));
    const permutation = broadcastMatrix(orders, out.lead, number);
    solveFactored(matrix, permutation, solution, b.columns, isTransposed === 1);
  }
  return [arrayOf(out, x.dtype)];
};

/** A reflection I - tau·v·vᵀ of the rows from `from` on; `v` begins with 1. */
interface Reflection {
  readonly v: Float64Array;
  readonly tau: number;
  readonly from: number;
}

function reflect({ v, tau, from }: Reflection, a: Float64Array, columns: number): void {
  for (let j = 0; j < columns; j++) {
    let dot = 0;
    for (let i = 0; i < v.length; i++) dot += v[i] * a[(from + i) * columns + j];
    for (let i = 0; i < v.length; i++) a[(from + i) * columns + j] -= tau * dot * v[i];
  }
}

/** The reflection that makes column k of `a` zero below its row k: LAPACK's, which is none where it is zero already. */
function reflectionOf(a: Float64Array, rows: number, columns: number, k: number): Reflection {
  const v = new Float64Array(rows - k);
  for (let i = 0; i < v.length; i++) v[i] = a[(k + i) * columns + k];
  const alpha = v[0];
  const tail = Math.hypot(...v.subarray(1));
  v[0] = 1;
  if (tail === 0) return { v, tau: 0, from: k };
  const beta =
    alpha < 0 || Object.is(alpha, -0) ? Math.hypot(alpha, tail) : -Math.hypot(alpha, tail);
  for (let i = 1; i < v.length; i++) v[i] /= alpha - beta;
  return { v, tau: (beta - alpha) / beta, from: k };
}

/** Replaces `a` by R; `q`, of `width` columns, becomes the first columns of Q. */
function factorQr(
  a: Float64Array,
  rows: number,
  columns: number,
  q: Float64Array,
  width: number,
): void {
  const reflections: Reflection[] = [];
  for (let k = 0; k < Math.min(rows, columns); k++) {
    const reflection = reflectionOf(a, rows, columns, k);
    reflect(reflection, a, columns);
    for (let i = k + 1; i < rows; i++) a[i * columns + k] = 0;
    reflections.push(reflection);
  }
  setIdentity(q, rows, width);
  for (const reflection of reflections.reverse()) reflect(reflection, q, width);
}

export const qr: ReferenceRoutine = ([x], [isComplete]) => {
  const a = stackOf(x);
  const width = isComplete === 1 ? a.rows : Math.min(a.rows, a.columns);
  const q = zeroStack(a.lead, a.rows, width);
  const r = zeroStack(a.lead, width, a.columns);
  for (let number = 0; number < countOf(a); number++) {
    const matrix = matrixOf(a, number);
    factorQr(matrix, a.rows, a.columns, matrixOf(q, number), width);
    matrixOf(r, number).set(matrix.subarray(0, width * a.columns));
  }
  return [arrayOf(q, x.dtype), arrayOf(r, x.dtype)];
};

/** Products of stacks of matrices, each of which may be stored transposed. */
export const batchedGemm: ReferenceRoutine = ([x, y], [isLeftTransposed, isRightTransposed]) => {
  const [a, b] = [stackOf(x), stackOf(y)];
  const [m, k] = isLeftTransposed === 1 ? [a.columns, a.rows] : [a.rows, a.columns];
  const n = isRightTransposed === 1 ? b.rows : b.columns;
  const out = zeroStack(commonLead(a.lead, b.lead), m, n);
  for (let number = 0; number < countOf(out); number++) {
    const left = broadcastMatrix(a, out.lead, number);
    const right = broadcastMatrix(b, out.lead, number);
    // Both are read along their rows.
    const rows = isLeftTransposed === 1 ? transposed(left, k, m) : left;
    const columns = isRightTransposed === 1 ? right : transposed(right, k, n);
    const into = matrixOf(out, number);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let total = 0;
        for (let p = 0; p < k; p++) total += rows[i * k + p] * columns[j * k + p];
        into[i * n + j] = total;
      }
    }
  }
  return [arrayOf(out, x.dtype)];
};
