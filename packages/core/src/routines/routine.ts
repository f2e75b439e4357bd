/**
 * Library routines over whole arrays: what is neither a loop over points nor a product. A `routine`
 * step names one of them; each device has them all, the reference device in `routines/`.
 *
 * Inputs and outputs are C-contiguous and apart in memory; leading axes, where a routine has them, are
 * a batch. `params` are integers known when the step runs. A routine may fail, so it stands before
 * `commit`; its failure carries one number for the message.
 */
import type { NDArray } from '../types/ndarray.js';

/**
 * - `sort`: [x] → [values], ascending along the last axis, NaN last.
 * - `argsort`: [x] → [int64 positions] of that order; equal elements keep theirs.
 * - `searchsorted`: [x, v] → [int64 positions of v's shape] where v would go into the ascending vector x;
 *   before elements that equal it, or behind them where the parameter is 1. Both of one dtype.
 * - `cumsum`, `cumprod`: [x] → [y], along the last axis; floats accumulate in float64, integers wrap; not for bool.
 * - `cumargmax`: [x] → [int64 position of the greatest element up to each, along the last axis]: the first of
 *   equal ones; of the least where the parameter is 1. NaN counts as greatest, or as least.
 * - `recurrence`: [a, b] → [s] of one shape, along the last axis: s_i = a_i·s_(i-1) + b_i, from s_0 = b_0; where
 *   the parameter is 1 from the end, of s_(i+1). Accumulates in float64; for floats.
 * - `fold`: [g] → [y]: the elements of windows, added in the order of g's axes at the places they were taken
 *   from. g is [...lead, k..., ...between, o...], y [...lead, ...between, n...]; params: the number of spatial
 *   axes (at most 3), of axes between, and three each of lengths n, strides s, dilations d: y at o·s + k·d.
 *   Not for float16 and bool.
 * - `fft`: [x] → [y], both [..., n, 2]: real and imaginary parts; y_k = Σ x_j e^(∓2πi·jk/n), minus in the
 *   exponent unless the flag is 1. Fourier transforms are not scaled, and for float32 and float64.
 * - `rfft`: [x] → [y] of real x [..., n], n > 0: [..., n/2 + 1, 2], the numbers that do not mirror others.
 * - `irfft`: [c] → [x] the sum backward of numbers mirrored so; parameter: n, of which c has n/2 + 1.
 *
 * Those below are for stacks of matrices, the last two axes, of float32 and float64. Where there are two
 * such inputs they have as many leading axes, of equal size or 1, which stretches. Flags are 0 or 1.
 * - `batched_gemm`: [a, b] → [a·b]; flags: a is stored transposed, b is.
 * - `cholesky`: [a] → [l] of the lower triangle; flag: the upper one of the upper triangle.
 * - `lu`: [a] → [l and u in one, int64 rows exchanged with each row in turn, int64 place in a of each row]; square.
 * - `lu_solve`: [lu, places, b] → [x], of what `lu` gave; flag: of the transposed matrix.
 * - `solve_triangular`: [a, b] → [x]; flags: lower, of the transposed matrix, diagonal taken as 1.
 * - `solve_tridiagonal`: [bands [..., 3, n]: what stands before, on and after the diagonal in each row; b] → [x]; flag: of
 *   the transposed matrix.
 * - `qr`: [a] → [q, r]; flag: complete, else as many columns as the shorter side. Signs are LAPACK's.
 * - `schur`: [a] → [t, z] with a = z·t·zᵀ; square.
 * - `qz`: [a, b] → [s, t, q, z] with a = q·s·zᵀ and b = q·t·zᵀ; square.
 * - `eigh`: [a] → [w, v] ascending, of the lower triangle; flag: of the upper. `eigvalsh`: [a] → [w].
 * - `svd`: [a] → [u, s, vᵀ] descending; flag: full. `svdvals`: [a] → [s].
 * - `expm`: [a] → [e^a].
 */
export const routines = [
  'sort',
  'argsort',
  'searchsorted',
  'cumsum',
  'cumprod',
  'cumargmax',
  'recurrence',
  'fold',
  'fft',
  'rfft',
  'irfft',
  'batched_gemm',
  'cholesky',
  'lu',
  'lu_solve',
  'solve_triangular',
  'solve_tridiagonal',
  'qr',
  'schur',
  'qz',
  'eigh',
  'eigvalsh',
  'svd',
  'svdvals',
  'expm',
] as const;
export type Routine = (typeof routines)[number];

export interface RoutineSignature {
  readonly ins: number;
  readonly outs: number;
  readonly params: number;
  /** What the routine expects of values, where it can fail: the message, in which `{value}` stands for the failure's number. */
  readonly failure?: string;
}

const notFinite = 'finite elements (and values that converge), got others in matrix {value}';

export const routineSignatures: Readonly<Record<Routine, RoutineSignature>> = {
  sort: { ins: 1, outs: 1, params: 0 },
  argsort: { ins: 1, outs: 1, params: 0 },
  searchsorted: { ins: 2, outs: 1, params: 1 },
  cumsum: { ins: 1, outs: 1, params: 0 },
  cumprod: { ins: 1, outs: 1, params: 0 },
  cumargmax: { ins: 1, outs: 1, params: 1 },
  recurrence: { ins: 2, outs: 1, params: 1 },
  fold: { ins: 1, outs: 1, params: 11 },
  fft: { ins: 1, outs: 1, params: 1 },
  rfft: { ins: 1, outs: 1, params: 0 },
  irfft: { ins: 1, outs: 1, params: 1 },
  batched_gemm: { ins: 2, outs: 1, params: 2 },
  cholesky: {
    ins: 1,
    outs: 1,
    params: 1,
    failure: 'a positive definite matrix, got one whose leading minor of order {value} is not',
  },
  lu: { ins: 1, outs: 3, params: 0 },
  lu_solve: {
    ins: 3,
    outs: 1,
    params: 1,
    failure: 'a matrix that is not singular, got one whose pivot {value} is 0',
  },
  solve_triangular: {
    ins: 2,
    outs: 1,
    params: 3,
    failure: 'a matrix that is not singular, got one whose diagonal element {value} is 0',
  },
  solve_tridiagonal: {
    ins: 2,
    outs: 1,
    params: 1,
    failure: 'a matrix that is not singular, got one whose pivot {value} is 0',
  },
  qr: { ins: 1, outs: 2, params: 1 },
  schur: { ins: 1, outs: 2, params: 0, failure: notFinite },
  qz: { ins: 2, outs: 4, params: 0, failure: notFinite },
  eigh: { ins: 1, outs: 2, params: 1, failure: notFinite },
  eigvalsh: { ins: 1, outs: 1, params: 1, failure: notFinite },
  svd: { ins: 1, outs: 3, params: 1, failure: notFinite },
  svdvals: { ins: 1, outs: 1, params: 0, failure: notFinite },
  expm: { ins: 1, outs: 1, params: 0 },
};

/** What a routine gives in the reference: its outputs, or the number of its failure. */
export type RoutineResult = readonly NDArray[] | { readonly failed: number };

/** `ins` are C-contiguous from their start; so are the results. */
export type ReferenceRoutine = (
  ins: readonly NDArray[],
  params: readonly number[],
) => RoutineResult;
