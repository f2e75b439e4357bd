/**
 * Convolutions as users call them. Filters are turned around by default, as Theano does and mathematics
 * defines it; `filterFlip: false` is the cross-correlation of most other libraries.
 */
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import type { TensorVariable } from '../graph/variable.js';
import { add, intDiv, maximum, minimum, mul, sub } from './arithmetic.js';
import { asVariable, asVariables, type TensorLike } from './as-variable.js';
import { applyConvolution, type ConvolutionName } from './convolution.js';
import type { Convolution } from './convolution-products.js';
import { dimshuffle } from './dimshuffle.js';
import { asFloats } from './floats.js';
import { requireRank } from './ranks.js';
import { sameSizes } from './same-sizes.js';
import { asSizes, shapeOf } from './shape.js';
import { slice, subtensor } from './subtensor.js';
import { lastSizes } from './windows.js';

/**
 * Cells of zeros around the image: `valid` none, `full` as many as the filters reach over less one,
 * `half` half of what they reach over; or counts, the same on both sides or a pair an axis.
 */
export type BorderMode =
  'valid' | 'full' | 'half' | number | readonly (number | readonly [number, number])[];

export interface ConvOptions {
  /** 'valid' unless given. */
  readonly borderMode?: BorderMode;
  /** Steps between the places of a filter; 1 unless given. */
  readonly subsample?: number | readonly number[];
  /** Steps between the cells that a filter sees; 1 unless given. */
  readonly filterDilation?: number | readonly number[];
  /** Whether filters are turned around; true unless given. */
  readonly filterFlip?: boolean;
  /** Channels and filters are divided into so many groups that do not see each other; 1 unless given. */
  readonly numGroups?: number;
}

function stepsOf(
  name: string,
  what: string,
  steps: number | readonly number[] | undefined,
  spatial: number,
): readonly number[] {
  const list =
    typeof steps === 'object' ? steps : Array.from({ length: spatial }, () => steps ?? 1);
  if (list.length !== spatial || !list.every((step) => Number.isInteger(step) && step >= 1)) {
    throw new ShapeError(
      `[${name}] expected ${what} of ${spatial} positive integers, got ${list.join(', ')}`,
    );
  }
  return list;
}

/** Border sizes of every spatial axis, before and after. */
function bordersOf(
  name: string,
  mode: BorderMode,
  dilations: readonly number[],
  sizes: readonly TensorVariable[],
): TensorVariable[] {
  const number = (value: number): TensorVariable => scalarConstant(value, 'int64');
  const fixed = typeof mode === 'number' ? dilations.map(() => mode) : mode;
  if (typeof fixed === 'object') {
    if (fixed.length !== dilations.length) {
      throw new ShapeError(
        `[${name}] expected a border for each of ${dilations.length} axes, got ${fixed.length}`,
      );
    }
    return fixed.flatMap((border) => {
      const both = typeof border === 'number' ? [border, border] : [...border];
      if (both.length !== 2 || !both.every((size) => Number.isInteger(size) && size >= 0)) {
        throw new ShapeError(
          `[${name}] expected borders of at least 0 cells, got ${both.join(', ')}`,
        );
      }
      return both.map(number);
    });
  }
  return sizes.flatMap((size, k) => {
    const reach = mul(sub(size, 1), dilations[k]);
    if (fixed === 'valid') return [number(0), number(0)];
    const border = fixed === 'full' ? reach : intDiv(add(reach, 1), 2);
    return [border, border];
  });
}

export function convolutionOf(
  name: string,
  spatial: number,
  options: ConvOptions,
  sizes: readonly TensorVariable[],
): Convolution {
  const { borderMode = 'valid', filterFlip = true, numGroups = 1 } = options;
  if (!Number.isInteger(numGroups) || numGroups < 1) {
    throw new ShapeError(`[${name}] expected a positive number of groups, got ${numGroups}`);
  }
  const dilations = stepsOf(name, 'dilations', options.filterDilation, spatial);
  return {
    steps: {
      strides: stepsOf(name, 'subsample', options.subsample, spatial),
      dilations,
      groups: numGroups,
      flip: filterFlip,
    },
    borders: bordersOf(name, borderMode, dilations, sizes),
  };
}

function convolve(
  name: ConvolutionName,
  spatial: number,
  input: TensorLike,
  filters: TensorLike,
  options: ConvOptions,
): TensorVariable {
  const operands = asFloats(input, filters);
  requireRank(name, operands, spatial + 2);
  const convolution = convolutionOf(name, spatial, options, lastSizes(operands[1], spatial));
  return applyConvolution('convolve', name, operands, convolution);
}

/** [N, C, n] and [O, C / groups, k] → [N, O, m]. @throws ShapeError */
export function conv1d(
  input: TensorLike,
  filters: TensorLike,
  options: ConvOptions = {},
): TensorVariable {
  return convolve('conv1d', 1, input, filters, options);
}

/**
 * Two-dimensional convolution: images [N, C, h, w] and filters [O, C / groups, i, j] → [N, O, y, x];
 * integers become floatX. Filters are turned around unless `filterFlip` is false. @throws ShapeError
 */
export function conv2d(
  input: TensorLike,
  filters: TensorLike,
  options: ConvOptions = {},
): TensorVariable {
  return convolve('conv2d', 2, input, filters, options);
}

/** [N, C, d, h, w] and [O, C / groups, i, j, k] → [N, O, z, y, x]. @throws ShapeError */
export function conv3d(
  input: TensorLike,
  filters: TensorLike,
  options: ConvOptions = {},
): TensorVariable {
  return convolve('conv3d', 3, input, filters, options);
}

/** A gradient of convolution; `lengths` are the spatial sizes of what it is the gradient for. */
function gradient(
  kind: 'convolve_to_image' | 'convolve_to_filters',
  spatial: 2 | 3,
  a: TensorLike,
  b: TensorLike,
  lengths: readonly TensorLike[],
  options: ConvOptions,
): TensorVariable {
  const name = `conv${spatial}d` as const;
  const forImage = kind === 'convolve_to_image';
  const operands = asFloats(a, b);
  requireRank(name, operands, spatial + 2);
  const sizes = asSizes(name, lengths);
  if (sizes.length !== spatial) {
    const what = forImage ? 'spatial' : 'filter';
    throw new ShapeError(`[${name}] expected ${spatial} ${what} sizes, got ${sizes.length}`);
  }
  const filterSizes = forImage ? lastSizes(operands[1], spatial) : sizes;
  const convolution = convolutionOf(name, spatial, options, filterSizes);
  return applyConvolution(kind, name, operands, convolution, sizes);
}

/** The gradient of `conv2d` for its images of spatial sizes `lengths`, from that of its result. @throws ShapeError */
export function conv2dGradWrtInputs(
  outputGradient: TensorLike,
  filters: TensorLike,
  lengths: readonly TensorLike[],
  options: ConvOptions = {},
): TensorVariable {
  return gradient('convolve_to_image', 2, outputGradient, filters, lengths, options);
}

/** The gradient of `conv2d` for its filters of spatial sizes `lengths`, from that of its result. @throws ShapeError */
export function conv2dGradWrtWeights(
  input: TensorLike,
  outputGradient: TensorLike,
  lengths: readonly TensorLike[],
  options: ConvOptions = {},
): TensorVariable {
  return gradient('convolve_to_filters', 2, input, outputGradient, lengths, options);
}

/** The gradient of `conv3d` for its images. @throws ShapeError */
export function conv3dGradWrtInputs(
  outputGradient: TensorLike,
  filters: TensorLike,
  lengths: readonly TensorLike[],
  options: ConvOptions = {},
): TensorVariable {
  return gradient('convolve_to_image', 3, outputGradient, filters, lengths, options);
}

/** The gradient of `conv3d` for its filters. @throws ShapeError */
export function conv3dGradWrtWeights(
  input: TensorLike,
  outputGradient: TensorLike,
  lengths: readonly TensorLike[],
  options: ConvOptions = {},
): TensorVariable {
  return gradient('convolve_to_filters', 3, input, outputGradient, lengths, options);
}

/**
 * Transposed convolution: [N, O, y, x] and filters [O, C / groups, i, j] → [N, C, lengths...], each value
 * spread over what `conv2d` would have made it of. @throws ShapeError where `conv2d` of that would be of another size
 */
export const conv2dTranspose = conv2dGradWrtInputs;

export interface SeparableOptions extends Omit<ConvOptions, 'numGroups'> {
  readonly channels: number;
}

function separable(
  spatial: 2 | 3,
  input: TensorLike,
  depthwise: TensorLike,
  pointwise: TensorLike,
  { channels, ...options }: SeparableOptions,
): TensorVariable {
  const name = `separable_conv${spatial}d`;
  const operands = asVariables([input, depthwise, pointwise]);
  requireRank(name, operands, spatial + 2);
  const [x, w, p] = operands;
  const one = scalarConstant(1, 'int64');
  const points = sameSizes(name, p, [null, null, ...lastSizes(p, spatial).map(() => one)]);
  const conv = spatial === 2 ? conv2d : conv3d;
  return conv(conv(x, w, { ...options, numGroups: channels }), points);
}

/**
 * Filters for each channel, then products of channels at each place: [N, C, h, w], [C · M, 1, i, j] and
 * [O, C · M, 1, 1] → [N, O, y, x]. @throws ShapeError
 */
export function separableConv2d(
  input: TensorLike,
  depthwise: TensorLike,
  pointwise: TensorLike,
  options: SeparableOptions,
): TensorVariable {
  return separable(2, input, depthwise, pointwise, options);
}

/** `separableConv2d` over three spatial axes. @throws ShapeError */
export function separableConv3d(
  input: TensorLike,
  depthwise: TensorLike,
  pointwise: TensorLike,
  options: SeparableOptions,
): TensorVariable {
  return separable(3, input, depthwise, pointwise, options);
}

/**
 * Convolution in time that sees no later values: [N, C, t] and [O, C, k] → [N, O, t / subsample].
 * @throws ShapeError
 */
export function causalConv1d(
  input: TensorLike,
  filters: TensorLike,
  options: Omit<ConvOptions, 'borderMode' | 'subsample' | 'filterDilation'> & {
    readonly subsample?: number;
    readonly filterDilation?: number;
  } = {},
): TensorVariable {
  const operands = asFloats(input, filters);
  requireRank('causal_conv1d', operands, 3);
  const [size] = lastSizes(operands[1], 1);
  const convolution = convolutionOf('causal_conv1d', 1, options, [size]);
  const before = mul(sub(size, 1), options.filterDilation ?? 1);
  const borders = [before, scalarConstant(0, 'int64')];
  return applyConvolution('convolve', 'causal_conv1d', operands, { ...convolution, borders });
}

/** Convolution of one image or a batch with one filter or several, all matrices: [N?, h, w] and [O?, i, j] → [N?, O?, y, x]. @throws ShapeError */
export function convolve2d(
  input: TensorLike,
  filter: TensorLike,
  options: Omit<ConvOptions, 'numGroups'> = {},
): TensorVariable {
  const [x, w] = [asVariable(input), asVariable(filter)];
  for (const operand of [x, w]) {
    if (operand.type.rank === 2 || operand.type.rank === 3) continue;
    throw new ShapeError(
      `[convolve2d] expected matrices or batches of them, got ${operand.type.key}`,
    );
  }
  const batch = (v: TensorVariable): TensorVariable =>
    dimshuffle(v, v.type.rank === 2 ? ['x', 'x', 0, 1] : [0, 'x', 1, 2]);
  const result = conv2d(batch(x), batch(w), options);
  const kept = [x.type.rank === 3 ? [0] : [], w.type.rank === 3 ? [1] : []].flat();
  return dimshuffle(result, [...kept, 2, 3]);
}

/** Which part of a convolution: all of it, as much as the longer operand, or where the shorter lies within it. */
export type ConvolveMode = 'full' | 'same' | 'valid';

/** Convolution of two vectors, as numpy.convolve. @throws ShapeError */
export function convolve1d(
  a: TensorLike,
  b: TensorLike,
  mode: ConvolveMode = 'full',
): TensorVariable {
  const operands = asFloats(a, b);
  requireRank('convolve1d', operands, 1);
  const [x, w] = operands.map((v) => dimshuffle(v, ['x', 'x', 0]));
  const all = dimshuffle(conv1d(x, w, { borderMode: 'full' }), [2]);
  if (mode === 'full') return all;
  const lengths = operands.map((v) => shapeOf(v, 0));
  const [longer, shorter] = [maximum(lengths[0], lengths[1]), minimum(lengths[0], lengths[1])];
  const beyond = sub(shorter, 1);
  const from = mode === 'same' ? intDiv(beyond, 2) : beyond;
  const count = mode === 'same' ? longer : add(sub(longer, shorter), 1);
  return subtensor(all, [slice(from, add(from, count))]);
}
