/**
 * Convolutions as products of matrices (im2col), as Theano's CorrMM: the image's windows are copied into
 * the columns of one matrix, the filters are the rows of another.
 */
import { scalarConstant } from '../graph/constant.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, intDiv, mul } from './arithmetic.js';
import type { ConvolutionSteps } from './convolution-perform.js';
import { dimshuffle, transpose } from './dimshuffle.js';
import { stackedProduct } from './matmul.js';
import { withBorders, withoutBorders, type Border } from './padding.js';
import { reshapeTo } from './reshape.js';
import { shapeOf, sizesOf } from './shape.js';
import { subtensor } from './subtensor.js';
import { fold, windows, type WindowLayout } from './windows.js';

/** `borders` are two int64 scalars an axis. */
export interface Convolution {
  readonly steps: ConvolutionSteps;
  readonly borders: readonly TensorVariable[];
}

const layoutOf = ({ strides, dilations }: ConvolutionSteps): WindowLayout => ({
  strides,
  dilations,
  between: 1,
});

const pairs = (borders: readonly TensorVariable[]): Border[] =>
  Array.from({ length: borders.length / 2 }, (_, k) => [borders[2 * k], borders[2 * k + 1]]);

const spatialOf = (x: TensorVariable): TensorVariable[] => sizesOf(x).slice(2);
const product = (sizes: readonly TensorVariable[]): TensorVariable =>
  sizes.reduce((a, b) => mul(a, b), scalarConstant(1, 'int64') as TensorVariable);

/** Swaps the two leading axes. */
const swapped = (x: TensorVariable): TensorVariable =>
  dimshuffle(x, [1, 0, ...Array.from({ length: x.type.rank - 2 }, (_, k) => k + 2)]);

/** Filters, or the windows that they meet, with the places within them in reverse: `count` axes from `first` on. */
function turned(
  x: TensorVariable,
  first: number,
  count: number,
  { flip }: ConvolutionSteps,
): TensorVariable {
  if (!flip) return x;
  const isPlace = (axis: number): boolean => axis >= first && axis < first + count;
  return subtensor(
    x,
    x.type.shape.map((_, axis) => (isPlace(axis) ? { step: -1 } : {})),
  );
}

/** Leading axes for a product of each group. */
const grouped = (groups: number, ...rest: readonly TensorVariable[]): TensorVariable[] =>
  groups === 1 ? [...rest] : [scalarConstant(groups, 'int64'), ...rest];

const perGroup = (channels: TensorVariable, groups: number): TensorVariable =>
  groups === 1 ? channels : intDiv(channels, groups);

/** Transposes the matrix of each group. */
const flipped = (a: TensorVariable): TensorVariable =>
  a.type.rank === 2 ? transpose(a) : dimshuffle(a, [0, 2, 1]);

/** The image's windows as [groups, C / groups · K, N · M]: K places, turned, in each of M windows. */
function columnsOf(
  image: TensorVariable,
  sizes: readonly TensorVariable[],
  { steps, borders }: Convolution,
): { columns: TensorVariable; counts: readonly TensorVariable[] } {
  const padded = withBorders(swapped(image), pairs(borders), 0);
  const seen = turned(windows(padded, sizes, layoutOf(steps)), 1, sizes.length, steps);
  const all = sizesOf(seen);
  const rows = mul(perGroup(all[0], steps.groups), product(sizes));
  const places = all.slice(1 + sizes.length);
  const columns = reshapeTo(seen, grouped(steps.groups, rows, product(places)));
  return { columns, counts: places.slice(1) };
}

/** Filters as [groups, O / groups, C / groups · K]. */
function rowsOf(filters: TensorVariable, { steps }: Convolution): TensorVariable {
  const [outputs, ...rest] = sizesOf(filters);
  const rows = perGroup(outputs, steps.groups);
  return reshapeTo(filters, grouped(steps.groups, rows, product(rest)));
}

/** A result's cotangent as [groups, O / groups, N · M]. */
function flatResult(g: TensorVariable, { steps }: Convolution): TensorVariable {
  const [n, outputs, ...places] = sizesOf(g);
  const rows = perGroup(outputs, steps.groups);
  return reshapeTo(swapped(g), grouped(steps.groups, rows, product([n, ...places])));
}

export function expandForward(
  convolution: Convolution,
  x: TensorVariable,
  w: TensorVariable,
): TensorVariable {
  const { columns, counts } = columnsOf(x, spatialOf(w), convolution);
  const flat = stackedProduct(rowsOf(w, convolution), columns);
  return swapped(reshapeTo(flat, [shapeOf(w, 0), shapeOf(x, 0), ...counts]));
}

/** Adds what each window saw where it saw it. */
export function expandToImage(
  convolution: Convolution,
  g: TensorVariable,
  w: TensorVariable,
  lengths: readonly TensorVariable[],
): TensorVariable {
  const { steps, borders } = convolution;
  const [n, , ...counts] = sizesOf(g);
  const channels = mul(shapeOf(w, 1), steps.groups);
  const filters = turned(w, 2, lengths.length, steps);
  const columns = stackedProduct(flipped(rowsOf(filters, convolution)), flatResult(g, convolution));
  const seen = reshapeTo(columns, [channels, ...spatialOf(w), n, ...counts]);
  const padded = lengths.map((length, k) => add(add(length, borders[2 * k]), borders[2 * k + 1]));
  return withoutBorders(swapped(fold(seen, padded, layoutOf(steps))), pairs(borders));
}

/** Which sizes the filters have tells `sizes`. */
export function expandToFilters(
  convolution: Convolution,
  x: TensorVariable,
  g: TensorVariable,
  sizes: readonly TensorVariable[],
): TensorVariable {
  const { steps } = convolution;
  const { columns } = columnsOf(x, sizes, convolution);
  const flat = stackedProduct(flatResult(g, convolution), flipped(columns));
  const shape = [shapeOf(g, 1), perGroup(shapeOf(x, 1), steps.groups), ...sizes];
  return reshapeTo(flat, shape);
}
