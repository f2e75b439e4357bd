/** What broadcasts: declaring axes of size 1, taking that back, and stretching tensors to one shape. */
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { normalizeAxes, TensorType } from '../types/tensor-type.js';
import { broadcastTo } from './alloc.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { alignRanks, broadcastStatic } from './elementwise.js';
import { shapeOf, specifyShape } from './shape.js';

/** `x` with axes promised to be of size 1 (checked when it runs), so that they broadcast. @throws ShapeError */
export function addBroadcast(x: TensorLike, ...axes: readonly number[]): TensorVariable {
  const v = asVariable(x);
  const single = normalizeAxes('addBroadcast', axes, v.type.rank);
  return specifyShape(
    v,
    v.type.shape.map((_, axis) => (single.includes(axis) ? 1 : null)),
  );
}

function unbroadcastOp(axes: readonly number[]): Op {
  return defineOp({
    name: 'unbroadcast',
    props: { axes: [...axes] },
    types: ([x]) => [
      new TensorType(
        x.dtype,
        x.type.shape.map((n, axis) => (axes.includes(axis) ? null : n)),
      ),
    ],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([x]) => [x],
    // The walk sums the cotangent over the axes that broadcast in the operand.
    pullback: (_node, [g]) => [g],
    lower: { kind: 'index', gathers: false, map: (_scope, _node, point) => point },
  });
}

/** `x` whose axes of size 1 no longer broadcast. @throws ShapeError */
export function unbroadcast(x: TensorLike, ...axes: readonly number[]): TensorVariable {
  const v = asVariable(x);
  const named = normalizeAxes('unbroadcast', axes, v.type.rank);
  const single = named.filter((axis) => v.type.broadcasts(axis));
  return single.length === 0 ? v : apply1(unbroadcastOp(single), [v]);
}

/** `x` that broadcasts along just the axes for which the pattern says so. @throws ShapeError */
export function patternBroadcast(x: TensorLike, pattern: readonly boolean[]): TensorVariable {
  const v = asVariable(x);
  if (pattern.length !== v.type.rank) {
    throw new ShapeError(
      `[patternBroadcast] expected ${v.type.rank} entries for ${v.toString()}, got ${pattern.length}`,
    );
  }
  const axesWhere = (wanted: boolean): number[] =>
    pattern.flatMap((single, axis) => (single === wanted ? [axis] : []));
  return unbroadcast(addBroadcast(v, ...axesWhere(true)), ...axesWhere(false));
}

/** The sizes that tensors have when broadcast together; that they agree is checked where they are. @throws ShapeError */
export function broadcastShape(...tensors: readonly TensorLike[]): TensorVariable[] {
  const aligned = alignRanks(tensors.map((x) => asVariable(x)));
  return broadcastStatic('broadcastShape', aligned).map((n, axis) => {
    if (n !== null) return scalarConstant(n, 'int64');
    const wide = aligned.find((x) => !x.type.broadcasts(axis)) as TensorVariable;
    return shapeOf(wide, axis);
  });
}

/** Tensors stretched to the shape that they broadcast to. @throws ShapeError */
export function broadcastArrays(...tensors: readonly TensorLike[]): TensorVariable[] {
  const sizes = broadcastShape(...tensors);
  return tensors.map((x) => broadcastTo(x, sizes));
}
