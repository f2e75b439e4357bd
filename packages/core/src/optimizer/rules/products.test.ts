import { describe, expect, it } from 'vitest';
import {
  allRules,
  describeRules,
  formula,
  graphOf,
  leaves,
  optimized,
} from '../../../test/support/rule-cases.js';
import type { TensorVariable } from '../../graph/variable.js';
import { full } from '../../ops/alloc.js';
import { add, mul, neg, reciprocal, sub, trueDiv } from '../../ops/arithmetic.js';
import { exp } from '../../ops/transcendental.js';
import { rewrite, type OptimizerProfile } from '../engine.js';

const { x, y, z, m, r, c, j, f, s } = leaves;
const product = mul(x, y);

describeRules({
  'gather constants and signs of products': {
    tags: ['canonicalize', 'arith'],
    cases: {
      'x*2/4*6 is 3x': { from: mul(trueDiv(mul(x, 2), 4), 6), to: 'mul(dimshuffle[x](3), x)' },
      'x/2/3 stays a division': {
        from: trueDiv(trueDiv(x, 2), 3),
        to: 'true_div(x, dimshuffle[x](6))',
      },
      'drops 1': { from: mul(x, 1), to: 'x' },
      'drops division by 1': { from: trueDiv(x, 1), to: 'x' },
      'x * -1 is -x': { from: mul(x, -1), to: 'neg(x)' },
      'x / -1 is -x': { from: trueDiv(x, -1), to: 'neg(x)' },
      '-x * -y is x*y': { from: mul(neg(x), neg(y)), to: 'mul(x, y)' },
      '-x * y is -(x*y)': { from: mul(neg(x), y), to: 'neg(mul(x, y))' },
      'x / -y is -(x/y)': { from: trueDiv(x, neg(y)), to: 'neg(true_div(x, y))' },
      '-(2x) is -2x': { from: neg(mul(2, x)), to: 'mul(dimshuffle[x](-2), x)' },
      '1 / -x is -1/x': { from: trueDiv(1, neg(x)), to: 'true_div(dimshuffle[x](-1), x)' },
      'x * (1/y) is x/y': { from: mul(x, trueDiv(1, y)), to: 'true_div(x, y)' },
      'x * reciprocal(y) is x/y': { from: mul(x, reciprocal(y)), to: 'true_div(x, y)' },
      '(1/x)/2 is 0.5/x': {
        from: trueDiv(reciprocal(x), 2),
        to: 'true_div(dimshuffle[x](0.5), x)',
      },
      'of dividing a quotient': {
        from: trueDiv(2, trueDiv(x, mul(4, y))),
        to: 'mul(dimshuffle[x](8), true_div(y, x))',
      },
      'gathers constants across a stretched factor': {
        from: mul(mul(c, 2), mul(m, 3)),
        to: 'mul(dimshuffle[x,x](6), mul(c, m))',
      },
      'keeps the shape that a stretched constant gives': {
        from: mul(full([2, 3], 3.0, 'float64'), mul(r, 2)),
        to: 'alloc(mul(dimshuffle[x,x](6), r), 2, 3)',
      },
      'wraps integers': {
        from: mul(mul(j, 65536), 65537),
        to: 'mul(dimshuffle[x](65536), j)',
      },
      'of integers, signs': { from: mul(neg(j), j), to: 'neg(mul(j, j))' },
      'rounds once': {
        from: mul(mul(f, 0.1), 3),
        to: 'mul(dimshuffle[x](0.30000001192092896), f)',
      },
      'leaves one constant where it is': { from: mul(mul(x, 2), y) },
      'leaves one sign in front': { from: neg(mul(x, y)) },
      'leaves 1/x': { from: trueDiv(1, x) },
      'leaves what others use alone': { from: neg(product), beside: [product] },
      'leaves a factor that would overflow': { from: mul(mul(x, 1e200), 1e200) },
      'leaves a factor that would vanish': { from: mul(mul(x, 1e-200), 1e-200) },
      'leaves a division by 0': { from: trueDiv(trueDiv(x, 0), 2) },
    },
  },
  'cancel equal factors': {
    tags: ['canonicalize', 'arith', 'unsafe-nan'],
    cases: {
      'x/x is 1': { from: trueDiv(x, x), to: 'alloc(1, shape_i0(x))' },
      '(x*s)/x is s, stretched': {
        from: trueDiv(mul(x, s), x),
        to: 'alloc(s, shape_i0(x))',
      },
      'keeps the demand that sizes agree': {
        from: trueDiv(mul(x, y), x),
        to: 'alloc(y, shape_i0(x))',
      },
      'x/(y*x) is 1/y': {
        from: trueDiv(x, mul(y, x)),
        to: 'alloc(true_div(dimshuffle[x](1), y), shape_i0(x))',
      },
      'across nested products': {
        from: mul(trueDiv(c, m), trueDiv(mul(m, r), c)),
        to: 'alloc(alloc(r, shape_i0(m), shape_i1(m)), shape_i0(c), shape_i1(true_div(c, m)))',
      },
      'with signs': { from: trueDiv(neg(mul(exp(x), x)), x), to: 'neg(exp(x))' },
      'leaves different factors alone': { from: trueDiv(mul(x, y), z) },
      'leaves factors inside a shared product alone': {
        from: trueDiv(product, x),
        beside: [product],
      },
    },
  },
});

describe('products through all phases', () => {
  it('(x*y)/x is y', () => {
    expect(optimized(trueDiv(mul(exp(x), x), x))).toBe('exp(x)');
  });

  it('a quotient of sums keeps its sums', () => {
    expect(optimized(trueDiv(mul(sub(x, 1), 2), mul(add(x, 1), 4)), 'canonicalize')).toBe(
      'mul([0.5], true_div(sub(x, [1]), add(x, [1])))',
    );
  });

  it('a long product is gathered in time that grows with its length', () => {
    const tried = (length: number): number => {
      let chain: TensorVariable = x;
      for (let k = 0; k < length; k++)
        chain = mul(k % 2 === 0 ? mul(chain, 1.5) : chain, exp(add(x, k)));
      const profile: OptimizerProfile = new Map();
      const graph = graphOf([chain]);
      rewrite(
        graph,
        allRules().filter((rule) => rule.tags.includes('canonicalize')),
        { profile },
      );
      expect(formula(graph.outputs[0])).toContain('exp(x)');
      return [...profile.values()].reduce((n, { tried: own }) => n + own, 0);
    };
    expect(tried(200) / tried(100)).toBeLessThan(3);
  });
});
