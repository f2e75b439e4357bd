/**
 * Symmetric matrices whose root is known, T with T·Tᵀ the matrix: systems, inverses and determinants are
 * made of T. It is not computed for that: whether rounding leaves a matrix positive definite is not to
 * be seen in its formula, and where it does not, there is no root, but an LU factorization.
 */
import { onesLike } from '../../ops/alloc.js';
import type { TensorVariable } from '../../graph/variable.js';
import { abs, mul, sgn, sqr } from '../../ops/arithmetic.js';
import { padLeft } from '../../ops/elementwise.js';
import { diagonalsOf, identityFor, untransposed } from '../../ops/matrix-parts.js';
import { prod } from '../../ops/prod.js';
import { sum } from '../../ops/reduce.js';
import { log } from '../../ops/transcendental.js';
import { triangularSolution } from '../../ops/triangular.js';
import { fitting, ownerIf } from '../match.js';
import { rule, type Rule, type RuleContext } from '../rule.js';
import { factorOf, triangleOf, type Triangle } from './matrix-structure.js';
import { isSymmetric } from './symmetry.js';

/** T where `v` is written T·Tᵀ, of a square triangle. */
function writtenRoot(v: TensorVariable, { shapes }: RuleContext): Triangle | null {
  const [x, y] = ownerIf(v, 'dot', 'matmul')?.inputs ?? [];
  if (x === undefined || (untransposed(x) !== y && untransposed(y) !== x)) return null;
  const triangle = triangleOf(x);
  const [rows, columns] = shapes.of(x).slice(-2);
  return triangle !== null && (triangle.positive || rows === columns) ? triangle : null;
}

/** T of a factorization that the graph has in any case, so that `v` has to be positive definite. */
function computedRoot(v: TensorVariable, { graph, shapes }: RuleContext): Triangle | null {
  for (const { node } of graph.clients(v)) {
    if (node === 'output' || node.op.name !== 'cholesky') continue;
    const isAlways = !graph.nodes().some(({ op }) => op.name === 'if_else');
    if (!isAlways || !isSymmetric(v, shapes)) return null;
    const root = factorOf(node.outputs[0]) as Triangle;
    return root.lower ? root : { ...root, transposed: true };
  }
  return null;
}

const rootOf = (v: TensorVariable, context: RuleContext): Triangle | null =>
  writtenRoot(v, context) ?? computedRoot(v, context);

const solveByRoot = rule(
  'solve and invert by a root that is known',
  ['solve', 'inverse'],
  ['specialize', 'linalg'],
  ({ op, inputs: [a, b], outputs: [out] }, context) => {
    const root = rootOf(a, context);
    if (root === null) return null;
    const { matrix, lower, transposed } = root;
    const right = op.name === 'solve' ? b : padLeft(identityFor(a), a.type.rank);
    const half = triangularSolution(matrix, right, { lower, transposed });
    return fitting(triangularSolution(matrix, half, { lower, transposed: !transposed }), out);
  },
);

const determinantOfRoot = rule(
  'the determinant of a matrix whose root is known is the square of that of the root',
  ['det', 'slogdet'],
  ['specialize', 'linalg'],
  ({ op, inputs: [a] }, context) => {
    const root = rootOf(a, context);
    if (root === null) return null;
    const diagonal = diagonalsOf(root.matrix);
    if (op.name === 'det') return sqr(prod(diagonal, -1));
    const logarithm = mul(sum(log(root.positive ? diagonal : abs(diagonal)), -1), 2);
    return [root.positive ? onesLike(logarithm) : sqr(prod(sgn(diagonal), -1)), logarithm];
  },
);

export const definiteMatrixRules: readonly Rule[] = [solveByRoot, determinantOfRoot];
