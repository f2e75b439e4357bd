/** Functions of matrices that are made of the others: powers, chains, norms, Kronecker products, block diagonals, tensor systems. */
import { ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { normalizeAxes } from '../types/tensor-type.js';
import { promote } from '../types/promote.js';
import type { DType } from '../types/dtype.js';
import { setSubtensor } from './advanced-index.js';
import { zeros } from './alloc.js';
import { abs, add, mul, pow, sqr, sqrt } from './arithmetic.js';
import { asVariable, asVariables, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { neq } from './compare.js';
import { trace } from './diagonal.js';
import { dimshuffle } from './dimshuffle.js';
import { padLeft } from './elementwise.js';
import { matmul, stackedProduct } from './matmul.js';
import { inFloat } from './floats.js';
import { identityFor, requireSquareType } from './matrix-parts.js';
import { keepAxes, max, min, sum, type Axes, type ReduceOptions } from './reduce.js';
import { flatten, reshape } from './reshape.js';
import { shapeOf, sizesOf } from './shape.js';
import { multiplySizes } from './size-arithmetic.js';
import { inverse, solve } from './solve.js';
import { svdvals } from './spectra.js';
import { slice } from './subtensor.js';

/** Sums of the diagonals of matrices [..., m, n] → [...]. @throws ShapeError below rank 2 */
export const traceOf = (x: TensorLike): TensorVariable => trace(x, 0, -2, -1);

/** aⁿ of square matrices [..., k, k], by squaring; of the inverse where n < 0. @throws ShapeError, NumericalError as inverse does */
export function matrixPower(a: TensorLike, n: number): TensorVariable {
  if (!Number.isSafeInteger(n))
    throw new ShapeError(`[matrix_power] expected an integer power, got ${n}`);
  const v = asVariable(a);
  requireSquareType('matrix_power', v);
  if (n === 0) return padLeft(identityFor(v), v.type.rank);
  let square = n < 0 ? inverse(v) : v;
  let result: TensorVariable | null = null;
  for (let rest = Math.abs(n); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === null ? square : stackedProduct(result, square);
    if (rest > 1) square = stackedProduct(square, square);
  }
  return result as TensorVariable;
}

/** The product of all matrices, from left to right. @throws ShapeError where sizes do not fit */
export function matrixDot(...matrices: readonly TensorLike[]): TensorVariable {
  if (matrices.length === 0)
    throw new ShapeError('[matrix_dot] expected at least one matrix, got none');
  return asVariables(matrices).reduce((a, b) => matmul(a, b));
}

/** `fro`: root of the sum of squares; `nuc`: sum of singular values; a number: of vectors the p-norm, of matrices 1, 2, -1, -2, ±Infinity. */
export type NormOrder = 'fro' | 'nuc' | number;

/**
 * Norms of vectors (one axis) or matrices (two axes) as NumPy's `norm`: of everything, taken as one
 * vector, where neither `ord` nor `axes` is given. @throws ShapeError for an order that vectors or
 * matrices do not have
 */
export function norm(
  x: TensorLike,
  ord: NormOrder | null = null,
  axes: Axes = null,
  options: ReduceOptions = {},
): TensorVariable {
  return inFloat(x, (v) => {
    if (ord === null && axes === null) {
      const total = sqrt(sum(sqr(v)));
      return options.keepdims === true
        ? keepAxes(
            total,
            v.type.shape.map((_, k) => k),
            v.type.rank,
          )
        : total;
    }
    const list = axes === null ? v.type.shape.map((_, k) => k) : inOrder(v, axes);
    if (list.length !== 1 && list.length !== 2)
      throw new ShapeError(`[norm] expected one axis or two, got ${list.length} (${v.toString()})`);
    const result =
      list.length === 1
        ? vectorNorm(v, ord, list[0])
        : matrixNorm(v, ord, list as [number, number]);
    const sorted = [...list].sort((a, b) => a - b);
    return options.keepdims === true ? keepAxes(result, sorted, v.type.rank) : result;
  });
}

/** Axes from 0 on, in the order given: of a matrix the rows' axis comes first. */
function inOrder(v: TensorVariable, axes: number | readonly number[]): number[] {
  const given = typeof axes === 'number' ? [axes] : axes;
  normalizeAxes('norm', given, v.type.rank);
  return given.map((axis) => (axis < 0 ? axis + v.type.rank : axis));
}

function vectorNorm(v: TensorVariable, ord: NormOrder | null, axis: number): TensorVariable {
  if (typeof ord === 'string')
    throw new ShapeError(`[norm] expected a number as the order for vectors, got ${ord}`);
  switch (ord) {
    case null:
    case 2:
      return sqrt(sum(sqr(v), axis));
    case Infinity:
      return max(abs(v), axis);
    case -Infinity:
      return min(abs(v), axis);
    case 0:
      return sum(cast(neq(v, 0), v.dtype), axis);
    case 1:
      return sum(abs(v), axis);
    default:
      return pow(sum(pow(abs(v), ord), axis), 1 / ord);
  }
}

function matrixNorm(
  v: TensorVariable,
  ord: NormOrder | null,
  [rows, columns]: readonly [number, number],
): TensorVariable {
  if (ord === null || ord === 'fro') return sqrt(sum(sqr(v), [rows, columns]));
  const choose = (of: number): typeof max => (of > 0 ? max : min);
  if (ord === 1 || ord === -1)
    return choose(ord)(sum(abs(v), rows), columns > rows ? columns - 1 : columns);
  if (ord === Infinity || ord === -Infinity)
    return choose(ord)(sum(abs(v), columns), rows > columns ? rows - 1 : rows);
  const others = v.type.shape
    .map((_, axis) => axis)
    .filter((axis) => axis !== rows && axis !== columns);
  const values = (): TensorVariable => svdvals(dimshuffle(v, [...others, rows, columns]));
  if (ord === 'nuc') return sum(values(), -1);
  if (ord === 2 || ord === -2) return choose(ord)(values(), -1);
  throw new ShapeError(
    `[norm] expected one of fro, nuc, 1, -1, 2, -2, Infinity, -Infinity for matrices, got ${ord}`,
  );
}

/** Kronecker product, of any ranks: each element of a times all of b. */
export function kron(a: TensorLike, b: TensorLike): TensorVariable {
  const pair = asVariables([a, b]);
  const rank = Math.max(pair[0].type.rank, pair[1].type.rank);
  const [x, y] = pair.map((v) => padLeft(v, rank));
  const left = dimshuffle(
    x,
    Array.from({ length: 2 * rank }, (_, k) => (k % 2 === 0 ? k / 2 : 'x')),
  );
  const right = dimshuffle(
    y,
    Array.from({ length: 2 * rank }, (_, k) => (k % 2 === 0 ? 'x' : (k - 1) / 2)),
  );
  const sizes = x.type.shape.map((_, axis) => mul(shapeOf(x, axis), shapeOf(y, axis)));
  return rank === 0 ? mul(x, y) : reshape(mul(left, right), sizes);
}

/** The matrices [m_i, n_i] one after the other along the diagonal, 0 elsewhere. @throws ShapeError unless all are matrices */
export function blockDiag(...matrices: readonly TensorLike[]): TensorVariable {
  if (matrices.length === 0)
    throw new ShapeError('[block_diag] expected at least one matrix, got none');
  const blocks = asVariables(matrices);
  for (const block of blocks) {
    if (block.type.rank !== 2)
      throw new ShapeError(
        `[block_diag] expected matrices, got ${block.type.key} (${block.toString()})`,
      );
  }
  const dtype = blocks.map((block): DType => block.dtype).reduce(promote);
  const ends = (axis: number): TensorVariable[] => {
    let end: TensorVariable | null = null;
    return blocks.map(
      (block) => (end = end === null ? shapeOf(block, axis) : add(end, shapeOf(block, axis))),
    );
  };
  const [rows, columns] = [ends(0), ends(1)];
  const blank = zeros([rows[rows.length - 1], columns[columns.length - 1]], dtype);
  return blocks.reduce(
    (sum, block, k) =>
      setSubtensor(
        sum,
        [
          slice(k === 0 ? 0 : rows[k - 1], rows[k]),
          slice(k === 0 ? 0 : columns[k - 1], columns[k]),
        ],
        block,
      ),
    blank,
  );
}

const productOf = (sizes: readonly TensorVariable[]): TensorVariable =>
  sizes.reduce((a, b) => multiplySizes(a, b));

/** The inverse of a as a linear map of its last axes to its first `ind`: tensordot(tensorinv(a), a, ind) is the identity. @throws as inverse does */
export function tensorinv(a: TensorLike, ind = 2): TensorVariable {
  const v = asVariable(a);
  if (!Number.isInteger(ind) || ind < 1 || ind >= v.type.rank)
    throw new ShapeError(
      `[tensorinv] expected a number of axes in [1, ${v.type.rank - 1}], got ${ind}`,
    );
  const sizes = sizesOf(v);
  const [first, rest] = [sizes.slice(0, ind), sizes.slice(ind)];
  return reshape(inverse(reshape(v, [productOf(first), productOf(rest)])), [...rest, ...first]);
}

/** x with tensordot(a, x, x.rank) = b: a's last axes, as many elements as b has, are x's. @throws as solve does */
export function tensorsolve(a: TensorLike, b: TensorLike): TensorVariable {
  const [v, y] = asVariables([a, b]);
  if (v.type.rank <= y.type.rank)
    throw new ShapeError(
      `[tensorsolve] expected more than ${y.type.rank} axes, got ${v.type.key} (${v.toString()})`,
    );
  const rest = sizesOf(v).slice(y.type.rank);
  const count = productOf(rest);
  return reshape(
    solve(reshape(v, [productOf(sizesOf(v).slice(0, y.type.rank)), count]), flatten(y)),
    rest,
  );
}
