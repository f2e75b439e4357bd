/** Diagonals of the last two axes: read, set, added to; and matrices made of them. */
import { ShapeError } from '../errors.js';
import { defineOp, type Op, type SizeAlgebra } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import type { Coordinate, Point, PointScope } from '../lower/lowering.js';
import { NDArray } from '../types/ndarray.js';
import { mapElements } from '../types/strided.js';
import { TensorType, normalizeAxis } from '../types/tensor-type.js';
import { zeros, zerosLike } from './alloc.js';
import { setSubtensor } from './advanced-index.js';
import { arange } from './arange.js';
import { add, maximum, neg } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { requirePart, valuesFor } from './assigned-values.js';
import { moveaxis } from './axes.js';
import { cast } from './cast.js';
import { alignRanks } from './elementwise.js';
import { numberSizes } from './number-sizes.js';
import { writeInto } from './parts.js';
import { sum, sumTo, type ReduceOptions } from './reduce.js';
import { asSizes, shapeOf, sizesOf } from './shape.js';
import { addSizes, knownSize } from './size-arithmetic.js';

interface Place<S> {
  readonly row: S;
  readonly column: S;
  readonly length: S;
}

/** Where the diagonal begins and how long it is; `offset` counts columns to the right. */
function placeOf<S>(algebra: SizeAlgebra<S>, rows: S, columns: S, offset: S): Place<S> {
  const zero = algebra.const(0);
  const column = algebra.binary('max', zero, offset);
  const row = algebra.binary('max', zero, algebra.binary('sub', zero, offset));
  const left = algebra.binary(
    'min',
    algebra.binary('sub', rows, row),
    algebra.binary('sub', columns, column),
  );
  return { row, column, length: algebra.binary('max', zero, left) };
}

function viewOf(x: NDArray, offset: number): NDArray {
  const [rows, columns] = x.shape.slice(-2);
  const { row, column, length } = placeOf(numberSizes, rows, columns, offset);
  const [down, right] = x.strides.slice(-2);
  const start = length === 0 ? 0 : row * down + column * right;
  return NDArray.view(x.data, [...x.shape.slice(0, -2), length], {
    dtype: x.dtype,
    strides: [...x.strides.slice(0, -2), down + right],
    offset: x.offset + start,
  });
}

function placeIn(scope: PointScope, x: TensorVariable, offset: TensorVariable): Place<number> {
  const { sizes } = scope;
  const algebra: SizeAlgebra<number> = {
    ...numberSizes,
    const: (v) => sizes.const(v),
    binary: (op, a, b) => sizes.binary(op, a, b),
    select: (c, a, b) => sizes.select(c, a, b),
  };
  const [rows, columns] = scope.shape(x).slice(-2);
  return placeOf(algebra, rows, columns, scope.sizeOf(offset));
}

/** The point of `x` for a point of its diagonal. */
function mapPoint(
  scope: PointScope,
  x: TensorVariable,
  offset: TensorVariable,
  point: Point,
): Point {
  const { row, column } = placeIn(scope, x, offset);
  const along = point[point.length - 1];
  const from = (start: number): Coordinate =>
    along.kind === 'affine'
      ? { ...along, offset: scope.sizes.add(start, along.offset) }
      : { kind: 'value', value: scope.scalar('add', 'int64', scope.size(start), along.value) };
  return [...point.slice(0, -1), from(row), from(column)];
}

/** The static size of a diagonal. */
function staticLength(x: TensorVariable, offset: TensorVariable): number | null {
  const [rows, columns] = x.type.shape.slice(-2);
  const known = knownSize(offset);
  if (rows === null || columns === null || known === null) return null;
  const { length } = placeOf(numberSizes, rows, columns, known);
  // Only what is known to broadcast does.
  return length === 1 && !(rows === 1 && columns === 1) ? null : length;
}

const extractOp: Op = defineOp({
  name: 'extract_diag',
  props: {},
  types: ([x, offset]) => [
    new TensorType(x.dtype, [...x.type.shape.slice(0, -2), staticLength(x, offset)]),
  ],
  shapes: (algebra, [shape], { inputs: [, offset] }) => {
    const [rows, columns] = shape.slice(-2);
    const { length } = placeOf(algebra, rows, columns, algebra.valueOf(offset));
    return [[...shape.slice(0, -2), length]];
  },
  perform: ([x, offset]) => [viewOf(x, Number(offset.item()))],
  pullback: ({ inputs: [x, offset] }, [g]) => [
    g && apply1(changeOp('inc'), [zerosLike(x, g.dtype), g, offset]),
    null,
  ],
  lower: {
    kind: 'index',
    gathers: false,
    sizesFrom: 1,
    map: (scope, { inputs: [x, offset] }, point) => mapPoint(scope, x, offset, point),
  },
});

/** Sets or adds to the diagonal of a copy. */
function changeOp(mode: 'set' | 'inc'): Op {
  const name = `${mode}_diag`;
  return defineOp({
    name,
    props: {},
    types: ([x]) => [x.type],
    shapes: (algebra, [shape, part], { inputs: [, y, offset] }) => {
      const [rows, columns] = shape.slice(-2);
      const { length } = placeOf(algebra, rows, columns, algebra.valueOf(offset));
      requirePart(algebra, name, y, part, [...shape.slice(0, -2), length]);
      return [shape];
    },
    perform: ([x, y, offset], node) => {
      const out = x.copy();
      const part = viewOf(out, Number(offset.item()));
      requirePart(numberSizes, name, node.inputs[1], y.shape, part.shape);
      const values =
        mode === 'set'
          ? y.broadcastTo(part.shape)
          : mapElements(x.dtype, [part, y], part.shape, (a: number, b: number) => a + b);
      writeInto(part, values);
      return [out];
    },
    pullback: ({ inputs: [, y, offset] }, [g]) => {
      if (g === null) return [null, null, null];
      const part = apply1(extractOp, [g, offset]);
      const rest = mode === 'inc' ? g : apply1(changeOp('set'), [g, zerosLike(part), offset]);
      return [rest, sumTo(part, y), null];
    },
    lower: {
      kind: 'scatter',
      mode: mode === 'set' ? 'set' : 'add',
      gathers: false,
      sizesFrom: 2,
      region: (scope, { inputs: [x, , offset] }) => [
        ...scope.shape(x).slice(0, -2),
        placeIn(scope, x, offset).length,
      ],
      map: (scope, { inputs: [x, , offset] }, point) => mapPoint(scope, x, offset, point),
    },
  });
}

/**
 * The diagonal of two axes, by default the first two, as the last axis; `offset` counts columns to the
 * right and may be symbolic. @throws ShapeError
 */
export function diagonal(
  x: TensorLike,
  offset: TensorLike = 0,
  axis1 = 0,
  axis2 = 1,
): TensorVariable {
  const v = asVariable(x);
  const { rank } = v.type;
  if (rank < 2) throw new ShapeError(`[diagonal] expected a rank of at least 2, got ${rank}`);
  const axes = [axis1, axis2].map((axis) => normalizeAxis('diagonal', axis, rank));
  if (axes[0] === axes[1])
    throw new ShapeError(`[diagonal] expected two axes, got ${axes[0]} twice`);
  const [by] = asSizes('diagonal', [offset]);
  return apply1(extractOp, [moveaxis(v, axes, [rank - 2, rank - 1]), by]);
}

/** Square matrices, in two new last axes, with the last axis of `x` on a diagonal and zeros elsewhere. */
export function allocDiag(x: TensorLike, offset: TensorLike = 0): TensorVariable {
  const v = asVariable(x);
  if (v.type.rank < 1) throw new ShapeError('[allocDiag] expected a rank of at least 1, got 0');
  const [by] = asSizes('allocDiag', [offset]);
  const known = knownSize(by);
  const sizes = sizesOf(v);
  const length = sizes[sizes.length - 1];
  const size =
    known === null ? add(length, maximum(by, neg(by))) : addSizes(length, Math.abs(known));
  return apply1(changeOp('set'), [zeros([...sizes.slice(0, -1), size, size], v.dtype), v, by]);
}

/** A vector on the diagonal of a matrix of zeros, or the diagonal of a matrix, as numpy.diag. @throws ShapeError */
export function diag(x: TensorLike, offset: TensorLike = 0): TensorVariable {
  const v = asVariable(x);
  if (v.type.rank === 1) return allocDiag(v, offset);
  if (v.type.rank === 2) return diagonal(v, offset);
  throw new ShapeError(`[diag] expected a vector or matrix, got rank ${v.type.rank}`);
}

/** The sum along the diagonal of two axes, by default the first two. @throws ShapeError */
export function trace(
  x: TensorLike,
  offset: TensorLike = 0,
  axis1 = 0,
  axis2 = 1,
  options: ReduceOptions = {},
): TensorVariable {
  return sum(diagonal(x, offset, axis1, axis2), -1, options);
}

/**
 * A copy of matrices (in the last two axes) whose diagonal is `values`: a scalar or what broadcasts to
 * the diagonal. @throws ShapeError, DTypeError
 */
export function fillDiagonalOffset(
  x: TensorLike,
  values: TensorLike,
  offset: TensorLike,
): TensorVariable {
  const v = asVariable(x);
  if (v.type.rank < 2)
    throw new ShapeError(`[fillDiagonal] expected a rank of at least 2, got ${v.type.rank}`);
  const y = valuesFor('fillDiagonal', v, values);
  if (y.type.rank >= v.type.rank) {
    throw new ShapeError(
      `[fillDiagonal] expected values of rank at most ${v.type.rank - 1}, got ${y.type.rank}`,
    );
  }
  const [by] = asSizes('fillDiagonal', [offset]);
  const part = apply1(extractOp, [v, by]);
  return apply1(changeOp('set'), [v, cast(alignRanks([y, part])[0], v.dtype), by]);
}

/**
 * A copy of `x` with `value` on its main diagonal: x[i, i] of a matrix, of any number of rows; x[i, i, …]
 * of a tensor of higher rank, whose sizes are then equal. @throws ShapeError
 */
export function fillDiagonal(x: TensorLike, value: TensorLike): TensorVariable {
  const v = asVariable(x);
  if (v.type.rank <= 2) return fillDiagonalOffset(v, value, 0);
  const along = arange(shapeOf(v, 0));
  return setSubtensor(
    v,
    v.type.shape.map(() => along),
    value,
  );
}
