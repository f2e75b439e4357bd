/** Gradients at ties, kinks and branches, of what does not depend, and of what is held; the same in every mode. */
import * as tno from '@tno/core';
import type { TensorVariable } from '@tno/core';
import { describe, expect, it } from 'vitest';
import { f64, gives, givesTheSameCompiled, of } from './every-way.js';

type Unary = (x: TensorVariable) => TensorVariable;
const slope =
  (f: Unary): Unary =>
  (x) =>
    tno.grad(f(x).sum(), x);

describe('switch masks the branch that is not taken', () => {
  const x = [f64([-1, 0, 2])];
  gives(
    'log',
    x,
    slope((v) => tno.switch(v.gt(0), v.log(), 0)),
    [0, 0, 0.5],
  );
  gives(
    'sqrt',
    x,
    slope((v) => tno.switch(v.gt(0), v.sqrt(), 0)),
    [0, 0, Math.SQRT1_2 / 2],
  );
  gives('the norm at 0, asked for safely', [f64([0, 0])], (v) => {
    const square = v.sqr().sum();
    return tno.grad(tno.switch(square.gt(0), square.sqrt(), 0), v);
  }, [0, 0]); // prettier-ignore
});

gives('the plain norm at 0 has no gradient: NaN', [f64([0, 0])], slope((v) => v.sqr().sum().sqrt()), [NaN, NaN]); // prettier-ignore

describe('ties and corners', () => {
  const at = (about: string, x: number | number[], f: Unary, expected: number | number[]): void =>
    gives(about, [f64(x)], slope(f), expected, { tolerance: 1e-12 });
  at('max([1, 2, 2]) shares its gradient: [0, 0.5, 0.5]', [1, 2, 2], (x) => x.max(), [0, 0.5, 0.5]);
  at('maximum(x, 0) at 0 is half', 0, (x) => tno.maximum(x, 0), 0.5);
  gives('maximum(x, y) at a tie halves it', [f64(2), f64(2)], (x, y) => tno.grad(tno.maximum(x, y), [x, y]), [0.5, 0.5]); // prettier-ignore
  at('relu at 0 is 0', 0, (x) => tno.relu(x), 0);
  at('leakyRelu with slope 0.1 at 0 is 0.1', 0, (x) => tno.leakyRelu(x, 0.1), 0.1);
  at('abs at 0 is 0', 0, (x) => x.abs(), 0);
  at('clip at both bounds is 1', [0, 1], (x) => tno.clip(x, 0, 1), [1, 1]);
  at('sqrt at 0 is inf', 0, (x) => x.sqrt(), Infinity);
  at('elu at 0 is 1', 0, (x) => tno.elu(x), 1);
  at('prod([0, 2, 3]) is [6, 0, 0]', [0, 2, 3], (x) => x.prod(), [6, 0, 0]);
  at('prod with two zeros is zeros', [0, 2, 0], (x) => x.prod(), [0, 0, 0]);
  for (const op of ['round', 'floor', 'ceil', 'trunc', 'sgn'] as const)
    at(`${op} is 0`, [1.5, -0.25], (x) => tno[op](x), [0, 0]);
  gives('x^y by y at x = 0 is 0', [f64([0, 2]), f64([2, 0])], (x, y) => tno.grad(x.pow(y).sum(), y), [0, Math.LN2]); // prettier-ignore
  const ones = tno.NDArray.ones([1, 1, 2, 2], 'float64');
  gives('a pooled maximum of all ones goes to the first', [ones], slope((x) => tno.pool2d(x, 2)), [[[[1, 0], [0, 0]]]]); // prettier-ignore
});

describe('integers', () => {
  gives(
    'as inputs have float gradients, which need not be zero',
    [of('int64', [1n, 2n])],
    (i) => tno.grad(i.cast('float64').sqr().sum(), i),
    [2, 4],
    { dtype: 'float32' },
  );
  gives('as a cost give zeros', [f64([1.5, 2.5])], (x) => tno.grad(x.cast('int64').sum(), x), [0, 0]); // prettier-ignore
  gives('cast from floats truncate, to bool ask for 0', [f64([1.9, -1.9, 0])], (x) => [x.cast('int32'), x.cast('bool')], [[1, -1, 0], [true, true, false]]); // prettier-ignore
  gives('cast from floats are connected, with a zero gradient', [f64([1.5])], slope((x) => x.cast('int64').cast('float64')), [0]); // prettier-ignore
  gives('argmax is connected, with a zero gradient', [f64([1, 3])], slope((x) => x.argmax().cast('float64')), [0, 0]); // prettier-ignore

  it('a cost of rank 1 is refused', () => {
    const x = tno.dvector('x');
    expect(() => tno.grad(x.mul(2), x)).toThrow(/^\[grad\] expected a scalar/);
  });
});

describe('what the cost does not depend on', () => {
  const [x, y] = [tno.dvector('x'), tno.dvector('y')];
  it.each([
    ['nothing', x.sum()],
    ['a shape', x.sum().mul(y.shape.at(0))],
    ['zerosLike', x.sum().add(tno.zerosLike(y).sum())],
  ])('is an error, also through %s', (_, cost) => {
    expect(() => tno.grad(cost, y)).toThrow(tno.DisconnectedInputError);
  });
  gives('has zeros of its shape where that is ignored', [f64([1]), f64([1, 2, 3])], (a, b) => tno.grad(a.sum(), b, { disconnectedInputs: 'ignore' }), [0, 0, 0]); // prettier-ignore

  it('is not what has no derivative', () => {
    expect(() => tno.grad(tno.undefinedGrad(x).sum(), x)).toThrow(tno.NullGradientError);
  });
});

describe('gradients that are held, clipped, scaled', () => {
  const three = [f64(3)];
  gives(
    'x·considerConstant(x) at 3 is 3',
    three,
    slope((x) => x.mul(tno.considerConstant(x))),
    3,
  );
  gives(
    'gradClip(x, -1, 1)·10 at 3 is 1',
    three,
    slope((x) => tno.gradClip(x, -1, 1).mul(10)),
    1,
  );
  gives(
    'gradScale(x, -1)·10 at 3 is -10',
    three,
    slope((x) => tno.gradScale(x, -1).mul(10)),
    -10,
  );
});

it('gradients are named (dC/dx) where both have names', () => {
  const x = tno.dscalar('x');
  expect(tno.grad(x.sqr().named('C'), x).name).toBe('(dC/dx)');
  expect(tno.grad(x.sqr(), x).name).toBeNull();
  const nameless = tno.dscalar();
  expect(tno.grad(nameless.sqr().named('C'), nameless).name).toBeNull();
});

describe('repeated indices', () => {
  const picks = [0n, 0n, 1n];
  const args = [f64([0, 0, 0]), of('int64', picks)];
  gives('add up in the gradient of x[[0, 0, 1]]', args, (x, i) => tno.grad(x.at(i).sum(), x), [2, 1, 0]); // prettier-ignore
  gives('add up in an increment', args, (x, i) => x.incSubtensor([i], 1), [2, 1, 0]);
  gives(
    'keep the last value that is set',
    args,
    (x, i) => x.setSubtensor([i], [1, 2, 3]),
    [2, 3, 0],
  );
});

describe('derivatives of other kinds', () => {
  const x = [f64([1, 2])];
  gives('knownGrads alone start from the gradients given', [f64([1, 2])], (v) => tno.grad(null, v, { knownGrads: [[v.sqr(), [5, 5]]] }), [10, 20]); // prettier-ignore
  gives('the Jacobian of x² is diag(2, 4)', x, (v) => tno.jacobian(v.sqr(), v), [[2, 0], [0, 4]]); // prettier-ignore
  gives('the Hessian of Σx³ is diag(6, 12)', x, (v) => tno.hessian(v.pow(3).sum(), v), [[6, 0], [0, 12]]); // prettier-ignore
  gives('Rop and Lop of x² along ones are [2, 4]', x, (v) => [tno.Rop(v.sqr(), v, [1, 1]), tno.Lop(v.sqr(), v, [1, 1])], [[2, 4], [2, 4]]); // prettier-ignore
});

describe('verifyGrad', () => {
  it('works in the operand’s dtype, holds integers and bool fixed, and says the same every time', () => {
    const twice = (): unknown[] => {
      const seen: unknown[] = [];
      const f = (x: TensorVariable, i: TensorVariable): TensorVariable => {
        seen.push(x.dtype);
        return x.mul(i.cast('float64'));
      };
      tno.verifyGrad(f, [f64([0.5, 2]), of('int64', [3n, 4n])]);
      return seen;
    };
    expect(twice()).toEqual(twice());
    expect(twice()[0]).toBe('float64');
  });

  it('finds a wrong gradient', () => {
    const wrong = (x: TensorVariable): TensorVariable => tno.gradScale(x, 2);
    expect(() => tno.verifyGrad(wrong, [f64([0.5, 2])])).toThrow(tno.TnoError);
  });
});

givesTheSameCompiled();
