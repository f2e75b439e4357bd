/** Python's slice rules, turned into shape, strides and offset of a view. */
import { IndexRangeError } from '../errors.js';
import type { Shape } from './shape.js';

type Bound = number | null | undefined;

/** Bounds as Python reads them: negative from the end, missing to the edge. */
export interface SliceRange {
  readonly start?: Bound;
  readonly stop?: Bound;
  readonly step?: Bound;
}

/** What to take of one axis: an index (drops the axis), a range, or `null` for all of it. */
export type SliceSpec =
  number | null | undefined | SliceRange | readonly [start?: Bound, stop?: Bound, step?: Bound];

export interface ResolvedSlice {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

function checkInteger(value: Bound, what: string): void {
  if (value !== null && value !== undefined && !Number.isSafeInteger(value)) {
    throw new IndexRangeError(`[slice] expected an integer ${what}, got ${value}`);
  }
}

/** The first index, step and number of elements that a range takes of an axis. */
export function resolveRange(range: SliceRange, length: number): ResolvedSlice {
  checkInteger(range.start, 'start');
  checkInteger(range.stop, 'stop');
  checkInteger(range.step, 'step');
  const step = range.step ?? 1;
  if (step === 0) throw new IndexRangeError('[slice] expected a step other than 0, got 0');
  // A negative step may stop before index 0, so that its bounds are one lower on both sides.
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (bound: number): number =>
    Math.min(Math.max(bound < 0 ? bound + length : bound, lowest), highest);
  const start = clampOr(range.start, step > 0 ? lowest : highest, clamp);
  const stop = clampOr(range.stop, step > 0 ? highest : lowest, clamp);
  return { start, step, length: Math.max(0, Math.ceil((stop - start) / step)) };
}

function clampOr(bound: Bound, fallback: number, clamp: (bound: number) => number): number {
  return bound === null || bound === undefined ? fallback : clamp(bound);
}

/** `index` counted from the front. @throws IndexRangeError (E_INDEX) */
export function resolveIndex(index: number, length: number, axis: number, where: string): number {
  const counted = index < 0 ? index + length : index;
  if (!Number.isInteger(index) || counted < 0 || counted >= length) {
    const range =
      length === 0 ? 'no index (the axis is empty)' : `an index from ${-length} to ${length - 1}`;
    throw new IndexRangeError(`[${where}] expected ${range} on axis ${axis}, got ${index}`);
  }
  return counted;
}

function toRange(spec: Exclude<SliceSpec, number>): SliceRange {
  if (spec === null || spec === undefined) return {};
  if (!isTuple(spec)) return spec;
  if (spec.length > 3) {
    throw new IndexRangeError(`[slice] expected [start, stop, step], got ${spec.length} entries`);
  }
  return { start: spec[0], stop: spec[1], step: spec[2] };
}

function isTuple(
  spec: SliceRange | readonly [Bound?, Bound?, Bound?],
): spec is readonly [Bound?, Bound?, Bound?] {
  return Array.isArray(spec);
}

export interface ViewLayout {
  readonly shape: number[];
  readonly strides: number[];
  readonly offset: number;
}

/**
 * The layout of the view that `specs` take, one an axis; axes without one are taken whole.
 *
 * @throws IndexRangeError (E_INDEX)
 */
export function sliceLayout(
  shape: Shape,
  strides: Shape,
  offset: number,
  specs: readonly SliceSpec[],
): ViewLayout {
  if (specs.length > shape.length) {
    throw new IndexRangeError(
      `[slice] expected at most ${shape.length} entries for rank ${shape.length}, got ${specs.length}`,
    );
  }
  const layout = { shape: [] as number[], strides: [] as number[], offset };
  for (let axis = 0; axis < shape.length; axis++) {
    const spec = specs[axis];
    if (typeof spec === 'number') {
      layout.offset += resolveIndex(spec, shape[axis], axis, 'slice') * strides[axis];
      continue;
    }
    const range = resolveRange(toRange(spec), shape[axis]);
    // An empty range may start at the far edge, where no element is.
    if (range.length > 0) layout.offset += range.start * strides[axis];
    layout.shape.push(range.length);
    // Adding 0 keeps a stride of 0 from becoming -0.
    layout.strides.push(range.step * strides[axis] + 0);
  }
  return layout;
}
