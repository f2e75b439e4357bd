/** Which matrices are symmetric, as their formula tells. */
import { isConstant } from '../../graph/constant.js';
import type { Apply, TensorVariable } from '../../graph/variable.js';
import { untransposed } from '../../ops/matrix-parts.js';
import type { GraphShapes } from '../graph-shapes.js';
import { inputsOf, orderOf, ownerIf } from '../match.js';
import { diagonalOf, eachElement, isIdentity } from './matrix-structure.js';

const commute: readonly string[] = ['add', 'mul', 'maximum', 'minimum', 'eq', 'neq'];
/** f(-x) is f(x). */
const even: readonly string[] = ['sqr', 'abs', 'cos', 'cosh'];

/** Pairs of more operations are not looked at. */
const MOST_PAIRS = 200;

/** Whether matrices, the last two axes of `v`, are their own transposes, but for rounding. */
export function isSymmetric(v: TensorVariable, shapes: GraphShapes): boolean {
  const known = new Map<string, boolean>();
  const mirrored: Mirrored = (p, q) => {
    const key = `${p.id} ${q.id}`;
    const found = known.get(key);
    if (found !== undefined || known.size >= MOST_PAIRS) return found ?? false;
    known.set(key, false);
    const [a, b] = [p.owner, q.owner];
    const isOneOp = a !== null && b !== null && a.op.key === b.op.key;
    const result =
      isTranspose(p, q) ||
      (p === q && isOwnTranspose(p, shapes)) ||
      (isOneOp && areMirroredNodes(a, b, mirrored));
    known.set(key, result);
    return result;
  };
  return v.type.rank > 1 && mirrored(v, v);
}

/** Whether one is the transpose of the other. */
type Mirrored = (p: TensorVariable, q: TensorVariable) => boolean;

function isTranspose(p: TensorVariable, q: TensorVariable): boolean {
  if (p.type.rank !== q.type.rank || p.type.rank < 2) return false;
  if (untransposed(p) === q || untransposed(q) === p) return true;
  const [a, b] = [p.owner, q.owner];
  if (a?.op.name !== 'dimshuffle' || b?.op.name !== 'dimshuffle') return false;
  const [order, other] = [orderOf(a), orderOf(b)];
  const swapped = [...order.slice(0, -2), ...order.slice(-2).reverse()];
  return a.inputs[0] === b.inputs[0] && swapped.join() === other.join();
}

/** A scalar stretched, an identity, a diagonal matrix, a symmetric constant. */
function isOwnTranspose(v: TensorVariable, shapes: GraphShapes): boolean {
  const { rank } = v.type;
  if (v.type.broadcasts(rank - 1) && v.type.broadcasts(rank - 2)) return true;
  const [rows, columns] = shapes.of(v).slice(-2);
  if (isConstant(v))
    return rows === columns && eachElement(v, (n, i, j) => Number(v.data.get(j, i)) === n);
  return diagonalOf(v) !== null || isIdentity(v, shapes);
}

/** Of two nodes of one op. */
function areMirroredNodes(a: Apply, b: Apply, mirrored: Mirrored): boolean {
  const [[p, q], [r, s]] = [a.inputs, b.inputs];
  const { name, lower } = a.op;
  if (name === 'dot' || name === 'matmul') {
    const [left, right] = [a, b].map((node) => factorsOf(node.outputs[0]));
    return (
      left.length === right.length &&
      left.every((v, k) => v.type.rank > 1 && mirrored(v, right[right.length - 1 - k]))
    );
  }
  if (lower.kind !== 'scalar' && name !== 'cast' && name !== 'inverse') return false;
  if (a.inputs.every((input, k) => mirrored(input, b.inputs[k]))) return true;
  if (commute.includes(name)) return mirrored(p, s) && mirrored(q, r);
  const difference = a === b && even.includes(name) ? inputsOf(p, 'sub') : null;
  return difference !== null && mirrored(difference[0], difference[1]);
}

/** Products of products are taken apart this deep. */
const DEPTH = 4;

/** Factors of a product, from left to right. */
function factorsOf(v: TensorVariable, depth = DEPTH): readonly TensorVariable[] {
  const product = depth === 0 ? null : ownerIf(v, 'dot', 'matmul');
  return product?.inputs.flatMap((factor) => factorsOf(factor, depth - 1)) ?? [v];
}
