/** Every differentiable op against finite differences, and properties that gradients of all of them share. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedEvaluate, leavesFor } from '../../test/support/checked-evaluate.js';
import { gradCases } from '../../test/support/grad-cases.js';
import type { GradCase } from '../../test/support/grad-cases.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, mul } from '../ops/arithmetic.js';
import { NDArray } from '../types/ndarray.js';
import { mapElements } from '../types/strided.js';
import { grad } from './grad.js';
import { verifyGrad } from './verify-grad.js';

describe('gradients agree with finite differences', () => {
  it.each(gradCases)('$name', ({ f, points, tolerance }) => {
    verifyGrad(f, points, { order: 3, ...(tolerance === undefined ? {} : { tolerance }) });
  });
});

/** Sizes 1 are declared, as verifyGrad does. */
function leavesOf({ points }: GradCase): TensorVariable[] {
  return leavesFor(
    points,
    points.map((x) => x.shape.map((n) => (n === 1 ? 1 : null))),
  );
}

describe('gradients', () => {
  it.each(gradCases)('of $name have the types and shapes of the inputs', (entry) => {
    const leaves = leavesOf(entry);
    const values = new Map(leaves.map((leaf, k) => [leaf, entry.points[k]]));
    const output = entry.f(...leaves);
    const [sample] = checkedEvaluate([output], values);
    const gradients = grad(null, leaves, {
      knownGrads: [[output, NDArray.ones(sample.shape)]],
      disconnectedInputs: 'ignore',
    });
    checkedEvaluate(gradients, values).forEach((g, k) => {
      expect(g.dtype).toBe('float64');
      expect(g.shape).toEqual(entry.points[k].shape);
    });
  });

  it('are linear in the cotangent', () => {
    const smooth = gradCases.filter(({ points }) => points.every((x) => x.size > 0));
    const numbers = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...smooth),
        numbers,
        numbers,
        fc.integer({ min: 1, max: 1000 }),
        (entry, a, b, seed) => {
          const leaves = leavesOf(entry);
          const values = new Map(leaves.map((leaf, k) => [leaf, entry.points[k]]));
          const output = entry.f(...leaves);
          const [sample] = checkedEvaluate([output], values);
          const cotangent = (phase: number): NDArray =>
            mapElements('float64', [NDArray.arange(sample.size)], [sample.size], (i: number) =>
              Math.sin(seed * (i + 1) + phase),
            ).reshape(sample.shape);
          const [u, v] = [cotangent(0), cotangent(1)];
          const back = (g: NDArray | TensorVariable): NDArray[] =>
            checkedEvaluate(
              grad(null, leaves, { knownGrads: [[output, g]], disconnectedInputs: 'ignore' }),
              values,
            );
          const whole = back(add(mul(u, a), mul(v, b)));
          const [first, second] = [back(u), back(v)];
          whole.forEach((g, k) => {
            const sum = mapElements(
              'float64',
              [first[k], second[k]],
              g.shape,
              (p: number, q: number) => a * p + b * q,
            );
            expect(g.allClose(sum, { rtol: 1e-9, atol: 1e-9 }), entry.name).toBe(true);
          });
        },
      ),
      { numRuns: 150, seed: 11 },
    );
  });
});
