/**
 * Nested lists to flat storage and back. Rows may be lists, typed arrays or anything with a shape;
 * a list whose parts differ in shape is refused, and the message names the place.
 */
import { DTypeError, ShapeError } from '../errors.js';
import { allocate, storeElement, toStoredExact, toUserScalar } from './convert.js';
import type { Scalar } from './convert.js';
import type { DType, StorageOf } from './dtype.js';
import type { StridedSource } from './gather.js';
import { promoteAll } from './promote.js';
import type { Shape } from './shape.js';

/** A value or lists of lists of it, to any depth. */
export type Nested<T> = T | readonly Nested<T>[];

/** A part that is an array already: contiguous elements with a dtype and a shape. */
export interface Block {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Elements as users see them, in row-major order. */
  values(): ArrayLike<Scalar>;
}

/** Sees a block in a value that is neither a scalar nor a list; `undefined` when it is none. */
export type BlockReader = (value: object) => Block | undefined;

export interface Flat {
  readonly shape: number[];
  readonly values: Scalar[];
  /** The dtype these values have when none is asked for. */
  readonly dtype: DType;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `${typeof value}`;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}

/** Walks one nested value; the shape comes from the first element at each depth. */
class Flattener {
  readonly values: Scalar[] = [];
  readonly dtypes = new Set<DType>();
  readonly #readBlock: BlockReader;

  constructor(readBlock: BlockReader) {
    this.#readBlock = readBlock;
  }

  shapeOf(value: unknown): number[] {
    if (Array.isArray(value)) {
      return value.length === 0 ? [0] : [value.length, ...this.shapeOf(value[0])];
    }
    const block = this.#block(value);
    return block === undefined ? [] : [...block.shape];
  }

  fill(value: unknown, shape: Shape, depth: number, place: string): void {
    if (Array.isArray(value)) {
      this.#expectLength(value.length, shape, depth, place);
      for (let i = 0; i < value.length; i++)
        this.fill(value[i], shape, depth + 1, `${place}[${i}]`);
      return;
    }
    const block = this.#block(value);
    if (block !== undefined) {
      this.#addBlock(block, shape, depth, place);
    } else if (!isScalar(value)) {
      throw new DTypeError(
        `[ndarray] expected numbers, bigints or booleans, got ${kindOf(value)}${at(place)}`,
      );
    } else {
      if (depth !== shape.length) {
        throw new ShapeError(
          `[ndarray] expected a list of ${shape[depth]}${at(place)}, got a ${typeof value}`,
        );
      }
      this.values.push(value);
      this.dtypes.add(defaultDType(value));
    }
  }

  #block(value: unknown): Block | undefined {
    return typeof value === 'object' && value !== null ? this.#readBlock(value) : undefined;
  }

  #addBlock(block: Block, shape: Shape, depth: number, place: string): void {
    for (let axis = 0; axis < block.shape.length; axis++) {
      this.#expectLength(block.shape[axis], shape, depth + axis, place);
    }
    if (depth + block.shape.length !== shape.length) {
      throw new ShapeError(
        `[ndarray] expected a list of rank ${shape.length - depth}${at(place)}, got rank ${block.shape.length}`,
      );
    }
    const values = block.values();
    for (let i = 0; i < values.length; i++) this.values.push(values[i]);
    this.dtypes.add(block.dtype);
  }

  #expectLength(length: number, shape: Shape, axis: number, place: string): void {
    if (axis >= shape.length) {
      throw new ShapeError(`[ndarray] expected a single value${at(place)}, got a list`);
    }
    if (length !== shape[axis]) {
      throw new ShapeError(
        `[ndarray] expected ${shape[axis]} elements${at(place)}, got ${length}; all rows need one length`,
      );
    }
  }
}

function at(place: string): string {
  return place === '' ? '' : ` at ${place}`;
}

/** The dtype a JavaScript value has on its own. */
export function defaultDType(value: Scalar): 'float64' | 'int64' | 'bool' {
  if (typeof value === 'number') return 'float64';
  return typeof value === 'bigint' ? 'int64' : 'bool';
}

/**
 * The shape, values and own dtype of a nested list.
 *
 * @throws ShapeError (E_SHAPE) for ragged lists.
 * @throws DTypeError (E_DTYPE) for values that are no numbers.
 */
export function flattenNested(value: unknown, readBlock: BlockReader): Flat {
  const flattener = new Flattener(readBlock);
  const shape = flattener.shapeOf(value);
  flattener.fill(value, shape, 0, '');
  return {
    shape,
    values: flattener.values,
    dtype: promoteAll([...flattener.dtypes]) ?? 'float64',
  };
}

/** Storage with the values, each checked. @throws DTypeError (E_DTYPE) */
export function storeValues<D extends DType>(
  dtype: D,
  values: readonly Scalar[],
  where: string,
): StorageOf<D> {
  const data = allocate(dtype, values.length);
  for (let i = 0; i < values.length; i++) {
    storeElement(data, i, toStoredExact(dtype, values[i], where));
  }
  return data;
}

/** The elements as nested lists; a scalar as itself. @throws UnsafeIntegerError (a RangeError) */
export function nestStorage(source: StridedSource, bigint: boolean): Nested<Scalar> {
  const { dtype, data, shape, strides } = source;
  const build = (axis: number, position: number): Nested<Scalar> => {
    if (axis === shape.length) return toUserScalar(dtype, data, position, bigint, 'toNested');
    const list = new Array<Nested<Scalar>>(shape[axis]);
    for (let i = 0; i < list.length; i++) list[i] = build(axis + 1, position + i * strides[axis]);
    return list;
  };
  return build(0, source.offset);
}
