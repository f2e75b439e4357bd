/**
 * The scalar operations in the words that C and CUDA share: one total table. Integers wrap, so
 * signed arithmetic goes through unsigned types; float16 is computed in float and rounded after
 * every operation. Functions with branches or loops are helpers (c-helpers.ts).
 */
import { isFloat, isUnsigned } from '../types/dtype.js';
import type { DType } from '../types/dtype.js';
import { drawFunctions, specialFunctions } from '../lower/scalar-op.js';
import type { DrawFunction, ScalarOp, SpecialFunction } from '../lower/scalar-op.js';
import { typeSuffix } from './dialect.js';
import type { Dialect, ScalarText, UseHelper } from './dialect.js';
import { infinity } from './literals.js';
import type { LiteralForms } from './literals.js';
import { mathOps } from './math-functions.js';

/** The part of a dialect that the table below is made from. */
export type ScalarBase = Pick<Dialect, 'types' | 'round'> & { readonly literals: LiteralForms };

/** The unsigned type in which a dtype's wrap-around arithmetic is done. */
export function wrapType(base: Pick<Dialect, 'types'>, dtype: DType): string {
  const wide = dtype === 'int64' || dtype === 'uint64';
  return base.types[wide ? 'uint64' : 'uint32'].value;
}

/** Name of a C math function for a dtype: `expf` for float16 and float32, `exp` for float64. */
export function mathName(name: string, dtype: DType): string {
  return dtype === 'float64' ? name : `${name}f`;
}

/** Suffix of the type in which a dtype is computed. */
export function computeSuffix(dtype: DType): string {
  return typeSuffix[dtype === 'float16' ? 'float32' : dtype];
}

export function cScalarOps(base: ScalarBase): Record<ScalarOp, ScalarText> {
  const rounded =
    (text: ScalarText): ScalarText =>
    (args, dtype, use, from) =>
      base.round(dtype, text(args, dtype, use, from), use);

  const arithmetic = (symbol: string): ScalarText =>
    rounded((args, dtype) => {
      if (isFloat(dtype)) return args.join(` ${symbol} `);
      const type = wrapType(base, dtype);
      const wide = args.map((arg) => `(${type})${arg}`).join(` ${symbol} `);
      return `(${base.types[dtype].value})(${wide})`;
    });
  const math = (name: string): ScalarText =>
    rounded((args, dtype) => `${mathName(name, dtype)}(${args.join(', ')})`);
  const helper = (name: string): ScalarText =>
    rounded(
      (args, dtype, use) => `${use(`tno_${name}_${computeSuffix(dtype)}`)}(${args.join(', ')})`,
    );
  const compare =
    (symbol: string): ScalarText =>
    ([a, b]) =>
      `${a} ${symbol} ${b}`;
  const extreme =
    (symbol: string): ScalarText =>
    ([a, b], dtype) =>
      isFloat(dtype)
        ? `${a} ${symbol} ${b} || ${a} != ${a} ? ${a} : ${b}`
        : `${a} ${symbol} ${b} ? ${a} : ${b}`;
  const bits =
    (symbol: string): ScalarText =>
    ([a, b], dtype) =>
      dtype === 'bool'
        ? `${a} ${symbol} ${b}`
        : `(${base.types[dtype].value})(${a} ${symbol} ${b})`;
  const wrapNeg = (a: string, dtype: DType): string =>
    `(${base.types[dtype].value})(0 - (${wrapType(base, dtype)})${a})`;

  return {
    add: arithmetic('+'),
    sub: arithmetic('-'),
    mul: arithmetic('*'),
    div: arithmetic('/'),
    intdiv: helper('intdiv'),
    mod: helper('mod'),
    pow: (args, dtype, use, from) =>
      (isFloat(dtype) ? math('pow') : helper('pow'))(args, dtype, use, from),
    min: extreme('<'),
    max: extreme('>'),
    fma: ([a, b, c], dtype, use) =>
      // In double a float16 product and sum are exact enough to be rounded once.
      dtype === 'float16'
        ? base.round(dtype, `fma((double)${a}, (double)${b}, (double)${c})`, use, true)
        : `${mathName('fma', dtype)}(${a}, ${b}, ${c})`,
    neg: ([a], dtype) => (isFloat(dtype) ? `-${a}` : wrapNeg(a, dtype)),
    abs: ([a], dtype) => {
      if (isFloat(dtype)) return `${mathName('fabs', dtype)}(${a})`;
      return isUnsigned(dtype) ? a : `${a} < 0 ? ${wrapNeg(a, dtype)} : ${a}`;
    },
    sgn: ([a], dtype) => {
      if (isUnsigned(dtype)) return `${a} != 0`;
      const zero = isFloat(dtype) ? `${a} == 0 ? 0 : ${a}` : '0';
      return `${a} > 0 ? 1 : ${a} < 0 ? -1 : ${zero}`;
    },
    sqr: ([a], dtype, use, from) => arithmetic('*')([a, a], dtype, use, from),
    ...mathOps(math),
    reciprocal: rounded(([a]) => `1 / ${a}`),
    exp2: math('exp2'),
    sigmoid: helper('sigmoid'),
    softplus: helper('softplus'),
    round: math('rint'),
    ...specialOps(base),
    philox: (args, _dtype, use) => `${use('tno_philox')}(${args.join(', ')})`,
    eq: compare('=='),
    neq: compare('!='),
    lt: compare('<'),
    le: compare('<='),
    gt: compare('>'),
    ge: compare('>='),
    isnan: ([a]) => `${a} != ${a}`,
    isinf: ([a], dtype) => `${mathName('fabs', dtype)}(${a}) == ${infinity(base.literals, dtype)}`,
    and: bits('&'),
    or: bits('|'),
    xor: bits('^'),
    not: ([a], dtype) => (dtype === 'bool' ? `!${a}` : `(${base.types[dtype].value})~${a}`),
    select: ([c, a, b]) => `${c} ? ${a} : ${b}`,
    cast: ([a], dtype, use, from) => cast(base, a, dtype, use, from),
  };
}

/** Special functions: computed in double, rounded once. */
function specialOps(base: ScalarBase): Record<SpecialFunction | DrawFunction, ScalarText> {
  const call =
    (name: SpecialFunction | DrawFunction): ScalarText =>
    (args, dtype, use) => {
      const value = `${use(`tno_${name}_f64`)}(${args.join(', ')})`;
      if (dtype === 'float64') return value;
      return dtype === 'float32' ? `(float)${value}` : base.round(dtype, value, use, true);
    };
  return Object.fromEntries(
    [...specialFunctions, ...drawFunctions].map((name) => [name, call(name)]),
  ) as Record<SpecialFunction | DrawFunction, ScalarText>;
}

/** Conversion as `wrapScalar` does it: integers wrap, floats truncate toward zero and then wrap. */
function cast(base: ScalarBase, a: string, to: DType, use: UseHelper, from: DType): string {
  const { value } = base.types[to];
  if (from === to) return a;
  if (to === 'bool') return `${a} != 0`;
  if (to === 'float16')
    return from === 'float64' ? base.round(to, a, use, true) : base.round(to, `(float)${a}`, use);
  if (isFloat(to) || !isFloat(from)) return `(${value})${a}`;
  const wide = to === 'int64' || to === 'uint64' || to === 'uint32' ? to : 'int32';
  const whole = `${use(`tno_whole_${typeSuffix[wide]}`)}(${a})`;
  return wide === to ? whole : `(${value})${whole}`;
}
