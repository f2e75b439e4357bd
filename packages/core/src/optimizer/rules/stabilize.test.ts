import { describe, expect, it } from 'vitest';
import { describeRules, leaves, optimized } from '../../../test/support/rule-cases.js';
import { full } from '../../ops/alloc.js';
import { add, mul, neg, reciprocal, sub, trueDiv } from '../../ops/arithmetic.js';
import { erf, erfc, ndtr } from '../../ops/error-functions.js';
import { gammainc, gammaincc } from '../../ops/incomplete-gamma.js';
import { exp, sigmoid } from '../../ops/transcendental.js';
import { asWritten, modes } from '../mode.js';

const { x, y, r, s } = leaves;
const power = exp(x);

describeRules({
  'exp(x)-1 is expm1(x)': {
    tags: ['stabilize', 'elemwise'],
    cases: {
      'exp(x) - 1': { from: sub(exp(x), 1), to: 'expm1(x)' },
      'exp(x) + -1': { from: add(exp(x), -1), to: 'expm1(x)' },
      '-1 + exp(x)': { from: add(-1, exp(x)), to: 'expm1(x)' },
      'where 1 is stretched': {
        from: sub(exp(r), full([2, 3], 1, 'float64')),
        to: 'alloc(expm1(r), 2, shape_i1(exp(r)))',
      },
      'not exp(x) + 1': { from: add(exp(x), 1) },
      'not 1 - exp(x)': { from: sub(1, exp(x)) },
    },
  },
  '1-sigmoid(x) is sigmoid(-x)': {
    tags: ['stabilize', 'nnet'],
    cases: {
      '1 - sigmoid(x)': { from: sub(1, sigmoid(x)), to: 'sigmoid(neg(x))' },
      'not 2 - sigmoid(x)': { from: sub(2, sigmoid(x)) },
      'not sigmoid(x) - 1': { from: sub(sigmoid(x), 1) },
    },
  },
  '1-erf(x) is erfc(x), and so on': {
    tags: ['stabilize', 'elemwise'],
    cases: {
      '1 - erf(x)': { from: sub(1, erf(x)), to: 'erfc(x)' },
      '1 - erfc(x)': { from: sub(1, erfc(x)), to: 'erf(x)' },
      '1 + erf(x)': { from: add(1, erf(x)), to: 'erfc(neg(x))' },
      'erf(x) + 1': { from: add(erf(x), 1), to: 'erfc(neg(x))' },
      '1 - ndtr(x)': { from: sub(1, ndtr(x)), to: 'ndtr(neg(x))' },
      '1 - P': { from: sub(1, gammainc(x, y)), to: 'gammaincc(x, y)' },
      '1 - Q': { from: sub(1, gammaincc(x, y)), to: 'gammainc(x, y)' },
      'not 2 - erf(x)': { from: sub(2, erf(x)) },
      'not erf(x) - 1': { from: sub(erf(x), 1) },
      'not 1 + erfc(x)': { from: add(1, erfc(x)) },
    },
  },
  '1/(1+exp(-x)) is sigmoid(x)': {
    tags: ['stabilize', 'nnet'],
    cases: {
      '1 / (1 + exp(-x))': { from: trueDiv(1, add(1, exp(neg(x)))), to: 'sigmoid(neg(neg(x)))' },
      'reciprocal(exp(x) + 1)': { from: reciprocal(add(exp(x), 1)), to: 'sigmoid(neg(x))' },
      'exp(x) / (1 + exp(x))': { from: trueDiv(power, add(1, power)), to: 'sigmoid(x)' },
      'exp(x) / (3 + exp(x))': {
        from: trueDiv(power, add(3, power)),
        to: 'sigmoid(sub(x, log(dimshuffle[x](3))))',
      },
      'not exp(y) / (1 + exp(x))': { from: trueDiv(exp(y), add(1, power)) },
      'not 1 / (2 + exp(x))': { from: trueDiv(1, add(2, power)) },
      'not 1 / (exp(x) - 1)': { from: trueDiv(1, sub(power, 1)) },
    },
  },
  'exp(x)/(exp(x)+exp(y)) is sigmoid(x-y)': {
    tags: ['stabilize', 'nnet'],
    cases: {
      'the first of two': { from: trueDiv(power, add(power, exp(y))), to: 'sigmoid(sub(x, y))' },
      'the second of two': { from: trueDiv(power, add(exp(y), power)), to: 'sigmoid(sub(x, y))' },
      'not of three': { from: trueDiv(power, add(add(power, exp(y)), exp(s))) },
      'not of a difference': { from: trueDiv(power, sub(power, exp(y))) },
    },
  },
  'exp(x)*exp(y) is exp(x+y), exp(-x) for 1/exp(x)': {
    tags: ['stabilize', 'elemwise'],
    cases: {
      'exp(x) * exp(y)': { from: mul(exp(x), exp(y)), to: 'exp(add(x, y))' },
      'exp(x) / exp(y)': { from: trueDiv(exp(x), exp(y)), to: 'exp(sub(x, y))' },
      '1 / exp(x)': { from: trueDiv(1, exp(x)), to: 'exp(neg(x))' },
      'reciprocal(exp(x))': { from: reciprocal(exp(x)), to: 'exp(neg(x))' },
      'not what others use': { from: mul(power, exp(y)), beside: [power] },
      'not 2 / exp(x)': { from: trueDiv(2, exp(x)) },
      'not exp(x) * y': { from: mul(exp(x), y) },
    },
  },
});

describe('exponentials through all phases', () => {
  it.each([modes.FAST_RUN, modes.FAST_COMPILE])('the logistic function in $name', (mode) => {
    expect(optimized(trueDiv(1, add(1, exp(neg(x)))), 'expand', mode)).toBe('sigmoid(x)');
    expect(optimized(sub(1, trueDiv(1, add(1, exp(neg(x))))), 'expand', mode)).toBe(
      'sigmoid(neg(x))',
    );
    expect(optimized(sub(exp(x), 1), 'expand', mode)).toBe('expm1(x)');
  });

  it('are what was written where no rule runs', () => {
    expect(optimized(sub(exp(x), 1), 'expand', asWritten)).toBe('sub(exp(x), dimshuffle[x](1))');
  });
});
