/** Products: dot of rank 1 and 2, and the BLAS forms that the optimizer makes of them. */
import { ShapeError } from '../errors.js';
import { defineOp, type Op, type SizeAlgebra } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { storeElement, toStored } from '../types/convert.js';
import { isFloat, wrapScalar, type DType } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import { mapElements } from '../types/strided.js';
import { promote } from '../types/promote.js';
import { TensorType } from '../types/tensor-type.js';
import { mul } from './arithmetic.js';
import { asVariables, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { dimshuffle, transpose } from './dimshuffle.js';
import { requireRank } from './ranks.js';
import { sum } from './reduce.js';
import { specifyShape } from './shape.js';

/** Reference product of a [m,k] and a [k,n] array: floats in float64, integers in 64 bits, bool as "any of both". */
export function performProduct(a: NDArray, b: NDArray, dtype: DType): NDArray {
  const [m, k, n] = [a.shape[0], a.shape[1], b.shape[1]];
  if (b.shape[0] !== k) {
    throw new ShapeError(`[dot] expected inner dimensions to match, got ${k} and ${b.shape[0]}`);
  }
  // Rows of both lie one after the other.
  const rows = b.transpose();
  const inner = isFloat(dtype)
    ? innerFloat(a.astype('float64').data, rows.astype('float64').data, k)
    : innerInteger(a.astype('int64').data, rows.astype('int64').data, k);
  const out = NDArray.zeros([m, n], dtype);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      storeElement(out.data, i * n + j, toStored(dtype, wrapScalar(dtype, inner(i, j))));
    }
  }
  return out;
}

type Inner = (i: number, j: number) => number | bigint;

function innerFloat(a: Float64Array, b: Float64Array, k: number): Inner {
  return (i, j) => {
    let total = 0;
    for (let p = 0; p < k; p++) total += a[i * k + p] * b[j * k + p];
    return total;
  };
}

function innerInteger(a: BigInt64Array, b: BigInt64Array, k: number): Inner {
  return (i, j) => {
    let total = 0n;
    for (let p = 0; p < k; p++) total += a[i * k + p] * b[j * k + p];
    return total;
  };
}

function asMatrices(a: NDArray, b: NDArray): [NDArray, NDArray] {
  return [a.rank === 1 ? a.reshape([1, a.size]) : a, b.rank === 1 ? b.reshape([b.size, 1]) : b];
}

function innerText(x: TensorVariable, y: TensorVariable): string {
  return `[dot] expected inner dimensions to match, got {a} (${x.toString()}, axis ${x.type.rank - 1}) and {b} (${y.toString()}, axis 0)`;
}

function dotShape<S>(
  algebra: SizeAlgebra<S>,
  x: TensorVariable,
  y: TensorVariable,
  a: readonly S[],
  b: readonly S[],
): S[] {
  algebra.requireEqual(a[a.length - 1], b[0], innerText(x, y));
  return [...a.slice(0, -1), ...b.slice(1)];
}

/** Cotangents of the factors of a product. */
function pullProduct(
  x: TensorVariable,
  y: TensorVariable,
  g: TensorVariable,
): [TensorVariable, TensorVariable] {
  if (x.type.rank === 1 && y.type.rank === 1) return [mul(g, y), mul(g, x)];
  if (x.type.rank === 1) return [dot(y, g), outer(x, g)];
  if (y.type.rank === 1) return [outer(g, y), dot(transpose(x), g)];
  return [dot(g, transpose(y)), dot(transpose(x), g)];
}

const dotOp: Op = defineOp({
  name: 'dot',
  props: {},
  types: ([x, y]) => {
    const [inner, first] = [x.type.shape[x.type.rank - 1], y.type.shape[0]];
    if (inner !== null && first !== null && inner !== first) {
      throw new ShapeError(
        innerText(x, y).replace('{a}', String(inner)).replace('{b}', String(first)),
      );
    }
    return [new TensorType(x.dtype, [...x.type.shape.slice(0, -1), ...y.type.shape.slice(1)])];
  },
  shapes: (algebra, [a, b], { inputs: [x, y] }) => [dotShape(algebra, x, y, a, b)],
  perform: ([a, b], node) => {
    const product = performProduct(...asMatrices(a, b), node.outputs[0].dtype);
    return [product.reshape([...a.shape.slice(0, -1), ...b.shape.slice(1)])];
  },
  pullback: ({ inputs: [x, y] }, [g]) => (g === null ? [null, null] : pullProduct(x, y, g)),
  lower: { kind: 'composite', late: true, expand: ({ inputs: [x, y] }) => [expandDot(x, y)] },
});

/** The product as a sum of products: what targets without the library routine run. */
export function expandDot(x: TensorVariable, y: TensorVariable): TensorVariable {
  const [p, q] = withoutStretching(x, y);
  const [isLeft, isRight] = [x.type.rank === 2, y.type.rank === 2];
  const left = dimshuffle(p, isLeft ? (isRight ? [0, 'x', 1] : [0, 1]) : isRight ? ['x', 0] : [0]);
  const right = dimshuffle(q, isRight ? (isLeft ? ['x', 1, 0] : [1, 0]) : isLeft ? ['x', 0] : [0]);
  const product = mul(left, right);
  return cast(sum.on(product, [product.type.rank - 1]), x.dtype);
}

/** An inner size that is statically 1 on one side only would stretch in a product: it is asked of both. */
function withoutStretching(x: TensorVariable, y: TensorVariable): [TensorVariable, TensorVariable] {
  const last = x.type.rank - 1;
  const single = x.type.broadcasts(last) || y.type.broadcasts(0);
  const ask = (v: TensorVariable, at: number): TensorVariable =>
    specifyShape(
      v,
      v.type.shape.map((n, axis) => (single && axis === at ? 1 : n)),
    );
  return [ask(x, last), ask(y, 0)];
}

/**
 * Product of vectors and matrices: inner, matrix-vector, vector-matrix, matrix-matrix. Scalars multiply.
 * Integers give integers of their common dtype. @throws ShapeError for a rank above 2 or inner sizes that differ
 */
export function dot(x: TensorLike, y: TensorLike): TensorVariable {
  const inputs = asVariables([x, y]);
  const [a, b] = inputs;
  if (a.type.rank === 0 || b.type.rank === 0) return mul(a, b);
  if (a.type.rank > 2 || b.type.rank > 2) {
    throw new ShapeError(
      `[dot] expected ranks 1 or 2, got ${a.type.rank} (${a.toString()}) and ${b.type.rank} (${b.toString()})`,
    );
  }
  const dtype = promote(a.dtype, b.dtype);
  return apply1(dotOp, [cast(a, dtype), cast(b, dtype)]);
}

/** x·yᵀ of vectors. */
export function outer(x: TensorLike, y: TensorLike): TensorVariable {
  const [a, b] = asVariables([x, y]);
  requireRank('outer', [a, b], 1, 'vectors');
  return mul(dimshuffle(a, [0, 'x']), dimshuffle(b, ['x', 0]));
}

function expectSize(axis: number, wanted: number, got: number): void {
  if (wanted !== got)
    throw new ShapeError(`[add] expected equal sizes on axis ${axis}, got ${wanted} and ${got}`);
}

/** alpha·op(A, B) + beta·C, with the shape rule and reference shared by both routines. */
function accumulating(name: 'gemm' | 'gemv'): Op {
  return defineOp({
    name,
    props: {},
    types: ([a, b, c]) => [
      new TensorType(c.dtype, [...a.type.shape.slice(0, -1), ...b.type.shape.slice(1)]),
    ],
    shapes: (algebra, [a, b, c], { inputs: [x, y, z] }) => {
      const product = dotShape(algebra, x, y, a, b);
      return [
        product.map((size, axis) =>
          z.type.broadcasts(axis)
            ? size
            : algebra.requireEqual(
                c[axis],
                size,
                `[add] expected equal sizes on axis ${axis}, got {a} (${z.toString()}) and {b} (the product)`,
              ),
        ),
      ];
    },
    perform: ([a, b, c, alpha, beta], node) => {
      const product = performProduct(...asMatrices(a, b), 'float64');
      const shape = [...a.shape.slice(0, -1), ...b.shape.slice(1)];
      shape.forEach((n, axis) => {
        if (!node.inputs[2].type.broadcasts(axis)) expectSize(axis, c.shape[axis], n);
      });
      // A beta of 0 leaves C unread, as the library does.
      const combine = (p: number, old: number, s: number, t: number): number =>
        s * p + (t === 0 ? 0 : t * old);
      return [
        mapElements(
          node.outputs[0].dtype,
          [product.reshape(shape), c, alpha, beta],
          shape,
          combine,
        ),
      ];
    },
    pullback: ({ inputs: [a, b, c, alpha, beta] }, [g]) => {
      if (g === null) return [null, null, null, null, null];
      const [ga, gb] = pullProduct(a, b, mul(g, alpha));
      return [ga, gb, mul(g, beta), sum(mul(g, dot(a, b))), sum(mul(g, c))];
    },
    lower: { kind: 'call', callee: name },
  });
}

const gemmOp = accumulating('gemm');
const gemvOp = accumulating('gemv');

const gerOp: Op = defineOp({
  name: 'ger',
  props: {},
  types: ([a]) => [a.type],
  shapes: (algebra, [a, x, y]) => [
    [
      algebra.requireEqual(a[0], x[0], '[add] expected equal sizes on axis 0, got {a} and {b}'),
      algebra.requireEqual(a[1], y[0], '[add] expected equal sizes on axis 1, got {a} and {b}'),
    ],
  ],
  perform: ([a, x, y, alpha], node) => {
    [x, y].forEach((v, axis) => expectSize(axis, a.shape[axis], v.size));
    const update = (old: number, s: number, p: number, q: number): number => old + s * p * q;
    const inputs = [a, alpha, x.reshape([x.size, 1]), y];
    return [mapElements(node.outputs[0].dtype, inputs, a.shape, update)];
  },
  pullback: ({ inputs: [, x, y, alpha] }, [g]) =>
    g === null
      ? [null, null, null, null]
      : [g, mul(alpha, dot(g, y)), mul(alpha, dot(transpose(g), x)), sum(mul(g, outer(x, y)))],
  lower: { kind: 'call', callee: 'ger' },
});

const productOps = { gemm: defineProduct('gemm'), gemv: defineProduct('gemv') };

/** A bare product as a library call. */
function defineProduct(callee: 'gemm' | 'gemv'): Op {
  return defineOp({
    ...dotOp,
    name: callee === 'gemm' ? 'dot22' : 'dot21',
    lower: { kind: 'call', callee },
  });
}

/** A·B by the library, both matrices. */
export const dot22 = (a: TensorVariable, b: TensorVariable): TensorVariable =>
  apply1(productOps.gemm, [a, b]);
/** A·x by the library. */
export const dot21 = (a: TensorVariable, x: TensorVariable): TensorVariable =>
  apply1(productOps.gemv, [a, x]);
/** alpha·A·B + beta·C; alpha and beta rank 0 of the same dtype. */
export const gemm = (
  a: TensorVariable,
  b: TensorVariable,
  c: TensorVariable,
  alpha: TensorVariable,
  beta: TensorVariable,
): TensorVariable => apply1(gemmOp, [a, b, c, alpha, beta]);
/** alpha·A·x + beta·y. */
export const gemv = (
  a: TensorVariable,
  x: TensorVariable,
  y: TensorVariable,
  alpha: TensorVariable,
  beta: TensorVariable,
): TensorVariable => apply1(gemvOp, [a, x, y, alpha, beta]);
/** A + alpha·x·yᵀ. */
export const ger = (
  a: TensorVariable,
  x: TensorVariable,
  y: TensorVariable,
  alpha: TensorVariable,
): TensorVariable => apply1(gerOp, [a, x, y, alpha]);
