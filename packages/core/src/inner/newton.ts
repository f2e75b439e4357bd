/**
 * Newton's method with damping: the iteration of `root` and `minimize`. Each step is damped, the more the
 * worse steps before it did: one that makes things better is taken and damping falls to a tenth, of any
 * other only a tenfold damping remains.
 */
import { cloneReplace } from '../graph/clone.js';
import type { TensorVariable } from '../graph/variable.js';
import { grad } from '../grad/grad.js';
import { at } from '../ops/advanced-index.js';
import { abs, add, mul, neg, sqr, sqrt, trueDiv } from '../ops/arithmetic.js';
import { asVariable } from '../ops/as-variable.js';
import { and, gt, le, lt, or, switchOp } from '../ops/compare.js';
import { qr } from '../ops/factorizations.js';
import { vstack } from '../ops/join.js';
import { identityFor } from '../ops/matrix-parts.js';
import { matvec, vecmat } from '../ops/matmul.js';
import { all, sum } from '../ops/reduce.js';
import { flatten, reshape } from '../ops/reshape.js';
import { shapeOf, sizesOf } from '../ops/shape.js';
import { solve } from '../ops/solve.js';
import { eigh } from '../ops/spectra.js';
import { slice } from '../ops/subtensor.js';

import { jacobian } from './jacobian.js';
import { whileLoop } from './while-loop.js';

/** Precision and least normal number. */
const limits = {
  float32: { precision: 2 ** -23, least: 2 ** -126 },
  float64: { precision: 2 ** -52, least: 2 ** -1022 },
};
export type SolverDType = keyof typeof limits;
export const solverDTypes = Object.keys(limits) as SolverDType[];

/** A problem in n unknowns x, as graphs of x. */
export interface Problem {
  readonly x: TensorVariable;
  /** [n]: all 0 at a solution. */
  readonly residual: TensorVariable;
  /** [n, n]: derivatives of the residual. */
  readonly matrix: TensorVariable;
  /** A scalar that has to fall. */
  readonly merit: TensorVariable;
  /** Numbers [n] to be added to x. */
  readonly step: (at: {
    readonly residual: TensorVariable;
    readonly matrix: TensorVariable;
    readonly damping: TensorVariable;
  }) => TensorVariable;
}

const dtypeOf = (v: TensorVariable): SolverDType => v.dtype as SolverDType;
const norm = (v: TensorVariable): TensorVariable => sqrt(sum(sqr(v)));
const isFinite = (v: TensorVariable): TensorVariable => lt(abs(v), Infinity);

/** Derivatives of `residual`, of the shape of x, as a matrix. */
function matrixOf(residual: TensorVariable, x: TensorVariable): TensorVariable {
  const n = shapeOf(flatten(x), 0);
  const derivatives = jacobian<TensorVariable, TensorVariable>(residual, x, {
    disconnectedInputs: 'ignore',
  });
  return reshape(derivatives, [n, n]);
}

/** 0 in place of what no factorization takes. */
const finite = (matrix: TensorVariable): TensorVariable => switchOp(isFinite(matrix), matrix, 0);

/**
 * x with equations(x) = 0. The step p makes |J·p + residual|² + d·|p|² least, by a QR factorization of J above
 * √d·I: it has one whatever J is, since a little damping always remains.
 */
export function rootProblem(equations: TensorVariable, x: TensorVariable): Problem {
  const residual = flatten(equations);
  const { precision, least } = limits[dtypeOf(x)];
  return {
    x,
    residual,
    matrix: matrixOf(equations, x),
    merit: mul(sum(sqr(residual)), 0.5),
    step: ({ residual: f, matrix, damping }) => {
      const J = finite(matrix);
      const d = add(mul(add(damping, precision ** 2), sum(sqr(J))), least);
      const [q, r] = qr(vstack([J, mul(identityFor(J), sqrt(d))]));
      const ofResidual = at(q, slice(null, shapeOf(f, 0)));
      return neg(solve(r, vecmat(f, ofResidual), { assume: 'upper triangular' }));
    },
  };
}

/** x where objective(x) is least. With H = Q·W·Qᵀ the step is -Q·(|W| + d)⁻¹·Qᵀ·gradient: downhill, whatever the curvature. */
export function minimumProblem(objective: TensorVariable, x: TensorVariable): Problem {
  const gradient = grad(objective, x);
  return {
    x,
    residual: flatten(gradient),
    matrix: matrixOf(gradient, x),
    merit: objective,
    step: ({ residual: g, matrix, damping }) => {
      const [w, q] = eigh(finite(matrix));
      const d = mul(damping, add(norm(w), norm(g)));
      const damped = add(add(abs(w), d), limits[dtypeOf(x)].least);
      return neg(matvec(q, trueDiv(vecmat(g, q), damped)));
    },
  };
}

/** The square root of the dtype's precision. */
export const usualTolerance = (dtype: SolverDType): number => Math.sqrt(limits[dtype].precision);

/** Where the iteration ends that begins at the problem's x, and whether the residual is within the tolerance there. */
export function iterated(
  problem: Problem,
  { tolerance, maxIterations }: { readonly tolerance: number; readonly maxIterations: number },
): [solution: TensorVariable, converged: TensorVariable] {
  const { x: start, residual, matrix, merit } = problem;
  const { precision } = limits[dtypeOf(start)];
  const isWithin = (r: TensorVariable): TensorVariable => all(le(abs(r), tolerance));
  const first = [start, merit, residual, asVariable(1e-3, start.dtype)];
  const { state } = whileLoop(first, maxIterations, ([x, m, r, damping]) => {
    const here = cloneReplace([matrix], new Map([[start, x]])).outputs[0];
    // From within the tolerance one full step more is tried: it costs little and gains the last digits.
    const isNear = isWithin(r);
    const step = problem.step({
      residual: r,
      matrix: here,
      damping: switchOp(isNear, 0, damping),
    });
    const moved = add(x, reshape(step, sizesOf(x)));
    const [nextMerit, nextResidual] = cloneReplace(
      [merit, residual],
      new Map([[start, moved]]),
    ).outputs;
    // Near a solution differences of the merit drown in its rounding; the residual still tells.
    const noise = mul(abs(m), 4 * precision);
    const isBetter = and(
      and(isFinite(nextMerit), all(isFinite(nextResidual))),
      or(lt(nextMerit, m), and(le(nextMerit, add(m, noise)), lt(norm(nextResidual), norm(r)))),
    );
    const chosen = (yes: TensorVariable, no: TensorVariable): TensorVariable =>
      switchOp(isBetter, yes, no);
    const nextDamping = chosen(mul(damping, 0.1), mul(damping, 10));
    return {
      state: [chosen(moved, x), chosen(nextMerit, m), chosen(nextResidual, r), nextDamping],
      until: or(isNear, gt(nextDamping, 1 / precision)),
    };
  });
  return [state[0], isWithin(state[2])];
}
