import { NDArray, ShapeError } from '@tno/core';
import type { DType } from '@tno/core';

/** The memory of a contiguous array's elements, row-major. */
function bytesOf(array: NDArray): Uint8Array {
  const { BYTES_PER_ELEMENT, buffer, byteOffset } = array.data;
  const start = byteOffset + array.offset * BYTES_PER_ELEMENT;
  return new Uint8Array(buffer, start, array.size * BYTES_PER_ELEMENT);
}

function joinRows<D extends DType>(
  dtype: D,
  rowShape: readonly number[],
  rowBytes: number,
  rows: readonly Uint8Array[],
): NDArray<D> {
  const out = new Uint8Array(rows.length * rowBytes);
  rows.forEach((row, i) => out.set(row, i * rowBytes));
  return NDArray.view(out, [rows.length, ...rowShape], { dtype });
}

/** A copy of those rows of axis 0, in that order; the indices must exist. */
export function gatherRows<D extends DType>(array: NDArray<D>, indices: Int32Array): NDArray<D> {
  const rowShape = array.shape.slice(1);
  const rowSize = rowShape.reduce((product, size) => product * size, 1);
  const rowBytes = rowSize * array.data.BYTES_PER_ELEMENT;
  const all = array.isContiguous ? bytesOf(array) : undefined;
  const rows = Array.from(indices, (index) =>
    all === undefined
      ? bytesOf(array.slice(index).contiguous())
      : all.subarray(index * rowBytes, (index + 1) * rowBytes),
  );
  return joinRows(array.dtype, rowShape, rowBytes, rows);
}

/** Arrays of one dtype and shape, put one below the other on a new axis 0. */
export function stackRows<D extends DType>(arrays: readonly NDArray<D>[]): NDArray<D> {
  const [first] = arrays;
  for (const array of arrays) {
    if (array.dtype !== first.dtype || array.shape.join() !== first.shape.join()) {
      throw new ShapeError(
        `[stackRows] expected examples of ${first.dtype} [${first.shape.join(', ')}], got ${array.dtype} [${array.shape.join(', ')}]`,
      );
    }
  }
  const rows = arrays.map((array) => bytesOf(array.contiguous()));
  return joinRows(first.dtype, first.shape, rows[0].length, rows);
}
