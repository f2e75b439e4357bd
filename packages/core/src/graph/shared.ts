/** Shared variables: symbols with a value that lives on the device across calls and functions. */
import { InputError, ShapeError } from '../errors.js';
import type { SharedStorage } from '../device/target.js';
import type { DType } from '../types/dtype.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import type { TensorType } from '../types/tensor-type.js';
import { TensorVariable } from './variable.js';

/** What a shared variable can be set to. */
export type SharedValue = NDArray | number | bigint | boolean | readonly unknown[];

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

  /** Sets the value. Its shape may differ from the present one; dtype and rank may not. @throws InputError, ShapeError */
  setValue(value: SharedValue): void {
    const array = value instanceof NDArray ? value : ndarray(value as number, this.dtype);
    if (array.dtype !== this.dtype) {
      throw new InputError(
        `[${this.toString()}] expected ${this.dtype}, got ${array.dtype}: convert with .astype('${this.dtype}')`,
      );
    }
    if (!this.type.holds(array)) {
      throw new ShapeError(
        `[${this.toString()}] expected ${this.type.key}, got shape (${array.shape.join(', ')})`,
      );
    }
    this.storage.write(array);
  }
}

/** Whether the variable is shared. */
export function isShared(variable: TensorVariable): variable is SharedVariable {
  return variable instanceof SharedVariable;
}
