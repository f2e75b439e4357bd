import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';

describe('eval', () => {
  const [x, y] = [tno.fscalar('x'), tno.fvector('y')];

  it('gives the value of a variable, by names or by variables', () => {
    const z = y.mul(x);
    expect(z.eval({ x: 2, y: [1, 2] }).toNested()).toEqual([2, 4]);
    expect(
      z
        .eval(
          new Map<tno.TensorVariable, unknown>([
            [x, 3],
            [y, [1, 2]],
          ]),
        )
        .toNested(),
    ).toEqual([3, 6]);
    expect(z.sum().eval([[z, [5, 5]]])).toBe(10);
    expect(tno.arange(3).eval().toNested()).toEqual([0, 1, 2]);
    expect(tno.shared([1, 2], 'w').mul(2).eval().toNested()).toEqual([2, 4]);
  });

  it('compiles once for the same inputs', () => {
    const z = y.add(x);
    const loaded = (): number => {
      const { compiled, cached } = tno.currentDevice().stats;
      return compiled + cached;
    };
    z.eval({ x: 1, y: [0] });
    const before = loaded();
    for (const value of [2, 3])
      expect(z.eval({ x: value, y: [1] }).toNested()).toEqual([value + 1]);
    expect(loaded()).toBe(before);
    z.eval({ y: [0], x: 1 });
    expect(loaded()).toBeGreaterThan(before);
  });

  it('takes values that nothing needs, and asks for those that are', () => {
    expect(
      x.add(1).eval([
        [x, 1],
        [y, [1]],
      ]),
    ).toBe(2);
    expect(() => y.mul(x).eval({ y: [1] })).toThrow(tno.MissingInputError);
  });

  it('refuses names of no variable, or of several', () => {
    expect(() => x.add(1).eval({ w: 1 })).toThrow(/expected a name of one of x, got w/);
    const twin = tno.fscalar('x');
    expect(() => x.add(twin).eval({ x: 1 })).toThrow(/the name of several/);
    expect(
      x.add(twin).eval([
        [x, 1],
        [twin, 2],
      ]),
    ).toBe(3);
  });
});
