import { describe, expect, it, vi } from 'vitest';
import * as tno from '../index.js';
import { createReferenceDevice, ndarray, type TensorVariable } from '../index.js';

const device = createReferenceDevice();
const f32 = (value: number[] | number[][]): tno.NDArray<'float32'> => ndarray(value, 'float32');
/** For calls that the types refuse. */
const loose = (f: unknown): ((...args: unknown[]) => unknown) =>
  f as (...args: unknown[]) => unknown;

describe('what may be an input', () => {
  it('is a list, in the order of the arguments', () => {
    const [x, y] = [tno.fscalar('x'), tno.fscalar('y')];
    const f = tno.function([y, x], x.sub(y), { device });
    expect(f(1, 10)).toBe(9);
  });

  it('is a record, whose keys name the arguments', () => {
    const [x, y] = [tno.fscalar(), tno.fscalar()];
    const f = tno.function({ left: x, right: y }, x.sub(y), { device });
    expect(f({ right: 1, left: 10 })).toBe(9);
  });

  it('may be nothing', () => {
    const w = tno.shared(f32([1, 2]), 'w', { shape: [null], device });
    expect(tno.function([], w.mul(2), { device })().toNested()).toEqual([2, 4]);
    expect(tno.function({}, w.mul(2), { device })({}).toNested()).toEqual([2, 4]);
  });

  it('is an intermediate variable: what computes it does not run', () => {
    const x = tno.fvector('x');
    const h = x.mul(100).named('h');
    const f = tno.function([h], h.add(1), { device });
    expect(f(f32([1, 2])).toNested()).toEqual([2, 3]);
    expect(f.graph.nodes().map((node) => node.op.name)).toEqual(['add']);
  });

  it('is an intermediate variable beside what it is computed from', () => {
    const x = tno.fvector('x');
    const h = x.mul(100);
    const f = tno.function([x, h], [h.add(x), x.mul(2)], { device });
    const [sum, twice] = f(f32([1, 2]), f32([10, 20]));
    expect(sum.toNested()).toEqual([11, 22]);
    expect(twice.toNested()).toEqual([2, 4]);
  });

  it('leaves a twin of an intermediate input computed', () => {
    const x = tno.fvector('x');
    const [h, twin] = [x.mul(100), x.mul(100)];
    const f = tno.function([x, h], h.add(twin), { device });
    expect(f(f32([1]), f32([7])).toNested()).toEqual([107]);
  });

  it('may be a view of another input', () => {
    const x = tno.fmatrix('x');
    const t = x.T;
    const f = tno.function([x, t], tno.dot(t, x), { device });
    expect(f(f32([[1, 2]]), f32([[3], [4]])).toNested()).toEqual([
      [3, 6],
      [4, 8],
    ]);
  });

  it('may be a symbolic size', () => {
    const x = tno.fvector('x');
    const n = x.shape.at(0);
    const f = tno.function([n], tno.arange(n), { device });
    expect(f(3).toNested()).toEqual([0, 1, 2]);
  });

  it('refuses a shared variable and suggests givens', () => {
    const w = tno.shared(f32([1]), 'w', { device });
    expect(() => tno.function([w], w.mul(2), { device })).toThrow(tno.InputError);
    expect(() => tno.function([w], w.mul(2), { device })).toThrow(/shared variable w[^]*givens/);
  });

  it('refuses constants and what is no variable', () => {
    const x = tno.fvector('x');
    expect(() => tno.function([tno.constant(f32([1]))], x, { device })).toThrow(/the constant/);
    expect(() => tno.function([3 as never], x, { device })).toThrow(/got 3 at position 0/);
  });

  it('refuses a variable that is not in a list or record', () => {
    const x = tno.fvector('x');
    expect(() => tno.function(x as never, x, { device })).toThrow(tno.InputError);
    expect(() => tno.function(x as never, x, { device })).toThrow(
      /expected a list or record of variables, got the variable x[^]*\[x\]/,
    );
    expect(() => tno.function(undefined as never, x, { device })).toThrow(/got undefined/);
  });

  it('refuses the same variable twice', () => {
    const x = tno.fvector('x');
    expect(() => tno.function([x, x], x, { device })).toThrow(tno.UnusedInputError);
    expect(() => tno.function([x, x], x, { device })).toThrow(/each input once, got x twice/);
    expect(() => tno.function({ a: x, b: x }, x, { device })).toThrow(/each input once/);
  });

  it("does not see what happens to the caller's list afterwards", () => {
    const [x, y] = [tno.fscalar('x'), tno.fscalar('y')];
    const list: TensorVariable[] = [x, y];
    const f = tno.function(list, x.add(y), { device });
    list.pop();
    expect(loose(f)(1, 2)).toBe(3);
  });
});

describe('inputs that are missing', () => {
  it('names the variable, what needs it, and the line of that', () => {
    const [x, z] = [tno.fvector('x'), tno.fvector('z')];
    const make = (): unknown => tno.function([x], x.add(1).mul(z), { device });
    expect(make).toThrow(tno.MissingInputError);
    expect(make).toThrow(
      /\[function\] expected z among the inputs: mul needs it\nmade at .*inputs\.test\.ts:\d+:\d+.*\nhint: /,
    );
  });

  it('says so of an output that is itself missing', () => {
    const [x, z] = [tno.fvector('x'), tno.fvector('z')];
    expect(() => tno.function([x], [x, z], { device })).toThrow(
      /expected z among the inputs: it is an output/,
    );
  });

  it('sees what only an update or a replacement needs', () => {
    const [x, z] = [tno.fscalar('x'), tno.fscalar('z')];
    const w = tno.shared(ndarray(1, 'float32'), 'w', { device });
    expect(() => tno.function([x], x, { updates: [[w, z]], device })).toThrow(/expected z among/);
    expect(() => tno.function([], x.add(1), { givens: [[x, z.mul(2)]], device })).toThrow(
      /expected z among.*mul needs it/,
    );
  });

  it('does not need what lies behind an intermediate input', () => {
    const [x, z] = [tno.fvector('x'), tno.fvector('z')];
    const h = x.mul(z);
    expect(tno.function([h], h.sum(), { device })(f32([1, 2]))).toBe(3);
  });
});

describe('inputs that nothing uses', () => {
  const [x, z] = [tno.fvector('x'), tno.fvector('z')];

  it('are an error', () => {
    expect(() => tno.function([x, z], x.sum(), { device })).toThrow(tno.UnusedInputError);
    expect(() => tno.function([x, z], x.sum(), { device })).toThrow(
      /no output or update depends on z[^]*onUnusedInput/,
    );
    expect(() => tno.function({ x, z }, x.sum(), { device })).toThrow(tno.UnusedInputError);
  });

  it('may be a warning', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const f = tno.function([x, z], x.sum(), { onUnusedInput: 'warn', device });
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^tno: .*depends on z$/)]]);
    warn.mockRestore();
    expect(f(f32([1, 2]), f32([]))).toBe(3);
  });

  it('may be nothing at all', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const f = tno.function([z, x], x.sum(), { onUnusedInput: 'ignore', device });
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
    expect(f(f32([]), f32([1, 2]))).toBe(3);
  });

  it('are those that the optimizer makes unnecessary as little as others', () => {
    const f = tno.function([x, z], x.add(z).sub(z), { device });
    expect(f(f32([1]), f32([2])).toNested()).toEqual([1]);
  });

  it('are not those that an update uses', () => {
    const w = tno.shared(f32([1]), 'w', { device });
    tno.function([z], null, { updates: [[w, z]], device })(f32([5]));
    expect(w.getValue().toNested()).toEqual([5]);
  });
});

describe('a call with a wrong number or names of arguments', () => {
  const [x, y] = [tno.fscalar('x'), tno.fscalar('y')];

  it('names what is expected', () => {
    const f = tno.function([x, y], x.add(y), { name: 'plus', device });
    expect(f.functionName).toBe('plus');
    expect(() => loose(f)(1)).toThrow(tno.InputError);
    expect(() => loose(f)(1)).toThrow('[plus] expected 2 arguments (x, y), got 1');
    expect(() => loose(f)(1, 2, 3)).toThrow('got 3');
  });

  it('names unknown and missing keys of a record', () => {
    const f = tno.function({ left: x, right: y }, x.add(y), { device });
    expect(() => loose(f)({ left: 1, rigth: 2 })).toThrow(tno.InputError);
    expect(() => loose(f)({ left: 1, rigth: 2 })).toThrow(
      '[function] expected left, right, got rigth',
    );
    expect(() => loose(f)({ left: 1 })).toThrow(/\[right\] expected .* got undefined/);
    expect(() => loose(f)(1, 2)).toThrow('expected one record with left, right, got 2 arguments');
    expect(() => loose(f)(1)).toThrow(/expected one record with left, right, got number/);
    expect(() => loose(f)()).toThrow(/got 0 arguments/);
  });
});
