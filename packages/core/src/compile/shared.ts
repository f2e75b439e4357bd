/** `shared()`: a variable with a value that lives on the device. */
import { config } from '../config/config.js';
import { currentDevice } from '../device/registry.js';
import type { Device } from '../device/target.js';
import { InputError, ShapeError } from '../errors.js';
import { SharedVariable, type SharedValue } from '../graph/shared.js';
import { TensorVariable } from '../graph/variable.js';
import type { FloatX } from '../tensor/dtype-types.js';
import type { DType } from '../types/dtype.js';
import type { DTypeOfTyped, TypedArray } from '../types/typed-input.js';
import { NDArray, ndarray, type NDArrayInput } from '../types/ndarray.js';
import { TensorType, type StaticShape } from '../types/tensor-type.js';

export interface SharedOptions<S extends StaticShape = StaticShape> {
  /**
   * Static sizes, e.g. [null, 1] for a column that broadcasts; open by default, since the value's shape
   * may change. It also tells the type checker the rank.
   */
  readonly shape?: S | undefined;
  /** Where it lives; the process' device by default. */
  readonly device?: Device | undefined;
}

export function shared(
  value: number,
  name?: string,
  options?: SharedOptions,
): SharedVariable<FloatX, 0>;
export function shared(
  value: boolean,
  name?: string,
  options?: SharedOptions,
): SharedVariable<'bool', 0>;
export function shared(
  value: bigint,
  name?: string,
  options?: SharedOptions,
): SharedVariable<'int64', 0>;
export function shared<D extends DType, const S extends StaticShape>(
  value: NDArray<D>,
  name: string | undefined,
  options: SharedOptions<S> & { readonly shape: S },
): SharedVariable<D, S['length']>;
export function shared<D extends DType>(
  value: NDArray<D>,
  name?: string,
  options?: SharedOptions,
): SharedVariable<D>;
export function shared<T extends TypedArray>(
  value: T,
  name?: string,
  options?: SharedOptions,
): SharedVariable<DTypeOfTyped<T>, 1>;
export function shared(
  value: readonly number[],
  name?: string,
  options?: SharedOptions,
): SharedVariable<FloatX, 1>;
export function shared(
  value: readonly (readonly number[])[],
  name?: string,
  options?: SharedOptions,
): SharedVariable<FloatX, 2>;
export function shared(value: SharedValue, name?: string, options?: SharedOptions): SharedVariable;
/**
 * A shared variable with a copy of `value`: a symbol in graphs, with a value kept across calls and
 * functions, changed by `updates` and `setValue`. Numbers and nested lists of numbers become floatX,
 * arrays keep their dtype. Its dtype and rank are fixed, its shape is not.
 * @throws ShapeError when the value has not the static sizes asked for
 */
export function shared(
  value: SharedValue,
  name?: string,
  options: SharedOptions = {},
): SharedVariable {
  const array = value instanceof NDArray ? value : asArray(value);
  const type = new TensorType(array.dtype, options.shape ?? array.shape.map(() => null));
  if (!type.holds(array)) {
    throw new ShapeError(
      `[shared] expected ${type.key} for ${name ?? 'the value'}, got shape (${array.shape.join(', ')})`,
    );
  }
  const storage = (options.device ?? currentDevice()).createShared(array.contiguous());
  return new SharedVariable(type, storage, name ?? null);
}

function asArray(value: unknown): NDArray {
  if (value instanceof TensorVariable) {
    throw new InputError(
      `[shared] expected a value, got the symbolic variable ${value.toString()}`,
    );
  }
  const array = ndarray(value as NDArrayInput);
  const plainNumbers = !ArrayBuffer.isView(value) && array.dtype === 'float64';
  return plainNumbers ? array.astype(config.floatX) : array;
}
