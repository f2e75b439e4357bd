/** checkedIndex: integer indices into an axis, wrapped when negative, an error when out of range. */
import { IndexRangeError } from '../errors.js';
import { defineOp } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { mapElements } from '../types/strided.js';

const checkedIndexOp = defineOp({
  name: 'checked_index',
  props: {},
  types: ([index]) => [index.type],
  shapes: (_algebra, [shape]) => [shape],
  perform: ([index, size]) => {
    const n = Number(size.item());
    return [
      mapElements('int64', [index], index.shape, (value: bigint) => {
        const at = Number(value);
        if (at < -n || at >= n) throw new IndexRangeError(`[advanced_subtensor] expected an index within [${-n}, ${n - 1}], got ${at}`);
        return BigInt(at < 0 ? at + n : at);
      }),
    ];
  },
  pullback: () => [null, null],
  lower: {
    kind: 'expression',
    build: (scope, node, point) => scope.checkedIndex(scope.at(node.inputs[0], point), scope.sizeOf(node.inputs[1])),
  },
});

/** `index` (int64) counted from the front of an axis of `size`. Used where a rewrite removes the access that checked it. */
export function checkedIndex(index: TensorVariable, size: TensorVariable): TensorVariable {
  return apply1(checkedIndexOp, [index, size]);
}
