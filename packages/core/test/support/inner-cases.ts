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

    it('run as often as an output says that follows from shapes', () => {
      const x = tno.fmatrix('x');
      const n = tno.shape(x).at(1);
      const f = tno.function([x], [n, ...tno.mapRows(n, (i) => [i.mul(i)])], { device });
      const [count, squares] = f([[1, 2, 3]]);
      expect(count).toBe(3);
      expect(squares.toNested()).toEqual([0, 1, 4]);
    });
  });
}

/** The identity as an op that counts its calls; its gradient goes through another such op. */
function counted(name: string): {
  f: (x: tno.TensorLike) => tno.TensorVariable<'float64'>;
  calls: { forward: number; backward: number };
} {
  const calls = { forward: 0, backward: 0 };
  const type = tno.tensorType('float64', 1);
  const shapes: tno.Op['shapes'] = (_algebra, [x]) => [x];
  const back = tno.asOp({ name: `${name} back`, inputs: [type], outputs: type, shapes, perform: (g) => (calls.backward++, g) }); // prettier-ignore
  const f = tno.asOp({
    name,
    inputs: [type],
    outputs: type,
    shapes,
    perform: (x) => (calls.forward++, x),
    grad: (_inputs, [g]) => [g && back(g)],
  });
  return { f, calls };
}

export function branchCases(name: string, open: () => Device): void {
  describe(`branches on ${name}`, () => {
    const device = open();

    it.each(everyMode)('only the one that is taken is computed, in mode %s', (mode) => {
      const [x, n] = [tno.dvector('x'), tno.lscalar('n')];
      const [a, b] = [counted('a'), counted('b')];
      const y = tno.ifElse(n.gt(0), a.f(x.mul(2)), b.f(tno.exp(x)));
      const f = tno.function([n, x], y, { device, mode });
      expect(f.program.steps.filter((step) => step.kind === 'cond')).toHaveLength(1);
      const run = (k: number, v: number[]): unknown => (f(k, f64(v)) as NDArray).toNested();
      expect(run(1, [1, 2])).toEqual([2, 4]);
      expect([a.calls.forward, b.calls.forward]).toEqual([1, 0]);
      expect(run(0, [0, 0])).toEqual([1, 1]);
      expect([a.calls.forward, b.calls.forward]).toEqual([1, 1]);
    });

    it.each(everyMode)('only that one is gone back through, in mode %s', (mode) => {
      const [x, n] = [tno.dvector('x'), tno.lscalar('n')];
      const [a, b] = [counted('a'), counted('b')];
      const cost = tno.sum(tno.ifElse(n.gt(0), a.f(x.mul(3)), tno.exp(b.f(x))));
      const f = tno.function([n, x], [cost, tno.grad(cost, x)], { device, mode });
      expect(
        f(1, f64([1, 2])).map((v) => (typeof v === 'number' ? v : (v as NDArray).toNested())),
      ).toEqual([9, [3, 3]]);
      expect([a.calls.backward, b.calls.backward]).toEqual([1, 0]);
      expect(b.calls.forward).toBe(0);
      expect((f(0, f64([0, 0]))[1] as NDArray).toNested()).toEqual([1, 1]);
      expect([a.calls.backward, b.calls.backward]).toEqual([1, 1]);
    });

    it('have several values, share what both use, and nest', () => {
      const [x, n] = [tno.dvector('x'), tno.lscalar('n')];
      const both = counted('both');
      const h = both.f(tno.exp(x));
      const inner = tno.ifElse(n.gt(10), h.mul(100), h.mul(10));
      const [p, q] = tno.ifElse(n.gt(0), [inner, x.add(1)], [h, x]);
      const f = tno.function([n, x], [p, q], { device });
      const run = (k: number): unknown[] => f(k, f64([0])).map((v) => (v as NDArray).toNested());
      expect(run(0)).toEqual([[1], [0]]);
      expect(run(1)).toEqual([[10], [1]]);
      expect(run(11)).toEqual([[100], [1]]);
      expect(both.calls.forward).toBe(3);
      const conds = allSteps(f.program.steps).filter((step) => step.kind === 'cond');
      expect(conds).toHaveLength(2);
    });

    it('may differ in size, and fail only where they are taken', () => {
      const [x, y, n] = [tno.dvector('x'), tno.dvector('y'), tno.lscalar('n')];
      const f = tno.function([n, x, y], tno.ifElse(n.gt(0), x.add(y), y).mul(2), { device });
      expect(f(0, f64([1]), f64([1, 2, 3])).toNested()).toEqual([2, 4, 6]);
      expect(f(1, f64([1]), f64([4])).toNested()).toEqual([10]);
      expect(() => f(1, f64([1]), f64([1, 2, 3]))).toThrow(tno.ShapeError);
    });

    it.each(everyMode)(
      'whose sizes are known late compute only what these need, in mode %s',
      (mode) => {
        const [x, y, n] = [tno.dvector('x'), tno.dvector('y'), tno.lscalar('n')];
        const [a, b] = [counted('a'), counted('b')];
        const positive = x.at(tno.nonzero(x.gt(0))[0]);
        const first = tno.cast(tno.arange(tno.cast(tno.sum(y), 'int64')), 'float64').mul(0.5);
        const z = tno.ifElse(n.gt(0), a.f(tno.exp(positive)), b.f(tno.sqr(first)));
        const f = tno.function([n, x, y], [z, tno.grad(z.sum(), x)], { device, mode });
        const run = (k: number): unknown[] =>
          f(k, f64([0, -1, 0, 3]), f64([1, 2])).map((v) => (v as NDArray).toNested());
        const [values, slope] = run(1) as number[][];
        expect(values[0]).toBeCloseTo(Math.exp(3), 12);
        expect(slope[3]).toBeCloseTo(Math.exp(3), 12);
        expect([values.length, slope.slice(0, 3)]).toEqual([1, [0, 0, 0]]);
        expect([a.calls.forward, a.calls.backward, b.calls.forward]).toEqual([1, 1, 0]);
        expect(run(0)).toEqual([[0, 0.25, 1], [0, 0, 0, 0]]); // prettier-ignore
        expect([a.calls.forward, a.calls.backward, b.calls.forward]).toEqual([1, 1, 1]);
      },
    );

    it.each(everyMode)('draw random numbers, which move on with every call, in mode %s', (mode) => {
      const [x, n] = [tno.dvector('x'), tno.lscalar('n')];
      const stream = (): tno.RandomStream => new tno.RandomStream(5, { device });
      const drawn = (s: tno.RandomStream): tno.TensorVariable =>
        s.normal([tno.shapeOf(x, 0)], { dtype: 'float64' });
      const f = tno.function([n, x], tno.ifElse(n.gt(0), drawn(stream()).mul(x) as typeof x, x), {
        device,
        mode,
      });
      const plain = tno.function([x], drawn(stream()).mul(x), { device, mode });
      const ones = f64([1, 1, 1]);
      const expected = [1, 2, 3].map(() => (plain(ones) as NDArray).toNested());
      expect(f(1, ones).toNested()).toEqual(expected[0]);
      expect(f(0, ones).toNested()).toEqual([1, 1, 1]);
      expect(f(1, ones).toNested()).toEqual(expected[2]);
    });

    it.each(everyMode)('drop out, with the same choice on the way back, in mode %s', (mode) => {
      const [x, n] = [tno.dvector('x'), tno.lscalar('n')];
      const dropped = tno.dropout(new tno.RandomStream(5, { device }), x, 0.5);
      const y = tno.ifElse(n.gt(0), dropped, x);
      const f = tno.function([n, x], [y, tno.grad(y.sum(), x)], { device, mode });
      const training = f(1, f64(new Array(40).fill(1))).map((v) => (v as NDArray).toNested());
      expect(training[0]).toEqual(training[1]);
      expect(new Set(training[0] as number[])).toEqual(new Set([0, 2]));
      const testing = f(0, f64([3, 4])).map((v) => (v as NDArray).toNested());
      expect(testing).toEqual([[3, 4], [1, 1]]); // prettier-ignore
    });

    it('train: an update whose rate depends on a condition', () => {
      const w = tno.shared(f64([1, 2]), 'w', { device, shape: [null] });
      const big = tno.sum(tno.sqr(w)).gt(4);
      const cost = tno.ifElse(big, tno.sum(tno.sqr(w)), tno.sum(w.mul(0.5)));
      const f = tno.function([], cost, {
        updates: [[w, w.sub(tno.grad(cost, w).mul(0.25))]],
        device,
      });
      expect([f(), f()]).toEqual([5, 0.75]);
      expect(w.getValue().toNested()).toEqual([0.375, 0.875]);
    });
  });
}

export function graphOpCases(name: string, open: () => Device): void {
  describe(`ops made of graphs on ${name}`, () => {
    const device = open();

    it.each(everyMode)('are put in their place or kept as steps, in mode %s', (mode) => {
      const [a, b, x] = [tno.dvector('a'), tno.dvector('b'), tno.dvector('x')];
      const w = tno.shared(f64([10, 20]), 'w', { device, shape: [null] });
      for (const inline of [true, false]) {
        const op = tno.opFromGraph([a, b], tno.tanh(a.mul(b)).add(w), { inline });
        const y = op(x, x.mul(2));
        const f = tno.function([x], [y, tno.grad(tno.sum(y), x)], { device, mode });
        const v = [0.1, 0.2];
        const [value, slope] = f(f64(v)) as NDArray[];
        v.forEach((p, k) => {
          expect(value.get(k)).toBeCloseTo(Math.tanh(2 * p * p) + 10 * (k + 1), 12);
          expect(slope.get(k)).toBeCloseTo((1 - Math.tanh(2 * p * p) ** 2) * 4 * p, 12);
        });
        const kept = f.graph.nodes().some((node) => node.op.name === 'op_from_graph');
        expect(kept).toBe(!inline);
      }
    });

    it('in JavaScript are called where their turn comes', () => {
      const cumulative = tno.asOp({
        name: 'running product',
        inputs: [tno.tensorType('float64', 1), tno.tensorType('int64', 0)],
        outputs: [tno.tensorType('float64', 1), tno.tensorType('int64', 0)],
        shapes: (_algebra, [x]) => [x, []],
        perform: (x, n) => {
          const out = x.copy();
          for (let i = 1; i < out.size; i++)
            out.data[i] = Number(out.data[i]) * Number(out.data[i - 1]);
          return [out, n];
        },
      });
      const x = tno.dvector('x');
      const [y, n] = cumulative(x.add(1), 3);
      const f = tno.function([x], [y.mul(2), n], { device });
      const [values, count] = f(f64([0, 1, 2]));
      expect((values as NDArray).toNested()).toEqual([2, 4, 12]);
      expect(count).toBe(3);
    });
  });
}

export function watchCases(name: string, open: () => Device): void {
  describe(`assertions and prints on ${name}`, () => {
    const device = open();
    const x = tno.dvector('x');

    it.each(everyMode)('a condition that does not hold fails the call, in mode %s', (mode) => {
      const w = tno.shared(f64([1]), 'w', { device, shape: [null] });
      const y = tno.assert(x.mul(2), [x.ge(0), x.sum().lt(10)], 'small positive numbers');
      const f = tno.function([x], y.sum(), { updates: [[w, x]], device, mode });
      expect(f(f64([1, 2]))).toBe(6);
      for (const bad of [
        [1, -1],
        [5, 6],
      ]) {
        expect(() => f(f64(bad))).toThrow(tno.AssertError);
        expect(() => f(f64(bad))).toThrow(
          /^\[assert\] expected small positive numbers, got false\n[^]*inner-cases\.ts:\d+/,
        );
      }
      expect(w.getValue().toNested()).toEqual([1, 2]);
      expect(f(f64([]))).toBe(0);
      expect(f.program.steps.some((step) => step.kind === 'host')).toBe(false);
    });

    it('an assertion passes gradients, and is removed where a mode says so', () => {
      const y = tno.assert(x, x.gt(0)).mul(3).sum();
      const slope = tno.function([x], tno.grad(y, x), { device });
      expect(slope(f64([1, 2])).toNested()).toEqual([3, 3]);
      const without = tno.modes.FAST_RUN.including('remove-assert');
      expect(tno.function([x], y, { device, mode: without })(f64([-1]))).toBe(-3);
    });

    it('a condition given as an input, and one known from sizes', () => {
      const flag = tno.tensor('bool', [], 'flag');
      const f = tno.function([x, flag], tno.assert(x, flag, 'the flag'), { device });
      expect(f(f64([1]), true).toNested()).toEqual([1]);
      expect(() => f(f64([1]), false)).toThrow('[assert] expected the flag, got false');
      const two = tno.assert(x, tno.shapeOf(x, 0).eq(2), 'two elements');
      const g = tno.function([x], two, { device });
      expect(g(f64([1, 2])).toNested()).toEqual([1, 2]);
      expect(() => g(f64([1]))).toThrow(tno.AssertError);
    });

    it('print and breakpoint show values, in gradients as well', () => {
      const lines: string[] = [];
      const seen: unknown[] = [];
      const y = tno.print(x.mul(2), 'twice x', { write: (line) => lines.push(line) });
      const short = tno.print(x, 'shape', {
        show: ({ shape }) => `(${shape.join()})`,
        write: (line) => lines.push(line),
      });
      const [z] = tno.breakpoint(y.sum().gt(10), [y], ([v]) => seen.push(v.toNested()));
      const cost = z.add(short).sum();
      const f = tno.function([x], [cost, tno.grad(cost, x)], { device });
      expect(f(f64([1, 2])).map((v) => (v as NDArray | number).toString())).toHaveLength(2);
      expect(lines).toHaveLength(2);
      expect(lines[0]).toMatch(/^(twice x .*2.*4|shape \(2\))/);
      expect(seen).toEqual([]);
      const [value, slope] = f(f64([3, 4]));
      expect(value).toBe(21);
      expect((slope as NDArray).toNested()).toEqual([3, 3]);
      expect(seen).toEqual([[6, 8]]);
    });
  });
}
