/** Boolean masks as indices: each comes down to the positions of its true elements, one vector an axis. */
import { ShapeError } from '../errors.js';
import { defineOp } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { nonzero } from './nonzero.js';
import { shapeOf } from './shape.js';

const matchOp = defineOp({
  name: 'match_mask',
  props: {},
  types: ([mask]) => [mask.type],
  shapes: (algebra, [shape], { inputs: [mask, ...sizes] }) => [
    shape.map((size, axis) => {
      const text = `[at] expected a mask of size {b} on axis ${axis}, got {a} (${mask.toString()})`;
      return algebra.requireEqual(size, algebra.valueOf(sizes[axis]), text);
    }),
  ],
  perform: ([mask, ...sizes], node) => {
    sizes.forEach((size, axis) => {
      if (Number(size.item()) === mask.shape[axis]) return;
      throw new ShapeError(
        `[at] expected a mask of size ${size.item()} on axis ${axis}, got ${mask.shape[axis]} (${node.inputs[0].toString()})`,
      );
    });
    return [mask];
  },
  pullback: 'not-differentiable',
  lower: { kind: 'index', gathers: false, sizesFrom: 1, map: (_scope, _node, point) => point },
});

export function isMask(index: TensorVariable): boolean {
  return index.dtype === 'bool' && index.type.rank > 0;
}

/** The mask, required to have the sizes of the axes of `x` from `axis` on. @throws ShapeError where they are known to differ */
export function maskFor(x: TensorVariable, axis: number, mask: TensorVariable): TensorVariable {
  const sizes = mask.type.shape.map((n, k) => {
    const known = x.type.shape[axis + k];
    if (n !== null && known !== null && n !== known) {
      throw new ShapeError(
        `[at] expected a mask of size ${known} on axis ${k}, got ${n} (${mask.toString()})`,
      );
    }
    return shapeOf(x, axis + k);
  });
  const fits = mask.type.shape.every((n, k) => n !== null && n === x.type.shape[axis + k]);
  return fits ? mask : apply1(matchOp, [mask, ...sizes]);
}

/** Positions of the true elements of a mask over the axes of `x` from `axis` on; of late size. */
export function maskPositions(
  x: TensorVariable,
  axis: number,
  mask: TensorVariable,
): TensorVariable[] {
  return nonzero(maskFor(x, axis, mask));
}
