/** pad: a tensor with a border around it, constant or made of its own elements. */
import { ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { isFloat } from '../types/dtype.js';
import { broadcastTo } from './alloc.js';
import { arange } from './arange.js';
import { add, clip, floor, minimum, mod, mul, neg, round, sub, trueDiv } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { valuesFor } from './assigned-values.js';
import { cast } from './cast.js';
import { dimshuffle } from './dimshuffle.js';
import { concatenate } from './join.js';
import { withBorders, type Border } from './padding.js';
import { max, mean, min } from './reduce.js';
import { asSizes, shapeOf, sizesOf } from './shape.js';
import { addSizes } from './size-arithmetic.js';
import { subtensor } from './subtensor.js';
import { take } from './take.js';
import { config } from '../config/config.js';

/** How the border is made, as numpy.pad. */
export type PadMode =
  | 'constant'
  | 'edge'
  | 'reflect'
  | 'symmetric'
  | 'wrap'
  | 'linear_ramp'
  | 'maximum'
  | 'minimum'
  | 'mean';

/** Of all axes, `[before, after]` of all axes, or `[before, after]` of each; may be symbolic. */
export type PadWidths =
  TensorLike | readonly [TensorLike, TensorLike] | readonly (readonly [TensorLike, TensorLike])[];

export interface PadOptions {
  /** Value of a constant border; 0 unless given. */
  readonly constantValue?: TensorLike;
  /** Value that a ramp ends at; 0 unless given. */
  readonly endValue?: TensorLike;
}

function pairsOf(widths: PadWidths, rank: number): Border[] {
  const pair = (of: readonly TensorLike[]): Border => {
    const [before, after] = asSizes('pad', of.length === 1 ? [of[0], of[0]] : of);
    return [before, after];
  };
  if (!Array.isArray(widths)) return Array.from({ length: rank }, () => pair([widths]));
  const list = widths as readonly unknown[];
  if (!list.some(Array.isArray))
    return Array.from({ length: rank }, () => pair(list as TensorLike[]));
  if (list.length !== rank)
    throw new ShapeError(`[pad] expected widths for ${rank} axes, got ${list.length}`);
  return list.map((of) => pair(of as TensorLike[]));
}

/** Positions along an axis that elements, border included, come from. */
const positions: Partial<
  Record<PadMode, (at: TensorVariable, size: TensorVariable) => TensorVariable>
> = {
  edge: (at, size) => clip(at, 0, sub(size, 1)),
  wrap: (at, size) => mod(at, size),
  reflect: (at, size) => {
    const period = mul(sub(size, 1), 2);
    const place = mod(at, period);
    return minimum(place, sub(period, place));
  },
  symmetric: (at, size) => {
    const period = mul(size, 2);
    const place = mod(at, period);
    return minimum(place, sub(sub(period, 1), place));
  },
};

/** Joins borders made along one axis to the tensor. */
function joined(
  x: TensorVariable,
  axis: number,
  [before, after]: Border,
  border: (edge: TensorVariable, width: TensorVariable, backward: boolean) => TensorVariable,
): TensorVariable {
  const edge = (start: number): TensorVariable => {
    const whole = Array.from({ length: axis }, () => null);
    const element = subtensor(x, [...whole, start]);
    return dimshuffle(
      element,
      x.type.shape.map((_, k) => (k === axis ? 'x' : k < axis ? k : k - 1)),
    );
  };
  return concatenate([border(edge(0), before, false), x, border(edge(-1), after, true)], axis);
}

function stretched(
  part: TensorVariable,
  x: TensorVariable,
  axis: number,
  width: TensorVariable,
): TensorVariable {
  return broadcastTo(
    part,
    sizesOf(x).map((size, k) => (k === axis ? width : size)),
  );
}

/** From the end value to the edge; integers are rounded down. */
function ramp(x: TensorVariable, axis: number, pair: Border, end: TensorLike): TensorVariable {
  const float = isFloat(x.dtype) ? x.dtype : config.floatX;
  const last = cast(valuesFor('pad', x, end), float);
  return joined(x, axis, pair, (edge, width, backward) => {
    const rise = cast(arange(width), float);
    const steps = backward ? sub(cast(sub(width, 1), float), rise) : rise;
    const at = dimshuffle(
      steps,
      x.type.shape.map((_, k) => (k === axis ? 0 : 'x')),
    );
    const slope = trueDiv(sub(cast(edge, float), last), cast(width, float));
    const value = add(mul(at, slope), last);
    return cast(isFloat(x.dtype) ? value : floor(value), x.dtype);
  });
}

function statistic(x: TensorVariable, axis: number, mode: PadMode): TensorVariable {
  if (mode === 'mean') {
    const value = mean(x, axis, { keepdims: true });
    return cast(isFloat(x.dtype) ? value : round(value), x.dtype);
  }
  return (mode === 'maximum' ? max : min)(x, axis, { keepdims: true });
}

function alongAxis(
  x: TensorVariable,
  axis: number,
  pair: Border,
  mode: PadMode,
  end: TensorLike,
): TensorVariable {
  const positionsOf = positions[mode];
  if (positionsOf !== undefined) {
    const size = shapeOf(x, axis);
    return take(x, positionsOf(arange(neg(pair[0]), addSizes(size, pair[1])), size), axis);
  }
  if (mode === 'linear_ramp') return ramp(x, axis, pair, end);
  const value = statistic(x, axis, mode);
  const [before, after] = pair.map((width) => stretched(value, x, axis, width));
  return concatenate([before, x, after], axis);
}

/**
 * `x` with a border of the given widths, as numpy.pad: constant (0), or continued by its own elements.
 * @throws ShapeError, DTypeError
 */
export function pad(
  x: TensorLike,
  widths: PadWidths,
  mode: PadMode = 'constant',
  { constantValue, endValue = 0 }: PadOptions = {},
): TensorVariable {
  const v = asVariable(x);
  const pairs = pairsOf(widths, v.type.rank);
  if (mode === 'constant') {
    const filling = constantValue === undefined ? 0 : valuesFor('pad', v, constantValue);
    return withBorders(v, pairs, filling);
  }
  return pairs.reduce((padded, pair, axis) => alongAxis(padded, axis, pair, mode, endValue), v);
}
