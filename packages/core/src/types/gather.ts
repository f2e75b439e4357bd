/** The elements of a strided array as one run of memory. */
import { allocate, storeElement } from './convert.js';
import type { DType, StorageOf } from './dtype.js';
import { forEachRow, hasContiguousStrides, sizeOf } from './shape.js';
import type { Shape } from './shape.js';

/** What makes an array readable; every NDArray is one. */
export interface StridedSource<D extends DType = DType> {
  readonly dtype: D;
  readonly data: StorageOf<D>;
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
}

/**
 * The elements in row-major order: a part of the source's own memory when they lie so already, else
 * fresh memory. Not to be written to.
 */
export function gatherElements<D extends DType>(source: StridedSource<D>): StorageOf<D> {
  const { data, shape, strides, offset } = source;
  const size = sizeOf(shape);
  if (hasContiguousStrides(shape, strides)) {
    if (offset === 0 && data.length === size) return data;
    return data.subarray(offset, offset + size) as StorageOf<D>;
  }
  const out = allocate(source.dtype, size);
  const length = shape[shape.length - 1];
  const step = strides[shape.length - 1];
  let next = 0;
  forEachRow(shape, [strides], [offset], (starts) => {
    for (let i = 0, from = starts[0]; i < length; i++, from += step) {
      storeElement(out, next++, data[from]);
    }
  });
  return out;
}
