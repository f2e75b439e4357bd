/** Images as rows of neighbouring cells, and back; and convolution whose filters differ from place to place. */
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import type { TensorVariable } from '../graph/variable.js';
import { mul } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { convolutionOf, type ConvOptions } from './conv.js';
import { dimshuffle } from './dimshuffle.js';
import { asFloats } from './floats.js';
import { withBorders, type Border } from './padding.js';
import { requireRank } from './ranks.js';
import { sum } from './reduce.js';
import { reshapeTo } from './reshape.js';
import { asSizes, sizesOf } from './shape.js';
import { sameSizes } from './same-sizes.js';
import { divideSizes, multiplySizes } from './size-arithmetic.js';
import { subtensor } from './subtensor.js';
import { windows } from './windows.js';

type Pair = readonly [number, number];

export interface NeighbourOptions {
  /** Steps between neighbourhoods; their sizes unless given. */
  readonly step?: Pair;
  /** Whether cells that fill no neighbourhood are left out; false unless given: then there may be none. */
  readonly ignoreBorders?: boolean;
}

function requirePair(name: string, what: string, pair: Pair): void {
  if (pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 1)) return;
  throw new ShapeError(`[${name}] expected ${what} of 2 positive integers, got ${pair.join(', ')}`);
}

const number = (value: number): TensorVariable => scalarConstant(value, 'int64');

/**
 * Neighbourhoods of `[a, b]` cells of images [N, C, h, w] as rows: [N · C · rows · columns, a · b], as
 * Theano's `images2neibs`. @throws ShapeError
 */
export function images2neibs(
  images: TensorLike,
  shape: Pair,
  { step = shape, ignoreBorders = false }: NeighbourOptions = {},
): TensorVariable {
  const name = 'images2neibs';
  const x = asVariable(images);
  requireRank(name, [x], 4, 'images of rank 4');
  requirePair(name, 'a neighbourhood', shape);
  requirePair(name, 'a step', step);
  const sizes = shape.map(number);
  const [n, c, h, w] = sizesOf(x);
  const isTiling = step[0] === shape[0] && step[1] === shape[1];
  if (isTiling && !ignoreBorders) {
    const counts = [divideSizes(h, sizes[0]), divideSizes(w, sizes[1])];
    const whole = counts.map((count, k) => multiplySizes(count, sizes[k]));
    const fitting = sameSizes(name, x, [null, null, ...whole]);
    const tiles = reshapeTo(fitting, [n, c, counts[0], sizes[0], counts[1], sizes[1]]);
    return rowsOf(dimshuffle(tiles, [0, 1, 2, 4, 3, 5]));
  }
  const seen = windows(x, sizes, { strides: step, dilations: [1, 1], between: 0 });
  return rowsOf(dimshuffle(seen, [0, 1, 4, 5, 2, 3]));
}

/** The last two axes as one, and all before as another. */
function rowsOf(x: TensorVariable): TensorVariable {
  const sizes = sizesOf(x);
  const [a, b] = [sizes.slice(0, -2), sizes.slice(-2)].map((part) =>
    part.reduce((p, q) => mul(p, q)),
  );
  return reshapeTo(x, [a, b]);
}

/** Images [N, C, h, w] of neighbourhoods that `images2neibs` tiled them with. @throws ShapeError */
export function neibs2images(
  neighbourhoods: TensorLike,
  shape: Pair,
  imageShape: readonly TensorLike[],
): TensorVariable {
  const name = 'neibs2images';
  requirePair(name, 'a neighbourhood', shape);
  const sizes = asSizes(name, imageShape);
  if (sizes.length !== 4) {
    throw new ShapeError(`[${name}] expected 4 sizes of images, got ${sizes.length}`);
  }
  const [n, c, h, w] = sizes;
  const [a, b] = shape.map(number);
  const x = asVariable(neighbourhoods);
  requireRank(name, [x], 2);
  const counts = [n, c, divideSizes(h, a), divideSizes(w, b)];
  const rows = counts.reduce((p, q) => multiplySizes(p, q));
  const fitting = sameSizes(name, x, [rows, multiplySizes(a, b)]);
  const tiles = reshapeTo(fitting, [...counts, a, b]);
  return reshapeTo(dimshuffle(tiles, [0, 1, 2, 4, 3, 5]), sizes);
}

/**
 * Convolution with filters of its own at each place: [N, C, h, w] and [O, y, x, C, i, j] → [N, O, y, x].
 * @throws ShapeError where the places are not those of the filters
 */
export function unsharedConv2d(
  input: TensorLike,
  filters: TensorLike,
  options: Omit<ConvOptions, 'numGroups'> = {},
): TensorVariable {
  const name = 'unshared_conv2d';
  const [x, w] = asFloats(input, filters);
  requireRank(name, [x], 4);
  requireRank(name, [w], 6);
  const sizes = sizesOf(w).slice(4);
  const { steps, borders } = convolutionOf(name, 2, options, sizes);
  const pairs = [0, 1].map((k): Border => [borders[2 * k], borders[2 * k + 1]]);
  const layout = { ...steps, between: 0 };
  const seen = windows(withBorders(x, pairs, 0), sizes, layout);
  const around = steps.flip ? { step: -1 } : {};
  const turned = subtensor(w, [{}, {}, {}, {}, around, around]);
  const products = mul(
    dimshuffle(seen, [0, 'x', 1, 2, 3, 4, 5]),
    dimshuffle(turned, ['x', 0, 3, 4, 5, 1, 2]),
  );
  return sum(products, [2, 3, 4]);
}
