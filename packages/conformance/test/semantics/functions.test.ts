/**
 * What Theano's users know of function(), shared variables, updates and aliasing, each in a test that is
 * named by what it says; where TNO chooses otherwise the test says so.
 */
import * as tno from '@tno/core';
import { ndarray, NDArray, type Device, type SharedVariable } from '@tno/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ways } from './every-way.js';

const f32 = (value: number | number[] | number[][]): NDArray<'float32'> =>
  ndarray(value, 'float32');
const loose = (f: unknown): ((...args: unknown[]) => unknown) =>
  f as (...args: unknown[]) => unknown;

describe.each(ways)('as in Theano, $name', ({ device, mode }) => {
  beforeEach(() => {
    tno.config.mode = mode;
  });
  afterEach(() => {
    tno.config.mode = 'FAST_RUN';
  });
  updates(device);
  inputs(device);
  conversions(device);
  givens(device);
  borrowing(device);
  symbols();
  copiesAndBranches(device);
  draws(device);
});

function scalar(device: Device, value: number, name: string): SharedVariable<'float32', 0> {
  return tno.shared(f32(value), name, { shape: [], device });
}

function updates(device: Device): void {
  it('updates [(a, b), (b, a)] with a = 1, b = 2 swap them, and outputs are the old values', () => {
    const [a, b] = [scalar(device, 1, 'a'), scalar(device, 2, 'b')];
    const pairs = [
      [a, b],
      [b, a],
    ] as const;
    expect(tno.function([], [a, b], { updates: pairs, device })()).toEqual([1, 2]);
    expect([a, b].map((s) => s.getValue().item())).toEqual([2, 1]);
  });

  it('three calls of out = a·10, a ← a + 1 give 10, 20, 30', () => {
    const a = scalar(device, 1, 'a');
    const f = tno.function([], a.mul(10), { updates: [[a, a.add(1)]], device });
    expect([f(), f(), f()]).toEqual([10, 20, 30]);
  });

  it('an in-place op leaves what another output still reads: a[0] and a.sum() with a[0] += 10', () => {
    const a = tno.shared(f32([0, 1, 2]), 'a', { shape: [null], device });
    const f = tno.function([], [a.at(0), a.sum()], {
      updates: [[a, a.incSubtensor([0], 10)]],
      device,
    });
    expect(f()).toEqual([0, 3]);
    expect(a.getValue().toNested()).toEqual([10, 1, 2]);
  });

  it('an update has the type of its variable: neither float64 nor, from int8, float32 is cast', () => {
    const a = scalar(device, 1, 'a');
    const i = tno.shared(ndarray(1, 'int8'), 'i', { shape: [], device });
    const wide = tno.function.bind(null, [], null, { updates: [[a, a.cast('float64')]], device });
    expect(wide).toThrow(tno.UpdateError);
    expect(wide).toThrow(/expected float32\(\) for a, got float64\(\)[^]*\.cast\('float32'\)/);
    expect(() => tno.function([], null, { updates: [[i, a]], device })).toThrow(tno.UpdateError);
    expect(() => tno.function([], null, { updates: [[a, i]], device })).toThrow(tno.UpdateError);
  });

  it('a target stands once, and is a shared variable', () => {
    const a = scalar(device, 1, 'a');
    const twice = [
      [a, a.add(1)],
      [a, a.add(2)],
    ] as const;
    expect(() => tno.function([], null, { updates: twice, device })).toThrow(
      /one update for a, got two/,
    );
    const x = tno.fscalar('x');
    const stranger = [[x, x]] as never;
    expect(() => tno.function([x], null, { updates: stranger, device })).toThrow(
      /a shared variable/,
    );
  });
}

function inputs(device: Device): void {
  const [x, y] = [tno.fscalar('x'), tno.fscalar('y')];

  it('a shared variable among the inputs is an error that suggests givens', () => {
    const a = scalar(device, 1, 'a');
    expect(() => tno.function([a], a, { device })).toThrow(/givens/);
  });

  it('an unused input, the same variable twice, and a missing input are errors when compiled', () => {
    expect(() => tno.function([x, y], x, { device })).toThrow(tno.UnusedInputError);
    expect(() => tno.function([x, x], x, { device })).toThrow(tno.UnusedInputError);
    expect(() => tno.function([x], x.add(y), { device })).toThrow(tno.MissingInputError);
    expect(() => tno.function([x], x.add(y), { device })).toThrow(
      /y among the inputs: add needs it/,
    );
  });
}

function conversions(device: Device): void {
  const [v, i] = [tno.fvector('v'), tno.lvector('i')];
  const takeFloats = (value: tno.ValueFor<typeof v>) => tno.function([v], v, { device })(value);
  const takeIntegers = (value: tno.ValueFor<typeof i>) => tno.function([i], i, { device })(value);

  it('a float64 array is refused by a float32 input, and taken with allowInputDowncast', () => {
    const wide = ndarray([0.1], 'float64');
    expect(() => loose(takeFloats)(wide)).toThrow(tno.DTypeError);
    const f = tno.function([v], v, { allowInputDowncast: true, device });
    expect((loose(f)(wide) as NDArray).toNested()).toEqual([Math.fround(0.1)]);
  });

  it('a list of floats is taken by a float input, rounded (Theano refuses inexact ones)', () => {
    expect(takeFloats([0.1]).toNested()).toEqual([Math.fround(0.1)]);
  });

  it('[1.0] goes into int64, [1.5] does not, but does with allowInputDowncast', () => {
    expect(takeIntegers([1.0]).toNested()).toEqual([1]);
    expect(() => takeIntegers([1.5])).toThrow(tno.DTypeError);
    const f = tno.function([i], i, { allowInputDowncast: true, device });
    expect(f([1.5]).toNested()).toEqual([1]);
  });

  it('a number goes into a float32 scalar whatever floatX is (Theano: only under floatX = float32)', () => {
    const x = tno.fscalar('x');
    const f = tno.function([x], x, { device });
    expect(f(1.1)).toBe(Math.fround(1.1));
    const before = tno.config.floatX;
    tno.config.floatX = 'float64';
    try {
      expect(f(1.1)).toBe(Math.fround(1.1));
      expect(tno.function([x], x.mul(0.1), { device })(1)).toBe(Math.fround(0.1));
    } finally {
      tno.config.floatX = before;
    }
  });
}

function givens(device: Device): void {
  const [x, y] = [tno.fscalar('x'), tno.fscalar('y')];

  it('givens apply to all outputs and updates, before anything else', () => {
    const a = scalar(device, 1, 'a');
    const f = tno.function([y], x.mul(2), {
      givens: [[x, y.add(1)]],
      updates: [[a, a.add(x)]],
      device,
    });
    expect(f(3)).toBe(8);
    expect(a.getValue().item()).toBe(5);
  });

  it('givens are replaced all at once: one may name what another replaces (Theano: an error)', () => {
    const [a, b] = [scalar(device, 1, 'a'), scalar(device, 2, 'b')];
    const swapped = [
      [a, b],
      [b, a],
    ] as const;
    const f = tno.function([], a.mul(100).add(b.mul(10)), { givens: swapped, device });
    expect(f()).toBe(210);
  });

  it('a given has the type of what it replaces, and replaces no input', () => {
    expect(() => tno.function([y], x, { givens: [[x, y.cast('float64')]], device })).toThrow(
      tno.GivensError,
    );
    expect(() => tno.function([x, y], x, { givens: [[x, y]], device })).toThrow(tno.GivensError);
  });
}

function borrowing(device: Device): void {
  const ones = (): NDArray<'float32'> => NDArray.ones([100], 'float32');

  it('shared(v) copies, so that v may be written; getValue() copies too', () => {
    const value = ones();
    const w = tno.shared(value, 'w', { device });
    value.set(5, 0);
    expect(w.getValue().get(0)).toBe(1);
    const got = w.getValue();
    got.set(5, 0);
    expect(w.getValue().get(0)).toBe(1);
  });

  it('setValue() copies, and takes another size where the shape is open', () => {
    const w = tno.shared(ones(), 'w', { shape: [null], device });
    const value = NDArray.full([3], 2, 'float32');
    w.setValue(value);
    value.set(5, 0);
    expect(w.getValue().toNested()).toEqual([2, 2, 2]);
  });

  it('getValue({borrow: true}) may be the memory itself: it shows what a call writes in place', () => {
    const w = tno.shared(ones(), 'w', { shape: [null], device });
    const lent = w.getValue({ borrow: true });
    expect(lent.allClose(1)).toBe(true);
    tno.function([], null, { updates: [[w, w.add(1)]], device })();
    expect(w.getValue().allClose(2)).toBe(true);
    expect(lent.allClose(2)).toBe(true);
  });

  it('outputs never share memory with inputs, shared variables or each other', () => {
    const v = tno.fvector('v');
    const w = tno.shared(ones(), 'w', { shape: [null], device });
    const f = tno.function([v], [v, w, v, v.at(tno.slice(0, 50))], { device });
    const value = ones();
    const results = f(value);
    results.forEach((result) => result.set(9, 0));
    expect([value.get(0), w.getValue().get(0)]).toEqual([1, 1]);
    expect(results.map((result) => result.get(1))).toEqual([1, 1, 1, 1]);
    expect(new Set([value, ...results].map(({ data }) => data.buffer)).size).toBe(5);
  });

  it('Out(borrow) may be overwritten by the next call', () => {
    const v = tno.fvector('v');
    const f = tno.function([v], tno.Out(v.mul(2), { borrow: true }), { device });
    const first = f(ones());
    f(NDArray.zeros([100], 'float32'));
    expect(first.allClose(0)).toBe(true);
  });
}

function symbols(): void {
  it('a symbol has no value: boolean, number and arithmetic contexts throw (Theano: bool(x) is true)', () => {
    const x = tno.fscalar('x');
    expect(() => Number(x)).toThrow(tno.SymbolicValueError);
    expect(() => (x as unknown as number) + 1).toThrow(tno.SymbolicValueError);
    expect(() => (x as unknown as number) > 1).toThrow(/x\.gt\(y\)/);
    expect(`${x.toString()}`).toBe('x');
  });

  it('len(x), iterating and x[0] = 1 are not there', () => {
    const v = tno.fvector('v') as unknown as { length?: number } & Iterable<unknown>;
    expect(v.length).toBeUndefined();
    expect(() => [...v]).toThrow(TypeError);
  });
}

function copiesAndBranches(device: Device): void {
  it('copy(swap, deleteUpdates) does not compile, and keeps a single output single (Theano: a list)', async () => {
    const [a, b] = [scalar(device, 1, 'a'), scalar(device, 5, 'b')];
    const f = tno.function([], a.mul(10), { updates: [[a, a.add(1)]], device });
    await f.ready();
    const before = { ...device.stats };
    const g = f.copy({ swap: [[a, b]] });
    const h = f.copy({ deleteUpdates: true });
    expect(device.stats.compiled).toBe(before.compiled);
    expect([g(), g(), f(), h(), h()]).toEqual([50, 60, 10, 20, 20]);
    expect([a, b].map((s) => s.getValue().item())).toEqual([2, 7]);
  });

  it('ifElse computes one branch only, in every mode (Theano: under its VM)', () => {
    const [n, v] = [tno.lscalar('n'), tno.fvector('v')];
    const f = tno.function([n, v], tno.ifElse(n.gt(0), v.reshape([2, -1]).sum(), v.sum()), {
      device,
    });
    expect(f(0, [1, 2, 3])).toBe(6);
    expect(() => f(1, [1, 2, 3])).toThrow(tno.ShapeError);
    expect(f(1, [1, 2])).toBe(3);
  });

  it('both branches of ifElse have one type', () => {
    const [n, v] = [tno.lscalar('n'), tno.fvector('v')];
    expect(() => tno.ifElse(n.gt(0), v, v.sum() as never)).toThrow(tno.TnoError);
  });

  it('switch computes both branches, and what the unused one gives does no harm', () => {
    const v = tno.fvector('v');
    const y = tno.switch(v.gt(0), v.log(), 0);
    const f = tno.function([v], [y, tno.grad(y.sum(), v)], { device });
    expect(f([-1, 0, 2]).map((a) => a.toNested())).toEqual([
      [0, 0, Math.fround(Math.log(2))],
      [0, 0, 0.5],
    ]);
  });

  it('the same array passed twice, or overlapping views, are safe where results go to their memory', () => {
    const [v, w] = [tno.fvector('v'), tno.fvector('w')];
    const f = tno.function([v, w], v.at(tno.slice(null, null, -1)).add(w), { device });
    const memory = NDArray.arange(120, undefined, 1, 'float32');
    const [left, right] = [memory.slice([0, 100]), memory.slice([20, 120])];
    const expected = f(left, right);
    f.into(left, left, right);
    expect(left.equals(expected)).toBe(true);
    const twice = NDArray.arange(100, undefined, 1, 'float32');
    f.into(twice, twice, twice);
    expect(twice.allClose(99)).toBe(true);
  });
}

function draws(device: Device): void {
  const draw = (stream: tno.RandomStream): tno.TensorVariable<'float32', 1> => stream.uniform([3]);
  const numbers = (f: () => NDArray): number[] => f().toNested() as number[];

  it('a random variable has one value within a call, and another in the next', () => {
    const u = draw(new tno.RandomStream(1, { device }));
    const f = tno.function([], [u.add(u).sub(u.mul(2)), u], { device });
    const [[zero, first], [, second]] = [f(), f()];
    expect(zero.toNested()).toEqual([0, 0, 0]);
    expect(second.toNested()).not.toEqual(first.toNested());
  });

  it('its state moves on also where only a gradient draws', () => {
    const v = tno.fvector('v');
    const u = draw(new tno.RandomStream(3, { device }));
    const f = tno.function([v], tno.grad(v.sqr().mul(u).sum(), v), { device });
    expect(numbers(() => f([1, 1, 1]))).not.toEqual(numbers(() => f([1, 1, 1])));
  });

  it('two functions that draw the same variable take turns, and a seed begins again', () => {
    const stream = new tno.RandomStream(1, { device });
    const u = draw(stream);
    const [f, g] = [tno.function([], u, { device }), tno.function([], u, { device })];
    const alone = tno.function([], draw(new tno.RandomStream(1, { device })), { device });
    const three = [numbers(alone), numbers(alone), numbers(alone)];
    expect([numbers(f), numbers(g), numbers(f)]).toEqual(three);
    stream.seed(1);
    expect(numbers(g)).toEqual(three[0]);
  });

  it('noDefaultUpdates repeats the same draw', () => {
    const u = draw(new tno.RandomStream(1, { device }));
    const f = tno.function([], u, { noDefaultUpdates: true, device });
    expect(numbers(f)).toEqual(numbers(f));
  });
}
