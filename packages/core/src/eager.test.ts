import { describe, expect, it } from 'vitest';
import { expectValues } from '../test/support/expect-values.js';
import { decode, decodeTensor, numpyOps } from '../test/support/numpy-ops.js';
import { nd, ndarray, ShapeError } from './index.js';
import type { NDArray } from './index.js';

describe('eager functions', () => {
  const a = ndarray(
    [
      [1, 2],
      [3, 4],
    ],
    'float32',
  );

  it('compute with the rules of graphs', () => {
    expect(nd.add(a, 1).toNested()).toEqual([
      [2, 3],
      [4, 5],
    ]);
    expect(nd.add(a, 1).dtype).toBe('float32');
    expect(nd.mul(a, ndarray([[10], [100]], 'float32')).toNested()).toEqual([
      [10, 20],
      [300, 400],
    ]);
    expect(nd.div(ndarray([1n, 2n]), 2).toNested()).toEqual([0.5, 1]);
    expect(nd.gt(a, 2).toNested()).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(nd.where(nd.gt(a, 2), a, 0).toNested()).toEqual([
      [0, 0],
      [3, 4],
    ]);
  });

  it('are those of graphs, all of them', () => {
    const b = ndarray([[2, 0], [0, 4]], 'float32'); // prettier-ignore
    expect(nd.einsum('ij,jk->ik', a, b).toNested()).toEqual([[2, 8], [6, 16]]); // prettier-ignore
    expect(nd.linalg.solve(b, a).toNested()).toEqual([[0.5, 1], [0.75, 1]]); // prettier-ignore
    const [q, r] = nd.linalg.qr(b);
    expect(nd.matmul(q, r).toNested()).toEqual(b.toNested());
    const { solution, rank } = nd.linalg.lstsq(b, [2, 4]);
    expect([solution.toNested(), rank.item()]).toEqual([[1, 1], 2]);
    expect(nd.stack([a, b], 1).shape).toEqual([2, 2, 2]);
    expect(nd.sort(ndarray([3n, 1n, 2n])).toNested()).toEqual([1, 2, 3]);
    expect(nd.uniqueAll([2, 1, 2]).counts.toNested()).toEqual([1, 2]);
    expect(nd.interp([0.5], [0, 1], [10, 20]).toNested()).toEqual([15]);
    const f32 = ndarray([0, 1], 'float32');
    expect(nd.interp(f32, ndarray([0, 1], 'float64'), f32).dtype).toBe('float64');
    expect(nd.interp(f32, f32, f32, { left: 0 }).dtype).toBe('float32');
    expect(nd.fft.rfft(ndarray([1, 2, 3, 4], 'float64')).toNested()).toEqual([[10, 0], [-2, 2], [-2, 0]]); // prettier-ignore
    expect(nd.erf(0).item()).toBe(0);
    expect(nd.linspace(0, 1, 3).toNested()).toEqual([0, 0.5, 1]);
    expect(nd.sum(a, 0).toNested()).toEqual([4, 6]);
    expect(() => nd.linalg.solve(b, [1, 2, 3])).toThrow(ShapeError);
  });

  it('reduce over axes', () => {
    expect(nd.sum(a).item()).toBe(10);
    expect(nd.mean(a, 0).toNested()).toEqual([2, 3]);
    expect(nd.max(a, 1, { keepdims: true }).toNested()).toEqual([[2], [4]]);
    expect(nd.argmax(a, 1).toNested()).toEqual([1, 1]);
  });

  it('multiply matrices and refuse what does not fit', () => {
    expect(nd.dot(a, a).toNested()).toEqual([
      [7, 10],
      [15, 22],
    ]);
    expect(() => nd.dot(a, ndarray([1, 2, 3], 'float32'))).toThrow(ShapeError);
    expect(() => nd.add(a, ndarray([1, 2, 3], 'float32'))).toThrow(ShapeError);
  });

  it("are there for every elementwise op and reduction, with NumPy's values", () => {
    const functions: Readonly<Record<string, unknown>> = {
      ...nd,
      true_div: nd.div,
      int_div: nd.intDiv,
    };
    const { samples, inputs, unary, binary, reductions } = numpyOps;
    for (const [name, table] of Object.entries(unary)) {
      const recorded = table.float64 ?? table.int64;
      const dtype = table.float64 === undefined ? 'int64' : 'float64';
      if (recorded === undefined) throw new Error(name);
      const f = functions[name] as (x: NDArray) => NDArray;
      expectValues(
        f(decode(inputs[dtype], dtype)),
        decode(recorded.values, recorded.dtype),
        2,
        name,
      );
    }
    for (const [name, table] of Object.entries(binary)) {
      const recorded = table.int32;
      if (recorded === undefined) throw new Error(name);
      const f = functions[name] as (x: NDArray, y: NDArray) => NDArray;
      const x = decode(samples.int32, 'int32');
      const [column, row] = [x.reshape([x.size, 1]), x.reshape([1, x.size])];
      expectValues(
        f(column, row),
        decode(recorded.values, recorded.dtype, [x.size, x.size]),
        2,
        name,
      );
    }
    for (const [key, op, axes, recorded] of reductions.cases) {
      if (key !== 'float32 cube' || recorded === null) continue;
      const name = op === 'var' ? 'variance' : op;
      const f = functions[name] as (x: NDArray, axes: readonly number[]) => NDArray;
      expectValues(f(decodeTensor(reductions.arrays[key]), axes), decodeTensor(recorded), 8, op);
    }
  });

  it('take lists and numbers, and choose, limit and pick', () => {
    expect(nd.add([1, 2], 0.5).toNested()).toEqual([1.5, 2.5]);
    expect(nd.mul(2, 3).item()).toBe(6);
    expect(nd.clip(a, 2, 3).toNested()).toEqual([
      [2, 2],
      [3, 3],
    ]);
    expect(
      nd.softmax(
        ndarray([
          [0, 0],
          [5, 5],
        ]),
        0,
      ).shape,
    ).toEqual([2, 2]);
    expect(nd.logSoftmax(ndarray([1000, 0])).toNested()).toEqual([0, -1000]);
    expect(nd.take(a, [1, 0, 1], 1).toNested()).toEqual([
      [2, 1, 2],
      [4, 3, 4],
    ]);
    expect(
      nd
        .nonzero(
          ndarray([
            [0, 3],
            [4, 0],
          ]),
        )
        .map((v) => v.toNested()),
    ).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(nd.outer([1, 2], [3, 4]).toNested()).toEqual([
      [3, 4],
      [6, 8],
    ]);
  });

  it('leave their operands alone, and give memory of their own', () => {
    nd.exp(nd.neg(a));
    const scalar = ndarray(1, 'float32');
    nd.sum(scalar).set(7);
    expect(scalar.item()).toBe(1);
    expect(a.toNested()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});
