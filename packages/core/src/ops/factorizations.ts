/**
 * Factorizations of matrices, the last two axes of a tensor: Cholesky, LU and QR. Gradients: Murray,
 * Differentiation of the Cholesky decomposition (2016); Roberts and Roberts, QR and LQ decomposition
 * matrix backpropagation algorithms for square, wide and deep matrices (2020).
 */
import { gradUndefined } from '../graph/missing-gradient.js';
import type { Op } from '../graph/op.js';
import { apply1, applyOp, type TensorVariable } from '../graph/variable.js';
import { TensorType } from '../types/tensor-type.js';
import { at, setSubtensor } from './advanced-index.js';
import { zerosLike } from './alloc.js';
import { arange } from './arange.js';
import { add, minimum, mul, sub } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { eq } from './compare.js';
import { stackedProduct } from './matmul.js';
import { inFloat, inFloats } from './floats.js';
import {
  asColumns,
  requireMatrices,
  requireSquare,
  requireSquareType,
  strictlyLower,
  transposeMatrices,
  withDiagonal,
} from './matrix-parts.js';
import { routineOp } from './routine-op.js';
import { shapeOf } from './shape.js';
import { slice } from './subtensor.js';
import { triangularSolution } from './triangular.js';
import { tril, triu } from './triangle.js';

const t = transposeMatrices;

/**
 * The gradient of a function that reads the lower triangle of a symmetric matrix, from its gradient `s`
 * by the whole matrix.
 */
export function ofLowerTriangle(s: TensorVariable): TensorVariable {
  return sub(tril(add(s, t(s))), withDiagonal(zerosLike(s), s));
}

function choleskyOp(upper: boolean): Op {
  return routineOp({
    routine: 'cholesky',
    props: { upper },
    params: [Number(upper)],
    types: ([a]) => {
      requireSquareType('cholesky', a);
      return [a.type];
    },
    shapes: (algebra, [shape], { inputs: [a] }) => [requireSquare(algebra, 'cholesky', a, shape)],
    pullback: ({ outputs: [y] }, [given]) => {
      if (given === null) return [null];
      const [l, g] = upper ? [t(y), t(given)] : [y, given];
      const lower = { lower: true, transposed: true };
      const p = tril(stackedProduct(t(l), g));
      const halved = withDiagonal(p, mul(p, 0.5));
      const half = triangularSolution(l, halved, lower);
      const s = ofLowerTriangle(triangularSolution(l, t(half), lower));
      return [upper ? t(s) : s];
    },
  });
}

/**
 * L with L·Lᵀ = a for symmetric positive definite matrices [..., n, n], of which the lower triangle is
 * read; with `lower: false` U = Lᵀ of the upper one.
 * @throws ShapeError where not square; NumericalError where not positive definite
 */
export function cholesky(
  a: TensorLike,
  { lower = true }: { lower?: boolean } = {},
): TensorVariable {
  return inFloat(a, (v) => apply1(choleskyOp(!lower), [v]));
}

const luOp: Op = routineOp({
  routine: 'lu',
  types: ([a]) => {
    requireSquareType('lu', a);
    const rows = new TensorType('int64', a.type.shape.slice(0, -1));
    return [a.type, rows, rows];
  },
  shapes: (algebra, [shape], { inputs: [a] }) => {
    requireSquare(algebra, 'lu', a, shape);
    return [shape, shape.slice(0, -1), shape.slice(0, -1)];
  },
  // P·A = L·U, so that dA = Pᵀ·(dL·U + L·dU).
  pullback: ({ outputs: [packed, , places] }, [g]) => {
    if (g === null) return [null];
    const [l, u] = unpackLu(packed);
    const parts = add(
      strictlyLower(stackedProduct(t(l), strictlyLower(g))),
      triu(stackedProduct(triu(g), t(u))),
    );
    const left = triangularSolution(l, parts, {
      lower: true,
      transposed: true,
      unitDiagonal: true,
    });
    const rows = t(triangularSolution(u, t(left), {}));
    return [stackedProduct(permutationOf(places, packed), rows)];
  },
});

/** L with its diagonal of 1, and U, of both in one. */
function unpackLu(packed: TensorVariable): [TensorVariable, TensorVariable] {
  return [withDiagonal(tril(packed), 1), triu(packed)];
}

/** The matrix that brings rows from their places back: its column k has its 1 in row places[k]. */
function permutationOf(places: TensorVariable, like: TensorVariable): TensorVariable {
  const number = arange(shapeOf(places, -1));
  return t(cast(eq(asColumns(places), number), like.dtype));
}

export interface LuParts {
  /** L below the diagonal, U on and above it. */
  readonly packed: TensorVariable;
  /** The row that was exchanged with each row, in turn; int64. */
  readonly pivots: TensorVariable;
  /** The row of a that each row of L·U is; int64. */
  readonly places: TensorVariable;
}

/** Of stacks of float32 or float64. */
export function luParts(a: TensorVariable): LuParts {
  const [packed, pivots, places] = applyOp(luOp, [a]);
  return { packed, pivots, places };
}

/**
 * [LU, pivots] of square matrices [..., n, n]: L below the diagonal (its own is 1) and U in one matrix;
 * row k was exchanged with row pivots[..., k] (int64), as in SciPy. @throws ShapeError where not square
 */
export function luFactor(a: TensorLike): [TensorVariable, TensorVariable] {
  const [packed, pivots] = inFloats(a, (v) => {
    const parts = luParts(v);
    return [parts.packed, parts.pivots];
  });
  return [packed, pivots];
}

/** [P, L, U] with a = P·L·U for square matrices [..., n, n]. @throws ShapeError where not square */
export function lu(a: TensorLike): [TensorVariable, TensorVariable, TensorVariable] {
  const [p, l, u] = inFloats(a, (v) => {
    const { packed, places } = luParts(v);
    return [permutationOf(places, packed), ...unpackLu(packed)];
  });
  return [p, l, u];
}

function staticWidth(a: TensorVariable, isComplete: boolean): number | null {
  const [rows, columns] = a.type.shape.slice(-2);
  if (isComplete) return rows;
  if (rows !== null && columns !== null) return Math.min(rows, columns);
  return rows === 1 || columns === 1 ? 1 : null;
}

function qrOp(isComplete: boolean): Op {
  return routineOp({
    routine: 'qr',
    props: { complete: isComplete },
    params: [Number(isComplete)],
    types: ([a]) => {
      requireMatrices('qr', a);
      const lead = a.type.shape.slice(0, -2);
      const [rows, columns] = a.type.shape.slice(-2);
      const width = staticWidth(a, isComplete);
      return [
        new TensorType(a.dtype, [...lead, rows, width]),
        new TensorType(a.dtype, [...lead, width, columns]),
      ];
    },
    shapes: (algebra, [shape], { inputs: [a] }) => {
      const lead = shape.slice(0, -2);
      const [rows, columns] = shape.slice(-2);
      const known = staticWidth(a, isComplete);
      const least = isComplete ? rows : algebra.binary('min', rows, columns);
      const width = known === 1 ? algebra.const(1) : least;
      return [
        [...lead, rows, width],
        [...lead, width, columns],
      ];
    },
    pullback: ({ inputs: [a], outputs: [q, r] }, [gq, gr]) => {
      if (gq === null && gr === null) return [null];
      const [rows, columns] = a.type.shape.slice(-2);
      if (isComplete && (rows === null || columns === null || rows > columns))
        return [
          gradUndefined("the columns of Q beyond the matrix's are arbitrary: use mode 'reduced'"),
        ];
      return [pullQr(a, [q, r], [gq ?? zerosLike(q), gr ?? zerosLike(r)])];
    },
  });
}

type Pair = readonly [TensorVariable, TensorVariable];

/** a = [x | y] = q·[u | v] with u square: y is what a wide matrix has beyond. */
function pullQr(a: TensorVariable, [q, r]: Pair, [gq, gr]: Pair): TensorVariable {
  const k = minimum(shapeOf(a, -2), shapeOf(a, -1));
  const [first, rest] = [slice(k), slice(k, null)];
  const [u, gu] = [at(r, '...', first), at(gr, '...', first)];
  const [y, gv] = [at(a, '...', rest), at(gr, '...', rest)];
  const whole = add(gq, stackedProduct(y, t(gv)));
  const m = sub(stackedProduct(u, t(gu)), stackedProduct(t(whole), q));
  const symmetric = add(tril(m), t(strictlyLower(m)));
  const inner = add(whole, stackedProduct(q, symmetric));
  const gx = t(triangularSolution(u, t(inner), {}));
  return setSubtensor(
    setSubtensor(zerosLike(a), ['...', first], gx),
    ['...', rest],
    stackedProduct(q, gv),
  );
}

/** `reduced`: as many columns of Q as the shorter side; `complete`: a square Q. */
export type QrMode = 'reduced' | 'complete';

/**
 * [Q, R] with a = Q·R, Q of orthonormal columns and R upper triangular, for matrices [..., m, n]. The
 * signs are those of LAPACK's reflections, as in NumPy. `complete` has gradients where m ≤ n is known.
 */
export function qr(a: TensorLike, mode: QrMode = 'reduced'): [TensorVariable, TensorVariable] {
  const [q, r] = inFloats(a, (v) => [...applyOp(qrOp(mode === 'complete'), [v])]);
  return [q, r];
}
