import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { createReferenceDevice, ndarray, NDArray } from '../index.js';

const device = createReferenceDevice();
const options = { device };
const f32 = (value: number[]): NDArray<'float32'> => ndarray(value, 'float32');

it('an output may be what an op computes in JavaScript', () => {
  const reversed = tno.defineOp({
    name: 'reversed',
    props: {},
    types: ([v]) => [v.type],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([v]) => [f32([...(v.toNested() as number[])].reverse())],
    pullback: 'not-differentiable',
    lower: { kind: 'host' },
  });
  const x = tno.fvector('x');
  const f = tno.function([x], [tno.apply1(reversed, [x]), x.mul(2)], options);
  const [first, second] = f([1, 2, 3]);
  expect((first as NDArray).toNested()).toEqual([3, 2, 1]);
  expect(second.toNested()).toEqual([2, 4, 6]);
});

describe('the structure of outputs', () => {
  const x = tno.fvector('x');
  const [sum, twice] = [x.sum(), x.mul(2)];

  it('is none for null, nothing and an empty list or record', () => {
    expect(tno.function([x], null, { ...options, onUnusedInput: 'ignore' })([1])).toBeUndefined();
    expect(
      tno.function([x], undefined, { ...options, onUnusedInput: 'ignore' })([1]),
    ).toBeUndefined();
    expect(tno.function([], [], options)()).toEqual([]);
    expect(tno.function([], {}, options)()).toEqual({});
  });

  it('is a value for a variable', () => {
    expect(tno.function([x], sum, options)([1, 2])).toBe(3);
    expect(tno.function([x], twice, options)([1, 2]).toNested()).toEqual([2, 4]);
  });

  it('is a list for a list, also of one', () => {
    const both = tno.function([x], [sum, twice], options)([1, 2]);
    expect(both).toHaveLength(2);
    expect(both[0]).toBe(3);
    expect(both[1].toNested()).toEqual([2, 4]);
    expect(tno.function([x], [sum], options)([1, 2])).toEqual([3]);
  });

  it('is a record for a record, with its keys in order', () => {
    const result = tno.function([x], { twice, sum }, options)([1, 2]);
    expect(Object.keys(result)).toEqual(['twice', 'sum']);
    expect(result.sum).toBe(3);
    expect(result.twice.toNested()).toEqual([2, 4]);
  });

  it('is scalars where the rank is 0: numbers, and booleans of bool', () => {
    const n = tno.lscalar('n');
    const f = tno.function([x, n], [sum.gt(2), n.add(1), x.argmax(), x.mean()], options);
    expect(f([1, 2], 41)).toEqual([true, 42, 1, 1.5]);
  });

  it('is a RangeError where a 64-bit integer is no safe number; as an array it has every value', () => {
    const n = tno.lscalar('n');
    const square = n.mul(n);
    const f = tno.function([n], square, options);
    expect(f(2 ** 26)).toBe(2 ** 52);
    expect(() => f(2 ** 27)).toThrow(RangeError);
    expect(() => f(2 ** 27)).toThrow(
      /expected mul\(n, n\) to be an integer that a number holds exactly, got 18014398509481984; as an array, \.reshape\(\[1\]\)/,
    );
    const g = tno.function([n], square.reshape([1]), options);
    expect(g(2 ** 27).toNested({ bigint: true })).toEqual([2n ** 54n]);
  });

  it('refuses what is no variable', () => {
    expect(() => tno.function([x], [x, 3 as never], options)).toThrow(tno.TypeInferenceError);
    expect(() => tno.function([x], [x, 3 as never], options)).toThrow(
      '[function] expected variables as outputs, got 3',
    );
    expect(() => tno.function([x], { a: undefined as never }, options)).toThrow(/got undefined/);
    expect(() => tno.function([x], 3 as never, options)).toThrow(tno.TypeInferenceError);
    expect(() => tno.function([x], [[x]] as never, options)).toThrow(tno.TypeInferenceError);
  });
});

describe('outputs that are not computed', () => {
  it('may be an input', () => {
    const [x, s] = [tno.fmatrix('x'), tno.fscalar('s')];
    const f = tno.function([x, s], [x, s, x.T], options);
    const [same, scalar, turned] = f([[1, 2]], 5);
    expect(same.toNested()).toEqual([[1, 2]]);
    expect(scalar).toBe(5);
    expect(turned.toNested()).toEqual([[1], [2]]);
  });

  it('may be constants', () => {
    const numbers = tno.constant(f32([1, 2]));
    const f = tno.function(
      [],
      [numbers, tno.scalarConstant(2.5, 'float64'), tno.scalarConstant(true, 'bool')],
      options,
    );
    const [list, number, flag] = f();
    expect((list as NDArray).toNested()).toEqual([1, 2]);
    expect([number, flag]).toEqual([2.5, true]);
    (list as NDArray).set(99, 0);
    expect((f()[0] as NDArray).toNested()).toEqual([1, 2]);
    expect(numbers.data.toNested()).toEqual([1, 2]);
  });

  it('may become constants', () => {
    const x = tno.fvector('x');
    const f = tno.function([x], [x.mul(0), tno.add(tno.constant(f32([1])), 1)], options);
    expect(f([3, 4]).map((v) => (v as NDArray).toNested())).toEqual([[0, 0], [2]]);
  });

  it('may be shared variables and views of them', () => {
    const w = tno.shared(
      ndarray(
        [
          [1, 2],
          [3, 4],
        ],
        'float32',
      ),
      'w',
      { shape: [null, null], device },
    );
    const f = tno.function([], [w, w.T, w.at(0)], options);
    expect(f().map((v) => v.toNested())).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [1, 3],
        [2, 4],
      ],
      [1, 2],
    ]);
  });

  it('may be the same variable twice, and equal expressions', () => {
    const x = tno.fvector('x');
    const y = x.mul(2);
    const f = tno.function([x], [y, y, x.mul(2), x, x], options);
    const results = f([1, 2]);
    expect(results.map((v) => v.toNested())).toEqual([
      [2, 4],
      [2, 4],
      [2, 4],
      [1, 2],
      [1, 2],
    ]);
    results[0].set(99, 0);
    results[3].set(99, 0);
    expect(results.map((v) => v.get(0))).toEqual([99, 2, 2, 99, 1]);
  });

  it('may be an output and what another is computed from', () => {
    const x = tno.fvector('x');
    const h = x.add(1);
    const f = tno.function([x], [h, h.mul(2), h.mul(2).add(h)], options);
    expect(f([1]).map((v) => v.toNested())).toEqual([[2], [4], [6]]);
  });

  it('may be empty arrays', () => {
    const x = tno.fmatrix('x');
    const f = tno.function([x], [x.mul(2), x.sum(0), x.sum(1), x.sum()], options);
    const results = f(NDArray.zeros([0, 3], 'float32'));
    expect(results.slice(0, 3).map((v) => (v as NDArray).shape)).toEqual([[0, 3], [3], [0]]);
    expect(results[3]).toBe(0);
  });
});

describe('results', () => {
  const x = tno.fvector('x');
  const w = tno.shared(f32([1, 2]), 'w', { shape: [null], device });

  it('never alias arguments', () => {
    const f = tno.function([x], [x, x.at(tno.slice(0, 1)), x.reshape([-1, 1])], options);
    const value = f32([1, 2]);
    for (const result of f(value)) result.set(99, ...result.shape.map(() => 0));
    expect(value.toNested()).toEqual([1, 2]);
  });

  it('never alias shared values, before or after an update', () => {
    const f = tno.function([x], [w, w.at(tno.slice(0, 1)), x], { updates: [[w, x]], device });
    const results = f([5, 6]);
    for (const result of results) result.set(99, 0);
    expect(w.getValue().toNested()).toEqual([5, 6]);
    const [old] = f([7, 8]);
    expect(old.toNested()).toEqual([5, 6]);
    w.setValue([0, 0]);
    expect(old.toNested()).toEqual([5, 6]);
  });

  it('never alias each other or those of earlier calls', () => {
    const f = tno.function([x], [x.mul(2), x.mul(2).reshape([1, -1])], options);
    const [first, view] = f([1, 2]);
    const [second] = f([3, 4]);
    first.set(99, 0);
    expect(view.toNested()).toEqual([[2, 4]]);
    expect(second.toNested()).toEqual([6, 8]);
    f([5, 6]);
    expect(second.toNested()).toEqual([6, 8]);
  });

  it('see the arguments as they were at the call', () => {
    const f = tno.function([x], x.mul(2), options);
    const value = f32([1, 2]);
    const result = f(value);
    value.set(50, 0);
    expect(result.toNested()).toEqual([2, 4]);
    expect(f(value).toNested()).toEqual([100, 4]);
  });

  it('take the borrowed memory of a shared variable for what it is at the call', () => {
    const v = tno.shared(f32([1, 2]), 'v', { shape: [null], device });
    const f = tno.function([x], [x.sum(), x], { updates: [[v, v.add(x)]], device });
    const [sum, seen] = f(v.getValue({ borrow: true }));
    expect(sum).toBe(3);
    expect(seen.toNested()).toEqual([1, 2]);
    expect(v.getValue().toNested()).toEqual([2, 4]);
  });

  it('are right when one array is passed twice, or two that overlap', () => {
    const y = tno.fvector('y');
    const f = tno.function([x, y], [x.add(1), x.add(y)], options);
    const value = f32([1, 2, 3]);
    expect(f(value, value)[1].toNested()).toEqual([2, 4, 6]);
    const [, overlapping] = f(value.slice([0, 2]), value.slice([1, 3]));
    expect(overlapping.toNested()).toEqual([3, 5]);
    expect(value.toNested()).toEqual([1, 2, 3]);
  });
});

describe('symbols are no values', () => {
  const [x, y] = [tno.fvector('x'), tno.fscalar('y')];

  it.each<[string, () => unknown]>([
    ['x + y', () => (x as unknown as number) + (y as unknown as number)],
    ['x * 2', () => (x as unknown as number) * 2],
    ['-x', () => -(x as unknown as number)],
    ['x < y', () => (x as unknown as number) < (y as unknown as number)],
    ['Math.max(x)', () => Math.max(x as unknown as number)],
    ['Number(x)', () => Number(x)],
    ["x + ' text'", () => `${'text '}` + (x as unknown as string)],
  ])('%s throws', (_, use) => {
    expect(use).toThrow(tno.SymbolicValueError);
    expect(use).toThrow(
      /^\[x\] expected a number, got a symbolic variable: .*x\.add\(y\).*tno\.switch.*tno\.function/,
    );
  });

  it('but they print by name in text', () => {
    expect(`${String(x)} and ${x.mul(2).toString()}`).toBe('x and mul(x, 2)');
  });
});
