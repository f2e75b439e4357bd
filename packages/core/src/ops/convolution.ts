/**
 * Convolution over one, two or three spatial axes, and its two gradients, which are ops of their own:
 * each is linear in both of its operands, and the three are each other's gradients.
 *
 * Images are [N, C, n...], filters [O, C / groups, k...], results [N, O, m...]. Lowered to windows and
 * one product (convolution-products.ts); a target with a routine for it may take the op itself.
 */
import { defineOp, type Op, type SizeAlgebra } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import type { NDArray } from '../types/ndarray.js';
import { TensorType, type StaticShape } from '../types/tensor-type.js';
import {
  performForward,
  performToFilters,
  performToImage,
  type BorderedSteps,
  type ConvolutionSteps,
} from './convolution-perform.js';
import {
  expandForward,
  expandToFilters,
  expandToImage,
  type Convolution,
} from './convolution-products.js';
import { sizesOf } from './shape.js';
import { knownSize } from './size-arithmetic.js';
import { windowCount } from './windows.js';

const names = ['conv1d', 'conv2d', 'conv3d', 'causal_conv1d'] as const;
/** What users call, which errors name. */
export type ConvolutionName = (typeof names)[number];

/** Names of all ops of convolutions. */
export const convolutionOps: readonly string[] = names.flatMap((name) => [
  name,
  `${name}_to_image`,
  `${name}_to_filters`,
]);

/** What a shape rule knows of the convolution. */
interface SizeRule<S> {
  readonly algebra: SizeAlgebra<S>;
  readonly name: ConvolutionName;
  readonly steps: ConvolutionSteps;
  readonly borders: readonly S[];
}

type Apply2 = (
  other: Definition,
  a: TensorVariable,
  b: TensorVariable,
  sizes: readonly TensorVariable[],
) => TensorVariable;

/** One of the three ops, of two operands; `sizes` are the spatial sizes of what a gradient is for. */
interface Definition {
  readonly suffix: '' | '_to_image' | '_to_filters';
  readonly type: (
    steps: ConvolutionSteps,
    a: StaticShape,
    b: StaticShape,
    sizes: StaticShape,
  ) => StaticShape;
  readonly shape: <S>(
    rule: SizeRule<S>,
    a: readonly S[],
    b: readonly S[],
    sizes: readonly S[],
  ) => S[];
  /** In float64. */
  readonly perform: (
    steps: BorderedSteps,
    a: NDArray,
    b: NDArray,
    sizes: readonly number[],
  ) => NDArray;
  readonly expand: (
    convolution: Convolution,
    a: TensorVariable,
    b: TensorVariable,
    sizes: readonly TensorVariable[],
  ) => TensorVariable;
  /** Gradients of both operands from the result's: other ops of the same convolution, by `apply`. */
  readonly pullback: (
    apply: Apply2,
    a: TensorVariable,
    b: TensorVariable,
    h: TensorVariable,
  ) => [TensorVariable, TensorVariable];
}

const spatialOf = (x: TensorVariable): TensorVariable[] => sizesOf(x).slice(2);

/** The images' convolution with the filters. */
const forward: Definition = {
  suffix: '',
  type: (_steps, [n, , ...lengths], [outputs]) => [n, outputs, ...lengths.map(() => null)],
  shape: (rule, [n, channels, ...lengths], [outputs, perFilter, ...sizes]) => {
    requireChannels(rule, channels, outputs, perFilter);
    return [n, outputs, ...countsOf(rule, lengths, sizes)];
  },
  perform: performForward,
  expand: expandForward,
  pullback: (apply, x, w, h) => [
    apply(toImage, h, w, spatialOf(x)),
    apply(toFilters, x, h, spatialOf(w)),
  ],
};

/** The gradient for the images, of the result's and the filters. */
const toImage: Definition = {
  suffix: '_to_image',
  type: ({ groups }, [n], [, perFilter], lengths) => [
    n,
    perFilter === null ? null : perFilter * groups,
    ...lengths,
  ],
  shape: (rule, [n, channels, ...counts], [outputs, perFilter, ...sizes], lengths) => {
    const { algebra, name, steps } = rule;
    requireCounts(rule, counts, countsOf(rule, lengths, sizes));
    algebra.requireEqual(
      channels,
      outputs,
      `[${name}] expected {b} channels of the result, got {a}`,
    );
    return [n, algebra.binary('mul', perFilter, algebra.const(steps.groups)), ...lengths];
  },
  perform: performToImage,
  expand: expandToImage,
  pullback: (apply, g, w, h) => [apply(forward, h, w, []), apply(toFilters, h, g, spatialOf(w))],
};

/** The gradient for the filters, of the images and the result's. */
const toFilters: Definition = {
  suffix: '_to_filters',
  type: ({ groups }, [, channels], [, outputs], sizes) => [
    outputs,
    channels === null ? null : channels / groups,
    ...sizes,
  ],
  shape: (rule, [n, channels, ...lengths], [images, outputs, ...counts], sizes) => {
    const { algebra, name, steps } = rule;
    requireCounts(rule, counts, countsOf(rule, lengths, sizes));
    algebra.requireEqual(images, n, `[${name}] expected a result of {b} images, got {a}`);
    return [outputs, algebra.binary('floordiv', channels, algebra.const(steps.groups)), ...sizes];
  },
  perform: performToFilters,
  expand: expandToFilters,
  pullback: (apply, x, g, h) => [apply(toImage, g, h, spatialOf(x)), apply(forward, x, h, [])],
};

const definitions = {
  convolve: forward,
  convolve_to_image: toImage,
  convolve_to_filters: toFilters,
} as const;

/** Requires that channels, filters and groups fit each other. */
function requireChannels<S>(
  { algebra, name, steps: { groups } }: SizeRule<S>,
  channels: S,
  outputs: S,
  perFilter: S,
): void {
  const number = algebra.const(groups);
  const seen = algebra.binary('mul', perFilter, number);
  const of = groups === 1 ? 'filters for' : `${groups} groups of filters for`;
  algebra.requireEqual(seen, channels, `[${name}] expected ${of} {b} channels, got them for {a}`);
  if (groups === 1) return;
  const inGroups = algebra.binary('mul', algebra.binary('floordiv', outputs, number), number);
  const text = `[${name}] expected the number of filters to be divisible by ${groups} groups, got {a}`;
  algebra.requireEqual(outputs, inGroups, text);
}

/** How many places the filters take along each axis; requires at least one. */
function countsOf<S>(
  { algebra, name, steps, borders }: SizeRule<S>,
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

function requireCounts<S>(
  { algebra, name }: SizeRule<S>,
  counts: readonly S[],
  fitting: readonly S[],
): void {
  fitting.forEach((count, k) => {
    const text = `[${name}] expected {b} places on spatial axis ${k}, got {a}`;
    algebra.requireEqual(counts[k], count, text);
  });
}

/** The op of a definition; its inputs are both operands, border sizes, and `sizes`. */
function convolutionOp(definition: Definition, name: ConvolutionName, steps: ConvolutionSteps): Op {
  const { strides, dilations, groups, flip } = steps;
  const width = 2 * strides.length;
  /** Inputs behind the operands, apart: border sizes, and `sizes`. */
  const parts = <T>(rest: readonly T[]): [borders: readonly T[], sizes: readonly T[]] => [
    rest.slice(0, width),
    rest.slice(width),
  ];
  return defineOp({
    name: `${name}${definition.suffix}`,
    props: { strides, dilations, groups, flip },
    types: ([a, b, ...rest]) => {
      const sizes = parts(rest)[1].map(knownSize);
      return [new TensorType(a.dtype, definition.type(steps, a.type.shape, b.type.shape, sizes))];
    },
    shapes: (algebra, [a, b], { inputs: [, , ...rest] }) => {
      const [borders, sizes] = parts(rest.map((input) => algebra.valueOf(input)));
      return [definition.shape({ algebra, name, steps, borders }, a, b, sizes)];
    },
    perform: ([a, b, ...rest], { outputs: [{ dtype }] }) => {
      const [borders, sizes] = parts(rest.map((value) => Number(value.item())));
      return [definition.perform({ ...steps, borders }, a, b, sizes).astype(dtype)];
    },
    pullback: ({ inputs: [a, b, ...rest] }, [h]) => {
      const none = rest.map(() => null);
      if (h === null) return [null, null, ...none];
      const apply: Apply2 = (other, p, q, sizes) =>
        apply1(convolutionOp(other, name, steps), [p, q, ...parts(rest)[0], ...sizes]);
      return [...definition.pullback(apply, a, b, h), ...none];
    },
    lower: {
      kind: 'composite',
      expand: ({ inputs: [a, b, ...rest] }) => {
        const [borders, sizes] = parts(rest);
        return [definition.expand({ steps, borders }, a, b, sizes)];
      },
    },
  });
}

/** @internal The op of a kind, applied; `sizes` for the two gradients. */
export function applyConvolution(
  kind: keyof typeof definitions,
  name: ConvolutionName,
  [a, b]: readonly [TensorVariable, TensorVariable],
  { steps, borders }: Convolution,
  sizes: readonly TensorVariable[] = [],
): TensorVariable {
  return apply1(convolutionOp(definitions[kind], name, steps), [a, b, ...borders, ...sizes]);
}
