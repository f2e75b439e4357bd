/** Softmax however it is spelled, and what its gradient by integer targets comes to. */
import { scalarConstant } from '../../graph/constant.js';
import type { TensorVariable } from '../../graph/variable.js';
import { scatter } from '../../ops/advanced-index.js';
import { broadcastTo } from '../../ops/alloc.js';
import { neg } from '../../ops/arithmetic.js';
import { guardIndex } from '../../ops/guard-index.js';
import { argmax, argmin } from '../../ops/reduce.js';
import { shapeOf } from '../../ops/shape.js';
import { softmax } from '../../ops/softmax.js';
import {
  axesOf,
  inputsOf,
  isUniform,
  keptReduction,
  ownerIf,
  reapply,
  usedOnce,
} from '../match.js';
import { rule, type Rule } from '../rule.js';
import { isCounting } from './one-hot.js';

/** exp(z) / Σ exp(z): softmax of z, or of x where z is x - max(x). */
const recogniseSoftmax = rule(
  'recognise softmax',
  'true_div',
  ['stabilize', 'nnet'],
  ({ inputs: [a, b] }) => {
    const z = inputsOf(a, 'exp')?.[0];
    const total = keptReduction(b, 'sum');
    if (z === undefined || total === null || total.inputs[0] !== a || axesOf(total).length !== 1)
      return null;
    const axis = axesOf(total)[0];
    const difference = inputsOf(z, 'sub');
    if (difference !== null) {
      const top = keptReduction(difference[1], 'max');
      if (
        top !== null &&
        axesOf(top).length === 1 &&
        axesOf(top)[0] === axis &&
        top.inputs[0] === difference[0]
      )
        return softmax(difference[0], axis);
    }
    return softmax(z, axis);
  },
);

const expOfLogSoftmax = rule(
  'exp(logSoftmax) is softmax',
  'exp',
  ['canonicalize', 'nnet'],
  ({ inputs: [x] }) => {
    const node = ownerIf(x, 'log_softmax');
    return node === null ? null : softmax(node.inputs[0], Number(node.op.props['axis']));
  },
);

/** Σ over one of two scattered axes: the sums are scattered along the other. The dropped index is still checked. */
const sumOfScatter = rule(
  'sum of a scatter is a smaller scatter',
  'sum',
  ['specialize', 'nnet', 'reduce'],
  (node) => {
    const axes = axesOf(node);
    const inputs = inputsOf(node.inputs[0], 'advanced_inc_subtensor');
    if (inputs?.length !== 4 || axes.length !== 1 || axes[0] > 1 || !isUniform(inputs[0], 0))
      return null;
    const [zeros, values, ...indices] = inputs;
    if (
      zeros.type.rank !== 2 ||
      indices.some((index) => index.type.rank !== 1 || index.type.broadcasts(0))
    )
      return null;
    const [dropped, kept] = [indices[axes[0]], indices[1 - axes[0]]];
    const size = shapeOf(zeros, 1 - axes[0]);
    return scatter(
      broadcastTo(scalarConstant(0, zeros.dtype), [size]),
      [guardIndex(kept, dropped, shapeOf(zeros, axes[0]))],
      values,
      'inc',
    );
  },
);

/** zeros with v scattered in, plus or minus t: v scattered into t. */
const scatterIntoSum = rule(
  'scatter into the sum',
  ['add', 'sub'],
  ['specialize', 'nnet', 'subtensor'],
  (node, { graph, shapes }) => {
    const [a, b] = node.inputs;
    const into = (hot: TensorVariable, t: TensorVariable, sign: 1 | -1): TensorVariable | null => {
      const scattered = ownerIf(hot, 'advanced_inc_subtensor');
      if (
        scattered === null ||
        !usedOnce(graph, hot) ||
        !isUniform(scattered.inputs[0], 0) ||
        !shapes.same(hot, t)
      )
        return null;
      const [, values, ...indices] = scattered.inputs;
      return reapply(scattered, [t, sign === 1 ? values : neg(values), ...indices]);
    };
    if (node.op.name === 'add') return into(a, b, 1) ?? into(b, a, 1);
    return into(b, a, -1) ?? into(a, neg(b), 1);
  },
);

/** A scatter over every row in order is the value itself. */
const scatterOfAll = rule(
  'scatter along a counting index',
  'advanced_inc_subtensor',
  ['specialize', 'subtensor'],
  ({ inputs, outputs: [out] }, { shapes }) => {
    const [zeros, values, index] = inputs;
    if (
      inputs.length !== 3 ||
      !isUniform(zeros, 0) ||
      !isCounting(index) ||
      values.type.rank !== out.type.rank
    )
      return null;
    return shapes.same(values, out) ? values : null;
  },
);

/** softmax keeps the order of its elements. */
const argmaxOfSoftmax = rule(
  'argmax of softmax is argmax',
  ['argmax', 'argmin'],
  ['canonicalize', 'nnet'],
  (node) => {
    const inner = ownerIf(node.inputs[0], 'softmax', 'log_softmax');
    const axes = axesOf(node);
    if (inner === null || axes.length !== 1 || axes[0] !== Number(inner.op.props['axis']))
      return null;
    return (node.op.name === 'argmax' ? argmax : argmin).on(inner.inputs[0], axes);
  },
);

export const nnetRules: readonly Rule[] = [
  recogniseSoftmax,
  expOfLogSoftmax,
  sumOfScatter,
  scatterIntoSum,
  scatterOfAll,
  argmaxOfSoftmax,
];
