/** The real Schur form of matrices, the last two axes of a tensor. */
import { gradNotImplemented } from '../graph/missing-gradient.js';
import type { Op } from '../graph/op.js';
import { applyOp, type TensorVariable } from '../graph/variable.js';
import { zerosLike } from './alloc.js';
import { arange } from './arange.js';
import { add, mul, sub } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { and, eq, gt, neq, switchOp } from './compare.js';
import { dimshuffle } from './dimshuffle.js';
import { inFloats } from './floats.js';
import { kron } from './linear-algebra.js';
import { matmul } from './matmul.js';
import {
  identityFor,
  requireSquare,
  requireSquareType,
  transposeMatrices as t,
} from './matrix-parts.js';
import { sum } from './reduce.js';
import { reshape } from './reshape.js';
import { routineOp } from './routine-op.js';
import { shapeOf } from './shape.js';
import { systemSolution } from './solve.js';
import { take } from './take.js';

const schurOp: Op = routineOp({
  routine: 'schur',
  types: ([a]) => {
    requireSquareType('schur', a);
    return [a.type, a.type];
  },
  shapes: (algebra, [shape], { inputs: [a] }) => {
    requireSquare(algebra, 'schur', a, shape);
    return [shape, shape];
  },
  pullback: ({ inputs: [a], outputs: [form, turns] }, [gForm, gTurns]) => {
    if (gForm === null && gTurns === null) return [null];
    if (a.type.rank > 2)
      return [gradNotImplemented('schur has gradients of single matrices: see mapRows')];
    return [pullSchur([form, turns], [gForm ?? zerosLike(form), gTurns ?? zerosLike(turns)])];
  },
});

type Pair = readonly [TensorVariable, TensorVariable];

/**
 * With Ω = ZᵀdZ, which is antisymmetric, and F = ZᵀdA·Z: dT = F - (ΩT - TΩ), of which the part below the
 * blocks is 0, and of a block's diagonal the difference: as many linear equations as Ω has unknowns.
 */
function pullSchur([form, turns]: Pair, [gForm, gTurns]: Pair): TensorVariable {
  const n = shapeOf(form, 0);
  const one = identityFor(form);
  const number = arange(mul(n, n));
  const flat = (m: TensorVariable): TensorVariable => reshape(m, [-1]);
  const [row, column] = [dimshuffle(arange(n), [0, 'x']), dimshuffle(arange(n), ['x', 0])];
  const isBelow = gt(row, column);
  const isBlock = and(eq(row, add(column, 1)), neq(form, 0));
  const place = (i: TensorVariable, j: TensorVariable): TensorVariable => flat(add(mul(i, n), j));
  const [rows, columns] = [add(row, mul(column, 0)), add(mul(row, 0), column)];
  // Equation (i, j): above the diagonal and on it that Ω is antisymmetric; below what is said above.
  const map = sub(kron(one, t(form)), kron(form, one));
  const ofBlock = sub(take(map, place(columns, columns), 0), take(map, place(rows, rows), 0));
  const unit = cast(eq(dimshuffle(number, [0, 'x']), dimshuffle(number, ['x', 0])), form.dtype);
  const antisymmetric = add(unit, take(unit, place(columns, rows), 0));
  const asColumn = (m: TensorVariable): TensorVariable => dimshuffle(flat(m), [0, 'x']);
  const below = switchOp(asColumn(isBlock), ofBlock, map);
  const system = switchOp(asColumn(isBelow), below, antisymmetric);
  const wanted = sub(matmul(t(turns), gTurns), sub(matmul(gForm, t(form)), matmul(t(form), gForm)));
  const answer = systemSolution(system, asColumn(wanted), true);
  const u = switchOp(isBelow, reshape(answer, [n, n]), 0);
  const ofBlocks = switchOp(isBlock, u, 0);
  const onDiagonal = sub(sum(ofBlocks, 0), sum(ofBlocks, 1));
  const g = add(add(gForm, sub(u, ofBlocks)), mul(one, dimshuffle(onDiagonal, ['x', 0])));
  return matmul(matmul(turns, g), t(turns));
}

/**
 * [T, Z] with a = Z·T·Zᵀ for matrices [..., n, n]: Z orthogonal, T upper triangular but for blocks of two rows
 * on its diagonal, one for each pair of complex eigenvalues, whose diagonal elements are equal. Their order
 * and signs are the algorithm's. Differentiable for single matrices with distinct eigenvalues. @throws ShapeError where not square; NumericalError for NaN and infinities
 */
export function schur(a: TensorLike): [TensorVariable, TensorVariable] {
  const [form, turns] = inFloats(a, (v) => [...applyOp(schurOp, [v])]);
  return [form, turns];
}
