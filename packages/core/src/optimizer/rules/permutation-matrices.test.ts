import { describeRules, formula, leaves } from '../../../test/support/rule-cases.js';
import { at } from '../../ops/advanced-index.js';
import { constant } from '../../graph/constant.js';
import { transpose } from '../../ops/dimshuffle.js';
import { dot } from '../../ops/dot.js';
import { lu, luParts } from '../../ops/factorizations.js';
import { inversePermutation } from '../../ops/permutation.js';
import { sameSizes } from '../../ops/same-sizes.js';
import { shapeOf } from '../../ops/shape.js';
import { argsort } from '../../ops/sorting.js';
import { take } from '../../ops/take.js';
import { eye } from '../../ops/triangle.js';
import { ndarray } from '../../types/ndarray.js';

const { a, m, q, x, y, u, i } = leaves;
const p = argsort(u);
const rows = (order: typeof p): typeof p =>
  at(eye(shapeOf(order, 0), shapeOf(order, 0), 0, 'float64'), order);
const P = rows(p);
const swap = constant(
  ndarray(
    [
      [0, 1],
      [1, 0],
    ],
    'float64',
  ),
);
const twice = constant(
  ndarray(
    [
      [0, 1],
      [0, 1],
    ],
    'float64',
  ),
);
const turn = at(eye(3, 3, 0, 'float64'), constant(ndarray([2, 0, 1], 'int64')));
const fitted = (v: typeof p, order: typeof p, axis: number): typeof p =>
  sameSizes(
    'dot',
    v,
    v.type.shape.map((_, k) => (k === axis ? shapeOf(order, 0) : null)),
  );
const [byLu] = lu(a);
const back = inversePermutation(luParts(a).places);

describeRules({
  'a product with a permutation matrix takes rows or columns': {
    tags: ['canonicalize', 'linalg', 'unsafe-nan'],
    cases: {
      rows: { from: dot(P, m), to: formula(take(fitted(m, p, 0), p, 0)) },
      columns: { from: dot(q, P), to: formula(take(fitted(q, inversePermutation(p), 1), inversePermutation(p), 1)) },
      'a vector': { from: dot(P, u), to: formula(take(u, p)) },
      'by a vector': { from: dot(u, P), to: formula(take(u, inversePermutation(p))) },
      'rows of the transpose': { from: dot(transpose(P), u), to: formula(take(u, inversePermutation(p))) },
      'columns of the transpose': { from: dot(q, transpose(P)), to: formula(take(fitted(q, p, 1), p, 1)) },
      'in the order of an inverse': { from: dot(rows(inversePermutation(p)), u), to: formula(take(u, inversePermutation(p))) },
      'by the inverse of an inverse': { from: dot(u, rows(inversePermutation(p))), to: formula(take(u, p)) },
      'in the order of an order': { from: dot(rows(take(p, argsort(p))), u), to: formula(take(u, take(p, argsort(p)))) },
      'constant': { from: dot(swap, u), to: 'advanced_subtensor(same_sizesdot[0](u, 2), [1,0])' },
      'of constant order': { from: dot(turn, x), to: /^advanced_subtensor\(same_sizes/ },
      'of LU': { from: dot(byLu, m), to: formula(take(fitted(m, back, 0), back, 0)) },
      'not with a place twice': { from: dot(twice, m) },
      'not in any order': { from: dot(rows(i), m) },
      'not of other sizes': { from: dot(at(eye(4, 4, 0, 'float64'), argsort(y)), at(eye(4, 4, 0, 'float64'), 0)) },
    },
  },
}); // prettier-ignore
