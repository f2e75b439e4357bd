/** `f.copy` on a device. */
import { describe, expect, it } from 'vitest';
import * as tno from '../../src/index.js';
import { ndarray, type Device, type NDArray, type SharedVariable } from '../../src/index.js';

const f32 = (value: number[] | number[][]): NDArray<'float32'> => ndarray(value, 'float32');

export function copyCases(name: string, open: () => Device): void {
  describe(`copies of functions on ${name}`, () => {
    const device = open();
    const vector = (value: number[], label: string): SharedVariable<'float32', 1> =>
      tno.shared(f32(value), label, { shape: [null], device });
    const x = tno.fvector('x');
    const setUp = () => {
      const [w, v] = [vector([1, 2], 'w'), vector([10, 20], 'v')];
      const f = tno.function(
        [x],
        { y: w.mul(x), total: w.sum() },
        { updates: [[w, w.add(x)]], device },
      );
      return { w, v, f };
    };

    it('runs on other shared variables, with nothing compiled', async () => {
      const { w, v, f } = setUp();
      await f.ready();
      const before = device.stats.compiled;
      const g = f.copy({ swap: [[w, v]], name: 'copy' });
      expect(device.stats.compiled).toBe(before);
      expect(g.compileProfile).toMatchObject({ phases: [], optimize: 0, lower: 0, emit: 0 });
      expect(g.source).toBe(f.source);
      expect(g(f32([1, 1]))).toMatchObject({ total: 30 });
      expect(v.getValue().toNested()).toEqual([11, 21]);
      expect(w.getValue().toNested()).toEqual([1, 2]);
      expect(f(f32([1, 1])).y.toNested()).toEqual([1, 2]);
      expect([f.functionName, g.functionName, g.updated, g.getShared()]).toEqual([
        null,
        'copy',
        [v],
        [v],
      ]);
      expect(() => g(f32([1, 1, 1]))).toThrow(/\(v, axis 0\)|v/);
    });

    it('leaves the updates out', async () => {
      const { w, f } = setUp();
      await f.ready();
      const before = device.stats.compiled;
      const g = f.copy({ deleteUpdates: true });
      expect(device.stats.compiled).toBe(before);
      expect([g(f32([1, 1])), g(f32([1, 1]))].map(({ total }) => total)).toEqual([3, 3]);
      expect(w.getValue().toNested()).toEqual([1, 2]);
      expect(g.updated).toEqual([]);
      expect(g.program.steps.some(({ kind }) => kind === 'commit')).toBe(false);
      f(f32([1, 1]));
      expect(g(f32([1, 1])).total).toBe(5);
    });

    it('leaves out what only the updates computed', () => {
      const [X, W] = [
        tno.fmatrix('X'),
        tno.shared(
          f32([
            [1, 2],
            [3, 4],
          ]),
          'W',
          { shape: [null, null], device },
        ),
      ];
      const cost = tno.dot(X, W).sqr().sum();
      const f = tno.function([X], cost, {
        updates: [[W, W.sub(tno.grad(cost, W).mul(0.1))]],
        device,
      });
      const g = f.copy({ deleteUpdates: true });
      const value = f32([
        [1, 0],
        [2, 1],
      ]);
      expect(g(value)).toBe(g(value));
      expect(g.program.steps.length).toBeLessThan(f.program.steps.length);
      expect(g(value)).toBe(f(value));
    });

    it('keeps the structure of the outputs, of one, none or a list', () => {
      const { w, v } = setUp();
      expect(tno.function([], w.sum(), { device }).copy({ swap: [[w, v]] })()).toBe(30);
      expect(tno.function([], [w.sum()], { device }).copy()()).toEqual([3]);
      const none = tno.function([], null, { updates: [[w, w.mul(2)]], device });
      expect(none.copy({ swap: [[w, v]] })()).toBeUndefined();
      expect(v.getValue().toNested()).toEqual([20, 40]);
    });

    it('swaps two variables of the function for each other', () => {
      const { w, v } = setUp();
      const f = tno.function([], w.sub(v), { updates: [[w, v]], device });
      const g = f.copy({
        swap: [
          [w, v],
          [v, w],
        ],
      });
      expect(g().toNested()).toEqual([9, 18]);
      expect(v.getValue().toNested()).toEqual([1, 2]);
    });

    it('has states of its own', () => {
      const n = tno.fscalar('n');
      const f = tno.function([tno.In(n, { value: 0, update: n.add(1) })], n, { device });
      f();
      const g = f.copy();
      expect([g(), g(), f(), g()]).toEqual([1, 2, 1, 3]);
    });

    it('refuses another type, strangers, and two in one', () => {
      const { w, v, f } = setUp();
      const matrix = tno.shared(f32([[1]]), 'matrix', { device });
      expect(() => f.copy({ swap: [[w, matrix]] })).toThrow(
        /expected float32\(\?\) for w, got float32\(\?,\?\)/,
      );
      expect(() => f.copy({ swap: [[v, w]] })).toThrow(/of the function, got v/);
      const both = tno.function([], w.add(v), { updates: [[w, w.add(v)]], device });
      expect(() => both.copy({ swap: [[w, v]] })).toThrow(/in one place, got v in two/);
    });
  });
}
