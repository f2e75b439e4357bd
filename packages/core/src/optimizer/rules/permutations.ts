/** Permutations, and the matrices that put rows or columns in their order, as formulas tell. */
import { constant, isConstant, type Constant } from '../../graph/constant.js';
import type { TensorVariable } from '../../graph/variable.js';
import { untransposed } from '../../ops/matrix-parts.js';
import { inversePermutation } from '../../ops/permutation.js';
import { ndarray } from '../../types/ndarray.js';
import type { GraphShapes } from '../graph-shapes.js';
import { inputsOf, orderOf, ownerIf } from '../match.js';
import { countsAlong, eachElement, isIdentity } from './matrix-structure.js';
import { isCounting } from './one-hot.js';

/** Whether the constant vector has each of 0, 1, 2, … once. */
function isConstantPermutation({ data, type }: Constant): boolean {
  if (type.rank !== 1 || !/int/.test(type.dtype)) return false;
  const seen = new Set<number>();
  for (let i = 0; i < data.size; i++) {
    const n = Number(data.get(i));
    if (n >= 0 && n < data.size) seen.add(n);
  }
  return seen.size === data.size;
}

/** Whether `v` is a vector that has each of 0, 1, 2, … once. */
export function isPermutation(v: TensorVariable, shapes: GraphShapes): boolean {
  if (v.type.rank !== 1) return false;
  if (isConstant(v)) return isConstantPermutation(v);
  const node = v.owner;
  switch (node?.op.name) {
    case 'argsort':
      return true;
    case 'lu':
      return v.index === 2;
    case 'advanced_subtensor':
      // One in the order of another.
      return node.inputs.every((input) => isOrderOf(v, input, shapes));
    case 'advanced_set_subtensor': {
      // What inversePermutation makes: numbers, each written where the permutation has it.
      const [, values, index] = node.inputs;
      const numbers = inputsOf(values, 'alloc')?.[0] ?? values;
      return isCounting(numbers) && isOrderOf(v, index, shapes);
    }
    default:
      return isCounting(v);
  }
}

/** Whether `order` is a permutation with as many elements as `v`. */
const isOrderOf = (v: TensorVariable, order: TensorVariable, shapes: GraphShapes): boolean =>
  shapes.of(order)[0] === shapes.of(v)[0] && isPermutation(order, shapes);

/** A matrix that puts rows in an order, and its transpose. */
export interface PermutationMatrix {
  /** The row that the matrix, times another, puts in each place. */
  readonly rows: () => TensorVariable;
  /** The column that another, times the matrix, has in each place. */
  readonly columns: () => TensorVariable;
}

/** For rows of an identity in the order of a permutation, and the transpose of such. */
export function permutationOf(v: TensorVariable, shapes: GraphShapes): PermutationMatrix | null {
  if (v.type.rank !== 2 || shapes.of(v)[0] !== shapes.of(v)[1]) return null;
  const stored = untransposed(v) ?? v;
  const order = rowsOf(stored, shapes);
  if (order === null) return null;
  const [own, inverse] = [() => order, () => inverseOf(order)];
  return stored === v ? { rows: own, columns: inverse } : { rows: inverse, columns: own };
}

/** The inverse of a permutation. */
function inverseOf(order: TensorVariable): TensorVariable {
  const undone = inputsOf(order, 'advanced_set_subtensor')?.[2];
  return undone ?? inversePermutation(order);
}

/** The place of the 1 in each row of a square matrix, where it is a permutation's. */
function rowsOf(v: TensorVariable, shapes: GraphShapes): TensorVariable | null {
  if (isConstant(v)) return constantRows(v);
  const inner = inputsOf(v, 'cast')?.[0] ?? v;
  const [identity, taken, second] = inputsOf(inner, 'advanced_subtensor') ?? [];
  const isTaken = taken !== undefined && second === undefined && isIdentity(identity, shapes);
  const order = isTaken ? taken : comparedWithColumns(inner);
  return order !== null && isPermutation(order, shapes) ? order : null;
}

/** p of eq(p as a column, numbers of columns). */
function comparedWithColumns(v: TensorVariable): TensorVariable | null {
  const [p, q] = inputsOf(v, 'eq') ?? [];
  if (p === undefined) return null;
  const column = ownerIf(countsAlong(q, 1) ? p : q, 'dimshuffle');
  const isColumn = column !== null && orderOf(column).join() === '0,x';
  return isColumn && (countsAlong(q, 1) || countsAlong(p, 1)) ? column.inputs[0] : null;
}

function constantRows(v: Constant): TensorVariable | null {
  const places: number[] = [];
  const isOneHot = eachElement(v, (n, i, j) => {
    if (n === 1) places[i] = places[i] === undefined ? j : -1;
    return n === 0 || n === 1;
  });
  if (!isOneHot || places.length !== v.data.shape[0]) return null;
  const rows = constant(ndarray(places, 'int64'));
  return isConstantPermutation(rows) ? rows : null;
}
