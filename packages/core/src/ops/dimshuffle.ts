/** dimshuffle: permutes axes, inserts broadcast axes ('x'), drops axes that are statically 1. */
import { ShapeError } from '../errors.js';
import { defineOp } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { TensorType, normalizeAxis } from '../types/tensor-type.js';

export type AxisOrder = readonly (number | 'x')[];

/** Axes of `order`'s input that it leaves out. */
export function droppedAxes(order: AxisOrder, rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !order.includes(axis));
}

function dimshuffleOp(order: AxisOrder, rank: number): ReturnType<typeof defineOp> {
  return defineOp({
    name: 'dimshuffle',
    props: { order, rank },
    types: ([x]) => [
      new TensorType(
        x.dtype,
        order.map((axis) => (axis === 'x' ? 1 : x.type.shape[axis])),
      ),
    ],
    shapes: (algebra, [shape]) => [
      order.map((axis) => (axis === 'x' ? algebra.const(1) : shape[axis])),
    ],
    perform: ([x]) => {
      const kept = order.filter((axis) => axis !== 'x');
      const permuted = x.transpose([...kept, ...droppedAxes(order, rank)]);
      return [permuted.reshape(order.map((axis) => (axis === 'x' ? 1 : x.shape[axis])))];
    },
    pullback: (_node, [g]) => {
      if (g === null) return [null];
      const back: (number | 'x')[] = [];
      for (let axis = 0; axis < rank; axis++) {
        const at = order.indexOf(axis);
        back.push(at < 0 ? 'x' : at);
      }
      return [dimshuffle(g, back)];
    },
    lower: {
      kind: 'index',
      gathers: false,
      map: (scope, _node, point) => {
        const zero = scope.sizes.const(0);
        return Array.from({ length: rank }, (_, axis) => {
          const at = order.indexOf(axis);
          return at < 0 ? { kind: 'affine', offset: zero, terms: [] } : point[at];
        });
      },
    },
  });
}

/**
 * Axis `k` of the result is axis `order[k]` of `x`, or a new axis of size 1 for 'x'. Axes left out must be statically 1.
 * @throws ShapeError
 */
export function dimshuffle(x: TensorVariable, order: AxisOrder): TensorVariable {
  const rank = x.type.rank;
  const axes = order.map((axis) => (axis === 'x' ? axis : normalizeAxis('dimshuffle', axis, rank)));
  const used = axes.filter((axis) => axis !== 'x');
  if (new Set(used).size !== used.length) {
    throw new ShapeError(`[dimshuffle] expected each axis once, got (${axes.join(', ')})`);
  }
  for (const axis of droppedAxes(axes, rank)) {
    if (!x.type.broadcasts(axis)) {
      throw new ShapeError(
        `[dimshuffle] expected axis ${axis} of ${x.toString()} to be statically 1 to drop it, got ${x.type.key}: ` +
          'use specifyShape or index it with .at()',
      );
    }
  }
  if (axes.length === rank && axes.every((axis, k) => axis === k)) return x;
  return apply1(dimshuffleOp(axes, rank), [x]);
}

/** `x` with its axes permuted; reversed without `axes`. @throws ShapeError */
export function transpose(x: TensorVariable, axes?: readonly number[]): TensorVariable {
  const rank = x.type.rank;
  const order = axes ?? Array.from({ length: rank }, (_, k) => rank - 1 - k);
  if (order.length !== rank) {
    throw new ShapeError(`[transpose] expected ${rank} axes, got ${order.length}`);
  }
  return dimshuffle(x, order);
}
