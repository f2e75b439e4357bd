/** What `function()` promises beside what a call computes, on a device. */
import { describe, expect, it, vi } from 'vitest';
import * as tno from '../../src/index.js';
import { ndarray, NDArray, type Device, type SharedVariable } from '../../src/index.js';

const f32 = (value: number | number[] | number[][]): NDArray<'float32'> =>
  ndarray(value, 'float32');
const loose = (f: unknown): ((...args: unknown[]) => unknown) =>
  f as (...args: unknown[]) => unknown;

export function functionCases(name: string, open: () => Device): void {
  describe(`function() on ${name}`, () => {
    const device = open();
    const vector = (value: number[], label: string): SharedVariable<'float32', 1> =>
      tno.shared(f32(value), label, { shape: [null], device });
    inputsWithOptions(device);
    states(device);
    borrowedResults(device);
    defaultUpdates(device, vector);
    trustAndMemory(device, vector);
    sameMemoryTwice(device, vector);
  });
}

type MakeVector = (value: number[], label: string) => SharedVariable<'float32', 1>;

function inputsWithOptions(device: Device): void {
  const [x, y] = [tno.fscalar('x'), tno.fscalar('y')];

  it('has inputs with values for calls that give none, at the end of a list or in a record', () => {
    const f = tno.function([x, tno.In(y, { value: 10 })], x.sub(y), { device });
    expect([f(1), f(1, 2), f(1, undefined)]).toEqual([-9, -1, -9]);
    const g = tno.function([tno.In(x, { value: 1 }), y], x.sub(y), { device });
    expect(g(undefined, 5)).toBe(-4);
    const r = tno.function({ x, y: tno.In(y, { value: 10 }) }, x.sub(y), { device });
    expect([r({ x: 1 }), r({ x: 1, y: 3 })]).toEqual([-9, -2]);
    const all = tno.function({ y: tno.In(y, { value: 10 }) }, y, { device });
    expect([all({}), all({ y: 2 })]).toEqual([10, 2]);
    expect(() => loose(f)()).toThrow(/1 to 2 arguments \(x, y\), got 0/);
    expect(() => loose(f)(1, 2, 3)).toThrow(tno.InputError);
    expect(() => loose(r)({ y: 1 })).toThrow(/\[x\]/);
  });

  it('names inputs in errors', () => {
    const f = tno.function([tno.In(tno.fvector(), { name: 'weights' })], null, {
      device,
      onUnusedInput: 'ignore',
    });
    expect(() => loose(f)('no')).toThrow(/\[weights\] expected/);
  });

  it('refuses a value that the input cannot hold when it is compiled', () => {
    const wrong = { value: [1, 2] as never };
    expect(() => tno.function([tno.In(x, wrong)], x, { device })).toThrow(tno.ShapeError);
  });

  it('converts by input: allowDowncast, strict', () => {
    const wide = ndarray([0.1], 'float64');
    const v = tno.fvector('v');
    const loosely = tno.function([tno.In(v, { allowDowncast: true })], v, { device });
    expect(loose(loosely)(wide)).toMatchObject({ dtype: 'float32' });
    const not = tno.function([tno.In(v, { allowDowncast: false })], v, {
      allowInputDowncast: true,
      device,
    });
    expect(() => loose(not)(wide)).toThrow(tno.DTypeError);
    const strictly = tno.function([tno.In(v, { strict: true })], v, { device });
    expect(strictly(f32([1])).toNested()).toEqual([1]);
    expect(() => strictly([1])).toThrow(/expected an array for/);
    expect(() => loose(strictly)(ndarray([1], 'int8'))).toThrow(tno.DTypeError);
  });

  it('says what to do about an input that nothing uses, as it is told', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    expect(() => tno.function([x, y], x, { device })).toThrow(tno.UnusedInputError);
    tno.function([x, y], x, { device, onUnusedInput: 'warn' });
    expect(warn.mock.calls.flat().join()).toMatch(/no output or update depends on y/);
    tno.function([x, y], x, { device, onUnusedInput: 'ignore' });
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });
}

function states(device: Device): void {
  const [step, total] = [tno.fscalar('step'), tno.fscalar('total')];
  const accumulator = (): tno.CompiledFunction<
    [typeof step, tno.In<typeof total, true>],
    typeof total
  > =>
    tno.function([step, tno.In(total, { value: 0, update: total.add(step) })], total, { device });

  it('keeps an input with an update from call to call', () => {
    const f = accumulator();
    expect([f(1), f(10), f(100)]).toEqual([0, 1, 11]);
    expect(f.getShared().map((s) => [s.name, s.getValue().item()])).toEqual([['total', 111]]);
  });

  it('goes on from a state that a call gives', () => {
    const f = accumulator();
    expect([f(1), f(1, 50), f(1)]).toEqual([0, 50, 51]);
    f.getShared()[0].setValue(7);
    expect(f(0)).toBe(7);
  });

  it('keeps the state when a call with another fails', () => {
    const state = tno.fvector('state');
    const i = tno.lscalar('i');
    const f = tno.function(
      [i, tno.In(state, { value: [1, 2], update: state.mul(2) })],
      state.at(i),
      {
        device,
      },
    );
    expect(f(0)).toBe(1);
    expect(() => f(9, f32([5, 5, 5]))).toThrow(tno.IndexRangeError);
    expect(f(0)).toBe(2);
  });

  it('asks for a value to start from', () => {
    const inputs = [step, tno.In(total, { update: total.add(step) })];
    expect(() => tno.function(inputs, total, { device })).toThrow(/value for total to start from/);
  });

  it('is not used by another type of update', () => {
    const update = tno.fvector('other');
    expect(() =>
      tno.function([update, tno.In(total, { value: 0, update })], total, { device }),
    ).toThrow(tno.UpdateError);
  });
}

function borrowedResults(device: Device): void {
  const x = tno.fvector('x');

  it('gives fresh results, and borrowed ones in memory that the next call writes to', () => {
    const plain = tno.function([x], x.mul(2), { device });
    const borrowed = tno.function([x], tno.Out(x.mul(2), { borrow: true }), { device });
    for (const size of [3, 100]) {
      const [ones, twos] = [NDArray.ones([size], 'float32'), NDArray.full([size], 2, 'float32')];
      const fresh = plain(ones);
      plain(twos);
      expect(fresh.allClose(2)).toBe(true);
      const first = borrowed(ones);
      expect(first.allClose(2)).toBe(true);
      const second = borrowed(twos);
      expect(second.data.buffer).toBe(first.data.buffer);
      expect(first.allClose(4)).toBe(true);
    }
  });

  it('borrows for the outputs that ask for it, whatever their size', () => {
    const f = tno.function(
      [x],
      { a: tno.Out(x.mul(2), { borrow: true }), b: x.mul(3) },
      { device },
    );
    const kept = f(NDArray.ones([100], 'float32'));
    for (const size of [100, 7, 0, 200, 20]) {
      const { a, b } = f(NDArray.full([size], 2, 'float32'));
      expect([a.shape, b.shape]).toEqual([[size], [size]]);
      expect([a.allClose(4), b.allClose(6)]).toEqual([true, true]);
    }
    expect(kept.b.allClose(3)).toBe(true);
  });

  it('reads a borrowed result that comes in again', () => {
    const reversed = x.at(tno.slice(null, null, -1)).add(1);
    const f = tno.function([x], tno.Out(reversed, { borrow: true }), { device });
    let value = NDArray.arange(50, undefined, 1, 'float32');
    for (let k = 0; k < 4; k++) value = f(value);
    expect(value.toNested()).toEqual(Array.from({ length: 50 }, (_, i) => i + 4));
  });

  it('goes on after a failed call', () => {
    const i = tno.lvector('i');
    const f = tno.function([x, i], tno.Out(x.at(i), { borrow: true }), { device });
    const first = f(f32([1, 2]), ndarray([0n, 1n]));
    expect(() => f(f32([1, 2]), ndarray([5n]))).toThrow(tno.IndexRangeError);
    expect(f(f32([3, 4]), ndarray([1n, 0n])).toNested()).toEqual([4, 3]);
    expect(first.toNested()).toHaveLength(2);
  });
}

function defaultUpdates(device: Device, vector: MakeVector): void {
  const counter = (): SharedVariable<'float32', 1> => {
    const count = vector([0], 'count');
    count.defaultUpdate = count.add(1);
    return count;
  };

  it('makes the default update of every shared variable in the graph', () => {
    const count = counter();
    const f = tno.function([], count.mul(10), { device });
    const other = tno.function([], count.add(0.5), { device });
    expect([f(), other(), f()].map((v) => v.toNested())).toEqual([[0], [1.5], [20]]);
    expect(f.updated).toEqual([count]);
  });

  it('leaves it out where it is told, or has another update', () => {
    const count = counter();
    const twice = tno.function([], count, { noDefaultUpdates: true, device });
    const these = tno.function([], count, { noDefaultUpdates: [count], device });
    const own = tno.function([], count, { updates: [[count, count.add(10)]], device });
    expect([twice(), these(), own(), twice()].map((v) => v.toNested())).toEqual([
      [0],
      [0],
      [0],
      [10],
    ]);
    const more = counter();
    tno.function([], [count, more], { noDefaultUpdates: [count], device })();
    expect([count, more].map((s) => s.getValue().toNested())).toEqual([[10], [1]]);
  });

  it('makes those of variables that only updates use, and default updates themselves', () => {
    const [a, b, c] = [vector([0], 'a'), counter(), counter()];
    b.defaultUpdate = b.add(c).add(1);
    const f = tno.function([], null, { updates: [[a, b.mul(2)]], device });
    f();
    f();
    expect([a, b, c].map((s) => s.getValue().toNested())).toEqual([[2], [3], [2]]);
    expect(f.getShared()).toEqual(expect.arrayContaining([a, b, c]));
  });

  it('makes none for a variable that givens replace', () => {
    const count = counter();
    const x = tno.fvector('x');
    const f = tno.function([x], count.mul(2), { givens: [[count, x]], device });
    expect(f(f32([4])).toNested()).toEqual([8]);
    expect(count.getValue().toNested()).toEqual([0]);
  });

  it('applies givens to default updates', () => {
    const count = counter();
    const by = tno.fvector('by');
    const x = tno.fvector('x');
    count.defaultUpdate = count.add(by);
    tno.function([x], count, { givens: [[by, x.mul(2)]], device })(f32([3]));
    expect(count.getValue().toNested()).toEqual([6]);
  });

  it('refuses one of another type', () => {
    const count = counter();
    count.defaultUpdate = tno.fmatrix('m').sum();
    expect(() => tno.function([], count, { device })).toThrow(tno.UpdateError);
    expect(() => tno.function([], count, { device })).toThrow(
      /\[default update\] expected float32/,
    );
  });
}

function trustAndMemory(device: Device, vector: MakeVector): void {
  it('takes trusted arrays as they are, checks what would not be safe, converts the rest', () => {
    const x = tno.fmatrix('x');
    const f = tno.function([x], x.sum(), { trustInput: true, device });
    expect(f.trustInput).toBe(true);
    expect(f(f32([[1, 2]]))).toBe(3);
    expect(f([[1, 2]])).toBe(3);
    expect(() => loose(f)(f32([1, 2]))).toThrow(tno.TnoError);
    expect(() => loose(f)(ndarray([[1, 2]], 'float64'))).toThrow(tno.TnoError);
    expect(() => f(f32([[1]]).broadcastTo([1000, 1000]))).toThrow(tno.TnoError);
    f.trustInput = false;
    expect(f(f32([[1]]).broadcastTo([10, 10]))).toBe(100);
    const row = tno.tensor('float32', [1, null], 'row');
    const g = tno.function([row, x], row.add(x), { trustInput: true, device });
    expect(() => g(f32([[1], [2]]), f32([[1]]))).toThrow(tno.ShapeError);
  });

  it('works on after its memory was given back', () => {
    const x = tno.fmatrix('x');
    const f = tno.function([x], tno.dot(x.mul(2), x.T).sum(), { device });
    const value = NDArray.ones([20, 20], 'float32');
    const expected = f(value);
    f.free();
    f.free();
    expect(f(value)).toBe(expected);
  });

  it('tells its shared variables: those read, updated, also where rewriting left nothing of them', () => {
    const [a, b, c] = [vector([1], 'a'), vector([1], 'b'), vector([1], 'c')];
    const f = tno.function([], [a.sum(), c.mul(0)], { updates: [[b, b.mul(0)]], device });
    expect(f.getShared()).toHaveLength(3);
    expect(f.getShared()).toEqual(expect.arrayContaining([a, b, c]));
  });
}

function sameMemoryTwice(device: Device, vector: MakeVector): void {
  const [x, y] = [tno.fvector('x'), tno.fvector('y')];

  it('takes the same array twice, and views that overlap', () => {
    const f = tno.function([x, y], [x.mul(2).add(y), x.sub(y)], { device });
    const array = NDArray.arange(100, undefined, 1, 'float32');
    const [sum, zero] = f(array, array);
    expect([sum.equals(f(array, array.copy())[0]), zero.allClose(0)]).toEqual([true, true]);
    const [a, b] = [array.slice([0, 60]), array.slice([40, 100])];
    expect(f(a, b)[0].equals(f(a.copy(), b.copy())[0])).toBe(true);
    expect(array.equals(NDArray.arange(100, undefined, 1, 'float32'))).toBe(true);
  });

  it('reads the borrowed memory of a variable that the same call updates in place', () => {
    const w = vector(
      Array.from({ length: 100 }, (_, i) => i),
      'w',
    );
    const f = tno.function([x], x.sum(), { updates: [[w, w.add(x.at(0)).add(x.at(99))]], device });
    expect(f(w.getValue({ borrow: true }))).toBe(4950);
    expect(w.getValue().toNested()).toEqual(Array.from({ length: 100 }, (_, i) => i + 99));
  });
}
