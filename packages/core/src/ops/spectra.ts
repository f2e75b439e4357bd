/**
 * Eigenvalues of symmetric matrices, singular values and what is made of them, and the exponential of
 * matrices, the last two axes of a tensor. Gradients: Giles, An extended collection of matrix derivative
 * results (2008); Townsend, Differentiating the singular value decomposition (2016); Golub and Pereyra,
 * The differentiation of pseudo-inverses (1973); Al-Mohy and Higham, Computing the Fréchet derivative of
 * the matrix exponential (2009).
 */
import { gradUndefined } from '../graph/missing-gradient.js';
import type { Op, SizeAlgebra } from '../graph/op.js';
import { apply1, applyOp, type TensorVariable } from '../graph/variable.js';
import { TensorType } from '../types/tensor-type.js';
import { at, setSubtensor } from './advanced-index.js';
import { zeros } from './alloc.js';
import { add, mul, neg, sqr, sub, trueDiv } from './arithmetic.js';
import { asVariables, type TensorLike } from './as-variable.js';
import { eq, gt, switchOp } from './compare.js';
import { dimshuffle } from './dimshuffle.js';
import { ofLowerTriangle } from './factorizations.js';
import { stackedProduct } from './matmul.js';
import { asFloats, inFloat, inFloats } from './floats.js';
import {
  asColumns,
  asRows,
  compositeOp,
  diagonalMatrices,
  requireMatrices,
  requireSquare,
  requireSquareType,
  transposeMatrices,
  withDiagonal,
} from './matrix-parts.js';
import { max, sum } from './reduce.js';
import { routineOp } from './routine-op.js';
import { shapeOf, sizesOf } from './shape.js';
import { slice } from './subtensor.js';
import { cast } from './cast.js';
import { maximum } from './arithmetic.js';
import { requireRightSide } from './triangular.js';

const t = transposeMatrices;

/** a·v, of the values as a diagonal: columns of `a` scaled. */
const scaleColumns = (a: TensorVariable, v: TensorVariable): TensorVariable => mul(a, asRows(v));

/** 1/x, and 0 where x is 0. */
function reciprocalOrZero(x: TensorVariable): TensorVariable {
  const isZero = eq(x, 0);
  return switchOp(isZero, 0, trueDiv(1, switchOp(isZero, 1, x)));
}

/** v_j - v_i off the diagonal, 1 on it. */
function gaps(v: TensorVariable): TensorVariable {
  return withDiagonal(sub(asRows(v), asColumns(v)), 1);
}

const valuesType = (a: TensorVariable): TensorType =>
  new TensorType(a.dtype, a.type.shape.slice(0, -1));

/** The gradient by the triangle that was read, from that by the whole symmetric matrix. */
const ofTriangle = (s: TensorVariable, upper: boolean): TensorVariable =>
  upper ? t(ofLowerTriangle(s)) : ofLowerTriangle(s);

function eighOp(upper: boolean): Op {
  return routineOp({
    routine: 'eigh',
    props: { upper },
    params: [Number(upper)],
    types: ([a]) => {
      requireSquareType('eigh', a);
      return [valuesType(a), a.type];
    },
    shapes: (algebra, [shape], { inputs: [a] }) => {
      requireSquare(algebra, 'eigh', a, shape);
      return [shape.slice(0, -1), shape];
    },
    pullback: ({ outputs: [w, v] }, [gw, gv]) => {
      if (gw === null && gv === null) return [null];
      const ofValues = gw === null ? null : diagonalMatrices(gw);
      const ofVectors =
        gv === null ? null : withDiagonal(trueDiv(stackedProduct(t(v), gv), gaps(w)), 0);
      const inner = ofValues && ofVectors ? add(ofValues, ofVectors) : (ofValues ?? ofVectors);
      const s = stackedProduct(stackedProduct(v, inner as TensorVariable), t(v));
      return [ofTriangle(mul(add(s, t(s)), 0.5), upper)];
    },
  });
}

function eigvalshOp(upper: boolean): Op {
  return routineOp({
    routine: 'eigvalsh',
    props: { upper },
    params: [Number(upper)],
    types: ([a]) => {
      requireSquareType('eigvalsh', a);
      return [valuesType(a)];
    },
    shapes: (algebra, [shape], { inputs: [a] }) => {
      requireSquare(algebra, 'eigvalsh', a, shape);
      return [shape.slice(0, -1)];
    },
    pullback: ({ inputs: [a] }, [g]) => {
      if (g === null) return [null];
      const [, v] = applyOp(eighOp(upper), [a]);
      return [ofTriangle(stackedProduct(scaleColumns(v, g), t(v)), upper)];
    },
  });
}

/** The triangle of a symmetric matrix that is read: `L` (lower) or `U`. */
export type Triangle = 'L' | 'U';

/**
 * [w, v] of symmetric matrices [..., n, n]: eigenvalues [..., n], ascending, and orthonormal
 * eigenvectors as columns [..., n, n]. Of each vector the first of its largest elements (those within a
 * tenth of the largest) is positive. The gradient by v is not finite where eigenvalues are equal.
 * @throws ShapeError where not square; NumericalError for NaN and infinities
 */
export function eigh(a: TensorLike, triangle: Triangle = 'L'): [TensorVariable, TensorVariable] {
  const [w, v] = inFloats(a, (x) => [...applyOp(eighOp(triangle === 'U'), [x])]);
  return [w, v];
}

/** Eigenvalues [..., n], ascending, of symmetric matrices [..., n, n]. @throws as eigh does */
export function eigvalsh(a: TensorLike, triangle: Triangle = 'L'): TensorVariable {
  return inFloat(a, (x) => apply1(eigvalshOp(triangle === 'U'), [x]));
}

/** Size of the shorter side of matrices, where it is known. */
function shorterType([rows, columns]: readonly (number | null)[]): number | null {
  if (rows !== null && columns !== null) return Math.min(rows, columns);
  return rows === 1 || columns === 1 ? 1 : null;
}

function shorter<S>(algebra: SizeAlgebra<S>, a: TensorVariable, shape: readonly S[]): S {
  const [rows, columns] = shape.slice(-2);
  return shorterType(a.type.shape.slice(-2)) === 1
    ? algebra.const(1)
    : algebra.binary('min', rows, columns);
}

type SvdParts = readonly [u: TensorVariable, s: TensorVariable, vt: TensorVariable];
type SvdGradients = readonly (TensorVariable | null)[];

/** Of the reduced decomposition, where values are distinct. */
function pullSvd([u, s, vt]: SvdParts, [gu, gs, gvt]: SvdGradients): TensorVariable {
  const v = t(vt);
  const inverses = reciprocalOrZero(s);
  // s_j² - s_i², which both sides divide by
  const distances = gaps(sqr(s));
  const skew = (vectors: TensorVariable, g: TensorVariable): TensorVariable => {
    const projected = stackedProduct(t(vectors), g);
    return withDiagonal(trueDiv(sub(projected, t(projected)), distances), 0);
  };
  const terms: TensorVariable[] = [];
  if (gs !== null) terms.push(stackedProduct(scaleColumns(u, gs), vt));
  if (gu !== null) {
    terms.push(stackedProduct(stackedProduct(u, scaleColumns(skew(u, gu), s)), vt));
    const beyond = sub(gu, stackedProduct(u, stackedProduct(t(u), gu)));
    terms.push(stackedProduct(scaleColumns(beyond, inverses), vt));
  }
  if (gvt !== null) {
    const gv = t(gvt);
    terms.push(stackedProduct(scaleColumns(u, s), stackedProduct(skew(v, gv), vt)));
    const beyond = sub(gv, stackedProduct(v, stackedProduct(vt, gv)));
    terms.push(stackedProduct(scaleColumns(u, inverses), t(beyond)));
  }
  return terms.reduce((a, b) => add(a, b));
}

const arbitraryVectors = 'vectors beyond the values are arbitrary: use fullMatrices: false';

function svdOp(full: boolean): Op {
  return routineOp({
    routine: 'svd',
    props: { full },
    params: [Number(full)],
    types: ([a]) => {
      requireMatrices('svd', a);
      const lead = a.type.shape.slice(0, -2);
      const [rows, columns] = a.type.shape.slice(-2);
      const count = shorterType([rows, columns]);
      return [[rows, full ? rows : count], [count], [full ? columns : count, columns]].map(
        (sizes) => new TensorType(a.dtype, [...lead, ...sizes]),
      );
    },
    shapes: (algebra, [shape], { inputs: [a] }) => {
      const lead = shape.slice(0, -2);
      const [rows, columns] = shape.slice(-2);
      const count = shorter(algebra, a, shape);
      return [
        [...lead, rows, full ? rows : count],
        [...lead, count],
        [...lead, full ? columns : count, columns],
      ];
    },
    // Of the full decomposition values alone have a derivative.
    ...(full && {
      pushforward: ({ inputs: [a] }, [tangent]) => {
        if (tangent === null) return [null, null, null];
        const vectors = gradUndefined(arbitraryVectors);
        const [u, , vt] = svdParts(a);
        return [vectors, sum(mul(u, stackedProduct(tangent, t(vt))), -2), vectors];
      },
    }),
    pullback: ({ inputs: [a], outputs: [u, s, vt] }, gradients) => {
      if (gradients.every((g) => g === null)) return [null];
      const [gu, gs, gvt] = gradients;
      if (!full || isKnownSquare(a)) return [pullSvd([u, s, vt], gradients)];
      if (gu === null && gvt === null) return [pullSvd(svdParts(a), [null, gs, null])];
      return [gradUndefined(arbitraryVectors)];
    },
  });
}

/** Whether matrices are known to be square, so that there are as many vectors as values. */
function isKnownSquare(a: TensorVariable): boolean {
  const [rows, columns] = a.type.shape.slice(-2);
  return rows !== null && rows === columns;
}

function svdParts(a: TensorVariable): SvdParts {
  const [u, s, vt] = applyOp(svdOp(false), [a]);
  return [u, s, vt];
}

const svdvalsOp: Op = routineOp({
  routine: 'svdvals',
  types: ([a]) => {
    requireMatrices('svdvals', a);
    const count = shorterType(a.type.shape.slice(-2));
    return [new TensorType(a.dtype, [...a.type.shape.slice(0, -2), count])];
  },
  shapes: (algebra, [shape], { inputs: [a] }) => [
    [...shape.slice(0, -2), shorter(algebra, a, shape)],
  ],
  pullback: ({ inputs: [a] }, [g]) => [g && pullSvd(svdParts(a), [null, g, null])],
});

export interface SvdOptions {
  /** Square U and V, else as many vectors as values; true unless given, as in NumPy. */
  readonly fullMatrices?: boolean;
}

/**
 * [U, s, Vᵀ] with a = U·diag(s)·Vᵀ for matrices [..., m, n]: s [..., min(m, n)] descending, U and V of
 * orthonormal columns. Of each column of U the first of its largest elements (those within a tenth of the
 * largest) is positive; vectors beyond the values are one basis of many. Gradients by vectors need
 * `fullMatrices: false` (or matrices known to be square) and distinct values.
 * @throws ShapeError below rank 2; NumericalError for NaN and infinities
 */
export function svd(
  a: TensorLike,
  { fullMatrices = true }: SvdOptions = {},
): [TensorVariable, TensorVariable, TensorVariable] {
  const [u, s, vt] = inFloats(a, (v) => [...applyOp(svdOp(fullMatrices), [v])]);
  return [u, s, vt];
}

/** Singular values [..., min(m, n)], descending, of matrices [..., m, n]: svd's with `computeUv: false`. @throws as svd does */
export function svdvals(a: TensorLike): TensorVariable {
  return inFloat(a, (v) => apply1(svdvalsOp, [v]));
}

const PRECISION = { float32: 2 ** -23, float64: 2 ** -52 };

/** Which singular values count: above `rcond` times the largest, by default precision times the longer side. */
function counted(s: TensorVariable, a: TensorVariable, rcond: number | null): TensorVariable {
  const side = cast(maximum(shapeOf(a, -2), shapeOf(a, -1)), a.dtype);
  const limit = rcond ?? mul(side, PRECISION[a.dtype === 'float32' ? 'float32' : 'float64']);
  return gt(s, mul(max(s, -1, { keepdims: true }), limit));
}

function pinvOp(rcond: number | null): Op {
  return compositeOp({
    name: 'pinv',
    props: { rcond },
    types: ([a]) => {
      requireMatrices('pinv', a);
      const [rows, columns] = a.type.shape.slice(-2);
      return [new TensorType(a.dtype, [...a.type.shape.slice(0, -2), columns, rows])];
    },
    shapes: (_algebra, [shape]) => {
      const [rows, columns] = shape.slice(-2);
      return [[...shape.slice(0, -2), columns, rows]];
    },
    pullback: ({ inputs: [a], outputs: [p] }, [g]) => {
      if (g === null) return [null];
      const times = stackedProduct;
      const left = times(t(g), times(p, t(p)));
      const right = times(times(t(p), p), t(g));
      return [
        add(
          neg(times(times(t(p), g), t(p))),
          add(sub(left, times(a, times(p, left))), sub(right, times(times(right, p), a))),
        ),
      ];
    },
    expand: ({ inputs: [a] }) => {
      const [u, s, vt] = svdParts(a);
      const inverses = switchOp(counted(s, a, rcond), reciprocalOrZero(s), 0);
      return [stackedProduct(scaleColumns(t(vt), inverses), t(u))];
    },
  });
}

/**
 * The Moore-Penrose inverse [..., n, m] of matrices [..., m, n]. Singular values of at most `rcond` times
 * the largest count as 0: the dtype's precision times max(m, n) unless given. @throws as svd does; ShapeError for a size of 0
 */
export function pinv(a: TensorLike, { rcond }: { rcond?: number } = {}): TensorVariable {
  return inFloat(a, (v) => apply1(pinvOp(rcond ?? null), [v]));
}

/** What `lstsq` finds. */
export interface LeastSquares {
  /** The shortest x that makes |a·x - b| least, [n] or [n, k]. */
  readonly solution: TensorVariable;
  /** Sums of squares of b - a·x, of each column of b. */
  readonly residuals: TensorVariable;
  /** How many singular values count; int64. */
  readonly rank: TensorVariable;
  /** Singular values of a, descending. */
  readonly singularValues: TensorVariable;
}

/**
 * Least squares: a [..., m, n], b [m] or [..., m, k]. Singular values of at most `rcond` times the largest
 * count as 0: the dtype's precision times max(m, n) unless given.
 * @throws ShapeError where sizes do not fit; NumericalError for NaN and infinities
 */
export function lstsq(
  a: TensorLike,
  b: TensorLike,
  { rcond }: { rcond?: number } = {},
): LeastSquares {
  const [x, y] = asVariables([a, b]);
  requireMatrices('lstsq', x);
  requireRightSide('lstsq', y);
  const floats = asFloats(x, y);
  const [matrix, right] = floats.map((v) => (v.dtype === 'float16' ? cast(v, 'float32') : v));
  const columns = y.type.rank === 1 ? asColumns(right) : right;
  const values = svdvals(matrix);
  const inverse = apply1(pinvOp(rcond ?? null), [matrix]);
  const solution = stackedProduct(inverse, columns);
  const residuals = sum(sqr(sub(columns, stackedProduct(matrix, solution))), -2);
  const lead = Array.from({ length: solution.type.rank - 1 }, (_, axis) => axis);
  const given = (v: TensorVariable): TensorVariable => cast(v, floats[0].dtype);
  return {
    solution: given(y.type.rank === 1 ? dimshuffle(solution, lead) : solution),
    residuals: given(y.type.rank === 1 ? sum(residuals, -1) : residuals),
    rank: sum(cast(counted(values, matrix, rcond ?? null), 'int64'), -1),
    singularValues: given(values),
  };
}

/** [[p, q], [0, p]] of square matrices. */
function blockTriangular(p: TensorVariable, q: TensorVariable): TensorVariable {
  const n = shapeOf(p, -1);
  const twice = mul(n, 2);
  const blank = zeros([...sizesOf(p).slice(0, -2), twice, twice], p.dtype);
  const [first, second] = [slice(n), slice(n, null)];
  const diagonal = setSubtensor(
    setSubtensor(blank, ['...', first, first], p),
    ['...', second, second],
    p,
  );
  return setSubtensor(diagonal, ['...', first, second], q);
}

const expmOp: Op = routineOp({
  routine: 'expm',
  types: ([a]) => {
    requireSquareType('expm', a);
    return [a.type];
  },
  shapes: (algebra, [shape], { inputs: [a] }) => [requireSquare(algebra, 'expm', a, shape)],
  // The exponential of [[aᵀ, g], [0, aᵀ]] has the derivative at aᵀ along g in its corner.
  pullback: ({ inputs: [a] }, [g]) => {
    if (g === null) return [null];
    const n = shapeOf(a, -1);
    const both = apply1(expmOp, [blockTriangular(t(a), g)]);
    return [at(both, '...', slice(n), slice(n, null))];
  },
});

/** e^a = Σ aᵏ/k! of square matrices [..., n, n]. @throws ShapeError where not square */
export function expm(a: TensorLike): TensorVariable {
  return inFloat(a, (v) => apply1(expmOp, [v]));
}
