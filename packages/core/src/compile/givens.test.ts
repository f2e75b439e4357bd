import { describe, expect, it } from 'vitest';
import * as tno from '../index.js';
import { createReferenceDevice, ndarray, type NDArray } from '../index.js';

const device = createReferenceDevice();
const f32 = (value: number[]): NDArray<'float32'> => ndarray(value, 'float32');

describe('givens', () => {
  it('replace variables in outputs and updates', () => {
    const [x, y] = [tno.fvector('x'), tno.fvector('y')];
    const w = tno.shared(f32([0]), 'w', { shape: [null], device });
    const f = tno.function([y], x.mul(2), {
      updates: [[w, x.add(w)]],
      givens: [[x, y.add(1)]],
      device,
    });
    expect(f([1]).toNested()).toEqual([4]);
    expect(w.getValue().toNested()).toEqual([2]);
  });

  it('give a shared variable another value within the function', () => {
    const x = tno.fvector('x');
    const w = tno.shared(f32([1, 2]), 'w', { shape: [null], device });
    const f = tno.function([x], w.mul(10), { givens: [[w, x]], device });
    expect(f([7]).toNested()).toEqual([70]);
    expect(w.getValue().toNested()).toEqual([1, 2]);
  });

  it('leave an updated variable the target that it is', () => {
    const x = tno.fvector('x');
    const w = tno.shared(f32([1]), 'w', { shape: [null], device });
    const f = tno.function([x], w, { updates: [[w, w.mul(2)]], givens: [[w, x]], device });
    expect(f([5]).toNested()).toEqual([5]);
    expect(w.getValue().toNested()).toEqual([10]);
  });

  it('feed minibatches of a shared data set', () => {
    const [x, index] = [tno.fmatrix('x'), tno.lscalar('index')];
    const data = tno.shared(
      ndarray(
        [
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
        ],
        'float32',
      ),
      'data',
      { shape: [null, null], device },
    );
    const batch = data.at(tno.slice(index.mul(2), index.add(1).mul(2)));
    const f = tno.function([index], x.sum(1), { givens: [[x, batch]], device });
    expect(f(0).toNested()).toEqual([3, 7]);
    expect(f(1).toNested()).toEqual([11, 15]);
  });

  it('take numbers, lists and arrays', () => {
    const [x, s, n] = [tno.fvector('x'), tno.fscalar('s'), tno.lvector('n')];
    expect(
      tno
        .function([], x.mul(s), {
          givens: [
            [x, [1, 2]],
            [s, 0.5],
          ],
          device,
        })()
        .toNested(),
    ).toEqual([0.5, 1]);
    expect(
      tno
        .function([], x, { givens: [[x, f32([3])]], device })()
        .toNested(),
    ).toEqual([3]);
    expect(
      tno
        .function([], n, { givens: new Map([[n, [1, 2]]]), device })()
        .toNested(),
    ).toEqual([1, 2]);
  });

  it('replace intermediate variables, and what only they needed is not needed', () => {
    const [x, z] = [tno.fvector('x'), tno.fvector('z')];
    const h = x.mul(100);
    const f = tno.function([z], h.add(1), { givens: [[h, z]], device });
    expect(f([1]).toNested()).toEqual([2]);
  });

  it('replace outputs themselves', () => {
    const [x, z] = [tno.fvector('x'), tno.fvector('z')];
    const h = x.mul(100);
    const f = tno.function([z], [h, x], {
      givens: [
        [h, z],
        [x, z],
      ],
      device,
    });
    expect(f([1]).map((v) => v.toNested())).toEqual([[1], [1]]);
  });

  it('are simultaneous: a replacement may speak of what is replaced', () => {
    const [x, y] = [tno.fvector('x'), tno.fvector('y')];
    const swapped = tno.function([x, y], x.mul(10).add(y), { device });
    expect(swapped([1], [2]).toNested()).toEqual([12]);
    const [a, b] = [
      tno.shared(f32([1]), 'a', { shape: [null], device }),
      tno.shared(f32([2]), 'b', { shape: [null], device }),
    ];
    const f = tno.function([], a.mul(10).add(b), {
      givens: [
        [a, b],
        [b, a],
      ],
      device,
    });
    expect(f().toNested()).toEqual([21]);
    const g = tno.function([], a.mul(10), { givens: [[a, a.add(1)]], device });
    expect(g().toNested()).toEqual([20]);
    const chain = tno.function([], a.add(b), {
      givens: [
        [a, b.mul(100)],
        [b, a.mul(1000)],
      ],
      device,
    });
    expect(chain().toNested()).toEqual([1200]);
  });

  it('happen before gradients are asked of the new graph only where they were built from it', () => {
    const [x, z] = [tno.fvector('x'), tno.fvector('z')];
    const g = tno.grad(x.sqr().sum(), x);
    expect(
      tno
        .function([z], g, { givens: [[x, z.mul(2)]], device })([3])
        .toNested(),
    ).toEqual([12]);
  });

  it('do not reach what computes an intermediate input', () => {
    const x = tno.fvector('x');
    const h = x.mul(2);
    const f = tno.function([h], h.add(x), { givens: [[x, [5]]], device });
    expect(f([1]).toNested()).toEqual([6]);
  });

  it('keep names and lines of the nodes above', () => {
    const [x, z, w] = [tno.fvector('x'), tno.fvector('z'), tno.fvector('w')];
    const f = tno.function([z, w], x.add(w).named('sum').mul(2), { givens: [[x, z]], device });
    expect(() => f([1, 2], [1, 2, 3])).toThrow(
      /\[add\] expected equal sizes[^]*givens\.test\.ts:\d+/,
    );
  });
});

describe('givens that are refused', () => {
  const [x, z] = [tno.fvector('x'), tno.fvector('z')];

  it('name what is not a variable', () => {
    expect(() => tno.function([z], z, { givens: [[3 as never, z]], device })).toThrow(
      tno.GivensError,
    );
    expect(() => tno.function([z], z, { givens: [[3 as never, z]], device })).toThrow(
      '[givens] expected a variable to replace, got 3',
    );
  });

  it('replace one variable twice', () => {
    expect(() =>
      tno.function([z], x, {
        givens: [
          [x, z],
          [x, z.mul(2)],
        ],
        device,
      }),
    ).toThrow('[givens] expected one replacement for x, got two');
  });

  it('replace an input', () => {
    const make = (): unknown => tno.function([x], x.mul(2), { givens: [[x, [1]]], device });
    expect(make).toThrow(tno.GivensError);
    expect(make).toThrow('[givens] expected a variable that is not an input, got x');
  });

  it('change the type', () => {
    const cases: [tno.TensorLike, RegExp][] = [
      [
        tno.dvector('d'),
        /expected float32\(\?\) for x, got float64\(\?\)[^]*made at .*givens\.test\.ts:\d+[^]*cast\('float32'\)/,
      ],
      [tno.fmatrix('m'), /expected float32\(\?\) for x, got float32\(\?,\?\)[^]*rank/],
      [ndarray([1], 'float64'), /got float64\(1\)/],
      [0.5, /got float32\(\)/],
    ];
    for (const [value, message] of cases) {
      const make = (): unknown => tno.function([], x, { givens: [[x, value]], device });
      expect(make).toThrow(tno.GivensError);
      expect(make).toThrow(message);
    }
    const r = tno.frow('r');
    expect(() => tno.function([], r, { givens: [[r, tno.fmatrix('m')]], device })).toThrow(
      /expected float32\(1,\?\) for r, got float32\(\?,\?\)[^]*specifyShape/,
    );
  });
});
