import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexRangeError } from '../errors.js';
import { NDArray } from './ndarray.js';
import { resolveRange } from './slicing.js';
import type { SliceRange, SliceSpec } from './slicing.js';

/** Python's rule written out by walking: the model that the arithmetic is compared with. */
function walk(range: SliceRange, length: number): number[] {
  const step = range.step ?? 1;
  const fix = (bound: number): number => (bound < 0 ? bound + length : bound);
  const inside = (i: number): boolean => i >= 0 && i < length;
  const taken: number[] = [];
  let i: number;
  if (step > 0) {
    i = Math.max(0, range.start == null ? 0 : fix(range.start));
    const stop = range.stop == null ? length : fix(range.stop);
    for (; i < stop && inside(i); i += step) taken.push(i);
  } else {
    i = Math.min(length - 1, range.start == null ? length - 1 : fix(range.start));
    const stop = range.stop == null ? -1 : fix(range.stop);
    for (; i > stop && inside(i); i += step) taken.push(i);
  }
  return taken;
}

const bound = fc.option(fc.integer({ min: -8, max: 8 }), { nil: null });
const step = fc.constantFrom(null, 1, 2, 3, 7, -1, -2, -5);

type Model = number | Model[];

function sliceModel(value: Model, specs: readonly SliceSpec[]): Model {
  if (!Array.isArray(value)) return value;
  const [spec, ...rest] = specs;
  if (typeof spec === 'number') {
    return sliceModel(value[spec < 0 ? spec + value.length : spec], rest);
  }
  const range = toRange(spec);
  return walk(range, value.length).map((i) => sliceModel(value[i], rest));
}

function toRange(spec: Exclude<SliceSpec, number>): SliceRange {
  if (spec === null || spec === undefined) return {};
  if ('length' in spec) return { start: spec[0], stop: spec[1], step: spec[2] };
  return spec;
}

function specFor(length: number): fc.Arbitrary<SliceSpec> {
  const range: fc.Arbitrary<SliceSpec> = fc.oneof(
    fc.constant(null),
    fc.constant(undefined),
    fc.record({ start: bound, stop: bound, step }),
    fc.tuple(bound, bound, step),
    fc.tuple(bound, bound),
    fc.tuple(bound),
  );
  return length === 0 ? range : fc.oneof(range, fc.integer({ min: -length, max: length - 1 }));
}

const cases = fc.array(fc.nat({ max: 5 }), { maxLength: 4 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    specs: fc.tuple(...shape.map(specFor)),
    keep: fc.nat({ max: shape.length }),
  }),
);

describe('slices', () => {
  it('take the elements that Python takes', () => {
    fc.assert(
      fc.property(fc.nat({ max: 7 }), bound, bound, step, (length, start, stop, by) => {
        const range = { start, stop, step: by };
        const { start: first, step: stride, length: count } = resolveRange(range, length);
        const taken = Array.from({ length: count }, (_, i) => first + i * stride);
        expect(taken).toEqual(walk(range, length));
      }),
      { numRuns: 1000 },
    );
  });

  it('of arrays equal slices of nested lists, and slices of slices too', () => {
    fc.assert(
      fc.property(cases, ({ shape, specs, keep }) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const array = NDArray.arange(size).reshape(shape);
        const used = specs.slice(0, keep);
        const view = array.slice(...used);
        expect(view.toNested()).toEqual(sliceModel(array.toNested() as Model, used));
        expect(view.data).toBe(array.data);
        const reversed = view.shape.map(() => [null, null, -1] as const);
        expect(view.slice(...reversed).toNested()).toEqual(
          sliceModel(view.toNested() as Model, reversed),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('are views: what is written shows in the source', () => {
    const array = NDArray.zeros([3, 4]);
    array.slice([null, null, 2], 1).set(7, 1);
    expect(array.get(2, 1)).toBe(7);
  });

  it('refuse what is out of range', () => {
    const array = NDArray.zeros([3, 4]);
    expect(() => array.slice(3)).toThrow('[slice] expected an index from -3 to 2 on axis 0, got 3');
    expect(() => array.slice(0, 0, 0)).toThrow('at most 2 entries');
    expect(() => array.slice({ step: 0 })).toThrow(IndexRangeError);
    expect(() => array.slice({ start: 0.5 })).toThrow('expected an integer start, got 0.5');
    expect(() => array.slice([0, 1, 1, 1] as never)).toThrow('expected [start, stop, step]');
    expect(() => NDArray.zeros([0]).slice(0)).toThrow('the axis is empty');
  });
});
