import { describe, expect, it } from 'vitest';
import { describeRules, leaves, optimized } from '../../../test/support/rule-cases.js';
import { broadcastTo } from '../../ops/alloc.js';
import { mul, neg, trueDiv } from '../../ops/arithmetic.js';
import { dimshuffle } from '../../ops/dimshuffle.js';
import { dot } from '../../ops/dot.js';
import { prod } from '../../ops/prod.js';
import { all, max, mean, min, sum } from '../../ops/reduce.js';
import { shapeOf } from '../../ops/shape.js';
import { exp } from '../../ops/transcendental.js';

const { x, m, r, c, t, s, j, b } = leaves;
const sizes = [shapeOf(m, 0), shapeOf(m, 1)];
const negated = neg(m);
const scaled = mul(m, s);

describeRules({
  'drop reductions of unit axes': {
    tags: ['canonicalize', 'reduce'],
    cases: {
      'a sum over one row': { from: sum(r, 0), to: 'dimshuffle[1](r)' },
      'a maximum over one column': { from: max(c, 1), to: 'dimshuffle[0](c)' },
      'a sum over no axis': { from: sum.on(x, []), to: 'x' },
      'not where integers widen': { from: sum.on(j, []) },
      'not where another axis is reduced too': { from: sum(r, [0, 1]) },
      'not over an open axis': { from: prod(m, 0) },
      'of bools': {
        from: all(dimshuffle(b, ['x', 0]), 0),
        to: 'dimshuffle[1](dimshuffle[x,0](b))',
      },
    },
  },
  'move signs out of sums': {
    tags: ['canonicalize', 'reduce'],
    cases: {
      'a sign': { from: sum(neg(x)), to: 'neg(sum[0](x))' },
      'not of what others use': { from: sum(negated), beside: [negated] },
      'not of integers, which widen': { from: sum(neg(j)) },
    },
  },
  'move scalars out of sums': {
    tags: ['canonicalize', 'reduce', 'unsafe-nan'],
    cases: {
      'a factor': { from: sum(mul(m, 2), 0), to: 'mul(sum[0](m), dimshuffle[x](2))' },
      'a factor in front': { from: sum(mul(s, m)), to: 'mul(sum[0,1](m), s)' },
      'a divisor': { from: sum(trueDiv(m, s), 1), to: 'true_div(sum[1](m), dimshuffle[x](s))' },
      'not a row': { from: sum(mul(m, r), 0) },
      'not a sum that divides': { from: sum(trueDiv(m, sum(m))) },
      'not a dividend': { from: sum(trueDiv(2, m)) },
      'not a factor that others use': { from: sum(scaled), beside: [scaled] },
      'not of integers, which widen': { from: sum(mul(j, 2)) },
      'not where the factor stretches': { from: sum(mul(r, broadcastTo(s, sizes))) },
    },
  },
  'count instead of summing what is stretched': {
    tags: ['canonicalize', 'reduce'],
    cases: {
      'a scalar': {
        from: sum(broadcastTo(s, sizes)),
        to: 'mul(dimshuffle[](dimshuffle[x,x](s)), castfloat64(mul(shape_i0(alloc(s, shape_i0(m), shape_i1(m))), shape_i1(alloc(s, shape_i0(m), shape_i1(m))))))',
      },
      'a row along its columns': {
        from: sum(broadcastTo(r, [2, 3]), 0),
        to: 'mul(dimshuffle[1](r), dimshuffle[x](2))',
      },
      'not along an axis with values of its own': { from: sum(broadcastTo(r, [2, 3]), 1) },
      'not a row that is stretched on': { from: sum(broadcastTo(s, sizes), 0) },
    },
  },
  'merge sums of sums': {
    tags: ['canonicalize', 'reduce'],
    cases: {
      sums: { from: sum(sum(t, 1)), to: 'sum[0,1,2](t)' },
      products: { from: prod(prod(t, [0, 2])), to: 'prod[0,1,2](t)' },
      'sums of integers': { from: sum(sum(exp(m), 0)), to: 'sum[0,1](exp(m))' },
      'not a sum of products': { from: sum(prod(t, 0)) },
      'not a sum that others use': { from: sum(sum(m, 0)), beside: [sum(m, 0)] },
    },
  },
  'inner products are sums of products': {
    tags: ['canonicalize', 'reduce'],
    cases: {
      'of floats': { from: dot(x, exp(x)), to: 'sum[0](mul(x, exp(x)))' },
      'of integers, in their dtype': { from: dot(j, j), to: 'castint32(sum[0](mul(j, j)))' },
      'not with a matrix': { from: dot(m, x) },
    },
  },
  'extreme of a negation': {
    tags: ['specialize', 'reduce'],
    cases: {
      '-max(-x) is min(x)': { from: neg(max(neg(m), 1)), to: 'min[1](m)' },
      '-min(-x) is max(x)': { from: neg(min(neg(x))), to: 'max[0](x)' },
      'not max(-x)': { from: max(neg(x)) },
      'not -max(x)': { from: neg(max(x)) },
    },
  },
});

describe('reductions through all phases', () => {
  it('a mean of means is one sum', () => {
    expect(optimized(mean(mean(t, 1)), 'canonicalize')).toBe(
      'true_div(true_div(sum[0,1,2](t), castfloat64(shape_i1(t))), castfloat64(mul(shape_i0(t), shape_i2(t))))',
    );
  });

  it('a mean of a filling is its value', () => {
    expect(optimized(mean(broadcastTo(s, sizes)))).toBe('s');
  });
});
