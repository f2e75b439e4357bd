/** Solving by matrices of three bands, in time linear in their rows. */
import { ShapeError } from '../errors.js';
import type { Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import type { DType } from '../types/dtype.js';
import { promote } from '../types/promote.js';
import { TensorType } from '../types/tensor-type.js';
import { at, setSubtensor } from './advanced-index.js';
import { zerosLike } from './alloc.js';
import { mul, neg } from './arithmetic.js';
import { asVariables, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { diagonal } from './diagonal.js';
import { dimshuffle } from './dimshuffle.js';
import { padLeft } from './elementwise.js';
import { asFloat } from './floats.js';
import { stack } from './join.js';
import { commonLead, commonLeadTypes } from './matmul.js';
import { asColumns } from './matrix-parts.js';
import { sum } from './reduce.js';
import { routineOp } from './routine-op.js';
import { sameSizes } from './same-sizes.js';
import { shapeOf } from './shape.js';
import { subtractSizes } from './size-arithmetic.js';
import { slice } from './subtensor.js';

const op = 'solve_tridiagonal';
const text = (bands: TensorVariable, b: TensorVariable): string =>
  `[${op}] expected as many rows as the matrix, {a} (${bands.toString()}), got {b} (${b.toString()})`;

/** What stands before, on and after the diagonal in each row, [..., 3, n], of these diagonals. */
function bandsOf(
  lower: TensorVariable,
  middle: TensorVariable,
  upper: TensorVariable,
): TensorVariable {
  const none = zerosLike(middle);
  const before = setSubtensor(none, ['...', slice(1, null)], lower);
  const after = setSubtensor(none, ['...', slice(null, -1)], upper);
  return stack([before, middle, after], -2);
}

/** The three diagonals of Σ rows·columnsᵀ, as bands. */
function productBands(rows: TensorVariable, columns: TensorVariable): TensorVariable {
  const [first, rest] = [slice(null, -1), slice(1, null)];
  const along = (r: TensorVariable, c: TensorVariable): TensorVariable => sum(mul(r, c), -1);
  const part = (v: TensorVariable, rows: typeof first): TensorVariable =>
    at(v, '...', rows, slice(null, null));
  return bandsOf(
    along(part(rows, rest), part(columns, first)),
    along(rows, columns),
    along(part(rows, first), part(columns, rest)),
  );
}

function tridiagonalOp(transposed: boolean): Op {
  return routineOp({
    routine: op,
    props: { transposed },
    params: [Number(transposed)],
    types: ([bands, b]) => {
      const [n, rows] = [bands.type.shape.at(-1) ?? null, b.type.shape.at(-2) ?? null];
      if (n !== null && rows !== null && n !== rows)
        throw new ShapeError(text(bands, b).replace('{a}', String(n)).replace('{b}', String(rows)));
      return [
        new TensorType(bands.dtype, [...commonLeadTypes(op, bands, b), ...b.type.shape.slice(-2)]),
      ];
    },
    shapes: (algebra, [p, q], { inputs: [bands, b] }) => {
      algebra.requireEqual(p[p.length - 1], q[q.length - 2], text(bands, b));
      return [[...commonLead(algebra, op, [bands, b], [p, q]), ...q.slice(-2)]];
    },
    pullback: ({ inputs: [bands], outputs: [x] }, [g]) => {
      if (g === null) return [null, null];
      const gb = apply1(tridiagonalOp(!transposed), [bands, g]);
      const [rows, columns] = transposed ? [x, gb] : [gb, x];
      return [neg(productBands(rows, columns)), gb];
    },
  });
}

/** x with a·x = b, or aᵀ·x = b, of stacks of one rank and dtype, of which three diagonals are read. */
export function tridiagonalSolution(
  a: TensorVariable,
  b: TensorVariable,
  transposed: boolean,
): TensorVariable {
  const [lower, middle, upper] = [-1, 0, 1].map((offset) => diagonal(a, offset, -2, -1));
  return apply1(tridiagonalOp(transposed), [bandsOf(lower, middle, upper), b]);
}

/**
 * x with a·x = b, where a has `lower` [..., n - 1] below its diagonal, `middle` [..., n] on it and `upper`
 * [..., n - 1] above, and 0 elsewhere; b is [n] or [..., n, k], and leading axes broadcast.
 * @throws ShapeError where sizes do not fit; NumericalError for a singular matrix
 */
export function solveTridiagonal(
  lower: TensorLike,
  middle: TensorLike,
  upper: TensorLike,
  b: TensorLike,
): TensorVariable {
  const given = asVariables([lower, middle, upper, b]);
  for (const v of given) {
    if (v.type.rank > 0) continue;
    throw new ShapeError(`[${op}] expected vectors, got a scalar (${v.toString()})`);
  }
  const dtype = given.map((v) => asFloat(v).dtype).reduce(promote);
  const compute: DType = dtype === 'float16' ? 'float32' : dtype;
  const [before, on, after, right] = given.map((v) => cast(v, compute));
  const size = shapeOf(on, -1);
  const [under, over] = [before, after].map((v) =>
    sameSizes(op, v, [...v.type.shape.slice(1).map(() => null), subtractSizes(size, 1)]),
  );
  const bands = bandsOf(under, on, over);
  const columns = right.type.rank === 1 ? asColumns(right) : right;
  const rank = Math.max(bands.type.rank, columns.type.rank);
  const operands = [bands, columns].map((v) => padLeft(v, rank));
  const solution = cast(apply1(tridiagonalOp(false), operands), dtype);
  if (right.type.rank > 1) return solution;
  return dimshuffle(
    solution,
    Array.from({ length: rank - 1 }, (_, axis) => axis),
  );
}
