/** The real Schur form of matrices, the last two axes of a tensor. */
import type { Op } from '../graph/op.js';
import { applyOp, type TensorVariable } from '../graph/variable.js';
import { zerosLike } from './alloc.js';
import { add, mul, sub } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { switchOp } from './compare.js';
import { inFloats } from './floats.js';
import { stackedProduct as matmul } from './matmul.js';
import {
  asRows,
  identityFor,
  requireSquare,
  requireSquareType,
  transposeMatrices as t,
} from './matrix-parts.js';
import { sum } from './reduce.js';
import { routineOp } from './routine-op.js';
import {
  blocksOf,
  diagonalDifferences,
  ofElements,
  pullEquations,
  timesLeft,
  timesRight,
} from './turns.js';

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
  pullback: ({ outputs: [form, turns] }, [gForm, gTurns]) => {
    if (gForm === null && gTurns === null) return [null];
    return [pullSchur([form, turns], [gForm ?? zerosLike(form), gTurns ?? zerosLike(turns)])];
  },
});

type Pair = readonly [TensorVariable, TensorVariable];

/**
 * With Ω = ZᵀdZ and F = ZᵀdA·Z: dT = F - (ΩT - TΩ), of which the part below the blocks is 0, and of a block's
 * diagonal the difference.
 */
function pullSchur([form, turns]: Pair, [gForm, gTurns]: Pair): TensorVariable {
  const isBlock = blocksOf(form);
  const map = sub(timesRight(form), timesLeft(form));
  const wanted = sub(matmul(t(turns), gTurns), sub(matmul(gForm, t(form)), matmul(t(form), gForm)));
  const equations = switchOp(ofElements(isBlock), diagonalDifferences(map), map);
  const [u] = pullEquations(form, [[equations]], [wanted]);
  const ofBlock = switchOp(isBlock, u, 0);
  const onDiagonal = sub(sum(ofBlock, -2), sum(ofBlock, -1));
  const g = add(add(gForm, sub(u, ofBlock)), mul(identityFor(form), asRows(onDiagonal)));
  return matmul(matmul(turns, g), t(turns));
}

/**
 * [T, Z] with a = Z·T·Zᵀ for matrices [..., n, n]: Z orthogonal, T upper triangular but for blocks of two rows
 * on its diagonal, one for each pair of complex eigenvalues, whose diagonal elements are equal. Their order
 * and signs are the algorithm's. Differentiable where eigenvalues are distinct. @throws ShapeError where not square; NumericalError for NaN and infinities
 */
export function schur(a: TensorLike): [TensorVariable, TensorVariable] {
  const [form, turns] = inFloats(a, (v) => [...applyOp(schurOp, [v])]);
  return [form, turns];
}
