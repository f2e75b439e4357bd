/** What the formula of a matrix tells of it: that it is an identity, diagonal, a triangle, a Kronecker product. */
import { isConstant, type Constant } from '../../graph/constant.js';
import type { TensorVariable } from '../../graph/variable.js';
import { untransposed } from '../../ops/matrix-parts.js';
import { knownSize } from '../../ops/size-arithmetic.js';
import type { GraphShapes } from '../graph-shapes.js';
import { inputsOf, isUniform, orderOf, ownerIf } from '../match.js';

/** Constants of more elements are not looked at. */
const MOST_ELEMENTS = 1 << 12;

/** Whether `holds` of each element of a small constant matrix. */
export function eachElement(
  { data }: Constant,
  holds: (value: number, row: number, column: number) => boolean,
): boolean {
  if (data.rank !== 2 || data.size > MOST_ELEMENTS) return false;
  const [rows, columns] = data.shape;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) if (!holds(Number(data.get(i, j)), i, j)) return false;
  return true;
}

/** Whether `v` counts 0, 1, 2, … along one axis of a matrix: 0 down the rows, 1 along the columns. */
export function countsAlong(v: TensorVariable, axis: 0 | 1): boolean {
  if (isConstant(v))
    return v.type.broadcasts(1 - axis) && eachElement(v, (n, i, j) => n === (axis === 0 ? i : j));
  const sum = inputsOf(v, 'add');
  const counted = sum !== null && isUniform(sum[1], 0) ? sum[0] : v;
  const shuffle = ownerIf(counted, 'dimshuffle');
  if (shuffle === null) return false;
  const order = orderOf(shuffle);
  if (order.length !== 2 || order[axis] !== 0 || order[1 - axis] !== 'x') return false;
  const [start, , step] = inputsOf(shuffle.inputs[0], 'arange') ?? [];
  return start !== undefined && knownSize(start) === 0 && knownSize(step) === 1;
}

/** Whether `v` is a square matrix with ones on its diagonal and zeros elsewhere. */
export function isIdentity(v: TensorVariable, shapes: GraphShapes): boolean {
  if (v.type.rank !== 2 || shapes.of(v)[0] !== shapes.of(v)[1]) return false;
  if (isConstant(v)) return eachElement(v, (n, i, j) => n === (i === j ? 1 : 0));
  const [p, q] = inputsOf(inputsOf(v, 'cast')?.[0] ?? v, 'eq') ?? [];
  if (p === undefined) return false;
  return (countsAlong(p, 0) && countsAlong(q, 1)) || (countsAlong(p, 1) && countsAlong(q, 0));
}

/** The diagonals of matrices that are zero elsewhere: values set on the diagonal of zeros. */
export function diagonalOf(v: TensorVariable): TensorVariable | null {
  const [zeros, values, offset] = inputsOf(v, 'set_diag') ?? [];
  if (zeros === undefined || !isUniform(zeros, 0) || knownSize(offset) !== 0) return null;
  return values.type.rank === v.type.rank - 1 ? values : null;
}

/** A matrix of which one triangle counts, the rest being zero. */
export interface Triangle {
  /** What holds the triangle; its other half is not to be read. */
  readonly matrix: TensorVariable;
  readonly lower: boolean;
  /** Whether the matrix is the transpose of what holds it. */
  readonly transposed: boolean;
  /** Whether its diagonal is known to be positive. */
  readonly positive: boolean;
}

/** A Cholesky factor, or the transpose of one. */
export function factorOf(v: TensorVariable): Triangle | null {
  const stored = untransposed(v) ?? v;
  const factor = ownerIf(stored, 'cholesky');
  if (factor === null) return null;
  return {
    matrix: stored,
    lower: factor.op.props['upper'] !== true,
    transposed: stored !== v,
    positive: true,
  };
}

/** A Cholesky factor, or what `tril` and `triu` leave of a matrix. */
export function triangleOf(v: TensorVariable): Triangle | null {
  const factor = factorOf(v);
  if (factor !== null) return factor;
  const masked = untransposed(v) ?? v;
  const [condition, matrix, zero] = inputsOf(masked, 'switch') ?? [];
  if (condition === undefined || !isUniform(zero, 0) || matrix.type.rank !== v.type.rank)
    return null;
  const lower = isMask(condition, 'lower');
  if (!lower && !isMask(condition, 'upper')) return null;
  return { matrix, lower, transposed: masked !== v, positive: false };
}

/** Whether `v` holds on the diagonal and on one side of it. */
function isMask(v: TensorVariable, side: 'lower' | 'upper'): boolean {
  const [down, along] = side === 'lower' ? ([0, 1] as const) : ([1, 0] as const);
  if (isConstant(v))
    return eachElement(v, (n, i, j) => n === Number(side === 'lower' ? i >= j : j >= i));
  const [p, q] = inputsOf(v, 'ge') ?? [];
  return p !== undefined && countsAlong(p, down) && countsAlong(q, along);
}

type Pair = readonly [TensorVariable, TensorVariable];

/** The matrices whose Kronecker product `v` is. */
export function kroneckerFactors(v: TensorVariable, shapes: GraphShapes): Pair | null {
  const product = inputsOf(v, 'reshape')?.[0];
  const factors = product === undefined ? null : inputsOf(product, 'mul');
  if (factors === null || v.type.rank !== 2) return null;
  const [a, b] = factors.map((factor, k) => {
    const shuffle = ownerIf(factor, 'dimshuffle');
    const wanted = k === 0 ? [0, 'x', 1, 'x'] : ['x', 0, 'x', 1];
    return shuffle !== null && orderOf(shuffle).join() === wanted.join() ? shuffle.inputs[0] : null;
  });
  if (a === null || b === null) return null;
  const { sizes } = shapes;
  const [p, q] = [shapes.of(a), shapes.of(b)];
  const isWhole = shapes.of(v).every((n, axis) => n === sizes.mul(p[axis], q[axis]));
  return isWhole ? [a, b] : null;
}

/** The square matrices whose Kronecker product `v` is. */
export function squareKroneckerFactors(v: TensorVariable, shapes: GraphShapes): Pair | null {
  const factors = kroneckerFactors(v, shapes);
  const areSquare = factors?.every((factor) => shapes.of(factor)[0] === shapes.of(factor)[1]);
  return areSquare === true ? factors : null;
}
