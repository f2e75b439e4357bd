import { describe, expect, it } from 'vitest';
import {
  describeRules,
  graphOf,
  leaves,
  anyTarget,
  leafValues,
  optimized,
} from '../../../test/support/rule-cases.js';
import { IndexRangeError } from '../../errors.js';
import { evaluate } from '../../graph/evaluate.js';
import { grad } from '../../grad/grad.js';
import { at } from '../../ops/advanced-index.js';
import { scatter } from '../../ops/gather.js';
import { zerosLike } from '../../ops/alloc.js';
import { arange } from '../../ops/arange.js';
import { add, mul, neg, sqr, sub, trueDiv } from '../../ops/arithmetic.js';
import { cast } from '../../ops/cast.js';
import { gt, switchOp } from '../../ops/compare.js';
import { logsumexp } from '../../ops/logsumexp.js';
import { argmax, argmin, max, mean, sum } from '../../ops/reduce.js';
import { shapeOf } from '../../ops/shape.js';
import { logSoftmax, softmax } from '../../ops/softmax.js';
import { exp, log, sigmoid } from '../../ops/transcendental.js';
import { ndarray } from '../../types/ndarray.js';
import { modes } from '../mode.js';
import { optimize } from '../phases.js';

const { x, m, n, r, c, i, s, t } = leaves;
const kept = { keepdims: true };
const power = exp(m);
const masked = switchOp(gt(m, 0), power, 0);
const weighted = mul(cast(gt(m, 0), 'float64'), power);
const hot = scatter(zerosLike(m), [arange(2), i], at(n, null, 0), 'inc');

describeRules({
  'recognise softmax': {
    tags: ['stabilize', 'nnet'],
    cases: {
      'exp over its sum': { from: trueDiv(power, sum(power, 1, kept)), to: 'softmax1(m)' },
      'along axis 0': { from: trueDiv(power, sum(power, 0)), to: 'softmax0(m)' },
      'in three dimensions': { from: trueDiv(exp(t), sum(exp(t), 1, kept)), to: 'softmax1(t)' },
      'of a masked power': {
        from: trueDiv(masked, sum(masked, 1, kept)),
        to: 'softmax1(switch(gt(m, dimshuffle[x,x](0)), m, log(dimshuffle[x,x](0))))',
      },
      'of a power times a mask': {
        from: trueDiv(weighted, sum(weighted, 1, kept)),
        to: 'softmax1(switch(gt(m, dimshuffle[x,x](0)), m, dimshuffle[x,x](-Infinity)))',
      },
      'not over the sum of something else': { from: trueDiv(power, sum(exp(n), 1, kept)) },
      'not over the sum of all': { from: trueDiv(power, sum(power, null, kept)) },
      'not of what is no power': { from: trueDiv(sqr(m), sum(sqr(m), 1, kept)) },
    },
  },
  'recognise logSoftmax': {
    tags: ['stabilize', 'nnet'],
    cases: {
      'x minus its logsumexp': { from: sub(m, logsumexp(m, 1, kept)), to: 'log_softmax1(m)' },
      'along axis 0': { from: sub(m, logsumexp(m, 0)), to: 'log_softmax0(m)' },
      'logsumexp(x) minus x': {
        from: sub(logsumexp(m, 1, kept), m),
        to: 'neg(log_softmax1(m))',
      },
      'not minus that of something else': { from: sub(m, logsumexp(n, 1, kept)) },
      'not minus that over both axes': { from: sub(m, logsumexp(m, null, kept)) },
    },
  },
  'drop what softmax does not see': {
    tags: ['stabilize', 'nnet'],
    cases: {
      'the maximum': { from: softmax(sub(m, max(m, 1, kept))), to: 'softmax1(m)' },
      'a column of its own': { from: logSoftmax(add(sum(n, 1, kept), n)), to: 'log_softmax1(n)' },
      'a scalar': { from: softmax(add(x, s)), to: 'softmax0(x)' },
      'another logSoftmax': { from: softmax(logSoftmax(m)), to: 'softmax1(m)' },
      'not a column whose size has to be checked': { from: softmax(add(m, c)) },
      'not a row': { from: softmax(sub(m, r)) },
      'not what it is subtracted from': { from: softmax(sub(c, m)) },
      'not what stretches the operand': { from: softmax(add(r, c)) },
      'not logSoftmax along another axis': { from: softmax(logSoftmax(m, 0)) },
    },
  },
  'add a shift inside logsumexp': {
    tags: ['stabilize', 'nnet'],
    cases: {
      'the maximum': {
        from: add(logsumexp(sub(m, max(m, 1, kept)), 1), max(m, 1)),
        to: 'logsumexp[1](m)',
      },
      'with the axis kept': {
        from: add(max(m, 1, kept), logsumexp(sub(m, max(m, 1, kept)), 1, kept)),
        to: 'dimshuffle[0,x](logsumexp[1](m))',
      },
      'not another shift': { from: add(logsumexp(sub(m, max(m, 1, kept)), 1), max(n, 1)) },
      'not without one': { from: add(logsumexp(m, 1), max(m, 1)) },
      'not one that stretches': { from: add(logsumexp(sub(r, c), 1, kept), c) },
    },
  },
  'exp(logSoftmax) is softmax': {
    tags: ['canonicalize', 'nnet'],
    cases: {
      'exp(logSoftmax(x))': { from: exp(logSoftmax(m, 0)), to: 'softmax0(m)' },
      'not exp(x)': { from: exp(m) },
    },
  },
  'sum of a scatter is a smaller scatter': {
    tags: ['specialize', 'nnet', 'reduce'],
    cases: {
      'along the second axis': {
        from: sum(hot, 1),
        to: 'advanced_inc_subtensor(alloc(0, shape_i0(alloc(0, shape_i0(m), shape_i1(m)))), subtensor[[slice,false,false,1],at](n, 0), guard_index(arangeint64(0, 2, 1), i, shape_i1(alloc(0, shape_i0(m), shape_i1(m)))))',
      },
      'not of a scatter into something': {
        from: sum(scatter(n, [arange(2), i], 1, 'inc'), 1),
      },
      'not over both axes': { from: sum(hot) },
      'not of what is set': { from: sum(scatter(zerosLike(m), [arange(2), i], 1, 'set'), 1) },
      'not of integers, which widen': {
        from: sum(scatter(zerosLike(m, 'int32'), [arange(2), i], 1, 'inc'), 1),
      },
    },
  },
  'scatter into the sum': {
    tags: ['specialize', 'nnet', 'subtensor'],
    cases: {
      added: {
        from: add(scatter(zerosLike(m), [i], 2, 'inc'), m),
        to: 'advanced_inc_subtensor(m, dimshuffle[x,x](2), i)',
      },
      subtracted: {
        from: sub(m, scatter(zerosLike(m), [i], s, 'inc')),
        to: 'advanced_inc_subtensor(m, neg(dimshuffle[x,x](s)), i)',
      },
      'minus a term': {
        from: sub(scatter(zerosLike(m), [i], s, 'inc'), m),
        to: 'advanced_inc_subtensor(neg(m), dimshuffle[x,x](s), i)',
      },
      'not one that others use': { from: add(hot, m), beside: [hot] },
      'not into a row': { from: add(hot, r) },
      'not a scatter into something': { from: add(scatter(n, [i], 2, 'inc'), m) },
    },
  },
  'scatter along a counting index': {
    tags: ['specialize', 'subtensor'],
    cases: {
      'of all rows': {
        from: scatter(zerosLike(m), [arange(shapeOf(m, 0))], sqr(m), 'inc'),
        to: 'sqr(m)',
      },
      'not of some rows': { from: scatter(zerosLike(m), [arange(2)], at(m, arange(2)), 'inc') },
      'not of rows in another order': { from: scatter(zerosLike(m), [i], at(m, arange(2)), 'inc') },
      'not into something': { from: scatter(n, [arange(shapeOf(n, 0))], sqr(n), 'inc') },
    },
  },
  'softmax along a unit axis is 1': {
    tags: ['canonicalize', 'nnet', 'unsafe-nan'],
    cases: {
      'softmax of a column along its rows': { from: softmax(c), to: 'alloc(1, shape_i0(c), 1)' },
      'its logarithm is 0': { from: logSoftmax(r, 0), to: 'alloc(0, 1, shape_i1(r))' },
      'not along the other axis': { from: softmax(c, 0) },
    },
  },
  'argmax of softmax is argmax': {
    tags: ['canonicalize', 'nnet'],
    cases: {
      argmax: { from: argmax(softmax(m), 1), to: 'argmax[1](m)' },
      'argmin of logSoftmax': { from: argmin(logSoftmax(m, 0), 0), to: 'argmin[0](m)' },
      'not along another axis': { from: argmax(softmax(m), 0) },
      'not over all': { from: argmax(softmax(m)) },
      'not of another function': { from: argmax(sigmoid(m), 1) },
    },
  },
});

describe('classification through all phases', () => {
  it('the gradient by integer targets sets one place a row', () => {
    const cost = neg(mean(at(log(softmax(m)), arange(shapeOf(i, 0)), i)));
    const text = optimized(grad(cost, m), 'specialize');
    expect(text).toMatch(/^advanced_inc_subtensor\(neg\(mul\(softmax1\(m\), /);
    expect(text).not.toMatch(/log|true_div\([^-]/);
  });

  it('a dropped index is still checked', () => {
    const far = ndarray([0n, 9n]);
    const graph = graphOf([sum(hot, 1)]);
    optimize(graph, anyTarget, modes.FAST_RUN, { verify: true });
    expect(() => evaluate(graph.outputs, new Map([...leafValues, [i, far]]))).toThrow(
      IndexRangeError,
    );
  });

  it('the class of the largest probability needs no probabilities', () => {
    expect(optimized(argmax(trueDiv(power, sum(power, 1, kept)), 1))).toBe('argmax[1](m)');
  });
});
