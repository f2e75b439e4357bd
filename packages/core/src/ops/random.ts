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
import { Constant } from '../graph/constant.js';
import { gradUndefined } from '../graph/missing-gradient.js';
import { randomWords, type RandomWord } from '../routines/philox.js';
import { isFloat, type DType, type FloatDType } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import { TensorType } from '../types/tensor-type.js';
import { asSizes, requireSizes } from './shape.js';
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
    types: ([, ...sizes]) => [
      new TensorType(
        dtype,
        sizes.map((size) => (size instanceof Constant ? Number(size.scalar) : null)),
      ),
    ],
    shapes: (algebra, _shapes, node) => [
      requireSizes(
        algebra,
        name,
        node.inputs.slice(1).map((size) => algebra.valueOf(size)),
      ),
    ],
    perform: ([state, ...sizes]) => {
      const [key, draw] = [state.slice(0), state.slice(1)].map((v) => v.item({ bigint: true }));
      const wordAt = randomWords(BigInt(key), BigInt(draw));
      const out = NDArray.zeros(
        sizes.map((size) => Number(size.item())),
        isFloat(dtype) ? 'float64' : dtype,
      );
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

/** A word's lowest bits as a multiple of 2^-11, 2^-24 or 2^-53 in [0, 1). */
function fraction(scope: PointScope, dtype: FloatDType, word: ScalarValue): ScalarValue {
  const { bits, mask, scale } = fractions[dtype];
  const own = bits === 'uint64' ? word : scope.scalar('cast', bits, word);
  const whole = scope.scalar('and', bits, own, scope.constant(bits, mask));
  return scope.scalar('mul', dtype, scope.scalar('cast', dtype, whole), scope.constant(dtype, scale));
} // prettier-ignore

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

/** Added to a fraction, so that its logarithm is finite. */
const aboveZero = { float32: 2 ** -25, float64: 2 ** -54 };

/** G. E. P. Box and M. E. Muller, "A note on the generation of random normal deviates" (1958). */
const normals = byFloat((dtype) => {
  const wide = dtype === 'float64' ? 'float64' : 'float32';
  return {
    name: 'random_normal',
    dtype,
    words: 2,
    cost: 80,
    value: ([a, b]) =>
      Math.sqrt(-2 * Math.log(fractionOf(wide, a) + aboveZero[wide])) *
      Math.cos(2 * Math.PI * fractionOf(wide, b)),
    build: (scope, [a, b]) => {
      const of = (fn: ScalarOp, ...args: ScalarValue[]): ScalarValue =>
        scope.scalar(fn, wide, ...args);
      const number = (x: number): ScalarValue => scope.constant(wide, x);
      const positive = of('add', fraction(scope, wide, a), number(aboveZero[wide]));
      const radius = of('sqrt', of('mul', of('log', positive), number(-2)));
      const angle = of('mul', fraction(scope, wide, b), number(2 * Math.PI));
      const value = of('mul', radius, of('cos', angle));
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
