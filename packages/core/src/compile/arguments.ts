/** From what a caller passes to arrays that a Program can read: dtype, rank and static sizes checked, nothing rounded silently. */
import { DTypeError, InputError, ShapeError } from '../errors.js';
import { userFrames } from '../graph/trace.js';
import type { TensorVariable } from '../graph/variable.js';
import { canCastExactly, isFloat, type DType } from '../types/dtype.js';
import type { TypedArray } from '../types/typed-input.js';
import { NDArray, ndarray, type NDArrayInput } from '../types/ndarray.js';

function madeAt(variable: TensorVariable): string {
  const [frame] = userFrames(variable.trace, 1);
  return frame === undefined ? '' : `the input was made at ${frame}`;
}

/** The value as an array of the variable's dtype. Integers widen; a float64 array does not silently become float32. */
function converted(variable: TensorVariable, label: string, value: unknown, allowDowncast: boolean): NDArray {
  const { dtype } = variable;
  if (value instanceof NDArray || ArrayBuffer.isView(value)) {
    const array = value instanceof NDArray ? value : fromTyped(value as TypedArray, dtype);
    if (array.dtype === dtype) return array;
    if (canCastExactly(array.dtype, dtype) || (allowDowncast && isFloat(dtype))) return array.astype(dtype);
    throw new DTypeError(`[${label}] expected ${dtype}, got ${array.dtype}, whose values may not fit`, {
      trace: madeAt(variable),
      hint: `convert with .astype('${dtype}'), or compile with {allowInputDowncast: true}`,
    });
  }
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'function') {
    throw new InputError(`[${label}] expected an array or number for ${variable.type.key}, got ${String(value)}`, { trace: madeAt(variable) });
  }
  return ndarray(value as NDArrayInput, dtype);
}

/** bool and float16 share their typed arrays with integers: the input's dtype tells which is meant. */
function fromTyped(value: TypedArray, dtype: DType): NDArray {
  if (dtype === 'bool' && value instanceof Uint8Array) return ndarray(value, 'bool');
  if (dtype === 'float16' && value instanceof Uint16Array) return ndarray(value, 'float16');
  return ndarray(value);
}

/** @throws DTypeError, ShapeError, InputError naming the input and the line that made it */
export function toInput(variable: TensorVariable, position: number, value: unknown, allowDowncast: boolean): NDArray {
  const label = variable.name ?? `input ${position}`;
  const array = converted(variable, label, value, allowDowncast);
  if (!variable.type.holds(array)) {
    const got = `(${array.shape.join(', ')})`;
    const expected = array.rank === variable.type.rank ? variable.type.key : `rank ${variable.type.rank}`;
    throw new ShapeError(`[${label}] expected ${expected}, got shape ${got}`, { trace: madeAt(variable) });
  }
  return array.contiguous();
}
