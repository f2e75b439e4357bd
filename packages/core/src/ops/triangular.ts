/** Solving by triangular matrices, the last two axes of a tensor. */
import { ShapeError } from '../errors.js';
import type { Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import type { DType } from '../types/dtype.js';
import { TensorType } from '../types/tensor-type.js';
import { neg } from './arithmetic.js';
import { asVariables, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { dimshuffle } from './dimshuffle.js';
import { padLeft } from './elementwise.js';
import { asFloats } from './floats.js';
import { commonLead, commonLeadTypes, stackedProduct } from './matmul.js';
import {
  asColumns,
  requireSquare,
  requireSquareType,
  strictlyLower,
  transposeMatrices,
} from './matrix-parts.js';
import { routineOp } from './routine-op.js';
import { tril, triu } from './triangle.js';

/** Type and shape of a system a·x = b of stacks of one rank. */
export function systemRules(op: string): Pick<Op, 'types' | 'shapes'> {
  const text = (a: TensorVariable, b: TensorVariable): string =>
    `[${op}] expected as many rows as the matrix, {a} (${a.toString()}), got {b} (${b.toString()})`;
  return {
    types: (inputs) => {
      const [a, b] = [inputs[0], inputs[inputs.length - 1]];
      requireSquareType(op, a);
      const [n, rows] = [a.type.shape.at(-1) ?? null, b.type.shape.at(-2) ?? null];
      if (n !== null && rows !== null && n !== rows)
        throw new ShapeError(text(a, b).replace('{a}', String(n)).replace('{b}', String(rows)));
      return [new TensorType(a.dtype, [...commonLeadTypes(op, a, b), ...b.type.shape.slice(-2)])];
    },
    shapes: (algebra, shapes, { inputs }) => {
      const [a, b] = [inputs[0], inputs[inputs.length - 1]];
      const [p, q] = [shapes[0], shapes[shapes.length - 1]];
      const square = requireSquare(algebra, op, a, p);
      const rows = q[q.length - 2];
      algebra.requireEqual(square[square.length - 1], rows, text(a, b));
      return [[...commonLead(algebra, op, [a, b], [p, q]), ...q.slice(-2)]];
    },
  };
}

/** @throws ShapeError for a scalar */
export function requireRightSide(op: string, b: TensorVariable): void {
  if (b.type.rank > 0) return;
  throw new ShapeError(
    `[${op}] expected vectors or matrices on the right, got a scalar (${b.toString()})`,
  );
}

/** Runs `solve` on stacks of one rank and a dtype of float32 or float64; a vector b is a column. */
export function solveSystem(
  op: string,
  x: TensorLike,
  y: TensorLike,
  solve: (a: TensorVariable, b: TensorVariable) => TensorVariable,
): TensorVariable {
  const [a, b] = asVariables([x, y]);
  requireSquareType(op, a);
  requireRightSide(op, b);
  const [{ dtype }] = asFloats(a, b);
  const compute: DType = dtype === 'float16' ? 'float32' : dtype;
  const right = b.type.rank === 1 ? asColumns(b) : b;
  const rank = Math.max(a.type.rank, right.type.rank);
  const [left, columns] = [a, right].map((v) => padLeft(cast(v, compute), rank));
  const solution = cast(solve(left, columns), dtype);
  return b.type.rank === 1
    ? dimshuffle(
        solution,
        Array.from({ length: rank - 1 }, (_, axis) => axis),
      )
    : solution;
}

/** What is known of a triangular matrix; which triangle is read. */
export interface TriangularOptions {
  /** The lower triangle is read, else the upper; false unless given. */
  readonly lower?: boolean;
  /** Solve aᵀ·x = b; false unless given. */
  readonly transposed?: boolean;
  /** The diagonal is taken to be 1 and not read; false unless given. */
  readonly unitDiagonal?: boolean;
}

function solveTriangularOp(lower: boolean, transposed: boolean, unit: boolean): Op {
  return routineOp({
    routine: 'solve_triangular',
    props: { lower, transposed, unit },
    params: [lower, transposed, unit].map(Number),
    ...systemRules('solve_triangular'),
    pullback: ({ inputs: [a], outputs: [x] }, [g]) => {
      if (g === null) return [null, null];
      const gb = apply1(solveTriangularOp(lower, !transposed, unit), [a, g]);
      const [rows, columns] = transposed ? [x, gb] : [gb, x];
      const ga = neg(stackedProduct(rows, transposeMatrices(columns)));
      const part = unit
        ? lower
          ? strictlyLower
          : (v: TensorVariable) => triu(v, 1)
        : lower
          ? tril
          : triu;
      return [part(ga), gb];
    },
  });
}

/** Of stacks of one rank and dtype. */
export function triangularSolution(
  a: TensorVariable,
  b: TensorVariable,
  { lower = false, transposed = false, unitDiagonal = false }: TriangularOptions,
): TensorVariable {
  return apply1(solveTriangularOp(lower, transposed, unitDiagonal), [a, b]);
}

/**
 * x with a·x = b for triangular matrices a [..., n, n] and b [n] or [..., n, k]; leading axes broadcast.
 * @throws ShapeError where sizes do not fit; NumericalError where the diagonal has a 0
 */
export function solveTriangular(
  a: TensorLike,
  b: TensorLike,
  options: TriangularOptions = {},
): TensorVariable {
  return solveSystem('solve_triangular', a, b, (p, q) => triangularSolution(p, q, options));
}
