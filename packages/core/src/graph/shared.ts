/** Shared variables: symbols with a value that lives on the device across calls and functions. */
import { DTypeError, ShapeError } from '../errors.js';
import type { SharedStorage } from '../device/target.js';
import { canCastExactly, type DType } from '../types/dtype.js';
import { fromTyped } from '../types/from-typed.js';
import { NDArray, ndarray, type NDArrayInput } from '../types/ndarray.js';
import type { TensorType } from '../types/tensor-type.js';
import { typedDType, type TypedArray } from '../types/typed-input.js';
import { TensorVariable } from './variable.js';

/** What a shared variable can be set to. */
export type SharedValue = NDArray | TypedArray | number | bigint | boolean | readonly unknown[];

export class SharedVariable<
  D extends DType = DType,
  R extends number = number,
> extends TensorVariable<D, R> {
  /**
   * The update that every function makes whose graph has this variable, unless its own `updates` have
   * another, or `noDefaultUpdates` excludes it.
   */
  defaultUpdate: TensorVariable | null = null;

  constructor(
    type: TensorType<D>,
    readonly storage: SharedStorage,
    name: string | null,
  ) {
    super(type, null, 0, name);
  }

  /** The current value: a copy, or with `{borrow: true}` possibly the memory itself, valid until the next call or set. */
  getValue(options: { borrow?: boolean } = {}): NDArray<D> {
    return this.storage.read(options) as NDArray<D>;
  }

  /**
   * Sets the value. Numbers and lists take the variable's dtype: floats are rounded, integers must be exact.
   * Arrays are of that dtype or of one whose values it holds exactly. The shape may change, the rank may not.
   * @throws DTypeError, ShapeError
   */
  setValue(value: SharedValue): void {
    const array = this.fitting(value);
    if (!this.type.holds(array)) {
      throw new ShapeError(
        `[${this.toString()}] expected ${this.type.key}, got shape (${array.shape.join(', ')})`,
      );
    }
    this.storage.write(array);
  }

  private fitting(value: SharedValue): NDArray {
    const { dtype } = this;
    const isTyped = typedDType(value) !== undefined;
    if (!(value instanceof NDArray || isTyped)) return ndarray(value as NDArrayInput, dtype);
    const array = isTyped ? fromTyped(value as TypedArray, dtype) : (value as NDArray);
    if (array.dtype === dtype) return array;
    if (canCastExactly(array.dtype, dtype)) return array.astype(dtype);
    throw new DTypeError(
      `[${this.toString()}] expected ${dtype}, got ${array.dtype}, whose values may not fit`,
      { hint: `convert with .astype('${dtype}')` },
    );
  }
}

/** Whether the variable is shared. */
export function isShared(variable: TensorVariable): variable is SharedVariable {
  return variable instanceof SharedVariable;
}
