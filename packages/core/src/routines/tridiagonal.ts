/** Systems of three bands in the reference: elimination with exchanges of neighbouring rows (LAPACK's gtsv). */
import {
  arrayOf,
  broadcastMatrix,
  commonLead,
  countOf,
  matrixOf,
  stackOf,
  zeroStack,
} from './matrices.js';
import type { ReferenceRoutine } from './routine.js';

/** The bands before, on and after the diagonal, and room for one more, which exchanges of rows fill. */
type Bands = readonly [
  before: Float64Array,
  on: Float64Array,
  after: Float64Array,
  beyond: Float64Array,
];

function bandsOf(given: Float64Array, n: number, isTransposed: boolean): Bands {
  const band = (k: number): Float64Array => given.slice(k * n, (k + 1) * n);
  const beyond = new Float64Array(n);
  if (!isTransposed) return [band(0), band(1), band(2), beyond];
  const [before, after] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 1; i < n; i++) {
    before[i] = given[2 * n + i - 1];
    after[i - 1] = given[i];
  }
  return [before, band(1), after, beyond];
}

/** Makes row i + 1 begin on the diagonal. */
function eliminate(
  [before, on, after, beyond]: Bands,
  b: Float64Array,
  i: number,
  k: number,
): void {
  const next = i + 1;
  if (Math.abs(on[i]) >= Math.abs(before[next])) {
    const factor = before[next] / on[i];
    on[next] -= factor * after[i];
    for (let c = 0; c < k; c++) b[next * k + c] -= factor * b[i * k + c];
    return;
  }
  const factor = on[i] / before[next];
  const moved = after[i] - factor * on[next];
  on[i] = before[next];
  after[i] = on[next];
  on[next] = moved;
  beyond[i] = next + 1 < on.length ? after[next] : 0;
  after[next] *= -factor;
  for (let c = 0; c < k; c++) {
    const held = b[i * k + c];
    b[i * k + c] = b[next * k + c];
    b[next * k + c] = held - factor * b[next * k + c];
  }
}

/** Replaces `b`, of k columns, by the solution; gives the first row whose pivot is 0, or -1. */
function solve(bands: Bands, b: Float64Array, k: number): number {
  const [, on, after, beyond] = bands;
  const n = on.length;
  for (let i = 0; i + 1 < n; i++) {
    if (on[i] === 0 && bands[0][i + 1] === 0) return i;
    eliminate(bands, b, i, k);
  }
  if (n > 0 && on[n - 1] === 0) return n - 1;
  for (let i = n - 1; i >= 0; i--) {
    for (let c = 0; c < k; c++) {
      let rest = b[i * k + c];
      if (i + 1 < n) rest -= after[i] * b[(i + 1) * k + c];
      if (i + 2 < n) rest -= beyond[i] * b[(i + 2) * k + c];
      b[i * k + c] = rest / on[i];
    }
  }
  return -1;
}

export const solveTridiagonal: ReferenceRoutine = ([x, y], [isTransposed]) => {
  const [a, b] = [stackOf(x), stackOf(y)];
  const out = zeroStack(commonLead(a.lead, b.lead), b.rows, b.columns);
  for (let number = 0; number < countOf(out); number++) {
    const solution = matrixOf(out, number);
    solution.set(broadcastMatrix(b, out.lead, number));
    const bands = bandsOf(broadcastMatrix(a, out.lead, number), a.columns, isTransposed === 1);
    const failed = solve(bands, solution, b.columns);
    if (failed >= 0) return { failed };
  }
  return [arrayOf(out, x.dtype)];
};
