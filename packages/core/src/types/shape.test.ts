import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexRangeError, ShapeError } from '../errors.js';
import {
  broadcastShapes,
  broadcastStrides,
  checkInside,
  checkShape,
  contiguousStrides,
  forEachIndex,
  forEachRow,
  hasContiguousStrides,
  inferShape,
  linearStep,
  normalizeAxes,
  normalizeAxis,
  sameShape,
  shapeText,
  sizeOf,
} from './shape.js';

const shapes = fc.array(fc.nat({ max: 4 }), { maxLength: 4 });

function positions(shape: readonly number[], strides: readonly number[]): number[] {
  const found: number[] = [];
  forEachIndex(shape, (index) => {
    found.push(index.reduce((sum, i, axis) => sum + i * strides[axis], 0));
  });
  return found;
}

describe('shape arithmetic', () => {
  it('counts elements, one for a scalar', () => {
    expect(sizeOf([])).toBe(1);
    expect(sizeOf([2, 0, 3])).toBe(0);
    expect(sizeOf([2, 3])).toBe(6);
  });

  it('has row-major strides that number the elements in order', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const strides = contiguousStrides(shape);
        expect(positions(shape, strides)).toEqual([...Array(sizeOf(shape)).keys()]);
        expect(hasContiguousStrides(shape, strides)).toBe(true);
      }),
    );
  });

  it('is contiguous exactly when elements follow each other', () => {
    const strided = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.array(fc.constantFrom(-1, 0, 1, 2, 3, 4, 8), {
          minLength: shape.length,
          maxLength: shape.length,
        }),
      ),
    );
    fc.assert(
      fc.property(strided, ([shape, strides]) => {
        const found = positions(shape, strides);
        expect(hasContiguousStrides(shape, strides)).toBe(found.every((p, i) => p === i));
        const step = linearStep(shape, strides);
        const gaps = new Set(found.slice(1).map((p, i) => p - found[i]));
        if (step !== undefined) expect(found).toEqual(found.map((_, i) => i * step + 0));
        else expect(gaps.size > 1 || sizeOf(shape) === 0).toBe(true);
      }),
    );
  });

  it('is written as NumPy writes tuples', () => {
    expect([[], [3], [2, 3]].map(shapeText)).toEqual(['()', '(3,)', '(2, 3)']);
  });

  it('compares', () => {
    expect(sameShape([2, 3], [2, 3])).toBe(true);
    expect(sameShape([2], [2, 1])).toBe(false);
  });

  it('refuses lengths that are none', () => {
    expect(() => checkShape([2, -1], 'zeros')).toThrow('[zeros] expected non-negative integer');
    expect(() => checkShape([1.5], 'zeros')).toThrow(ShapeError);
    expect(() => checkShape([2 ** 40, 2 ** 40], 'zeros')).toThrow(ShapeError);
  });
});

describe('axes', () => {
  it('count from the end when negative', () => {
    expect(normalizeAxis(-1, 3)).toBe(2);
    expect(normalizeAxes([-1, 0], 3)).toEqual([0, 2]);
    expect(normalizeAxes(1, 3)).toEqual([1]);
    expect(normalizeAxes(undefined, 3)).toEqual([0, 1, 2]);
  });

  it('must exist, and only once', () => {
    expect(() => normalizeAxis(3, 3, 'sum')).toThrow(
      '[sum] expected an axis between -3 and 2, got 3',
    );
    expect(() => normalizeAxis(0.5, 3)).toThrow(IndexRangeError);
    expect(() => normalizeAxes([0, -3], 3)).toThrow(IndexRangeError);
  });
});

describe('broadcasting', () => {
  it('aligns at the last axis and stretches ones', () => {
    expect(broadcastShapes([2, 1], [3])).toEqual([2, 3]);
    expect(broadcastShapes([1], [0])).toEqual([0]);
    expect(broadcastShapes()).toEqual([]);
    expect(broadcastStrides([3, 1], [1, 1], [2, 3, 4])).toEqual([0, 1, 0]);
  });

  it('names the shapes that clash', () => {
    expect(() => broadcastShapes([2, 3], [2])).toThrow('got (2, 3) and (2,)');
    expect(() => broadcastStrides([2], [1], [3])).toThrow(ShapeError);
    expect(() => broadcastStrides([2, 2], [2, 1], [2])).toThrow(ShapeError);
  });
});

describe('reshaping', () => {
  it('infers one length', () => {
    expect(inferShape([-1, 2], [2, 3])).toEqual([3, 2]);
    expect(inferShape([-1], [])).toEqual([1]);
    expect(inferShape([3, -1], [0, 3])).toEqual([3, 0]);
  });

  it('refuses sizes that differ and lengths that could be anything', () => {
    expect(() => inferShape([4, -1], [2, 3])).toThrow('with 6 elements, got (4, -1) for (2, 3)');
    expect(() => inferShape([7], [2, 3])).toThrow(ShapeError);
    expect(() => inferShape([0, -1], [0, 3])).toThrow(ShapeError);
  });
});

describe('walks', () => {
  it('visit every row of two operands at the right positions', () => {
    const seen: number[][] = [];
    forEachRow(
      [2, 2, 3],
      [
        [6, 3, 1],
        [0, -1, 0],
      ],
      [0, 5],
      (starts) => seen.push([...starts]),
    );
    expect(seen).toEqual([
      [0, 5],
      [3, 4],
      [6, 5],
      [9, 4],
    ]);
  });

  it('see a scalar as one row and an empty shape as none', () => {
    let rows = 0;
    forEachRow([], [[]], [7], (starts) => {
      rows += starts[0];
    });
    forEachRow([3, 0], [[0, 1]], [7], () => rows++);
    forEachRow([0, 3], [[3, 1]], [7], () => rows++);
    expect(rows).toBe(7);
  });

  it('accept layouts that lie inside memory and refuse others', () => {
    expect(() => checkInside([2, 3], [3, 1], 0, 6)).not.toThrow();
    expect(() => checkInside([2, 3], [-3, 1], 3, 6)).not.toThrow();
    expect(() => checkInside([2, 3], [-3, 1], 2, 6)).toThrow(ShapeError);
    expect(() => checkInside([2, 3], [3, 1], 1, 6)).toThrow('to lie inside 6 elements');
    expect(() => checkInside([2], [1, 1], 0, 6)).toThrow(ShapeError);
    expect(() => checkInside([2], [0.5], 0, 6)).toThrow(ShapeError);
    expect(() => checkInside([0], [1], 6, 6)).not.toThrow();
    expect(() => checkInside([0], [1], 7, 6)).toThrow(ShapeError);
  });
});
