/**
 * The scalar operations as JavaScript text, one total table: bool as boolean, 64-bit integers as
 * bigint, every other dtype as a number that is a value of that dtype.
 */
import { isBig, isFloat, isUnsigned } from '../types/dtype.js';
import type { DType } from '../types/dtype.js';
import { drawFunctions, specialFunctions } from '../lower/scalar-op.js';
import type { DrawFunction, ScalarOp, SpecialFunction } from '../lower/scalar-op.js';
import { scalarValue } from '../lower/scalar-bits.js';
import { mathOps } from './math-functions.js';

/** As ScalarText of the C family; for comparisons `dtype` is that of the arguments. */
export type JsScalarText = (args: readonly string[], dtype: DType, from: DType) => string;

/** `text`, computed by JavaScript's own arithmetic, brought back to a value of the dtype. */
export function jsRound(dtype: DType, text: string): string {
  switch (dtype) {
    case 'bool':
    case 'float64':
      return text;
    case 'int8':
      return `(${text}) << 24 >> 24`;
    case 'int16':
      return `(${text}) << 16 >> 16`;
    case 'int32':
      return `(${text}) | 0`;
    case 'uint8':
      return `(${text}) & 255`;
    case 'uint16':
      return `(${text}) & 65535`;
    case 'uint32':
      return `(${text}) >>> 0`;
    case 'int64':
      return `BigInt.asIntN(64, ${text})`;
    case 'uint64':
      return `BigInt.asUintN(64, ${text})`;
    case 'float16':
      return `h.round16(${text})`;
    case 'float32':
      return `Math.fround(${text})`;
  }
}

/** A literal; negative ones in parentheses, so that any operator may precede. */
export function jsLiteral(dtype: DType, lo: number, hi: number): string {
  const value = scalarValue(dtype, { lo, hi });
  if (dtype === 'bool') return value === 0 ? 'false' : 'true';
  const text = typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? '-0' : `${value}`;
  return text.startsWith('-') ? `(${text})` : text;
}

/** The function that rounds inside a helper: float16 is computed in float32. */
function rounder(dtype: DType): string {
  return dtype === 'float64' ? 'h.same' : 'Math.fround';
}

const rounded =
  (text: JsScalarText): JsScalarText =>
  (args, dtype, from) =>
    jsRound(dtype, text(args, dtype, from));

const infix = (symbol: string): JsScalarText => rounded((args) => args.join(` ${symbol} `));

const math = (name: string): JsScalarText => rounded((args) => `Math.${name}(${args.join(', ')})`);

const call = (name: string): JsScalarText => rounded((args) => `h.${name}(${args.join(', ')})`);

const stepwise = (name: string): JsScalarText =>
  rounded((args, dtype) => `h.${name}(${[...args, rounder(dtype)].join(', ')})`);

const compare =
  (symbol: string): JsScalarText =>
  ([a, b]) =>
    `${a} ${symbol} ${b}`;

const extreme =
  (symbol: string): JsScalarText =>
  ([a, b], dtype) =>
    isFloat(dtype)
      ? `${a} ${symbol} ${b} || ${a} !== ${a} ? ${a} : ${b}`
      : `${a} ${symbol} ${b} ? ${a} : ${b}`;

const bits = (symbol: string, logical: string): JsScalarText =>
  rounded((args, dtype) => args.join(dtype === 'bool' ? ` ${logical} ` : ` ${symbol} `));

/** One of three texts by the kind of dtype: number, bigint, float. */
const byKind =
  (name: string, float: JsScalarText): JsScalarText =>
  (args, dtype, from) => {
    if (isFloat(dtype)) return float(args, dtype, from);
    return call(isBig(dtype) ? `${name}Big` : name)(args, dtype, from);
  };

const zero = (dtype: DType): string => (isBig(dtype) ? '0n' : '0');
const one = (dtype: DType): string => (isBig(dtype) ? '1n' : '1');

const product: JsScalarText = ([a, b], dtype) => {
  // A product of two 32-bit integers may lose its low bits as a double.
  const whole = !isFloat(dtype) && !isBig(dtype);
  return jsRound(dtype, whole ? `Math.imul(${a}, ${b})` : `${a} * ${b}`);
};

const specialOps = Object.fromEntries(
  [...specialFunctions, ...drawFunctions].map((name) => [name, call(`special.${name}`)]),
) as Record<SpecialFunction | DrawFunction, JsScalarText>;

export const jsScalarOps: Readonly<Record<ScalarOp, JsScalarText>> = {
  add: infix('+'),
  sub: infix('-'),
  mul: product,
  div: infix('/'),
  intdiv: byKind('intdiv', stepwise('intdivFloat')),
  mod: byKind('mod', stepwise('modFloat')),
  pow: byKind('pow', call('powFloat')),
  min: extreme('<'),
  max: extreme('>'),
  fma: ([a, b, c], dtype) => {
    // A float16 product is exact in float64.
    if (dtype === 'float16') return jsRound(dtype, `${a} * ${b} + ${c}`);
    return `h.fma${dtype === 'float64' ? '64' : '32'}(${a}, ${b}, ${c})`;
  },
  neg: rounded(([a]) => `-${a}`),
  abs: ([a], dtype) => {
    if (isFloat(dtype)) return `Math.abs(${a})`;
    return isUnsigned(dtype) ? a : jsRound(dtype, `${a} < 0 ? -${a} : ${a}`);
  },
  sgn: ([a], dtype) => {
    const unit = one(dtype);
    const rest = isFloat(dtype) ? `${a} === 0 ? 0 : ${a}` : zero(dtype);
    return `${a} > 0 ? ${unit} : ${a} < 0 ? -${unit} : ${rest}`;
  },
  sqr: ([a], dtype, from) => product([a, a], dtype, from),
  ...mathOps(math),
  reciprocal: rounded(([a]) => `1 / ${a}`),
  exp2: rounded(([a]) => `2 ** ${a}`),
  sigmoid: stepwise('sigmoid'),
  softplus: stepwise('softplus'),
  round: call('rint'),
  ...specialOps,
  philox: call('philox'),
  eq: compare('==='),
  neq: compare('!=='),
  lt: compare('<'),
  le: compare('<='),
  gt: compare('>'),
  ge: compare('>='),
  isnan: ([a]) => `${a} !== ${a}`,
  isinf: ([a]) => `Math.abs(${a}) === Infinity`,
  and: bits('&', '&&'),
  or: bits('|', '||'),
  xor: bits('^', '!=='),
  not: ([a], dtype) => (dtype === 'bool' ? `!${a}` : jsRound(dtype, `~${a}`)),
  select: ([c, a, b]) => `${c} ? ${a} : ${b}`,
  cast: ([a], dtype, from) => cast(a, dtype, from),
};

function cast(a: string, to: DType, from: DType): string {
  if (from === to) return a;
  if (to === 'bool') return `${a} !== ${zero(from)}`;
  if (from === 'bool') return `${a} ? ${one(to)} : ${zero(to)}`;
  if (isBig(from)) {
    if (isBig(to)) return jsRound(to, a);
    if (isFloat(to)) return `h.bigToFloat(${a}, '${to}')`;
    // The low 32 bits decide every smaller integer.
    return jsRound(to, `Number(BigInt.asIntN(32, ${a}))`);
  }
  if (isBig(to)) return jsRound(to, isFloat(from) ? `h.toBig(${a})` : `BigInt(${a})`);
  return jsRound(to, a);
}
