/** Reductions: scalars and signs move out, stretched operands are counted instead of summed. */
import { mul, neg, trueDiv } from '../../ops/arithmetic.js';
import { cast } from '../../ops/cast.js';
import { dimshuffle } from '../../ops/dimshuffle.js';
import { expandDot } from '../../ops/dot.js';
import { padLeft } from '../../ops/elementwise.js';
import { prod } from '../../ops/prod.js';
import { max, min, sum } from '../../ops/reduce.js';
import { shapeOf } from '../../ops/shape.js';
import { axesOf, inputsOf, ownerIf, uniformScalar, usedOnce } from '../match.js';
import { rule, type Rule } from '../rule.js';
import { isFloat } from '../../types/dtype.js';

/** Reducing axes that are statically 1 only drops them. */
const dropUnitAxes = rule(
  'drop reductions of unit axes',
  ['sum', 'prod', 'max', 'max_or_least', 'min', 'all', 'any', 'logsumexp'],
  ['canonicalize', 'reduce'],
  (node) => {
    const [x] = node.inputs;
    const axes = axesOf(node);
    const units = axes.filter((axis) => x.type.broadcasts(axis));
    if (x.dtype !== node.outputs[0].dtype || (units.length === 0 && axes.length > 0)) return null;
    if (units.length < axes.length) return null;
    return dimshuffle(
      x,
      Array.from({ length: x.type.rank }, (_, axis) => axis).filter((axis) => !axes.includes(axis)),
    );
  },
);

/**
 * What a scalar of 0, NaN or Infinity makes of single elements is lost. A divisor that is a sum may be 0 because
 * there are no elements: then neither is there anything to divide.
 */
const scalarOut = rule(
  'move scalars out of sums',
  'sum',
  ['canonicalize', 'reduce', 'unsafe-nan'],
  (node, { graph, shapes }) => {
    const [x] = node.inputs;
    const { rank } = node.outputs[0].type;
    const product = ownerIf(x, 'mul', 'true_div');
    if (product === null || !isFloat(x.dtype) || !usedOnce(graph, x)) return null;
    const axes = axesOf(node);
    const [a, b] = product.inputs;
    const right = uniformScalar(b);
    const isDividing = product.op.name === 'true_div';
    const mayBeOfNothing = isDividing && right !== null && ownerIf(right, 'sum') !== null;
    if (right !== null && !mayBeOfNothing && shapes.same(a, x)) {
      const combine = isDividing ? trueDiv : mul;
      return combine(sum.on(a, axes), padLeft(right, rank));
    }
    const left = product.op.name === 'mul' ? uniformScalar(a) : null;
    return left !== null && shapes.same(b, x) ? mul(sum.on(b, axes), padLeft(left, rank)) : null;
  },
);

const signOut = rule(
  'move signs out of sums',
  'sum',
  ['canonicalize', 'reduce'],
  (node, { graph }) => {
    const [x] = node.inputs;
    const inner = usedOnce(graph, x) && isFloat(x.dtype) ? inputsOf(x, 'neg') : null;
    return inner === null ? null : neg(sum.on(inner[0], axesOf(node)));
  },
);

/** Σ over a stretched axis is the value times the axis' size. */
const sumOfStretched = rule(
  'count instead of summing what is stretched',
  'sum',
  ['canonicalize', 'reduce'],
  (node) => {
    const [x] = node.inputs;
    const stretched = ownerIf(x, 'alloc');
    if (stretched === null || !isFloat(x.dtype)) return null;
    const axes = axesOf(node);
    const value = padLeft(stretched.inputs[0], x.type.rank);
    if (!axes.every((axis) => value.type.broadcasts(axis))) return null;
    if (
      !x.type.shape.every(
        (_, axis) => axes.includes(axis) || !value.type.broadcasts(axis) || x.type.broadcasts(axis),
      )
    )
      return null;
    const kept = Array.from({ length: x.type.rank }, (_, axis) => axis).filter(
      (axis) => !axes.includes(axis),
    );
    const count = axes.map((axis) => shapeOf(x, axis)).reduce((a, b) => mul(a, b));
    return mul(dimshuffle(value, kept), cast(count, x.dtype));
  },
);

const mergeSums = rule(
  'merge sums of sums',
  ['sum', 'prod'],
  ['canonicalize', 'reduce'],
  (node, { graph }) => {
    const inner = ownerIf(node.inputs[0], node.op.name);
    if (
      inner === null ||
      !usedOnce(graph, node.inputs[0]) ||
      inner.inputs[0].dtype !== node.outputs[0].dtype
    )
      return null;
    const innerAxes = axesOf(inner);
    const rank = inner.inputs[0].type.rank;
    const left = Array.from({ length: rank }, (_, axis) => axis).filter(
      (axis) => !innerAxes.includes(axis),
    );
    const axes = [...innerAxes, ...axesOf(node).map((axis) => left[axis])].sort((a, b) => a - b);
    return (node.op.name === 'sum' ? sum : prod).on(inner.inputs[0], axes);
  },
);

/** Nobody has a routine that beats one pass over both vectors. */
const innerProduct = rule(
  'inner products are sums of products',
  'dot',
  ['canonicalize', 'reduce'],
  ({ inputs: [x, y] }) => (x.type.rank === 1 && y.type.rank === 1 ? expandDot(x, y) : null),
);

/** max(-x) is -min(x) and the other way round. */
const extremesOfNegation = rule(
  'extreme of a negation',
  ['neg'],
  ['specialize', 'reduce'],
  ({ inputs: [x] }, { graph }) => {
    const node = ownerIf(x, 'max', 'min');
    if (node === null || !usedOnce(graph, x)) return null;
    const inner = inputsOf(node.inputs[0], 'neg');
    if (inner === null) return null;
    const twin = node.op.name === 'max' ? min : max;
    return twin.on(inner[0], axesOf(node));
  },
);

export const reduceRules: readonly Rule[] = [
  dropUnitAxes,
  scalarOut,
  signOut,
  sumOfStretched,
  mergeSums,
  innerProduct,
  extremesOfNegation,
];
