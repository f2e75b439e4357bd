import { describe, expect, it } from 'vitest';
import {
  allRules,
  describeRules,
  graphOf,
  leaves,
  optimized,
} from '../../../test/support/rule-cases.js';
import { at } from '../../ops/advanced-index.js';
import { broadcastTo } from '../../ops/alloc.js';
import { arange } from '../../ops/arange.js';
import {
  abs,
  add,
  maximum,
  mul,
  neg,
  pow,
  reciprocal,
  sqr,
  sqrt,
  sub,
  trueDiv,
} from '../../ops/arithmetic.js';
import { cast } from '../../ops/cast.js';
import { eq, gt, switchOp } from '../../ops/compare.js';
import { dimshuffle, transpose } from '../../ops/dimshuffle.js';
import { erf, erfc, ndtr } from '../../ops/error-functions.js';
import { prod } from '../../ops/prod.js';
import { max, sum } from '../../ops/reduce.js';
import { flatten } from '../../ops/reshape.js';
import { softmax } from '../../ops/softmax.js';
import { slice } from '../../ops/subtensor.js';
import { exp, exp2, expm1, log, log10, log1p, log2, sigmoid } from '../../ops/transcendental.js';
import type { TensorVariable } from '../../graph/variable.js';
import { rewrite } from '../engine.js';
import { isNonNegative } from './logs.js';

const { x, y, z, m, r, i, b, s, u, t, f } = leaves;
const p = softmax(m);
const hot = eq(arange(3), dimshuffle(i, [0, 'x']));
const inRange =
  'dimshuffle[0](and(ge(dimshuffle[0,x](i), dimshuffle[x,x](0)), lt(dimshuffle[0,x](i), dimshuffle[x,x](3))))';
const picked = `switch(${inRange}, sum[1](switch(eq(dimshuffle[x,0](arangeint64(0, 3, 1)), dimshuffle[0,x](i)), log_softmax1(m), dimshuffle[x,x](0))), dimshuffle[x](-Infinity))`;

describeRules({
  'take logs without underflow': {
    tags: ['stabilize', 'nnet'],
    cases: {
      'log(exp(x)) is x': { from: log(exp(x)), to: 'x' },
      'of exp2': { from: log(exp2(x)), to: 'mul(x, dimshuffle[x](0.6931471805599453))' },
      'of softmax': { from: log(p), to: 'log_softmax1(m)' },
      'of sigmoid': { from: log(sigmoid(x)), to: 'neg(softplus(neg(x)))' },
      'of 1 - sigmoid': { from: log(sub(1, sigmoid(x))), to: 'neg(softplus(x))' },
      'of erfc': { from: log(erfc(x)), to: 'log_erfc(x)' },
      'of 1 - erf': { from: log(sub(1, erf(x))), to: 'log_erfc(x)' },
      'of ndtr': { from: log(ndtr(x)), to: 'log_ndtr(x)' },
      'of 1 - ndtr': { from: log(sub(1, ndtr(x))), to: 'log_ndtr(neg(x))' },
      'of 1 - exp(x)': { from: log(sub(1, exp(x))), to: 'log1mexp(x)' },
      'of -expm1(x)': { from: log(neg(expm1(x))), to: 'log1mexp(x)' },
      'of erfc(x) * y': { from: log(mul(erfc(x), z)), to: 'add(log_erfc(x), log(z))' },
      'not of erf': { from: log(erf(x)) },
      'not of -x': { from: log(neg(x)) },
      'of 1 + exp(x)': { from: log(add(1, exp(x))), to: 'softplus(x)' },
      'of exp(x) + 1': { from: log(add(exp(x), 1)), to: 'softplus(x)' },
      'of Σ exp': { from: log(sum(exp(m), 1)), to: 'logsumexp[1](m)' },
      'of Π softmax': { from: log(prod(p, 0)), to: 'sum[0](log_softmax1(m))' },
      'of max softmax': { from: log(max(p, 1)), to: 'max[1](log_softmax1(m))' },
      'of exp(x) * y': { from: log(mul(exp(x), z)), to: 'add(x, log(z))' },
      'of exp(x) / y': { from: log(trueDiv(exp(x), z)), to: 'sub(x, log(z))' },
      'of y / Σ exp': { from: log(trueDiv(s, sum(exp(x)))), to: 'sub(log(s), logsumexp[0](x))' },
      'of 1 / softmax': { from: log(reciprocal(p)), to: 'neg(log_softmax1(m))' },
      'of softmax**3': { from: log(pow(p, 3)), to: 'mul(dimshuffle[x,x](3), log_softmax1(m))' },
      'of a square': { from: log(sqr(p)), to: 'mul(log_softmax1(m), dimshuffle[x,x](2))' },
      'of a root': {
        from: log(sqrt(sigmoid(x))),
        to: 'mul(neg(softplus(neg(x))), dimshuffle[x](0.5))',
      },
      'to base 2': {
        from: log2(p),
        to: 'mul(log_softmax1(m), dimshuffle[x,x](1.4426950408889634))',
      },
      'to base 10': { from: log10(exp(x)), to: 'mul(x, dimshuffle[x](0.4342944819032518))' },
      'through views': {
        from: log(flatten(transpose(p))),
        to: 'reshape(dimshuffle[1,0](log_softmax1(m)), mul(shape_i0(dimshuffle[1,0](softmax1(m))), shape_i1(dimshuffle[1,0](softmax1(m)))))',
      },
      'through slices': {
        from: log(at(p, slice(1), 0)),
        to: 'subtensor[[slice,false,true,1],at](log_softmax1(m), 1, 0)',
      },
      'through integer arrays': {
        from: log(at(p, arange(2), i)),
        to: 'advanced_subtensor(log_softmax1(m), arangeint64(0, 2, 1), i)',
      },
      'through stretching': { from: log(broadcastTo(exp(r), [2, 3])), to: 'alloc(r, 2, 3)' },
      'through a cast': {
        from: log(cast(softmax(f), 'float64')),
        to: 'castfloat64(log_softmax0(f))',
      },
      'through a choice': {
        from: log(switchOp(gt(x, 0), sigmoid(x), 1)),
        to: 'switch(gt(x, dimshuffle[x](0)), neg(softplus(neg(x))), log(dimshuffle[x](1)))',
      },
      'through a choice with anything else': {
        from: log(switchOp(b, exp(x), z)),
        to: 'switch(b, x, log(switch(b, dimshuffle[x](1), z)))',
      },
      'through maximum': { from: log(maximum(exp(x), exp(y))), to: 'maximum(x, y)' },
      'of a masked power': {
        from: log(mul(exp(x), cast(b, 'float64'))),
        to: 'switch(b, x, dimshuffle[x](-Infinity))',
      },
      'of a sum of masked powers': {
        from: log(sum(mul(cast(b, 'float64'), exp(x)))),
        to: 'logsumexp[0](switch(b, x, dimshuffle[x](-Infinity)))',
      },
      'of one element by a one-hot factor': {
        from: log(sum(mul(p, cast(hot, 'float64')), 1)),
        to: picked,
      },
      'of one element by a one-hot choice': { from: log(sum(switchOp(hot, p, 0), 1)), to: picked },
      'of a mean': { from: log(trueDiv(sum(exp(x)), 3)), to: 'sub(logsumexp[0](x), log(3))' },
      'not of an input': { from: log(x) },
      'not of 1 + x': { from: log(add(1, z)) },
      'not of a sum that may be negative': { from: log(abs(sum(mul(exp(x), y)))) },
      'not of other sums that may be negative': { from: log(add(mul(exp(x), y), mul(exp(x), z))) },
      'not of the square of what may be': { from: log(sqr(mul(exp(x), y))) },
      'not of its power': { from: log(pow(mul(exp(x), y), 2)) },
      'not of its maximum': { from: log(max(mul(exp(x), y))) },
      'not of its product': { from: log(prod(mul(exp(x), y))) },
      'of exp(x) * y * z, where both may be': {
        from: log(mul(mul(exp(x), y), z)),
        to: 'add(x, log(mul(y, z)))',
      },
      'of z / (y * exp(x))': {
        from: log(trueDiv(z, mul(y, exp(x)))),
        to: 'sub(log(true_div(z, y)), x)',
      },
      'not of a sum with another weight': {
        from: log(sum(mul(sqr(y), exp(x)))),
        to: 'logsumexp[0](add(log(sqr(y)), x))',
      },
      'not of 1 - x': { from: log(sub(1, sigmoid(add(x, y)))), to: 'neg(softplus(add(x, y)))' },
    },
  },
  'log1p of exp and of -sigmoid': {
    tags: ['stabilize', 'nnet'],
    cases: {
      'log1p(exp(x))': { from: log1p(exp(x)), to: 'softplus(x)' },
      'log1p(-sigmoid(x))': { from: log1p(neg(sigmoid(x))), to: 'neg(softplus(x))' },
      'not log1p(x)': { from: log1p(z) },
      'not log1p(sigmoid(x))': { from: log1p(sigmoid(x)) },
    },
  },
  'log(1+x) is log1p(x)': {
    tags: ['stabilize', 'elemwise'],
    cases: {
      'log(1 + x)': { from: log(add(1, z)), to: 'log1p(z)' },
      'log(x + 1)': { from: log(add(z, 1)), to: 'log1p(z)' },
      'log(1 - x)': { from: log(sub(1, x)), to: 'log1p(neg(x))' },
      'not log(2 + x)': { from: log(add(2, z)) },
      'not log(x - 1)': { from: log(sub(z, 1)) },
    },
  },
});

describe('logs through all phases', () => {
  it('a sum of two powers becomes a stable sum', () => {
    expect(optimized(log(add(exp(x), exp(y))), 'stabilize')).not.toMatch(/log\(|exp\(/);
    expect(optimized(log(add(0.5, exp(x))), 'stabilize')).not.toMatch(/log\(|exp\(/);
    expect(optimized(log(add(add(1, exp(x)), exp(y))), 'stabilize')).not.toMatch(/log\(|exp\(/);
  });

  it('a deep tower of squares is walked once', () => {
    let tower: TensorVariable = exp(x);
    for (let k = 0; k < 35; k++) tower = mul(tower, tower);
    const graph = graphOf([log(tower)]);
    rewrite(
      graph,
      allRules().filter((rule) => rule.tags.includes('stabilize')),
      { verify: true },
    );
    expect(graph.nodes().map((node) => node.op.name)).not.toContain('log');
  });

  it('what cannot be negative is told from what can', () => {
    const never = [
      exp(x),
      p,
      sigmoid(x),
      sqr(x),
      abs(x),
      mul(exp(x), p),
      cast(b, 'float64'),
      sum(p),
      maximum(p, 0),
      flatten(p),
      sub(1, sigmoid(x)),
      pow(exp(x), y),
    ];
    const perhaps = [
      x,
      neg(exp(x)),
      sub(p, 0.5),
      sub(1, exp(x)),
      mul(exp(x), u),
      log(z),
      pow(x, y),
      switchOp(b, x, exp(x)),
      add(exp(x), t),
    ];
    expect(never.map((v) => isNonNegative(v))).toEqual(never.map(() => true));
    expect(perhaps.map((v) => isNonNegative(v))).toEqual(perhaps.map(() => false));
  });
});
