import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { expectValues } from '../../test/support/expect-values.js';
import { layoutsOf } from '../../test/support/layouts.js';
import { decodeTensor, numpyOps } from '../../test/support/numpy-ops.js';
import { ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { bvector, fmatrix, ftensor3, fvector, lvector, tensor } from '../tensor/create.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { logsumexp } from './logsumexp.js';
import { prod } from './prod.js';
import { all, any, argmax, argmin, max, mean, min, sum, variance } from './reduce.js';
import type { Axes, ReduceOptions } from './reduce.js';

type Reduction = (x: TensorVariable, axes: Axes, options?: ReduceOptions) => TensorVariable;

const reductions: Readonly<Record<string, Reduction>> = {
  sum,
  prod,
  max,
  min,
  argmax,
  argmin,
  all,
  any,
  mean,
  var: variance,
  logsumexp,
};

/** Steps from the exactly rounded result: composed reductions round more than once. */
const ulps: Readonly<Record<string, number>> = { mean: 1, var: 4, logsumexp: 2, sum: 1, prod: 1 };

const { arrays, cases } = numpyOps.reductions;

describe('reductions give what NumPy gives', () => {
  it.each(Object.keys(arrays))('%s', (key) => {
    const x = decodeTensor(arrays[key]);
    const own = cases.filter(([array]) => array === key);
    expect(own.length).toBeGreaterThan(0);
    for (const [, name, axes, recorded] of own) {
      const about = `${name} of ${key} over (${axes.join(', ')})`;
      for (const input of layoutsOf(x)) {
        const reduce = (keepdims: boolean): NDArray =>
          run((v) => reductions[name](v, axes, { keepdims }), [input]);
        if (recorded === null) {
          expect(() => reduce(false), about).toThrow(ShapeError);
          continue;
        }
        const expected = decodeTensor(recorded);
        expectValues(reduce(false), expected, ulps[name], about);
        const kept = x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
        expectValues(reduce(true), expected.reshape(kept), ulps[name], `${about}, kept`);
      }
    }
  });

  it('all are recorded', () => {
    for (const name of Object.keys(reductions))
      expect(
        cases.some(([, op]) => op === name),
        name,
      ).toBe(true);
  });
});

describe('reductions', () => {
  it('reduce everything by default and take axes from the end', () => {
    const x = ndarray([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(run((v) => sum(v), [x]).item()).toBe(21);
    expectValues(
      run((v) => sum(v, -1), [x]),
      ndarray([6, 15]),
    );
    expectValues(
      run((v) => max(v, [-2, -1]), [x]),
      ndarray(6),
    );
    expect(() => sum(fmatrix(), 2)).toThrow(ShapeError);
    expect(() => sum(fmatrix(), [0, -2])).toThrow('[sum] expected distinct axes');
  });

  it('keep reduced axes as ones that broadcast', () => {
    expect(sum(fmatrix(), 1, { keepdims: true }).type.shape).toEqual([null, 1]);
    expect(sum(ftensor3(), [0, 2], { keepdims: true }).type.shape).toEqual([1, null, 1]);
    expect(max(tensor('float32', [2, 3]), 0).type.shape).toEqual([3]);
  });

  it('give the dtypes of the type rules', () => {
    const dtypes = (reduce: Reduction) =>
      [
        bvector(),
        tensor('uint8', [null]),
        tensor('bool', [null]),
        lvector(),
        fvector(),
        tensor('float16', [null]),
      ].map((x) => reduce(x, null).dtype);
    expect(dtypes(sum)).toEqual(['int64', 'uint64', 'int64', 'int64', 'float32', 'float16']);
    expect(dtypes(prod)).toEqual(['int64', 'uint64', 'int64', 'int64', 'float32', 'float16']);
    expect(dtypes(max)).toEqual(['int8', 'uint8', 'bool', 'int64', 'float32', 'float16']);
    expect(dtypes(argmax)).toEqual(['int64', 'int64', 'int64', 'int64', 'int64', 'int64']);
    expect(dtypes(mean)).toEqual([
      'float32',
      'float32',
      'float32',
      'float32',
      'float32',
      'float16',
    ]);
    expect(dtypes(variance)).toEqual([
      'float32',
      'float32',
      'float32',
      'float32',
      'float32',
      'float16',
    ]);
    expect(dtypes(all)).toEqual(['bool', 'bool', 'bool', 'bool', 'bool', 'bool']);
  });

  it('let NaN win, the first position of it for argmax and argmin', () => {
    const x = ndarray([1, NaN, 3, NaN]);
    expect(run((v) => max(v), [x]).item()).toBeNaN();
    expect(run((v) => min(v), [x]).item()).toBeNaN();
    expect(run((v) => argmax(v), [x]).item()).toBe(1);
    expect(run((v) => argmin(v), [x]).item()).toBe(1);
  });

  it('take the first of ties, and the flat position over several axes', () => {
    expect(run((v) => argmax(v), [ndarray([1, 3, 3])]).item()).toBe(1);
    expect(
      run(
        (v) => argmin(v),
        [
          ndarray([
            [5, 2],
            [2, 7],
          ]),
        ],
      ).item(),
    ).toBe(1);
    expect(
      run(
        (v) => argmax(v, [0, 2]),
        [
          ndarray([
            [
              [1, 2],
              [9, 9],
            ],
            [
              [4, 3],
              [0, 9],
            ],
          ]),
        ],
      ).toNested(),
    ).toEqual([2, 0]);
  });

  it('over nothing: 0 for a sum, NaN for a mean, -inf for logsumexp, an error for an extreme', () => {
    const none = NDArray.zeros([0]);
    expect(run((v) => sum(v), [none]).item()).toBe(0);
    expect(run((v) => prod(v), [none]).item()).toBe(1);
    expect(run((v) => mean(v), [none]).item()).toBeNaN();
    expect(run((v) => logsumexp(v), [none]).item()).toBe(-Infinity);
    for (const reduce of [max, min, argmax, argmin]) {
      expect(() => run((v) => reduce(v, null), [none])).toThrow(ShapeError);
    }
  });

  it('average more float16 numbers than float16 can count', () => {
    expect(run((v) => mean(v), [NDArray.ones([70000], 'float16')]).item()).toBe(1);
    expect(run((v) => mean(v), [NDArray.full([100], 60000, 'float16')]).item()).toBe(60000);
  });

  it('take a variance with any degrees of freedom', () => {
    const x = ndarray([
      [1, 2, 4],
      [0, 0, 3],
    ]);
    expect(run((v) => variance(v, 1, { ddof: 1 }), [x]).allClose(ndarray([7 / 3, 3]))).toBe(true);
    expect(
      run((v) => variance(v, null, { ddof: 1 }), [x]).allClose(ndarray(2.6666666666666665)),
    ).toBe(true);
    expect(run((v) => variance(v, null, { ddof: 1 }), [ndarray(2)]).item()).toBeNaN();
    expect(run((v) => variance(v), [ndarray(2)]).item()).toBe(0);
  });

  it('logsumexp does not overflow, and is -Infinity over nothing but -Infinity', () => {
    expect(run((v) => logsumexp(v), [ndarray([1000, 1000])]).item()).toBe(1000 + Math.LN2);
    expect(run((v) => logsumexp(v), [ndarray([-Infinity, -Infinity])]).item()).toBe(-Infinity);
    expect(run((v) => logsumexp(v), [ndarray([Infinity, 1])]).item()).toBe(Infinity);
    expect(run((v) => logsumexp(v), [ndarray([NaN, 1])]).item()).toBeNaN();
  });
});
