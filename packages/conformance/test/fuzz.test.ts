/** What the random graphs of `npm run fuzz` stand on: tolerances that follow rounding, and small mismatches. */
import * as tno from '@tno/core';
import { describe, expect, it } from 'vitest';
import { recipeOf } from '../src/fuzz/recipes.js';
import { flatNumbers } from '../src/fuzz/elements.js';
import { computed, type Computed } from '../src/fuzz/rounding.js';
import { shrink } from '../src/fuzz/shrink.js';

const x = tno.dvector('x');

describe('the estimate of rounding', () => {
  const saturated = tno.log1p(tno.neg(tno.sigmoid(x)));
  const movedBy = (at: number): number => {
    const values = new Map([[x, tno.ndarray([at], 'float64')]]);
    const [[before], [after]] = [0, 1].map((n) =>
      flatNumbers(computed(saturated, values, n).value),
    );
    return Math.abs(after - before);
  };

  it('is large where a formula magnifies rounding', () => {
    expect(movedBy(28)).toBeGreaterThan(1e-6);
    expect(movedBy(0.5)).toBeLessThan(1e-14);
  });

  it('is none where few bits stay few, and never for a routine', () => {
    const values = new Map([[x, tno.ndarray([1, 0.25, -2], 'float64')]]);
    const isExact = (v: tno.TensorVariable): boolean => computed(v, values, 0).exact;
    expect(isExact(tno.sum(tno.mul(x, 3)))).toBe(true);
    expect(isExact(tno.exp(x))).toBe(false);
    expect(isExact(tno.sum(tno.linalg.inverse(tno.diag(x))))).toBe(false);
  });

  it('is never none for a function, however round its value, nor where a sum leaves a term out', () => {
    const at = (v: tno.TensorVariable, number: number): Computed =>
      computed(v, new Map([[x, tno.ndarray([number], 'float64')]]), 0);
    const one = at(tno.erf(x), 30);
    expect(flatNumbers(one.value)).toEqual([1]);
    expect(one.exact).toBe(false);
    expect(at(tno.sub(1, tno.erf(x)), 30).exact).toBe(false);
    expect(at(tno.add(x, 1), 1e-30).exact).toBe(false);
    expect(at(tno.floor(tno.mul(x, 0.1)), 3)).toMatchObject({ exact: false, rounded: false });
    expect(at(tno.maximum(tno.neg(x), 0), 0.1).exact).toBe(true);
  });

  it('refuses what a matrix leaves open', () => {
    const m = tno.dmatrix('m');
    const factor = (rows: number[][]): (() => Computed) => {
      const values = new Map([[m, tno.ndarray(rows, 'float64')]]);
      return () => computed(tno.linalg.svd(m)[0], values, 1);
    };
    const good = [
      [3, 1],
      [0.5, -2],
    ];
    const ofLowRank = [
      [0.4, 0.4],
      [0.4, 0.4],
    ];
    expect(factor(good)().exact).toBe(false);
    expect(factor(ofLowRank)).toThrow(tno.NumericalError);
    const values = new Map([
      [
        m,
        tno.ndarray(
          [
            [0.4, 0.4],
            [0.4, 0.4000000001],
          ],
          'float64',
        ),
      ],
    ]);
    for (const side of [0, 1e-5]) {
      const solution = tno.linalg.solve(m, tno.full([2, 1], side, 'float64'));
      expect(() => computed(solution, values, 1)).toThrow(tno.NumericalError);
    }
  });

  it('refuses what equations without a solution leave', () => {
    const [y, a] = [tno.dscalar('y'), tno.dscalar('a')];
    const [solution] = tno.root(tno.sub(tno.sqr(y), a), y, 1);
    const at = (value: number) => (): Computed =>
      computed(solution, new Map([[a, tno.ndarray(value, 'float64')]]), 0);
    expect(flatNumbers(at(4)().value)[0]).toBeCloseTo(2, 12);
    expect(at(-4)).toThrow(/expected a solution of root/);
  });

  it('refuses to compare what rounding alone holds apart', () => {
    const [mean, y] = [tno.mean(tno.sub(x, 0.1)), tno.dscalar('y')];
    const isReached = tno.le(tno.abs(tno.sub(mean, y)), 0);
    const elements = tno.ndarray(Array<number>(400).fill(0.4), 'float64');
    const values = (at: number): Map<tno.TensorVariable, tno.NDArray> =>
      new Map<tno.TensorVariable, tno.NDArray>([
        [x, elements],
        [y, tno.ndarray(at, 'float64')],
      ]);
    const compared = (at: number) => (): Computed => {
      const before = computed(isReached, values(at), 0);
      return computed(isReached, values(at), 1, before.values);
    };
    const sum = flatNumbers(computed(mean, values(0), 0).value)[0];
    expect(compared(sum + 1e-15)).toThrow(tno.NumericalError);
    expect(flatNumbers(compared(0.5)().value)).toEqual([0]);
  });

  it('refuses NaN on the way to a value', () => {
    const values = new Map([[x, tno.ndarray([-1, 0.5], 'float64')]]);
    expect(() => computed(tno.gt(tno.log(x), 0), values, 0)).toThrow(tno.NumericalError);
    expect(flatNumbers(computed(tno.gt(tno.exp(x), 1), values, 0).value)).toEqual([0, 1]);
  });

  it('decodes float16', () => {
    expect(flatNumbers(tno.ndarray([-0.5, 2], 'float16'))).toEqual([-0.5, 2]);
  });
});

it('a mismatch is cut down to what fails, the rest given as inputs', () => {
  const made = (
    variable: tno.TensorVariable,
  ): { variable: tno.TensorVariable; value: tno.NDArray; error: number } => ({
    variable,
    value: tno.ndarray([1, 2], 'float64'),
    error: 0,
  });
  const whole = tno.add(tno.mul(tno.exp(tno.sqr(tno.tanh(x))), 2), x);
  const graph = {
    inputs: [made(x)],
    outputs: [made(tno.sin(x)), made(whole)],
    seen: new Set<string>(),
  };
  const small = shrink(graph, ({ outputs }) =>
    tno.toposort(outputs.map(({ variable }) => variable)).some(({ op }) => op.name === 'exp'),
  );
  expect(small.outputs.map(({ variable }) => tno.pp(variable))).toEqual(['exp(v0)']);
  expect(small.inputs.map(({ value }) => flatNumbers(value))).toEqual([
    [1, 2].map((n) => Math.tanh(n) ** 2),
  ]);
});

it('a graph is its number', () => {
  expect(recipeOf(7, 40)).toEqual(recipeOf(7, 40));
  expect(recipeOf(7, 40)).not.toEqual(recipeOf(8, 40));
});
