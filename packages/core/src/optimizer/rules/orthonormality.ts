/** Which matrices have orthonormal columns or rows, as their formula tells. */
import type { TensorVariable } from '../../graph/variable.js';
import type { AxisOrder } from '../../ops/dimshuffle.js';
import type { GraphShapes } from '../graph-shapes.js';
import { orderOf } from '../match.js';
import { isIdentity, kroneckerFactors } from './matrix-structure.js';
import { permutationOf } from './permutations.js';

/** Which of a matrix's products with its transpose are identities: vᵀ·v of orthonormal columns, v·vᵀ of rows. */
export interface Orthonormal {
  readonly columns: boolean;
  readonly rows: boolean;
}

const ORTHOGONAL: Orthonormal = { columns: true, rows: true };
const COLUMNS: Orthonormal = { columns: true, rows: false };
const ROWS: Orthonormal = { columns: false, rows: true };
const NEITHER: Orthonormal = { columns: false, rows: false };

/** Products of products are looked into this deep. */
const DEPTH = 8;

/** What is known of the columns and rows of matrices, the last two axes of `v`; of rounding in `v`'s own dtype, so not through casts. */
export function orthonormalOf(v: TensorVariable, shapes: GraphShapes, depth = DEPTH): Orthonormal {
  if (depth === 0) return NEITHER;
  if (isIdentity(v, shapes) || permutationOf(v, shapes) !== null) return ORTHOGONAL;
  const node = v.owner;
  if (node === null) return NEITHER;
  const of = (x: TensorVariable): Orthonormal => orthonormalOf(x, shapes, depth - 1);
  const { name, props } = node.op;
  switch (name) {
    case 'qr':
      if (v.index !== 0) return NEITHER;
      return props['complete'] === true || isSquare(v, shapes) ? ORTHOGONAL : COLUMNS;
    case 'svd':
      if (v.index === 1) return NEITHER;
      if (props['full'] === true || isSquare(v, shapes)) return ORTHOGONAL;
      return v.index === 0 ? COLUMNS : ROWS;
    case 'eigh':
    case 'schur':
      return v.index === 1 ? ORTHOGONAL : NEITHER;
    case 'qz':
      return v.index > 1 ? ORTHOGONAL : NEITHER;
    case 'neg':
      return of(node.inputs[0]);
    case 'dimshuffle':
      return ofShuffle(orderOf(node), node.inputs[0], of);
    case 'dot':
    case 'matmul': {
      const [x, y] = node.inputs;
      return x.type.rank > 1 && y.type.rank > 1 ? ofBoth(x, y, of) : NEITHER;
    }
    case 'reshape': {
      const factors = kroneckerFactors(v, shapes);
      return factors === null ? NEITHER : ofBoth(...factors, of);
    }
    default:
      return NEITHER;
  }
}

function isSquare(v: TensorVariable, shapes: GraphShapes): boolean {
  const [rows, columns] = shapes.of(v).slice(-2);
  return rows === columns;
}

type Known = (x: TensorVariable) => Orthonormal;

function ofBoth(x: TensorVariable, y: TensorVariable, of: Known): Orthonormal {
  const first = of(x);
  if (!first.columns && !first.rows) return NEITHER;
  const second = x === y ? first : of(y);
  return { columns: first.columns && second.columns, rows: first.rows && second.rows };
}

/** Of matrices that stay the last two axes, or are transposed. */
function ofShuffle(order: AxisOrder, inner: TensorVariable, of: Known): Orthonormal {
  const [p, q] = order.slice(-2);
  const last = inner.type.rank - 1;
  if (p === last - 1 && q === last) return of(inner);
  if (last < 1 || p !== last || q !== last - 1) return NEITHER;
  const { columns, rows } = of(inner);
  return { columns: rows, rows: columns };
}
