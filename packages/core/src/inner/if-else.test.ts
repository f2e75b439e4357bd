import { describe, expect, it } from 'vitest';
import { valuesOf, type Values } from '../../test/support/gradient-at.js';
import { TypeInferenceError } from '../errors.js';
import { grad } from '../grad/grad.js';
import { verifyGrad } from '../grad/verify-grad.js';
import { evaluate } from '../graph/evaluate.js';
import { gt } from '../ops/compare.js';
import { exp, log } from '../ops/transcendental.js';
import { mul, sqr } from '../ops/arithmetic.js';
import { sum } from '../ops/reduce.js';
import { bscalar, dscalar, dvector, fvector, tensor } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import { ifElse } from './if-else.js';

const [x, s] = [dvector('x'), dscalar('s')];
const at = (value: number): Values => [
  [x, ndarray([1, 2])],
  [s, ndarray(value)],
];

describe('ifElse', () => {
  it('is one branch or the other', () => {
    const y = ifElse(gt(s, 0), x, mul(x, 10));
    expect(valuesOf([y], at(1))).toEqual([[1, 2]]);
    expect(valuesOf([y], at(-1))).toEqual([[10, 20]]);
    const [p, q] = ifElse(gt(s, 0), [x, s], [sqr(x), mul(s, 2)]);
    expect(valuesOf([p, q], at(-1))).toEqual([[1, 4], -2]);
    expect(valuesOf([ifElse(gt(s, 0), s, 3)], at(-1))).toEqual([3]);
  });

  it('has the derivative of the branch that is taken, to any order', () => {
    const inside = ifElse(gt(s, 0), exp(mul(x, s)), log(mul(x, s)));
    const [gx, gs] = grad(sum(inside), [x, s]);
    expect(valuesOf([gx, gs], at(2))).toEqual([
      [2 * Math.exp(2), 2 * Math.exp(4)],
      Math.exp(2) + 2 * Math.exp(4),
    ]);
    expect(valuesOf([gx, gs], at(-2))).toEqual([[1, 0.5], -1]);
    for (const scale of [0.7, -0.7])
      verifyGrad(
        (v, c) => ifElse(gt(sum(c), 0), mul(exp(v), c), mul(sqr(v), c)),
        [ndarray([0.5, 1.5]), ndarray([scale, scale])],
        { order: 3 },
      );
  });

  it('by an intermediate variable inside a branch', () => {
    const h = sqr(x);
    const y = sum(ifElse(gt(s, 0), exp(h), x));
    expect(valuesOf([grad(y, h)], at(1))).toEqual([[Math.E, Math.exp(4)]]);
    expect(valuesOf([grad(y, h)], at(-1))).toEqual([[0, 0]]);
  });

  it('by the condition is zero', () => {
    const flag = tensor('bool', [], 'flag');
    const g = grad(sum(ifElse(flag, x, sqr(x))), flag, { disconnectedInputs: 'ignore' });
    const values: Values = [[x, ndarray([1, 2])], [flag, ndarray(true)]]; // prettier-ignore
    const [value] = evaluate([g], new Map(values));
    expect(value.item()).toBe(0);
  });

  it('refuses branches of two types, and conditions that are no bool scalars', () => {
    const bool = gt(s, 0);
    expect(() => ifElse(bool, x, fvector())).toThrow(TypeInferenceError);
    expect(() => ifElse(bool, x, s)).toThrow('[if_else] expected values of one dtype and rank');
    expect(() => ifElse(bool, [x, s], [x])).toThrow('got 2 and 1');
    expect(() => ifElse(gt(x, 0), x, x)).toThrow('expected a bool scalar as condition');
    expect(() => ifElse(bscalar(), x, x)).toThrow('got int8()');
  });
});
