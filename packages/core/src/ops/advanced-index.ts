/**
 * Integer-array indexing: `x.at(rows, columns)` picks x[rows[i], columns[i]]. The op gathers along the
 * leading axes; `at` brings other forms (slices and integers beside arrays) to it with NumPy's rules.
 * Its gradient accumulates: an index that repeats adds up. Boolean masks come with the full language.
 */
import { IndexRangeError } from '../errors.js';
import { defineOp, type Op, type SizeAlgebra } from '../graph/op.js';
import { apply1, type Apply, type TensorVariable } from '../graph/variable.js';
import type { Coordinate, Point, PointScope } from '../lower/lowering.js';
import { NDArray } from '../types/ndarray.js';
import { TensorType } from '../types/tensor-type.js';
import { zerosLike } from './alloc.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { dimshuffle } from './dimshuffle.js';
import { alignRanks, broadcastStatic, padLeft } from './elementwise.js';
import { sumTo } from './reduce.js';
import { isSlice, subtensor, type BasicIndex } from './subtensor.js';

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

/** Calls back with the flat position in `x` and in the result, for every element. */
function forEachGathered(
  x: NDArray,
  indices: readonly NDArray[],
  visit: (at: number, k: number) => void,
): number[] {
  const shape = indices[0].shape.map(
    (_, axis) => indices.map((index) => index.shape[axis]).find((n) => n !== 1) ?? 1,
  );
  const flat = indices.map((index) => index.broadcastTo(shape).contiguous());
  const rest = x.shape.slice(indices.length);
  const inner = rest.reduce((a, b) => a * b, 1);
  const outer = shape.reduce((a, b) => a * b, 1);
  for (let i = 0; i < outer; i++) {
    let row = 0;
    flat.forEach((index, axis) => {
      const size = x.shape[axis];
      const value = Number(index.data[index.offset + i]);
      if (value < -size || value >= size) {
        throw new IndexRangeError(
          `[advanced_subtensor] expected an index within [${-size}, ${size - 1}] for axis ${axis}, got ${value}`,
        );
      }
      row = row * size + (value < 0 ? value + size : value);
    });
    for (let j = 0; j < inner; j++) visit(row * inner + j, i * inner + j);
  }
  return [...shape, ...rest];
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
    perform: ([x, ...indices]) => {
      const source = x.contiguous();
      const picked: number[] = [];
      const shape = forEachGathered(source, indices, (at) => picked.push(at));
      const out = NDArray.zeros(shape, x.dtype);
      picked.forEach(
        (at, k) => ((out.data as { [k: number]: unknown })[k] = source.data[source.offset + at]),
      );
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
      [...indexShape(algebra, indices, indexShapes), ...shape.slice(count)].forEach(
        (size, axis) => {
          if (!y.type.broadcasts(axis))
            algebra.requireEqual(
              size,
              part[axis],
              `[${name}] expected size {a} on axis ${axis} of the new values, got {b}`,
            );
        },
      );
      return [shape];
    },
    perform: ([x, y, ...indices]) => {
      const out = x.copy();
      const targets: number[] = [];
      const shape = forEachGathered(out, indices, (at) => targets.push(at));
      const values = y.broadcastTo(shape).astype(x.dtype).contiguous();
      const result = out.reshape([out.size]);
      const from = values.reshape([values.size]);
      targets.forEach((at, k) =>
        result.set(mode === 'set' ? from.get(k) : Number(result.get(at)) + Number(from.get(k)), at),
      );
      return [out];
    },
    pullback: ({ inputs: [, y, ...indices] }, [g]) => {
      const none = indices.map(() => null);
      if (g === null) return [null, null, ...none];
      const part = apply1(gatherOp(count), [g, ...indices]);
      const rest =
        mode === 'inc' ? g : apply1(scatterOp(count, 'set'), [g, zerosLike(part), ...indices]);
      return [rest, sumTo(part, y), ...none];
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
  const y = cast(asVariable(values, x.dtype), x.dtype);
  return apply1(scatterOp(indices.length, mode), [
    x,
    padLeft(y, aligned[0].type.rank + x.type.rank - indices.length),
    ...aligned,
  ]);
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

/**
 * `x` indexed: integers drop an axis, slices and null keep it, integer arrays pick (broadcast together;
 * their axes stand where the arrays stood, or first when other indices separate them, as in NumPy).
 * @throws IndexRangeError
 */
export function at(x: TensorLike, ...indices: readonly Index[]): TensorVariable {
  const v = asVariable(x);
  if (indices.length > v.type.rank) {
    throw new IndexRangeError(
      `[at] expected at most ${v.type.rank} indices for ${v.toString()}, got ${indices.length}`,
    );
  }
  const parsed = indices.map((index) =>
    index === null || isSlice(index) ? index : asVariable(index),
  );
  const isArray = (index: unknown): index is TensorVariable =>
    typeof index === 'object' &&
    index !== null &&
    'type' in index &&
    (index as TensorVariable).type.rank > 0;
  if (!parsed.some(isArray)) return subtensor(v, parsed as BasicIndex[]);
  const isPick = (index: unknown): index is TensorVariable =>
    typeof index === 'object' && index !== null && 'type' in index;
  const sliced = subtensor(
    v,
    parsed.map((index) => (isPick(index) ? null : index)),
  );
  const axes = parsed.flatMap((index, axis) => (isPick(index) ? [axis] : []));
  const others = Array.from({ length: v.type.rank }, (_, axis) => axis).filter(
    (axis) => !axes.includes(axis),
  );
  const front = dimshuffle(sliced, [...axes, ...others]);
  const picked = gather(
    front,
    axes.map((axis) => parsed[axis] as TensorVariable),
  );
  const adjacent = axes.every((axis, k) => k === 0 || axis === axes[k - 1] + 1);
  if (!adjacent || axes[0] === 0) return picked;
  const rank = picked.type.rank - others.length;
  const before = others.filter((axis) => axis < axes[0]).length;
  const pickedAxes = Array.from({ length: rank }, (_, k) => k);
  const rest = others.map((_, k) => rank + k);
  return dimshuffle(picked, [...rest.slice(0, before), ...pickedAxes, ...rest.slice(before)]);
}

/** Elements of `x` along `axis` at integer positions of any rank, as numpy.take. */
export function take(x: TensorLike, indices: TensorLike, axis = 0): TensorVariable {
  const lead: Index[] = Array.from({ length: axis }, () => null);
  const index = asVariable(indices);
  return at(x, ...lead, index);
}

/** Whether the node gathers along leading axes: for rewrites. */
export function isGather(node: Apply | null): node is Apply {
  return node?.op.name === 'advanced_subtensor';
}
