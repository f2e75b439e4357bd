/** `f.into` on a device: results in memory of the caller. */
import { describe, expect, it } from 'vitest';
import * as tno from '../../src/index.js';
import { ndarray, NDArray, type Device } from '../../src/index.js';

const f32 = (value: number[] | number[][]): NDArray<'float32'> => ndarray(value, 'float32');
const loose = (f: unknown): ((...args: unknown[]) => unknown) =>
  f as (...args: unknown[]) => unknown;

export function intoCases(name: string, open: () => Device): void {
  describe(`into on ${name}`, () => {
    const device = open();
    results(device);
    refusals(device);
    overlaps(device);
  });
}

function results(device: Device): void {
  const x = tno.fmatrix('x');
  const large = NDArray.arange(400, undefined, 1, 'float32').reshape([20, 20]);

  it('writes into an array and gives that array', () => {
    const f = tno.function([x], x.mul(2), { device });
    for (const [rows, columns] of [
      [2, 3],
      [20, 20],
      [0, 3],
    ]) {
      const value = large.slice([0, rows], [0, columns]);
      const out = NDArray.full([rows, columns], 7, 'float32');
      expect(f.into(out, value)).toBe(out);
      expect(out.equals(f(value))).toBe(true);
    }
  });

  it('writes into a window of a larger array and leaves the rest alone', () => {
    const f = tno.function([x], x.add(1), { device });
    const all = NDArray.full([60, 20], 7, 'float32');
    f.into(all.slice([20, 40]), large);
    expect(all.slice([20, 40]).equals(f(large))).toBe(true);
    expect(all.slice([0, 20]).allClose(7)).toBe(true);
    expect(all.slice([40, 60]).allClose(7)).toBe(true);
  });

  it('writes into a typed array with as many elements', () => {
    const f = tno.function([x], x.T.add(1), { device });
    const data = new Float32Array(6);
    const result = f.into(
      data,
      f32([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    );
    expect([...data]).toEqual([2, 5, 3, 6, 4, 7]);
    expect(result.shape).toEqual([3, 2]);
    expect(result.data).toBe(data);
    const window = new Float32Array(402).subarray(1, 401);
    f.into(window, large);
    expect([window[1], window[20]]).toEqual([21, 2]);
    expect(new Float32Array(window.buffer)[0]).toBe(0);
  });

  it('takes memory that threads share', () => {
    const f = tno.function([x], x.add(1), { device });
    const data = new Float32Array(new SharedArrayBuffer(1600));
    f.into(data, large);
    expect([...data.subarray(0, 3)]).toEqual([1, 2, 3]);
  });

  it('takes a list or record like the outputs, in which some may come back fresh', () => {
    const outputs = { twice: x.mul(2), total: x.sum(), some: x.any() };
    const f = tno.function([x], outputs, { device });
    const twice = NDArray.zeros([1, 2], 'float32');
    expect(f.into({ twice }, f32([[1, 2]]))).toEqual({ twice, total: 3, some: true });
    expect(twice.toNested()).toEqual([[2, 4]]);
    const some = new Uint8Array(1);
    const total = NDArray.zeros([], 'float32');
    expect(f.into({ some, total }, f32([[0, 0]])).twice.toNested()).toEqual([[0, 0]]);
    expect(f.into({ some, total }, f32([[3, 4]]))).toMatchObject({ total: 7, some: true });
    expect([some[0], total.item()]).toEqual([1, 7]);
    const list = tno.function([x], [x.mul(2), x.mul(3)], { device });
    const [fresh, given] = list.into([null, twice], f32([[1, 2]]));
    expect([fresh.toNested(), given.toNested()]).toEqual([[[2, 4]], [[3, 6]]]);
    expect(given).toBe(twice);
  });

  it('works with each dtype', () => {
    for (const dtype of tno.dtypes) {
      const v = tno.vector('v', dtype);
      const f = tno.function([v], v, { device });
      const value = ndarray([0, 1, 1], dtype);
      const out = NDArray.zeros([3], dtype);
      f.into(out, value);
      expect(out.equals(value)).toBe(true);
    }
  });

  it('makes the updates, from old values', () => {
    const w = tno.shared(f32([1, 2]), 'w', { shape: [null], device });
    const f = tno.function([], w, { updates: [[w, w.mul(2)]], device });
    const out = new Float32Array(2);
    f.into(out);
    f.into(out);
    expect([...out]).toEqual([2, 4]);
    expect(w.getValue().toNested()).toEqual([4, 8]);
  });

  it('has results whose length is known only when the call runs', () => {
    const v = tno.fvector('v');
    const f = tno.function([v], v.at(tno.flatNonzero(v)), { device });
    const out = new Float32Array(2);
    f.into(out, f32([0, 3, 0, 4]));
    expect([...out]).toEqual([3, 4]);
    expect(() => f.into(out, f32([1, 2, 3]))).toThrow(tno.ShapeError);
  });
}

function refusals(device: Device): void {
  const x = tno.fmatrix('x');

  it('refuses another shape before anything is computed', () => {
    const w = tno.shared(f32([1, 2]), 'w', { shape: [null], device });
    const f = tno.function([x], x.mul(2).named('y'), {
      updates: [[w, w.add(x.sum())]],
      device,
    });
    const out = NDArray.full([2, 2], 7, 'float32');
    expect(() => f.into(out, f32([[1, 2, 3]]))).toThrow(tno.ShapeError);
    expect(() => f.into(out, f32([[1, 2, 3]]))).toThrow(
      /\[into\] expected an array of shape \(1, 3\) for y/,
    );
    expect(() => f.into(new Float32Array(4), f32([[1, 2, 3]]))).toThrow(/of shape \(1, 3\)/);
    expect(out.allClose(7)).toBe(true);
    expect(w.getValue().toNested()).toEqual([1, 2]);
    expect(f(f32([[1]])).toNested()).toEqual([[2]]);
  });

  it('refuses another dtype or rank, gaps, and what is no array', () => {
    const f = loose(tno.function([x], x.mul(2).named('y'), { device }).into);
    const value = f32([[1, 2]]);
    expect(() => f(NDArray.zeros([1, 2], 'float64'), value)).toThrow(tno.DTypeError);
    expect(() => f(new Float64Array(2), value)).toThrow(/expected a Float32Array for y/);
    expect(() => f(NDArray.zeros([2], 'float32'), value)).toThrow(tno.ShapeError);
    expect(() =>
      f(NDArray.zeros([2, 2], 'float32').slice(null, [0, 1]).transpose(), value),
    ).toThrow(/without gaps for y/);
    expect(() => f([[0, 0]], value)).toThrow(tno.InputError);
  });

  it('refuses what has not the structure of the outputs', () => {
    const out = NDArray.zeros([1, 2], 'float32');
    const list = loose(tno.function([x], [x, x.mul(2)], { device }).into);
    expect(() => list([out], f32([[1, 2]]))).toThrow(
      /a list of arrays for x, output 1, got a list of 1/,
    );
    expect(() => list(out, f32([[1, 2]]))).toThrow(tno.InputError);
    const record = loose(tno.function([x], { a: x }, { device }).into);
    expect(() => record({ b: out }, f32([[1, 2]]))).toThrow(/expected a, got b/);
    expect(() => record(out, f32([[1, 2]]))).toThrow(/expected a record/);
    expect(() => loose(tno.function([], null, { device }).into)(out)).toThrow(/with outputs/);
  });

  it('refuses a failing call and leaves shared variables as they were', () => {
    const w = tno.shared(f32([1, 2]), 'w', { shape: [null], device });
    const i = tno.lvector('i');
    const f = tno.function([i], w.at(i), { updates: [[w, w.mul(2)]], device });
    expect(() => f.into(new Float32Array(1), ndarray([5n]))).toThrow(tno.IndexRangeError);
    expect(w.getValue().toNested()).toEqual([1, 2]);
  });
}

function overlaps(device: Device): void {
  const x = tno.fvector('x');
  const y = tno.fvector('y');
  const reversed = x.at(tno.slice(null, null, -1)).add(y);

  it('reads what it was given where a result goes to the memory of an input', () => {
    const f = tno.function([x, y], reversed, { device });
    const memory = NDArray.arange(40, undefined, 1, 'float32');
    const expected = f(memory.slice([0, 30]), memory.slice([10, 40]));
    f.into(memory.slice([5, 35]), memory.slice([0, 30]), memory.slice([10, 40]));
    expect(memory.slice([5, 35]).equals(expected)).toBe(true);
    const whole = new Float32Array([1, 2, 3]);
    f.into(whole, whole, whole);
    expect([...whole]).toEqual([4, 4, 4]);
  });

  it('refuses the same memory for two outputs', () => {
    const f = tno.function([x], [x.add(1).named('a'), x.add(2).named('b')], { device });
    const data = new Float32Array(3);
    expect(() => f.into([data, data.subarray(0, 2)], f32([1, 2]))).toThrow(
      /memory of its own for each output, got the same for a and b/,
    );
    expect(() => f.into([data.subarray(0, 1), data.subarray(1, 2)], f32([1]))).not.toThrow();
    expect([...data]).toEqual([2, 3, 0]);
  });

  it('refuses memory of a shared variable that it uses', () => {
    const w = tno.shared(NDArray.ones([100], 'float32'), 'w', { shape: [null], device });
    const f = tno.function([], w.mul(2), { device });
    expect(() => f.into(w.getValue({ borrow: true }))).toThrow(/that of a shared variable/);
    expect(w.getValue().allClose(1)).toBe(true);
  });
}
