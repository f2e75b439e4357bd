import { NDArray } from '@tno/core';
import type { Batch } from '../dataset.js';
import type { Stream } from '../stream.js';
import { changeSources, Mapping } from './mapping.js';
import type { WithDType } from './mapping.js';

/** The elements as numbers, in row-major order; not to be written to. */
function numbersOf(array: NDArray): ArrayLike<number> {
  const { dtype } = array;
  const stored = dtype === 'int64' || dtype === 'uint64' || dtype === 'float16';
  return (stored ? array.astype('float64') : array.contiguous()).data as ArrayLike<number>;
}

/** `array * scale + shift` in float32, computed in double precision and rounded once. */
export function scaleAndShift(array: NDArray, scale: number, shift = 0): NDArray<'float32'> {
  const values = numbersOf(array);
  const result = new Float32Array(values.length);
  for (let i = 0; i < result.length; i++) result[i] = values[i] * scale + shift;
  return NDArray.view(result, array.shape);
}

/** The stream with the named sources as float32 `value * scale + shift`. */
export class ScaleAndShift<B extends Batch, K extends keyof B & string> extends Mapping<
  B,
  WithDType<B, K, 'float32'>
> {
  constructor(stream: Stream<B>, scale: number, shift: number, which: readonly K[]) {
    super(
      stream,
      changeSources(which, (array) => scaleAndShift(array, scale, shift)),
    );
  }
}
