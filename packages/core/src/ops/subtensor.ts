/**
 * Basic indexing: integers and slices, with symbolic bounds; and its counterpart assignSubtensor, which
 * sets or adds into the indexed part of a copy. Python's rules: negative counts from the end, slices
 * are clipped, integers out of range are errors.
 */
import { IndexRangeError, ShapeError } from '../errors.js';
import { Constant } from '../graph/constant.js';
import { defineOp, type Op, type SizeAlgebra } from '../graph/op.js';
import { apply1, type Apply, type TensorVariable } from '../graph/variable.js';
import type { Coordinate, Point, PointScope } from '../lower/lowering.js';
import type { NDArray } from '../types/ndarray.js';
import { mapElements } from '../types/strided.js';
import { TensorType } from '../types/tensor-type.js';
import { zerosLike } from './alloc.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { requirePart, valuesFor } from './assigned-values.js';
import { cast } from './cast.js';
import { alignRanks } from './elementwise.js';
import { numberSizes } from './number-sizes.js';
import { sumTo } from './reduce.js';
import { writeInto } from './parts.js';
import { bindElementOf } from './shape.js';

/** How one axis is indexed: by an integer (the axis goes) or a slice; bounds are taken from the node's inputs, in order. */
type AxisIndex =
  | { readonly kind: 'at' }
  | {
      readonly kind: 'slice';
      readonly start: boolean;
      readonly stop: boolean;
      readonly step: number;
    };

function encodeSpec(
  spec: readonly AxisIndex[],
): (string | readonly (string | number | boolean)[])[] {
  return spec.map((s) => (s.kind === 'at' ? 'at' : ['slice', s.start, s.stop, s.step]));
}

interface ResolvedAxis<S> {
  readonly first: S;
  readonly step: number;
  /** null where the axis goes. */
  readonly length: S | null;
}

/** The places that an index names, in size arithmetic; `bounds` are the values of the node's index inputs. */
function resolve<S>(
  algebra: SizeAlgebra<S>,
  op: string,
  spec: readonly AxisIndex[],
  shape: readonly S[],
  bounds: readonly S[],
): ResolvedAxis<S>[] {
  let next = 0;
  return shape.map((size, axis) => {
    const index = spec[axis] as AxisIndex | undefined;
    const zero = algebra.const(0);
    if (index === undefined) return { first: zero, step: 1, length: size };
    const wrap = (v: S): S =>
      algebra.select(algebra.binary('lt', v, zero), algebra.binary('add', v, size), v);
    if (index.kind === 'at') {
      const at = wrap(bounds[next++]);
      algebra.requireAtMost(
        zero,
        at,
        `[${op}] expected an index within axis ${axis}, got {b} counted from its start`,
        'index',
      );
      algebra.requireAtMost(
        at,
        algebra.binary('sub', size, algebra.const(1)),
        `[${op}] expected an index of at most {b} for axis ${axis}, got {a}`,
        'index',
      );
      return { first: at, step: 1, length: null };
    }
    const low = algebra.const(index.step > 0 ? 0 : -1);
    const high = index.step > 0 ? size : algebra.binary('sub', size, algebra.const(1));
    const clip = (v: S): S => algebra.binary('min', algebra.binary('max', v, low), high);
    const start = index.start ? clip(wrap(bounds[next++])) : index.step > 0 ? zero : high;
    const stop = index.stop ? clip(wrap(bounds[next++])) : index.step > 0 ? high : low;
    const span =
      index.step > 0 ? algebra.binary('sub', start, stop) : algebra.binary('sub', stop, start);
    const count = algebra.binary(
      'sub',
      zero,
      algebra.binary('floordiv', span, algebra.const(Math.abs(index.step))),
    );
    return { first: start, step: index.step, length: algebra.binary('max', zero, count) };
  });
}

/** The indexed part of `x` as a view. */
function viewOf(
  op: string,
  spec: readonly AxisIndex[],
  x: NDArray,
  bounds: readonly NDArray[],
): NDArray {
  const places = resolve(
    numberSizes,
    op,
    spec,
    x.shape,
    bounds.map((bound) => Number(bound.item())),
  );
  return x.slice(
    ...places.map(({ first, step, length }) => {
      if (length === null) return first;
      const last = first + step * length;
      return length === 0
        ? { start: 0, stop: 0 }
        : { start: first, stop: last < 0 ? undefined : last, step };
    }),
  );
}

function staticSizes(
  spec: readonly AxisIndex[],
  x: TensorVariable,
  bounds: readonly TensorVariable[],
): (number | null)[] {
  let next = 0;
  const sizes: (number | null)[] = [];
  x.type.shape.forEach((n, axis) => {
    const index = spec[axis] as AxisIndex | undefined;
    if (index === undefined) return sizes.push(n);
    if (index.kind === 'at') return next++;
    const own = bounds.slice(next, next + Number(index.start) + Number(index.stop));
    next += own.length;
    if (own.length === 0 && Math.abs(index.step) === 1) return sizes.push(n);
    if (n === null || !own.every((bound) => bound instanceof Constant)) return sizes.push(null);
    const values = own.map((bound) => Number((bound as Constant).scalar));
    const length = resolve(numberSizes, 'subtensor', [index], [n], values)[0].length;
    // A slice of length 1 stays an ordinary axis: only what is known to broadcast does.
    return sizes.push(length === 1 && n !== 1 ? null : length);
  });
  return sizes;
}

/** The places that an index names, as ids of the Program's sizes. */
function placesOf(
  scope: PointScope,
  op: string,
  spec: readonly AxisIndex[],
  x: TensorVariable,
  bounds: readonly TensorVariable[],
): ResolvedAxis<number>[] {
  const { sizes } = scope;
  const algebra: SizeAlgebra<number> = {
    ...numberSizes,
    const: (v) => sizes.const(v),
    binary: (o, a, b) => sizes.binary(o, a, b),
    select: (c, a, b) => sizes.select(c, a, b),
    requireAtMost: () => undefined,
  };
  return resolve(
    algebra,
    op,
    spec,
    scope.shape(x),
    bounds.map((bound) => scope.sizeOf(bound)),
  );
}

/** Coordinates in `x` of the point of the indexed part. */
function mapPoint(
  scope: PointScope,
  op: string,
  spec: readonly AxisIndex[],
  x: TensorVariable,
  bounds: readonly TensorVariable[],
  point: Point,
): Point {
  const { sizes } = scope;
  let next = 0;
  return placesOf(scope, op, spec, x, bounds).map(({ first, step, length }): Coordinate => {
    if (length === null) return { kind: 'affine', offset: first, terms: [] };
    const inner = point[next++];
    const by = sizes.const(step);
    if (inner.kind === 'affine') {
      return {
        kind: 'affine',
        offset: sizes.add(first, sizes.mul(by, inner.offset)),
        terms: inner.terms.map(({ stride, axis }) => ({ stride: sizes.mul(by, stride), axis })),
      };
    }
    return {
      kind: 'value',
      value: scope.scalar(
        'add',
        'int64',
        scope.size(first),
        scope.scalar('mul', 'int64', scope.size(by), inner.value),
      ),
    };
  });
}

function subtensorOp(spec: readonly AxisIndex[]): Op {
  return defineOp({
    name: 'subtensor',
    props: { spec: encodeSpec(spec) },
    types: ([x, ...bounds]) => [new TensorType(x.dtype, staticSizes(spec, x, bounds))],
    shapes: (algebra, [shape], node) => {
      const bounds = node.inputs.slice(1).map((bound) => algebra.valueOf(bound));
      const places = resolve(algebra, 'subtensor', spec, shape, bounds);
      return [places.flatMap((place) => (place.length === null ? [] : [place.length]))];
    },
    perform: ([x, ...bounds]) => [viewOf('subtensor', spec, x, bounds)],
    pullback: ({ inputs: [x, ...bounds] }, [g]) => [
      g && apply1(incSubtensorOp(spec, 'inc'), [zerosLike(x, g.dtype), g, ...bounds]),
      ...bounds.map(() => null),
    ],
    lower: {
      kind: 'index',
      gathers: false,
      sizesFrom: 1,
      map: (scope, { inputs: [x, ...bounds] }, point) =>
        mapPoint(scope, 'subtensor', spec, x, bounds, point),
    },
  });
}

function incSubtensorOp(spec: readonly AxisIndex[], mode: 'set' | 'inc'): Op {
  const name = `${mode}_subtensor`;
  return defineOp({
    name,
    props: { spec: encodeSpec(spec) },
    types: ([x]) => [x.type],
    shapes: (algebra, [shape, part], node) => {
      const [, y, ...bounds] = node.inputs;
      const values = bounds.map((bound) => algebra.valueOf(bound));
      const sizes = resolve(algebra, name, spec, shape, values).map((place) => place.length);
      requirePart(
        algebra,
        name,
        y,
        part,
        sizes.filter((size) => size !== null),
      );
      return [shape];
    },
    perform: ([x, y, ...bounds], node) => {
      const out = x.copy();
      const part = viewOf(name, spec, out, bounds);
      requirePart(numberSizes, name, node.inputs[1], y.shape, part.shape);
      const values =
        mode === 'set'
          ? y.astype(x.dtype).broadcastTo(part.shape)
          : mapElements(x.dtype, [part, y], part.shape, (a: number, b: number) => a + b);
      writeInto(part, values);
      return [out];
    },
    pullback: ({ inputs: [, y, ...bounds] }, [g]) => {
      const none = bounds.map(() => null);
      if (g === null) return [null, null, ...none];
      const part = apply1(subtensorOp(spec), [g, ...bounds]);
      const rest =
        mode === 'inc' ? g : apply1(incSubtensorOp(spec, 'set'), [g, zerosLike(part), ...bounds]);
      return [rest, sumTo(part, y), ...none];
    },
    lower: {
      kind: 'scatter',
      mode: mode === 'set' ? 'set' : 'add',
      gathers: false,
      sizesFrom: 2,
      region: (scope, { inputs: [x, , ...bounds] }) =>
        placesOf(scope, 'subtensor', spec, x, bounds).flatMap((place) =>
          place.length === null ? [] : [place.length],
        ),
      map: (scope, { inputs: [x, , ...bounds] }, point) =>
        mapPoint(scope, 'subtensor', spec, x, bounds, point),
    },
  });
}

/** What indexes one axis: an integer, a slice, or null for the whole axis. */
export interface Slice {
  readonly start?: TensorLike | null;
  readonly stop?: TensorLike | null;
  readonly step?: number;
}
export type BasicIndex = TensorLike | Slice | null;

/** `slice(stop)`, `slice(start, stop)`, `slice(start, stop, step)` for `.at()`; null leaves a bound open. */
export function slice(start: TensorLike | null, stop?: TensorLike | null, step?: number): Slice {
  return stop === undefined ? { start: null, stop: start } : { start, stop, step: step ?? 1 };
}

export function isSlice(value: unknown): value is Slice {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

function parse(
  op: string,
  x: TensorVariable,
  indices: readonly BasicIndex[],
): { spec: AxisIndex[]; bounds: TensorVariable[] } {
  if (indices.length > x.type.rank) {
    throw new IndexRangeError(
      `[${op}] expected at most ${x.type.rank} indices for ${x.toString()}, got ${indices.length}`,
    );
  }
  const bounds: TensorVariable[] = [];
  const bound = (value: TensorLike): void => {
    const v = asVariable(value);
    if (v.type.rank !== 0 || !/int/.test(v.dtype))
      throw new IndexRangeError(`[${op}] expected integer scalars as indices, got ${v.type.key}`);
    bounds.push(cast(v, 'int64'));
  };
  const spec = indices.map((index, axis): AxisIndex => {
    if (index === null) return { kind: 'slice', start: false, stop: false, step: 1 };
    if (!isSlice(index)) {
      bound(index);
      checkStatic(op, bounds[bounds.length - 1], axis, x.type.shape[axis]);
      return { kind: 'at' };
    }
    const { start = null, stop = null, step = 1 } = index;
    if (!Number.isInteger(step) || step === 0)
      throw new IndexRangeError(`[${op}] expected an integer step other than 0, got ${step}`);
    if (start !== null) bound(start);
    if (stop !== null) bound(stop);
    return { kind: 'slice', start: start !== null, stop: stop !== null, step };
  });
  return { spec, bounds };
}

/** Refuses an index that is known to be out of range. */
function checkStatic(op: string, index: TensorVariable, axis: number, size: number | null): void {
  if (!(index instanceof Constant) || size === null) return;
  const at = Number(index.scalar);
  if (at >= -size && at < size) return;
  throw new IndexRangeError(
    `[${op}] expected an index within [${-size}, ${size - 1}] for axis ${axis}, got ${at}`,
  );
}

/** The part of `x` that integers and slices name. @throws IndexRangeError where a static index is out of range */
export function subtensor(x: TensorVariable, indices: readonly BasicIndex[]): TensorVariable {
  const { spec, bounds } = parse('subtensor', x, indices);
  if (
    spec.every((index) => index.kind === 'slice' && !index.start && !index.stop && index.step === 1)
  )
    return x;
  return apply1(subtensorOp(spec), [x, ...bounds]);
}

/** A copy of `x` in which the part that integers and slices name is set to `values`, or has them added. */
export function assignSubtensor(
  x: TensorVariable,
  indices: readonly BasicIndex[],
  values: TensorLike,
  mode: 'set' | 'inc',
): TensorVariable {
  const { spec, bounds } = parse(`${mode}_subtensor`, x, indices);
  const part = apply1(subtensorOp(spec), [x, ...bounds]);
  const y = valuesFor(`${mode}_subtensor`, x, values);
  if (y.type.rank > part.type.rank) {
    throw new ShapeError(
      `[${mode}_subtensor] expected values of rank at most ${part.type.rank}, got ${y.type.rank}`,
    );
  }
  return apply1(incSubtensorOp(spec, mode), [x, alignRanks([y, part])[0], ...bounds]);
}

/** The one node whose output is indexed: for rewrites. */
export function isSubtensor(node: Apply | null): node is Apply {
  return node?.op.name === 'subtensor';
}

bindElementOf((x, index) => subtensor(x, [index]));
