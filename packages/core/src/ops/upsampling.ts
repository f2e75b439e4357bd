/** Images made larger. */
import { ShapeError } from '../errors.js';
import { scalarConstant } from '../graph/constant.js';
import type { TensorVariable } from '../graph/variable.js';
import { arange } from './arange.js';
import { add, clip, intDiv, mod, mul, sub, trueDiv } from './arithmetic.js';
import type { TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { dimshuffle } from './dimshuffle.js';
import { asFloat } from './floats.js';
import { shapeOf } from './shape.js';
import { take } from './take.js';

/** A ratio p/q of sizes. */
type Fraction = readonly [p: number, q: number];

/**
 * Along one axis: p cells for each, between neighbours linearly, beyond the outer ones their values; of
 * these every q-th. The first cell's value is at (p - 1)/2, rounded down.
 */
function stretch(x: TensorVariable, axis: number, [p, q]: Fraction): TensorVariable {
  const length = shapeOf(x, axis);
  const places = sub(arange(0, mul(length, p), q), Math.floor((p - 1) / 2));
  const left = intDiv(places, p);
  const inside = (at: TensorVariable): TensorVariable => clip(at, 0, sub(length, 1));
  const share = trueDiv(cast(mod(places, p), x.dtype), p);
  const order = Array.from({ length: x.type.rank }, (_, k) => (k === axis ? 0 : ('x' as const)));
  const part = dimshuffle(share, order);
  const [a, b] = [left, add(left, 1)].map((at) => take(x, inside(at), axis));
  return add(mul(a, sub(scalarConstant(1, x.dtype), part)), mul(b, part));
}

function upsampled(
  op: string,
  input: TensorLike,
  fractions: readonly [Fraction, Fraction],
): TensorVariable {
  const x = asFloat(input);
  if (x.type.rank < 2 || !fractions.flat().every((n) => Number.isInteger(n) && n >= 1)) {
    const ratios = fractions.map(([p, q]) => (q === 1 ? p : `${p}/${q}`)).join(', ');
    throw new ShapeError(
      `[${op}] expected images and positive integers as ratios, got ${x.type.key} and ${ratios}`,
    );
  }
  const { rank } = x.type;
  return stretch(stretch(x, rank - 2, fractions[0]), rank - 1, fractions[1]);
}

/**
 * [..., h, w] → [..., h · ratio, w · ratio], between neighbouring cells linearly, as Theano's
 * `bilinear_upsampling`. @throws ShapeError
 */
export function bilinearUpsampling(
  input: TensorLike,
  ratio: number | readonly [number, number],
): TensorVariable {
  const [rows, columns] = typeof ratio === 'number' ? [ratio, ratio] : ratio;
  return upsampled('bilinear_upsampling', input, [
    [rows, 1],
    [columns, 1],
  ]);
}

function reduced([p, q]: Fraction): Fraction {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const common = divisor(p, q);
  return [p / common, q / common];
}

/**
 * [..., h, w] → [..., ⌈h·p/q⌉, ⌈w·p/q⌉] for a ratio p/q, or one for each axis: `bilinearUpsampling` by p, of
 * which every q-th cell is kept, as Theano's `frac_bilinear_upsampling`. @throws ShapeError
 */
export function fracBilinearUpsampling(
  input: TensorLike,
  ratio: Fraction | readonly [Fraction, Fraction],
): TensorVariable {
  const isOne = (given: typeof ratio): given is Fraction => typeof given[0] === 'number';
  const [rows, columns] = isOne(ratio) ? [ratio, ratio] : ratio;
  return upsampled('frac_bilinear_upsampling', input, [reduced(rows), reduced(columns)]);
}
