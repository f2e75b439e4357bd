/**
 * Discrete Fourier transforms. Complex numbers are pairs along a last axis of 2, real and imaginary
 * part; axes are counted without it. The ops transform the last axis and scale nothing; they are linear,
 * and each one's transpose is another of them.
 */
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import type { Op, SizeAlgebra } from '../graph/op.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { performRoutine } from '../routines/reference.js';
import { TensorType, normalizeAxes, normalizeAxis } from '../types/tensor-type.js';
import { arange } from './arange.js';
import { mul, sqrt, sub, trueDiv } from './arithmetic.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { eq, lt, or, switchOp } from './compare.js';
import { dimshuffle } from './dimshuffle.js';
import { inFloat } from './floats.js';
import { pad } from './pad.js';
import { roll } from './rearrange.js';
import { routineOp } from './routine-op.js';
import { asSizes, shapeOf } from './shape.js';
import {
  addSizes,
  divideSizes,
  knownSize,
  maximumSize,
  multiplySizes,
  subtractSizes,
} from './size-arithmetic.js';
import { slice, subtensor } from './subtensor.js';

const halfOf = (n: number): number => Math.floor(n / 2) + 1;

/** The same of a size. */
const halfSizeOf = <S>(algebra: SizeAlgebra<S>, n: S): S =>
  algebra.binary('add', algebra.binary('floordiv', n, algebra.const(2)), algebra.const(1));

function requireComplex(op: string, x: TensorVariable): void {
  const last = x.type.shape[x.type.rank - 1];
  if (x.type.rank < 2 || (last !== null && last !== 2))
    throw new ShapeError(
      `[${op}] expected real and imaginary parts on a last axis of size 2, got ${x.type.key} (${x.toString()})`,
    );
}

const partsText = (op: string): string =>
  `[${op}] expected real and imaginary parts on a last axis of size {b}, got size {a}`;

const noneText = (op: string): string =>
  `[${op}] expected at least {a} number to transform, got {b}`;

const fftOps: readonly Op[] = [false, true].map((backward) =>
  routineOp({
    routine: 'fft',
    props: { backward },
    params: [Number(backward)],
    types: ([x]) => {
      requireComplex('fft', x);
      return [x.type];
    },
    shapes: (algebra, [shape]) => {
      algebra.requireEqual(shape[shape.length - 1], algebra.const(2), partsText('fft'));
      algebra.requireAtMost(algebra.const(1), shape[shape.length - 2], noneText('fft'));
      return [shape];
    },
    pullback: (_node, [g]) => [g && apply1(fftOps[Number(!backward)], [g])],
    pushforward: ({ op }, [t]) => [t && apply1(op, [t])],
  }),
);

const rfftOp: Op = routineOp({
  routine: 'rfft',
  types: ([x]) => {
    if (x.type.rank === 0)
      throw new ShapeError(`[rfft] expected at least one axis, got ${x.type.key}`);
    const n = x.type.shape[x.type.rank - 1];
    const half = n === null ? null : halfOf(n);
    return [new TensorType(x.dtype, [...x.type.shape.slice(0, -1), half, 2])];
  },
  shapes: (algebra, [shape]) => {
    const n = shape[shape.length - 1];
    algebra.requireAtMost(algebra.const(1), n, noneText('rfft'));
    return [[...shape.slice(0, -1), halfSizeOf(algebra, n), algebra.const(2)]];
  },
  // Backward, numbers that mirror others count twice; here each counts once.
  pullback: ({ inputs: [x] }, [g]) => {
    if (g === null) return [null];
    const n = shapeOf(x, -1);
    return [apply1(irfftOp, [weighted(g, n, 0.5), n])];
  },
  pushforward: ({ op }, [t]) => [t && apply1(op, [t])],
});

const irfftOp: Op = routineOp({
  routine: 'irfft',
  types: ([x, n]) => {
    requireComplex('irfft', x);
    return [new TensorType(x.dtype, [...x.type.shape.slice(0, -2), knownSize(n)])];
  },
  shapes: (algebra, [shape], node) => {
    const n = algebra.valueOf(node.inputs[1]);
    algebra.requireEqual(shape[shape.length - 1], algebra.const(2), partsText('irfft'));
    algebra.requireAtMost(algebra.const(1), n, noneText('irfft'));
    const text = '[irfft] expected {b} numbers for a result of this size, got {a}';
    algebra.requireEqual(shape[shape.length - 2], halfSizeOf(algebra, n), text);
    return [[...shape.slice(0, -2), n]];
  },
  perform: ([x, n]) => performRoutine('irfft', [x], [Number(n.item())]),
  lower: (scope, node) => [scope.sizeOf(node.inputs[1])],
  sizesFrom: 1,
  pullback: ({ inputs: [, n] }, [g]) => [g && weighted(apply1(rfftOp, [g]), n, 2), null],
  pushforward: ({ op, inputs: [, n] }, [t]) => [t && apply1(op, [t, n])],
});

/** Numbers [..., n/2 + 1, 2] times `weight`, but for the first and, of an even n, the last, which mirror no others. */
function weighted(x: TensorVariable, n: TensorVariable, weight: number): TensorVariable {
  const place = arange(addSizes(divideSizes(n, 2), 1));
  const alone = or(eq(place, 0), eq(mul(place, 2), n));
  const one = scalarConstant(1, x.dtype);
  const weights = switchOp(alone, one, scalarConstant(weight, x.dtype));
  return mul(x, dimshuffle(weights, [0, 'x']));
}

/**
 * How transforms are scaled. `backward`: those backward by 1/n, so that one undoes the other;
 * `forward`: those forward; `ortho`: both by 1/√n; `none`: neither.
 */
export type FourierNorm = 'backward' | 'forward' | 'ortho' | 'none';

export interface FourierScaling {
  /** `backward` unless given. */
  readonly norm?: FourierNorm;
}
export interface LineOptions extends FourierScaling {
  /** Along which axis; the last unless given. */
  readonly axis?: number;
}
export interface FourierOptions extends LineOptions {
  /** How many numbers of the axis are transformed, zeros behind its end; all unless given. */
  readonly n?: TensorLike;
}
export interface InverseRealOptions extends FourierOptions {
  /** Whether the result's size is odd: 2·(m - 1) + 1 for m numbers, else 2·(m - 1). Not beside `n`. */
  readonly odd?: boolean;
}
export interface GridOptions extends FourierScaling {
  /** Which axes, the last of them first where numbers become real or complex; all unless given. */
  readonly axes?: readonly number[];
}
export interface InverseGridOptions extends GridOptions {
  /** Whether the size of the last of the axes is odd in the result; false unless given. */
  readonly odd?: boolean;
}

/** `y`, of transforms of n numbers, scaled. */
function scaled(
  y: TensorVariable,
  n: TensorVariable,
  backward: boolean,
  norm: FourierNorm = 'backward',
): TensorVariable {
  const count = cast(n, y.dtype);
  if (norm === 'ortho') return trueDiv(y, sqrt(count));
  return norm === (backward ? 'backward' : 'forward') ? trueDiv(y, count) : y;
}

/** The first n along an axis; zeros behind the end. */
function fitted(x: TensorVariable, axis: number, n: TensorVariable): TensorVariable {
  const size = shapeOf(x, axis);
  const [have, want] = [knownSize(size), knownSize(n)];
  const whole = Array.from({ length: axis }, () => slice(null));
  const part = have !== null && have === want ? x : subtensor(x, [...whole, slice(0, n)]);
  const missing = maximumSize(subtractSizes(n, size), 0);
  if (knownSize(missing) === 0) return part;
  return pad(
    part,
    x.type.shape.map((_, k) => (k === axis ? [0, missing] : [0, 0])),
  );
}

const oneSize = (op: string, n: TensorLike): TensorVariable => asSizes(op, [n])[0];

/** `axis` of `count` axes as the last of them, and back; the parts of complex numbers stay behind. */
function asLast(op: string, axis: number, count: number) {
  const from = normalizeAxis(op, axis, count);
  const order = Array.from({ length: count }, (_, k) => k).filter((k) => k !== from);
  order.push(from);
  const back = order.map((_, k) => order.indexOf(k));
  const arranged = (x: TensorVariable, axes: readonly number[]): TensorVariable =>
    from === count - 1 ? x : dimshuffle(x, x.type.rank > count ? [...axes, count] : axes);
  return {
    there: (x: TensorVariable) => arranged(x, order),
    back: (x: TensorVariable) => arranged(x, back),
  };
}

function complexTransform(backward: boolean) {
  const op = backward ? 'ifft' : 'fft';
  return (x: TensorLike, { n, axis = -1, norm }: FourierOptions = {}): TensorVariable =>
    inFloat(x, (v) => {
      requireComplex(op, v);
      const lines = v.type.rank - 1;
      const move = asLast(op, axis, lines);
      const last = move.there(v);
      const taken = n === undefined ? last : fitted(last, lines - 1, oneSize(op, n));
      const y = apply1(fftOps[Number(backward)], [taken]);
      return move.back(scaled(y, shapeOf(taken, lines - 1), backward, norm));
    });
}

/** Transforms of complex numbers [..., n, 2]: y_k = Σ x_j e^(-2πi·jk/n). @throws ShapeError; IndexRangeError for an axis */
export const fft = complexTransform(false);
/** What `fft` transforms to the complex numbers given. @throws as fft does */
export const ifft = complexTransform(true);

/**
 * Transforms of real numbers [..., n]: [..., n/2 + 1, 2], those that do not mirror others.
 * @throws ShapeError for no axes, or none to transform; IndexRangeError for an axis
 */
export function rfft(x: TensorLike, { n, axis = -1, norm }: FourierOptions = {}): TensorVariable {
  return inFloat(x, (v) => {
    const { rank } = v.type;
    const move = asLast('rfft', axis, rank);
    const last = move.there(v);
    const taken = n === undefined ? last : fitted(last, rank - 1, oneSize('rfft', n));
    return move.back(scaled(apply1(rfftOp, [taken]), shapeOf(taken, rank - 1), false, norm));
  });
}

/**
 * The real numbers [..., n] whose `rfft` is given, [..., n/2 + 1, 2]; n is even unless said. Imaginary
 * parts of numbers that mirror themselves do not count. @throws as rfft does
 */
export function irfft(x: TensorLike, options: InverseRealOptions = {}): TensorVariable {
  const { n, odd = false, axis = -1, norm } = options;
  return inFloat(x, (v) => {
    requireComplex('irfft', v);
    const lines = v.type.rank - 1;
    const move = asLast('irfft', axis, lines);
    const last = move.there(v);
    const twice = multiplySizes(subtractSizes(shapeOf(last, lines - 1), 1), 2);
    const size = n === undefined ? addSizes(twice, Number(odd)) : oneSize('irfft', n);
    const taken =
      n === undefined ? last : fitted(last, lines - 1, addSizes(divideSizes(size, 2), 1));
    return move.back(scaled(apply1(irfftOp, [taken, size]), size, true, norm));
  });
}

/** Axes of x, which has `rank` of them, in order given. */
function axesOf(op: string, axes: readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, k) => k);
  normalizeAxes(op, axes, rank);
  if (axes.length === 0) throw new ShapeError(`[${op}] expected at least one axis, got none`);
  return axes.map((axis) => normalizeAxis(op, axis, rank));
}

function complexGrid(backward: boolean) {
  const op = backward ? 'ifftn' : 'fftn';
  const one = backward ? ifft : fft;
  return (x: TensorLike, { axes, norm }: GridOptions = {}): TensorVariable => {
    const v = asVariable(x);
    requireComplex(op, v);
    return axesOf(op, axes, v.type.rank - 1).reduceRight(
      (y: TensorVariable, axis) => one(y, { axis, ...(norm && { norm }) }),
      v,
    );
  };
}

/** `fft` along several axes. @throws as fft does */
export const fftn = complexGrid(false);
/** `ifft` along several axes. @throws as fft does */
export const ifftn = complexGrid(true);

/** `rfft` along the last of several axes, then `fft` along the others. @throws as rfft does */
export function rfftn(x: TensorLike, { axes, norm }: GridOptions = {}): TensorVariable {
  const v = asVariable(x);
  const list = axesOf('rfftn', axes, v.type.rank);
  const scaling = norm && { norm };
  const y = rfft(v, { axis: list[list.length - 1], ...scaling });
  return list.length === 1 ? y : fftn(y, { axes: list.slice(0, -1), ...scaling });
}

/** What `rfftn` transforms to the complex numbers given. @throws as rfft does */
export function irfftn(x: TensorLike, options: InverseGridOptions = {}): TensorVariable {
  const { axes, norm, odd = false } = options;
  const v = asVariable(x);
  requireComplex('irfftn', v);
  const list = axesOf('irfftn', axes, v.type.rank - 1);
  const scaling = norm && { norm };
  const y = list.length === 1 ? v : ifftn(v, { axes: list.slice(0, -1), ...scaling });
  return irfft(y, { axis: list[list.length - 1], odd, ...scaling });
}

/** The frequencies [n] of what `fft` gives, in cycles per unit of `spacing`: of floatX. */
export function fftfreq(n: TensorLike, spacing = 1): TensorVariable {
  const size = oneSize('fftfreq', n);
  const place = arange(size);
  const half = divideSizes(addSizes(size, 1), 2);
  return trueDiv(sub(place, switchOp(lt(place, half), 0, size)), mul(size, spacing));
}

const shifted =
  (op: string, sign: 1 | -1) =>
  (x: TensorLike, axes: number | readonly number[]): TensorVariable => {
    const v = asVariable(x);
    const list = [axes].flat().map((axis) => normalizeAxis(op, axis, v.type.rank));
    return roll(
      v,
      list.map((axis) => multiplySizes(divideSizes(shapeOf(v, axis), 2), sign)),
      list,
    );
  };
/** With frequency 0, the first along each of `axes`, in the middle. */
export const fftshift = shifted('fftshift', 1);
/** Undoes `fftshift`. */
export const ifftshift = shifted('ifftshift', -1);

/** The frequencies [n/2 + 1] of what `rfft` gives of n numbers: of floatX. */
export function rfftfreq(n: TensorLike, spacing = 1): TensorVariable {
  const size = oneSize('rfftfreq', n);
  return trueDiv(arange(addSizes(divideSizes(size, 2), 1)), mul(size, spacing));
}
