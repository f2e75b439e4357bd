/** Products as library calls: dot → gemm, gemv, ger, with scale and addend taken in. */
import type { Target } from '../../device/target.js';
import { scalarConstant } from '../../graph/constant.js';
import type { FunctionGraph } from '../../graph/function-graph.js';
import type { Apply, TensorVariable } from '../../graph/variable.js';
import { mul, neg, reciprocal } from '../../ops/arithmetic.js';
import { dimshuffle, transpose } from '../../ops/dimshuffle.js';
import { dot21, dot22, gemm, gemv, ger } from '../../ops/dot.js';
import { orderOf, ownerIf, uniformScalar, usedOnce } from '../match.js';
import { rule, type Rule, type RuleContext } from '../rule.js';

/** alpha·product, with the product's node. */
interface ScaledProduct {
  readonly product: Apply;
  readonly alpha: TensorVariable;
}

function scaledProduct(v: TensorVariable, graph: FunctionGraph): ScaledProduct | null {
  if (!usedOnce(graph, v)) return null;
  const product = ownerIf(v, 'dot22', 'dot21');
  if (product !== null) return { product, alpha: scalarConstant(1, v.dtype) };
  const node = ownerIf(v, 'mul', 'true_div', 'neg');
  if (node === null) return null;
  const [a, b] = node.inputs;
  if (node.op.name === 'neg') {
    const inner = scaledProduct(a, graph);
    return inner && { product: inner.product, alpha: neg(inner.alpha) };
  }
  const [s, t] = [b === undefined ? null : uniformScalar(b), uniformScalar(a)];
  if (s !== null) {
    const inner = scaledProduct(a, graph);
    return (
      inner && {
        product: inner.product,
        alpha: mul(inner.alpha, node.op.name === 'mul' ? s : reciprocal(s)),
      }
    );
  }
  if (t === null || node.op.name !== 'mul') return null;
  const inner = scaledProduct(b, graph);
  return inner && { product: inner.product, alpha: mul(inner.alpha, t) };
}

/** Whether `c` fits the product's shape as an addend (it may broadcast into it). */
function fitsAddend(c: TensorVariable, out: TensorVariable, { shapes }: RuleContext): boolean {
  return (
    c.dtype === out.dtype &&
    c.type.rank === out.type.rank &&
    c.type.shape.every((n, axis) => n === 1 || shapes.of(c)[axis] !== undefined)
  );
}

function accumulate(
  { product, alpha }: ScaledProduct,
  c: TensorVariable,
  beta: number,
): TensorVariable {
  const routine = product.op.name === 'dot22' ? gemm : gemv;
  const [a, b] = product.inputs;
  return routine(a, b, c, alpha, scalarConstant(beta, c.dtype));
}

const addIntoProduct = rule(
  'add into a product',
  ['add', 'sub'],
  ['library', 'blas'],
  (node, context) => {
    const [a, b] = node.inputs;
    const out = node.outputs[0];
    const right = scaledProduct(b, context.graph);
    if (right !== null && fitsAddend(a, out, context) && !product1(b, out)) {
      const alpha = node.op.name === 'add' ? right.alpha : neg(right.alpha);
      return accumulate({ ...right, alpha }, a, 1);
    }
    const left = scaledProduct(a, context.graph);
    if (left === null || !fitsAddend(b, out, context) || product1(a, out)) return null;
    return accumulate(left, b, node.op.name === 'add' ? 1 : -1);
  },
);

/** A product that broadcasts into the sum cannot take the sum's shape. */
function product1(v: TensorVariable, out: TensorVariable): boolean {
  return v.type.shape.some((n, axis) => n === 1 && out.type.shape[axis] !== 1);
}

const scaleProduct = rule(
  'scale inside a product',
  ['mul', 'true_div', 'neg'],
  ['library', 'blas'],
  (node, { graph }) => {
    const out = node.outputs[0];
    const uses = graph.clients(out);
    // An addition that follows takes scale and addend in at once.
    if (
      uses.some(
        (use) =>
          use.node !== 'output' &&
          ['add', 'sub', 'mul', 'neg', 'true_div'].includes(use.node.op.name),
      )
    )
      return null;
    const [a, b] = node.inputs;
    const scalar =
      b === undefined
        ? null
        : (uniformScalar(b) ?? (node.op.name === 'mul' ? uniformScalar(a) : null));
    const inner = scaledProduct(
      b !== undefined && scalar !== null && uniformScalar(b) === null ? b : a,
      graph,
    );
    if (inner === null || (b !== undefined && scalar === null)) return null;
    const alpha =
      scalar === null
        ? neg(inner.alpha)
        : mul(inner.alpha, node.op.name === 'mul' ? scalar : reciprocal(scalar));
    const zero = dimshuffle(
      scalarConstant(0, out.dtype),
      out.type.shape.map(() => 'x' as const),
    );
    return accumulate({ ...inner, alpha }, zero, 0);
  },
);

/** The vectors of a product col·row, with what scales it. */
function scaledOuter(
  v: TensorVariable,
  graph: FunctionGraph,
): { x: TensorVariable; y: TensorVariable; alpha: TensorVariable } | null {
  if (!usedOnce(graph, v)) return null;
  const node = ownerIf(v, 'mul', 'neg');
  if (node === null) return null;
  if (node.op.name === 'neg') {
    const inner = scaledOuter(node.inputs[0], graph);
    return inner && { ...inner, alpha: neg(inner.alpha) };
  }
  for (const [a, b] of [node.inputs, [node.inputs[1], node.inputs[0]]]) {
    const scalar = uniformScalar(a);
    const inner = scalar === null ? null : scaledOuter(b, graph);
    if (scalar !== null && inner !== null) return { ...inner, alpha: mul(inner.alpha, scalar) };
    const [col, row] = [vectorAlong(a, 0), vectorAlong(b, 1)];
    if (col !== null && row !== null) return { x: col, y: row, alpha: scalarConstant(1, v.dtype) };
  }
  return null;
}

/** The vector that `v` places along `axis` of a matrix. */
function vectorAlong(v: TensorVariable, axis: 0 | 1): TensorVariable | null {
  const node = ownerIf(v, 'dimshuffle');
  if (node === null || node.inputs[0].type.rank !== 1) return null;
  const order = orderOf(node);
  return order.length === 2 && order[axis] === 0 ? node.inputs[0] : null;
}

const rankOneUpdate = rule(
  'rank-one update',
  ['add', 'sub'],
  ['library', 'blas'],
  (node, { graph }) => {
    const [a, b] = node.inputs;
    const out = node.outputs[0];
    if (out.type.rank !== 2) return null;
    const matrix = (v: TensorVariable): boolean => v.type.shape.every((n) => n !== 1);
    const right = scaledOuter(b, graph);
    if (right !== null && matrix(a))
      return ger(a, right.x, right.y, node.op.name === 'add' ? right.alpha : neg(right.alpha));
    const left = node.op.name === 'add' ? scaledOuter(a, graph) : null;
    return left !== null && matrix(b) ? ger(b, left.x, left.y, left.alpha) : null;
  },
);

/** The rules for a target: only products that it has a routine for become calls. */
export function blasRules(target: Target): readonly Rule[] {
  const calls = (callee: 'gemm' | 'gemv' | 'ger', v: TensorVariable): boolean =>
    target.supportsCall({ callee, dtype: v.dtype });
  const product = rule(
    'dot by the library',
    'dot',
    ['library', 'blas'],
    ({ inputs: [x, y], outputs: [out] }) => {
      if (x.type.rank === 2 && y.type.rank === 2) return calls('gemm', out) ? dot22(x, y) : null;
      if (x.type.rank === 2 && y.type.rank === 1) return calls('gemv', out) ? dot21(x, y) : null;
      return x.type.rank === 1 && y.type.rank === 2 && calls('gemv', out)
        ? dot21(transpose(y), x)
        : null;
    },
  );
  const gerIfCalled = rule(
    rankOneUpdate.name,
    rankOneUpdate.heads,
    rankOneUpdate.tags,
    (node, context) => (calls('ger', node.outputs[0]) ? rankOneUpdate.apply(node, context) : null),
  );
  return [product, addIntoProduct, scaleProduct, gerIfCalled];
}
