/** Arithmetic beyond sums and products (see sums.ts, products.ts): zeros, powers, squares, casts. */
import { scalarConstant } from '../../graph/constant.js';
import type { Apply, TensorVariable } from '../../graph/variable.js';
import { abs, mul, pow, reciprocal, sqr, sqrt, trueDiv } from '../../ops/arithmetic.js';
import { cast } from '../../ops/cast.js';
import { dimshuffle } from '../../ops/dimshuffle.js';
import { canCastExactly, isFloat } from '../../types/dtype.js';
import {
  filled,
  inPlaceOf,
  inputsOf,
  isUniform,
  ownerIf,
  uniformScalar,
  uniformValue,
} from '../match.js';
import { rule, type Rule } from '../rule.js';

const zeroProducts = rule(
  'x*0 and 0/x are 0',
  ['mul', 'true_div'],
  ['canonicalize', 'arith', 'unsafe-nan'],
  (node, { shapes }) => {
    const [a, b] = node.inputs;
    const zero = isUniform(a, 0) ? a : node.op.name === 'mul' && isUniform(b, 0) ? b : null;
    if (zero === null) return null;
    return zero.type.shape.every((n) => n === 1) ? filled(node, 0) : inPlaceOf(zero, node, shapes);
  },
);

/** A power that is the same number everywhere and does not stretch its base. */
function uniformPower({ inputs: [x, exponent], outputs: [out] }: Apply): number | null {
  const power = uniformValue(exponent);
  return power === null || x.type.key !== out.type.key ? null : Number(power);
}

const powerOfZero = rule('x**0 is 1', 'pow', ['canonicalize', 'arith', 'unsafe-nan'], (node) =>
  isUniform(node.inputs[1], 0) ? filled(node, 1) : null,
);

/** They differ at -Infinity, where the power is Infinity. */
const rootPower = rule(
  'x**0.5 is sqrt(x)',
  'pow',
  ['canonicalize', 'arith', 'unsafe-nan'],
  (node) =>
    uniformPower(node) === 0.5 && isFloat(node.outputs[0].dtype) ? sqrt(node.inputs[0]) : null,
);

const negativePower = rule('x**-n is 1/x**n', 'pow', ['canonicalize', 'arith'], (node) => {
  const power = uniformPower(node);
  const [x, exponent] = node.inputs;
  if (power === null || power >= 0 || !isFloat(x.dtype)) return null;
  const [one, positive] = [scalarConstant(1, x.dtype), scalarConstant(-power, exponent.dtype)];
  return trueDiv(one, power === -1 ? x : pow(x, positive));
});

/** Largest exponent that is spelled out. */
const MOST_POWER = 16;

const powers = rule('powers by multiplication', 'pow', ['specialize', 'arith'], (node) => {
  const power = uniformPower(node);
  const [x] = node.inputs;
  if (power === null || !Number.isInteger(power) || power < 1 || power > MOST_POWER) return null;
  let result: TensorVariable | null = null;
  let square = x;
  for (let rest = power; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === null ? square : mul(result, square);
    if (rest > 1) square = sqr(square);
  }
  return result;
});

const squares = rule('x*x is sqr(x)', 'mul', ['specialize', 'arith'], ({ inputs: [a, b] }) =>
  a === b ? sqr(a) : null,
);

/** The square of a large number overflows, that of a small one vanishes; the root of it would show. */
const rootOfSquare = rule(
  'sqrt(x*x) is abs(x)',
  'sqrt',
  ['stabilize', 'arith'],
  ({ inputs: [x] }) => {
    const base = squareRoot(x);
    return base === null ? null : abs(base);
  },
);

/** The a of a², however it is spelled. */
function squareRoot(x: TensorVariable): TensorVariable | null {
  const node = ownerIf(x, 'sqr', 'mul', 'pow');
  if (node === null) return null;
  const [a, b] = node.inputs;
  if (node.op.name === 'sqr') return a;
  if (node.op.name === 'mul') return a === b ? a : null;
  return uniformPower(node) === 2 ? a : null;
}

const reciprocals = rule(
  '1/x is reciprocal(x)',
  'true_div',
  ['specialize', 'arith'],
  ({ inputs: [a, b], outputs: [out] }) =>
    isUniform(a, 1) && b.type.key === out.type.key ? reciprocal(b) : null,
);

/** A factor that is one scalar goes before a dimshuffle, so that it stays one multiplication. */
const scalarBeforeShuffle = rule(
  'keep scalars scalar',
  'mul',
  ['canonicalize', 'arith'],
  ({ inputs: [a, b], outputs: [out] }) => {
    const isUnit = (v: TensorVariable): boolean => v.type.shape.every((n) => n === 1);
    const [s, t] = [uniformScalar(a), uniformScalar(b)];
    if (s === null || t === null || out.type.rank === 0 || !isUnit(a) || !isUnit(b)) return null;
    const order = out.type.shape.map(() => 'x' as const);
    return dimshuffle(mul(s, t), order);
  },
);

const mergeCasts = rule(
  'merge casts',
  'cast',
  ['canonicalize', 'cast'],
  ({ inputs: [x], outputs: [out] }) => {
    if (x.dtype === out.dtype) return x;
    const inner = inputsOf(x, 'cast')?.[0];
    return inner !== undefined && canCastExactly(inner.dtype, x.dtype)
      ? cast(inner, out.dtype)
      : null;
  },
);

export const arithRules: readonly Rule[] = [
  mergeCasts,
  zeroProducts,
  powerOfZero,
  rootPower,
  negativePower,
  scalarBeforeShuffle,
  powers,
  squares,
  rootOfSquare,
  reciprocals,
];
