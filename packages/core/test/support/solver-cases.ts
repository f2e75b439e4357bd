/** Loops with a condition, and the roots and minima that they find: cases that run on any device. */
import { describe, expect, it } from 'vitest';
import * as tno from '../../src/index.js';
import { NDArray, type Device, type TensorVariable } from '../../src/index.js';
import { whileLoop } from '../../src/inner/while-loop.js';
import { allSteps, everyMode, f64 } from './inner-cases.js';

const values = (results: readonly unknown[]): unknown[] =>
  results.map((v) => (v instanceof NDArray ? v.toNested() : v));

export function loopCases(name: string, open: () => Device): void {
  describe(`loops with a condition on ${name}`, () => {
    const device = open();

    it.each([...everyMode, 'DebugMode'] as const)('end when it holds, in mode %s', (mode) => {
      const [a, b, limit] = [tno.lscalar('a'), tno.lscalar('b'), tno.lscalar('limit')];
      // Each number of the pair is made of the other: Euclid's greatest common divisor.
      const { state, taken } = whileLoop([a, b], limit, ([p, q]) => {
        const rest = tno.mod(p, q);
        return { state: [q, rest], until: tno.eq(rest, 0) };
      });
      const f = tno.function([a, b, limit], [...state, taken], { device, mode });
      expect(values(f(1071, 462, 100))).toEqual([21, 0, 3]);
      expect(values(f(1071, 462, 2))).toEqual([147, 21, 2]);
      expect(values(f(1071, 462, 0))).toEqual([1071, 462, 0]);
      expect(values(f(1071, 462, -1))).toEqual([1071, 462, 0]);
      expect(values(f(12, 4, 100))).toEqual([4, 0, 1]);
    });

    it('exchange arrays, also those that nothing is computed from', () => {
      const [x, y] = [tno.dvector('x'), tno.dvector('y')];
      const { state } = whileLoop([x, y, y], 3, ([p, q, r]) => ({
        state: [q, p, r],
        until: tno.gt(tno.sum(p), 100),
      }));
      const f = tno.function([x, y], [...state], { device });
      expect(values(f(f64([1, 2]), f64([3, 4])))).toEqual([[3, 4], [1, 2], [3, 4]]); // prettier-ignore
    });

    it('compute once what stays the same, and refuse sizes that do not', () => {
      const [x, w] = [tno.dvector('x'), tno.dvector('w')];
      const { state } = whileLoop([x], 4, ([p]) => ({
        state: [p.add(tno.exp(w))],
        until: tno.lt(0, p.at(0)),
      }));
      const f = tno.function([x, w], state[0], { device });
      expect(values([f(f64([-1.5, 0]), f64([0, 0]))])).toEqual([[1.5, 3]]);
      const [loop] = f.program.steps.filter((step) => step.kind === 'loop');
      expect(allSteps([loop]).filter((step) => step.kind === 'kernel').length).toBeLessThan(3);
      expect(() => f(f64([1]), f64([1, 2]))).toThrow(tno.ShapeError);
    });
  });
}

/** (a - p)² + 100·(q - p²)², least at (a, a²). */
const rosenbrock = (x: TensorVariable, a: TensorVariable): TensorVariable => {
  const [p, q] = [tno.at(x, 0), tno.at(x, 1)];
  return tno.add(tno.sqr(tno.sub(a, p)), tno.mul(tno.sqr(tno.sub(q, tno.sqr(p))), 100));
};

export function solverCases(name: string, open: () => Device): void {
  describe(`roots and minima on ${name}`, () => {
    const device = open();
    const [x, p, from] = [tno.dvector('x'), tno.dvector('p'), tno.dvector('from')];
    /** x·eˣ = p, for p of any size. */
    const [lambert, found] = tno.root(x.mul(tno.exp(x)).sub(p), x, from);

    it.each([...everyMode, 'DebugMode'] as const)('with gradients, in mode %s', (mode) => {
      const f = tno.function([from, p], [lambert, found, tno.grad(lambert.sum(), p)], {
        device,
        mode,
      });
      const [w, converged, slope] = f(f64([1, 0]), f64([Math.E, 2 * Math.exp(2)]));
      expect(converged).toBe(true);
      [1, 2].forEach((root, k) => {
        expect((w as NDArray).get(k)).toBeCloseTo(root, 13);
        expect((slope as NDArray).get(k)).toBeCloseTo(1 / (Math.exp(root) * (1 + root)), 13);
      });
      expect(values(f(f64([]), f64([])))).toEqual([[], true, []]);
      const all = allSteps(f.program.steps);
      expect(all.filter(({ kind }) => kind === 'loop').length).toBeGreaterThan(1);
      expect(all.some(({ kind }) => kind === 'host')).toBe(false);
    });

    it.each(['float32', 'float64'] as const)('in a curved valley, in %s', (dtype) => {
      const [y, a] = [tno.tensor(dtype, [null]), tno.tensor(dtype, [])];
      const [least, converged] = tno.minimize(rosenbrock(y, a), y, [-1.2, 1]);
      const f = tno.function([a], [least, converged, tno.grad(tno.sum(least), a)], { device });
      const [at, isLeast, slope] = f(tno.ndarray(2, dtype));
      expect(isLeast).toBe(true);
      expect((at as NDArray).allClose(tno.ndarray([2, 4], dtype), { rtol: 1e-6 })).toBe(true);
      expect(slope).toBeCloseTo(5, dtype === 'float64' ? 10 : 2);
    });

    it('train: parameters move so that the solution does', () => {
      const target = f64([0.5, 1.5]);
      const w = tno.shared(f64([1, 1]), 'w', { device, shape: [null] });
      const [solution] = tno.root(x.mul(tno.exp(x)).sub(w), x, tno.zerosLike(w));
      const cost = tno.sum(tno.sqr(solution.sub(target)));
      const step = tno.function([], cost, {
        updates: [[w, w.sub(tno.grad(cost, w).mul(4))]],
        device,
      });
      for (let k = 0; k < 400; k++) step();
      expect(step()).toBeLessThan(1e-12);
      const expected = f64([0.5 * Math.exp(0.5), 1.5 * Math.exp(1.5)]);
      expect(w.getValue().allClose(expected, { rtol: 1e-4 })).toBe(true);
    });

    it('go on from the last solution, which an update keeps', () => {
      const last = tno.shared(f64([9]), 'last', { device, shape: [null] });
      const [solution, converged] = tno.root(x.mul(tno.exp(x)).sub(p), x, last, {
        maxIterations: 3,
      });
      const f = tno.function([p], converged, { updates: [[last, solution]], device });
      const calls = Array.from({ length: 6 }, () => f(f64([200])));
      expect([calls[0], calls[5]]).toEqual([false, true]);
    });

    it('within loops over rows, stacks and branches', () => {
      const [ps, n] = [tno.dmatrix('ps'), tno.lscalar('n')];
      const zeros = tno.zerosLike(p);
      const [solution] = tno.root(x.mul(tno.exp(x)).sub(p), x, zeros);
      const [rows] = tno.mapRows(tno.shapeOf(ps, 0), (i) => {
        const own = ps.at(i);
        return [tno.root(x.mul(tno.exp(x)).sub(own), x, tno.zerosLike(own))[0]];
      });
      const stack = tno.vectorizeGraph(solution, [[p, ps]]);
      const branch = tno.ifElse(n.gt(0), solution, p);
      const given = [0.1, 1, 3].map((v) => [v, v * Math.exp(v)]);
      const expected = given.map(([, v]) => [v]);
      const f = tno.function([ps], [rows, stack, tno.grad(tno.sum(rows), ps)], { device });
      const [byRow, atOnce, slopes] = f(f64(expected)) as NDArray[];
      given.forEach(([w], k) => {
        expect(byRow.get(k, 0)).toBeCloseTo(w, 13);
        expect(atOnce.get(k, 0)).toBeCloseTo(w, 13);
        expect(slopes.get(k, 0)).toBeCloseTo(1 / (Math.exp(w) * (1 + w)), 13);
      });
      const g = tno.function([n, p], [branch, tno.grad(branch.sum(), p)], { device });
      expect(values(g(0, f64([3])))).toEqual([[3], [1]]);
      const [value, slope] = g(1, f64([Math.E])) as NDArray[];
      expect(value.get(0)).toBeCloseTo(1, 13);
      expect(slope.get(0)).toBeCloseTo(1 / (2 * Math.E), 13);
    });

    it('off the event loop, and with a profile', async () => {
      const f = tno.function([from, p], lambert, { device, profile: true });
      const later = await f.async(f64([0]), f64([Math.E]));
      expect(later.get(0)).toBeCloseTo(1, 13);
      f(f64([0]), f64([Math.E]));
      expect(String(f.profile())).toContain('qr');
    });

    it('say where sizes clash, in the words of the solver and of the formula', () => {
      const short = tno.function([from, p], lambert, { device });
      expect(() => short(f64([1]), f64([1, 2]))).toThrow(/\b1\b.*\b2\b[^]*solver-cases\.ts:\d+/);
      const [free] = tno.root(x.sum().mul(p), x, from);
      const f = tno.function([from, p], free, { device });
      expect(() => f(f64([1, 2]), f64([1, 2, 3]))).toThrow(
        /^\[root\] expected size 2 on axis 0 of .*, got 3[^]*solver-cases\.ts:\d+/,
      );
    });
  });
}
