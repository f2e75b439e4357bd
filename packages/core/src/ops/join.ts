/** Tensors joined along an axis, old (concatenate) or new (stack), and a tensor split along one. */
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, applyOp, type TensorVariable } from '../graph/variable.js';
import type { DType } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import { promote } from '../types/promote.js';
import { TensorType, normalizeAxis } from '../types/tensor-type.js';
import { zeros, zerosLike } from './alloc.js';
import { asVariables, asVariable, type TensorLike } from './as-variable.js';
import { atleast1d, atleast2d, expandDims } from './axes.js';
import { cast } from './cast.js';
import { empty } from './empty.js';
import { partOf, writeInto } from './parts.js';
import { requiredSizes } from './given-sizes.js';
import { asSizes, shapeOf, sizesOf } from './shape.js';
import { addSizes, divideSizes, knownSize } from './size-arithmetic.js';
import { subtensor } from './subtensor.js';

/** The whole of `axis` axes, then the elements from `start` to before `stop`. */
function between(
  x: TensorVariable,
  axis: number,
  start: TensorVariable,
  stop: TensorVariable,
): TensorVariable {
  return subtensor(x, [...Array.from({ length: axis }, () => null), { start, stop }]);
}

/** Sums of the sizes before each, and of all. */
function offsetsOf(sizes: readonly TensorVariable[]): TensorVariable[] {
  const offsets: TensorVariable[] = [scalarConstant(0, 'int64')];
  sizes.forEach((size, k) => offsets.push(k === 0 ? size : addSizes(offsets[k], size)));
  return offsets;
}

function placeOp(axis: number): Op {
  return defineOp({
    name: 'place',
    props: { axis },
    types: ([x]) => [x.type],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([x, part, start]) => {
      const out = x.copy();
      writeInto(partOf(out, axis, Number(start.item()), part.shape[axis]), part);
      return [out];
    },
    pullback: ({ inputs: [, part, start] }, [g]) => {
      if (g === null) return [null, null, null];
      const rest = apply1(placeOp(axis), [g, zerosLike(part, g.dtype), start]);
      return [rest, between(g, axis, start, addSizes(start, shapeOf(part, axis))), null];
    },
    lower: {
      kind: 'scatter',
      mode: 'set',
      gathers: false,
      sizesFrom: 2,
      region: (scope, { inputs: [, part] }) => scope.shape(part),
      map: (scope, { inputs: [, , start] }, point) =>
        point.map((coordinate, k) =>
          k === axis && coordinate.kind === 'affine'
            ? { ...coordinate, offset: scope.sizes.add(coordinate.offset, scope.sizeOf(start)) }
            : coordinate,
        ),
    },
  });
}

/** Static shape of what is joined. @throws ShapeError where known sizes clash */
function joinedShape(inputs: readonly TensorVariable[], axis: number): (number | null)[] {
  return inputs[0].type.shape.map((_, k) => {
    const sizes = inputs.map((input) => input.type.shape[k]);
    if (k === axis) return sizes.reduce((a, b) => (a === null || b === null ? null : a + b));
    const known = sizes.find((n) => n !== null) ?? null;
    const other = inputs.find((input) => (input.type.shape[k] ?? known) !== known);
    if (other !== undefined) {
      throw new ShapeError(
        `[join] expected equal sizes on axis ${k}, got ${known} and ${other.type.shape[k]} (${other.toString()})`,
      );
    }
    return known;
  });
}

function joinOp(axis: number): Op {
  return defineOp({
    name: 'join',
    props: { axis },
    types: (inputs) => [new TensorType(inputs[0].dtype, joinedShape(inputs, axis))],
    shapes: (algebra, shapes, { inputs }) => [
      shapes[0].map((first, k) => {
        const sizes = shapes.map((shape) => shape[k]);
        if (k === axis) return sizes.reduce((a, b) => algebra.binary('add', a, b));
        return sizes.reduce(
          (size, n, input) =>
            algebra.requireEqual(
              size,
              n,
              `[join] expected equal sizes on axis ${k}, got {a} and {b} (${inputs[input].toString()})`,
            ),
          first,
        );
      }),
    ],
    perform: (inputs, node) => {
      const shape = inputs[0].shape.map((n, k) =>
        k === axis ? inputs.reduce((total, input) => total + input.shape[axis], 0) : n,
      );
      const out = NDArray.zeros(shape, inputs[0].dtype);
      let start = 0;
      inputs.forEach((input, k) => {
        const clash = input.shape.findIndex((n, at) => at !== axis && n !== shape[at]);
        if (clash >= 0) {
          throw new ShapeError(
            `[join] expected equal sizes on axis ${clash}, got ${shape[clash]} and ${input.shape[clash]} (${node.inputs[k].toString()})`,
          );
        }
        writeInto(partOf(out, axis, start, input.shape[axis]), input);
        start += input.shape[axis];
      });
      return [out];
    },
    pullback: ({ inputs }, [g]) => {
      if (g === null) return inputs.map(() => null);
      const offsets = offsetsOf(inputs.map((input) => shapeOf(input, axis)));
      return inputs.map((_, k) => between(g, axis, offsets[k], offsets[k + 1]));
    },
    // Each part is computed straight into its place.
    lower: { kind: 'composite', expand: ({ inputs }) => [writtenInParts(inputs, axis)] },
  });
}

function writtenInParts(inputs: readonly TensorVariable[], axis: number): TensorVariable {
  const offsets = offsetsOf(inputs.map((input) => shapeOf(input, axis)));
  const sizes = inputs[0].type.shape.map((_, k) => {
    if (k === axis) return offsets[inputs.length];
    return shapeOf(inputs.find((input) => input.type.shape[k] !== null) ?? inputs[0], k);
  });
  return inputs.reduce(
    (out, input, k) => apply1(placeOp(axis), [out, input, offsets[k]]),
    empty(sizes, inputs[0].dtype),
  );
}

/**
 * Tensors of one rank joined along an axis; their other sizes are equal. Their dtype is what they all
 * promote to. @throws ShapeError
 */
export function concatenate(tensors: readonly TensorLike[], axis = 0): TensorVariable {
  if (tensors.length === 0) throw new ShapeError('[join] expected at least one tensor, got none');
  const inputs = asVariables(tensors);
  const { rank } = inputs[0].type;
  const other = inputs.find((input) => input.type.rank !== rank);
  if (rank === 0 || other !== undefined) {
    throw new ShapeError(
      `[join] expected tensors of one rank of at least 1, got ${rank} and ${(other ?? inputs[0]).type.rank} (${(other ?? inputs[0]).toString()})`,
    );
  }
  const at = normalizeAxis('join', axis, rank);
  const dtype = inputs.map((input): DType => input.dtype).reduce(promote);
  const cases = inputs.map((input) => cast(input, dtype));
  return cases.length === 1 ? cases[0] : apply1(joinOp(at), cases);
}

/** Tensors of one shape along a new axis. @throws ShapeError */
export function stack(tensors: readonly TensorLike[], axis = 0): TensorVariable {
  if (tensors.length === 0) throw new ShapeError('[stack] expected at least one tensor, got none');
  const inputs = asVariables(tensors);
  const { rank } = inputs[0].type;
  const other = inputs.find((input) => input.type.rank !== rank);
  if (other !== undefined) {
    throw new ShapeError(
      `[stack] expected tensors of one rank, got ${rank} and ${other.type.rank} (${other.toString()})`,
    );
  }
  const at = normalizeAxis('stack', axis, rank + 1);
  return concatenate(
    inputs.map((input) => expandDims(input, at)),
    at,
  );
}

/** Nested lists of tensors. */
export type Stacked = TensorLike | readonly Stacked[];

/** Nested lists of tensors as one tensor, each list an axis. @throws ShapeError */
export function stacklists(tensors: Stacked): TensorVariable {
  return Array.isArray(tensors)
    ? stack((tensors as readonly Stacked[]).map((inner) => stacklists(inner)))
    : asVariable(tensors);
}

/** Tensors side by side: along axis 1, or 0 for vectors. @throws ShapeError */
export function hstack(tensors: readonly TensorLike[]): TensorVariable {
  const inputs = asVariables(tensors).map((x) => atleast1d(x));
  return concatenate(inputs, inputs.every((x) => x.type.rank === 1) ? 0 : 1);
}

/** Tensors one above the other: along axis 0, vectors as rows. @throws ShapeError */
export function vstack(tensors: readonly TensorLike[]): TensorVariable {
  return concatenate(asVariables(tensors).map((x) => atleast2d(x)));
}

function splitOp(axis: number): Op {
  return defineOp({
    name: 'split',
    props: { axis },
    types: ([x, ...sizes]) =>
      sizes.map((size) => {
        const known = knownSize(size);
        // As with slices, only what is known to broadcast does.
        const length = known === 1 && x.type.shape[axis] !== 1 ? null : known;
        return new TensorType(
          x.dtype,
          x.type.shape.map((n, k) => (k === axis ? length : n)),
        );
      }),
    shapes: (algebra, [shape], node) => {
      const sizes = requiredSizes(algebra, 'split', node.inputs.slice(1));
      const total = sizes.reduce((a, b) => algebra.binary('add', a, b));
      const text = `[split] expected sizes that sum to {a} on axis ${axis}, got {b}`;
      algebra.requireEqual(shape[axis], total, text);
      return sizes.map((size) => shape.map((n, k) => (k === axis ? size : n)));
    },
    perform: ([x, ...sizes]) => {
      const lengths = sizes.map((size) => Number(size.item()));
      const total = lengths.reduce((a, b) => a + b, 0);
      if (total !== x.shape[axis] || lengths.some((n) => n < 0)) {
        throw new ShapeError(
          `[split] expected sizes that sum to ${x.shape[axis]} on axis ${axis}, got ${lengths.join(', ')}`,
        );
      }
      let start = 0;
      return lengths.map((length) => partOf(x, axis, (start += length) - length, length));
    },
    pullback: ({ inputs: [x, ...sizes], outputs }, gs) => {
      const dtype = gs.find((g) => g !== null)?.dtype ?? x.dtype;
      const parts = gs.map((g, k) => g ?? zeros(sizesOf(outputs[k]), dtype));
      return [concatenate(parts, axis), ...sizes.map(() => null)];
    },
    lower: {
      kind: 'composite',
      expand: ({ inputs: [x, ...sizes] }) => {
        const offsets = offsetsOf(sizes);
        return sizes.map((_, k) => between(x, axis, offsets[k], offsets[k + 1]));
      },
    },
  });
}

/**
 * Parts of `x` along an axis: `parts` of equal size, or one of each of the given sizes, which may be
 * symbolic and have to sum to the whole. @throws ShapeError
 */
export function split(
  x: TensorLike,
  parts: number | readonly TensorLike[],
  axis = 0,
): TensorVariable[] {
  const v = asVariable(x);
  const at = normalizeAxis('split', axis, v.type.rank);
  if (typeof parts === 'number' ? !(Number.isInteger(parts) && parts > 0) : parts.length === 0) {
    throw new ShapeError(`[split] expected at least one part, got ${String(parts)}`);
  }
  const sizes =
    typeof parts === 'number'
      ? Array.from({ length: parts }, () => divideSizes(shapeOf(v, at), parts))
      : asSizes('split', parts);
  const [whole, known] = [v.type.shape[at], sizes.map(knownSize)];
  const total = known.reduce((a, b) => (a === null || b === null ? null : a + b), 0);
  if (whole !== null && total !== null && whole !== total) {
    throw new ShapeError(
      `[split] expected sizes that sum to ${whole} on axis ${at}, got ${known.join(', ')}`,
    );
  }
  return [...applyOp(splitOp(at), [v, ...sizes])];
}
