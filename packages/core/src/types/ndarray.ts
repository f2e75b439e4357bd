/**
 * The host's n-dimensional array: a dtype, a shape, strides and an offset over one typed array.
 * Invariants: every index of `shape` lies inside `data`; bool elements are 0 or 1; slicing,
 * transposing and broadcasting give views that share `data`. Arithmetic is elsewhere.
 */
import { DTypeError, IndexRangeError, InputError, ShapeError } from '../errors.js';
import { arraysClose, arraysEqual } from './compare.js';
import type { CloseOptions } from './compare.js';
import {
  allocate,
  convertStorage,
  convertStorageExact,
  storeElement,
  toStoredExact,
  toUserScalar,
} from './convert.js';
import type { Scalar } from './convert.js';
import { asDType, isBig } from './dtype.js';
import type { DType, Storage, StorageOf } from './dtype.js';
import { gatherElements } from './gather.js';
import { defaultDType, flattenNested, nestStorage, storeValues } from './nested.js';
import type { Block, Nested } from './nested.js';
import { formatArray } from './print.js';
import {
  broadcastStrides,
  checkInside,
  checkShape,
  contiguousStrides,
  hasContiguousStrides,
  inferShape,
  normalizeAxis,
  sameShape,
  shapeText,
  sizeOf,
} from './shape.js';
import type { Shape } from './shape.js';
import { resolveIndex, sliceLayout } from './slicing.js';
import type { SliceSpec } from './slicing.js';
import { asElements, reinterpret, typedDType } from './typed-input.js';
import type { DTypeOfTyped, TypedArray } from './typed-input.js';

/** The JavaScript type of an element: boolean for bool, else number. */
export type ScalarOf<D extends DType> = D extends 'bool' ? boolean : number;

/** Whatever `ndarray` makes an array of. */
export type NDArrayInput = Nested<Scalar | TypedArray | NDArray>;

export interface ViewOptions<D extends DType> {
  readonly dtype?: D;
  /** In elements; row-major unless given. */
  readonly strides?: readonly number[];
  /** The element at index (0, 0, ...), counted in elements; 0 unless given. */
  readonly offset?: number;
}

const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

export class NDArray<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  /** In elements. */
  readonly strides: readonly number[];
  /** Of the first element, in elements. */
  readonly offset: number;
  readonly data: StorageOf<D>;

  /** Trusts its arguments; `NDArray.view` is the checked way. @internal */
  constructor(
    dtype: D,
    data: StorageOf<D>,
    shape: readonly number[],
    strides: readonly number[] = contiguousStrides(shape),
    offset = 0,
  ) {
    this.dtype = dtype;
    this.data = data;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }

  /**
   * An array over the caller's memory, without a copy. With a dtype whose storage is another class
   * than `data`, the bytes are read as that dtype.
   *
   * @throws ShapeError (E_SHAPE) when an index would fall outside `data`.
   * @throws InputError (E_INPUT) when `data` is no memory, or not aligned for the dtype.
   */
  static view<T extends TypedArray>(data: T, shape: Shape): NDArray<DTypeOfTyped<T>>;
  static view<D extends DType>(
    data: ArrayBufferView | ArrayBufferLike,
    shape: Shape,
    options: ViewOptions<D> & { readonly dtype: D },
  ): NDArray<D>;
  static view(
    data: ArrayBufferView | ArrayBufferLike,
    shape: Shape,
    options?: ViewOptions<DType>,
  ): NDArray;
  static view(
    data: ArrayBufferView | ArrayBufferLike,
    shape: Shape,
    options: ViewOptions<DType> = {},
  ): NDArray {
    const dtype = options.dtype === undefined ? typedDType(data) : asDType(options.dtype, 'view');
    if (dtype === undefined) {
      throw new InputError('[view] expected a typed array or a dtype, got bytes without a dtype');
    }
    const lengths = checkShape(shape, 'view');
    const strides = options.strides ?? contiguousStrides(lengths);
    const offset = options.offset ?? 0;
    const storage = reinterpret(data, dtype);
    checkInside(lengths, strides, offset, storage.length);
    return new NDArray(dtype, storage, lengths, [...strides], offset);
  }

  static zeros<D extends DType = 'float64'>(shape: number | Shape, dtype?: D): NDArray<D> {
    const name = (dtype ?? 'float64') as D;
    const lengths = toShape(shape, 'zeros');
    return new NDArray(name, allocate(asDType(name, 'zeros') as D, sizeOf(lengths)), lengths);
  }

  static ones<D extends DType = 'float64'>(shape: number | Shape, dtype?: D): NDArray<D> {
    return NDArray.full(shape, 1, (dtype ?? 'float64') as D);
  }

  /** @throws DTypeError (E_DTYPE) when `value` does not fit. */
  static full<D extends DType>(shape: number | Shape, value: Scalar, dtype: D): NDArray<D>;
  static full(shape: number | Shape, value: Scalar): NDArray;
  static full(shape: number | Shape, value: Scalar, dtype: DType = defaultDType(value)): NDArray {
    const result = NDArray.zeros(shape, dtype);
    const stored = toStoredExact(dtype, value, 'full');
    (result.data as { fill(value: number | bigint): unknown }).fill(stored);
    return result;
  }

  /**
   * `start`, `start + step`, ... below `stop` (above it for a negative step), each computed as
   * `start + i * step`. float64 unless a dtype is given.
   */
  static arange<D extends DType = 'float64'>(
    start: number,
    stop?: number,
    step = 1,
    dtype?: D,
  ): NDArray<D> {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    if (step === 0 || !Number.isFinite((to - from) / step)) {
      throw new IndexRangeError(
        `[arange] expected finite bounds and a step other than 0, got ${from}, ${to}, ${step}`,
      );
    }
    const result = NDArray.zeros(Math.max(0, Math.ceil((to - from) / step)), dtype);
    for (let i = 0; i < result.size; i++) {
      storeElement(result.data, i, toStoredExact(result.dtype, from + i * step, 'arange'));
    }
    return result;
  }

  /** Ones on the diagonal, zeros elsewhere. */
  static eye<D extends DType = 'float64'>(
    rows: number,
    columns: number = rows,
    dtype?: D,
  ): NDArray<D> {
    const result = NDArray.zeros([rows, columns], dtype);
    const one = toStoredExact(result.dtype, 1, 'eye');
    for (let i = 0; i < Math.min(rows, columns); i++) {
      storeElement(result.data, i * (columns + 1), one);
    }
    return result;
  }

  get rank(): number {
    return this.shape.length;
  }

  /** How many elements there are. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Whether the elements lie one after the other in row-major order. */
  get isContiguous(): boolean {
    return hasContiguousStrides(this.shape, this.strides);
  }

  /**
   * The element at an index, one number an axis; negative counts from the end.
   *
   * @throws IndexRangeError (E_INDEX)
   * @throws UnsafeIntegerError (a RangeError) for a 64-bit integer that no number holds.
   */
  get(...index: number[]): ScalarOf<D> {
    const position = this.positionOf(index, 'get');
    return toUserScalar(this.dtype, this.data, position, false, 'get') as ScalarOf<D>;
  }

  /** Writes one element. @throws DTypeError (E_DTYPE) when `value` does not fit. */
  set(value: Scalar, ...index: number[]): void {
    const position = this.positionOf(index, 'set');
    storeElement(this.data, position, toStoredExact(this.dtype, value, 'set'));
  }

  /**
   * The only element. With `{bigint: true}` 64-bit integers come as bigints.
   *
   * @throws ShapeError (E_SHAPE) when there is more than one element, or none.
   */
  item(): ScalarOf<D>;
  item(options: { readonly bigint?: boolean }): ScalarOf<D> | bigint;
  item(options: { readonly bigint?: boolean } = {}): ScalarOf<D> | bigint {
    if (this.size !== 1) {
      throw new ShapeError(`[item] expected one element, got shape ${shapeText(this.shape)}`);
    }
    const bigint = options.bigint ?? false;
    return toUserScalar(this.dtype, this.data, this.offset, bigint, 'item') as ScalarOf<D> | bigint;
  }

  /**
   * The elements as nested lists; a scalar as itself. With `{bigint: true}` 64-bit integers come as
   * bigints.
   *
   * @throws UnsafeIntegerError (a RangeError) for a 64-bit integer that no number holds.
   */
  toNested(): Nested<ScalarOf<D>>;
  toNested(options: { readonly bigint?: boolean }): Nested<ScalarOf<D> | bigint>;
  toNested(options: { readonly bigint?: boolean } = {}): Nested<ScalarOf<D> | bigint> {
    return nestStorage(this, options.bigint ?? false) as Nested<ScalarOf<D> | bigint>;
  }

  /** A view by Python's rules: an index drops its axis, a range keeps it, `null` takes all. */
  slice(...specs: SliceSpec[]): NDArray<D> {
    const { shape, strides, offset } = sliceLayout(this.shape, this.strides, this.offset, specs);
    return new NDArray(this.dtype, this.data, shape, strides, offset);
  }

  /** A view with the axes in another order; reversed unless given. */
  transpose(axes?: readonly number[]): NDArray<D> {
    const order = (axes ?? this.shape.map((_, axis) => this.rank - 1 - axis)).map((axis) =>
      normalizeAxis(axis, this.rank, 'transpose'),
    );
    if (order.length !== this.rank || new Set(order).size !== order.length) {
      throw new IndexRangeError(
        `[transpose] expected each of ${this.rank} axes once, got ${order.join(', ')}`,
      );
    }
    const shape = order.map((axis) => this.shape[axis]);
    const strides = order.map((axis) => this.strides[axis]);
    return new NDArray(this.dtype, this.data, shape, strides, this.offset);
  }

  /**
   * The elements in row-major order under another shape, one length of which may be -1: a view of a
   * contiguous array, else a copy.
   */
  reshape(shape: number | Shape): NDArray<D> {
    const lengths = inferShape(typeof shape === 'number' ? [shape] : shape, this.shape);
    if (!this.isContiguous) return new NDArray(this.dtype, this.copy().data, lengths);
    return new NDArray(this.dtype, this.data, lengths, undefined, this.offset);
  }

  /** A view that repeats axes of length 1 and adds leading axes. Its elements share memory. */
  broadcastTo(shape: Shape): NDArray<D> {
    const lengths = checkShape(shape, 'broadcastTo');
    const strides = broadcastStrides(this.shape, this.strides, lengths);
    return new NDArray(this.dtype, this.data, lengths, strides, this.offset);
  }

  /** A contiguous copy of another dtype: floats round, integers truncate and wrap, as compiled casts do. */
  astype<E extends DType>(dtype: E): NDArray<E> {
    const to = asDType(dtype, 'astype') as E;
    const data = convertStorage(this.dtype, gatherElements(this), to);
    return new NDArray(to, data, [...this.shape]);
  }

  /** A contiguous array with memory of its own. */
  copy(): NDArray<D> {
    const elements = gatherElements(this);
    const data = elements.buffer === this.data.buffer ? elements.slice() : elements;
    return new NDArray(this.dtype, data as StorageOf<D>, [...this.shape]);
  }

  /** Itself when `data` is exactly its elements in row-major order, else a copy that is so. */
  contiguous(): NDArray<D> {
    const exact = this.offset === 0 && this.data.length === this.size && this.isContiguous;
    return exact ? this : this.copy();
  }

  /** Same dtype, shape and values; NaN equals NaN, 0 and -0 differ. */
  equals(other: NDArray): boolean {
    if (this.dtype !== other.dtype || !sameShape(this.shape, other.shape)) return false;
    return arraysEqual(this.dtype, gatherElements(this), gatherElements(other));
  }

  /**
   * Same shape, and `|a - b| <= atol + rtol * |b|` for every pair, whatever the dtypes. A number
   * compares with every element.
   */
  allClose(other: NDArray | number, options: CloseOptions = {}): boolean {
    const right = typeof other === 'number' ? NDArray.full(this.shape, other, 'float64') : other;
    if (!sameShape(this.shape, right.shape)) return false;
    const [a, b] = [gatherElements(this), gatherElements(right)];
    return arraysClose(this.dtype, a, right.dtype, b, options);
  }

  /** As NumPy prints arrays, the middle left out above 1000 elements. */
  toString(): string {
    return formatArray(this);
  }

  [inspect](): string {
    return formatArray(this);
  }

  private positionOf(index: readonly number[], where: string): number {
    if (index.length !== this.rank) {
      throw new IndexRangeError(
        `[${where}] expected ${this.rank} indices for shape ${shapeText(this.shape)}, got ${index.length}`,
      );
    }
    let position = this.offset;
    for (let axis = 0; axis < index.length; axis++) {
      position += resolveIndex(index[axis], this.shape[axis], axis, where) * this.strides[axis];
    }
    return position;
  }
}

function toShape(shape: number | Shape, where: string): number[] {
  return checkShape(typeof shape === 'number' ? [shape] : shape, where);
}

export function isNDArray(value: unknown): value is NDArray {
  return value instanceof NDArray;
}

function readBlock(value: object): Block | undefined {
  if (isNDArray(value)) {
    const { dtype, shape } = value;
    return { dtype, shape, values: () => userValues(dtype, gatherElements(value)) };
  }
  const dtype = typedDType(value);
  if (dtype === undefined) return undefined;
  const data = asElements(value as TypedArray, dtype);
  return { dtype, shape: [data.length], values: () => userValues(dtype, data) };
}

function userValues(dtype: DType, data: Storage): ArrayLike<Scalar> {
  if (isBig(dtype)) return data;
  return Array.from({ length: data.length }, (_, i) =>
    toUserScalar(dtype, data, i, true, 'ndarray'),
  );
}

/**
 * An array of nested lists, a scalar, a typed array or another array. Typed arrays and arrays that
 * have the dtype already are not copied. Plain numbers are float64, booleans bool and bigints int64
 * unless a dtype is given.
 *
 * @throws ShapeError (E_SHAPE) for ragged lists, naming the place.
 * @throws DTypeError (E_DTYPE) when an integer or bool dtype cannot hold a value.
 */
export function ndarray<D extends DType>(value: NDArrayInput, dtype: D): NDArray<D>;
export function ndarray<D extends DType>(value: NDArray<D>): NDArray<D>;
export function ndarray<T extends TypedArray>(value: T): NDArray<DTypeOfTyped<T>>;
export function ndarray(value: Nested<number>): NDArray<'float64'>;
export function ndarray(value: Nested<boolean>): NDArray<'bool'>;
export function ndarray(value: Nested<bigint>): NDArray<'int64'>;
export function ndarray(value: NDArrayInput, dtype?: DType): NDArray;
export function ndarray(value: NDArrayInput, dtype?: DType): NDArray {
  const wanted = dtype === undefined ? undefined : asDType(dtype, 'ndarray');
  if (isNDArray(value)) return fromStorage(value, wanted);
  const own = typedDType(value);
  if (own !== undefined) return fromTyped(value as TypedArray, own, wanted);
  const flat = flattenNested(value, readBlock);
  const to = wanted ?? flat.dtype;
  return new NDArray(to, storeValues(to, flat.values, 'ndarray'), flat.shape);
}

function fromStorage(array: NDArray, wanted: DType | undefined): NDArray {
  if (wanted === undefined || wanted === array.dtype) return array;
  const data = convertStorageExact(array.dtype, gatherElements(array), wanted, 'ndarray');
  return new NDArray(wanted, data, [...array.shape]);
}

function fromTyped(value: TypedArray, own: DType, wanted: DType | undefined): NDArray {
  const data = asElements(value, own);
  // bool and float16 have no class of their own: their storage is taken as what it holds.
  if (wanted === 'float16' && own === 'uint16') return new NDArray(wanted, data, [data.length]);
  if (wanted === 'bool' && own === 'uint8') {
    const bad = (data as Uint8Array).find((byte) => byte > 1);
    if (bad !== undefined) {
      throw new DTypeError(`[ndarray] expected 0 or 1 for bool, got ${bad}`);
    }
    return new NDArray(wanted, data, [data.length]);
  }
  return fromStorage(new NDArray(own, data, [data.length]), wanted);
}
