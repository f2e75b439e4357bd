import { describe, expect, it } from 'vitest';
import { valuesOf, type Values } from '../../test/support/gradient-at.js';
import { DisconnectedInputError, ShapeError, TypeInferenceError } from '../errors.js';
import { grad } from '../grad/grad.js';
import { Rop } from '../grad/rop.js';
import { verifyGrad } from '../grad/verify-grad.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, mul, neg, pow, sqr, sub } from '../ops/arithmetic.js';
import { at } from '../ops/advanced-index.js';
import { dot } from '../ops/dot.js';
import { stack } from '../ops/join.js';
import { mean, sum } from '../ops/reduce.js';
import { arctan, cos, cosh, exp, log, tanh } from '../ops/transcendental.js';
import { dmatrix, dscalar, dvector, fvector, lvector, tensor } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import { minimize, root } from './implicit.js';
import { hessian, jacobian } from './jacobian.js';

const [x, s] = [dvector('x'), dscalar('s')];
const [a, b] = [dvector('a'), dmatrix('b')];
const solutionOf = (
  [solution, converged]: readonly TensorVariable[],
  values: Values = [],
): [number[], boolean] => valuesOf([solution, converged], values) as [number[], boolean];

function expectSolution(found: [unknown, boolean], expected: number | number[], digits = 12): void {
  expect(found[1]).toBe(true);
  const got = found[0] as number | number[];
  [expected].flat().forEach((v, k) => expect([got].flat()[k]).toBeCloseTo(v, digits));
}

describe('root', () => {
  it('finds where equations are 0, for unknowns of any shape', () => {
    expectSolution(solutionOf(root(sub(sqr(s), 2), s, 1)), Math.SQRT2);
    expectSolution(solutionOf(root(sub(cos(s), s), s, 0)), 0.7390851332151607);
    // The example in the documentation of scipy.optimize.root.
    const [p, q] = [at(x, 0), at(x, 1)];
    const cubic = (u: TensorVariable, v: TensorVariable): TensorVariable =>
      mul(pow(sub(u, v), 3), 0.5);
    const system = stack([sub(add(p, cubic(p, q)), 1), add(cubic(q, p), q)]);
    expectSolution(solutionOf(root(system, x, [0, 0])), [0.8411639019140096, 0.1588360980859904]);
    const m = dmatrix('m');
    const [square] = root(sub(dot(m, m), b), m, [[1, 0], [0, 1]]); // prettier-ignore
    const [found] = valuesOf([square], [[b, ndarray([[7, 10], [15, 22]])]]); // prettier-ignore
    const expected = ndarray(found as number[][]);
    expect(valuesOf([dot(b, b)], [[b, expected]])[0]).toEqual([
      [expect.closeTo(7, 10), expect.closeTo(10, 10)],
      [expect.closeTo(15, 10), expect.closeTo(22, 10)],
    ]);
  });

  it('shortens steps that lead too far, also out of the domain', () => {
    expectSolution(solutionOf(root(arctan(s), s, 10)), 0);
    expectSolution(solutionOf(root(log(s), s, 8)), 1);
  });

  it('says where it has not converged', () => {
    const [least, converged] = solutionOf(root(add(sqr(s), 1), s, 1));
    expect(converged).toBe(false);
    expect(least).toBeCloseTo(0, 6);
    for (const start of [NaN, Infinity, -1])
      expect(solutionOf(root(log(s), s, start))[1]).toBe(false);
    // A start where the Jacobian is 0, of which no step leads away.
    expect(solutionOf(root(sub(sqr(s), 2), s, 0))).toEqual([0, false]);
    expect(solutionOf(root(sub(exp(s), 2), s, 5, { maxIterations: 3 }))[1]).toBe(false);
    expect(solutionOf(root(sub(exp(s), 2), s, 5, { maxIterations: 0 }))).toEqual([5, false]);
    const [coarse] = solutionOf(root(sub(exp(s), 2), s, 1, { tolerance: 0.5 }));
    expect(Math.abs(Number(coarse) - Math.LN2)).toBeLessThan(0.1);
  });

  it('of equations that repeat one another, where they agree', () => {
    const both = add(at(x, 0), at(x, 1));
    expectSolution(solutionOf(root(stack([sub(both, 1), sub(both, 1)]), x, [0, 0])), [0.5, 0.5]);
    expect(solutionOf(root(stack([sub(both, 1), sub(both, 2)]), x, [0, 0]))[1]).toBe(false);
  });

  it('with a singular Jacobian at the solution, more slowly', () => {
    const found = solutionOf(root(sqr(sub(x, 1)), x, [3, -2]));
    expectSolution(found, [1, 1], 3);
  });
});

describe('minimize', () => {
  it('finds where an objective is least', () => {
    const [p, q] = [at(x, 0), at(x, 1)];
    const valley = add(sqr(sub(1, p)), mul(sqr(sub(q, sqr(p))), 100));
    for (const start of [
      [-1.2, 1],
      [10, -20],
      [0, 0],
    ])
      // prettier-ignore
      expectSolution(solutionOf(minimize(valley, x, start)), [1, 1], 9);
    expectSolution(solutionOf(minimize(sum(log(cosh(x))), x, [20, -3])), [0, 0]);
    const m = dmatrix('m');
    const [least] = solutionOf(minimize(sum(sqr(sub(m, b))), m, [[0, 0]]), [[b, ndarray([[1, 2]])]]); // prettier-ignore
    expect(least).toEqual([[expect.closeTo(1, 12), expect.closeTo(2, 12)]]);
  });

  it('goes downhill where curvature is negative', () => {
    expectSolution(solutionOf(minimize(cos(s), s, 0.1)), Math.PI);
    const [p, q] = [at(x, 0), at(x, 1)];
    // A saddle at (0, 0), minima at (0, ±1).
    const saddle = add(sqr(p), sub(mul(pow(q, 4), 0.5), sqr(q)));
    expectSolution(solutionOf(minimize(saddle, x, [1, 1e-3])), [0, 1]);
  });

  it('says where it has not converged', () => {
    expect(solutionOf(minimize(sum(x), x, [1, 2]))[1]).toBe(false);
    expect(solutionOf(minimize(neg(sqr(s)), s, 1))[1]).toBe(false);
    expect(solutionOf(minimize(sub(s, log(s)), s, -1))).toEqual([-1, false]);
    expectSolution(solutionOf(minimize(sub(s, log(s)), s, 30)), 1);
  });

  it('of no unknowns is done at once', () => {
    const none: Values = [[a, ndarray([], 'float64')]];
    expect(solutionOf(minimize(sum(sqr(x)), x, a), none)).toEqual([[], true]);
    expect(solutionOf(root(tanh(x), x, a), none)).toEqual([[], true]);
  });
});

describe('derivatives of solutions', () => {
  const lambert = (p: TensorVariable): TensorVariable => {
    const y = dvector('y');
    return root(sub(mul(y, exp(y)), p), y, [0.5, 0.5])[0];
  };

  it('of a root are those of the implicit function, to any order and in both modes', () => {
    verifyGrad(lambert, [ndarray([1, 2])], { order: 3 });
    const coupled = (m: TensorVariable, v: TensorVariable): TensorVariable => {
      const y = dvector('y');
      return root(sub(add(y, mul(tanh(dot(m, y)), 0.5)), v), y, [0, 0])[0];
    };
    const points = [ndarray([[0.3, -0.7], [0.9, 0.2]]), ndarray([0.4, 1])]; // prettier-ignore
    verifyGrad(coupled, points, { order: 2 });
  });

  it('of a minimum too', () => {
    const ridge = (m: TensorVariable, v: TensorVariable): TensorVariable => {
      const y = dvector('y');
      const loss = add(sum(log(cosh(sub(dot(m, y), v)))), mul(sum(sqr(y)), 0.1));
      return minimize(loss, y, [0, 0])[0];
    };
    const points = [ndarray([[1, 0.5], [-0.2, 2], [0.3, 0.7]]), ndarray([0.4, 1, -2])]; // prettier-ignore
    verifyGrad(ridge, points, { order: 2 });
  });

  it('agree with closed forms', () => {
    // The weighted mean minimizes the weighted squares: its slope by a weight is (a - mean)/Σw.
    const [w, m] = [dvector('w'), dscalar('m')];
    const [least] = minimize(sum(mul(w, sqr(sub(a, m)))), m, 0);
    const values: Values = [[a, ndarray([1, 4])], [w, ndarray([3, 1])]]; // prettier-ignore
    const [g, h] = [grad(least, w), hessian(least, a)];
    const along = Rop(least, a, [1, 1]);
    const [value, slope, curvature, shift] = valuesOf([least, g, h, along], values);
    expect(value).toBeCloseTo(1.75, 13);
    expect(slope).toEqual([expect.closeTo(-0.1875, 13), expect.closeTo(0.5625, 13)]);
    expect((curvature as number[][]).flat().every((v) => Math.abs(v) < 1e-13)).toBe(true);
    expect(shift).toBeCloseTo(1, 13);
    const J = jacobian(lambert(a), a);
    const [rows] = valuesOf([J], [[a, ndarray([Math.E, 2 * Math.exp(2)])]]) as [number[][]];
    expect(rows[0]).toEqual([expect.closeTo(1 / (2 * Math.E), 13), 0]);
    expect(rows[1][1]).toBeCloseTo(1 / (3 * Math.exp(2)), 13);
  });

  it('by the start are zero', () => {
    const start = dvector('start');
    const [solution] = root(sub(mul(x, exp(x)), a), x, start);
    const [g] = valuesOf([grad(mean(solution), start)], [[start, ndarray([1])], [a, ndarray([2])]]); // prettier-ignore
    expect(g).toEqual([0]);
  });

  it('see parameters that the unknowns share with what is outside', () => {
    // y = a + y/2 is 2a; the cost depends on a in two ways.
    const [y] = root(sub(x, add(a, mul(x, 0.5))), x, [0]);
    expect(valuesOf([grad(sum(mul(y, a)), a)], [[a, ndarray([3])]])).toEqual([
      [expect.closeTo(12, 12)],
    ]);
  });
});

describe('refused', () => {
  it('are equations that are not as many as unknowns', () => {
    expect(() => root(sum(x), x, [1])).toThrow(ShapeError);
    expect(() => root(sum(x), x, [1])).toThrow('[root] expected equations of the rank of x, 1, got 0'); // prettier-ignore
    const [pair, three] = [tensor('float64', [2], 'pair'), tensor('float64', [3])];
    const equations = mul(three, sum(pair));
    expect(() => root(equations, pair, [1, 2])).toThrow(ShapeError);
    expect(() => root(equations, pair, [1, 2])).toThrow(/^\[root\] expected size 2 on axis 0 of .*, got 3/); // prettier-ignore
  });

  it('are objectives that are no scalars, other dtypes, and strangers', () => {
    expect(() => minimize(sqr(x), x, [1])).toThrow(TypeInferenceError);
    expect(() => minimize(sqr(x), x, [1])).toThrow(/^\[minimize\] expected a scalar objective, got float64\(\?\)/); // prettier-ignore
    expect(() => root(mul(x, fvector('f')), fvector('g'), [1])).toThrow('[root] expected equations of float32, as g is, got float64(?)'); // prettier-ignore
    const k = lvector('k');
    expect(() => root(k, k, [1])).toThrow('[root] expected unknowns of float32 or float64, got int64(?) (k)'); // prettier-ignore
    expect(() => minimize(sum(a), x, [1])).toThrow(DisconnectedInputError);
    expect(() => minimize(sum(a), x, [1])).toThrow('[minimize] expected an objective made of x, got sum(a)'); // prettier-ignore
    expect(() => root(tanh(x), x, 1)).toThrow('[root] expected float64(?) for input 0, got float64()'); // prettier-ignore
  });
});
