/**
 * Convolution over one, two or three spatial axes, and its two gradients, which are ops of their own:
 * each is linear in both of its operands, and the three are each other's gradients.
 *
 * Images are [N, C, n...], filters [O, C / groups, k...], results [N, O, m...]. Lowered to windows and
 * one product (im2col), as Theano's CorrMM; a target with a routine for it may take the op itself.
 */
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import { defineOp, type Op, type SizeAlgebra } from '../graph/op.js';
import { apply1, type Apply, type TensorVariable } from '../graph/variable.js';
import { TensorType } from '../types/tensor-type.js';
import { add, intDiv, mul } from './arithmetic.js';
import { forEachProduct, sumOfProducts, type ConvolutionSteps } from './convolution-perform.js';
import { dimshuffle, transpose } from './dimshuffle.js';
import { stackedProduct } from './matmul.js';
import { withBorders, withoutBorders, type Border } from './padding.js';
import { reshapeTo } from './reshape.js';
import { shapeOf, sizesOf } from './shape.js';
import { knownSize } from './size-arithmetic.js';
import { subtensor } from './subtensor.js';
import { fold, windowCount, windows, type WindowLayout } from './windows.js';

/** What the three ops share; `borders` are two int64 scalars an axis. */
export interface Convolution {
  readonly spatial: number;
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

function turned(filters: TensorVariable, { flip }: ConvolutionSteps): TensorVariable {
  if (!flip) return filters;
  const around = { step: -1 };
  const { rank } = filters.type;
  return subtensor(
    filters,
    Array.from({ length: rank }, (_, axis) => (axis < 2 ? {} : around)),
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

/** The image's windows as [groups, C / groups · K, N · M]: K places in each of M windows. */
function columnsOf(
  image: TensorVariable,
  sizes: readonly TensorVariable[],
  { steps, borders }: Convolution,
): { columns: TensorVariable; counts: readonly TensorVariable[] } {
  const padded = withBorders(swapped(image), pairs(borders), 0);
  const seen = windows(padded, sizes, layoutOf(steps));
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
  return reshapeTo(turned(filters, steps), grouped(steps.groups, rows, product(rest)));
}

/** A result's cotangent as [groups, O / groups, N · M]. */
function flatResult(g: TensorVariable, { steps }: Convolution): TensorVariable {
  const [n, outputs, ...places] = sizesOf(g);
  const rows = perGroup(outputs, steps.groups);
  return reshapeTo(swapped(g), grouped(steps.groups, rows, product([n, ...places])));
}

function expandForward(
  convolution: Convolution,
  x: TensorVariable,
  w: TensorVariable,
): TensorVariable {
  const { columns, counts } = columnsOf(x, spatialOf(w), convolution);
  const flat = stackedProduct(rowsOf(w, convolution), columns);
  return swapped(reshapeTo(flat, [shapeOf(w, 0), shapeOf(x, 0), ...counts]));
}

function expandToImage(
  convolution: Convolution,
  g: TensorVariable,
  w: TensorVariable,
  lengths: readonly TensorVariable[],
): TensorVariable {
  const { steps, borders } = convolution;
  const [n, , ...counts] = sizesOf(g);
  const channels = mul(shapeOf(w, 1), steps.groups);
  const columns = stackedProduct(flipped(rowsOf(w, convolution)), flatResult(g, convolution));
  const seen = reshapeTo(columns, [channels, ...spatialOf(w), n, ...counts]);
  const padded = lengths.map((length, k) => add(add(length, borders[2 * k]), borders[2 * k + 1]));
  return withoutBorders(swapped(fold(seen, padded, layoutOf(steps))), pairs(borders));
}

function expandToFilters(
  convolution: Convolution,
  x: TensorVariable,
  g: TensorVariable,
  sizes: readonly TensorVariable[],
): TensorVariable {
  const { steps } = convolution;
  const { columns } = columnsOf(x, sizes, convolution);
  const flat = stackedProduct(flatResult(g, convolution), flipped(columns));
  const shape = [shapeOf(g, 1), perGroup(shapeOf(x, 1), steps.groups), ...sizes];
  return turned(reshapeTo(flat, shape), steps);
}

type Kind = 'convolve' | 'convolve_to_image' | 'convolve_to_filters';

const names = ['conv1d', 'conv2d', 'conv3d', 'causal_conv1d'] as const;
/** What users call, which errors name. */
export type ConvolutionName = (typeof names)[number];

/** Names of all ops of convolutions. */
export const convolutionOps: readonly string[] = names.flatMap((name) => [
  name,
  `${name}_to_image`,
  `${name}_to_filters`,
]);

const propsOf = ({ strides, dilations, groups, flip }: ConvolutionSteps): Op['props'] => ({
  strides,
  dilations,
  groups,
  flip,
});

/** Requires that channels, filters and groups fit each other. */
function requireChannels<S>(
  algebra: SizeAlgebra<S>,
  name: string,
  groups: number,
  [channels, outputs, perFilter]: readonly [S, S, S],
): void {
  const number = algebra.const(groups);
  const seen = algebra.binary('mul', perFilter, number);
  const of = groups === 1 ? 'filters for' : `${groups} groups of filters for`;
  algebra.requireEqual(seen, channels, `[${name}] expected ${of} {b} channels, got them for {a}`);
  if (groups === 1) return;
  const left = algebra.binary('mod', outputs, number);
  const text = `[${name}] expected the number of filters to be divisible by ${groups} groups, got {a} left over`;
  algebra.requireEqual(left, algebra.const(0), text);
}

/** How many places the filters take along each axis; requires at least one. */
function countsOf<S>(
  algebra: SizeAlgebra<S>,
  name: string,
  steps: ConvolutionSteps,
  borders: readonly S[],
  lengths: readonly S[],
  sizes: readonly S[],
): S[] {
  const one = algebra.const(1);
  return lengths.map((length, k) => {
    const started = algebra.binary('add', length, borders[2 * k]);
    const padded = algebra.binary('add', started, borders[2 * k + 1]);
    const gaps = algebra.binary('sub', sizes[k], one);
    const reach = algebra.binary('mul', gaps, algebra.const(steps.dilations[k]));
    const text = `[${name}] expected filters to reach over at most {b} cells of spatial axis ${k}, borders included, got {a}`;
    algebra.requireAtMost(algebra.binary('add', reach, one), padded, text);
    return windowCount(algebra, padded, sizes[k], steps.strides[k], steps.dilations[k]);
  });
}

/** One of the three ops; `rest`: border sizes, then the spatial sizes that the two gradients need. */
function convolutionOp(kind: Kind, name: string, spatial: number, steps: ConvolutionSteps): Op {
  const shape = (
    lead: readonly (number | null)[],
    rest: readonly (number | null)[],
  ): (number | null)[] => [...lead, ...rest];
  const of = (inputs: readonly TensorVariable[]): Convolution => ({
    spatial,
    steps,
    borders: inputs.slice(2, 2 + 2 * spatial),
  });
  const given = (inputs: readonly TensorVariable[]): readonly TensorVariable[] =>
    inputs.slice(2 + 2 * spatial);
  const noGradient = (inputs: readonly TensorVariable[]): null[] => inputs.slice(2).map(() => null);
  const apply = (
    other: Kind,
    a: TensorVariable,
    b: TensorVariable,
    node: Apply,
    sizes: readonly TensorVariable[],
  ): TensorVariable =>
    apply1(convolutionOp(other, name, spatial, steps), [
      a,
      b,
      ...of(node.inputs).borders,
      ...sizes,
    ]);
  const axes = Array.from({ length: spatial }, () => null);
  return defineOp({
    name: kind === 'convolve' ? name : `${name}${kind.slice('convolve'.length)}`,
    props: propsOf(steps),
    types: ([a, b, ...rest]) => {
      const sizes = rest.slice(2 * spatial).map(knownSize);
      const [[p, q], [r, s]] = [a.type.shape, b.type.shape];
      const all = s === null ? null : s * steps.groups;
      const part = q === null ? null : q / steps.groups;
      const result = {
        convolve: () => shape([p, r], axes),
        convolve_to_image: () => shape([p, all], sizes),
        convolve_to_filters: () => shape([s, part], sizes),
      }[kind]();
      return [new TensorType(a.dtype, result)];
    },
    shapes: (algebra, [a, b], node) => {
      const values = node.inputs.slice(2).map((input) => algebra.valueOf(input));
      const [borders, sizes] = [values.slice(0, 2 * spatial), values.slice(2 * spatial)];
      const { groups } = steps;
      const [left, right] = [a.slice(2), b.slice(2)];
      if (kind === 'convolve') {
        requireChannels(algebra, name, groups, [a[1], b[0], b[1]]);
        return [[a[0], b[0], ...countsOf(algebra, name, steps, borders, left, right)]];
      }
      const toImage = kind === 'convolve_to_image';
      const [lengths, places, counts] = toImage ? [sizes, right, left] : [left, sizes, right];
      countsOf(algebra, name, steps, borders, lengths, places).forEach((count, k) => {
        const text = `[${name}] expected {b} places on spatial axis ${k}, got {a}`;
        algebra.requireEqual(counts[k], count, text);
      });
      if (toImage) {
        algebra.requireEqual(a[1], b[0], `[${name}] expected {b} channels of the result, got {a}`);
        return [[a[0], algebra.binary('mul', b[1], algebra.const(groups)), ...sizes]];
      }
      algebra.requireEqual(b[0], a[0], `[${name}] expected a result of {b} images, got {a}`);
      return [[b[1], algebra.binary('floordiv', a[1], algebra.const(groups)), ...sizes]];
    },
    perform: ([a, b, ...rest], node) => {
      const values = rest.map((value) => Number(value.item()));
      const before = Array.from({ length: spatial }, (_, k) => values[2 * k]);
      const after = Array.from({ length: spatial }, (_, k) => values[2 * k + 1]);
      const sizes = values.slice(2 * spatial);
      const { dtype } = node.outputs[0];
      const [x, y] = [a, b].map((v) => v.astype('float64').data);
      const run = (
        shapes: Parameters<typeof forEachProduct>[0],
        visit: Parameters<typeof forEachProduct>[2],
      ): void => forEachProduct(shapes, steps, visit);
      const [p, q] = [a.shape, b.shape];
      if (kind === 'convolve') {
        const counts = q.slice(2).map((size, k) => {
          const room = p[k + 2] + before[k] + after[k] - (size - 1) * steps.dilations[k] - 1;
          return Math.floor(room / steps.strides[k]) + 1;
        });
        const result = [p[0], q[0], ...counts];
        const shapes = { image: p, filters: q, result, before };
        return [
          sumOfProducts(result, dtype, (put) =>
            run(shapes, (image, filter, at) => put(at, x[image] * y[filter])),
          ),
        ];
      }
      if (kind === 'convolve_to_image') {
        const image = [p[0], q[1] * steps.groups, ...sizes];
        const shapes = { image, filters: q, result: p, before };
        return [
          sumOfProducts(image, dtype, (put) =>
            run(shapes, (at, filter, result) => put(at, x[result] * y[filter])),
          ),
        ];
      }
      const filters = [q[1], p[1] / steps.groups, ...sizes];
      const shapes = { image: p, filters, result: q, before };
      return [
        sumOfProducts(filters, dtype, (put) =>
          run(shapes, (image, at, result) => put(at, x[image] * y[result])),
        ),
      ];
    },
    pullback: (node, [h]) => {
      const { inputs } = node;
      const [a, b] = inputs;
      if (h === null) return [null, null, ...noGradient(inputs)];
      const gradients = {
        convolve: () => [
          apply('convolve_to_image', h, b, node, spatialOf(a)),
          apply('convolve_to_filters', a, h, node, spatialOf(b)),
        ],
        convolve_to_image: () => [
          apply('convolve', h, b, node, []),
          apply('convolve_to_filters', h, a, node, spatialOf(b)),
        ],
        convolve_to_filters: () => [
          apply('convolve_to_image', b, h, node, spatialOf(a)),
          apply('convolve', a, h, node, []),
        ],
      }[kind]();
      return [...gradients, ...noGradient(inputs)];
    },
    lower: {
      kind: 'composite',
      expand: ({ inputs }) => {
        const [a, b] = inputs;
        const convolution = of(inputs);
        const result = {
          convolve: () => expandForward(convolution, a, b),
          convolve_to_image: () => expandToImage(convolution, a, b, given(inputs)),
          convolve_to_filters: () => expandToFilters(convolution, a, b, given(inputs)),
        }[kind]();
        return [result];
      },
    },
  });
}

/** @internal The op of a kind, applied; `sizes` for the two gradients. */
export function applyConvolution(
  kind: Kind,
  name: string,
  [a, b]: readonly [TensorVariable, TensorVariable],
  { spatial, steps, borders }: Convolution,
  sizes: readonly TensorVariable[] = [],
): TensorVariable {
  const rank = spatial + 2;
  for (const operand of [a, b]) {
    if (operand.type.rank === rank) continue;
    throw new ShapeError(
      `[${name}] expected operands of rank ${rank}, got ${operand.toString()}: ${operand.type.key}`,
    );
  }
  return apply1(convolutionOp(kind, name, spatial, steps), [a, b, ...borders, ...sizes]);
}
