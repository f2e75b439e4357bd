/**
 * Arithmetic on shapes and strides, and the one walk that everything strided is built on. Strides
 * and offsets count elements, not bytes, and may be negative or zero. Nothing here knows dtypes.
 */
import { IndexRangeError, ShapeError } from '../errors.js';

export type Shape = readonly number[];

/** How many elements an array of that shape has; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** Row-major strides. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** Whether the elements lie one after the other in row-major order. */
export function hasContiguousStrides(shape: Shape, strides: Shape): boolean {
  let step = 1;
  let contiguous = true;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 0) return true;
    if (shape[axis] !== 1 && strides[axis] !== step) contiguous = false;
    step *= shape[axis];
  }
  return contiguous;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** A shape as NumPy writes it: `()`, `(3,)`, `(2, 3)`. */
export function shapeText(shape: Shape): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

/** A copy of `shape` once it is known to be one. @throws ShapeError (E_SHAPE) */
export function checkShape(shape: Shape, where: string): number[] {
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new ShapeError(
        `[${where}] expected non-negative integer lengths, got ${shape.join(', ')}`,
      );
    }
  }
  if (!Number.isSafeInteger(sizeOf(shape))) {
    throw new ShapeError(`[${where}] expected a shape that fits memory, got ${shapeText(shape)}`);
  }
  return [...shape];
}

/** `axis` counted from the front. @throws IndexRangeError (E_INDEX) */
export function normalizeAxis(axis: number, rank: number, where = 'axis'): number {
  const counted = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || counted < 0 || counted >= rank) {
    throw new IndexRangeError(
      `[${where}] expected an axis between ${-rank} and ${rank - 1}, got ${axis}`,
    );
  }
  return counted;
}

/**
 * The axes counted from the front and sorted; `undefined` means all of them.
 *
 * @throws IndexRangeError (E_INDEX) for an axis out of range or named twice.
 */
export function normalizeAxes(
  axes: number | readonly number[] | undefined,
  rank: number,
  where = 'axis',
): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (typeof axes === 'number' ? [axes] : axes).map((axis) =>
    normalizeAxis(axis, rank, where),
  );
  if (new Set(list).size !== list.length) {
    throw new IndexRangeError(`[${where}] expected each axis once, got ${list.join(', ')}`);
  }
  return list.sort((a, b) => a - b);
}

/**
 * The shape that the given shapes broadcast to, aligned at their last axes; a length of 1 stretches.
 *
 * @throws ShapeError (E_SHAPE) naming the shapes that clash.
 */
export function broadcastShapes(...shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const shift = rank - shape.length;
    for (let axis = 0; axis < shape.length; axis++) {
      const length = shape[axis];
      if (length === 1) continue;
      if (result[axis + shift] !== 1 && result[axis + shift] !== length) {
        throw new ShapeError(
          `[broadcast] expected shapes that broadcast, got ${shapes.map(shapeText).join(' and ')}`,
        );
      }
      result[axis + shift] = length;
    }
  }
  return result;
}

/**
 * Strides under which an array of `shape` is read as one of shape `to`: 0 on stretched axes.
 *
 * @throws ShapeError (E_SHAPE) when `shape` does not broadcast to `to`.
 */
export function broadcastStrides(shape: Shape, strides: Shape, to: Shape): number[] {
  const shift = to.length - shape.length;
  const result = new Array<number>(to.length).fill(0);
  for (let axis = 0; axis < shape.length; axis++) {
    if (shift < 0 || (shape[axis] !== to[axis + shift] && shape[axis] !== 1)) {
      throw new ShapeError(
        `[broadcastTo] expected a shape that broadcasts to ${shapeText(to)}, got ${shapeText(shape)}`,
      );
    }
    if (shape[axis] !== 1) result[axis + shift] = strides[axis];
  }
  return result;
}

/**
 * The step between neighbours when elements in row-major order are evenly spaced, else `undefined`.
 */
export function linearStep(shape: Shape, strides: Shape): number | undefined {
  let axis = shape.length - 1;
  while (axis >= 0 && shape[axis] === 1) axis--;
  if (axis < 0) return 1;
  const step = strides[axis];
  let span = step * shape[axis];
  for (axis--; axis >= 0; axis--) {
    if (shape[axis] === 1) continue;
    if (strides[axis] !== span) return undefined;
    span *= shape[axis];
  }
  return step;
}

/**
 * Refuses a layout that reaches outside `length` elements.
 *
 * @throws ShapeError (E_SHAPE)
 */
export function checkInside(shape: Shape, strides: Shape, offset: number, length: number): void {
  if (strides.length !== shape.length || ![...strides, offset].every(Number.isSafeInteger)) {
    throw new ShapeError(
      `[view] expected ${shape.length} integer strides and an integer offset, got ${strides.join(', ')} and ${offset}`,
    );
  }
  let [first, last] = [offset, offset];
  for (let axis = 0; axis < shape.length; axis++) {
    const reach = (shape[axis] - 1) * strides[axis];
    if (reach < 0) first += reach;
    else last += reach;
  }
  const inside =
    sizeOf(shape) === 0 ? offset >= 0 && offset <= length : first >= 0 && last < length;
  if (!inside) {
    throw new ShapeError(
      `[view] expected shape ${shapeText(shape)} to lie inside ${length} elements, got elements ${first} to ${last}`,
    );
  }
}

/**
 * `shape` with a single -1 in it replaced by what the size of `from` leaves for that axis.
 *
 * @throws ShapeError (E_SHAPE) when the sizes differ.
 */
export function inferShape(shape: Shape, from: Shape): number[] {
  const size = sizeOf(from);
  const unknown = shape.indexOf(-1);
  const known = checkShape(
    shape.filter((_, axis) => axis !== unknown),
    'reshape',
  );
  const rest = sizeOf(known);
  const fits = unknown === -1 ? rest === size : rest !== 0 && size % rest === 0;
  if (!fits) {
    throw new ShapeError(
      `[reshape] expected a shape with ${size} elements, got ${shapeText(shape)} for ${shapeText(from)}`,
    );
  }
  return shape.map((length, axis) => (axis === unknown ? size / rest : length));
}

/**
 * Calls `visit` once for each row (all axes but the last, in row-major order) with the position of
 * the row's first element in every operand. The array it passes is reused. A scalar is one row of
 * one element; nothing is visited when the size is 0.
 */
export function forEachRow(
  shape: Shape,
  strides: readonly Shape[],
  starts: Shape,
  visit: (positions: readonly number[]) => void,
): void {
  if (sizeOf(shape) === 0) return;
  const positions = [...starts];
  const outer = shape.length - 1;
  const index = new Array<number>(Math.max(outer, 0)).fill(0);
  for (;;) {
    visit(positions);
    let axis = outer - 1;
    for (; axis >= 0; axis--) {
      index[axis]++;
      const wraps = index[axis] === shape[axis];
      const move = wraps ? 1 - shape[axis] : 1;
      for (let k = 0; k < positions.length; k++) positions[k] += move * strides[k][axis];
      if (!wraps) break;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/**
 * Calls `visit` for each index of `shape` in row-major order, with its running number. The index
 * array is reused.
 */
export function forEachIndex(
  shape: Shape,
  visit: (index: readonly number[], linear: number) => void,
): void {
  const size = sizeOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  for (let linear = 0; linear < size; linear++) {
    visit(index, linear);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}
