/**
 * Matrices with orthonormal columns or rows: their transposes undo them. What rounding leaves of a product
 * with the transpose becomes exact.
 */
import { scalarConstant } from '../../graph/constant.js';
import type { TensorVariable } from '../../graph/variable.js';
import { broadcastTo } from '../../ops/alloc.js';
import { stackedProduct } from '../../ops/matmul.js';
import { transposeMatrices as t, untransposed } from '../../ops/matrix-parts.js';
import { shapeOf, sizesOf } from '../../ops/shape.js';
import { eye } from '../../ops/triangle.js';
import type { GraphShapes } from '../graph-shapes.js';
import { filled, fitting, inputsOf, ownerIf } from '../match.js';
import { rule, type Rule } from '../rule.js';
import { orthonormalOf } from './orthonormality.js';

function isOrthogonal(v: TensorVariable, shapes: GraphShapes): boolean {
  const { columns, rows } = orthonormalOf(v, shapes);
  return columns && rows;
}

const orthogonalInverse = rule(
  'the inverse of an orthogonal matrix is its transpose',
  'inverse',
  ['canonicalize', 'linalg'],
  ({ inputs: [q] }, { shapes }) => (isOrthogonal(q, shapes) ? t(q) : null),
);

const orthogonalSystem = rule(
  'solve by an orthogonal matrix is a product',
  'solve',
  ['canonicalize', 'linalg'],
  ({ op, inputs: [q, b], outputs: [out] }, { shapes }) => {
    if (!isOrthogonal(q, shapes)) return null;
    return fitting(stackedProduct(op.props['transposed'] === true ? q : t(q), b), out);
  },
);

/** A share of the largest singular value: all of these are 1. */
const MOST_COUNTED = 0.5;

const orthonormalPseudoInverse = rule(
  'the pseudo-inverse of orthonormal columns or rows is the transpose',
  'pinv',
  ['canonicalize', 'linalg'],
  ({ op, inputs: [q] }, { shapes }) => {
    const { columns, rows } = orthonormalOf(q, shapes);
    const all = Number(op.props['rcond'] ?? 0) < MOST_COUNTED;
    return all && (columns || rows) ? t(q) : null;
  },
);

const orthogonalDeterminant = rule(
  'the determinant of an orthogonal matrix is 1 or -1',
  'abs',
  ['canonicalize', 'linalg', 'unsafe-nan'],
  (node, { shapes }) => {
    const [q] = inputsOf(node.inputs[0], 'det') ?? [];
    return q !== undefined && isOrthogonal(q, shapes) ? filled(node, 1) : null;
  },
);

const orthogonalLogarithm = rule(
  'the log-determinant of an orthogonal matrix is 0',
  'slogdet',
  ['canonicalize', 'linalg', 'unsafe-nan'],
  ({ inputs: [q], outputs: [sign, logarithm] }, { graph, shapes }) => {
    if (graph.clients(logarithm).length === 0 || !isOrthogonal(q, shapes)) return null;
    return [sign, broadcastTo(scalarConstant(0, q.dtype), sizesOf(q).slice(0, -2))];
  },
);

const areTransposes = (x: TensorVariable, y: TensorVariable): boolean =>
  untransposed(x) === y || untransposed(y) === x;

/** Whether x·y is an identity. */
const cancel = (x: TensorVariable, y: TensorVariable, shapes: GraphShapes): boolean =>
  areTransposes(x, y) && orthonormalOf(x, shapes).rows;

const orthonormalProduct = rule(
  'orthonormal columns times their transpose cancel',
  ['dot', 'matmul'],
  ['canonicalize', 'linalg', 'unsafe-nan'],
  ({ inputs: [x, y], outputs: [out] }, { shapes }) => {
    if (x.type.rank > 1 && cancel(x, y, shapes)) {
      const n = shapeOf(x, -2);
      const lead = sizesOf(x).slice(0, -2);
      const unit = eye(n, n, 0, x.dtype);
      return fitting(lead.length === 0 ? unit : broadcastTo(unit, [...lead, n, n]), out);
    }
    // x·(xᵀ·z) and (z·yᵀ)·y, where sizes fit
    const right = ownerIf(y, 'dot', 'matmul')?.inputs;
    if (right !== undefined && cancel(x, right[0], shapes))
      return rowsOf(right[1], shapes) === rowsOf(x, shapes) ? fitting(right[1], out) : null;
    const left = ownerIf(x, 'dot', 'matmul')?.inputs;
    if (left !== undefined && cancel(left[1], y, shapes))
      return shapes.of(left[0]).at(-1) === rowsOf(left[1], shapes) ? fitting(left[0], out) : null;
    return null;
  },
);

/** The size of the axis that a product sums over on the right. */
const rowsOf = (v: TensorVariable, shapes: GraphShapes): number =>
  shapes.of(v)[Math.max(0, v.type.rank - 2)];

export const orthogonalMatrixRules: readonly Rule[] = [
  orthogonalInverse,
  orthogonalSystem,
  orthonormalPseudoInverse,
  orthogonalDeterminant,
  orthogonalLogarithm,
  orthonormalProduct,
];
