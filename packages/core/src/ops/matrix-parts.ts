/** What the ops of linear algebra share: stacks of matrices, which are the last two axes of a tensor. */
import { ShapeError } from '../errors.js';
import { defineOp, type Op, type SizeAlgebra } from '../graph/op.js';
import { evaluate } from '../graph/evaluate.js';
import { Apply, TensorVariable } from '../graph/variable.js';
import { arange } from './arange.js';
import type { TensorLike } from './as-variable.js';
import { eq, switchOp } from './compare.js';
import { diagonal } from './diagonal.js';
import { dimshuffle } from './dimshuffle.js';
import { shapeOf } from './shape.js';
import { eye, tril } from './triangle.js';

/** Matrices transposed: the last two axes exchanged. */
export function transposeMatrices(x: TensorVariable): TensorVariable {
  const { rank } = x.type;
  const lead = Array.from({ length: rank - 2 }, (_, axis) => axis);
  return dimshuffle(x, [...lead, rank - 1, rank - 2]);
}

/** The matrices that `x` transposes, or null. */
export function untransposed(x: TensorVariable): TensorVariable | null {
  const { rank } = x.type;
  const node = x.owner;
  if (node?.op.name !== 'dimshuffle' || node.inputs[0].type.rank !== rank) return null;
  const order = node.op.props['order'] as readonly (number | 'x')[];
  const isSwap = order.every((axis, k) =>
    k < rank - 2 ? axis === k : axis === (k === rank - 1 ? rank - 2 : rank - 1),
  );
  return isSwap ? node.inputs[0] : null;
}

/** @throws ShapeError for fewer than two axes */
export function requireMatrices(op: string, x: TensorVariable): void {
  if (x.type.rank < 2)
    throw new ShapeError(
      `[${op}] expected matrices (rank 2 or more), got ${x.type.key} (${x.toString()})`,
    );
}

function squareText(op: string, x: TensorVariable): string {
  return `[${op}] expected square matrices, got {a} rows and {b} columns (${x.toString()})`;
}

/** @throws ShapeError for matrices that are known not to be square */
export function requireSquareType(op: string, x: TensorVariable): void {
  requireMatrices(op, x);
  const [rows, columns] = x.type.shape.slice(-2);
  if (rows !== null && columns !== null && rows !== columns)
    throw new ShapeError(
      squareText(op, x).replace('{a}', String(rows)).replace('{b}', String(columns)),
    );
}

/** Requires a square matrix when the function runs; gives the shape. */
export function requireSquare<S>(
  algebra: SizeAlgebra<S>,
  op: string,
  x: TensorVariable,
  shape: readonly S[],
): readonly S[] {
  const [rows, columns] = shape.slice(-2);
  if (rows !== columns) algebra.requireEqual(rows, columns, squareText(op, x));
  return shape;
}

/** Row and column numbers of the matrices of `x`, such that they broadcast. */
function places(x: TensorVariable): [TensorVariable, TensorVariable] {
  const [rows, columns] = [shapeOf(x, -2), shapeOf(x, -1)];
  return [dimshuffle(arange(rows), [0, 'x']), dimshuffle(arange(columns), ['x', 0])];
}

/** The part of matrices below the diagonal; 0 elsewhere. */
export const strictlyLower = (x: TensorVariable): TensorVariable => tril(x, -1);

/** `x` off the diagonal, `value` on it. */
export function withDiagonal(x: TensorVariable, value: TensorLike): TensorVariable {
  const [row, column] = places(x);
  return switchOp(eq(row, column), value, x);
}

/** Matrices with `v`'s last axis as their diagonal. */
export function diagonalMatrices(v: TensorVariable): TensorVariable {
  const columns = asRows(v);
  const number = arange(shapeOf(v, -1));
  return switchOp(eq(dimshuffle(number, [0, 'x']), number), columns, 0);
}

/** A vector's axis as the rows' one: [..., n] → [..., 1, n]. */
export function asRows(v: TensorVariable): TensorVariable {
  const lead = Array.from({ length: v.type.rank - 1 }, (_, axis) => axis);
  return dimshuffle(v, [...lead, 'x', v.type.rank - 1]);
}

/** A vector's axis as the columns' one: [..., n] → [..., n, 1]. */
export function asColumns(v: TensorVariable): TensorVariable {
  return dimshuffle(v, [...Array.from({ length: v.type.rank }, (_, axis) => axis), 'x']);
}

/** The identity matrix of the size of `x`'s rows, of its dtype. */
export function identityFor(x: TensorVariable): TensorVariable {
  const n = shapeOf(x, -1);
  return eye(n, n, 0, x.dtype);
}

/** The diagonals of the last two axes. */
export const diagonalsOf = (x: TensorVariable): TensorVariable => diagonal(x, 0, -2, -1);

/** An op that stands for others: what `expand` makes of its inputs. */
export function compositeOp(
  definition: Pick<Op, 'name' | 'types' | 'shapes' | 'pullback'> & {
    readonly props?: Op['props'];
    readonly expand: (node: Apply) => readonly TensorVariable[];
  },
): Op {
  const { name, props = {}, types, shapes, pullback, expand } = definition;
  return defineOp({
    name,
    props,
    types,
    shapes,
    // On leaves, since what `expand` gives may read past the node's inputs.
    perform: (values, node) => {
      const leaves = node.inputs.map((input) => new TensorVariable(input.type));
      const outputs = expand(new Apply(node.op, leaves, node.op.types(leaves)));
      return evaluate(outputs, new Map(leaves.map((leaf, k) => [leaf, values[k]])));
    },
    pullback,
    lower: { kind: 'composite', expand },
  });
}
