/** Memory of the caller that outputs of a run go to. */
import { NDArray } from '../types/ndarray.js';
import { sameShape, sizeOf } from '../types/shape.js';

/** Where one output goes. */
export interface OutputMemory {
  /** Contiguous, of the output's dtype. */
  readonly array: NDArray;
  /**
   * What it takes: an output of exactly its shape, or of as many elements; any other is a failure.
   * `room`: an output of at most as many elements; any other gets fresh memory.
   */
  readonly takes: 'shape' | 'size' | 'room';
}

/** The output as an array over the memory, null where the memory does not take it. */
export function outputOver(
  { array, takes }: OutputMemory,
  shape: readonly number[],
): NDArray | null {
  if (takes === 'shape') return sameShape(array.shape, shape) ? array : null;
  const [room, size] = [array.size, sizeOf(shape)];
  if (takes === 'size' ? size !== room : size > room) return null;
  return new NDArray(array.dtype, array.data, shape, undefined, array.offset);
}
