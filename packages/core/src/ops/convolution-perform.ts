/** Convolution's reference: the one sum of products behind the op and both of its gradients, by its definition. */
import { NDArray } from '../types/ndarray.js';

export interface ConvolutionSteps {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly groups: number;
  /** Whether filters are turned around, as the mathematical convolution has it. */
  readonly flip: boolean;
}

/** With the sizes of borders, two of each axis. */
export interface BorderedSteps extends ConvolutionSteps {
  readonly borders: readonly number[];
}

/** Shapes of the image [N, C, n...], the filters [O, C / groups, k...] and the result [N, O, m...]. */
interface ConvolutionShapes {
  readonly image: readonly number[];
  readonly filters: readonly number[];
  readonly result: readonly number[];
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
function forEachProduct(
  { image, filters, result }: ConvolutionShapes,
  { strides, dilations, groups, flip, borders }: BorderedSteps,
  visit: (image: number, filter: number, result: number) => void,
): void {
  const perGroup = filters[0] / groups;
  forEachIndex(result, (place) => {
    const [n, o, ...m] = place;
    const group = Math.floor(o / perGroup);
    forEachIndex(filters.slice(1), ([c, ...k]) => {
      const turned = k.map((i, axis) => (flip ? filters[axis + 2] - 1 - i : i));
      const at = m.map(
        (i, axis) => i * strides[axis] + turned[axis] * dilations[axis] - borders[2 * axis],
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

/** Sums of products, of the elements in row-major order. */
function sums(
  shape: readonly number[],
  run: (add: (at: number, value: number) => void) => void,
): NDArray {
  const found = new Float64Array(shape.reduce((a, b) => a * b, 1));
  run((at, value) => (found[at] += value));
  return NDArray.view(found, shape);
}

const elements = (x: NDArray): Float64Array => x.astype('float64').data;

/** Of images and filters, in float64. */
export function performForward(steps: BorderedSteps, x: NDArray, w: NDArray): NDArray {
  const { strides, dilations, borders } = steps;
  const counts = w.shape.slice(2).map((size, k) => {
    const length = x.shape[k + 2] + borders[2 * k] + borders[2 * k + 1];
    return Math.floor((length - (size - 1) * dilations[k] - 1) / strides[k]) + 1;
  });
  const result = [x.shape[0], w.shape[0], ...counts];
  const shapes = { image: x.shape, filters: w.shape, result };
  const [p, q] = [elements(x), elements(w)];
  return sums(result, (add) =>
    forEachProduct(shapes, steps, (image, filter, at) => add(at, p[image] * q[filter])),
  );
}

/** Of the result's gradient and filters, for images of these lengths. */
export function performToImage(
  steps: BorderedSteps,
  g: NDArray,
  w: NDArray,
  lengths: readonly number[],
): NDArray {
  const image = [g.shape[0], w.shape[1] * steps.groups, ...lengths];
  const shapes = { image, filters: w.shape, result: g.shape };
  const [p, q] = [elements(g), elements(w)];
  return sums(image, (add) =>
    forEachProduct(shapes, steps, (at, filter, result) => add(at, p[result] * q[filter])),
  );
}

/** Of images and the result's gradient, for filters of these sizes. */
export function performToFilters(
  steps: BorderedSteps,
  x: NDArray,
  g: NDArray,
  sizes: readonly number[],
): NDArray {
  const filters = [g.shape[1], x.shape[1] / steps.groups, ...sizes];
  const shapes = { image: x.shape, filters, result: g.shape };
  const [p, q] = [elements(x), elements(g)];
  return sums(filters, (add) =>
    forEachProduct(shapes, steps, (image, at, result) => add(at, p[image] * q[result])),
  );
}
