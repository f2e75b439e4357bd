/** Softmax however it is spelled, and what its gradient by integer targets comes to. */
import { scalarConstant } from '../../graph/constant.js';
import { apply1, type TensorVariable } from '../../graph/variable.js';
import { scatter } from '../../ops/gather.js';
import { broadcastTo } from '../../ops/alloc.js';
import { neg } from '../../ops/arithmetic.js';
import { guardIndex } from '../../ops/guard-index.js';
import { argmax, argmin, keepAxes } from '../../ops/reduce.js';
import { shapeOf } from '../../ops/shape.js';
import { logsumexp } from '../../ops/logsumexp.js';
import { logSoftmax, softmax } from '../../ops/softmax.js';
import { isFloat } from '../../types/dtype.js';
import {
  axesOf,
  filled,
  inputsOf,
  isUniform,
  keptReduction,
  ownerIf,
  reapply,
  usedOnce,
} from '../match.js';
import { rule, type Rule } from '../rule.js';
import { isNonNegative, logOf } from './logs.js';
import { isCounting } from './one-hot.js';

/** t / Σ t along one axis, t made of exponentials: softmax of log t. */
const recogniseSoftmax = rule(
  'recognise softmax',
  'true_div',
  ['stabilize', 'nnet'],
  ({ inputs: [a, b] }) => {
    const total = keptReduction(b, 'sum');
    if (total === null || total.inputs[0] !== a || axesOf(total).length !== 1) return null;
    const power = isPower(a) ? logOf(a) : null;
    return power === null ? null : softmax(power, axesOf(total)[0]);
  },
);

/** Whether `v` is e^x, or that where a condition holds and 0 elsewhere. */
function isPower(v: TensorVariable): boolean {
  const node = ownerIf(v, 'exp', 'mul', 'switch');
  if (node === null || node.op.name === 'exp') return node !== null;
  if (node.op.name === 'mul') return isNonNegative(v) && node.inputs.some(isPower);
  return isPower(node.inputs[1]) && isUniform(node.inputs[2], 0);
}

/** x - logsumexp(x) is logSoftmax(x). */
const recogniseLogSoftmax = rule(
  'recognise logSoftmax',
  'sub',
  ['stabilize', 'nnet'],
  ({ inputs: [a, b] }) => {
    const axis = (x: TensorVariable, rest: TensorVariable): number | null => {
      const total = keptReduction(rest, 'logsumexp');
      if (total === null || total.inputs[0] !== x || axesOf(total).length !== 1) return null;
      return axesOf(total)[0];
    };
    const [forward, backward] = [axis(a, b), axis(b, a)];
    if (forward !== null) return logSoftmax(a, forward);
    return backward === null ? null : neg(logSoftmax(b, backward));
  },
);

/** What is the same along the axis changes neither softmax nor its logarithm. */
const dropShift = rule(
  'drop what softmax does not see',
  ['softmax', 'log_softmax'],
  ['stabilize', 'nnet'],
  ({ op, inputs: [x] }, { shapes }) => {
    const axis = Number(op.props['axis']);
    const again = (inner: TensorVariable): TensorVariable => apply1(op, [inner]);
    const logarithm = ownerIf(x, 'log_softmax');
    if (logarithm !== null && Number(logarithm.op.props['axis']) === axis) {
      return again(logarithm.inputs[0]);
    }
    const node = ownerIf(x, 'add', 'sub');
    if (node === null) return null;
    const [a, b] = node.inputs;
    const isShift = (shift: TensorVariable, v: TensorVariable): boolean =>
      shift.type.broadcasts(axis) &&
      v.type.shape.every((_, k) => {
        const size = shapes.of(v)[k];
        return (
          shapes.of(x)[k] === size && (shift.type.broadcasts(k) || shapes.of(shift)[k] === size)
        );
      });
    if (isShift(b, a)) return again(a);
    return node.op.name === 'add' && isShift(a, b) ? again(b) : null;
  },
);

/** logsumexp(x - m) + m is logsumexp(x), m being the same along the axes and stretching nothing. */
const mergeShift = rule(
  'add a shift inside logsumexp',
  'add',
  ['stabilize', 'nnet'],
  ({ inputs }, { shapes }) => {
    for (const [total, shift] of [inputs, [...inputs].reverse()]) {
      const kept = keptReduction(total, 'logsumexp');
      const node = kept ?? ownerIf(total, 'logsumexp');
      const difference = node === null ? null : inputsOf(node.inputs[0], 'sub');
      if (node === null || difference === null) continue;
      const [x, m] = difference;
      if (!shapes.same(x, node.inputs[0])) continue;
      const axes = axesOf(node);
      const wanted = kept === null ? keepAxes(shift, axes, x.type.rank) : shift;
      if (m !== wanted && !isSameView(m, wanted)) continue;
      return logsumexp(x, axes, { keepdims: kept !== null });
    }
    return null;
  },
);

function isSameView(a: TensorVariable, b: TensorVariable): boolean {
  return (
    a.owner !== null &&
    b.owner !== null &&
    a.owner.op.key === b.owner.op.key &&
    a.owner.inputs.every((input, k) => input === b.owner?.inputs[k])
  );
}

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
    if (inputs?.length !== 4 || axes.length !== 1 || !isUniform(inputs[0], 0)) return null;
    const [zeros, values, ...indices] = inputs;
    const plain = indices.every((index) => index.type.rank === 1 && !index.type.broadcasts(0));
    if (!plain || zeros.type.rank !== 2 || !isFloat(zeros.dtype)) return null;
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
      const scattered = ownerIf(hot, 'advanced_inc_subtensor', 'inc_subtensor', 'inc_diag');
      if (scattered === null || !usedOnce(graph, hot) || !shapes.same(hot, t)) return null;
      const [zeros, values, ...indices] = scattered.inputs;
      if (!isUniform(zeros, 0)) return null;
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
    const isAll = inputs.length === 3 && isCounting(index) && shapes.same(values, out);
    return isAll && isUniform(zeros, 0) ? values : null;
  },
);

/** One alternative is certain. */
const softmaxOfOne = rule(
  'softmax along a unit axis is 1',
  ['softmax', 'log_softmax'],
  ['canonicalize', 'nnet', 'unsafe-nan'],
  (node) => {
    const axis = Number(node.op.props['axis']);
    const value = node.op.name === 'softmax' ? 1 : 0;
    return node.outputs[0].type.broadcasts(axis) ? filled(node, value) : null;
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
  recogniseLogSoftmax,
  dropShift,
  mergeShift,
  expOfLogSoftmax,
  sumOfScatter,
  scatterIntoSum,
  scatterOfAll,
  argmaxOfSoftmax,
  softmaxOfOne,
];
