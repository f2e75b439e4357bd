/** The same elements laid out in memory in other ways. */
import { dtypeInfo } from '../../src/types/dtype.js';
import { NDArray } from '../../src/types/ndarray.js';
import { forEachIndex } from '../../src/types/shape.js';

function positionOf(x: NDArray, index: readonly number[]): number {
  return index.reduce((at, i, axis) => at + i * x.strides[axis], x.offset);
}

/** An equal array whose axes lie in the other order, backwards, with ones between the elements. */
export function scattered<T extends NDArray>(x: T): T {
  const view =
    x.rank === 0
      ? NDArray.view(new dtypeInfo[x.dtype].storage(3), [], { dtype: x.dtype, offset: 1 })
      : NDArray.ones(
          [...x.shape].reverse().map((n) => 2 * n),
          x.dtype,
        )
          .transpose()
          .slice(...x.shape.map(() => ({ step: -2 })));
  forEachIndex(x.shape, (index) => {
    (view.data as { [at: number]: unknown })[positionOf(view, index)] =
      x.data[positionOf(x, index)];
  });
  return view as T;
}

/** `x` and its scattered equal. */
export function layoutsOf<T extends NDArray>(x: T): readonly T[] {
  return [x, scattered(x)];
}
