/**
 * Pooling over the last axes: what is left of each window. Max pooling gives its gradient to the first
 * maximum of a window, in the order of the axes, on every device.
 */
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { dtypeInfo, isFloat } from '../types/dtype.js';
import { TensorType } from '../types/tensor-type.js';
import { arange } from './arange.js';
import { add, intDiv, maximum, mul, sub, trueDiv } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { eq, switchOp } from './compare.js';
import { dimshuffle } from './dimshuffle.js';
import { onesLike } from './alloc.js';
import { withBorders, withoutBorders, type Border } from './padding.js';
import { performReduction } from './reduce-perform.js';
import { argmax, max, sum } from './reduce.js';
import { shapeOf } from './shape.js';
import { asFloat } from './floats.js';
import { fold, windows, type WindowLayout } from './windows.js';

export type PoolMode = 'max' | 'sum' | 'averageIncPad' | 'averageExcPad';

export interface PoolOptions {
  /** 'max' unless given. */
  readonly mode?: PoolMode;
  /** Steps between windows; their sizes unless given. */
  readonly stride?: number | readonly number[];
  /** Cells beyond both ends of each axis, none unless given: the least of values for `max`, else zeros. */
  readonly pad?: number | readonly number[];
  /** Whether windows that reach over the end are left out; true unless given. */
  readonly ignoreBorder?: boolean;
}

const range = (from: number, length: number): number[] =>
  Array.from({ length }, (_, k) => from + k);

/** Axes of a window's places in windows of `spatial` axes. */
const placeAxes = ({ type: { rank } }: TensorVariable, spatial: number): number[] =>
  range(rank - 2 * spatial, spatial);

/** `x` with axes of size 1 where windows have their places. */
function overPlaces(x: TensorVariable, spatial: number): TensorVariable {
  const lead = x.type.rank - spatial;
  const places = Array.from({ length: spatial }, () => 'x' as const);
  return dimshuffle(x, [...range(0, lead), ...places, ...range(lead, spatial)]);
}

/** The number of each place of a window, in the order of the axes, to be broadcast against windows. */
function placeNumbers(seen: TensorVariable, spatial: number): TensorVariable {
  const axes = placeAxes(seen, spatial);
  return axes
    .map((axis, k) => {
      const places = arange(shapeOf(seen, axis));
      const order = range(0, 2 * spatial).map((j) => (j === k ? 0 : ('x' as const)));
      const inner = axes.slice(k + 1).map((later) => shapeOf(seen, later));
      return inner.reduce((numbers, size) => mul(numbers, size), dimshuffle(places, order));
    })
    .reduce((a, b) => add(a, b));
}

/** The largest of each window; ties give the whole gradient to the first. */
const maxOfWindowsOp = (spatial: number): Op =>
  defineOp({
    name: 'max_pool',
    props: { spatial },
    types: ([seen]) => [
      new TensorType(
        seen.dtype,
        seen.type.shape.filter((_, axis) => !placeAxes(seen, spatial).includes(axis)),
      ),
    ],
    shapes: (_algebra, [shape]) => {
      const lead = shape.length - 2 * spatial;
      return [[...shape.slice(0, lead), ...shape.slice(lead + spatial)]];
    },
    perform: ([seen], node) => {
      const axes = placeAxes(node.inputs[0], spatial);
      return [performReduction('max_pool', 'max', seen, axes, seen.dtype, true)];
    },
    pullback: ({ inputs: [seen] }, [g]) => {
      if (g === null) return [null];
      const first = overPlaces(argmax(seen, placeAxes(seen, spatial)), spatial);
      const chosen = eq(placeNumbers(seen, spatial), first);
      return [switchOp(chosen, overPlaces(g, spatial), scalarConstant(0, g.dtype))];
    },
    lower: {
      kind: 'composite',
      expand: ({ inputs: [seen] }) => [max(seen, placeAxes(seen, spatial))],
    },
  });

function integers(
  what: string,
  name: string,
  value: number | readonly number[],
  spatial: number,
  least: number,
): readonly number[] {
  const list = typeof value === 'number' ? Array.from({ length: spatial }, () => value) : value;
  if (list.length !== spatial || !list.every((n) => Number.isInteger(n) && n >= least)) {
    throw new ShapeError(
      `[${name}] expected ${what} of ${spatial} integers of at least ${least}, got ${list.join(', ')}`,
    );
  }
  return list;
}

/** The windows of a pooling with what it takes to undo them. */
interface Pooling {
  readonly name: string;
  readonly spatial: number;
  readonly sizes: readonly TensorVariable[];
  readonly borders: readonly Border[];
  readonly layout: WindowLayout;
}

function poolingOf(
  name: string,
  x: TensorVariable,
  window: readonly number[],
  { stride, pad = 0, ignoreBorder = true }: PoolOptions,
): Pooling {
  const spatial = window.length;
  if (x.type.rank < spatial) {
    throw new ShapeError(
      `[${name}] expected a rank of at least ${spatial}, got ${x.toString()}: ${x.type.key}`,
    );
  }
  integers('a window', name, window, spatial, 1);
  const strides = integers('a stride', name, stride ?? window, spatial, 1);
  const pads = integers('a pad', name, pad, spatial, 0);
  if (!ignoreBorder && pads.some((n) => n > 0)) {
    throw new ShapeError(`[${name}] expected no pad where the border is not ignored`);
  }
  pads.forEach((n, k) => {
    if (n >= window[k]) {
      throw new ShapeError(
        `[${name}] expected a pad less than the window of ${window[k]} on spatial axis ${k}, got ${n}`,
      );
    }
  });
  const number = (value: number): TensorVariable => scalarConstant(value, 'int64');
  const borders = window.map((size, k): Border => {
    if (ignoreBorder) return [number(pads[k]), number(pads[k])];
    // So many cells that the last window that begins inside is whole.
    const length = shapeOf(x, x.type.rank - spatial + k);
    const reach = Math.max(size, strides[k]);
    const steps = intDiv(maximum(sub(add(length, strides[k] - 1), reach), number(0)), strides[k]);
    const missing = sub(add(mul(steps, strides[k]), size), length);
    return [number(0), maximum(missing, number(0))];
  });
  return {
    name,
    spatial,
    sizes: window.map(number),
    borders,
    layout: { strides, dilations: window.map(() => 1), between: 0 },
  };
}

const see = (
  x: TensorVariable,
  { borders, sizes, layout }: Pooling,
  fill: number,
): TensorVariable => windows(withBorders(x, borders, fill), sizes, layout);

/** The cells of each window that are cells of `x`. */
function countCells(x: TensorVariable, pooling: Pooling): TensorVariable {
  const seen = see(onesLike(x), pooling, 0);
  return sum(seen, placeAxes(seen, pooling.spatial));
}

function leastOf(x: TensorVariable): number {
  return isFloat(x.dtype) ? -Infinity : Number(dtypeInfo[x.dtype].min);
}

function pool(
  name: string,
  input: TensorLike,
  window: number | readonly number[],
  spatial: number,
  options: PoolOptions,
): TensorVariable {
  const { mode = 'max', ignoreBorder = true } = options;
  const average = mode === 'averageIncPad' || mode === 'averageExcPad';
  const x = average ? asFloat(input) : asVariable(input);
  const list = integers('a window', name, window, spatial, 1);
  const pooling = poolingOf(name, x, list, options);
  if (mode === 'max') return apply1(maxOfWindowsOp(spatial), [see(x, pooling, leastOf(x))]);
  const seen = see(x, pooling, 0);
  const total = cast(sum(seen, placeAxes(seen, spatial)), x.dtype);
  if (mode === 'sum') return total;
  const padded = mode === 'averageIncPad' && ignoreBorder;
  if (padded)
    return trueDiv(
      total,
      list.reduce((a, b) => a * b, 1),
    );
  return trueDiv(total, countCells(x, pooling));
}

/** Pooling over the last axis. @throws ShapeError */
export function pool1d(
  input: TensorLike,
  window: number,
  options: PoolOptions = {},
): TensorVariable {
  return pool('pool1d', input, window, 1, options);
}

/**
 * What `mode` leaves of windows over the last two axes, which need not be images of channels:
 * [..., h, w] → [..., y, x]. The border's windows divide by the cells that they have.
 * @throws ShapeError for a window, stride or pad that does not fit
 */
export function pool2d(
  input: TensorLike,
  window: number | readonly [number, number],
  options: PoolOptions = {},
): TensorVariable {
  return pool('pool2d', input, window, 2, options);
}

/** `pool2d` over the last three axes. @throws ShapeError */
export function pool3d(
  input: TensorLike,
  window: number | readonly [number, number, number],
  options: PoolOptions = {},
): TensorVariable {
  return pool('pool3d', input, window, 3, options);
}

/** `input` with all but the first maximum of each window of the last two axes set to 0. @throws ShapeError */
export function maxPool2dSameSize(
  input: TensorLike,
  window: number | readonly [number, number],
): TensorVariable {
  const x = asVariable(input);
  const list = integers('a window', 'max_pool_2d_same_size', window, 2, 1);
  const pooling = poolingOf('max_pool_2d_same_size', x, list, { ignoreBorder: false });
  const seen = see(x, pooling, leastOf(x));
  const first = overPlaces(argmax(seen, placeAxes(seen, 2)), 2);
  const kept = switchOp(eq(placeNumbers(seen, 2), first), seen, scalarConstant(0, x.dtype));
  const { rank } = x.type;
  const lengths = pooling.borders.map(([before, after], k) =>
    add(add(shapeOf(x, rank - 2 + k), before), after),
  );
  return withoutBorders(fold(kept, lengths, pooling.layout), pooling.borders);
}
