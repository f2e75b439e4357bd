/** Sizes of one tensor that have to be those of others: refused at build where they are known, else before anything runs. */
import { ShapeError } from '../errors.js';
import { defineOp, type Op } from '../graph/op.js';
import { withSizes } from '../graph/known-sizes.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { knownSize } from './size-arithmetic.js';

/** Inputs: the tensor, then a size for each of `axes`. */
function sameSizesOp(op: string, axes: readonly number[]): Op {
  const text = (x: TensorVariable, axis: number): string =>
    `[${op}] expected size {a} on axis ${axis} of ${x.toString()}, got {b}`;
  return defineOp({
    name: 'same_sizes',
    props: { op, axes },
    types: ([x]) => [x.type],
    shapes: (algebra, [shape], { inputs: [x, ...sizes] }) => {
      axes.forEach((axis, k) => {
        algebra.requireEqual(algebra.valueOf(sizes[k]), shape[axis], text(x, axis));
      });
      return [shape];
    },
    perform: ([x, ...sizes], { inputs }) => {
      axes.forEach((axis, k) => {
        const [wanted, found] = [Number(sizes[k].item()), x.shape[axis]];
        if (wanted === found) return;
        throw new ShapeError(withSizes(text(inputs[0], axis), wanted, found));
      });
      return [x];
    },
    pullback: ({ inputs }, [g]) => [g, ...inputs.slice(1).map(() => null)],
    lower: { kind: 'index', gathers: false, sizesFrom: 1, map: (_scope, _node, point) => point },
  });
}

/** `x`, which has to have these sizes; null leaves an axis open. `op` is what says so. @throws ShapeError */
export function sameSizes(
  op: string,
  x: TensorVariable,
  sizes: readonly (TensorVariable | null)[],
): TensorVariable {
  const asked = sizes.flatMap((size, axis) => {
    if (size === null) return [];
    const [own, wanted] = [x.type.shape[axis], knownSize(size)];
    return own !== null && own === wanted ? [] : [{ axis, size }];
  });
  if (asked.length === 0) return x;
  const axes = asked.map(({ axis }) => axis);
  return apply1(sameSizesOp(op, axes), [x, ...asked.map(({ size }) => size)]);
}
