/**
 * Linear algebra: inverses that need not be made, and what the structure of a matrix saves. A rule may
 * save an op whose values would have failed, such as the inverse of a singular matrix.
 */
import { scalarConstant } from '../../graph/constant.js';
import type { FunctionGraph } from '../../graph/function-graph.js';
import type { TensorVariable } from '../../graph/variable.js';
import { broadcastTo, onesLike } from '../../ops/alloc.js';
import { abs, add, mul, reciprocal, sgn } from '../../ops/arithmetic.js';
import { lt, switchOp } from '../../ops/compare.js';
import { dimshuffle, transpose } from '../../ops/dimshuffle.js';
import { padLeft } from '../../ops/elementwise.js';
import {
  asColumns,
  diagonalsOf,
  identityFor,
  strictlyLower,
  transposeMatrices,
  untransposed,
} from '../../ops/matrix-parts.js';
import { prod } from '../../ops/prod.js';
import { sum } from '../../ops/reduce.js';
import { shapeOf } from '../../ops/shape.js';
import { det, inverse, slogdet, systemSolution } from '../../ops/solve.js';
import { log } from '../../ops/transcendental.js';
import { tril } from '../../ops/triangle.js';
import { triangularSolution } from '../../ops/triangular.js';
import { axesOf, fitting, inputsOf, isUniform, ownerIf, usedOnce } from '../match.js';
import { rule, type Rule } from '../rule.js';
import { factorOf, triangleOf } from './matrix-structure.js';

const t = transposeMatrices;

const inverseOfInverse = rule(
  'the inverse of an inverse is the matrix',
  'inverse',
  ['canonicalize', 'linalg'],
  ({ inputs: [y] }) => inputsOf(y, 'inverse')?.[0] ?? null,
);

const transposesOutside = rule(
  'inverse and determinant of a transpose are those of the matrix',
  ['inverse', 'det'],
  ['canonicalize', 'linalg'],
  ({ op, inputs: [y] }) => {
    const a = untransposed(y);
    if (a === null) return null;
    return op.name === 'det' ? det(a) : t(inverse(a));
  },
);

const solveTransposed = rule(
  'solve by a transpose solves transposed',
  'solve',
  ['canonicalize', 'linalg'],
  ({ op, inputs: [y, b] }) => {
    const a = untransposed(y);
    return a && systemSolution(a, b, op.props['transposed'] !== true);
  },
);

const determinantOfInverse = rule(
  'the determinant of an inverse is the reciprocal',
  'det',
  ['canonicalize', 'linalg'],
  ({ inputs: [y] }) => {
    const a = inputsOf(y, 'inverse')?.[0];
    return a === undefined ? null : reciprocal(det(a));
  },
);

/** The matrix whose inverse `v` is, where nothing else needs that. */
function invertedBy(v: TensorVariable, graph: FunctionGraph): TensorVariable | null {
  const a = inputsOf(v, 'inverse')?.[0];
  return a !== undefined && usedOnce(graph, v) ? a : null;
}

/** A vector as a matrix of one column, and back. */
function columnwise(
  b: TensorVariable,
  f: (columns: TensorVariable) => TensorVariable,
): TensorVariable {
  return b.type.rank === 1 ? dimshuffle(f(asColumns(b)), [0]) : f(b);
}

const solveByInverse = rule(
  'a product with an inverse is a solution',
  ['dot', 'matmul'],
  ['canonicalize', 'linalg'],
  ({ inputs: [x, y], outputs: [out] }, { graph }) => {
    const left = invertedBy(x, graph);
    if (left !== null)
      return fitting(
        columnwise(y, (b) => systemSolution(left, b, false)),
        out,
      );
    const right = invertedBy(y, graph);
    if (right === null) return null;
    const solved =
      x.type.rank === 1
        ? columnwise(x, (b) => systemSolution(right, b, true))
        : t(systemSolution(right, t(x), true));
    return fitting(solved, out);
  },
);

const solveByTriangle = rule(
  'solve and invert by triangles',
  ['solve', 'inverse'],
  ['specialize', 'linalg'],
  ({ op, inputs: [a, b], outputs: [out] }) => {
    const triangle = triangleOf(a);
    if (triangle === null) return null;
    const right = op.name === 'solve' ? b : padLeft(identityFor(a), a.type.rank);
    const transposed = triangle.transposed !== (op.props['transposed'] === true);
    const options = { lower: triangle.lower, transposed };
    return fitting(triangularSolution(triangle.matrix, right, options), out);
  },
);

const determinantOfTriangle = rule(
  'the determinant of a triangle is the product of its diagonal',
  'det',
  ['specialize', 'linalg'],
  ({ inputs: [a] }) => {
    const triangle = triangleOf(a);
    return triangle && prod(diagonalsOf(triangle.matrix), -1);
  },
);

const logarithmOfTriangle = rule(
  'the log-determinant of a triangle is a sum over its diagonal',
  'slogdet',
  ['specialize', 'linalg'],
  ({ inputs: [a] }) => {
    const triangle = triangleOf(a);
    if (triangle === null) return null;
    const diagonal = diagonalsOf(triangle.matrix);
    const logarithm = sum(log(triangle.positive ? diagonal : abs(diagonal)), -1);
    const sign = triangle.positive ? onesLike(logarithm) : prod(sgn(diagonal), -1);
    return [sign, logarithm];
  },
);

const logOfDeterminant = rule(
  'the logarithm of a determinant does not make the determinant',
  'log',
  ['stabilize', 'linalg'],
  ({ inputs: [y] }) => {
    const sized = inputsOf(y, 'abs')?.[0];
    const a = inputsOf(sized ?? y, 'det')?.[0];
    if (a === undefined) return null;
    const [sign, logarithm] = slogdet(a);
    return sized === undefined ? switchOp(lt(sign, 0), NaN, logarithm) : logarithm;
  },
);

/** Ops that are cheaper of a matrix whose root is known. */
const ofRoots: readonly string[] = ['solve', 'inverse', 'det', 'slogdet'];

const gramOfFactor = rule(
  'a Cholesky factor times its transpose is the matrix',
  ['dot', 'matmul'],
  ['canonicalize', 'linalg'],
  ({ inputs: [x, y], outputs: [out] }, { graph }) => {
    const isRootNeeded = graph
      .clients(out)
      .some(({ node }) => node !== 'output' && ofRoots.includes(node.op.name));
    if (isRootNeeded) return null;
    if (x.type.rank !== y.type.rank || x.type.rank < 2) return null;
    const [p, q] = [factorOf(x), factorOf(y)];
    if (p === null || p.matrix !== q?.matrix || p.transposed === q.transposed) return null;
    // L·Lᵀ of the lower triangle, Uᵀ·U of the upper.
    if (p.lower === p.transposed) return null;
    const [a] = inputsOf(p.matrix, 'cholesky') ?? [];
    const read = p.lower ? a : t(a);
    return add(tril(read), t(strictlyLower(read)));
  },
);

const traceOfProduct = rule(
  'the trace of a product is the sum of an elementwise one',
  'sum',
  ['specialize', 'linalg'],
  (node, { shapes }) => {
    const [diagonal] = node.inputs;
    const extracted = ownerIf(diagonal, 'extract_diag');
    if (extracted === null || !isUniform(extracted.inputs[1], 0)) return null;
    const factors = inputsOf(extracted.inputs[0], 'dot');
    if (factors?.some((factor) => factor.type.rank !== 2) !== false) return null;
    const [x, y] = factors;
    const isSquare = shapes.of(x)[0] === shapes.of(y)[1] && shapes.of(x)[1] === shapes.of(y)[0];
    if (!isSquare || axesOf(node).length !== 1 || x.type.shape.includes(1)) return null;
    return sum(mul(x, transpose(y)));
  },
);

const productWithZeros = rule(
  'a product with zeros is zeros',
  'dot',
  ['canonicalize', 'linalg', 'unsafe-nan'],
  ({ inputs: [x, y], outputs: [out] }, { shapes }) => {
    if (!isUniform(x, 0) && !isUniform(y, 0)) return null;
    const [ofX, ofY] = [shapes.of(x), shapes.of(y)];
    // The demand that inner sizes agree stays.
    if (ofX[ofX.length - 1] !== ofY[0]) return null;
    const rows = x.type.rank === 2 ? [shapeOf(x, 0)] : [];
    const columns = y.type.rank === 2 ? [shapeOf(y, 1)] : [];
    return broadcastTo(scalarConstant(0, out.dtype), [...rows, ...columns]);
  },
);

export const linearAlgebraRules: readonly Rule[] = [
  inverseOfInverse,
  transposesOutside,
  solveTransposed,
  determinantOfInverse,
  solveByInverse,
  solveByTriangle,
  determinantOfTriangle,
  logarithmOfTriangle,
  logOfDeterminant,
  gramOfFactor,
  traceOfProduct,
  productWithZeros,
];
