import { describe, expect, it } from 'vitest';
import { valuesOf } from '../../test/support/gradient-at.js';
import { NullGradientError, TypeInferenceError } from '../errors.js';
import { grad } from '../grad/grad.js';
import { add, mul } from '../ops/arithmetic.js';
import { cast } from '../ops/cast.js';
import { gt } from '../ops/compare.js';
import { dscalar, dvector } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import { whileLoop, type Loop } from './while-loop.js';

const [x, y] = [dscalar('x'), dscalar('y')];
/** x + y, again and again, until it is above 10. */
const sums = (limit: number): Loop =>
  whileLoop([x], limit, ([s]) => ({ state: [add(s, y)], until: gt(add(s, y), 10) }));

describe('a loop with a condition', () => {
  it('gives the last state and the number of iterations', () => {
    const values = [[x, ndarray(1)], [y, ndarray(3)]] as const; // prettier-ignore
    const run = ({ state, taken }: Loop): unknown[] => valuesOf([...state, taken], values);
    expect(run(sums(100))).toEqual([13, 4]);
    expect(run(sums(2))).toEqual([7, 2]);
    expect(run(sums(0))).toEqual([1, 0]);
  });

  it('is one node for equal bodies', () => {
    const [p, q] = [sums(5), sums(5)];
    expect(p.taken.owner?.op.key).toBe(q.taken.owner?.op.key);
  });

  it('refuses gradients and bodies that change a type', () => {
    expect(() => grad(sums(3).state[0], x)).toThrow(NullGradientError);
    const v = dvector('v');
    expect(() => whileLoop([x], 3, ([s]) => ({ state: [mul(s, v)], until: gt(s, 1) }))).toThrow(
      '[while_loop] expected float64() as the next x, got float64(?)',
    );
    expect(() =>
      whileLoop([x], 3, ([s]) => ({ state: [cast(s, 'float32')], until: gt(s, 1) })),
    ).toThrow(TypeInferenceError);
  });
});
