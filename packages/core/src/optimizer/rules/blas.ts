/**
 * Products as library calls: dot becomes gemm or gemv, an outer product that is added becomes ger, and
 * both take in the scalar that scales them and the addend. Integers only multiply: they wrap, and so
 * scale and add in loops.
 */
import type { Target } from '../../device/target.js';
import { scalarConstant } from '../../graph/constant.js';
import type { FunctionGraph } from '../../graph/function-graph.js';
import type { TensorVariable } from '../../graph/variable.js';
import { mul, neg, reciprocal } from '../../ops/arithmetic.js';
import { dimshuffle, transpose } from '../../ops/dimshuffle.js';
import { dot21, dot22, gemm, gemv, ger } from '../../ops/dot.js';
import { isFloat } from '../../types/dtype.js';
import { isUniform, orderOf, ownerIf, uniformScalar, usedOnce } from '../match.js';
import { rule, type Rule } from '../rule.js';

/** alpha·A·b */
interface ScaledProduct {
  readonly factors: readonly TensorVariable[];
  readonly alpha: TensorVariable;
}

/** A product that the library makes, and that nothing is added to yet. */
function bareProduct(v: TensorVariable): ScaledProduct | null {
  const product = ownerIf(v, 'dot22', 'dot21');
  if (product !== null) return { factors: product.inputs, alpha: scalarConstant(1, v.dtype) };
  const call = ownerIf(v, 'gemm', 'gemv');
  if (call === null || !isUniform(call.inputs[4], 0)) return null;
  return { factors: call.inputs.slice(0, 2), alpha: call.inputs[3] };
}

/** The product that only `v` (or, where it is the `top`, anybody) makes of a product. */
export function scaledProduct(
  v: TensorVariable,
  graph: FunctionGraph,
  top = false,
): ScaledProduct | null {
  if (!isFloat(v.dtype) || (!top && !usedOnce(graph, v))) return null;
  const product = bareProduct(v);
  if (product !== null) return product;
  const node = ownerIf(v, 'mul', 'true_div', 'neg');
  if (node === null) return null;
  const scaledBy = (inner: TensorVariable, factor: TensorVariable | null): ScaledProduct | null => {
    const found = scaledProduct(inner, graph);
    return found && { ...found, alpha: scaled(found.alpha, factor) };
  };
  const [a, b] = node.inputs;
  if (node.op.name === 'neg') return scaledBy(a, null);
  const right = uniformScalar(b);
  if (right !== null) return scaledBy(a, node.op.name === 'mul' ? right : reciprocal(right));
  const left = node.op.name === 'mul' ? uniformScalar(a) : null;
  return left === null ? null : scaledBy(b, left);
}

/** alpha times a factor, null standing for -1. */
function scaled(alpha: TensorVariable, factor: TensorVariable | null): TensorVariable {
  if (factor === null) return neg(alpha);
  return isUniform(alpha, 1) ? factor : mul(alpha, factor);
}

/** alpha·A·B + beta·c */
function accumulate(
  { factors: [a, b], alpha }: ScaledProduct,
  c: TensorVariable,
  beta: number,
): TensorVariable {
  const routine = b.type.rank === 2 ? gemm : gemv;
  return routine(a, b, c, alpha, scalarConstant(beta, c.dtype));
}

/** Whether a sum stretches `v`: a routine's result has the product's shape. */
function isStretched(v: TensorVariable, out: TensorVariable): boolean {
  return v.type.shape.some((n, axis) => n === 1 && out.type.shape[axis] !== 1);
}

const addIntoProduct = rule(
  'add into a product',
  ['add', 'sub'],
  ['library', 'blas'],
  (node, { graph }) => {
    const [a, b] = node.inputs;
    const [out] = node.outputs;
    const right = isStretched(b, out) ? null : scaledProduct(b, graph);
    if (right !== null) {
      const alpha = node.op.name === 'add' ? right.alpha : neg(right.alpha);
      return accumulate({ ...right, alpha }, a, 1);
    }
    const left = isStretched(a, out) ? null : scaledProduct(a, graph);
    return left && accumulate(left, b, node.op.name === 'add' ? 1 : -1);
  },
);

const mayTakeIn = ['add', 'sub', 'mul', 'neg', 'true_div'];

const scaleProduct = rule(
  'scale inside a product',
  ['mul', 'true_div', 'neg'],
  ['library', 'blas'],
  (node, { graph }) => {
    const [out] = node.outputs;
    // What follows takes this scale in with its own, or with an addend.
    const follows = graph
      .clients(out)
      .some((c) => c.node !== 'output' && mayTakeIn.includes(c.node.op.name));
    const scaled = follows ? null : scaledProduct(out, graph, true);
    if (scaled === null) return null;
    const order = out.type.shape.map(() => 'x' as const);
    return accumulate(scaled, dimshuffle(scalarConstant(0, out.dtype), order), 0);
  },
);

/** alpha·x·yᵀ */
interface ScaledOuter {
  readonly x: TensorVariable;
  readonly y: TensorVariable;
  readonly alpha: TensorVariable;
}

/** The vectors of a product col·row, with what scales it. */
function scaledOuter(v: TensorVariable, graph: FunctionGraph): ScaledOuter | null {
  if (!isFloat(v.dtype) || !usedOnce(graph, v)) return null;
  const node = ownerIf(v, 'mul', 'neg');
  if (node === null) return null;
  const [a, b] = node.inputs;
  if (node.op.name === 'neg') {
    const inner = scaledOuter(a, graph);
    return inner && { ...inner, alpha: neg(inner.alpha) };
  }
  for (const [p, q] of [
    [a, b],
    [b, a],
  ]) {
    const factor = uniformScalar(p);
    const inner = factor === null ? null : scaledOuter(q, graph);
    if (factor !== null && inner !== null) return { ...inner, alpha: scaled(inner.alpha, factor) };
    const [x, y] = [vectorAlong(p, 0), vectorAlong(q, 1)];
    if (x !== null && y !== null) return { x, y, alpha: scalarConstant(1, v.dtype) };
  }
  return null;
}

/** The vector that `v` places along `axis` of a matrix. */
function vectorAlong(v: TensorVariable, axis: 0 | 1): TensorVariable | null {
  const node = ownerIf(v, 'dimshuffle');
  if (node === null || node.inputs[0].type.rank !== 1 || v.type.broadcasts(axis)) return null;
  const order = orderOf(node);
  return order.length === 2 && order[axis] === 0 ? node.inputs[0] : null;
}

const isMatrix = (v: TensorVariable): boolean =>
  v.type.rank === 2 && v.type.shape.every((n) => n !== 1);

/** Rules that ask the target for a routine first. */
export function blasRules(target: Target): readonly Rule[] {
  const calls = (callee: 'gemm' | 'gemv' | 'ger', v: TensorVariable): boolean =>
    target.supportsCall({ callee, dtype: v.dtype });
  const product = rule('dot by the library', 'dot', ['library', 'blas'], ({ inputs: [x, y] }) => {
    const ranks = `${x.type.rank}${y.type.rank}`;
    if (ranks === '22') return calls('gemm', x) ? dot22(x, y) : null;
    if (ranks === '11' || !calls('gemv', x)) return null;
    return ranks === '21' ? dot21(x, y) : dot21(transpose(y), x);
  });
  const rankOneUpdate = rule(
    'rank-one update',
    ['add', 'sub'],
    ['library', 'blas'],
    (node, { graph }) => {
      const [a, b] = node.inputs;
      const isSum = node.op.name === 'add';
      const right = isMatrix(a) && calls('ger', a) ? scaledOuter(b, graph) : null;
      if (right !== null) return ger(a, right.x, right.y, isSum ? right.alpha : neg(right.alpha));
      const left = isSum && isMatrix(b) && calls('ger', b) ? scaledOuter(a, graph) : null;
      return left && ger(b, left.x, left.y, left.alpha);
    },
  );
  return [product, addIntoProduct, scaleProduct, rankOneUpdate];
}
