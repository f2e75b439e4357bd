import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../errors.js';
import { dtypes, isBig, wrapScalar } from './dtype.js';
import { NDArray, ndarray } from './ndarray.js';
import type { Nested } from './nested.js';
import { broadcastShapes, forEachIndex, mapElements, reduceAxes, reduceBlocks } from './strided.js';

const counted = (shape: readonly number[]): NDArray<'float64'> =>
  NDArray.arange(shape.reduce((a, b) => a * b, 1)).reshape(shape);

/** An array and views of it that hold the same elements in other layouts. */
function layouts(array: NDArray): NDArray[] {
  const reversed = array.shape.map(() => [null, null, -1] as const);
  const doubled = NDArray.zeros(
    array.shape.map((length) => 2 * length),
    array.dtype,
  );
  const spaced = doubled.slice(...array.shape.map(() => [null, null, 2] as const));
  forEachIndex(array.shape, (index) => spaced.set(array.get(...index), ...index));
  return [
    array,
    array.transpose().copy().transpose(),
    array
      .slice(...reversed)
      .copy()
      .slice(...reversed),
    spaced,
  ];
}

describe('mapElements', () => {
  it('calls with broadcast elements, in any layout', () => {
    const shapes = fc.array(
      fc.record({ length: fc.nat({ max: 3 }), a: fc.boolean(), b: fc.boolean() }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(shapes, (axes) => {
        const shapeA = axes.map(({ length, a }) => (a ? length : 1));
        const shapeB = axes.map(({ length, b }) => (b ? length : 1));
        const shape = broadcastShapes(shapeA, shapeB);
        const [left, right] = [counted(shapeA), counted(shapeB)];
        const fn = (x: number, y: number): number => 100 * x + y;
        const expected = NDArray.zeros(shape);
        const at = (array: NDArray, index: readonly number[]): number =>
          array.get(...index.map((i, axis) => (array.shape[axis] === 1 ? 0 : i))) as number;
        forEachIndex(shape, (index) => {
          expected.set(fn(at(left, index), at(right, index)), ...index);
        });
        for (const a of layouts(left)) {
          for (const b of layouts(right)) {
            expect(mapElements('float64', [a, b], shape, fn).equals(expected)).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('adds leading axes and takes no, one and many inputs', () => {
    const row = ndarray([1, 2]);
    expect(mapElements('float64', [row], [2, 2], (x: number) => -x).toNested()).toEqual([
      [-1, -2],
      [-1, -2],
    ]);
    let calls = 0;
    expect(mapElements('int32', [], [2], () => calls++).toNested()).toEqual([0, 1]);
    const sum = mapElements(
      'float64',
      [row, ndarray(10), row, ndarray([[100], [200]])],
      [2, 2],
      (a: number, b: number, c: number, d: number) => a + b + c + d,
    );
    expect(sum.toNested()).toEqual([
      [112, 114],
      [212, 214],
    ]);
    expect(mapElements('bool', [ndarray(2)], [], (x: number) => x > 1).item()).toBe(true);
  });

  it('converts results to the dtype asked for as wrapScalar does', () => {
    const values = [1.9, -1.9, 300, NaN, -0, 2n ** 63n + 1n, -1n, true, false, Infinity];
    for (const dtype of dtypes) {
      let i = 0;
      const result = mapElements(dtype, [], [values.length], () => values[i++]);
      const expected = values.map((value) => wrapScalar(dtype, value));
      expect(result.toNested({ bigint: true })).toEqual(
        dtype === 'bool' ? expected.map(Boolean) : expected,
      );
    }
  });

  it('passes bool as 0 or 1, float16 decoded, 64-bit integers as bigints', () => {
    for (const dtype of dtypes) {
      const seen: (number | bigint)[] = [];
      mapElements('bool', [ndarray([0, 1], dtype)], [2], (x: never) => seen.push(x));
      expect(seen).toEqual(isBig(dtype) ? [0n, 1n] : [0, 1]);
    }
    const half = ndarray([0.5, 2, 3], 'float16').slice([null, null, -2]);
    expect(mapElements('float32', [half], [2, 2], (x: number) => x).toNested()).toEqual([
      [3, 0.5],
      [3, 0.5],
    ]);
  });

  it('refuses inputs that do not broadcast to the shape', () => {
    expect(() => mapElements('int8', [ndarray([1, 2])], [3], () => 0)).toThrow(ShapeError);
    expect(() => mapElements('int8', [ndarray([1, 2])], [1], () => 0)).toThrow(ShapeError);
  });
});

describe('reductions', () => {
  const axesOf = (rank: number): fc.Arbitrary<number[]> => fc.subarray([...Array(rank).keys()]);
  const cases = fc
    .array(fc.nat({ max: 3 }), { maxLength: 4 })
    .chain((shape) =>
      fc.record({ shape: fc.constant(shape), axes: axesOf(shape.length), keepdims: fc.boolean() }),
    );

  it('fold exactly the elements of their cell, in row-major order', () => {
    fc.assert(
      fc.property(cases, ({ shape, axes, keepdims }) => {
        const source = counted(shape);
        const lists = new Map<string, number[]>();
        const outShape = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
        forEachIndex(outShape, (index) => lists.set(index.join(), []));
        forEachIndex(shape, (index) => {
          const cell = index.map((i, axis) => (axes.includes(axis) ? 0 : i));
          lists.get(cell.join())?.push(source.get(...index));
        });
        // A fold that tells any two lists apart by content and order.
        const fold = (list: readonly number[]): number =>
          list.reduce((sum, x, i) => Math.fround(sum * 1.7 + x * (i + 1)), 0.5);
        const expected = ndarray([...lists.values()].map(fold)).reshape(
          keepdims ? outShape : shape.filter((_, axis) => !axes.includes(axis)),
        );
        for (const array of layouts(source)) {
          const folded = reduceAxes(array, axes, keepdims, 'float64', 0.5, (sum, x: number, i) =>
            Math.fround(sum * 1.7 + x * (i + 1)),
          );
          expect(folded.equals(expected)).toBe(true);
          const blocks = reduceBlocks(array, axes, keepdims, 'float64', fold);
          expect(blocks.equals(expected)).toBe(true);
        }
      }),
      { numRuns: 80 },
    );
  });

  it('take all axes when none is named, and negative ones', () => {
    const a = counted([2, 3]);
    const sum = (acc: number, x: number): number => acc + x;
    expect(reduceAxes(a, undefined, false, 'float64', 0, sum).item()).toBe(15);
    expect(reduceAxes(a, -1, false, 'int64', 0, sum).toNested()).toEqual([3, 12]);
    expect(reduceAxes(a, [], false, 'float64', 0, sum).equals(a)).toBe(true);
  });

  it('finish with the count, on bigints and with accumulators of any type', () => {
    const a = ndarray([
      [3n, 1n],
      [2n, 5n],
    ]);
    const mean = reduceAxes(
      a,
      0,
      false,
      'float32',
      0n,
      (sum, x: bigint) => sum + x,
      (sum, count) => Number(sum) / count,
    );
    expect(mean.toNested()).toEqual([2.5, 3]);
    const argMax = reduceAxes(
      a,
      1,
      true,
      'int64',
      { best: -1n, at: -1 },
      (state, value: bigint, at) => (value > state.best ? { best: value, at } : state),
      (state) => state.at,
    );
    expect(argMax.toNested()).toEqual([[0], [1]]);
  });

  it('give init for cells without elements', () => {
    const empty = NDArray.zeros([2, 0], 'float16');
    const max = reduceAxes(empty, 1, false, 'float16', -Infinity, (m, x: number) => Math.max(m, x));
    expect(max.toNested()).toEqual([-Infinity, -Infinity]);
    expect(reduceBlocks(empty, 1, false, 'int8', (values) => values.length).toNested()).toEqual([
      0, 0,
    ]);
    expect(reduceAxes(empty, 0, false, 'float64', 0, (m) => m).shape).toEqual([0]);
  });

  it('leave nested results of ordinary form', () => {
    const nested: Nested<number> = reduceBlocks(counted([3, 2]), 0, false, 'float64', (values) =>
      Math.max(...(values as number[])),
    ).toNested();
    expect(nested).toEqual([4, 5]);
  });
});
