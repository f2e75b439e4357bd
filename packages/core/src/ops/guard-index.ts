/** guardIndex: a value that exists only while an index is within its axis. Used where a rewrite removes the access that checked it. */
import { IndexRangeError } from '../errors.js';
import { defineOp } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { mapElements } from '../types/strided.js';

const guardIndexOp = defineOp({
  name: 'guard_index',
  props: {},
  types: ([value]) => [value.type],
  shapes: (algebra, [shape, indexShape]) => [
    shape.map((size, axis) =>
      algebra.requireEqual(
        size,
        indexShape[axis],
        `[advanced_subtensor] expected index arrays of equal size on axis ${axis}, got {a} and {b}`,
      ),
    ),
  ],
  perform: ([value, index, size]) => {
    const n = Number(size.item());
    mapElements('bool', [index], index.shape, (at: bigint) => {
      if (Number(at) < -n || Number(at) >= n)
        throw new IndexRangeError(
          `[advanced_subtensor] expected an index within [${-n}, ${n - 1}], got ${at}`,
        );
      return true;
    });
    return [value];
  },
  pullback: () => [null, null, null],
  lower: {
    kind: 'expression',
    sizesFrom: 2,
    build: (scope, { inputs: [value, index, size] }, point) =>
      scope.scalar(
        'add',
        'int64',
        scope.at(value, point),
        scope.zeroIfWithin(scope.at(index, point), scope.sizeOf(size)),
      ),
  },
});

/** `value` (int64), provided that `index` (int64, of the same shape) is within an axis of `size`; else the call fails. */
export function guardIndex(
  value: TensorVariable,
  index: TensorVariable,
  size: TensorVariable,
): TensorVariable {
  return apply1(guardIndexOp, [value, index, size]);
}
