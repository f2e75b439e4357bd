/**
 * The real Schur form: Householder's reduction to Hessenberg form, Francis' double-shift QR steps (Golub
 * and Van Loan, Matrix Computations, 7.4 and 7.5), and LAPACK's standard form of blocks (dlanv2).
 */
import { arrayOf, countOf, matrixOf, stackOf, zeroStack } from './matrices.js';
import { reflectAll, reflector } from './reflections.js';
import type { ReferenceRoutine } from './routine.js';

/** A square matrix, by rows, and the product of the rotations and reflections that made it what it is. */
interface Turned {
  readonly h: Float64Array;
  readonly z: Float64Array;
  readonly n: number;
}

/** H ← P·H·P and Z ← Z·P for the reflection P of v, of rows from `from` on; H is 0 before column `first` and after row `last`. */
function reflect(
  { h, z, n }: Turned,
  from: number,
  v: readonly number[],
  first: number,
  last: number,
): void {
  const rows = { start: from * n + first, stride: n, next: 1, count: n - first };
  const columns = { start: from, stride: 1, next: n };
  reflectAll(v, h, rows);
  reflectAll(v, h, { ...columns, count: last + 1 });
  reflectAll(v, z, { ...columns, count: n });
}

function toHessenberg(a: Turned): void {
  const { h, n } = a;
  for (let k = 0; k + 2 < n; k++) {
    const below = Array.from({ length: n - k - 1 }, (_, i) => h[(k + 1 + i) * n + k]);
    reflect(a, k + 1, reflector(below), k, n - 1);
    for (let i = k + 2; i < n; i++) h[i * n + k] = 0;
  }
}

/**
 * Sum and product of the shifts of a step: the eigenvalues of the block's last two rows, or, if they are real and
 * many steps did not end with them, the one that is nearer to the last element, twice; exceptional ones at times.
 */
function shiftsOf({ h, n }: Turned, high: number, step: number): [number, number] {
  const at = (i: number, j: number): number => h[i * n + j];
  const [before, last] = [at(high - 1, high - 1), at(high, high)];
  if (step % 30 === 29) {
    const size = Math.abs(at(high, high - 1)) + Math.abs(at(high - 1, high - 2));
    return [1.5 * size, size * size];
  }
  const half = 0.5 * (before - last);
  const beside = at(high - 1, high) * at(high, high - 1);
  const discriminant = half * half + beside;
  if (step % 30 < 15 || discriminant < 0) return [before + last, before * last - beside];
  const root = Math.sqrt(discriminant);
  const shift = last + half + (half < 0 ? root : -root);
  return [2 * shift, shift * shift];
}

/** A QR step with both shifts. */
function francisStep(a: Turned, low: number, high: number, step: number): void {
  const { h, n } = a;
  const at = (i: number, j: number): number => h[i * n + j];
  const [sum, product] = shiftsOf(a, high, step);
  const [p, q, r] = [at(low, low), at(low, low + 1), at(low + 1, low)];
  let v = [
    p * p + q * r - sum * p + product,
    r * (p + at(low + 1, low + 1) - sum),
    r * at(low + 2, low + 1),
  ];
  for (let k = low; k < high; k++) {
    reflect(a, k, reflector(v), Math.max(low, k - 1), Math.min(high, k + 3));
    if (k > low) for (let i = k + 1; i <= Math.min(k + 2, high); i++) h[i * n + k - 1] = 0;
    v = Array.from({ length: Math.min(3, high - k) }, (_, i) => at(k + 1 + i, k));
  }
}

const sign = (x: number): number => (x < 0 || Object.is(x, -0) ? -1 : 1);

/** The rotation [cosine, sine] that brings a block of two rows to standard form: upper triangular, or with equal elements on the diagonal and signs that differ beside it. */
function standardRotation(a: number, b: number, c: number, d: number): [number, number] {
  if (c === 0) return [1, 0];
  if (b === 0) return [0, 1];
  const difference = a - d;
  if (difference === 0 && sign(b) !== sign(c)) return [1, 0];
  const p = 0.5 * difference;
  const [most, least] = [Math.max(Math.abs(b), Math.abs(c)), Math.min(Math.abs(b), Math.abs(c)) * sign(b) * sign(c)]; // prettier-ignore
  const scale = Math.max(Math.abs(p), most);
  const discriminant = (p / scale) * p + (most / scale) * least;
  if (discriminant >= 4 * Number.EPSILON) {
    const root = p + sign(p) * Math.sqrt(scale) * Math.sqrt(discriminant);
    const length = Math.hypot(c, root);
    return [root / length, c / length];
  }
  const sigma = b + c;
  const length = Math.hypot(sigma, difference);
  const cosine = Math.sqrt(0.5 * (1 + Math.abs(sigma) / length));
  const sine = (-p / (length * cosine)) * sign(sigma);
  const crossed = (d - a) * sine * cosine - b * sine * sine + c * cosine * cosine;
  const other = (d - a) * sine * cosine + b * cosine * cosine - c * sine * sine;
  if (crossed === 0 || other === 0 || sign(crossed) !== sign(other)) return [cosine, sine];
  // Nearly equal real eigenvalues after all.
  const [u, w] = [Math.sqrt(Math.abs(other)), Math.sqrt(Math.abs(crossed))];
  const tau = 1 / Math.sqrt(Math.abs(other + crossed));
  return [cosine * u * tau - sine * w * tau, cosine * w * tau + sine * u * tau];
}

function standardize({ h, z, n }: Turned, k: number): void {
  const [a, b, c, d] = [h[k * n + k], h[k * n + k + 1], h[(k + 1) * n + k], h[(k + 1) * n + k + 1]];
  const [cosine, sine] = standardRotation(a, b, c, d);
  for (let j = 0; j < n; j++) {
    const [x, y] = [h[k * n + j], h[(k + 1) * n + j]];
    h[k * n + j] = cosine * x + sine * y;
    h[(k + 1) * n + j] = cosine * y - sine * x;
  }
  for (const m of [h, z]) {
    for (let i = 0; i < n; i++) {
      const [x, y] = [m[i * n + k], m[i * n + k + 1]];
      m[i * n + k] = cosine * x + sine * y;
      m[i * n + k + 1] = cosine * y - sine * x;
    }
  }
  const [first, last] = [k * n + k, (k + 1) * n + k + 1];
  const isReal = sign(h[first + 1]) === sign(h[last - 1]) || Math.abs(h[last - 1]) <= Number.EPSILON * (Math.abs(h[first]) + Math.abs(h[last])); // prettier-ignore
  if (isReal) h[last - 1] = 0;
  else h[first] = h[last] = 0.5 * (h[first] + h[last]);
}

/** Replaces `h` [n, n] by T and fills `z` with Z, so that h = Z·T·Zᵀ; false where the steps do not end. */
function schurInPlace(h: Float64Array, z: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) z[i * n + j] = Number(i === j);
  if (!h.every(Number.isFinite)) return false;
  const a = { h, z, n };
  toHessenberg(a);
  let high = n - 1;
  for (let step = 0; high > 0; step++) {
    let low = high;
    for (; low > 0; low--) {
      const beside = Math.abs(h[(low - 1) * n + low - 1]) + Math.abs(h[low * n + low]);
      if (Math.abs(h[low * n + low - 1]) > Number.EPSILON * beside) continue;
      h[low * n + low - 1] = 0;
      break;
    }
    if (high - low < 2) {
      if (low < high) standardize(a, low);
      high = low - 1;
      step = -1;
    } else if (step < 120) francisStep(a, low, high, step);
    else return false;
  }
  return true;
}

export const schur: ReferenceRoutine = ([x]) => {
  const form = stackOf(x);
  const turns = zeroStack(form.lead, form.rows, form.columns);
  for (let number = 0; number < countOf(form); number++) {
    if (!schurInPlace(matrixOf(form, number), matrixOf(turns, number), form.rows))
      return { failed: number };
  }
  return [arrayOf(form, x.dtype), arrayOf(turns, x.dtype)];
};
