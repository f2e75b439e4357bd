/**
 * Linear algebra (`tno.linalg`) over matrices, the last two axes of a tensor; axes before those number
 * them. Integers and bool become floatX; float16 is computed in float32. Values that a routine cannot
 * work with (a singular matrix, NaN) are a NumericalError when the function runs.
 */
import type { TensorLike } from '../ops/as-variable.js';
import * as factors from '../ops/factorizations.js';
import * as made from '../ops/linear-algebra.js';
import * as equations from '../ops/matrix-equations.js';
import * as generalized from '../ops/qz.js';
import * as forms from '../ops/schur.js';
import * as systems from '../ops/solve.js';
import * as spectra from '../ops/spectra.js';
import * as triangles from '../ops/triangular.js';
import * as bands from '../ops/tridiagonal.js';
import type * as f from './linalg-signatures.js';

const typed = <F>(implementation: unknown): F => implementation as F;

/** L with L·Lᵀ = a for symmetric positive definite a [..., n, n], of the lower triangle; with `lower: false` Lᵀ of the upper. */
export const cholesky = typed<f.MatrixFunction<{ readonly lower?: boolean }>>(factors.cholesky);
/** [P, L, U] with a = P·L·U, L of unit diagonal, for square a. */
export const lu = typed<f.MatrixToTriple>(factors.lu);
/** [LU, pivots]: both factors in one matrix, and the row that was exchanged with each row in turn (int64), as in SciPy. */
export const luFactor = typed<f.LuFactorFunction>(factors.luFactor);
/** [Q, R] with a = Q·R, of a [..., m, n]; `reduced` (as many columns of Q as the shorter side) or `complete`. Signs are LAPACK's. */
export const qr = typed<f.MatrixToPair<factors.QrMode>>(factors.qr);
/** [T, Z] with a = Z·T·Zᵀ: T upper triangular but for blocks of two rows, one for each complex pair of eigenvalues; Z orthogonal. */
export const schur = typed<f.MatrixToPair>(forms.schur);
/**
 * [S, T, Q, Z] with a = Q·S·Zᵀ and b = Q·T·Zᵀ: Q and Z orthogonal, T upper triangular with no negative element on its
 * diagonal, S too but for blocks of two rows, one for each complex pair of generalised eigenvalues, where T is diagonal.
 */
export const qz = typed<f.QzFunction>(generalized.qz);
/** [w, v]: eigenvalues [..., n], ascending, and eigenvectors, as columns, of symmetric a, of which the triangle `L` or `U` is read. */
export const eigh = typed<f.EighFunction<spectra.Triangle>>(spectra.eigh);
/** Eigenvalues [..., n], ascending, of symmetric a. */
export const eigvalsh = typed<f.MatrixToVector<spectra.Triangle>>(spectra.eigvalsh);
/** [U, s, Vᵀ] with a = U·diag(s)·Vᵀ, s descending. Gradients by vectors need `fullMatrices: false`. */
export const svd = typed<f.SvdFunction<spectra.SvdOptions>>(spectra.svd);
/** Singular values [..., min(m, n)], descending. */
export const svdvals = typed<f.MatrixToVector>(spectra.svdvals);
/** x with a·x = b for a [..., n, n] and b [n] or [..., n, k]; `assume` says what is known of a. */
export const solve = typed<f.SolveFunction<systems.SolveOptions>>(systems.solve);
/** x with a·x = b for triangular a; options say which triangle, whether transposed, whether of unit diagonal. */
export const solveTriangular = typed<f.SolveFunction<triangles.TriangularOptions>>(
  triangles.solveTriangular,
);
/** x with a·x = b, where a has three diagonals: `lower` and `upper` [..., n - 1], `middle` [..., n]; in time linear in n. */
export const solveTridiagonal = typed<
  f.EquationFunction<[lower: TensorLike, middle: TensorLike, upper: TensorLike, b: TensorLike]>
>(bands.solveTridiagonal);
/** x with a·x = b, of the Cholesky factor of a. */
export const choSolve = typed<f.SolveFunction<{ readonly lower?: boolean }>>(systems.choSolve);
/** Least squares: the shortest x that makes |a·x - b| least, with residuals, rank and singular values. */
export const lstsq: f.LstsqFunction = spectra.lstsq;
/** a⁻¹ of square a. `solve(a, b)` is faster and closer than `inverse(a)` times b. */
export const inverse = typed<f.MatrixFunction>(systems.inverse);
export { inverse as inv };
/** The Moore-Penrose inverse [..., n, m] of a [..., m, n]. */
export const pinv = typed<f.MatrixFunction<{ readonly rcond?: number }>>(spectra.pinv);
/** Determinants [...] of square a. */
export const det = typed<f.MatrixToNumber>(systems.det);
/** [sign, log |det a|], without overflow. */
export const slogdet = typed<f.SlogdetFunction>(systems.slogdet);
/** e^a = Σ aᵏ/k! of square a. */
export const expm = typed<f.MatrixFunction>(spectra.expm);
/** Sums of the diagonals [...] of a [..., m, n]. */
export const trace = typed<f.TraceFunction>(made.traceOf);
/** aⁿ of square a, of the inverse where n < 0. */
export const matrixPower = typed<f.MatrixPowerFunction>(made.matrixPower);
/** The product of all matrices, from left to right. */
export const matrixDot = made.matrixDot;
/** Norms of vectors (one axis) or matrices (two axes), or of everything as one vector. */
export const norm = typed<f.NormFunction>(made.norm);
/** Kronecker product: each element of a times all of b. */
export const kron = typed<f.KronFunction>(made.kron);
/** The matrices one after the other along the diagonal, 0 elsewhere. */
export const blockDiag = made.blockDiag;
/** The inverse of a as a linear map of its last axes to its first `ind`. */
export const tensorinv = made.tensorinv;
/** x with tensordot(a, x, x's rank) = b. */
export const tensorsolve = made.tensorsolve;
type Two = [a: TensorLike, q: TensorLike];
/** X with A·X + X·B = C. */
export const solveSylvester = typed<
  f.EquationFunction<[a: TensorLike, b: TensorLike, c: TensorLike]>
>(equations.solveSylvester);
/** X with A·X + X·Aᵀ = Q. */
export const solveContinuousLyapunov = typed<f.EquationFunction<Two>>(
  equations.solveContinuousLyapunov,
);
/** X with X - A·X·Aᵀ = Q. */
export const solveDiscreteLyapunov = typed<f.EquationFunction<Two>>(
  equations.solveDiscreteLyapunov,
);
/** The stabilising solution of the discrete-time algebraic Riccati equation. */
export const solveDiscreteAre = typed<
  f.EquationFunction<Parameters<typeof equations.solveDiscreteAre>>
>(equations.solveDiscreteAre);
