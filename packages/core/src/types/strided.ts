/**
 * Element-wise and reducing walks over strided arrays: what the reference implementations of ops are
 * written with. Values arrive as numbers (bool as 0 or 1, float16 decoded) or, for int64 and uint64,
 * as bigints; results are converted as compiled code converts. Order is row-major everywhere.
 */
import { allocate, readable, storeElement } from './convert.js';
import type { Scalar } from './convert.js';
import { isBig, wrapScalar } from './dtype.js';
import type { DType, Storage, StorageOf } from './dtype.js';
import { encodeFloat16 } from './float16.js';
import { gatherElements } from './gather.js';
import { NDArray } from './ndarray.js';
import {
  broadcastStrides,
  contiguousStrides,
  forEachRow,
  linearStep,
  normalizeAxes,
  sameShape,
  sizeOf,
} from './shape.js';
import type { Shape } from './shape.js';

export { broadcastShapes, contiguousStrides, forEachIndex, sizeOf } from './shape.js';

/** A function of elements; its parameters are numbers, or bigints where an input is 64-bit integer. */
export type ElementFunction = (...values: never[]) => Scalar;

type AnyFunction = (...values: (number | bigint)[]) => Scalar;

interface Operand {
  readonly values: Storage;
  readonly strides: Shape;
  readonly offset: number;
}

type Writer = (position: number, value: Scalar) => void;

function writerFor(dtype: DType, data: Storage): Writer {
  if (dtype === 'float16') {
    return (position, value) => {
      data[position] = encodeFloat16(
        typeof value === 'number' ? value : wrapScalar('float16', value),
      );
    };
  }
  if (dtype === 'bool' || isBig(dtype)) {
    return (position, value) => storeElement(data, position, wrapScalar(dtype, value));
  }
  // The typed array's own conversion of a number is the wrapping or rounding that is wanted.
  return (position, value) => {
    storeElement(data, position, typeof value === 'number' ? value : wrapScalar(dtype, value));
  };
}

function operandOf(input: NDArray, shape: Shape): Operand {
  const values = input.dtype === 'float16' ? gatherElements(input) : input.data;
  const decoded = readable(input.dtype, values);
  const own = input.dtype === 'float16' ? contiguousStrides(input.shape) : input.strides;
  return {
    values: decoded,
    strides: broadcastStrides(input.shape, own, shape),
    offset: input.dtype === 'float16' ? 0 : input.offset,
  };
}

function callRow(
  fn: AnyFunction,
  operands: readonly Operand[],
  starts: readonly number[],
  length: number,
  write: (i: number, value: Scalar) => void,
): void {
  const last = operands.map((operand) => operand.strides[operand.strides.length - 1] ?? 0);
  if (operands.length === 1) {
    const a = operands[0].values;
    for (let i = 0, p = starts[0]; i < length; i++, p += last[0]) write(i, fn(a[p]));
  } else if (operands.length === 2) {
    const [a, b] = [operands[0].values, operands[1].values];
    let [p, q] = starts;
    for (let i = 0; i < length; i++, p += last[0], q += last[1]) write(i, fn(a[p], b[q]));
  } else {
    const args = new Array<number | bigint>(operands.length);
    for (let i = 0; i < length; i++) {
      for (let k = 0; k < operands.length; k++) {
        args[k] = operands[k].values[starts[k] + i * last[k]];
      }
      write(i, fn(...args));
    }
  }
}

/**
 * A new array of `shape` with `fn` of the inputs' elements at every index. Inputs broadcast: axes of
 * length 1 stretch, missing leading axes are added.
 *
 * @throws ShapeError (E_SHAPE) when an input does not broadcast to `shape`.
 */
export function mapElements<D extends DType>(
  outDtype: D,
  inputs: readonly NDArray[],
  shape: Shape,
  fn: ElementFunction,
): NDArray<D> {
  const size = sizeOf(shape);
  const data = allocate(outDtype, size);
  const write = writerFor(outDtype, data);
  const call = fn as unknown as AnyFunction;
  let operands = inputs.map((input) => operandOf(input, shape));
  // One long row where every input lies as the output does.
  const isFlat = inputs.every((input) => sameShape(input.shape, shape) && input.isContiguous);
  const walked = isFlat ? [size] : shape;
  if (isFlat) operands = operands.map((operand) => ({ ...operand, strides: [1] }));
  const rowLength = walked.length === 0 ? 1 : walked[walked.length - 1];
  let next = 0;
  forEachRow(
    walked,
    operands.map((operand) => operand.strides),
    operands.map((operand) => operand.offset),
    (starts) => {
      callRow(call, operands, starts, rowLength, (i, value) => write(next + i, value));
      next += rowLength;
    },
  );
  return new NDArray(outDtype, data, [...shape]);
}

interface Reduction {
  readonly outShape: number[];
  readonly count: number;
  /** Calls back for every cell of the result with the positions of its elements. */
  forEachCell(visit: (cell: number, positionOf: (i: number) => number) => void): void;
  readonly values: Storage;
}

function planReduction(
  input: NDArray,
  axes: number | readonly number[] | undefined,
  keepdims: boolean,
): Reduction {
  const reduced = new Set(normalizeAxes(axes, input.rank, 'reduce'));
  const { values, strides, offset } = operandOf(input, input.shape);
  const pick = (list: Shape, inside: boolean): number[] =>
    list.filter((_, axis) => reduced.has(axis) === inside);
  const [keptShape, keptStrides] = [pick(input.shape, false), pick(strides, false)];
  const [blockShape, blockStrides] = [pick(input.shape, true), pick(strides, true)];
  const step = linearStep(blockShape, blockStrides);
  const offsets = step === undefined ? blockOffsets(blockShape, blockStrides) : undefined;
  const rowLength = keptShape.length === 0 ? 1 : keptShape[keptShape.length - 1];
  const rowStep = keptStrides[keptStrides.length - 1] ?? 0;
  return {
    outShape: keepdims
      ? input.shape.map((length, axis) => (reduced.has(axis) ? 1 : length))
      : keptShape,
    count: sizeOf(blockShape),
    values,
    forEachCell(visit) {
      let cell = 0;
      forEachRow(keptShape, [keptStrides], [offset], (starts) => {
        for (let i = 0; i < rowLength; i++) {
          const base = starts[0] + i * rowStep;
          visit(
            cell++,
            offsets === undefined ? (k) => base + k * (step ?? 0) : (k) => base + offsets[k],
          );
        }
      });
    },
  };
}

function blockOffsets(shape: Shape, strides: Shape): Float64Array {
  const offsets = new Float64Array(sizeOf(shape));
  const length = shape[shape.length - 1];
  const step = strides[strides.length - 1];
  let next = 0;
  forEachRow(shape, [strides], [0], (starts) => {
    for (let i = 0; i < length; i++) offsets[next++] = starts[0] + i * step;
  });
  return offsets;
}

/**
 * Folds the elements along `axes` (all when `undefined`) in row-major order. `init` starts every
 * cell, so it must be a value that `step` does not change; `step` also gets the element's running
 * number within its cell, and `finish` the number of elements.
 *
 * @throws IndexRangeError (E_INDEX) for a bad axis.
 */
export function reduceAxes<D extends DType, A, V extends number | bigint = number | bigint>(
  input: NDArray,
  axes: number | readonly number[] | undefined,
  keepdims: boolean,
  outDtype: D,
  init: A,
  step: (accumulator: A, value: V, position: number) => A,
  finish?: (accumulator: A, count: number) => Scalar,
): NDArray<D> {
  const plan = planReduction(input, axes, keepdims);
  const data: StorageOf<D> = allocate(outDtype, sizeOf(plan.outShape));
  const write = writerFor(outDtype, data);
  const { values, count } = plan;
  plan.forEachCell((cell, positionOf) => {
    let accumulator = init;
    for (let i = 0; i < count; i++) accumulator = step(accumulator, values[positionOf(i)] as V, i);
    write(cell, finish === undefined ? (accumulator as Scalar) : finish(accumulator, count));
  });
  return new NDArray(outDtype, data, plan.outShape);
}

/**
 * Like `reduceAxes`, but `fn` sees all elements of a cell at once, in a list that is reused: for
 * reductions in another order than from left to right, sorting and the like.
 */
export function reduceBlocks<D extends DType, V extends number | bigint = number | bigint>(
  input: NDArray,
  axes: number | readonly number[] | undefined,
  keepdims: boolean,
  outDtype: D,
  fn: (values: V[]) => Scalar,
): NDArray<D> {
  const plan = planReduction(input, axes, keepdims);
  const data: StorageOf<D> = allocate(outDtype, sizeOf(plan.outShape));
  const write = writerFor(outDtype, data);
  const block = new Array<V>(plan.count);
  plan.forEachCell((cell, positionOf) => {
    for (let i = 0; i < block.length; i++) block[i] = plan.values[positionOf(i)] as V;
    write(cell, fn(block));
  });
  return new NDArray(outDtype, data, plan.outShape);
}
