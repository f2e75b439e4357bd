/** Arity and dtypes of the scalar operations; the text of scalar-op.ts as a table. */
import type { DType } from '../types/dtype.js';
import { isFloat, isInt } from '../types/dtype.js';
import type { ScalarOp, SpecialFunction } from './scalar-op.js';

/** `number`: integers and floats; `bits`: bool and integers; `uint64` only itself. */
export type ScalarDomain = 'float' | 'number' | 'bits' | 'uint64' | 'any';

export interface ScalarSignature {
  readonly arity: number;
  /** Of all arguments, but for the condition of `select`. */
  readonly domain: ScalarDomain;
  /** `same` as the arguments, `bool`, or `free` (the instruction says which). */
  readonly result: 'same' | 'bool' | 'free';
}

const of = (
  arity: number,
  domain: ScalarDomain,
  result: ScalarSignature['result'] = 'same',
): ScalarSignature => ({ arity, domain, result });

const float1 = of(1, 'float');
const float2 = of(2, 'float');
const float3 = of(3, 'float');
const float4 = of(4, 'float');
const number1 = of(1, 'number');
const number2 = of(2, 'number');
const compare = of(2, 'any', 'bool');
const bits2 = of(2, 'bits');

const specialSignatures: Readonly<Record<SpecialFunction, ScalarSignature>> = {
  log1mexp: float1,
  xlogx: float1,
  xlogy: float2,
  erf: float1,
  erfc: float1,
  erfcx: float1,
  erfinv: float1,
  erfcinv: float1,
  log_erfc: float1,
  ndtr: float1,
  log_ndtr: float1,
  ndtri_exp: float1,
  gamma: float1,
  gammaln: float1,
  psi: float1,
  zeta: float2,
  polygamma: float2,
  betaln: float2,
  gammainc: float2,
  gammaincc: float2,
  gammainc_da: float2,
  gammaincinv: float2,
  gammainccinv: float2,
  betainc: float3,
  betainc_da: float3,
  betainc_db: float3,
  betaincinv: float3,
  owens_t: float2,
  jv: float2,
  iv: float2,
  ive: float2,
  kv: float2,
  kve: float2,
  hyp2f1: float4,
  hyp2f1_da: float4,
  hyp2f1_dc: float4,
};

export const scalarSignatures: Readonly<Record<ScalarOp, ScalarSignature>> = {
  add: number2,
  sub: number2,
  mul: number2,
  div: of(2, 'float'),
  intdiv: number2,
  mod: number2,
  pow: number2,
  min: of(2, 'any'),
  max: of(2, 'any'),
  fma: of(3, 'float'),
  neg: number1,
  abs: number1,
  sgn: number1,
  sqr: number1,
  sqrt: float1,
  reciprocal: float1,
  exp: float1,
  exp2: float1,
  expm1: float1,
  log: float1,
  log2: float1,
  log10: float1,
  log1p: float1,
  sigmoid: float1,
  softplus: float1,
  tanh: float1,
  sin: float1,
  cos: float1,
  tan: float1,
  arcsin: float1,
  arccos: float1,
  arctan: float1,
  arctan2: of(2, 'float'),
  sinh: float1,
  cosh: float1,
  arcsinh: float1,
  arccosh: float1,
  arctanh: float1,
  floor: float1,
  ceil: float1,
  trunc: float1,
  round: float1,
  ...specialSignatures,
  philox: of(3, 'uint64'),
  normal_draw: of(1, 'float'),
  log_gamma_draw: of(2, 'float'),
  log_gamma_draw_da: of(2, 'float'),
  poisson_draw: of(2, 'float'),
  binomial_draw: of(3, 'float'),
  hypergeometric_draw: of(4, 'float'),
  von_mises_draw: of(2, 'float'),
  von_mises_draw_dk: of(2, 'float'),
  wald_draw: of(2, 'float'),
  eq: compare,
  neq: compare,
  lt: compare,
  le: compare,
  gt: compare,
  ge: compare,
  isnan: of(1, 'float', 'bool'),
  isinf: of(1, 'float', 'bool'),
  and: bits2,
  or: bits2,
  xor: bits2,
  not: of(1, 'bits'),
  select: of(3, 'any'),
  cast: of(1, 'any', 'free'),
};

export function inDomain(domain: ScalarDomain, dtype: DType): boolean {
  switch (domain) {
    case 'any':
      return true;
    case 'float':
      return isFloat(dtype);
    case 'number':
      return dtype !== 'bool';
    case 'bits':
      return dtype === 'bool' || isInt(dtype);
    case 'uint64':
      return dtype === 'uint64';
  }
}

/** What is wrong with applying `fn` to these dtypes, as "expected …, got …"; null when nothing is. */
export function scalarProblem(fn: ScalarOp, args: readonly DType[], result: DType): string | null {
  const { arity, domain, result: kind } = scalarSignatures[fn];
  if (args.length !== arity) return `expected ${arity} arguments of ${fn}, got ${args.length}`;
  const operands = fn === 'select' ? args.slice(1) : args;
  if (fn === 'select' && args[0] !== 'bool') return `expected a bool condition, got ${args[0]}`;
  const [first] = operands;
  if (operands.some((dtype) => dtype !== first)) {
    return `expected one dtype for the arguments of ${fn}, got ${operands.join(', ')}`;
  }
  if (!inDomain(domain, first)) return `expected a ${domain} dtype for ${fn}, got ${first}`;
  const due = kind === 'free' ? result : kind === 'bool' ? 'bool' : first;
  return result === due ? null : `expected ${fn} of ${first} to give ${due}, got ${result}`;
}
