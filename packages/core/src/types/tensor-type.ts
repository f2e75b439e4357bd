/** The type of a tensor variable: dtype and, per axis, a size where it is statically known. */
import { ShapeError } from '../errors.js';
import type { DType } from './dtype.js';
import type { NDArray } from './ndarray.js';

/** Static shape: one entry an axis, `null` where the size is known only at run time. Only a static 1 broadcasts. */
export type StaticShape = readonly (number | null)[];

export class TensorType<D extends DType = DType> {
  readonly key: string;

  constructor(
    readonly dtype: D,
    readonly shape: StaticShape,
  ) {
    this.key = `${dtype}(${shape.map((n) => n ?? '?').join(',')})`;
  }

  get rank(): number {
    return this.shape.length;
  }

  /** Whether the axis is statically of size 1, so that it broadcasts. */
  broadcasts(axis: number): boolean {
    return this.shape[axis] === 1;
  }

  equals(other: TensorType): boolean {
    return this.key === other.key;
  }

  /** Whether every value of `other` is a value of this type. */
  accepts(other: TensorType): boolean {
    return (
      this.dtype === other.dtype &&
      this.rank === other.rank &&
      this.shape.every((n, axis) => n === null || n === other.shape[axis])
    );
  }

  /** Whether the array's dtype, rank and static sizes fit. */
  holds(value: NDArray): boolean {
    return (
      value.dtype === this.dtype &&
      value.rank === this.rank &&
      this.shape.every((n, axis) => n === null || n === value.shape[axis])
    );
  }

  withDType<E extends DType>(dtype: E): TensorType<E> {
    return new TensorType(dtype, this.shape);
  }

  toString(): string {
    return this.key;
  }
}

/** The rank-`rank` type with no known sizes. */
export function tensorType<D extends DType>(dtype: D, rank: number): TensorType<D> {
  return new TensorType(
    dtype,
    Array.from({ length: rank }, () => null),
  );
}

/** `axis` counted from the front. @throws ShapeError when it is out of range. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new ShapeError(
      `[${op}] expected an axis in [${-rank}, ${rank - 1}] for rank ${rank}, got ${axis}`,
    );
  }
  return axis < 0 ? axis + rank : axis;
}

/** Axes counted from the front, in order, without repetition; all axes for null. */
export function normalizeAxes(
  op: string,
  axes: number | readonly number[] | null,
  rank: number,
): number[] {
  if (axes === null) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (typeof axes === 'number' ? [axes] : axes).map((axis) =>
    normalizeAxis(op, axis, rank),
  );
  if (new Set(list).size !== list.length) {
    throw new ShapeError(`[${op}] expected distinct axes, got [${list.join(', ')}]`);
  }
  return [...list].sort((a, b) => a - b);
}
