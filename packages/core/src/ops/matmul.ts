/** Products of stacks of matrices: `matmul` and what is made of it. Two-dimensional products are `dot`'s. */
import { ShapeError } from '../errors.js';
import type { Op, SizeAlgebra } from '../graph/op.js';
import { apply1, type Apply, type TensorVariable } from '../graph/variable.js';
import { isFloat } from '../types/dtype.js';
import { promote } from '../types/promote.js';
import { TensorType } from '../types/tensor-type.js';
import { mul } from './arithmetic.js';
import { asVariables, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { dimshuffle } from './dimshuffle.js';
import { dot } from './dot.js';
import { padLeft } from './elementwise.js';
import { asColumns, asRows, compositeOp, transposeMatrices, untransposed } from './matrix-parts.js';
import { sum } from './reduce.js';
import { reshape } from './reshape.js';
import { routineOp } from './routine-op.js';
import { shapeOf, sizesOf, specifyShape } from './shape.js';

/** Static sizes of the leading axes of two stacks broadcast together. @throws ShapeError where they clash */
export function commonLeadTypes(
  op: string,
  a: TensorVariable,
  b: TensorVariable,
): (number | null)[] {
  return a.type.shape.slice(0, -2).map((n, axis) => {
    const other = b.type.shape[axis];
    if (n !== 1 && other !== 1 && n !== null && other !== null && n !== other) {
      throw new ShapeError(
        `[${op}] expected equal sizes on axis ${axis}, got ${n} (${a.toString()}) and ${other} (${b.toString()})`,
      );
    }
    return n === 1 ? other : (n ?? (other === 1 ? null : other));
  });
}

/** Sizes of the leading axes of two stacks broadcast together. */
export function commonLead<S>(
  algebra: SizeAlgebra<S>,
  op: string,
  [a, b]: readonly [TensorVariable, TensorVariable],
  [shapeA, shapeB]: readonly [readonly S[], readonly S[]],
): S[] {
  return shapeA.slice(0, -2).map((n, axis) => {
    if (a.type.broadcasts(axis)) return shapeB[axis];
    if (b.type.broadcasts(axis) || n === shapeB[axis]) return n;
    const text = `[${op}] expected equal sizes on axis ${axis}, got {a} (${a.toString()}) and {b} (${b.toString()})`;
    return algebra.requireEqual(n, shapeB[axis], text);
  });
}

interface Flags {
  readonly left: boolean;
  readonly right: boolean;
}

function innerText(a: TensorVariable, b: TensorVariable, { left, right }: Flags): string {
  const rank = a.type.rank;
  const axis = (isLast: boolean): number => rank - (isLast ? 1 : 2);
  return `[matmul] expected inner dimensions to match, got {a} (${a.toString()}, axis ${axis(!left)}) and {b} (${b.toString()}, axis ${axis(right)})`;
}

/** Rows and columns of a stack, of sizes or types, as the product reads it. */
const oriented = <S>(shape: readonly S[], isTransposed: boolean): readonly [S, S] => {
  const [rows, columns] = shape.slice(-2);
  return isTransposed ? [columns, rows] : [rows, columns];
};

const productRules = (flags: Flags): Pick<Op, 'types' | 'shapes'> => ({
  types: ([a, b]) => {
    const lead = commonLeadTypes('matmul', a, b);
    const [rows, inner] = oriented(a.type.shape, flags.left);
    const [first, columns] = oriented(b.type.shape, flags.right);
    if (inner !== null && first !== null && inner !== first) {
      const text = innerText(a, b, flags).replace('{a}', String(inner));
      throw new ShapeError(text.replace('{b}', String(first)));
    }
    return [new TensorType(a.dtype, [...lead, rows, columns])];
  },
  shapes: (algebra, [p, q], { inputs: [a, b] }) => {
    const lead = commonLead(algebra, 'matmul', [a, b], [p, q]);
    const [rows, inner] = oriented(p, flags.left);
    const [first, columns] = oriented(q, flags.right);
    algebra.requireEqual(inner, first, innerText(a, b, flags));
    return [[...lead, rows, columns]];
  },
});

/** The cotangents of both factors, each of which may be stored transposed. */
function pullProduct(
  [a, b]: readonly [TensorVariable, TensorVariable],
  g: TensorVariable,
  { left, right }: Flags,
): [TensorVariable, TensorVariable] {
  const t = transposeMatrices;
  const [p, q] = [left ? t(a) : a, right ? t(b) : b];
  const [gp, gq] = [stackedProduct(g, t(q)), stackedProduct(t(p), g)];
  return [left ? t(gp) : gp, right ? t(gq) : gq];
}

function batchedGemmOp(flags: Flags): Op {
  return routineOp({
    routine: 'batched_gemm',
    props: { left: flags.left, right: flags.right },
    params: [Number(flags.left), Number(flags.right)],
    ...productRules(flags),
    pullback: ({ inputs: [a, b] }, [g]) =>
      g === null ? [null, null] : pullProduct([a, b], g, flags),
  });
}

/** Transposes that an operand is made by become flags; integers multiply and add in loops. */
function expandProduct({ inputs: [a, b] }: Apply): TensorVariable {
  if (!isFloat(a.dtype)) return sumOfProducts(a, b);
  const [left, right] = [untransposed(a), untransposed(b)];
  const flags = { left: left !== null, right: right !== null };
  return apply1(batchedGemmOp(flags), [left ?? a, right ?? b]);
}

function sumOfProducts(a: TensorVariable, b: TensorVariable): TensorVariable {
  const { rank } = a.type;
  const lead = Array.from({ length: rank - 2 }, (_, axis) => axis);
  // An inner size that is statically 1 on one side only would stretch.
  const single = a.type.broadcasts(rank - 1) || b.type.broadcasts(rank - 2);
  const asked = (v: TensorVariable, axis: number): TensorVariable =>
    single
      ? specifyShape(
          v,
          v.type.shape.map((n, k) => (k === axis ? 1 : n)),
        )
      : v;
  const left = dimshuffle(asked(a, rank - 1), [...lead, rank - 2, rank - 1, 'x']);
  const right = dimshuffle(asked(b, rank - 2), [...lead, 'x', rank - 2, rank - 1]);
  return cast(sum(mul(left, right), rank - 1), a.dtype);
}

const matmulOp = compositeOp({
  name: 'matmul',
  ...productRules({ left: false, right: false }),
  pullback: ({ inputs: [a, b] }, [g]) =>
    g === null ? [null, null] : pullProduct([a, b], g, { left: false, right: false }),
  expand: (node) => [expandProduct(node)],
});

/** The product of two stacks of one rank and dtype; leading axes of static size 1 stretch. */
export function stackedProduct(x: TensorVariable, y: TensorVariable): TensorVariable {
  const rank = Math.max(x.type.rank, y.type.rank);
  if (rank === 2) return dot(x, y);
  if (y.type.rank === 2) return byOneMatrix(x, y);
  const [a, b] = [padLeft(x, rank), padLeft(y, rank)];
  if (a.dtype !== 'float16') return apply1(matmulOp, [a, b]);
  return cast(apply1(matmulOp, [cast(a, 'float32'), cast(b, 'float32')]), 'float16');
}

/** All rows of all matrices times the one matrix: a single product. */
function byOneMatrix(x: TensorVariable, y: TensorVariable): TensorVariable {
  const sizes = sizesOf(x);
  const inner = sizes[sizes.length - 1];
  const count = sizes.slice(0, -1).reduce((a, b) => mul(a, b));
  const product = dot(reshape(x, [count, inner]), y);
  return reshape(product, [...sizes.slice(0, -1), shapeOf(y, 1)]);
}

/** Both operands in their common dtype. @throws ShapeError for scalars */
function operands(op: string, x: TensorLike, y: TensorLike): [TensorVariable, TensorVariable] {
  const [a, b] = asVariables([x, y]);
  for (const v of [a, b])
    if (v.type.rank === 0)
      throw new ShapeError(`[${op}] expected a rank of 1 or more, got a scalar (${v.toString()})`);
  const dtype = promote(a.dtype, b.dtype);
  return [cast(a, dtype), cast(b, dtype)];
}

/** `v` without an axis of static size 1, counted from the end. */
function without(v: TensorVariable, fromEnd: number): TensorVariable {
  const gone = v.type.rank - fromEnd;
  return dimshuffle(
    v,
    Array.from({ length: v.type.rank }, (_, axis) => axis).filter((axis) => axis !== gone),
  );
}

/**
 * Product of vectors [k], matrices [m, k] and stacks of matrices [..., m, k], as NumPy's `matmul`: a
 * vector is a row on the left and a column on the right; leading axes broadcast.
 * @throws ShapeError for scalars and for sizes that do not fit
 */
export function matmul(x: TensorLike, y: TensorLike): TensorVariable {
  const [a, b] = operands('matmul', x, y);
  if (a.type.rank <= 2 && b.type.rank <= 2) return dot(a, b);
  const left = a.type.rank === 1 ? asRows(a) : a;
  const right = b.type.rank === 1 ? asColumns(b) : b;
  const product = stackedProduct(left, right);
  if (a.type.rank === 1) return without(product, 2);
  return b.type.rank === 1 ? without(product, 1) : product;
}

/** Σ x·y along the last axis, other axes broadcast: [..., n], [..., n] → [...]. */
export function vecdot(x: TensorLike, y: TensorLike): TensorVariable {
  const [a, b] = operands('vecdot', x, y);
  const lastOf = (v: TensorVariable): number | null => v.type.shape[v.type.rank - 1];
  const [n, m] = [lastOf(a), lastOf(b)];
  if (n !== null && m !== null && n !== m)
    throw new ShapeError(
      `[vecdot] expected last axes of one size, got ${n} (${a.toString()}) and ${m} (${b.toString()})`,
    );
  if (a.type.rank === 1 && b.type.rank === 1) return dot(a, b);
  return cast(sum(mul(a, b), -1), a.dtype);
}

/** Matrices times vectors: [..., m, n], [..., n] → [..., m]; leading axes broadcast. */
export function matvec(x: TensorLike, y: TensorLike): TensorVariable {
  const [a, b] = operands('matvec', x, y);
  if (a.type.rank < 2)
    throw new ShapeError(`[matvec] expected matrices, got ${a.type.key} (${a.toString()})`);
  return b.type.rank === 1 ? matmul(a, b) : without(stackedProduct(a, asColumns(b)), 1);
}

/** Vectors times matrices: [..., m], [..., m, n] → [..., n]; leading axes broadcast. */
export function vecmat(x: TensorLike, y: TensorLike): TensorVariable {
  const [a, b] = operands('vecmat', x, y);
  if (b.type.rank < 2)
    throw new ShapeError(`[vecmat] expected matrices, got ${b.type.key} (${b.toString()})`);
  return a.type.rank === 1 ? matmul(a, b) : without(stackedProduct(asRows(a), b), 2);
}
