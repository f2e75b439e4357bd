/**
 * Solving systems of equations, inverses and determinants of matrices, the last two axes of a tensor.
 * All are made of one LU factorization, which equal matrices share. Gradients: Giles, An extended
 * collection of matrix derivative results for forward and reverse mode differentiation (2008).
 */
import { gradNotImplemented } from '../graph/missing-gradient.js';
import type { Op } from '../graph/op.js';
import { apply1, applyOp, type TensorVariable } from '../graph/variable.js';
import { TensorType } from '../types/tensor-type.js';
import { zerosLike } from './alloc.js';
import { arange } from './arange.js';
import { abs, mul, neg, sgn, trueDiv } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { neq, switchOp } from './compare.js';
import { padLeft } from './elementwise.js';
import { cholesky, luParts } from './factorizations.js';
import { stackedProduct } from './matmul.js';
import { inFloat, inFloats } from './floats.js';
import {
  asColumns,
  compositeOp,
  diagonalsOf,
  identityFor,
  requireSquare,
  requireSquareType,
  transposeMatrices,
} from './matrix-parts.js';
import { dimshuffle } from './dimshuffle.js';
import { prod } from './prod.js';
import { sum } from './reduce.js';
import { routineOp } from './routine-op.js';
import { shapeOf } from './shape.js';
import { log } from './transcendental.js';
import { solveSystem, systemRules, triangularSolution } from './triangular.js';
import { tridiagonalSolution } from './tridiagonal.js';

const t = transposeMatrices;

const luSolveOps = [false, true].map((transposed) =>
  routineOp({
    routine: 'lu_solve',
    props: { transposed },
    params: [Number(transposed)],
    ...systemRules('lu_solve'),
    pullback: ({ inputs }) =>
      inputs.map(() => gradNotImplemented('it stands for solve, whose gradient is taken instead')),
  }),
);

function solveOp(transposed: boolean): Op {
  return compositeOp({
    name: 'solve',
    props: { transposed },
    ...systemRules('solve'),
    pullback: ({ inputs: [a], outputs: [x] }, [g]) => {
      if (g === null) return [null, null];
      const gb = apply1(solveOp(!transposed), [a, g]);
      const [rows, columns] = transposed ? [x, gb] : [gb, x];
      return [neg(stackedProduct(rows, t(columns))), gb];
    },
    expand: ({ inputs: [a, b] }) => {
      const { packed, places } = luParts(a);
      return [apply1(luSolveOps[Number(transposed)], [packed, places, b])];
    },
  });
}

/** x with a·x = b, or aᵀ·x = b, of stacks of one rank and dtype. */
export function systemSolution(
  a: TensorVariable,
  b: TensorVariable,
  transposed: boolean,
): TensorVariable {
  return apply1(solveOp(transposed), [a, b]);
}

/** What is known of the matrix of a system; what is not so is not noticed. */
export type Structure =
  | 'general'
  | 'symmetric'
  | 'positive definite'
  | 'lower triangular'
  | 'upper triangular'
  | 'tridiagonal'
  | 'diagonal';

export interface SolveOptions {
  /** `general` unless given. Of positive definite and triangular matrices one triangle is read, of tridiagonal ones three diagonals, of diagonal ones the diagonal. */
  readonly assume?: Structure;
  /** Solve aᵀ·x = b; false unless given. */
  readonly transposed?: boolean;
}

/**
 * x with a·x = b for matrices a [..., n, n] and b [n] or [..., n, k]; leading axes broadcast.
 * @throws ShapeError where sizes do not fit; NumericalError for a singular matrix (or one that is not
 * positive definite, where that was assumed)
 */
export function solve(a: TensorLike, b: TensorLike, options: SolveOptions = {}): TensorVariable {
  const { assume = 'general', transposed = false } = options;
  return solveSystem('solve', a, b, (p, q) => {
    switch (assume) {
      case 'positive definite':
        return choleskySolution(cholesky(p), q, true);
      case 'lower triangular':
      case 'upper triangular':
        return triangularSolution(p, q, { lower: assume === 'lower triangular', transposed });
      case 'tridiagonal':
        return tridiagonalSolution(p, q, transposed);
      case 'diagonal':
        return trueDiv(q, asColumns(diagonalsOf(p)));
      default:
        return systemSolution(p, q, transposed);
    }
  });
}

function choleskySolution(c: TensorVariable, b: TensorVariable, lower: boolean): TensorVariable {
  const half = triangularSolution(c, b, { lower, transposed: !lower });
  return triangularSolution(c, half, { lower, transposed: lower });
}

/** x with a·x = b, of the Cholesky factor of a: L, or U with `lower: false`. @throws ShapeError, NumericalError for a 0 on the diagonal */
export function choSolve(
  c: TensorLike,
  b: TensorLike,
  { lower = true }: { lower?: boolean } = {},
): TensorVariable {
  return solveSystem('cho_solve', c, b, (p, q) => choleskySolution(p, q, lower));
}

const inverseOp: Op = compositeOp({
  name: 'inverse',
  types: ([a]) => {
    requireSquareType('inverse', a);
    return [a.type];
  },
  shapes: (algebra, [shape], { inputs: [a] }) => [requireSquare(algebra, 'inverse', a, shape)],
  pullback: ({ outputs: [y] }, [g]) => [g && neg(stackedProduct(stackedProduct(t(y), g), t(y)))],
  expand: ({ inputs: [a] }) => [apply1(solveOp(false), [a, padLeft(identityFor(a), a.type.rank)])],
});

/** a⁻¹ of matrices [..., n, n]. @throws ShapeError where not square; NumericalError where singular */
export function inverse(a: TensorLike): TensorVariable {
  return inFloat(a, (v) => apply1(inverseOp, [v]));
}

/** +1 or -1: whether the exchanges of rows are even or odd in number. */
function parityOf(pivots: TensorVariable, like: TensorVariable): TensorVariable {
  const signs = switchOp(neq(pivots, arange(shapeOf(pivots, -1))), -1, 1);
  return prod(cast(signs, like.dtype), -1);
}

/** `g`, a number for each matrix, times a⁻ᵀ. */
function timesInverse(g: TensorVariable, a: TensorVariable): TensorVariable {
  const order = [...g.type.shape.map((_, axis) => axis), 'x', 'x'] as const;
  return mul(dimshuffle(g, order), t(apply1(inverseOp, [a])));
}

const leadTypes = (op: string, a: TensorVariable): TensorType => {
  requireSquareType(op, a);
  return new TensorType(a.dtype, a.type.shape.slice(0, -2));
};

const detOp: Op = compositeOp({
  name: 'det',
  types: ([a]) => [leadTypes('det', a)],
  shapes: (algebra, [shape], { inputs: [a] }) => [
    requireSquare(algebra, 'det', a, shape).slice(0, -2),
  ],
  pullback: ({ inputs: [a], outputs: [d] }, [g]) => [g && timesInverse(mul(g, d), a)],
  expand: ({ inputs: [a] }) => {
    const { packed, pivots } = luParts(a);
    return [mul(prod(diagonalsOf(packed), -1), parityOf(pivots, a))];
  },
});

/** Determinants of matrices [..., n, n] → [...]; the gradient at a singular one is a NumericalError. @throws ShapeError where not square */
export function det(a: TensorLike): TensorVariable {
  return inFloat(a, (v) => apply1(detOp, [v]));
}

const slogdetOp: Op = compositeOp({
  name: 'slogdet',
  types: ([a]) => [leadTypes('slogdet', a), leadTypes('slogdet', a)],
  shapes: (algebra, [shape], { inputs: [a] }) => {
    const lead = requireSquare(algebra, 'slogdet', a, shape).slice(0, -2);
    return [lead, lead];
  },
  pullback: ({ inputs: [a] }, [sign, g]) => [
    g === null ? sign && zerosLike(a) : timesInverse(g, a),
  ],
  expand: ({ inputs: [a] }) => {
    const { packed, pivots } = luParts(a);
    const diagonal = diagonalsOf(packed);
    return [mul(prod(sgn(diagonal), -1), parityOf(pivots, a)), sum(log(abs(diagonal)), -1)];
  },
});

/** [sign, log |det a|] of matrices [..., n, n] → [...], without overflow; 0 and -inf of a singular one. @throws ShapeError where not square */
export function slogdet(a: TensorLike): [TensorVariable, TensorVariable] {
  const [sign, logarithm] = inFloats(a, (v) => [...applyOp(slogdetOp, [v])]);
  return [sign, logarithm];
}
