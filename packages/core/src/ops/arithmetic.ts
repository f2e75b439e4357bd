/**
 * Elementwise arithmetic. Integers wrap; division by an integer zero gives 0; `intDiv` rounds toward
 * minus infinity and `mod` takes the divisor's sign, for floats too.
 */
import type { TensorVariable } from '../graph/variable.js';
import { asVariable, type TensorLike } from './as-variable.js';
import { cast } from './cast.js';
import { eq, ge, gt, le, switchOp as where } from './compare.js';
import { elementwise } from './elementwise.js';
import { log } from './transcendental.js';
import { zerosLike } from './alloc.js';

type Num = number;
const arithmeticOnBool = { dtypes: (dtype: string): boolean => dtype === 'bool', hint: 'cast it to an integer dtype, or use and/or/xor/invert' };

export const add = elementwise('add', {
  scalar: 'add',
  evaluate: (a: Num, b: Num) => a + b,
  result: 'same',
  pullback: (_node, [g]) => [g, g],
});

export const sub = elementwise('sub', {
  scalar: 'sub',
  evaluate: (a: Num, b: Num) => a - b,
  result: 'same',
  refuses: { ...arithmeticOnBool, hint: 'use xor for bool, or cast it to an integer dtype' },
  pullback: (_node, [g]) => [g, g && neg(g)],
});

/** A product of integers beyond 2^53 is taken exactly, so that wrapping it gives the right low bits. */
function multiply(a: Num | bigint, b: Num | bigint): Num | bigint {
  if (typeof a === 'bigint' || typeof b === 'bigint') return BigInt(a) * BigInt(b);
  const product = a * b;
  const exact = Number.isSafeInteger(product) || !Number.isInteger(a) || !Number.isInteger(b);
  return exact ? product : BigInt(a) * BigInt(b);
}

export const mul = elementwise('mul', {
  scalar: 'mul',
  evaluate: multiply as never,
  result: 'same',
  pullback: ({ inputs: [a, b] }, [g]) => [g && mul(g, b), g && mul(g, a)],
});

export const trueDiv = elementwise('true_div', {
  scalar: 'div',
  evaluate: (a: Num, b: Num) => a / b,
  result: 'float',
  // d/db a/b = -(a/b)/b
  pullback: ({ inputs: [, b], outputs: [q] }, [g]) => [g && trueDiv(g, b), g && neg(trueDiv(mul(g, q), b))],
});

function floorDivide(a: Num | bigint, b: Num | bigint): Num | bigint {
  if (typeof a === 'bigint' || typeof b === 'bigint') {
    const [p, q] = [BigInt(a), BigInt(b)];
    if (q === 0n) return 0n;
    const quotient = p / q;
    return p % q !== 0n && p < 0n !== q < 0n ? quotient - 1n : quotient;
  }
  return Math.floor(a / b);
}

/** a - b·⌊a/b⌋ with the divisor's sign, exact where the remainder is. */
function floorModulo(a: Num | bigint, b: Num | bigint): Num | bigint {
  if (typeof a === 'bigint' || typeof b === 'bigint') {
    const [p, q] = [BigInt(a), BigInt(b)];
    if (q === 0n) return 0n;
    const rest = p % q;
    return rest !== 0n && rest < 0n !== q < 0n ? rest + q : rest;
  }
  const rest = a % b;
  if (rest === 0) return b < 0 || Object.is(b, -0) ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

export const intDiv = elementwise('int_div', {
  scalar: 'intdiv',
  evaluate: floorDivide as never,
  result: 'same',
  refuses: arithmeticOnBool,
  pullback: 'not-differentiable',
});

export const mod = elementwise('mod', {
  scalar: 'mod',
  evaluate: floorModulo as never,
  result: 'same',
  refuses: arithmeticOnBool,
  // a mod b = a - b·⌊a/b⌋, the floor being locally constant
  pullback: ({ inputs: [a, b] }, [g]) => [g, g && neg(mul(g, intDiv(a, b)))],
});

function power(a: Num | bigint, b: Num | bigint): Num | bigint {
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return numberPower(Number(a), Number(b));
  if (b >= 0n) return powMod(a, b);
  return a === 1n ? 1n : a === -1n ? ((b & 1n) === 0n ? 1n : -1n) : 0n;
}

/** C's pow: 1 to any power is 1, -1 to an infinite one too. */
function numberPower(a: number, b: number): number | bigint {
  if (a === 1 || (a === -1 && Math.abs(b) === Infinity)) return 1;
  const result = a ** b;
  const exact = Number.isSafeInteger(result) || !Number.isFinite(result) || !Number.isInteger(a) || !Number.isInteger(b);
  return exact ? result : BigInt(a) ** BigInt(b);
}

function powMod(base: bigint, exponent: bigint): bigint {
  let [result, b, e] = [1n, base, exponent];
  for (; e > 0n; e >>= 1n) {
    if ((e & 1n) === 1n) result = BigInt.asIntN(64, result * b);
    b = BigInt.asIntN(64, b * b);
  }
  return result;
}

export const pow = elementwise('pow', {
  scalar: 'pow',
  evaluate: ((a: Num | bigint, b: Num | bigint) => power(a, b)) as never,
  result: 'same',
  refuses: arithmeticOnBool,
  // d/da a^b = b·a^(b-1); d/db a^b = a^b·log a, and 0 where a is 0
  pullback: ({ inputs: [a, b], outputs: [p] }, [g]) => {
    if (g === null) return [null, null];
    return [
      mul(g, mul(b, pow(a, sub(b, 1)))),
      mul(g, where(eq(a, 0), zerosLike(p), mul(p, log(where(eq(a, 0), 1, a))))),
    ];
  },
});

export const neg = elementwise('neg', {
  scalar: 'neg',
  evaluate: (a: Num) => -a,
  result: 'same',
  refuses: { ...arithmeticOnBool, hint: 'use invert for bool' },
  pullback: (_node, [g]) => [g && neg(g)],
});

export const abs = elementwise('abs', {
  scalar: 'abs',
  evaluate: (a: Num) => (a < 0 ? -a : a === 0 ? (typeof a === 'bigint' ? a : 0) : a),
  result: 'same',
  pullback: ({ inputs: [x] }, [g]) => [g && mul(g, sgn(x))],
});

export const sgn = elementwise('sgn', {
  scalar: 'sgn',
  evaluate: (a: Num) => (a > 0 ? 1 : a < 0 ? -1 : typeof a === 'bigint' ? 0 : Number.isNaN(a) ? a : 0),
  result: 'same',
  pullback: 'not-differentiable',
});

export const sqr = elementwise('sqr', {
  scalar: 'sqr',
  evaluate: (a: Num) => a * a,
  result: 'same',
  pullback: ({ inputs: [x] }, [g]) => [g && mul(g, mul(x, 2))],
});

export const sqrt = elementwise('sqrt', {
  scalar: 'sqrt',
  evaluate: (a: Num) => Math.sqrt(a),
  result: 'float',
  pullback: ({ outputs: [r] }, [g]) => [g && trueDiv(mul(g, 0.5), r)],
});

export const reciprocal = elementwise('reciprocal', {
  scalar: 'reciprocal',
  evaluate: (a: Num) => 1 / a,
  result: 'float',
  pullback: ({ outputs: [r] }, [g]) => [g && neg(mul(g, sqr(r)))],
});

const nanFirst = (choose: (a: Num, b: Num) => Num) => (a: Num, b: Num): Num => (a !== a ? a : b !== b ? b : choose(a, b));

/** Elementwise maximum; NaN wins; at a tie the gradient is halved. */
export const maximum = elementwise('maximum', {
  scalar: 'max',
  evaluate: nanFirst((a, b) => (a > b ? a : b)),
  result: 'same',
  pullback: ({ inputs: [a, b] }, [g]) => g === null ? [null, null] : splitTies(g, ge(a, b), gt(a, b), le(a, b)),
});

/** Elementwise minimum; NaN wins; at a tie the gradient is halved. */
export const minimum = elementwise('minimum', {
  scalar: 'min',
  evaluate: nanFirst((a, b) => (a < b ? a : b)),
  result: 'same',
  pullback: ({ inputs: [a, b] }, [g]) => g === null ? [null, null] : splitTies(g, le(a, b), gt(b, a), ge(a, b)),
});

/** Gradients of a choice: the first operand's share is 1 where it strictly wins, a half at a tie. */
function splitTies(g: TensorVariable, first: TensorVariable, strictly: TensorVariable, second: TensorVariable): TensorVariable[] {
  const share = where(first, where(strictly, cast(asVariable(1), g.dtype), cast(asVariable(0.5, g.dtype), g.dtype)), 0);
  const other = where(second, sub(1, share), 0);
  return [mul(g, share), mul(g, other)];
}

/** `x` limited to [low, high]; where low > high the result is low. At the bounds the gradient passes. */
export function clip(x: TensorLike, low: TensorLike, high: TensorLike): TensorVariable {
  const v = asVariable(x);
  return where(gt(v, high), maximum(high, low), where(le(low, v), v, where(eq(v, v), low, v)));
}

const roundHalfEven = (a: Num): Num => {
  const floor = Math.floor(a);
  const rest = a - floor;
  if (rest !== 0.5) return Object.is(a, -0) || (a < 0 && a >= -0.5) ? -0 : Math.round(a);
  const even = floor % 2 === 0 ? floor : floor + 1;
  return even === 0 && a < 0 ? -0 : even;
};

const rounding = (name: string, scalar: 'floor' | 'ceil' | 'trunc' | 'round', f: (a: Num) => Num): ReturnType<typeof elementwise> =>
  elementwise(name, { scalar, evaluate: f, result: 'float', pullback: 'not-differentiable' });

export const floor = rounding('floor', 'floor', Math.floor);
export const ceil = rounding('ceil', 'ceil', Math.ceil);
export const trunc = rounding('trunc', 'trunc', Math.trunc);
/** Rounds half to even. */
export const round = rounding('round', 'round', roundHalfEven);

/** max(x, 0), its gradient 0 at 0. */
export function relu(x: TensorLike): TensorVariable {
  const v = asVariable(x);
  return where(gt(v, 0), v, where(eq(v, v), zerosLike(v), v));
}
