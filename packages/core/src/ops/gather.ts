/**
 * Picking along the leading axes by integer arrays, and its counterpart, which sets or adds where they
 * point. The gradient accumulates: an index that repeats adds up. `at` (advanced-index.ts) brings every
 * other form to these.
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
import { TensorType } from '../types/tensor-type.js';
import { zeros, zerosLike } from './alloc.js';
import { arange } from './arange.js';
import { mul } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { requirePart, valuesFor } from './assigned-values.js';
import { cast } from './cast.js';
import { eq, switchOp } from './compare.js';
import { dimshuffle } from './dimshuffle.js';
import { alignRanks, broadcastStatic, padLeft } from './elementwise.js';
import { numberSizes } from './number-sizes.js';
import { sumTo } from './reduce.js';
import { reshape } from './reshape.js';
import { shapeOf, sizesOf } from './shape.js';

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
  const start: Coordinate = { kind: 'affine', offset: scope.sizes.const(0), terms: [] };
  const isStretched = (index: TensorVariable, axis: number): boolean =>
    index.type.broadcasts(axis) && indices.some((other) => !other.type.broadcasts(axis));
  const leading = indices.map((index): Coordinate => {
    const own = point
      .slice(0, rank)
      .map((coordinate, axis) => (isStretched(index, axis) ? start : coordinate));
    return { kind: 'value', value: scope.at(index, own) };
  });
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

/** Whether the node gathers along leading axes: for rewrites. */
export function isGather(node: Apply | null): node is Apply {
  return node?.op.name === 'advanced_subtensor';
}
