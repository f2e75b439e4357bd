/** Products with permutation matrices move rows or columns; zeros times NaN or infinity are left out. */
import type { TensorVariable } from '../../graph/variable.js';
import { sameSizes } from '../../ops/same-sizes.js';
import { shapeOf } from '../../ops/shape.js';
import { take } from '../../ops/take.js';
import type { GraphShapes } from '../graph-shapes.js';
import { fitting } from '../match.js';
import { rule, type Rule } from '../rule.js';
import { permutationOf } from './permutations.js';

/** `v` in the order along an axis, which has to have its size. */
function ordered(
  v: TensorVariable,
  order: TensorVariable,
  axis: number,
  shapes: GraphShapes,
): TensorVariable {
  const fits = shapes.of(v)[axis] === shapes.of(order)[0];
  const sizes = v.type.shape.map((_, k) => (k === axis ? shapeOf(order, 0) : null));
  return take(fits ? v : sameSizes('dot', v, sizes), order, axis);
}

const permutationProduct = rule(
  'a product with a permutation matrix takes rows or columns',
  'dot',
  ['canonicalize', 'linalg', 'unsafe-nan'],
  ({ inputs: [x, y], outputs: [out] }, { shapes }) => {
    const rows = permutationOf(x, shapes)?.rows();
    if (rows !== undefined) return fitting(ordered(y, rows, 0, shapes), out);
    const columns = permutationOf(y, shapes)?.columns();
    return columns === undefined
      ? null
      : fitting(ordered(x, columns, x.type.rank - 1, shapes), out);
  },
);

export const permutationMatrixRules: readonly Rule[] = [permutationProduct];
