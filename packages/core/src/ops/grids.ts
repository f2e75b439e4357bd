/** Evenly spaced numbers and grids of coordinates. */
import { config } from '../config/config.js';
import { DTypeError, ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { isFloat, type DType } from '../types/dtype.js';
import { promote } from '../types/promote.js';
import { arange } from './arange.js';
import { abs, add, maximum, mul, pow, sgn, sub, trueDiv } from './arithmetic.js';
import { asVariable, asVariables, isLiteral, type TensorLike } from './as-variable.js';
import { broadcastArrays } from './broadcast.js';
import { cast } from './cast.js';
import { and, eq, gt, le, switchOp } from './compare.js';
import { dimshuffle } from './dimshuffle.js';
import { alignRanks } from './elementwise.js';
import { isSlice, type Slice } from './subtensor.js';
import { asSizes } from './shape.js';
import { swapaxes } from './axes.js';
import { exp, log } from './transcendental.js';

export interface SpaceOptions {
  /** Whether `stop` is the last number; true unless given. */
  readonly endpoint?: boolean;
  /** A float dtype; by default that of the bounds, or floatX. */
  readonly dtype?: DType;
}

/** Bounds as floats of one dtype and rank, and the positions 0, 1, … in a new first axis. */
function prepare(
  op: string,
  start: TensorLike,
  stop: TensorLike,
  count: TensorLike,
  dtype: DType | undefined,
): { from: TensorVariable; to: TensorVariable; at: TensorVariable; size: TensorVariable } {
  if (dtype !== undefined && !isFloat(dtype))
    throw new DTypeError(`[${op}] expected a float dtype, got ${dtype}`);
  const bounds = asVariables([start, stop]);
  const common = bounds.map((bound): DType => bound.dtype).reduce(promote);
  const plain = isLiteral(start) && isLiteral(stop);
  const float = dtype ?? (isFloat(common) && !plain ? common : config.floatX);
  const [from, to] = alignRanks(bounds.map((bound) => cast(bound, float)));
  const [size] = asSizes(op, [count]);
  const places = dimshuffle(arange(size), [0, ...from.type.shape.map(() => 'x' as const)]);
  return { from, to, at: places, size };
}

/** `value`, but the bound itself at the last position. */
function endingAt(
  bound: TensorVariable,
  value: TensorVariable,
  at: TensorVariable,
  size: TensorVariable,
): TensorVariable {
  // Of a single number the first bound is the one.
  return switchOp(and(eq(at, sub(size, 1)), gt(size, 1)), bound, value);
}

/** How far positions are from the first, in steps from the first bound to the second: 0 to 1. */
function stepsOf(size: TensorVariable, endpoint: boolean): TensorVariable {
  return endpoint ? maximum(sub(size, 1), 1) : maximum(size, 1);
}

/**
 * `count` numbers from `start` to `stop`, evenly spaced, in a new first axis; the bounds and the count
 * may be symbolic. @throws DTypeError, ShapeError
 */
export function linspace(
  start: TensorLike,
  stop: TensorLike,
  count: TensorLike = 50,
  { endpoint = true, dtype }: SpaceOptions = {},
): TensorVariable {
  const { from, to, at, size } = prepare('linspace', start, stop, count, dtype);
  const step = trueDiv(sub(to, from), cast(stepsOf(size, endpoint), from.dtype));
  const value = add(mul(cast(at, from.dtype), step), from);
  return endpoint ? endingAt(to, value, at, size) : value;
}

/** `count` powers of `base` whose exponents are evenly spaced from `start` to `stop`. @throws DTypeError, ShapeError */
export function logspace(
  start: TensorLike,
  stop: TensorLike,
  count: TensorLike = 50,
  { base = 10, ...options }: SpaceOptions & { readonly base?: TensorLike } = {},
): TensorVariable {
  const exponents = linspace(start, stop, count, options);
  return cast(pow(asVariable(base, exponents.dtype), exponents), exponents.dtype);
}

/** `count` numbers from `start` to `stop` with a constant ratio; the bounds have one sign. @throws DTypeError, ShapeError */
export function geomspace(
  start: TensorLike,
  stop: TensorLike,
  count: TensorLike = 50,
  { endpoint = true, dtype }: SpaceOptions = {},
): TensorVariable {
  const { from, to, at, size } = prepare('geomspace', start, stop, count, dtype);
  const exponents = linspace(log(abs(from)), log(abs(to)), count, { endpoint });
  const value = mul(sgn(from), exp(exponents));
  const first = switchOp(eq(at, 0), from, value);
  return endpoint ? endingAt(to, first, at, size) : first;
}

/** Bounds of a grid's axis: `slice(start, stop, step)`, or `[start, stop, step]`. */
export type GridRange = Slice | readonly [start: TensorLike, stop: TensorLike, step?: number];

function rangeOf(range: GridRange): TensorVariable {
  const { start, stop, step } = isSlice(range)
    ? range
    : { start: range[0], stop: range[1], step: range[2] };
  if (stop === null || stop === undefined)
    throw new ShapeError('[mgrid] expected a stop for each axis, got none');
  return arange(start ?? 0, stop, step ?? 1);
}

/** One range an axis, each along its own axis, of size 1 along the others. @throws ShapeError */
export function ogrid(...ranges: readonly GridRange[]): TensorVariable[] {
  return ranges.map((range, axis) =>
    dimshuffle(
      rangeOf(range),
      ranges.map((_, k) => (k === axis ? 0 : 'x')),
    ),
  );
}

/** The coordinates of a grid's points, one tensor an axis. @throws ShapeError */
export function mgrid(...ranges: readonly GridRange[]): TensorVariable[] {
  return broadcastArrays(...ogrid(...ranges));
}

export interface MeshgridOptions {
  /** 'xy' (the default): the first vector runs along axis 1, the second along axis 0; 'ij': in their order. */
  readonly indexing?: 'xy' | 'ij';
  /** Leave axes of size 1 where a result does not change; false unless given. */
  readonly sparse?: boolean;
}

/** Coordinates of the grid that vectors span, one tensor a vector. @throws ShapeError */
export function meshgrid(
  vectors: readonly TensorLike[],
  { indexing = 'xy', sparse = false }: MeshgridOptions = {},
): TensorVariable[] {
  const spread = vectors.map((vector, axis) => {
    const v = asVariable(vector);
    if (v.type.rank > 1)
      throw new ShapeError(
        `[meshgrid] expected vectors, got rank ${v.type.rank} (${v.toString()})`,
      );
    const own = v.type.rank === 0 ? ('x' as const) : 0;
    const wide = dimshuffle(
      v,
      vectors.map((_, k) => (k === axis ? own : 'x')),
    );
    return indexing === 'xy' && vectors.length > 1 ? swapaxes(wide, 0, 1) : wide;
  });
  return sparse ? spread : broadcastArrays(...spread);
}

/** The Bartlett window of `count` points: a triangle from 0 to 1 and back; floatX unless told otherwise. */
export function bartlett(count: TensorLike, dtype: DType = config.floatX): TensorVariable {
  const [size] = asSizes('bartlett', [count]);
  const last = cast(sub(size, 1), dtype);
  const at = cast(arange(size), dtype);
  const rise = trueDiv(mul(at, 2), last);
  const window = switchOp(le(at, trueDiv(last, 2)), rise, sub(2, rise));
  // A single point has no slope.
  return switchOp(eq(size, 1), 1, window);
}
