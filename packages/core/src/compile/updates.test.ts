import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { createReferenceDevice, ndarray, type NDArray, type SharedVariable } from '../index.js';

const device = createReferenceDevice();
const f32 = (value: number | number[] | number[][]): NDArray<'float32'> =>
  ndarray(value, 'float32');
const scalarOf = (value: number, name: string): SharedVariable<'float32', 0> =>
  tno.shared(f32(value), name, { shape: [], device });
const vectorOf = (value: number[], name: string): SharedVariable<'float32', 1> =>
  tno.shared(f32(value), name, { shape: [null], device });
const matrixOf = (value: number[][], name: string): SharedVariable<'float32', 2> =>
  tno.shared(f32(value), name, { shape: [null, null], device });

describe('the order of updates', () => {
  it('is none: two variables swap, and outputs are the old values', () => {
    const [a, b] = [scalarOf(1, 'a'), scalarOf(2, 'b')];
    const f = tno.function([], [a, b, a.mul(10)], {
      updates: [
        [a, b],
        [b, a],
      ],
      device,
    });
    expect(f()).toEqual([1, 2, 10]);
    expect([a.getValue().item(), b.getValue().item()]).toEqual([2, 1]);
    expect(f()).toEqual([2, 1, 20]);
  });

  it('is none: three variables rotate, also as expressions', () => {
    const [a, b, c] = [vectorOf([1, 1], 'a'), vectorOf([2, 2], 'b'), vectorOf([3, 3], 'c')];
    const f = tno.function([], null, {
      updates: [
        [a, b.add(1)],
        [b, c.add(1)],
        [c, a.add(1)],
      ],
      device,
    });
    f();
    expect([a, b, c].map((v) => v.getValue().get(0))).toEqual([3, 4, 2]);
    f();
    expect([a, b, c].map((v) => v.getValue().get(0))).toEqual([5, 3, 4]);
  });

  it('lets every right-hand side see the old values', () => {
    const a = vectorOf([1, 2, 3], 'a');
    const b = vectorOf([0, 0, 0], 'b');
    const total = a.sum();
    const f = tno.function([], [total, a.at(0)], {
      updates: [
        [a, a.mul(2).add(total)],
        [b, a.sub(total)],
      ],
      device,
    });
    expect(f()).toEqual([6, 1]);
    expect(a.getValue().toNested()).toEqual([8, 10, 12]);
    expect(b.getValue().toNested()).toEqual([-5, -4, -3]);
  });

  it('keeps old values for outputs over calls', () => {
    const a = scalarOf(1, 'a');
    const f = tno.function([], a.mul(10), { updates: [[a, a.add(1)]], device });
    expect([f(), f(), f()]).toEqual([10, 20, 30]);
  });

  it('does not let an update in place reach a view or a sum of the old value', () => {
    const a = vectorOf([0, 1, 2], 'a');
    const f = tno.function([], [a.at(0), a.sum(), a.at(tno.slice(0, 2)), a], {
      updates: [[a, a.incSubtensor([0], 10)]],
      device,
    });
    const [first, sum, part, whole] = f();
    expect([first, sum]).toEqual([0, 3]);
    expect([part.toNested(), whole.toNested()]).toEqual([
      [0, 1],
      [0, 1, 2],
    ]);
    expect(a.getValue().toNested()).toEqual([10, 1, 2]);
  });

  it('gives a variable its own transpose, reverse and shifted self', () => {
    const a = matrixOf(
      [
        [1, 2],
        [3, 4],
      ],
      'a',
    );
    const r = vectorOf([1, 2, 3], 'r');
    const s = vectorOf([1, 2, 3], 's');
    const f = tno.function([], null, {
      updates: [
        [a, a.T],
        [r, r.at(tno.slice(null, null, -1))],
        [s, s.setSubtensor([tno.slice(1, null)], s.at(tno.slice(null, -1)))],
      ],
      device,
    });
    f();
    expect(a.getValue().toNested()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(r.getValue().toNested()).toEqual([3, 2, 1]);
    expect(s.getValue().toNested()).toEqual([1, 1, 2]);
  });

  it('lets one new value be made of another, as momentum does', () => {
    const g = tno.fvector('g');
    const [w, v] = [vectorOf([1, 2], 'w'), vectorOf([0, 0], 'v')];
    const velocity = v.mul(0.5).sub(g);
    const f = tno.function([g], w.sum(), {
      updates: [
        [v, velocity],
        [w, w.add(velocity)],
      ],
      device,
    });
    expect([f([1, 0]), f([1, 0])]).toEqual([3, 2]);
    expect(v.getValue().toNested()).toEqual([-1.5, 0]);
    expect(w.getValue().toNested()).toEqual([-1.5, 2]);
    const reversed = vectorOf([0, 0], 'r');
    const h = tno.function([g], null, {
      updates: [
        [w, w.add(g)],
        [reversed, w.add(g).at(tno.slice(null, null, -1))],
      ],
      device,
    });
    h([1.5, 1]);
    expect([w, reversed].map((variable) => variable.getValue().toNested())).toEqual([
      [0, 3],
      [3, 0],
    ]);
  });

  it('gives two variables one value, which then are apart', () => {
    const [a, b] = [vectorOf([1], 'a'), vectorOf([2], 'b')];
    const value = a.add(b);
    const f = tno.function([], value, {
      updates: [
        [a, value],
        [b, value],
      ],
      device,
    });
    expect(f().toNested()).toEqual([3]);
    const g = tno.function([], null, { updates: [[a, a.mul(2)]], device });
    g();
    expect([a.getValue().get(0), b.getValue().get(0)]).toEqual([6, 3]);
  });
});

describe('what a new value may be', () => {
  it('is an expression, an input, another shared variable, a number, a list, or an array', () => {
    const x = tno.fvector('x');
    const cases: [tno.TensorLike, number[]][] = [
      [x.mul(2), [2, 4]],
      [x, [1, 2]],
      [vectorOf([7, 8], 'other'), [7, 8]],
      [f32([3, 4]), [3, 4]],
      [
        [5, 6.5],
        [5, 6.5],
      ],
      [
        [5, 6],
        [5, 6],
      ],
      [tno.constant(f32([9])), [9]],
    ];
    for (const [value, expected] of cases) {
      const a = vectorOf([0, 0], 'a');
      tno.function([x], null, { updates: [[a, value]], onUnusedInput: 'ignore', device })([1, 2]);
      expect(a.getValue().toNested()).toEqual(expected);
    }
    const scalar = scalarOf(0, 's');
    tno.function([], null, { updates: [[scalar, 0.5]], device })();
    expect(scalar.getValue().item()).toBe(0.5);
    const count = tno.shared(0n, 'n', { device });
    tno.function([], null, { updates: [[count, count.add(1)]], device })();
    expect(count.getValue().item()).toBe(1);
    const counts = tno.shared(ndarray([0n]), 'ns', { device });
    tno.function([], null, { updates: [[counts, [3, 4]]], device })();
    expect(counts.getValue().toNested()).toEqual([3, 4]);
  });

  it('is copied from an argument', () => {
    const x = tno.fvector('x');
    const a = vectorOf([0, 0], 'a');
    const value = f32([1, 2]);
    tno.function([x], null, { updates: [[a, x]], device })(value);
    value.set(99, 0);
    expect(a.getValue().toNested()).toEqual([1, 2]);
  });

  it('may have another shape than the old one', () => {
    const x = tno.fmatrix('x');
    const a = matrixOf([[1]], 'a');
    const f = tno.function([x], a.sum(), { updates: [[a, x.mul(2)]], device });
    expect(
      f([
        [1, 2],
        [3, 4],
      ]),
    ).toBe(1);
    expect(a.getValue().shape).toEqual([2, 2]);
    expect(f([[1, 2, 3]])).toBe(20);
    expect(a.getValue().toNested()).toEqual([[2, 4, 6]]);
  });

  it('comes from a Map as well as from a list', () => {
    const a = scalarOf(1, 'a');
    tno.function([], null, { updates: new Map([[a, a.add(1)]]), device })();
    expect(a.getValue().item()).toBe(2);
  });

  it('may be the variable itself', () => {
    const a = vectorOf([1, 2], 'a');
    expect(tno.function([], a.sum(), { updates: [[a, a]], device })()).toBe(3);
    expect(a.getValue().toNested()).toEqual([1, 2]);
  });
});

describe('what a new value must be', () => {
  it('has the dtype of the variable', () => {
    const a = vectorOf([1], 'a');
    const wide = tno.dvector('d');
    const make = (): unknown => tno.function([wide], null, { updates: [[a, wide.mul(2)]], device });
    expect(make).toThrow(tno.UpdateError);
    expect(make).toThrow(
      /^\[updates\] expected float32\(\?\) for a, got float64\(\?\)\nmade at .*updates\.test\.ts:\d+:\d+[^]*hint: convert with \.cast\('float32'\)/,
    );
    const narrow = tno.bvector('b');
    expect(() => tno.function([narrow], null, { updates: [[a, narrow]], device })).toThrow(
      tno.UpdateError,
    );
    const n = tno.shared(1n, 'n', { device });
    expect(() => tno.function([], null, { updates: [[n, 0.5]], device })).toThrow(
      /expected int64\(\) for n, got float/,
    );
    expect(() => tno.function([], null, { updates: [[n, [0.5]]], device })).toThrow(
      tno.UpdateError,
    );
    expect(() =>
      tno.function([], null, { updates: [[a, ndarray([1], 'float64')]], device }),
    ).toThrow(tno.UpdateError);
  });

  it('has the rank of the variable', () => {
    const a = vectorOf([1], 'a');
    expect(() => tno.function([], null, { updates: [[a, a.sum()]], device })).toThrow(
      tno.UpdateError,
    );
    expect(() => tno.function([], null, { updates: [[a, 0]], device })).toThrow(
      /expected float32\(\?\) for a, got float32\(\)[^]*hint: reduce, reshape or dimshuffle/,
    );
  });

  it('has the static sizes of the variable', () => {
    const col = tno.shared(f32([[1], [2]]), 'c', { shape: [null, 1], device });
    const x = tno.fmatrix('x');
    const make = (): unknown => tno.function([x], null, { updates: [[col, x]], device });
    expect(make).toThrow(tno.UpdateError);
    expect(make).toThrow(
      /expected float32\(\?,1\) for c, got float32\(\?,\?\)[^]*hint: .*specifyShape/,
    );
    const f = tno.function([x], null, { updates: [[col, tno.specifyShape(x, [null, 1])]], device });
    f([[5]]);
    expect(col.getValue().toNested()).toEqual([[5]]);
    expect(() => f([[5, 6]])).toThrow(tno.ShapeError);
    expect(col.getValue().toNested()).toEqual([[5]]);
  });
});

describe('targets', () => {
  const a = vectorOf([1], 'a');

  it('are shared variables', () => {
    const x = tno.fvector('x');
    expect(() => tno.function([x], null, { updates: [[x as never, x]], device })).toThrow(
      tno.UpdateError,
    );
    expect(() => tno.function([x], null, { updates: [[x as never, x]], device })).toThrow(
      /expected a shared variable to update, got x/,
    );
    expect(() => tno.function([], null, { updates: [[a.mul(2) as never, a]], device })).toThrow(
      tno.UpdateError,
    );
    expect(() => tno.function([], null, { updates: [[3 as never, a]], device })).toThrow(/got 3/);
  });

  it('are updated once', () => {
    const make = (): unknown =>
      tno.function([], null, {
        updates: [
          [a, a.add(1)],
          [a, a.add(2)],
        ],
        device,
      });
    expect(make).toThrow(tno.UpdateError);
    expect(make).toThrow('[updates] expected one update for a, got two');
  });

  it('live on the device of the function', () => {
    const storage = { ...device.createShared(f32([1])) };
    const elsewhere = new tno.SharedVariable(tno.tensorType('float32', 1), storage, 'w');
    expect(() =>
      tno.function([], null, { updates: [[elsewhere, elsewhere.add(1)]], device }),
    ).toThrow(tno.DeviceError);
  });
});

describe('a failing call', () => {
  it('updates nothing, wherever it fails', () => {
    const [x, y, k] = [tno.fvector('x'), tno.fvector('y'), tno.lscalar('k')];
    const [a, b, n] = [
      vectorOf([1, 2], 'a'),
      vectorOf([3, 4], 'b'),
      tno.shared(0n, 'n', { device }),
    ];
    const f = tno.function([x, y, k], a.at(k), {
      updates: [
        [a, a.add(x)],
        [b, b.incSubtensor([tno.slice(0, 2)], y)],
        [n, n.add(1)],
      ],
      device,
    });
    const state = (): unknown[] => [a, b, n].map((v) => v.getValue().toNested());
    const before = state();
    expect(() => f([1, 2, 3], [1, 1], 0)).toThrow(tno.ShapeError);
    expect(() => f([1, 1], [1, 1, 1], 0)).toThrow(tno.ShapeError);
    expect(() => f([1, 1], [1, 1], 2)).toThrow(tno.IndexRangeError);
    expect(() => f([1, 1], [1, 1], 0.5)).toThrow(tno.DTypeError);
    expect(state()).toEqual(before);
    expect([a, b, n].map((v) => v.storage.version)).toEqual([0, 0, 0]);
    expect(f([1, 1], [10, 10], -1)).toBe(2);
    expect(state()).toEqual([[2, 3], [13, 14], 1]);
  });

  it('counts a version for each update and each set', () => {
    const a = vectorOf([1], 'a');
    const f = tno.function([], null, { updates: [[a, a.add(1)]], device });
    const seen = [a.storage.version];
    f();
    seen.push(a.storage.version);
    a.setValue(f32([5]));
    seen.push(a.storage.version);
    expect(new Set(seen).size).toBe(3);
    const g = tno.function([], a.sum(), { device });
    g();
    expect(a.storage.version).toBe(seen[2]);
  });
});
