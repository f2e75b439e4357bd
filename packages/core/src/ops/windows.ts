/**
 * Windows that slide over the last axes of a tensor, as a view: each element of a window lies a
 * `dilation` from the next, each window a `stride` from the next. `fold` is the transpose: it adds the
 * elements of windows at the places they were taken from. Convolution and pooling are made of these.
 *
 * The axes of windows are: what leads, the places within a window, `between` axes of what leads, the
 * places of windows.
 */
import { defineOp, type Op, type SizeAlgebra } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import type { Coordinate, PointScope } from '../lower/lowering.js';
import { performRoutine } from '../routines/reference.js';
import { NDArray } from '../types/ndarray.js';
import { TensorType } from '../types/tensor-type.js';
import { cast } from './cast.js';
import { routineOp } from './routine-op.js';
import { shapeOf } from './shape.js';
import { knownSize } from './size-arithmetic.js';

export interface WindowSteps {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

export interface WindowLayout extends WindowSteps {
  /** How many of the leading axes come after the places within a window. */
  readonly between: number;
}

/** How many windows of `size` places fit into `length`; 0 where none does. */
export function windowCount<S>(
  algebra: SizeAlgebra<S>,
  length: S,
  size: S,
  stride: number,
  dilation: number,
): S {
  const one = algebra.const(1);
  const reach = algebra.binary('mul', algebra.binary('sub', size, one), algebra.const(dilation));
  const room = algebra.binary('sub', algebra.binary('sub', length, reach), one);
  const last = algebra.binary('floordiv', room, algebra.const(stride));
  return algebra.binary('max', algebra.binary('add', last, one), algebra.const(0));
}

function staticCount(
  length: number | null,
  size: TensorVariable,
  stride: number,
  dilation: number,
): number | null {
  const known = knownSize(size);
  if (length === null || known === null) return null;
  const room = length - (known - 1) * dilation - 1;
  return Math.max(0, Math.floor(room / stride) + 1);
}

/** [...lead, ...size, ...between, ...count] */
function arrange<T>(
  { strides, between }: WindowLayout,
  leading: readonly T[],
  sizes: readonly T[],
  counts: readonly T[],
): T[] {
  const at = leading.length - between;
  if (counts.length !== strides.length) throw new Error('windows: a count for each stride');
  return [...leading.slice(0, at), ...sizes, ...leading.slice(at), ...counts];
}

function windowsOp(layout: WindowLayout): Op {
  const { strides, dilations, between } = layout;
  const spatial = strides.length;
  return defineOp({
    name: 'windows',
    props: { strides, dilations, between },
    types: ([x, ...sizes]) => {
      const lead = x.type.rank - spatial;
      const counts = sizes.map((size, k) =>
        staticCount(x.type.shape[lead + k], size, strides[k], dilations[k]),
      );
      const shape = arrange(layout, x.type.shape.slice(0, lead), sizes.map(knownSize), counts);
      return [new TensorType(x.dtype, shape)];
    },
    shapes: (algebra, [shape], node) => {
      const lead = shape.length - spatial;
      const sizes = node.inputs.slice(1).map((size) => algebra.valueOf(size));
      const counts = sizes.map((size, k) =>
        windowCount(algebra, shape[lead + k], size, strides[k], dilations[k]),
      );
      return [arrange(layout, shape.slice(0, lead), sizes, counts)];
    },
    perform: ([x, ...sizes]) => [
      viewOf(
        x,
        sizes.map((size) => Number(size.item())),
        layout,
      ),
    ],
    pullback: ({ inputs: [x, ...sizes] }, [g]) => [
      g && fold(g, lastSizes(x, spatial), layout),
      ...sizes.map(() => null),
    ],
    lower: {
      kind: 'index',
      gathers: false,
      repeats: true,
      sizesFrom: 1,
      map: (scope, node, point) => {
        const at = node.inputs[0].type.rank - spatial - between;
        const leading = [...point.slice(0, at), ...point.slice(at + spatial, -spatial)];
        const places = point.slice(at, at + spatial);
        const windows = point.slice(-spatial);
        return [
          ...leading,
          ...windows.map((window, k) =>
            plus(scope, times(scope, window, strides[k]), times(scope, places[k], dilations[k])),
          ),
        ];
      },
    },
  });
}

/** Sizes of the last axes. */
export const lastSizes = (x: TensorVariable, spatial: number): TensorVariable[] =>
  Array.from({ length: spatial }, (_, k) => shapeOf(x, x.type.rank - spatial + k));

function times(scope: PointScope, coordinate: Coordinate, factor: number): Coordinate {
  const { sizes } = scope;
  if (factor === 1) return coordinate;
  const by = sizes.const(factor);
  if (coordinate.kind === 'value') {
    return {
      kind: 'value',
      value: scope.scalar('mul', 'int64', coordinate.value, scope.size(by)),
    };
  }
  return {
    kind: 'affine',
    offset: sizes.mul(coordinate.offset, by),
    terms: coordinate.terms.map(({ stride, axis }) => ({ stride: sizes.mul(stride, by), axis })),
  };
}

function plus(scope: PointScope, a: Coordinate, b: Coordinate): Coordinate {
  if (a.kind === 'affine' && b.kind === 'affine') {
    const offset = scope.sizes.add(a.offset, b.offset);
    return { kind: 'affine', offset, terms: [...a.terms, ...b.terms] };
  }
  const [x, y] = [a, b].map((coordinate) => scope.coordinate(coordinate));
  return { kind: 'value', value: scope.scalar('add', 'int64', x, y) };
}

function viewOf(x: NDArray, sizes: readonly number[], layout: WindowLayout): NDArray {
  const { strides, dilations } = layout;
  const lead = x.rank - strides.length;
  const counts = sizes.map((size, k) => {
    const room = x.shape[lead + k] - (size - 1) * dilations[k] - 1;
    return Math.max(0, Math.floor(room / strides[k]) + 1);
  });
  const own = x.strides.slice(lead);
  const shape = arrange(layout, x.shape.slice(0, lead), sizes, counts);
  const steps = arrange(
    layout,
    x.strides.slice(0, lead),
    own.map((step, k) => step * dilations[k]),
    own.map((step, k) => step * strides[k]),
  );
  if (shape.includes(0)) return NDArray.zeros(shape, x.dtype);
  return NDArray.view(x.data, shape, { dtype: x.dtype, strides: steps, offset: x.offset });
}

/** The windows of `sizes` places over the last axes of `x`. */
export function windows(
  x: TensorVariable,
  sizes: readonly TensorVariable[],
  layout: WindowLayout,
): TensorVariable {
  return apply1(windowsOp(layout), [x, ...sizes]);
}

/** The routine's parameters: three of each kind, 1 for axes that there are not. */
function foldParams<S>(one: S, counts: readonly S[], ...axes: readonly (readonly S[])[]): S[] {
  const three = (values: readonly S[]): S[] => [
    ...values,
    ...Array.from({ length: 3 - values.length }, () => one),
  ];
  return [...counts, ...axes.flatMap(three)];
}

function foldOp(layout: WindowLayout): Op {
  const { strides, dilations, between } = layout;
  const spatial = strides.length;
  return routineOp({
    routine: 'fold',
    props: { strides, dilations, between },
    types: ([g, ...lengths]) => {
      const at = g.type.rank - 2 * spatial - between;
      const leading = [
        ...g.type.shape.slice(0, at),
        ...g.type.shape.slice(at + spatial, g.type.rank - spatial),
      ];
      return [new TensorType(g.dtype, [...leading, ...lengths.map(knownSize)])];
    },
    shapes: (algebra, [shape], node) => {
      const at = shape.length - 2 * spatial - between;
      const lengths = node.inputs.slice(1).map((length) => algebra.valueOf(length));
      const leading = [...shape.slice(0, at), ...shape.slice(at + spatial, -spatial)];
      lengths.forEach((length, k) => {
        const fits = windowCount(algebra, length, shape[at + k], strides[k], dilations[k]);
        const count = shape[shape.length - spatial + k];
        const text = `[fold] expected {b} windows on axis ${k}, got {a}`;
        algebra.requireEqual(count, fits, text);
      });
      return [[...leading, ...lengths]];
    },
    perform: ([g, ...lengths]) =>
      performRoutine(
        'fold',
        [g],
        foldParams(
          1,
          [spatial, between],
          lengths.map((length) => Number(length.item())),
          strides,
          dilations,
        ),
      ),
    lower: (scope, node) => {
      const { sizes } = scope.builder;
      const constants = (values: readonly number[]): number[] => values.map((v) => sizes.const(v));
      return foldParams(
        sizes.const(1),
        constants([spatial, between]),
        node.inputs.slice(1).map((length) => scope.sizeOf(length)),
        constants(strides),
        constants(dilations),
      );
    },
    sizesFrom: 1,
    pullback: ({ inputs: [g, ...lengths] }, [h]) => {
      const at = g.type.rank - 2 * spatial - between;
      const sizes = Array.from({ length: spatial }, (_, k) => shapeOf(g, at + k));
      return [h && windows(h, sizes, layout), ...lengths.map(() => null)];
    },
  });
}

/**
 * Adds the elements of windows at the places of axes of the given lengths that they were taken from; of
 * float16 in float32.
 */
export function fold(
  g: TensorVariable,
  lengths: readonly TensorVariable[],
  layout: WindowLayout,
): TensorVariable {
  if (g.dtype === 'float16') return cast(fold(cast(g, 'float32'), lengths, layout), 'float16');
  return apply1(foldOp(layout), [g, ...lengths]);
}
