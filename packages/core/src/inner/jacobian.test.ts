import { describe, expect, it } from 'vitest';
import { valuesOf, type Values } from '../../test/support/gradient-at.js';
import { checkedEvaluate } from '../../test/support/checked-evaluate.js';
import { DisconnectedInputError, ShapeError } from '../errors.js';
import { grad } from '../grad/grad.js';
import { verifyGrad } from '../grad/verify-grad.js';
import { evaluate } from '../graph/evaluate.js';
import { toposort } from '../graph/traverse.js';
import type { TensorVariable } from '../graph/variable.js';
import { at } from '../ops/advanced-index.js';
import { add, mul, pow, sqr } from '../ops/arithmetic.js';
import { dot } from '../ops/dot.js';
import { sum } from '../ops/reduce.js';
import { slice } from '../ops/subtensor.js';
import { softmax } from '../ops/softmax.js';
import { exp, sin, tanh } from '../ops/transcendental.js';
import { dmatrix, dscalar, dvector, lscalar } from '../tensor/create.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { hessian, hessianVectorProduct, jacobian } from './jacobian.js';
import { mapRows } from './map-rows.js';

const x = dvector('x');
const at12: Values = [[x, ndarray([1, 2])]];
const close = (a: NDArray, b: NDArray): void => {
  expect(a.shape).toEqual(b.shape);
  expect(a.allClose(b, { rtol: 1e-10, atol: 1e-12 })).toBe(true);
};

describe('jacobian', () => {
  it('has a row for each element', () => {
    expect(valuesOf([jacobian(sqr(x), x)], at12)).toEqual([
      [
        [2, 0],
        [0, 4],
      ],
    ]);
    expect(valuesOf([jacobian(sqr(x), x)], [[x, NDArray.zeros([0])]])).toEqual([[]]);
  });

  it('takes outputs and variables of any rank', () => {
    const m = dmatrix('m');
    const value = ndarray([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const values = new Map([[m, value]]);
    const [whole] = checkedEvaluate([jacobian(sqr(m), m)], values);
    expect(whole.shape).toEqual([2, 3, 2, 3]);
    expect(whole.get(1, 2, 1, 2)).toBe(12);
    expect(whole.get(1, 2, 1, 1)).toBe(0);
    const [ofSum] = checkedEvaluate([jacobian(sum(m, 0), m)], values);
    expect(ofSum.shape).toEqual([3, 2, 3]);
    const [scalar] = checkedEvaluate([jacobian(sum(sqr(m)), m)], values);
    expect(scalar.toNested()).toEqual([
      [2, 4, 6],
      [8, 10, 12],
    ]);
  });

  it('by several variables, one of them intermediate', () => {
    const y = dscalar('y');
    const h = mul(x, y);
    const [byX, byY, byH] = jacobian(sqr(h), [x, y, h]);
    expect(valuesOf([byX, byY, byH], [...at12, [y, ndarray(3)]])).toEqual([
      [
        [18, 0],
        [0, 36],
      ],
      [6, 24],
      [
        [6, 0],
        [0, 12],
      ],
    ]);
  });

  it('is a loop: its graph does not grow with the sizes', () => {
    const nodes = toposort([jacobian(tanh(dot(dmatrix('W'), x)), x)]);
    expect(nodes.filter((node) => node.op.name === 'map_rows')).toHaveLength(1);
    expect(nodes.length).toBeLessThan(40);
  });

  it('says what does not depend on the variables', () => {
    expect(() => jacobian(sqr(x), dvector('y'))).toThrow(DisconnectedInputError);
    const zeros = jacobian(sqr(x), dscalar('y'), { disconnectedInputs: 'ignore' });
    expect(valuesOf([zeros], at12)).toEqual([[0, 0]]);
  });

  it('of a sum is the sum of the rows', () => {
    const y = softmax(mul(x, 2));
    const [rows, total] = evaluate([sum(jacobian(y, x), 0), grad(sum(y), x)], new Map(at12));
    close(rows, total);
  });

  it('can be differentiated again, in both modes', () => {
    const point = ndarray([0.3, -0.7, 1.1]);
    verifyGrad((v) => jacobian(mul(sqr(v), sum(exp(v))), v), [point], { order: 3 });
    const W = ndarray([[0.5, -1, 2], [1, 0.25, -0.5]]); // prettier-ignore
    verifyGrad((v, w) => jacobian(tanh(dot(w, v)), v), [point, W], { order: 2 });
  });
});

describe('hessian', () => {
  it('of a sum of cubes is diagonal', () => {
    expect(valuesOf([hessian(sum(pow(x, 3)), x)], at12)).toEqual([
      [
        [6, 0],
        [0, 12],
      ],
    ]);
  });

  it('of a linear cost is zero', () => {
    expect(valuesOf([hessian(sum(mul(x, 3)), x)], at12)).toEqual([
      [
        [0, 0],
        [0, 0],
      ],
    ]);
  });

  it('is symmetric, and its product with a vector needs no loop', () => {
    const cost = sum(sin(mul(x, sum(sqr(x)))));
    const v = [0.5, -2];
    const product = hessianVectorProduct(cost, x, v);
    const H = hessian(cost, x);
    const [h, hv, direct] = evaluate([H, dot(H, ndarray(v)), product], new Map(at12));
    close(h, h.transpose());
    close(hv, direct);
    expect(toposort([product]).some((node) => node.op.name === 'map_rows')).toBe(false);
  });

  it('of several variables is taken by each; the product over all pairs', () => {
    const y = dvector('y');
    const cost = sum(mul(sqr(x), y));
    const values: Values = [...at12, [y, ndarray([3, 4])]];
    const [hx, hy] = hessian(cost, [x, y]);
    expect(valuesOf([hx, hy], values)).toEqual([
      [
        [6, 0],
        [0, 8],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ]);
    const [px, py] = hessianVectorProduct(cost, [x, y], [[1, 1], [1, 1]]); // prettier-ignore
    expect(valuesOf([px, py], values)).toEqual([
      [8, 12],
      [2, 4],
    ]);
  });
});

describe('mapRows', () => {
  const n = lscalar('n');
  const count = (k: number): Values => [[n, NDArray.full([], BigInt(k), 'int64')]];

  it('stacks what a body gives for each number', () => {
    const [squares, doubled] = mapRows(n, (i) => [mul(i, i), mul(x, i)]);
    expect(valuesOf([squares, doubled], [...count(3), ...at12])).toEqual([
      [0, 1, 4],
      [
        [0, 0],
        [1, 2],
        [2, 4],
      ],
    ]);
    for (const k of [0, -2]) {
      const [none, rows] = evaluate([squares, doubled], new Map([...count(k), ...at12]));
      expect([none.shape, rows.shape]).toEqual([[0], [0, 2]]);
    }
  });

  it('computes what does not depend on the number once', () => {
    const y = exp(x);
    const [rows] = mapRows(n, (i) => [mul(exp(y), i)]);
    expect(toposort([rows]).map((node) => node.op.name)).toEqual(['exp', 'exp', 'map_rows']);
  });

  it('of equal bodies are equal nodes', () => {
    const body = (i: TensorVariable): TensorVariable[] => [add(x, i)];
    const [[a], [b], [c]] = [mapRows(n, body), mapRows(n, body), mapRows(n, (i) => [mul(x, i)])];
    expect(a.owner?.op.key).toBe(b.owner?.op.key);
    expect(a.owner?.op.key).not.toBe(c.owner?.op.key);
  });

  it('refuses results whose sizes change', () => {
    expect(() => mapRows(n, (i) => [at(x, slice(i, null))])).toThrow(ShapeError);
    expect(() => mapRows(n, (i) => [at(x, slice(i, null))])).toThrow(
      '[map_rows] expected results whose sizes are known before the first',
    );
  });
});
