/**
 * Elementwise arithmetic. Integers wrap; division by an integer zero gives 0; `intDiv` rounds toward
 * minus infinity and `mod` takes the divisor's sign, for floats too.
 */
import { Constant } from '../graph/constant.js';
import { apply1, type TensorVariable } from '../graph/variable.js';
import { asVariable, asVariables, type TensorLike } from './as-variable.js';
import { and, eq, ge, gt, le, lt, or, switchOp as where } from './compare.js';
import { elementwise, elementwiseOp } from './elementwise.js';
import { log } from './transcendental.js';

type Num = number;
const refusesBool = {
  dtypes: (dtype: string): boolean => dtype === 'bool',
  hint: 'cast it to an integer dtype, or use and/or/xor/invert',
};

/** Two functions of integers, for numbers of at most 32 bits and for bigints. */
const byWidth =
  (small: (a: Num, b: Num) => Num | bigint, big: (a: bigint, b: bigint) => bigint) =>
  (a: Num | bigint, b: Num | bigint): Num | bigint =>
    typeof a === 'bigint' ? big(a, b as bigint) : small(a, b as Num);

export const add = elementwise('add', {
  scalar: 'add',
  evaluate: (a: Num, b: Num) => a + b,
  result: 'same',
  onBool: () => or.op,
  pullback: (_node, [g]) => [g, g],
});

export const sub = elementwise('sub', {
  scalar: 'sub',
  evaluate: (a: Num, b: Num) => a - b,
  result: 'same',
  refuses: { ...refusesBool, hint: 'use xor for bool, or cast it to an integer dtype' },
  pullback: (_node, [g]) => [g, g && neg(g)],
});

// Math.imul keeps the low 32 bits of a product, which are all that wrapping needs.
const multiplyIntegers = byWidth(Math.imul, (a, b) => a * b);

export const mul = elementwise('mul', {
  scalar: 'mul',
  evaluate: (a: Num, b: Num) => a * b,
  integer: multiplyIntegers,
  result: 'same',
  onBool: () => and.op,
  pullback: ({ inputs: [a, b] }, [g]) => [g && mul(g, b), g && mul(g, a)],
});

export const trueDiv = elementwise('true_div', {
  scalar: 'div',
  evaluate: (a: Num, b: Num) => a / b,
  result: 'float',
  // d/db a/b = -(a/b)/b
  pullback: ({ inputs: [, b], outputs: [q] }, [g]) => [
    g && trueDiv(g, b),
    g && neg(trueDiv(mul(g, q), b)),
  ],
});

/** The integer that belongs to the exact remainder: 1 // 0.1 is 9, though 1 / 0.1 rounds to 10. */
function floorDivide(a: Num, b: Num): Num {
  if (b === 0) return a / b;
  const rest = a % b;
  const quotient = (a - rest) / b - Number(rest !== 0 && rest < 0 !== b < 0);
  if (quotient === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

function floorDivideBig(a: bigint, b: bigint): bigint {
  if (b === 0n) return 0n;
  return a / b - BigInt(a % b !== 0n && a < 0n !== b < 0n);
}

/** The remainder with the divisor's sign, exact but for the one addition. */
function floorModulo(a: Num, b: Num): Num {
  const rest = a % b;
  if (rest === 0) return b < 0 || Object.is(b, -0) ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

function floorModuloBig(a: bigint, b: bigint): bigint {
  if (b === 0n) return 0n;
  const rest = a % b;
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
}

export const intDiv = elementwise('int_div', {
  scalar: 'intdiv',
  evaluate: floorDivide,
  integer: byWidth((a, b) => (b === 0 ? 0 : Math.floor(a / b)), floorDivideBig),
  result: 'same',
  refuses: refusesBool,
  pullback: 'not-differentiable',
});

export const mod = elementwise('mod', {
  scalar: 'mod',
  evaluate: floorModulo,
  integer: byWidth((a, b) => (b === 0 ? 0 : floorModulo(a, b)), floorModuloBig),
  result: 'same',
  refuses: refusesBool,
  // a mod b = a - b·⌊a/b⌋, the floor being locally constant
  pullback: ({ inputs: [a, b] }, [g]) => [g, g && neg(mul(g, intDiv(a, b)))],
});

/** C's pow: 1 to any power is 1, and -1 to an infinite one is too. */
const power = (a: Num, b: Num): Num =>
  a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;

/** By squaring, modulo 2^64; a negative exponent gives 0 but for the bases 1 and -1. */
function powerBig(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n)
    return base === 1n ? 1n : base === -1n ? ((exponent & 1n) === 0n ? 1n : -1n) : 0n;
  let [result, square] = [1n, base];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = BigInt.asIntN(64, result * square);
    square = BigInt.asIntN(64, square * square);
  }
  return result;
}

/** Whether `v` is a constant other than 0 in every element. */
function isNonzero(v: TensorVariable): boolean {
  let at = v;
  while (at.owner?.op.name === 'dimshuffle') [at] = at.owner.inputs;
  return at instanceof Constant && at.scalar !== null && Number(at.scalar) !== 0;
}

export const pow = elementwise('pow', {
  scalar: 'pow',
  evaluate: power,
  integer: byWidth((a, b) => powerBig(BigInt(a), BigInt(b)), powerBig),
  result: 'same',
  refuses: refusesBool,
  // d/da a^b = b·a^(b-1), and 0 where b is 0; d/db a^b = a^b·log a, and 0 where a is 0
  pullback: ({ inputs: [a, b], outputs: [p] }, [g]) => {
    if (g === null) return [null, null];
    const still = eq(b, 0);
    const slope = isNonzero(b)
      ? mul(b, pow(a, sub(b, 1)))
      : where(still, 0, mul(b, pow(a, where(still, 1, sub(b, 1)))));
    const zero = eq(a, 0);
    return [mul(g, slope), mul(g, where(zero, 0, mul(p, log(where(zero, 1, a)))))];
  },
});

export const neg = elementwise('neg', {
  scalar: 'neg',
  evaluate: (a: Num) => -a,
  result: 'same',
  refuses: { ...refusesBool, hint: 'use invert for bool' },
  pullback: (_node, [g]) => [g && neg(g)],
});

export const abs = elementwise('abs', {
  scalar: 'abs',
  evaluate: Math.abs,
  integer: (a: Num) => (a < 0 ? -a : a),
  result: 'same',
  refuses: refusesBool,
  pullback: ({ inputs: [x] }, [g]) => [g && mul(g, sgn(x))],
});

export const sgn = elementwise('sgn', {
  scalar: 'sgn',
  evaluate: (a: Num) => (a > 0 ? 1 : a < 0 ? -1 : a === 0 ? 0 : a),
  integer: (a: Num) => (a > 0 ? 1 : a < 0 ? -1 : 0),
  result: 'same',
  refuses: refusesBool,
  pullback: 'not-differentiable',
});

export const sqr = elementwise('sqr', {
  scalar: 'sqr',
  evaluate: (a: Num) => a * a,
  integer: (a: Num | bigint) => multiplyIntegers(a, a),
  result: 'same',
  refuses: refusesBool,
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

const nanFirst =
  (choose: (a: Num, b: Num) => Num) =>
  (a: Num, b: Num): Num =>
    a !== a ? a : b !== b ? b : choose(a, b);

/** Elementwise maximum; NaN wins; at a tie the gradient is halved. */
export const maximum = elementwise('maximum', {
  scalar: 'max',
  evaluate: nanFirst((a, b) => (a > b ? a : b)),
  result: 'same',
  pullback: ({ inputs: [a, b] }, [g]) =>
    g === null ? [null, null] : [shareOf(g, ge(a, b), gt(a, b)), shareOf(g, ge(b, a), gt(b, a))],
});

/** Elementwise minimum; NaN wins; at a tie the gradient is halved. */
export const minimum = elementwise('minimum', {
  scalar: 'min',
  evaluate: nanFirst((a, b) => (a < b ? a : b)),
  result: 'same',
  pullback: ({ inputs: [a, b] }, [g]) =>
    g === null ? [null, null] : [shareOf(g, le(a, b), lt(a, b)), shareOf(g, le(b, a), lt(b, a))],
});

/** Gradient of the operand that is chosen: all of it where the choice is strict, half at a tie. */
function shareOf(
  g: TensorVariable,
  chosen: TensorVariable,
  strictly: TensorVariable,
): TensorVariable {
  return where(chosen, where(strictly, g, mul(g, 0.5)), 0);
}

/** `x` limited to [low, high]; where low > high the result is low. At the bounds the gradient passes. */
export function clip(x: TensorLike, low: TensorLike, high: TensorLike): TensorVariable {
  const [v, least, most] = asVariables([x, low, high]);
  return where(
    gt(v, most),
    maximum(most, least),
    where(le(least, v), v, where(eq(v, v), least, v)),
  );
}

const roundHalfEven = (a: Num): Num => {
  const floor = Math.floor(a);
  const rest = a - floor;
  if (rest !== 0.5) return Object.is(a, -0) || (a < 0 && a >= -0.5) ? -0 : Math.round(a);
  const even = floor % 2 === 0 ? floor : floor + 1;
  return even === 0 && a < 0 ? -0 : even;
};

const rounding = (
  name: string,
  scalar: 'floor' | 'ceil' | 'trunc' | 'round',
  f: (a: Num) => Num,
): ReturnType<typeof elementwise> =>
  elementwise(name, { scalar, evaluate: f, result: 'float', pullback: 'not-differentiable' });

export const floor = rounding('floor', 'floor', Math.floor);
export const ceil = rounding('ceil', 'ceil', Math.ceil);
export const trunc = rounding('trunc', 'trunc', Math.trunc);
/** Rounds half to even. */
export const round = rounding('round', 'round', roundHalfEven);

const reluOp = elementwiseOp(
  'relu',
  {
    scalar: 'max',
    evaluate: (a: Num) => (a > 0 || a !== a ? a : 0),
    integer: (a: Num) => (a > 0 ? a : 0),
    result: 'same',
    pullback: ({ inputs: [x] }, [g]) => [g && where(gt(x, 0), g, 0)],
  },
  {
    kind: 'expression',
    build: (scope, { inputs: [x] }, point) =>
      scope.scalar('max', x.dtype, scope.at(x, point), scope.constant(x.dtype, 0)),
  },
);

/** max(x, 0); NaN stays; the gradient at 0 is 0. */
export function relu(x: TensorLike): TensorVariable {
  return apply1(reluOp, [asVariable(x)]);
}
