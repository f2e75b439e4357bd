/** Softmax however it is spelled, and what its gradient by integer targets comes to. */
import type { TensorVariable } from '../../graph/variable.js';
import { arange } from '../../ops/arange.js';
import { checkedIndex } from '../../ops/checked-index.js';
import { eq, switchOp } from '../../ops/compare.js';
import { dimshuffle } from '../../ops/dimshuffle.js';
import { padLeft } from '../../ops/elementwise.js';
import { argmax, argmin } from '../../ops/reduce.js';
import { shapeOf } from '../../ops/shape.js';
import { softmax } from '../../ops/softmax.js';
import { axesOf, inputsOf, isUniform, keptReduction, ownerIf } from '../match.js';
import { rule, type Rule } from '../rule.js';
import { isCounting, oneHotOf } from './one-hot.js';

/** exp(z) / Σ exp(z): softmax of z, or of x where z is x - max(x). */
const recogniseSoftmax = rule('recognise softmax', 'true_div', ['stabilize', 'nnet'], ({ inputs: [a, b] }) => {
  const z = inputsOf(a, 'exp')?.[0];
  const total = keptReduction(b, 'sum');
  if (z === undefined || total === null || total.inputs[0] !== a || axesOf(total).length !== 1) return null;
  const axis = axesOf(total)[0];
  const difference = inputsOf(z, 'sub');
  if (difference !== null) {
    const top = keptReduction(difference[1], 'max');
    if (top !== null && axesOf(top).length === 1 && axesOf(top)[0] === axis && top.inputs[0] === difference[0]) return softmax(difference[0], axis);
  }
  return softmax(z, axis);
});

const expOfLogSoftmax = rule('exp(logSoftmax) is softmax', 'exp', ['canonicalize', 'nnet'], ({ inputs: [x] }) => {
  const node = ownerIf(x, 'log_softmax');
  return node === null ? null : softmax(node.inputs[0], Number(node.op.props['axis']));
});

/** A scatter of one value a row into zeros is a choice by comparison: it fuses, and runs in any order. */
const scatterAsOneHot = rule('scatter of one element a row as a choice', 'advanced_inc_subtensor', ['specialize', 'nnet', 'subtensor'], ({ inputs, outputs: [out] }, { shapes }) => {
  const [zeros, values, rows, columns] = inputs;
  if (inputs.length !== 4 || out.type.rank !== 2 || !isUniform(zeros, 0)) return null;
  if (rows.type.rank !== 1 || columns.type.rank !== 1 || !isCounting(rows) || columns.type.broadcasts(0)) return null;
  if (shapes.of(rows)[0] !== shapes.of(columns)[0] && shapes.of(rows)[0] !== shapes.of(zeros)[0]) return null;
  if (shapes.of(zeros)[0] !== shapes.of(rows)[0] && shapes.of(zeros)[0] !== shapes.of(columns)[0]) return null;
  const width = shapeOf(zeros, 1);
  const hot = eq(dimshuffle(arange(width), ['x', 0]), dimshuffle(checkedIndex(columns, width), [0, 'x']));
  return switchOp(hot, dimshuffle(padLeft(values, 1), [0, 'x']), 0);
});

/** Σ over the axis of a one-hot choice is the value chosen. */
const sumOfOneHot = rule('sum of a one-hot choice', 'sum', ['specialize', 'nnet', 'reduce'], (node) => {
  const axes = axesOf(node);
  const choice = inputsOf(node.inputs[0], 'switch');
  if (choice === null || axes.length !== 1 || !isUniform(choice[2], 0)) return null;
  const hot = oneHotOf(choice[0]);
  const [axis] = axes;
  const checked = hot === null ? null : inputsOf(unshuffled(hot.index), 'checked_index');
  if (hot === null || checked === null || hot.axis !== axis || !choice[1].type.broadcasts(axis)) return null;
  return dimshuffle(choice[1], Array.from({ length: node.inputs[0].type.rank }, (_, k) => k).filter((k) => k !== axis));
});

function unshuffled(v: TensorVariable): TensorVariable {
  return ownerIf(v, 'dimshuffle')?.inputs[0] ?? v;
}

/** softmax keeps the order of its elements. */
const argmaxOfSoftmax = rule('argmax of softmax is argmax', ['argmax', 'argmin'], ['canonicalize', 'nnet'], (node) => {
  const inner = ownerIf(node.inputs[0], 'softmax', 'log_softmax');
  const axes = axesOf(node);
  if (inner === null || axes.length !== 1 || axes[0] !== Number(inner.op.props['axis'])) return null;
  return (node.op.name === 'argmax' ? argmax : argmin).on(inner.inputs[0], axes);
});

export const nnetRules: readonly Rule[] = [recogniseSoftmax, expOfLogSoftmax, scatterAsOneHot, sumOfOneHot, argmaxOfSoftmax];
