/**
 * Random numbers as functions of a point: an element of a draw is made of the words at its place in the
 * sequence of random bits that a state names (routines/philox.ts). So draws fuse like any elementwise
 * op, and have the same bits on every device and for every number of threads.
 */
import { NullGradientError } from '../errors.js';
import { defineOp, type Op } from '../graph/op.js';
import { apply1, type Apply, type TensorVariable } from '../graph/variable.js';
import type { PointScope, Point, ScalarValue } from '../lower/lowering.js';
import type { ScalarOp } from '../lower/scalar-op.js';
import { gradUndefined } from '../graph/missing-gradient.js';
import { randomWords, type RandomWord } from '../routines/philox.js';
import { specialImplementations } from '../special/special-functions.js';
import { isFloat, type DType, type FloatDType } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import { TensorType } from '../types/tensor-type.js';
import { numbersOf, requiredSizes, staticSizes } from './given-sizes.js';
import { asSizes } from './shape.js';
import type { TensorLike } from './as-variable.js';

interface Draw {
  readonly name: string;
  readonly dtype: DType;
  /** Words of 64 random bits that an element is made of. */
  readonly words: number;
  /** Work of an element, in elementary operations. */
  readonly cost: number;
  /** The reference. */
  readonly value: (words: readonly RandomWord[]) => number | bigint;
  readonly build: (scope: PointScope, words: readonly ScalarValue[]) => ScalarValue;
}

/** Place of a point among the elements in row-major order, as int64. */
function placeOf(scope: PointScope, node: Apply, point: Point): ScalarValue {
  const shape = scope.shape(node.outputs[0]);
  return point.reduce(
    (before: ScalarValue, coordinate, axis) => {
      const own = scope.coordinate(coordinate);
      if (axis === 0) return own;
      const rows = scope.scalar('mul', 'int64', before, scope.size(shape[axis]));
      return scope.scalar('add', 'int64', rows, own);
    },
    scope.constant('int64', 0n),
  );
}

/** The random words of an element. */
function wordsAt(scope: PointScope, node: Apply, point: Point, count: number): ScalarValue[] {
  const { sizes } = scope;
  const u64 = (fn: ScalarOp, ...args: ScalarValue[]): ScalarValue =>
    scope.scalar(fn, 'uint64', ...args);
  const ofState = (k: number): ScalarValue =>
    scope.at(node.inputs[0], [{ kind: 'affine', offset: sizes.const(k), terms: [] }]);
  const [key, draw] = [ofState(0), ofState(1)];
  const first = u64(
    'mul',
    u64('cast', placeOf(scope, node, point)),
    scope.constant('uint64', BigInt(count)),
  );
  return Array.from({ length: count }, (_, k) =>
    u64('philox', key, draw, u64('add', first, scope.constant('uint64', BigInt(k)))),
  );
}

function drawOp({ name, dtype, words, cost, value, build }: Draw): Op {
  return defineOp({
    name,
    props: { dtype },
    types: ([, ...sizes]) => [new TensorType(dtype, staticSizes(sizes))],
    shapes: (algebra, _shapes, { inputs: [, ...sizes] }) => [requiredSizes(algebra, name, sizes)],
    perform: ([state, ...sizes]) => {
      const [key, draw] = [state.slice(0), state.slice(1)].map((v) => v.item({ bigint: true }));
      const wordAt = randomWords(BigInt(key), BigInt(draw));
      const out = NDArray.zeros(numbersOf(sizes), isFloat(dtype) ? 'float64' : dtype);
      const data = out.data as { [index: number]: number | bigint };
      for (let i = 0; i < out.size; i++)
        data[i] = value(Array.from({ length: words }, (_, k) => wordAt(i * words + k)));
      return [out.astype(dtype)];
    },
    pullback: ({ inputs }) => inputs.map(() => null),
    lower: {
      kind: 'expression',
      sizesFrom: 1,
      cost,
      build: (scope, node, point) => build(scope, wordsAt(scope, node, point, words)),
    },
  });
}

/** A maker of draws: from the state, a vector of a key and the number of the draw, and the sizes. */
function draws(definition: Draw): (state: TensorVariable, sizes: readonly TensorLike[]) => TensorVariable {
  const op = drawOp(definition);
  return (state, sizes) => apply1(op, [state, ...asSizes(op.name, sizes)]);
} // prettier-ignore

/** 64 random bits. */
export const randomBits = draws({
  name: 'random_bits',
  dtype: 'uint64',
  words: 1,
  cost: 20,
  value: ([{ high, low }]) => (BigInt(high) << 32n) | BigInt(low),
  build: (_scope, [word]) => word,
});

/** The bits of a word that a uniform float holds exactly: where they are, and what makes them one below 1. */
const fractions = {
  float16: { bits: 'uint16', mask: 0xffe0n, scale: 2 ** -16 },
  float32: { bits: 'uint32', mask: 0xffffff00n, scale: 2 ** -32 },
  float64: { bits: 'uint64', mask: 0xfffffffffffff800n, scale: 2 ** -64 },
} as const;

/** The bits of a word that a mask leaves, as a float. */
function maskedBits(
  scope: PointScope,
  dtype: FloatDType,
  { bits, mask }: { readonly bits: 'uint16' | 'uint32' | 'uint64'; readonly mask: bigint },
  word: ScalarValue,
): ScalarValue {
  const own = bits === 'uint64' ? word : scope.scalar('cast', bits, word);
  return scope.scalar('cast', dtype, scope.scalar('and', bits, own, scope.constant(bits, mask)));
}

/** A word's lowest bits as a multiple of 2^-11, 2^-24 or 2^-53 in [0, 1). */
function fraction(scope: PointScope, dtype: FloatDType, word: ScalarValue): ScalarValue {
  const whole = maskedBits(scope, dtype, fractions[dtype], word);
  return scope.scalar('mul', dtype, whole, scope.constant(dtype, fractions[dtype].scale));
}

/** The same in the reference. */
function fractionOf(dtype: FloatDType, { low, high }: RandomWord): number {
  const { mask, scale } = fractions[dtype];
  const kept = (low & Number(mask & 0xffffffffn)) >>> 0;
  return (dtype === 'float64' ? high * 2 ** 32 + kept : kept) * scale;
}

const uniforms = byFloat((dtype) => ({
  name: 'random_uniform',
  dtype,
  words: 1,
  cost: 20,
  value: ([word]) => fractionOf(dtype, word),
  build: (scope, [word]) => fraction(scope, dtype, word),
}));

/** Uniform in [0, 1): multiples of 2^-11, 2^-24 or 2^-53, each as probable as any. */
export function randomUniform(
  dtype: FloatDType,
  state: TensorVariable,
  sizes: readonly TensorLike[],
): TensorVariable {
  return uniforms[dtype](state, sizes);
}

type WideFloat = 'float32' | 'float64';

/** The bits of a word that become a probability in (0, ½], and what makes them one. */
const tails = {
  float32: { bits: 'uint32', mask: 0xffffffffn, scale: 2 ** -33 },
  float64: { bits: 'uint64', mask: 0x7fffffffffffffffn, scale: 2 ** -64 },
} as const;

/** What a word's lowest bits are as a probability in (0, ½], near 0 in fine steps. */
function tail(scope: PointScope, dtype: WideFloat, word: ScalarValue): ScalarValue {
  const whole = maskedBits(scope, dtype, tails[dtype], word);
  const middle = scope.scalar('add', dtype, whole, scope.constant(dtype, 0.5));
  return scope.scalar('mul', dtype, middle, scope.constant(dtype, tails[dtype].scale));
}

/** The same in the reference. */
function tailOf(dtype: WideFloat, { low, high }: RandomWord): number {
  const rounded = dtype === 'float64' ? Number : Math.fround;
  const whole = dtype === 'float64' ? (high & 0x7fffffff) * 2 ** 32 + low : low;
  return rounded(rounded(whole) + 0.5) * tails[dtype].scale;
}

/** `x`, or -x where a word's first bit is set. */
function signed(scope: PointScope, dtype: FloatDType, word: ScalarValue, x: ScalarValue): ScalarValue {
  const isPositive = scope.scalar('lt', 'bool', word, scope.constant('uint64', 1n << 63n));
  return scope.scalar('select', dtype, isPositive, x, scope.scalar('neg', dtype, x));
} // prettier-ignore
const signedOf = ({ high }: RandomWord, x: number): number => (high < 2 ** 31 ? x : -x);

const sides = (dtype: WideFloat): ReturnType<typeof draws> =>
  draws({
    name: 'random_side',
    dtype,
    words: 1,
    cost: 20,
    value: ([word]) => signedOf(word, tailOf(dtype, word)),
    build: (scope, [word]) => signed(scope, dtype, word, tail(scope, dtype, word)),
  });
const sidesOf = { float32: sides('float32'), float64: sides('float64') };

/**
 * Uniform in [-½, ½] without 0, where its steps are finest (2^-33 or 2^-64): the probabilities of both
 * sides of a distribution, for inverses that need them near 0.
 */
export function randomSide(
  dtype: WideFloat,
  state: TensorVariable,
  sizes: readonly TensorLike[],
): TensorVariable {
  return sidesOf[dtype](state, sizes);
}

/**
 * The x > 0 that a normal variable is beyond with probability p, over 1 - 2p, as a quotient of polynomials
 * in -log(4p(1 - p)): the argument of M. Giles, "Approximating the erfinv function" (2010). Our own fit
 * for p ≥ 2^-34, with an error of 1.1e-8.
 */
const quantile = {
  above: [
    1.253314123985538, 0.4475878194263454, 0.09110780051016314, 0.01255091810762857,
    0.00114259495218234, 5.994715325061531e-5, 1.9546771361623262e-7,
  ],
  below: [
    1, 0.09532371505612755, 0.03470718656994109, 0.002318076720199566, 0.0002501596399808671,
    3.796922078688757e-6,
  ],
}; // prettier-ignore

function quantileAt(scope: PointScope, p: ScalarValue): ScalarValue {
  const of = (fn: ScalarOp, ...args: ScalarValue[]): ScalarValue =>
    scope.scalar(fn, 'float32', ...args);
  const number = (x: number): ScalarValue => scope.constant('float32', x);
  const rest = of('sub', number(1), p);
  const w = of('neg', of('log', of('mul', of('mul', number(4), p), rest)));
  const [above, below] = [quantile.above, quantile.below].map((coefficients) =>
    coefficients
      .map(number)
      .reduceRight((sum, coefficient) => of('add', of('mul', sum, w), coefficient)),
  );
  return of('mul', of('sub', rest, p), of('div', above, below));
}

/** By the inverse of the distribution, of one word: without branches, so that loops vectorise; of float64 see special/draws.ts. */
const normals = byFloat((dtype) => {
  const wide = dtype === 'float64' ? 'float64' : 'float32';
  return {
    name: 'random_normal',
    dtype,
    words: 1,
    cost: 60,
    value: ([word]) => signedOf(word, specialImplementations().normal_draw(tailOf(wide, word))),
    build: (scope, [word]) => {
      const p = tail(scope, wide, word);
      const x = wide === 'float64' ? scope.scalar('normal_draw', wide, p) : quantileAt(scope, p);
      const value = signed(scope, wide, word, x);
      return dtype === wide ? value : scope.scalar('cast', dtype, value);
    },
  };
});

/** Normal with mean 0 and deviation 1. */
export function randomNormal(
  dtype: FloatDType,
  state: TensorVariable,
  sizes: readonly TensorLike[],
): TensorVariable {
  return normals[dtype](state, sizes);
}

function byFloat(define: (dtype: FloatDType) => Draw): Record<FloatDType, ReturnType<typeof draws>> {
  return {
    float16: draws(define('float16')),
    float32: draws(define('float32')),
    float64: draws(define('float64')),
  };
} // prettier-ignore

function parameterOp(draw: string): Op {
  const reason = `a ${draw} draw moves in steps`;
  return defineOp({
    name: 'draw_parameter',
    props: { draw },
    types: ([x]) => [x.type],
    shapes: (_algebra, [shape]) => [shape],
    perform: ([x]) => [x],
    pullback: () => [gradUndefined(reason)],
    pushforward: () => {
      throw new NullGradientError(
        `[Rop] expected a derivative, got one that is undefined: ${reason}`,
      );
    },
    lower: { kind: 'index', gathers: false, map: (_scope, _node, point) => point },
  });
}

/** A parameter of a discrete draw, by which there is no derivative: zero would be right for each draw, and not be meant. */
export function noGradientOf(draw: string, parameter: TensorVariable): TensorVariable {
  return apply1(parameterOp(draw), [parameter]);
}
