import { describe, expect, it } from 'vitest';
import { describeRules, leaves, optimized } from '../../../test/support/rule-cases.js';
import { full } from '../../ops/alloc.js';
import { abs, mul, pow, sqr, sqrt, trueDiv } from '../../ops/arithmetic.js';
import { cast } from '../../ops/cast.js';
import { dimshuffle } from '../../ops/dimshuffle.js';
import { shapeOf } from '../../ops/shape.js';
import { sum } from '../../ops/reduce.js';
import { exp } from '../../ops/transcendental.js';

const { x, y, m, r, j, f, b, s, i } = leaves;
const unit = (v: typeof s): typeof s => dimshuffle(v, ['x', 'x']);

describeRules({
  'merge casts': {
    tags: ['canonicalize', 'cast'],
    cases: {
      'through a wider integer': { from: cast(cast(j, 'int64'), 'int8'), to: 'castint8(j)' },
      'back to what it was': { from: cast(cast(f, 'float64'), 'float32'), to: 'f' },
      'of a bool': { from: cast(cast(b, 'int8'), 'float64'), to: 'castfloat64(b)' },
      'not through a narrower float': { from: cast(cast(x, 'float32'), 'float64') },
      'not through a narrower integer': { from: cast(cast(j, 'int8'), 'int32') },
      'not through bool': { from: cast(cast(j, 'bool'), 'int32') },
    },
  },
  'x*0 and 0/x are 0': {
    tags: ['canonicalize', 'arith', 'unsafe-nan'],
    cases: {
      'x*0': { from: mul(x, 0), to: 'alloc(0, shape_i0(x))' },
      '0*x': { from: mul(0, x), to: 'alloc(0, shape_i0(x))' },
      '0/x': { from: trueDiv(0, x), to: 'alloc(0, shape_i0(x))' },
      'of integers': { from: mul(j, 0), to: 'alloc(0, shape_i0(j))' },
      'a stretched 0 keeps its demand on sizes': {
        from: mul(x, full([shapeOf(y, 0)], 0, 'float64')),
        to: 'alloc(alloc(0, shape_i0(y)), shape_i0(x))',
      },
      'not x/0': { from: trueDiv(x, 0) },
      'not x*1': { from: mul(x, 1) },
    },
  },
  'x**0 is 1': {
    tags: ['canonicalize', 'arith', 'unsafe-nan'],
    cases: {
      'x**0': { from: pow(x, 0), to: 'alloc(1, shape_i0(x))' },
      'not x**1': { from: pow(x, 1) },
    },
  },
  'x**0.5 is sqrt(x)': {
    tags: ['canonicalize', 'arith', 'unsafe-nan'],
    cases: {
      'x**0.5': { from: pow(x, 0.5), to: 'sqrt(x)' },
      'not x**0.25': { from: pow(x, 0.25) },
    },
  },
  'x**-n is 1/x**n': {
    tags: ['canonicalize', 'arith'],
    cases: {
      'x**-1': { from: pow(x, -1), to: 'true_div(dimshuffle[x](1), x)' },
      'x**-2.5': {
        from: pow(x, -2.5),
        to: 'true_div(dimshuffle[x](1), pow(x, dimshuffle[x](2.5)))',
      },
      'not of integers': { from: pow(j, -1) },
      'not x**2': { from: pow(x, 2) },
    },
  },
  'powers by multiplication': {
    tags: ['specialize', 'arith'],
    cases: {
      'x**1': { from: pow(x, 1), to: 'x' },
      'x**2': { from: pow(x, 2), to: 'sqr(x)' },
      'x**3': { from: pow(x, 3), to: 'mul(x, sqr(x))' },
      'x**10': { from: pow(x, 10), to: 'mul(sqr(x), sqr(sqr(sqr(x))))' },
      'of integers': { from: pow(j, 2), to: 'sqr(j)' },
      'not where the exponent stretches': { from: pow(r, full([2, 3], 2, 'float64')) },
      'not x**17': { from: pow(x, 17) },
      'not x**2.5': { from: pow(x, 2.5) },
      'not x**y': { from: pow(x, y) },
    },
  },
  'x*x is sqr(x)': {
    tags: ['specialize', 'arith'],
    cases: {
      'x*x': { from: mul(x, x), to: 'sqr(x)' },
      'not x*y': { from: mul(x, y) },
    },
  },
  'sqrt(x*x) is abs(x)': {
    tags: ['stabilize', 'arith'],
    cases: {
      'of a square': { from: sqrt(sqr(x)), to: 'abs(x)' },
      'of a product': { from: sqrt(mul(x, x)), to: 'abs(x)' },
      'of a power': { from: sqrt(pow(x, 2)), to: 'abs(x)' },
      'not of another product': { from: sqrt(mul(x, y)) },
      'not of a cube': { from: sqrt(pow(x, 3)) },
    },
  },
  '1/x is reciprocal(x)': {
    tags: ['specialize', 'arith'],
    cases: {
      '1/x': { from: trueDiv(1, x), to: 'reciprocal(x)' },
      'not 2/x': { from: trueDiv(2, x) },
      'not where 1 is stretched': { from: trueDiv(full([2, 3], 1, 'float64'), r) },
    },
  },
  'keep scalars scalar': {
    tags: ['canonicalize', 'arith'],
    cases: {
      'two scalars placed in a matrix': {
        from: mul(unit(s), unit(exp(s))),
        to: 'dimshuffle[x,x](mul(s, exp(s)))',
      },
      'not a matrix': { from: mul(unit(s), m) },
      'not scalars themselves': { from: mul(s, exp(s)) },
    },
  },
});

describe('arithmetic through all phases', () => {
  it('a power of a power of two is a chain of squares', () => {
    expect(optimized(pow(x, 8))).toBe('sqr(sqr(sqr(x)))');
  });

  it('a negative power is the reciprocal of a product', () => {
    expect(optimized(pow(x, -2))).toBe('reciprocal(sqr(x))');
    expect(optimized(mul(y, pow(x, -0.5)))).toBe('true_div(y, sqrt(x))');
  });

  it('the root of a sum of squares is left alone', () => {
    expect(optimized(sqrt(sum(mul(x, x))))).toBe('sqrt(sum[0](sqr(x)))');
    expect(optimized(abs(sqrt(x)))).toBe('abs(sqrt(x))');
    expect(optimized(mul(cast(i, 'float64'), 1))).toBe('castfloat64(i)');
  });
});
