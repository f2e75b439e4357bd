/**
 * Linear matrix equations, solved as one system in the elements of X: of n·m unknowns, so for matrices
 * of up to some dozens of rows. And the Riccati equation of control.
 */
import type { TensorVariable } from '../graph/variable.js';
import { add, neg } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { asFloat } from './floats.js';
import { kron } from './linear-algebra.js';
import { matmul } from './matmul.js';
import {
  identityFor,
  requireMatrices,
  requireSquareType,
  transposeMatrices as t,
} from './matrix-parts.js';
import { reshape } from './reshape.js';
import { sameSizes } from './same-sizes.js';
import { shapeOf, sizesOf } from './shape.js';
import { inverse, solve } from './solve.js';

/** X with (Σ Aᵢ·X·Bᵢ) = C: rows one after the other, A·X·B is (A ⊗ Bᵀ)·x. */
function solveLinear(
  terms: readonly (readonly [a: TensorVariable, b: TensorVariable])[],
  c: TensorVariable,
): TensorVariable {
  const system = terms.map(([a, b]) => kron(a, t(b))).reduce((p, q) => add(p, q));
  return reshape(solve(system, reshape(c, [-1])), sizesOf(c));
}

/** Matrices of these sizes in the last two axes. */
function matricesOf(
  op: string,
  v: TensorVariable,
  rows: TensorVariable | null,
  columns: TensorVariable | null,
): TensorVariable {
  requireMatrices(op, v);
  return sameSizes(op, v, [...v.type.shape.slice(2).map(() => null), rows, columns]);
}

const squares = (op: string, ...matrices: readonly TensorLike[]): TensorVariable[] =>
  matrices.map((matrix) => {
    const v = asFloat(matrix);
    requireSquareType(op, v);
    return matricesOf(op, v, null, shapeOf(v, -2));
  });

function sylvester(
  op: string,
  p: TensorVariable,
  q: TensorVariable,
  c: TensorLike,
): TensorVariable {
  const terms = [[p, identityFor(q)] as const, [identityFor(p), q] as const];
  return solveLinear(terms, matricesOf(op, asFloat(c), shapeOf(p, -1), shapeOf(q, -1)));
}

/** X with A·X + X·B = C for A [m, m], B [n, n], C [m, n]. @throws ShapeError; NumericalError where A and -B share an eigenvalue */
export function solveSylvester(a: TensorLike, b: TensorLike, c: TensorLike): TensorVariable {
  const op = 'solve_sylvester';
  const [p, q] = squares(op, a, b);
  return sylvester(op, p, q, c);
}

/** X with A·X + X·Aᵀ = Q. @throws as solveSylvester does */
export function solveContinuousLyapunov(a: TensorLike, q: TensorLike): TensorVariable {
  const op = 'solve_continuous_lyapunov';
  const [p] = squares(op, a);
  return sylvester(op, p, t(p), q);
}

/** X with X - A·X·Aᵀ = Q. @throws ShapeError; NumericalError where A has eigenvalues whose product is 1 */
export function solveDiscreteLyapunov(a: TensorLike, q: TensorLike): TensorVariable {
  const op = 'solve_discrete_lyapunov';
  const [p] = squares(op, a);
  const one = identityFor(p);
  const terms = [[one, one] as const, [neg(p), t(p)] as const];
  return solveLinear(terms, matricesOf(op, asFloat(q), shapeOf(p, -1), shapeOf(p, -1)));
}

export interface RiccatiOptions {
  /** How often the structure-preserving step doubles what it has seen; 20 unless given. */
  readonly doublings?: number;
}

/**
 * The stabilising X with X = Aᵀ·X·A - Aᵀ·X·B·(R + Bᵀ·X·B)⁻¹·Bᵀ·X·A + Q, for A [n, n], B [n, m], symmetric
 * Q [n, n] and R [m, m] that make one exist. By doubling: Chu, Fan, Lin, Wang, "Structure-preserving
 * algorithms for periodic discrete-time algebraic Riccati equations" (2004).
 * @throws ShapeError; NumericalError for a singular R
 */
export function solveDiscreteAre(
  a: TensorLike,
  b: TensorLike,
  q: TensorLike,
  r: TensorLike,
  { doublings = 20 }: RiccatiOptions = {},
): TensorVariable {
  const given = squares('solve_discrete_are', a, q, r);
  const [p, weight, cost, input] = [...given, asFloat(b)].map((v) =>
    v.dtype === 'float16' ? cast(v, 'float32') : v,
  );
  const one = identityFor(p);
  let step = p;
  let reach = matmul(input, solve(cost, t(input)));
  let x = weight;
  for (let k = 0; k < doublings; k++) {
    const w = inverse(add(one, matmul(reach, x)));
    const moved = matmul(step, w);
    const next = add(x, matmul(matmul(t(step), x), matmul(w, step)));
    reach = add(reach, matmul(matmul(moved, reach), t(step)));
    step = matmul(moved, step);
    x = next;
  }
  return given.every((v) => v.dtype === 'float16') ? cast(x, 'float16') : x;
}
