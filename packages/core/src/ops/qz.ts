/** The real generalised Schur form of pairs of matrices, the last two axes of tensors. */
import { ShapeError } from '../errors.js';
import type { Op } from '../graph/op.js';
import { applyOp, type TensorVariable } from '../graph/variable.js';
import type { DType } from '../types/dtype.js';
import { TensorType } from '../types/tensor-type.js';
import { zerosLike } from './alloc.js';
import { add, neg, sub } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { switchOp } from './compare.js';
import { padLeft } from './elementwise.js';
import { asFloats } from './floats.js';
import { commonLead, commonLeadTypes, stackedProduct as matmul } from './matmul.js';
import { requireSquare, requireSquareType, transposeMatrices as t } from './matrix-parts.js';
import { routineOp } from './routine-op.js';
import {
  blocksOf,
  ofElements,
  pullEquations,
  thenTransposed,
  timesLeft,
  timesRight,
} from './turns.js';

type Four = readonly [TensorVariable, TensorVariable, TensorVariable, TensorVariable];

const sizesText = (a: TensorVariable, b: TensorVariable): string =>
  `[qz] expected as many rows as the first matrix, {a} (${a.toString()}), got {b} (${b.toString()})`;

const qzOp: Op = routineOp({
  routine: 'qz',
  types: ([a, b]) => {
    for (const v of [a, b]) requireSquareType('qz', v);
    const [n, m] = [a, b].map(({ type }) => type.shape.slice(-2).find((size) => size !== null));
    if (n !== undefined && m !== undefined && n !== m)
      throw new ShapeError(sizesText(a, b).replace('{a}', String(n)).replace('{b}', String(m)));
    const size = n ?? m ?? null;
    const type = new TensorType(a.dtype, [...commonLeadTypes('qz', a, b), size, size]);
    return [type, type, type, type];
  },
  shapes: (algebra, [p, q], { inputs: [a, b] }) => {
    const square = requireSquare(algebra, 'qz', a, p).slice(-2);
    requireSquare(algebra, 'qz', b, q);
    algebra.requireEqual(square[0], q[q.length - 2], sizesText(a, b));
    const shape = [...commonLead(algebra, 'qz', [a, b], [p, q]), ...square];
    return [shape, shape, shape, shape];
  },
  pullback: ({ outputs }, cotangents) => {
    if (cotangents.every((g) => g === null)) return [null, null];
    const given = cotangents.map((g, k) => g ?? zerosLike(outputs[k]));
    return pullQz(outputs as unknown as Four, given as unknown as Four);
  },
});

/**
 * With Ω = QᵀdQ, Φ = ZᵀdZ, F = QᵀdA·Z and G = QᵀdB·Z: dS = F - (ΩS - SΦ) and dT = G - (ΩT - TΦ), both 0 below
 * the diagonal, but for blocks of S, of which those of dT are 0 above it.
 */
function pullQz([formA, formB, q, z]: Four, [gA, gB, gQ, gZ]: Four): TensorVariable[] {
  const isBlock = blocksOf(formA);
  const [mapsA, mapsB] = [formA, formB].map((form) => [timesRight(form), neg(timesLeft(form))]);
  const inBlocks = mapsB.map(thenTransposed);
  const equations = mapsA.map((map, k) => switchOp(ofElements(isBlock), inBlocks[k], map));
  const wanted = [
    sub(matmul(t(q), gQ), add(matmul(gA, t(formA)), matmul(gB, t(formB)))),
    add(matmul(t(z), gZ), add(matmul(t(formA), gA), matmul(t(formB), gB))),
  ];
  const [u, w] = pullEquations(formA, [equations, mapsB], wanted);
  const ofBlock = switchOp(isBlock, u, 0);
  const [f, g] = [add(gA, sub(u, ofBlock)), add(gB, add(w, t(ofBlock)))];
  return [f, g].map((m) => matmul(matmul(q, m), t(z)));
}

/**
 * [S, T, Q, Z] with a = Q·S·Zᵀ and b = Q·T·Zᵀ for matrices [..., n, n], leading axes broadcast: Q and Z orthogonal,
 * T upper triangular, its diagonal not negative, S upper triangular but for blocks of two rows on its diagonal,
 * one for each pair of complex generalised eigenvalues, where T is diagonal, the larger element first. Order and
 * other signs are the algorithm's. Differentiable where generalised eigenvalues are distinct, and so is T's
 * diagonal within blocks. @throws ShapeError where not square or not of one size; NumericalError for NaN and infinities
 */
export function qz(a: TensorLike, b: TensorLike): [...Four] {
  const given = asFloats(a, b);
  const [{ dtype }] = given;
  const compute: DType = dtype === 'float16' ? 'float32' : dtype;
  const rank = Math.max(...given.map((v) => v.type.rank));
  const operands = given.map((v) => {
    requireSquareType('qz', v);
    return padLeft(cast(v, compute), rank);
  });
  const [s, form, q, z] = applyOp(qzOp, operands).map((v) => cast(v, dtype));
  return [s, form, q, z];
}
