/**
 * Eigenvalues of symmetric matrices, singular values and the matrix exponential, in the reference:
 * Jacobi's rotations, two-sided and one-sided (Golub and Van Loan, Matrix Computations, 8.5 and 8.6), and
 * Higham's scaling and squaring (SIAM J. Matrix Anal. Appl. 26, 2005).
 *
 * Vectors are unique up to their sign where their values are apart. The sign is made unique: the first
 * of a vector's largest elements (those within a tenth of the largest) is positive.
 */
import type { NDArray } from '../types/ndarray.js';
import { factorLu, solveFactored } from './factorizations.js';
import {
  arrayOf,
  countOf,
  isFinite,
  matrixOf,
  multiply,
  setIdentity,
  stackOf,
  transposed,
  vectorsOf,
  zeroStack,
} from './matrices.js';
import type { ReferenceRoutine } from './routine.js';

const SWEEPS = 60;

/** Makes the signs of the rows unique; `along` are rows that belong to them. */
function orientRows(rows: readonly Float64Array[], along: readonly Float64Array[] = []): void {
  rows.forEach((row, k) => {
    const largest = row.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const first = row.find((x) => Math.abs(x) >= 0.9 * largest) ?? 0;
    if (first >= 0) return;
    for (const vector of [row, ...along.slice(k, k + 1)])
      for (let i = 0; i < vector.length; i++) vector[i] = -vector[i];
  });
}

const rowsOf = (a: Float64Array, columns: number): Float64Array[] =>
  Array.from({ length: columns === 0 ? 0 : a.length / columns }, (_, k) =>
    a.subarray(k * columns, (k + 1) * columns),
  );

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((s, x, i) => s + x * b[i], 0);

/** Turns two vectors by an angle. */
function rotate(a: Float64Array, b: Float64Array, cos: number, sin: number): void {
  for (let i = 0; i < a.length; i++)
    [a[i], b[i]] = [cos * a[i] - sin * b[i], sin * a[i] + cos * b[i]];
}

/** Cosine and sine of the angle with tangent t: the smaller root of t² + 2·zeta·t = 1. */
function angle(zeta: number): readonly [cos: number, sin: number] {
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const cos = 1 / Math.hypot(1, t);
  return [cos, cos * t];
}

/** Eigenvalues, ascending, and eigenvectors, as rows, of the matrix that a triangle of `a` tells. */
function eigen(a: Float64Array, n: number, isUpper: boolean): [Float64Array, Float64Array[]] {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      if (isUpper) a[i * n + j] = a[j * n + i];
      else a[j * n + i] = a[i * n + j];
    }
  const vectors = new Float64Array(n * n);
  setIdentity(vectors, n, n);
  const [rows, turned] = [rowsOf(a, n), rowsOf(vectors, n)];
  const negligible = dot(a, a) * 1e-36;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += rows[p][q] ** 2;
    if (off <= negligible) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (rows[p][q] === 0) continue;
        const [cos, sin] = angle((rows[q][q] - rows[p][p]) / (2 * rows[p][q]));
        rotate(rows[p], rows[q], cos, sin);
        for (const row of rows)
          [row[p], row[q]] = [cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]];
        rotate(turned[p], turned[q], cos, sin);
      }
    }
  }
  const order = rows.map((_, k) => k).sort((i, j) => rows[i][i] - rows[j][j]);
  const sorted = order.map((k) => turned[k]);
  orientRows(sorted);
  return [Float64Array.from(order, (k) => rows[k][k]), sorted];
}

function spectrum(
  x: NDArray,
  isUpper: boolean,
  withVectors: boolean,
): ReturnType<ReferenceRoutine> {
  const a = stackOf(x);
  const n = a.rows;
  const values = zeroStack(a.lead, n, 1);
  const vectors = zeroStack(a.lead, n, n);
  for (let number = 0; number < countOf(a); number++) {
    const matrix = matrixOf(a, number);
    if (!triangleIsFinite(matrix, n, isUpper)) return { failed: number };
    const [w, rows] = eigen(matrix, n, isUpper);
    matrixOf(values, number).set(w);
    const into = matrixOf(vectors, number);
    rows.forEach((row, j) => row.forEach((value, i) => (into[i * n + j] = value)));
  }
  const w = vectorsOf(values, x.dtype);
  return withVectors ? [w, arrayOf(vectors, x.dtype)] : [w];
}

function triangleIsFinite(a: Float64Array, n: number, isUpper: boolean): boolean {
  return a.every((value, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return (isUpper ? i > j : i < j) || Number.isFinite(value);
  });
}

export const eigh: ReferenceRoutine = ([x], [isUpper]) => spectrum(x, isUpper === 1, true);
export const eigvalsh: ReferenceRoutine = ([x], [isUpper]) => spectrum(x, isUpper === 1, false);

/** Fills `vectors` up to `count` orthonormal ones: the missing are made of unit vectors. */
function completeBasis(vectors: Float64Array[], count: number, length: number): void {
  for (let axis = 0; vectors.length < count; axis++) {
    const next = new Float64Array(length);
    next[axis % length] = 1;
    for (let pass = 0; pass < 2; pass++) {
      for (const vector of vectors) {
        const along = dot(vector, next);
        for (let i = 0; i < length; i++) next[i] -= along * vector[i];
      }
    }
    const norm = Math.hypot(...next);
    // Some unit vector has that much left, since the squares of all that is left add up to the number missing.
    if (norm < 0.9 / Math.sqrt(length)) continue;
    vectors.push(next.map((x) => x / norm));
  }
}

interface Svd {
  readonly values: Float64Array;
  /** Left and right vectors as rows. */
  readonly left: Float64Array[];
  readonly right: Float64Array[];
}

/** Of a matrix given by its columns, which are no more than they are long. */
function jacobiSvd(columns: Float64Array[], length: number): Svd {
  const n = columns.length;
  const identity = new Float64Array(n * n);
  setIdentity(identity, n, n);
  const turned = rowsOf(identity, n);
  const whole = Math.sqrt(columns.reduce((s, c) => s + dot(c, c), 0));
  const negligible = Math.max(length, n) * 2 ** -52 * whole;
  for (let sweep = 0, isDone = false; sweep < SWEEPS && !isDone; sweep++) {
    isDone = true;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const [a, b, c] = [
          dot(columns[p], columns[p]),
          dot(columns[q], columns[q]),
          dot(columns[p], columns[q]),
        ];
        const isTiny = Math.min(a, b) <= negligible ** 2;
        if (c === 0 || isTiny || Math.abs(c) <= 2 ** -52 * Math.sqrt(a * b)) continue;
        isDone = false;
        const [cos, sin] = angle((b - a) / (2 * c));
        rotate(columns[p], columns[q], cos, sin);
        rotate(turned[p], turned[q], cos, sin);
      }
    }
  }
  const norms = columns.map((c) => Math.sqrt(dot(c, c)));
  const order = norms.map((_, k) => k).sort((i, j) => norms[j] - norms[i]);
  const left: Float64Array[] = [];
  for (const k of order) {
    if (norms[k] <= negligible) break;
    left.push(columns[k].map((x) => x / norms[k]));
  }
  completeBasis(left, n, length);
  return {
    values: Float64Array.from(order, (k) => norms[k]),
    left,
    right: order.map((k) => turned[k]),
  };
}

/** Singular vectors, `full` or as many as values. */
function svdOf(a: Float64Array, rows: number, columns: number, isFull: boolean): Svd {
  const isTall = rows >= columns;
  const [long, short] = isTall ? [rows, columns] : [columns, rows];
  const columnsOfTall = isTall ? transposed(a, rows, columns) : a.slice();
  const { values, left, right } = jacobiSvd(rowsOf(columnsOfTall, long), long);
  if (isFull) completeBasis(left, long, long);
  const [u, v] = isTall ? [left, right] : [right, left];
  orientRows(u, v);
  orientRows(v.slice(short));
  return { values, left: u, right: v };
}

function singular(x: NDArray, isFull: boolean, withVectors: boolean): ReturnType<ReferenceRoutine> {
  const a = stackOf(x);
  const short = Math.min(a.rows, a.columns);
  const u = zeroStack(a.lead, a.rows, isFull ? a.rows : short);
  const s = zeroStack(a.lead, short, 1);
  const vt = zeroStack(a.lead, isFull ? a.columns : short, a.columns);
  for (let number = 0; number < countOf(a); number++) {
    const matrix = matrixOf(a, number);
    if (!isFinite(matrix)) return { failed: number };
    const [left, right] = [matrixOf(u, number), matrixOf(vt, number)];
    if (short === 0) {
      setIdentity(left, u.rows, u.columns);
      setIdentity(right, vt.rows, vt.columns);
      continue;
    }
    const found = svdOf(matrix, a.rows, a.columns, isFull);
    matrixOf(s, number).set(found.values);
    found.left.forEach((row, j) => row.forEach((value, i) => (left[i * u.columns + j] = value)));
    found.right.forEach((row, i) => right.set(row, i * vt.columns));
  }
  const values = vectorsOf(s, x.dtype);
  return withVectors ? [arrayOf(u, x.dtype), values, arrayOf(vt, x.dtype)] : [values];
}

export const svd: ReferenceRoutine = ([x], [isFull]) => singular(x, isFull === 1, true);
export const svdvals: ReferenceRoutine = ([x]) => singular(x, false, false);

/** Numerator of the Padé approximation of degree 13, by powers. */
const PADE = [64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1]; // prettier-ignore
/** Norm up to which that approximation is as good as float64. */
const PADE_NORM = 5.371920351148152;

function exponential(a: Float64Array, n: number): Float64Array {
  const sums = new Float64Array(n);
  a.forEach((value, at) => (sums[at % n] += Math.abs(value)));
  const norm = sums.reduce((p, q) => Math.max(p, q), 0);
  if (!Number.isFinite(norm)) return a.fill(NaN);
  const squarings = norm > PADE_NORM ? Math.ceil(Math.log2(norm / PADE_NORM)) : 0;
  const times = (p: Float64Array, q: Float64Array): Float64Array => multiply(p, q, [n, n, n]);
  const one = new Float64Array(n * n);
  setIdentity(one, n, n);
  const base = a.map((value) => value / 2 ** squarings);
  const a2 = times(base, base);
  const a4 = times(a2, a2);
  const a6 = times(a2, a4);
  const combine = (parts: readonly Float64Array[], from: number): Float64Array =>
    one.map((_, at) => parts.reduce((s, part, k) => s + PADE[from + 2 * k] * part[at], 0));
  const half = (odd: number): Float64Array => {
    const high = times(a6, combine([a2, a4, a6], 8 + odd));
    return combine([one, a2, a4, a6], odd).map((value, at) => value + high[at]);
  };
  const [even, odd] = [half(0), times(base, half(1))];
  const pivots = new Float64Array(n);
  const denominator = even.map((value, at) => value - odd[at]);
  let result: Float64Array = even.map((value, at) => value + odd[at]);
  factorLu(denominator, n, pivots);
  const permutation = pivots.map((_, k) => k);
  pivots.forEach(
    (best, k) => ([permutation[k], permutation[best]] = [permutation[best], permutation[k]]),
  );
  solveFactored(denominator, permutation, result, n, false);
  for (let k = 0; k < squarings; k++) result = times(result, result);
  return result;
}

export const expm: ReferenceRoutine = ([x]) => {
  const a = stackOf(x);
  for (let number = 0; number < countOf(a); number++) {
    const matrix = matrixOf(a, number);
    matrix.set(exponential(matrix, a.rows));
  }
  return [arrayOf(a, x.dtype)];
};
