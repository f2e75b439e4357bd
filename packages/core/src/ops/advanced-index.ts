/**
 * Integer-array indexing: `x.at(rows, columns)` picks x[rows[i], columns[i]]. The op gathers along the
 * leading axes; `at` brings other forms (slices and integers beside arrays) to it with NumPy's rules.
 * Its gradient accumulates: an index that repeats adds up. Boolean masks come with the full language.
 */
import { IndexRangeError, ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import { defineOp, type Op, type SizeAlgebra } from '../graph/op.js';
import { apply1, type Apply, type TensorVariable } from '../graph/variable.js';
import type { Coordinate, Point, PointScope } from '../lower/lowering.js';
import { readElement, storeElement, toStored } from '../types/convert.js';
import { wrapScalar, type DType, type Storage } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import { sizeOf } from '../types/shape.js';
import { TensorType, normalizeAxis } from '../types/tensor-type.js';
import { zeros, zerosLike } from './alloc.js';
import { arange } from './arange.js';
import { mul } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { requirePart, valuesFor } from './assigned-values.js';
import { cast } from './cast.js';
import { eq, switchOp } from './compare.js';
import { dimshuffle } from './dimshuffle.js';
import { alignRanks, broadcastStatic, padLeft } from './elementwise.js';
import { numberSizes } from './number-sizes.js';
import { sumTo } from './reduce.js';
import { reshape } from './reshape.js';
import { shapeOf, sizesOf } from './shape.js';
import { incSubtensor, isSlice, subtensor, type BasicIndex, type Slice } from './subtensor.js';

/** Shape of broadcast index arrays: they are of one rank. */
function indexShape<S>(
  algebra: SizeAlgebra<S>,
  indices: readonly TensorVariable[],
  shapes: readonly (readonly S[])[],
): S[] {
  return Array.from({ length: indices[0].type.rank }, (_, axis) => {
    let size: S | null = null;
    indices.forEach((index, k) => {
      if (index.type.broadcasts(axis)) return;
      const text = `[advanced_subtensor] expected index arrays of equal size on axis ${axis}, got {a} and {b}`;
      size = size === null ? shapes[k][axis] : algebra.requireEqual(size, shapes[k][axis], text);
    });
    return size ?? algebra.const(1);
  });
}

/** Point in `x`: the leading coordinates from the index arrays, the others as they are. */
function gatherPoint(scope: PointScope, indices: readonly TensorVariable[], point: Point): Point {
  const rank = indices[0].type.rank;
  const leading = indices.map((index): Coordinate => ({
    kind: 'value',
    value: scope.at(index, point.slice(0, rank)),
  }));
  return [...leading, ...point.slice(rank)];
}

/** Flat positions in `x` of the elements that the indices name, and the shape they are taken in. */
function positionsIn(
  x: NDArray,
  indices: readonly NDArray[],
  variables: readonly TensorVariable[],
): { positions: number[]; shape: number[] } {
  const shapes = indices.map((index) => index.shape);
  const shape = indexShape(numberSizes, variables, shapes);
  const flat = indices.map((index) => index.broadcastTo(shape).contiguous());
  const rest = x.shape.slice(indices.length);
  const inner = sizeOf(rest);
  const positions: number[] = [];
  for (let i = 0; i < sizeOf(shape); i++) {
    let row = 0;
    flat.forEach((index, axis) => {
      const size = x.shape[axis];
      const value = Number(index.data[i]);
      if (value < -size || value >= size) {
        throw new IndexRangeError(
          `[advanced_subtensor] expected an index within [${-size}, ${size - 1}] for axis ${axis}, got ${value}`,
        );
      }
      row = row * size + (value < 0 ? value + size : value);
    });
    for (let j = 0; j < inner; j++) positions.push(row * inner + j);
  }
  return { positions, shape: [...shape, ...rest] };
}

const gatherOps = new Map<number, Op>();

function gatherOp(count: number): Op {
  const found = gatherOps.get(count);
  if (found !== undefined) return found;
  const op = defineOp({
    name: 'advanced_subtensor',
    props: { indices: count },
    types: ([x, ...indices]) => [
      new TensorType(x.dtype, [
        ...broadcastStatic('advanced_subtensor', indices),
        ...x.type.shape.slice(count),
      ]),
    ],
    shapes: (algebra, [shape, ...indexShapes], node) => [
      [...indexShape(algebra, node.inputs.slice(1), indexShapes), ...shape.slice(count)],
    ],
    perform: ([x, ...indices], node) => {
      const source = x.contiguous();
      const { positions, shape } = positionsIn(source, indices, node.inputs.slice(1));
      const out = NDArray.zeros(shape, x.dtype);
      positions.forEach((at, k) => storeElement(out.data, k, source.data[at]));
      return [out];
    },
    pullback: ({ inputs: [x, ...indices] }, [g]) => [
      g && apply1(scatterOp(count, 'inc'), [zerosLike(x, g.dtype), g, ...indices]),
      ...indices.map(() => null),
    ],
    lower: {
      kind: 'index',
      gathers: true,
      map: (scope, node, point) => gatherPoint(scope, node.inputs.slice(1), point),
    },
  });
  gatherOps.set(count, op);
  return op;
}

const scatterOps = new Map<string, Op>();

function scatterOp(count: number, mode: 'set' | 'inc'): Op {
  const found = scatterOps.get(`${mode}${count}`);
  if (found !== undefined) return found;
  const name = `advanced_${mode}_subtensor`;
  const op = defineOp({
    name,
    props: { indices: count },
    types: ([x]) => [x.type],
    shapes: (algebra, [shape, part, ...indexShapes], node) => {
      const [, y, ...indices] = node.inputs;
      const region = [...indexShape(algebra, indices, indexShapes), ...shape.slice(count)];
      requirePart(algebra, name, y, part, region);
      return [shape];
    },
    perform: ([x, y, ...indices], node) => {
      const out = x.copy();
      const { positions, shape } = positionsIn(out, indices, node.inputs.slice(2));
      requirePart(numberSizes, name, node.inputs[1], y.shape, shape);
      const { data } = y.broadcastTo(shape).astype(x.dtype);
      positions.forEach((at, k) => {
        const stored = mode === 'set' ? data[k] : sumOf(x.dtype, out.data, at, data, k);
        storeElement(out.data, at, stored);
      });
      return [out];
    },
    pullback: ({ inputs: [x, y, ...indices] }, [g]) => {
      const none = indices.map(() => null);
      if (g === null) return [null, null, ...none];
      const part = apply1(gatherOp(count), [g, ...indices]);
      if (mode === 'inc') return [g, sumTo(part, y), ...none];
      const rest = apply1(scatterOp(count, 'set'), [g, zerosLike(part), ...indices]);
      return [rest, sumTo(ofLastWriters(part, x, indices), y), ...none];
    },
    lower: {
      kind: 'scatter',
      mode: mode === 'set' ? 'set' : 'add',
      gathers: true,
      region: (scope, { inputs: [x, , ...indices] }) => [
        ...Array.from({ length: indices[0].type.rank }, (_, axis) => {
          const wide = indices.find((index) => !index.type.broadcasts(axis));
          return wide === undefined ? scope.sizes.const(1) : scope.shape(wide)[axis];
        }),
        ...scope.shape(x).slice(count),
      ],
      map: (scope, node, point) => gatherPoint(scope, node.inputs.slice(2), point),
    },
  });
  scatterOps.set(`${mode}${count}`, op);
  return op;
}

/** Stored elements added in arithmetic of their dtype. */
function sumOf(dtype: DType, a: Storage, i: number, b: Storage, k: number): number | bigint {
  const [p, q] = [readElement(dtype, a, i), readElement(dtype, b, k)];
  const total = typeof p === 'bigint' ? p + (q as bigint) : p + (q as number);
  return toStored(dtype, wrapScalar(dtype, total));
}

/** `part`, 0 where another value is written later to the same place: only the last one stands. */
function ofLastWriters(
  part: TensorVariable,
  x: TensorVariable,
  indices: readonly TensorVariable[],
): TensorVariable {
  const rank = indices[0].type.rank;
  const sizes = Array.from({ length: rank }, (_, axis) => {
    const wide = indices.find((index) => !index.type.broadcasts(axis));
    return wide === undefined ? scalarConstant(1, 'int64') : shapeOf(wide, axis);
  });
  const count = sizes.reduce((a: TensorVariable, b) => mul(a, b), scalarConstant(1, 'int64'));
  const order = reshape(arange(count), sizes);
  const places = zeros(sizesOf(x).slice(0, indices.length), 'int64');
  const last = apply1(scatterOp(indices.length, 'set'), [places, order, ...indices]);
  const stands = eq(apply1(gatherOp(indices.length), [last, ...indices]), order);
  const axes = Array.from({ length: part.type.rank }, (_, axis) => (axis < rank ? axis : 'x'));
  return switchOp(dimshuffle(stands, axes), part, 0);
}

/** Picks along the leading axes of `x` by integer arrays, which broadcast against each other. */
export function gather(x: TensorVariable, indices: readonly TensorVariable[]): TensorVariable {
  return apply1(gatherOp(indices.length), [x, ...alignRanks(indices.map(asIndex))]);
}

/** A copy of `x` with `values` added (repeats accumulate) or set (the last wins) where the leading indices point. */
export function scatter(
  x: TensorVariable,
  indices: readonly TensorVariable[],
  values: TensorLike,
  mode: 'set' | 'inc',
): TensorVariable {
  const aligned = alignRanks(indices.map(asIndex));
  const rank = aligned[0].type.rank + x.type.rank - indices.length;
  const y = valuesFor(`advanced_${mode}_subtensor`, x, values);
  if (y.type.rank > rank) {
    throw new ShapeError(
      `[advanced_${mode}_subtensor] expected values of rank at most ${rank}, got ${y.type.rank}`,
    );
  }
  return apply1(scatterOp(indices.length, mode), [x, padLeft(y, rank), ...aligned]);
}

function asIndex(index: TensorVariable): TensorVariable {
  if (!/int/.test(index.dtype))
    throw new IndexRangeError(
      `[at] expected integer indices, got ${index.type.key} (${index.toString()})`,
    );
  return cast(index, 'int64');
}

/** Anything that indexes an axis: integer, slice, null, or an integer array. */
export type Index = BasicIndex;

/** How indices with arrays among them come down to slices, then picks along leading axes. */
interface Picking {
  /** The slices alone; null where an axis is picked from or whole. */
  readonly slices: readonly (Slice | null)[];
  readonly picks: readonly TensorVariable[];
  /** Brings the axes that are picked from to the front. */
  readonly toFront: readonly number[];
  /** Brings the axes of the picked elements to where NumPy has them. */
  readonly toPlace: readonly number[];
}

function isSliceOrNull(index: Index): index is Slice | null {
  return index === null || isSlice(index);
}

/** null where slices and integers do it. */
function pickingOf(v: TensorVariable, indices: readonly Index[]): Picking | null {
  if (indices.length > v.type.rank) {
    throw new IndexRangeError(
      `[at] expected at most ${v.type.rank} indices for ${v.toString()}, got ${indices.length}`,
    );
  }
  const given = indices.map((index) => (isSliceOrNull(index) ? null : asVariable(index)));
  if (!given.some((index) => index !== null && index.type.rank > 0)) return null;
  const all = Array.from({ length: v.type.rank }, (_, axis) => axis);
  const isPicked = (axis: number): boolean => (given[axis] ?? null) !== null;
  const [axes, others] = [all.filter(isPicked), all.filter((axis) => !isPicked(axis))];
  const picks = axes.map((axis) => given[axis] as TensorVariable);
  const rank = Math.max(...picks.map((pick) => pick.type.rank));
  const adjacent = axes.every((axis, k) => axis === axes[0] + k);
  const before = adjacent ? others.filter((axis) => axis < axes[0]).length : 0;
  const rest = others.map((_, k) => rank + k);
  const pickedAxes = Array.from({ length: rank }, (_, k) => k);
  return {
    slices: indices.map((index) => (isSliceOrNull(index) ? index : null)),
    picks,
    toFront: [...axes, ...others],
    toPlace: [...rest.slice(0, before), ...pickedAxes, ...rest.slice(before)],
  };
}

/** The order that undoes `order`. */
function inverse(order: readonly number[]): number[] {
  return order.map((_, axis) => order.indexOf(axis));
}

/**
 * `x` indexed: integers drop an axis, slices and null keep it, integer arrays pick (broadcast together;
 * their axes stand where the arrays stood, or first when other indices separate them, as in NumPy).
 * @throws IndexRangeError
 */
export function at(x: TensorLike, ...indices: readonly Index[]): TensorVariable {
  const v = asVariable(x);
  const picking = pickingOf(v, indices);
  if (picking === null) return subtensor(v, indices);
  const front = dimshuffle(subtensor(v, picking.slices), picking.toFront);
  return dimshuffle(gather(front, picking.picks), picking.toPlace);
}

function assign(
  mode: 'set' | 'inc',
  x: TensorVariable,
  indices: readonly Index[],
  values: TensorLike,
): TensorVariable {
  const picking = pickingOf(x, indices);
  if (picking === null) return incSubtensor(x, indices, values, mode);
  const { slices, picks, toFront, toPlace } = picking;
  const sliced = subtensor(x, slices);
  const placed = padLeft(valuesFor(`advanced_${mode}_subtensor`, x, values), toPlace.length);
  // Values of too high a rank are refused by scatter.
  const y = placed.type.rank === toPlace.length ? dimshuffle(placed, inverse(toPlace)) : placed;
  const changed = dimshuffle(
    scatter(dimshuffle(sliced, toFront), picks, y, mode),
    inverse(toFront),
  );
  return sliced === x ? changed : incSubtensor(x, slices, changed, 'set');
}

/** A copy of `x` in which the indexed part is `values`; of values for the same place the last one stands. */
export function setAt(
  x: TensorVariable,
  indices: readonly Index[],
  values: TensorLike,
): TensorVariable {
  return assign('set', x, indices, values);
}

/** A copy of `x` in which `values` are added to the indexed part; values for the same place add up. */
export function incAt(
  x: TensorVariable,
  indices: readonly Index[],
  values: TensorLike,
): TensorVariable {
  return assign('inc', x, indices, values);
}

/** Elements of `x` along `axis` at integer positions of any rank, as numpy.take. */
export function take(x: TensorLike, indices: TensorLike, axis = 0): TensorVariable {
  const v = asVariable(x);
  const lead: Index[] = Array.from(
    { length: normalizeAxis('take', axis, v.type.rank) },
    () => null,
  );
  return at(v, ...lead, asVariable(indices));
}

/** Whether the node gathers along leading axes: for rewrites. */
export function isGather(node: Apply | null): node is Apply {
  return node?.op.name === 'advanced_subtensor';
}
