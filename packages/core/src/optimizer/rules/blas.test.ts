import { describe, expect, it } from 'vitest';
import {
  anyTarget,
  describeRules,
  formula,
  graphOf,
  leaves,
  optimized,
} from '../../../test/support/rule-cases.js';
import type { Target } from '../../device/target.js';
import { add, mul, neg, sub, trueDiv } from '../../ops/arithmetic.js';
import { cast } from '../../ops/cast.js';
import { dot, dot21, dot22, outer } from '../../ops/dot.js';
import { dimshuffle, transpose } from '../../ops/dimshuffle.js';
import { exp } from '../../ops/transcendental.js';
import { modes } from '../mode.js';
import { optimize } from '../phases.js';

const { x, y, z, m, n, q, r, c, s, u, t } = leaves;
const square = dot22(m, q);
const shared = dot22(m, q);
const four = dot(transpose(m), n);

describeRules({
  'dot by the library': {
    tags: ['library', 'blas'],
    cases: {
      'matrix and matrix': { from: dot(m, q), to: 'dot22(m, q)' },
      'matrix and vector': { from: dot(m, x), to: 'dot21(m, x)' },
      'vector and matrix': { from: dot(x, q), to: 'dot21(dimshuffle[1,0](q), x)' },
      'not two vectors': { from: dot(x, y) },
    },
  },
  'add into a product': {
    tags: ['library', 'blas'],
    cases: {
      'a row on the right': { from: add(dot22(c, r), r), to: 'gemm(c, r, r, 1, 1)' },
      'a matrix on the left': { from: add(n, dot22(c, r)), to: 'gemm(c, r, n, 1, 1)' },
      'a product subtracted': { from: sub(n, dot22(c, r)), to: 'gemm(c, r, n, neg(1), 1)' },
      'subtracted from a product': { from: sub(dot22(c, r), n), to: 'gemm(c, r, n, 1, -1)' },
      'a scaled product': { from: add(mul(dot22(c, r), s), n), to: 'gemm(c, r, n, s, 1)' },
      'a divided and negated product': {
        from: sub(n, neg(trueDiv(dot22(c, r), 4))),
        to: 'gemm(c, r, n, neg(neg(reciprocal(4))), 1)',
      },
      'into a vector': { from: add(u, dot21(m, x)), to: 'gemv(m, x, u, 1, 1)' },
      'not a product that others use': { from: add(shared, s), beside: [shared] },
      'not a product that the sum stretches': { from: add(dot22(transpose(c), c), m) },
      'not into a sum of higher rank': {
        from: add(t, dimshuffle(dot22(transpose(m), square), ['x', 0, 1])),
      },
      'not integers': {
        from: add(cast(square, 'int64'), dot22(cast(m, 'int64'), cast(q, 'int64'))),
      },
    },
  },
  'scale inside a product': {
    tags: ['library', 'blas'],
    cases: {
      'a factor': { from: mul(2, dot22(m, q)), to: 'gemm(m, q, dimshuffle[x,x](0), 2, 0)' },
      'a sign': { from: neg(dot21(m, x)), to: 'gemv(m, x, dimshuffle[x](0), neg(1), 0)' },
      'a divisor': {
        from: trueDiv(dot22(m, q), s),
        to: 'gemm(m, q, dimshuffle[x,x](0), reciprocal(s), 0)',
      },
      'not a matrix': { from: mul(dot22(m, q), square) },
      'not where a sum takes it in': { from: exp(add(mul(2, dot22(m, q)), s)) },
    },
  },
  'rank-one update': {
    tags: ['library', 'blas'],
    cases: {
      added: { from: add(n, outer(u, y)), to: 'ger(n, u, y, 1)' },
      'added on the left': { from: add(mul(outer(u, y), s), n), to: 'ger(n, u, y, s)' },
      subtracted: { from: sub(n, mul(0.5, outer(u, y))), to: 'ger(n, u, y, neg(0.5))' },
      negated: { from: add(n, neg(outer(u, y))), to: 'ger(n, u, y, neg(1))' },
      'not subtracted from': { from: sub(outer(u, y), n) },
      'not into a row': { from: add(r, outer(u, y)) },
      'not of a matrix and a row': { from: add(n, mul(n, r)) },
    },
  },
});

describe('products through all phases', () => {
  it('a scaled sum of a product is one call', () => {
    expect(optimized(sub(n, mul(0.25, dot(c, r))))).toBe('gemm(c, r, n, -0.25, 1)');
    expect(optimized(add(dot(x, q), u))).toBe('gemv(dimshuffle[1,0](q), x, u, 1, 1)');
    expect(optimized(add(mul(four, 3), mul(four, 2)))).toContain('dot22(dimshuffle[1,0](m), n)');
  });

  it('the inner product of two vectors is a sum of products', () => {
    expect(optimized(dot(x, exp(z)))).toBe('sum[0](mul(x, exp(z)))');
  });

  it('what the target has no routine for is spelled out', () => {
    const none: Target = { ...anyTarget, supportsCall: () => false };
    const graph = graphOf([add(dot(m, q), 1), dot(m, x), add(n, outer(u, y))]);
    optimize(graph, none, modes.FAST_RUN, { verify: true });
    expect(graph.outputs.map(formula)).toEqual([
      'add(sum[2](mul(dimshuffle[0,x,1](m), dimshuffle[x,1,0](q))), [[1]])',
      'sum[1](mul(m, dimshuffle[x,0](x)))',
      'add(n, mul(dimshuffle[0,x](u), dimshuffle[x,0](y)))',
    ]);
  });

  it('the library is left out where the mode says so', () => {
    expect(optimized(dot(m, q), 'expand', modes.FAST_COMPILE)).toMatch(/^sum\[2\]/);
  });
});
