/** reshape and flatten: the same elements in row-major order under another shape. */
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { TensorType, type StaticShape } from '../types/tensor-type.js';
import { mul } from './arithmetic.js';
import { asVariable, isLiteral, type TensorLike } from './as-variable.js';
import { numbersOf, requiredSizes, staticSizes } from './given-sizes.js';
import { asSizes, shapeOf, sizesOf } from './shape.js';

/** How many elements a static shape has, null where that is open. */
function elementsOf(shape: StaticShape): number | null {
  return shape.reduce((total, n) => (total === null || n === null ? null : total * n), 1);
}

const reshapeOp: Op = defineOp({
  name: 'reshape',
  props: {},
  types: ([x, ...sizes]) => {
    const shape = staticSizes(sizes);
    const [before, after] = [elementsOf(x.type.shape), elementsOf(shape)];
    if (before !== null && after !== null && before !== after) {
      throw new ShapeError(
        `[reshape] expected as many elements as before, ${before}, got shape (${shape.join(', ')})`,
      );
    }
    return [new TensorType(x.dtype, shape)];
  },
  shapes: (algebra, [shape], node) => {
    const sizes = requiredSizes(algebra, 'reshape', node.inputs.slice(1));
    const total = (list: readonly (typeof sizes)[number][]): (typeof sizes)[number] =>
      list.reduce((a, b) => algebra.binary('mul', a, b), algebra.const(1));
    algebra.requireEqual(
      total(shape),
      total(sizes),
      '[reshape] expected as many elements as before, {a}, got {b}',
    );
    return [sizes];
  },
  perform: ([x, ...sizes]) => {
    const shape = numbersOf(sizes);
    if (shape.reduce((a, b) => a * b, 1) !== x.size || shape.some((n) => n < 0)) {
      throw new ShapeError(
        `[reshape] expected as many elements as before, ${x.size}, got shape (${shape.join(', ')})`,
      );
    }
    return [x.reshape(shape)];
  },
  pullback: (node, [g]) => [
    g && reshapeTo(g, sizesOf(node.inputs[0])),
    ...node.inputs.slice(1).map(() => null),
  ],
  lower: { kind: 'reshape' },
});

/** Sizes as int64 scalars; no -1 among them. */
export function reshapeTo(x: TensorVariable, sizes: readonly TensorVariable[]): TensorVariable {
  return apply1(reshapeOp, [x, ...sizes]);
}

/**
 * `x` with the given sizes: numbers, integer scalars, and at most one -1, which is what is left over.
 * @throws ShapeError
 */
export function reshape(x: TensorLike, sizes: readonly TensorLike[]): TensorVariable {
  const v = asVariable(x);
  const open = sizes.filter((size) => isLiteral(size) && Number(size) === -1);
  if (open.length > 1)
    throw new ShapeError(`[reshape] expected at most one -1, got ${open.length}`);
  if (sizes.some((size) => isLiteral(size) && Number(size) < -1)) {
    throw new ShapeError(
      `[reshape] expected sizes of at least 0 (or one -1), got (${sizes.map(String).join(', ')})`,
    );
  }
  if (open.length === 0) return reshapeTo(v, asSizes('reshape', sizes));
  const at = sizes.indexOf(open[0]);
  const given = asSizes(
    'reshape',
    sizes.filter((_, k) => k !== at),
  );
  const rest = divideSizes(sizesOf(v), given);
  return reshapeTo(v, [...given.slice(0, at), rest, ...given.slice(at)]);
}

const leftoverOp: Op = defineOp({
  name: 'leftover_size',
  props: {},
  types: ([total]) => [total.type],
  shapes: () => [[]],
  perform: ([total, given]) => {
    const [a, b] = [Number(total.item()), Number(given.item())];
    if (b === 0 ? a !== 0 : a % b !== 0)
      throw new ShapeError(`[reshape] expected ${a} elements to divide by ${b}`);
    return [scalarConstant(b === 0 ? 0 : a / b, 'int64').data];
  },
  pullback: () => [null, null],
  lower: {
    kind: 'expression',
    sizesFrom: 0,
    build: (scope, node) => scope.size(scope.sizeOf(node.outputs[0])),
  },
});

function divideSizes(
  all: readonly TensorVariable[],
  given: readonly TensorVariable[],
): TensorVariable {
  const product = (list: readonly TensorVariable[]): TensorVariable =>
    list.reduce<TensorVariable>((a, b) => mul(a, b), scalarConstant(1, 'int64'));
  const values = (list: readonly TensorVariable[]): number | null => elementsOf(staticSizes(list));
  const [total, known] = [values(all), values(given)];
  if (total !== null && known !== null && known > 0 && total % known === 0)
    return scalarConstant(total / known, 'int64');
  return apply1(leftoverOp, [product(all), product(given)]);
}

/** `x` with its last axes joined so that `rank` remain (the leading ones kept). @throws ShapeError */
export function flatten(x: TensorLike, rank = 1): TensorVariable {
  const v = asVariable(x);
  if (rank < 1 || rank > Math.max(1, v.type.rank)) {
    throw new ShapeError(`[flatten] expected a rank in [1, ${v.type.rank}], got ${rank}`);
  }
  const lead = Array.from({ length: rank - 1 }, (_, axis) => shapeOf(v, axis));
  const tail = sizesOf(v).slice(rank - 1);
  const joined = tail.length === 0 ? scalarConstant(1, 'int64') : tail.reduce((a, b) => mul(a, b));
  return reshapeTo(v, [...lead, joined]);
}
