/**
 * What the seams must carry, as cases that run on any device: sizes that change with no recompilation,
 * an op from outside core with an inner graph, commit semantics, and errors that leave nothing behind.
 */
import { describe, expect, it } from 'vitest';
import * as tno from '../../src/index.js';
import type { NDArray } from '../../src/index.js';
import { type Device, ndarray, type TensorVariable } from '../../src/index.js';
import { iterate } from './iterate-op.js';

const f32 = (value: number[] | number[][]): NDArray<'float32'> => ndarray(value, 'float32');

export function seamCases(name: string, open: () => Device): void {
  describe(`seams on ${name}`, () => {
    const device = open();
    sizesThatChange(device);
    opsFromOutside(device);
    commits(device);
    failures(device);
  });
}

function sizesThatChange(device: Device): void {
  it('runs arange(n), symbolic slice bounds and nonzero with changing sizes and no recompilation', () => {
    const n = tno.lscalar('n');
    const v = tno.fvector('v');
    const found = tno.flatNonzero(v);
    const f = tno.function(
      { n, v },
      {
        count: tno.arange(n),
        tail: v.at(tno.slice(n, null)),
        found,
        picked: v.at(found),
        total: v.at(found).sum(),
      },
      { device },
    );
    const before = device.stats.compiled;
    for (const [k, values] of [
      [0, [1, 0, 2]],
      [2, [0, 0, 0, 5]],
      [3, [1, 1, 1, 1, 1, 0]],
      [1, []],
    ] as const) {
      const result = f({ n: k, v: f32([...values]) });
      const expected = values.flatMap((x, i) => (x === 0 ? [] : [i]));
      expect(result.count.toNested()).toEqual(Array.from({ length: k }, (_, i) => i));
      expect(result.tail.toNested()).toEqual(values.slice(k));
      expect(result.found.toNested()).toEqual(expected);
      expect(result.picked.toNested()).toEqual(expected.map((i) => values[i]));
      expect(result.total).toBe(expected.reduce((sum, i) => sum + values[i], 0));
    }
    expect(device.stats.compiled).toBe(before);
  });

  it('reshapes to a size computed from values', () => {
    const rows = tno.lscalar('rows');
    const v = tno.fvector('v');
    const f = tno.function([rows, v], v.reshape([rows, -1]).sum(0), { device });
    expect(f(2, f32([1, 2, 3, 4, 5, 6])).toNested()).toEqual([5, 7, 9]);
    expect(f(3, f32([1, 2, 3, 4, 5, 6])).toNested()).toEqual([9, 12]);
    expect(() => f(4, f32([1, 2, 3, 4, 5, 6]))).toThrow(/\[reshape\]/);
  });
}

function opsFromOutside(device: Device): void {
  type Vector = TensorVariable<'float32', 1>;
  const step = (h: Vector): Vector => h.mul(h).add(0.5);
  const unrolled = (x: Vector, n: number): Vector =>
    Array.from({ length: n }).reduce<Vector>((h) => step(h), x);

  it('lowers an op with an inner graph to a loop, with its gradient', () => {
    const x = tno.fvector('x');
    const n = tno.lscalar('n');
    const y = iterate(step, x, n);
    const f = tno.function([x, n], [y, tno.grad(y.sum(), x)], { device });
    const plain = [0, 1, 3].map((k) =>
      tno.function([x], [unrolled(x, k), tno.grad(unrolled(x, k).sum(), x)], { device }),
    );
    const value = f32([0.1, -0.2, 0.3]);
    [0, 1, 3].forEach((k, i) => {
      const [a, ga] = f(value, k);
      const [b, gb] = plain[i](value);
      expect(a.allClose(b, { rtol: 1e-5 })).toBe(true);
      expect(ga.allClose(gb, { rtol: 1e-5 })).toBe(true);
    });
    expect(f.program.steps.some((s) => s.kind === 'loop')).toBe(true);
  });

  it('applies the rewrite that travels with the op', () => {
    const x = tno.fvector('x');
    const once = tno.function([x], iterate(step, x, tno.scalarConstant(1, 'int64')), { device });
    expect(once.program.steps.some((s) => s.kind === 'loop')).toBe(false);
    expect(once(f32([2])).toNested()).toEqual([4.5]);
  });
}

function commits(device: Device): void {
  it('accumulates an update in place in the commit part', () => {
    const x = tno.fmatrix('x');
    const g = tno.fmatrix('g');
    const W = tno.shared(
      f32([
        [1, 2],
        [3, 4],
      ]),
      'W',
      { device },
    );
    const f = tno.function([x, g], tno.sum(W), {
      updates: [[W, tno.sub(W, tno.dot(x.T, g).mul(0.5))]],
      device,
    });
    const commit = f.program.steps.findIndex((s) => s.kind === 'commit');
    const writes = f.program.steps.slice(commit);
    expect(writes.filter((s) => s.kind === 'copy')).toHaveLength(0);
    expect(
      writes.some((s) => s.kind === 'call' && s.callee === 'gemm' && s.outs[0] === s.ins[2]),
    ).toBe(true);
    expect(f(f32([[2, 0]]), f32([[1, 1]]))).toBe(10);
    expect(W.getValue().toNested()).toEqual([
      [0, 1],
      [3, 4],
    ]);
  });

  it('assigns all updates from old values', () => {
    const a = tno.shared(f32([1, 2]), 'a', { device });
    const b = tno.shared(f32([3, 4]), 'b', { device });
    const swap = tno.function([], [a, b], {
      updates: [
        [a, b],
        [b, a],
      ],
      device,
    });
    const [oldA, oldB] = swap();
    expect([oldA, oldB].map((v) => (v as NDArray).toNested())).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect([a, b].map((v) => v.getValue().toNested())).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });

  it('keeps a view of the old value while the update writes', () => {
    const a = tno.shared(f32([0, 1, 2]), 'a', { device });
    const f = tno.function([], [a.at(0), a.sum()], {
      updates: [[a, a.incSubtensor([0], 10)]],
      device,
    });
    expect(f()).toEqual([0, 3]);
    expect(a.getValue().toNested()).toEqual([10, 1, 2]);
  });

  it('lets a shared variable change its shape', () => {
    const a = tno.shared(f32([1]), 'a', { device });
    const v = tno.fvector('v');
    const f = tno.function([v], null, { updates: [[a, v.mul(2)]], device });
    f(f32([1, 2, 3]));
    expect(a.getValue().toNested()).toEqual([2, 4, 6]);
    f(f32([]));
    expect(a.getValue().toNested()).toEqual([]);
  });

  it('counts: outputs are the old values', () => {
    const a = tno.shared(f32([1]), 'a', { device });
    const f = tno.function([], a.mul(10).sum(), { updates: [[a, a.add(1)]], device });
    expect([f(), f(), f()]).toEqual([10, 20, 30]);
  });
}

function failures(device: Device): void {
  const model = (): {
    W: tno.SharedVariable<'float32'>;
    train: (x: NDArray<'float32'>, y: NDArray<'int64'>) => number;
  } => {
    const x = tno.fmatrix('x');
    const y = tno.lvector('y');
    const W = tno.shared(
      f32([
        [0.5, -0.5],
        [0.25, 1],
      ]),
      'W',
      { device },
    );
    const p = tno.softmax(tno.dot(x, W));
    const cost = tno.mean(tno.at(tno.log(p), tno.arange(y.shape.at(0)), y)).neg();
    const train = tno.function([x, y], cost, {
      updates: [[W, tno.sub(W, tno.mul(tno.grad(cost, W), 0.1))]],
      device,
    });
    return { W, train: train };
  };
  const bits = (W: tno.SharedVariable<'float32'>): number[] => [
    ...new Uint32Array(W.getValue().copy().data.slice().buffer),
  ];

  it('fails with both shapes and the user line on a wrong shape, and changes nothing', () => {
    const { W, train } = model();
    train(f32([[1, 2]]), ndarray([0n]));
    const before = bits(W);
    expect(() => train(f32([[1, 2, 3]]), ndarray([0n]))).toThrow(tno.ShapeError);
    expect(() => train(f32([[1, 2, 3]]), ndarray([0n]))).toThrow(
      /\[dot\] expected inner dimensions to match, got 3 \(x, axis 1\) and 2 \(W, axis 0\)[^]*seam-cases\.ts:\d+/,
    );
    expect(bits(W)).toEqual(before);
  });

  it('fails on a target that is out of range, and changes nothing', () => {
    const { W, train } = model();
    const before = bits(W);
    for (const target of [2n, -3n]) {
      expect(() => train(f32([[1, 2]]), ndarray([target]))).toThrow(tno.IndexRangeError);
      expect(() => train(f32([[1, 2]]), ndarray([target]))).toThrow(
        new RegExp(`within \\[-2, 1\\], got ${target}[^]*seam-cases\\.ts:\\d+`),
      );
    }
    expect(bits(W)).toEqual(before);
    expect(train(f32([[1, 2]]), ndarray([-1n]))).toBeGreaterThan(0);
  });

  it('fails on a wrong dtype or a missing argument before anything runs', () => {
    const { W, train } = model();
    const before = bits(W);
    const loose = train as unknown as (...args: unknown[]) => unknown;
    expect(() => loose(ndarray([[1, 2]], 'float64'), ndarray([0n]))).toThrow(tno.DTypeError);
    expect(() => loose(f32([[1, 2]]), ndarray([0.5]))).toThrow(tno.DTypeError);
    expect(() => loose(f32([1, 2]), ndarray([0n]))).toThrow(
      /\[x\] expected rank 2, got shape \(2\)[^]*seam-cases\.ts:\d+/,
    );
    expect(() => loose(f32([[1, 2]]))).toThrow(tno.InputError);
    expect(bits(W)).toEqual(before);
  });

  it('names inputs that are missing or unused', () => {
    const x = tno.fvector('x');
    const z = tno.fvector('z');
    expect(() => tno.function([x], x.add(z), { device })).toThrow(tno.MissingInputError);
    expect(() => tno.function([x], x.add(z), { device })).toThrow(
      /expected z among the inputs: add needs it[^]*seam-cases\.ts:\d+/,
    );
    expect(() => tno.function([x, z], x.add(1), { device })).toThrow(tno.UnusedInputError);
  });
}
