/** Arrays over the memory of typed arrays, where it is known which dtype is wanted. */
import type { DType } from './dtype.js';
import { ndarray, type NDArray } from './ndarray.js';
import type { TypedArray } from './typed-input.js';

/** bool and float16 share their typed arrays with integers: the wanted dtype tells which is meant. */
export function fromTyped(value: TypedArray, wanted: DType): NDArray {
  if (wanted === 'bool' && value instanceof Uint8Array) return ndarray(value, 'bool');
  if (wanted === 'float16' && value instanceof Uint16Array) return ndarray(value, 'float16');
  return ndarray(value);
}
