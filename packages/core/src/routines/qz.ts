/**
 * The real generalised Schur form by the QZ algorithm: Moler and Stewart, "An algorithm for generalized
 * matrix eigenvalue problems" (1973); Golub and Van Loan, Matrix Computations, 7.7. Each turn of rows or
 * columns is a reflection of two or three of them.
 */
import {
  arrayOf,
  broadcastMatrix,
  commonLead,
  countOf,
  matrixOf,
  setIdentity,
  stackOf,
  zeroStack,
} from './matrices.js';
import { reflectAll, reflector } from './reflections.js';
import type { ReferenceRoutine } from './routine.js';

/** The v whose reflection brings `x` to a multiple of the last unit vector. */
const lastReflector = (x: number[]): number[] => reflector(x.reverse()).reverse();

/** Two square matrices, by rows, and what turned them: Q·A·Zᵀ and Q·B·Zᵀ stay what they are. */
class Pencil {
  constructor(
    readonly a: Float64Array,
    readonly b: Float64Array,
    readonly q: Float64Array,
    readonly z: Float64Array,
    readonly n: number,
  ) {
    setIdentity(q, n, n);
    setIdentity(z, n, n);
  }

  /** Turns rows from `from` on; both matrices are 0 there before column `first`. */
  private turnRows(from: number, v: readonly number[], first: number): void {
    const { n } = this;
    const rows = { start: from * n + first, stride: n, next: 1, count: n - first };
    reflectAll(v, this.a, rows);
    reflectAll(v, this.b, rows);
    reflectAll(v, this.q, { start: from, stride: 1, next: n, count: n });
  }

  /** Turns columns from `from` on; both matrices are 0 there after row `last`. */
  private turnColumns(from: number, v: readonly number[], last: number): void {
    const columns = { start: from, stride: 1, next: this.n };
    reflectAll(v, this.a, { ...columns, count: last + 1 });
    reflectAll(v, this.b, { ...columns, count: last + 1 });
    reflectAll(v, this.z, { ...columns, count: this.n });
  }

  /** Makes A upper triangular but for the elements beside its diagonal, and B upper triangular. */
  private toHessenbergTriangular(): void {
    const { a, b, n } = this;
    for (let k = 0; k + 1 < n; k++) {
      const below = Array.from({ length: n - k }, (_, i) => b[(k + i) * n + k]);
      this.turnRows(k, reflector(below), 0);
      for (let i = k + 1; i < n; i++) b[i * n + k] = 0;
    }
    for (let j = 0; j + 2 < n; j++) {
      for (let i = n - 1; i > j + 1; i--) {
        this.turnRows(i - 1, reflector([a[(i - 1) * n + j], a[i * n + j]]), j);
        a[i * n + j] = 0;
        this.turnColumns(i - 1, lastReflector([b[i * n + i - 1], b[i * n + i]]), n - 1);
        b[i * n + i - 1] = 0;
      }
    }
  }

  /** What the product of both shifts, those of the block's last two rows, makes of the first unit vector. */
  private firstColumn(low: number, high: number): [number, number, number] {
    /** A·B⁻¹ of two neighbouring rows, without the upper right element, and what B has there. */
    const quotients = (k: number): [number, number, number, number, number] => {
      const [p, q] = [k * this.n + k, (k + 1) * this.n + k];
      const [first, last] = [this.b[p], this.b[q + 1]];
      return [this.a[p] / first, this.a[p + 1] / last, this.a[q] / first, this.a[q + 1] / last, this.b[p + 1] / last]; // prettier-ignore
    };
    const [e, f, g, h, u] = quotients(high - 1);
    const [p, q, r, s, w] = quotients(low);
    const below = this.a[(low + 2) * this.n + low + 1] / this.b[(low + 1) * this.n + low + 1];
    return [
      (e - p) * (h - p) - f * g + g * u * p + (q - p * w) * r,
      (s - r * w - p - (e - p) - (h - p) + g * u) * r,
      below * r,
    ];
  }

  /** A step with both shifts of the block's last two rows, or with exceptional ones. */
  private step(low: number, high: number, isExceptional: boolean): void {
    const { a, b, n } = this;
    let v: number[] = isExceptional ? [0, 1, 1.1605] : this.firstColumn(low, high);
    for (let k = low; k < high; k++) {
      this.turnRows(k, reflector(v), Math.max(low, k - 1));
      if (k > low) for (let i = 1; i < v.length; i++) a[(k + i) * n + k - 1] = 0;
      for (let c = v.length - 1; c > 0; c--) {
        const row = (k + c) * n + k;
        this.turnColumns(k, lastReflector([...b.slice(row, row + c + 1)]), Math.min(high, k + 3));
        b.fill(0, row, row + c);
      }
      v = Array.from({ length: Math.min(3, high - k) }, (_, i) => a[(k + 1 + i) * n + k]);
    }
  }

  /** Moves a 0 on B's diagonal down to row `high`, where it makes A's element beside the diagonal 0. */
  private chaseZero(zero: number, low: number, high: number): void {
    const { a, b, n } = this;
    b[zero * n + zero] = 0;
    for (let j = zero; j < high; j++) {
      const next = (j + 1) * n;
      this.turnRows(j, reflector([b[j * n + j + 1], b[next + j + 1]]), Math.max(low, j - 1));
      b[next + j + 1] = 0;
      if (j === low) continue;
      this.turnColumns(j - 1, lastReflector([a[next + j - 1], a[next + j]]), j + 1);
      a[next + j - 1] = 0;
    }
    if (low === high) return;
    const row = high * n;
    this.turnColumns(high - 1, lastReflector([a[row + high - 1], a[row + high]]), high);
    a[row + high - 1] = 0;
  }

  /** Makes B's element of row `k` on the diagonal positive, unless it is 0. */
  private makePositive(k: number): void {
    if (!(this.b[k * this.n + k] < 0)) return;
    // From 0, since of 0 that is no -0.
    for (const m of [this.a, this.b, this.z])
      for (let i = k; i < m.length; i += this.n) m[i] = 0 - m[i];
  }

  /** Makes a block of two rows diagonal in B, the larger element first; triangular where its eigenvalues are real. */
  private standardize(k: number): void {
    this.diagonalize(k);
    const { a, b, n } = this;
    const [p, q] = [k * n + k, (k + 1) * n + k];
    const scale = Math.max(...[a[p], a[p + 1], a[q], a[q + 1]].map(Math.abs));
    const [e, f, g, h] = [a[p], a[p + 1], a[q], a[q + 1]].map((x) => x / scale);
    const t = b[q + 1] / b[p];
    const half = 0.5 * (e * t - h);
    const discriminant = half * half + f * g * t;
    if (discriminant < 0) return;
    const root = Math.sqrt(discriminant);
    const [x, y] = [half + (half < 0 ? -root : root), g];
    const [byA, byB] = [[e * x + f * y, g * x + h * y], [x, t * y]]; // prettier-ignore
    // What both matrices make of [x, y] has one direction; of that which is longer it is known better.
    const along = Math.hypot(...byA) > Math.hypot(...byB) ? byA : byB;
    this.turnColumns(k, reflector([x, y]), k + 1);
    this.turnRows(k, reflector(along), k);
    a[q] = b[q] = 0;
    this.makePositive(k);
    this.makePositive(k + 1);
  }

  /** The singular value decomposition of B's block. */
  private diagonalize(k: number): void {
    this.makePositive(k);
    this.makePositive(k + 1);
    const { b, n } = this;
    const [p, q] = [k * n + k, (k + 1) * n + k];
    const scale = Math.max(b[p], Math.abs(b[p + 1]), b[q + 1]);
    const [f, g, h] = [b[p] / scale, b[p + 1] / scale, b[q + 1] / scale];
    const half = 0.5 * ((f - h) * (f + h) - g * g);
    const size = Math.hypot(half, f * g);
    const v = half < 0 ? [f * g, size - half] : [half + size, f * g];
    const length = Math.hypot(...v);
    const u = [f * v[0] + g * v[1], h * v[1]];
    const most = length === 0 ? f : Math.hypot(...u) / length;
    this.turnColumns(k, reflector(v), k + 1);
    this.turnRows(k, reflector(u), k);
    const withSign = (x: number, like: number): number => (like < 0 ? -x : x);
    b[p] = withSign(scale * most, b[p]);
    b[q + 1] = withSign(scale * (f / most) * h, b[q + 1]);
    b[p + 1] = b[q] = 0;
    this.makePositive(k);
    this.makePositive(k + 1);
  }

  /** The first row of the last block that does not fall apart; what is small enough before it becomes 0. */
  private blockStart(high: number, least: number): number {
    const { a, n } = this;
    for (let low = high; low > 0; low--) {
      if (Math.abs(a[low * n + low - 1]) > least) continue;
      a[low * n + low - 1] = 0;
      return low;
    }
    return 0;
  }

  /** The first row of the block where B's diagonal is as good as 0; after the block where there is none. */
  private zeroWithin(low: number, high: number, least: number): number {
    let row = low;
    while (row <= high && Math.abs(this.b[row * this.n + row]) > least) row++;
    return row;
  }

  /** False where the steps do not end. */
  run(): boolean {
    const { a, b, n } = this;
    if (![a, b].every((m) => m.every(Number.isFinite))) return false;
    this.toHessenbergTriangular();
    const [leastA, leastB] = [a, b].map(
      (m) => Number.EPSILON * m.reduce((norm, x) => Math.hypot(norm, x), 0),
    );
    let high = n - 1;
    for (let step = 0; high >= 0; step++) {
      const low = this.blockStart(high, leastA);
      const zero = this.zeroWithin(low, high, leastB);
      if (zero <= high) {
        this.chaseZero(zero, low, high);
        if (low < high) continue;
      }
      if (high - low > 1) {
        if (step >= 120) return false;
        this.step(low, high, step % 30 === 29);
        continue;
      }
      if (low < high) this.standardize(low);
      else this.makePositive(low);
      high = low - 1;
      step = -1;
    }
    return true;
  }
}

export const qz: ReferenceRoutine = ([x, y]) => {
  const [a, b] = [stackOf(x), stackOf(y)];
  const lead = commonLead(a.lead, b.lead);
  const outs = [a, b, a, a].map(({ rows }) => zeroStack(lead, rows, rows));
  for (let number = 0; number < countOf(outs[0]); number++) {
    const [s, t, q, z] = outs.map((out) => matrixOf(out, number));
    s.set(broadcastMatrix(a, lead, number));
    t.set(broadcastMatrix(b, lead, number));
    if (!new Pencil(s, t, q, z, a.rows).run()) return { failed: number };
  }
  return outs.map((out) => arrayOf(out, x.dtype));
};
