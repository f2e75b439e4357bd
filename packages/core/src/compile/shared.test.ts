import { afterEach, describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { createReferenceDevice, ndarray, type NDArray } from '../index.js';

const device = createReferenceDevice();
const options = { device };

describe('the value of a shared variable', () => {
  afterEach(() => {
    tno.config.floatX = 'float32';
  });

  it('is floatX for numbers and lists of numbers, and keeps the dtype of arrays', () => {
    const cases: [unknown, tno.DType, number][] = [
      [0.5, 'float32', 0],
      [1, 'float32', 0],
      [true, 'bool', 0],
      [2n, 'int64', 0],
      [[1, 2], 'float32', 1],
      [[], 'float32', 1],
      [[[1], [2]], 'float32', 2],
      [[true], 'bool', 1],
      [[1n], 'int64', 1],
      [new Float64Array(2), 'float64', 1],
      [new Int8Array(2), 'int8', 1],
      [ndarray([1], 'uint16'), 'uint16', 1],
      [ndarray([[1]], 'float64'), 'float64', 2],
    ];
    for (const [value, dtype, rank] of cases) {
      const variable = tno.shared(value as number, 'w', options);
      expect([variable.dtype, variable.rank]).toEqual([dtype, rank]);
      expect(variable.getValue().dtype).toBe(dtype);
    }
    tno.config.floatX = 'float64';
    expect(tno.shared([1], 'w', options).dtype).toBe('float64');
    expect(tno.shared(1, 'w', options).dtype).toBe('float64');
  });

  it('has open sizes: its axes of length 1 do not broadcast', () => {
    const w = tno.shared(ndarray([[1, 2, 3]], 'float32'), 'w', options);
    expect(w.type.shape).toEqual([null, null]);
    const x = tno.fmatrix('x');
    const f = tno.function([x], x.add(w), options);
    expect(() =>
      (f as (v: unknown) => unknown)([
        [1, 1, 1],
        [2, 2, 2],
      ]),
    ).toThrow(tno.ShapeError);
  });

  it('has static sizes on request, which then hold', () => {
    const w = tno.shared(ndarray([[1, 2, 3]], 'float32'), 'w', { shape: [1, null], device });
    const x = tno.fmatrix('x');
    const f = tno.function([x], x.add(w), options);
    expect(
      f([
        [1, 1, 1],
        [2, 2, 2],
      ]).toNested(),
    ).toEqual([
      [2, 3, 4],
      [3, 4, 5],
    ]);
    expect(() => tno.shared([[1], [2]], 'w', { shape: [1, null], device })).toThrow(tno.ShapeError);
    expect(() => tno.shared([[1], [2]], 'w', { shape: [1, null], device })).toThrow(
      '[shared] expected float32(1,?) for w, got shape (2, 1)',
    );
    expect(() => tno.shared([1], 'w', { shape: [null, null], device })).toThrow(tno.ShapeError);
    expect(() => w.setValue([[1], [2]])).toThrow(tno.ShapeError);
    expect(w.getValue().toNested()).toEqual([[1, 2, 3]]);
  });

  it('is no symbol', () => {
    expect(() => tno.shared(tno.fvector('x') as never, 'w', options)).toThrow(
      /expected a value, got the symbolic variable x/,
    );
    expect(() => tno.shared('text' as never, 'w', options)).toThrow(tno.TnoError);
  });
});

describe('copies', () => {
  it('are made of what a variable is created from and set to', () => {
    const start = ndarray([1, 2], 'float32');
    const w = tno.shared(start, 'w', options);
    start.set(99, 0);
    expect(w.getValue().toNested()).toEqual([1, 2]);
    const next = ndarray([3, 4], 'float32');
    w.setValue(next);
    next.set(99, 0);
    expect(w.getValue().toNested()).toEqual([3, 4]);
    const memory = new Float32Array([5, 6]);
    const v = tno.shared(memory, 'v', options);
    memory[0] = 99;
    expect(v.getValue().toNested()).toEqual([5, 6]);
  });

  it('are what getValue gives', () => {
    const w = tno.shared([1, 2], 'w', options);
    const seen = w.getValue();
    seen.set(99, 0);
    expect(w.getValue().toNested()).toEqual([1, 2]);
    w.setValue([3, 4]);
    expect(seen.toNested()).toEqual([99, 2]);
  });

  it('are not needed with borrow: the value is right until the next call or set', () => {
    const w = tno.shared([1, 2], 'w', options);
    expect(w.getValue({ borrow: true }).toNested()).toEqual([1, 2]);
    const f = tno.function([], null, { updates: [[w, w.add(1)]], device });
    f();
    expect(w.getValue({ borrow: true }).toNested()).toEqual([2, 3]);
  });

  it('take views apart', () => {
    const matrix = ndarray(
      [
        [1, 2],
        [3, 4],
      ],
      'float32',
    );
    expect(tno.shared(matrix.transpose(), 'w', options).getValue().toNested()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(tno.shared(matrix.slice(1), 'w', options).getValue().toNested()).toEqual([3, 4]);
    const w = tno.shared([0, 0], 'w', options);
    w.setValue(matrix.slice(null, 1));
    expect(w.getValue().toNested()).toEqual([2, 4]);
  });
});

describe('setting a value', () => {
  const make = (): tno.SharedVariable<'float32'> =>
    tno.shared(ndarray([1, 2], 'float32'), 'w', options);

  it('may change the shape, not the rank', () => {
    const w = make();
    w.setValue(ndarray([1, 2, 3], 'float32'));
    expect(w.getValue().shape).toEqual([3]);
    expect(tno.function([], w.sum(), options)()).toBe(6);
    for (const bad of [5, [[1]]]) {
      expect(() => w.setValue(bad)).toThrow(tno.ShapeError);
      expect(() => w.setValue(bad)).toThrow(/^\[w\] expected float32\(\?\), got shape/);
    }
    expect(w.getValue().shape).toEqual([3]);
  });

  it('takes numbers and lists in the dtype of the variable, arrays where it holds their values', () => {
    const w = make();
    w.setValue([0.1]);
    expect(w.getValue().get(0)).toBe(Math.fround(0.1));
    for (const wide of [ndarray([0.1], 'float64'), new Float64Array([0.1])]) {
      expect(() => w.setValue(wide)).toThrow(tno.DTypeError);
      expect(() => w.setValue(wide)).toThrow(
        /^\[w\] expected float32, got float64, whose values may not fit/,
      );
    }
    w.setValue(new Float32Array([3, 4]));
    w.setValue(new Int16Array([5, 6]));
    expect(w.getValue().toNested()).toEqual([5, 6]);
    const flags = tno.shared(ndarray([true]), 'flags', options);
    flags.setValue(new Uint8Array([0, 1]));
    expect(flags.getValue().toNested()).toEqual([false, true]);
    const n = tno.shared(ndarray([1n]), 'n', options);
    n.setValue([2]);
    expect(n.getValue().toNested()).toEqual([2]);
    expect(() => n.setValue([0.5])).toThrow(tno.DTypeError);
    expect(n.getValue().toNested()).toEqual([2]);
  });

  it('is seen by every function that uses the variable', () => {
    const w = make();
    const f = tno.function([], w.sum(), options);
    const g = tno.function([], w.mul(2), options);
    expect(f()).toBe(3);
    w.setValue([10, 20]);
    expect(f()).toBe(30);
    expect((g() as NDArray).toNested()).toEqual([20, 40]);
    tno.function([], null, { updates: [[w, w.add(1)]], device })();
    expect(f()).toBe(32);
  });
});

it('a shared variable of another device is refused by function()', () => {
  const storage = { ...device.createShared(ndarray([1], 'float32')) };
  const w = new tno.SharedVariable(tno.tensorType('float32', 1), storage, 'w');
  expect(() => tno.function([], w.sum(), options)).toThrow(tno.DeviceError);
});
