/** Identity matrices, triangles of ones, and the triangles of matrices. */
import { config } from '../config/config.js';
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import type { TensorVariable } from '../graph/variable.js';
import type { DType } from '../types/dtype.js';
import { arange } from './arange.js';
import { add } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { eq, ge, switchOp } from './compare.js';
import { dimshuffle } from './dimshuffle.js';
import { nonzero } from './nonzero.js';
import { asSizes, shapeOf } from './shape.js';

/** Numbers of rows plus `offset`, as a column, and of columns, as a row. */
function positions(
  op: string,
  rows: TensorLike,
  columns: TensorLike,
  offset: TensorLike,
): [TensorVariable, TensorVariable] {
  const [height, width, by] = asSizes(op, [rows, columns, offset]);
  return [add(dimshuffle(arange(height), [0, 'x']), by), dimshuffle(arange(width), ['x', 0])];
}

/** Ones on a diagonal of a matrix of zeros; sizes and offset may be symbolic. */
export function eye(
  rows: TensorLike,
  columns: TensorLike = rows,
  offset: TensorLike = 0,
  dtype: DType = config.floatX,
): TensorVariable {
  return cast(eq(...positions('eye', rows, columns, offset)), dtype);
}

/** The identity matrix of the sizes of a matrix, by default of its dtype. @throws ShapeError */
export function identityLike(x: TensorLike, dtype?: DType): TensorVariable {
  const v = asVariable(x);
  if (v.type.rank !== 2)
    throw new ShapeError(`[identityLike] expected a matrix, got rank ${v.type.rank}`);
  return eye(shapeOf(v, 0), shapeOf(v, 1), 0, dtype ?? v.dtype);
}

/** Ones on and below a diagonal of a matrix of zeros. */
export function tri(
  rows: TensorLike,
  columns: TensorLike = rows,
  offset: TensorLike = 0,
  dtype: DType = config.floatX,
): TensorVariable {
  return cast(ge(...positions('tri', rows, columns, offset)), dtype);
}

function matrixSizes(op: string, x: TensorVariable): [TensorVariable, TensorVariable] {
  const { rank } = x.type;
  if (rank < 2) throw new ShapeError(`[${op}] expected a rank of at least 2, got ${rank}`);
  return [shapeOf(x, rank - 2), shapeOf(x, rank - 1)];
}

/** Matrices (in the last two axes) with zeros above a diagonal. @throws ShapeError */
export function tril(x: TensorLike, offset: TensorLike = 0): TensorVariable {
  const v = asVariable(x);
  return switchOp(
    ge(...positions('tril', ...matrixSizes('tril', v), offset)),
    v,
    scalarConstant(0, v.dtype),
  );
}

/** Matrices (in the last two axes) with zeros below a diagonal. @throws ShapeError */
export function triu(x: TensorLike, offset: TensorLike = 0): TensorVariable {
  const v = asVariable(x);
  const [row, column] = positions('triu', ...matrixSizes('triu', v), offset);
  return switchOp(ge(column, row), v, scalarConstant(0, v.dtype));
}

/** Rows and columns of the elements on and below a diagonal; of late size. */
export function trilIndices(
  rows: TensorLike,
  offset: TensorLike = 0,
  columns: TensorLike = rows,
): TensorVariable[] {
  return nonzero(ge(...positions('trilIndices', rows, columns, offset)));
}

/** Rows and columns of the elements on and above a diagonal; of late size. */
export function triuIndices(
  rows: TensorLike,
  offset: TensorLike = 0,
  columns: TensorLike = rows,
): TensorVariable[] {
  const [row, column] = positions('triuIndices', rows, columns, offset);
  return nonzero(ge(column, row));
}

/** `trilIndices` for the sizes of a matrix. @throws ShapeError */
export function trilIndicesFrom(x: TensorLike, offset: TensorLike = 0): TensorVariable[] {
  const [rows, columns] = matrixSizes('trilIndicesFrom', asVariable(x));
  return trilIndices(rows, offset, columns);
}

/** `triuIndices` for the sizes of a matrix. @throws ShapeError */
export function triuIndicesFrom(x: TensorLike, offset: TensorLike = 0): TensorVariable[] {
  const [rows, columns] = matrixSizes('triuIndicesFrom', asVariable(x));
  return triuIndices(rows, offset, columns);
}

/** One-hot rows in a new last axis: 1 where the position is that of the label; none for labels out of range. */
export function toOneHot(
  labels: TensorLike,
  count: TensorLike,
  dtype: DType = config.floatX,
): TensorVariable {
  const v = asVariable(labels);
  if (!/int/.test(v.dtype))
    throw new ShapeError(`[toOneHot] expected integer labels, got ${v.type.key}`);
  const own = v.type.shape.map((_, axis) => axis);
  const places = dimshuffle(arange(count), [...own.map(() => 'x' as const), 0]);
  return cast(eq(places, dimshuffle(v, [...own, 'x'])), dtype);
}
