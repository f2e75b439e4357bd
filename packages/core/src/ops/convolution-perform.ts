/** Convolution's reference: the one sum of products behind the op and both of its gradients, by its definition. */
import type { DType } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';

export interface ConvolutionSteps {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly groups: number;
  /** Whether filters are turned around, as the mathematical convolution has it. */
  readonly flip: boolean;
}

/** Shapes of the image [N, C, n...], the filters [O, C / groups, k...] and the result [N, O, m...]. */
export interface ConvolutionShapes {
  readonly image: readonly number[];
  readonly filters: readonly number[];
  readonly result: readonly number[];
  /** Cells before each spatial axis of the image. */
  readonly before: readonly number[];
}

const flatten = (index: readonly number[], shape: readonly number[]): number =>
  index.reduce((at, i, axis) => at * shape[axis] + i, 0);

function forEachIndex(shape: readonly number[], visit: (index: readonly number[]) => void): void {
  const index = shape.map(() => 0);
  const walk = (axis: number): void => {
    if (axis === shape.length) return visit(index);
    for (index[axis] = 0; index[axis] < shape[axis]; index[axis]++) walk(axis + 1);
  };
  walk(0);
}

/** Calls `visit` with the flat positions of each product: result += image · filter. */
export function forEachProduct(
  { image, filters, result, before }: ConvolutionShapes,
  { strides, dilations, groups, flip }: ConvolutionSteps,
  visit: (image: number, filter: number, result: number) => void,
): void {
  const perGroup = filters[0] / groups;
  forEachIndex(result, (place) => {
    const [n, o, ...m] = place;
    const group = Math.floor(o / perGroup);
    forEachIndex(filters.slice(1), ([c, ...k]) => {
      const turned = k.map((i, axis) => (flip ? filters[axis + 2] - 1 - i : i));
      const at = m.map(
        (i, axis) => i * strides[axis] + turned[axis] * dilations[axis] - before[axis],
      );
      if (at.some((i, axis) => i < 0 || i >= image[axis + 2])) return;
      visit(
        flatten([n, group * filters[1] + c, ...at], image),
        flatten([o, c, ...k], filters),
        flatten(place, result),
      );
    });
  });
}

/** Sums in float64, rounded to `dtype` at the end. */
export function sumOfProducts(
  shape: readonly number[],
  dtype: DType,
  run: (add: (at: number, value: number) => void) => void,
): NDArray {
  const sums = new Float64Array(shape.reduce((a, b) => a * b, 1));
  run((at, value) => (sums[at] += value));
  return NDArray.view(sums, shape).astype(dtype);
}
