import { describe, expect, it } from 'vitest';
import { describeRules, leaves, optimized } from '../../../test/support/rule-cases.js';
import { full } from '../../ops/alloc.js';
import { add, mul, neg, sub } from '../../ops/arithmetic.js';
import { dot } from '../../ops/dot.js';
import { shapeOf } from '../../ops/shape.js';

const { x, y, z, m, r, c, j, s } = leaves;
const shared = sub(x, y);
const minus = neg(x);

describeRules({
  'gather constants and signs of sums': {
    tags: ['canonicalize', 'arith'],
    cases: {
      'adds constants up': {
        from: add(add(x, 1), add(y, 2)),
        to: 'add(add(x, y), dimshuffle[x](3))',
      },
      'adds constants up through subtraction': {
        from: sub(1, sub(2, x)),
        to: 'sub(x, dimshuffle[x](1))',
      },
      'finds that they cancel': { from: sub(add(x, 3), 3), to: 'x' },
      'drops 0': { from: add(x, 0), to: 'x' },
      '0 - x is -x': { from: sub(0, x), to: 'neg(x)' },
      '-(-x) is x': { from: neg(neg(x)), to: 'x' },
      '-(x - y) is y - x': { from: neg(sub(x, y)), to: 'sub(y, x)' },
      'x + -y is x - y': { from: add(x, neg(y)), to: 'sub(x, y)' },
      '-x + y is y - x': { from: add(neg(x), y), to: 'sub(y, x)' },
      '-x - y is -(x + y)': { from: sub(neg(x), y), to: 'neg(add(x, y))' },
      'x - -y is x + y': { from: sub(x, neg(y)), to: 'add(x, y)' },
      'takes a sign in that others use too': {
        from: add(x, neg(y)),
        to: 'sub(x, y)',
        beside: [neg(y)],
      },
      'wraps integers': {
        from: add(add(j, 2000000000), 2000000000),
        to: 'sub(j, dimshuffle[x](294967296))',
      },
      'keeps the shape that a stretched constant gives': {
        from: add(full([2, 3], 1.0, 'float64'), add(r, 1)),
        to: 'alloc(add(r, dimshuffle[x,x](2)), 2, 3)',
      },
      'leaves a sign that others use where it would come out in front': {
        from: sub(minus, y),
        beside: [minus],
      },
      'leaves one constant where it is': { from: add(add(x, 1), y) },
      'leaves one sign in front': { from: neg(add(x, y)) },
      'leaves what others use alone': { from: neg(shared), beside: [shared] },
      'leaves sums that overflow alone': { from: add(add(x, 1e308), 1e308) },
    },
  },
  'cancel equal terms': {
    tags: ['canonicalize', 'arith', 'unsafe-nan'],
    cases: {
      'x - x is 0': { from: sub(x, x), to: 'alloc(0, shape_i0(x))' },
      'c + r - c is r, stretched': {
        from: sub(add(c, r), c),
        to: 'alloc(r, shape_i0(c), shape_i1(add(c, r)))',
      },
      'keeps the demand that sizes agree': { from: sub(add(x, y), x), to: 'alloc(y, shape_i0(x))' },
      'across nested sums': {
        from: sub(sub(add(m, r), s), sub(m, s)),
        to: 'alloc(r, shape_i0(m), shape_i1(m))',
      },
      'x - (y + x) is -y': { from: sub(mul(s, 2), add(s, mul(s, 2))), to: 'neg(s)' },
      'of integers': { from: sub(j, j), to: 'alloc(0, shape_i0(j))' },
      'leaves different terms alone': { from: sub(add(x, y), z) },
      'leaves terms inside a shared sum alone': { from: sub(shared, x), beside: [shared] },
    },
  },
});

describe('sums through all phases', () => {
  it('x + 1e20 - 1e20 is x', () => {
    expect(optimized(sub(add(x, 1e20), 1e20))).toBe('x');
  });

  it('a shape that is provably the same is not checked again', () => {
    const twice = dot(m, x);
    expect(optimized(sub(add(twice, 1), twice), 'canonicalize')).toBe('alloc(1, shape_i0(m))');
    expect(optimized(add(x, full([shapeOf(x, 0)], 0)), 'canonicalize')).toBe('x');
  });
});
