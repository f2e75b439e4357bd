/** Ops with graphs inside, compiled in every mode: cases that run on any device. */
import { describe, expect, it } from 'vitest';
import * as tno from '../../src/index.js';
import { ndarray, NDArray, type Device, type Step } from '../../src/index.js';

export const everyMode = ['NONE', 'FAST_COMPILE', 'FAST_RUN'] as const;

export const f64 = (value: unknown): NDArray<'float64'> => ndarray(value as number[], 'float64');

/** All steps of a Program, those inside loops and branches too. */
export function allSteps(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => {
    if (step.kind === 'loop') return [step, ...allSteps(step.body)];
    if (step.kind === 'cond') return [step, ...allSteps(step.then), ...allSteps(step.else)];
    return [step];
  });
}

export function rowCases(name: string, open: () => Device): void {
  describe(`rows on ${name}`, () => {
    const device = open();

    it.each(everyMode)('a Jacobian is a loop in mode %s, for sizes that change', (mode) => {
      const [x, W] = [tno.dvector('x'), tno.dmatrix('W')];
      const y = tno.tanh(tno.dot(W, x));
      const f = tno.function([x, W], tno.jacobian(y, x), { device, mode });
      expect(f.program.steps.some((step) => step.kind === 'loop')).toBe(true);
      for (const [rows, columns] of [
        [2, 3],
        [3, 1],
        [0, 2],
        [2, 0],
      ]) {
        // prettier-ignore
        const w = NDArray.zeros([rows, columns]);
        for (let i = 0; i < w.size; i++) w.data[i] = Math.sin(i + 1);
        const v = f64(Array.from({ length: columns }, (_, k) => 0.5 - k));
        const [expected] = tno.evaluate([tno.jacobian(y, x)], new Map<tno.TensorVariable, NDArray>([[x, v], [W, w]])); // prettier-ignore
        const found = f(v, w);
        expect(found.shape).toEqual([rows, columns]);
        expect(found.allClose(expected, { rtol: 1e-12 })).toBe(true);
      }
    });

    it.each(everyMode)('Hessians and what is made of them, in mode %s', (mode) => {
      const x = tno.dvector('x');
      const cost = tno.sum(tno.sin(x.mul(tno.sum(tno.sqr(x)))));
      const H = tno.hessian(cost, x);
      const third = tno.grad(tno.sum(tno.sqr(H)), x);
      const v = tno.hessianVectorProduct(cost, x, [1, -1, 2]);
      const f = tno.function([x], [H, third, v], { device, mode });
      const point = f64([0.3, -0.2, 0.5]);
      const expected = tno.evaluate([H, third, v], new Map([[x, point]]));
      f(point).forEach((found, k) =>
        expect(found.allClose(expected[k], { rtol: 1e-10 })).toBe(true),
      );
    });

    it('an update by rows, and a row count that is computed', () => {
      const w = tno.shared(f64([1, 2, 3]), 'w', { device, shape: [null] });
      const n = tno.lscalar('n');
      const [rows] = tno.mapRows(n.mul(2).sub(1), (i) => [w.mul(i).add(1)]);
      const f = tno.function([n], rows, { updates: [[w, rows.sum(0)]], device });
      expect(f(2).toNested()).toEqual([[1, 1, 1], [2, 3, 4], [3, 5, 7]]); // prettier-ignore
      expect(w.getValue().toNested()).toEqual([6, 9, 12]);
      expect(f(0).shape).toEqual([0, 3]);
    });
  });
}
