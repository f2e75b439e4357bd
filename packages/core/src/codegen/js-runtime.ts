/**
 * Functions that emitted JavaScript calls as `h.name`: what the language lacks of C's arithmetic.
 * Each gives the bits that the emitted C gives, but for the transcendental functions.
 */
import { specialImplementations } from '../special/special-functions.js';
import { philoxWord } from '../routines/philox.js';
import { bigToFloat } from './js-float.js';
import { decodeFloat16, encodeFloat16, roundToFloat16 } from '../types/float16.js';
import { fma32, fma64 } from './js-float.js';

type Round = (x: number) => number;

const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0);

/** Square and multiply; `n` is not negative. */
function powInt(x: number, n: number): number {
  let result = 1;
  for (let base = x, e = n; e !== 0; e >>>= 1) {
    if (e & 1) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}

/** Square and multiply modulo 2^64; `n` is not negative. */
function powBig(x: bigint, n: bigint): bigint {
  let result = 1n;
  for (let base = x, e = n; e !== 0n; e >>= 1n) {
    if (e & 1n) result = BigInt.asUintN(64, result * base);
    base = BigInt.asUintN(64, base * base);
  }
  return result;
}

export const jsRuntime = {
  decode16: decodeFloat16,
  encode16: encodeFloat16,
  round16: roundToFloat16,
  fma32,
  fma64,
  bigToFloat,

  intdiv: (a: number, b: number): number => (b === 0 ? 0 : Math.floor(a / b)),
  mod: (a: number, b: number): number => (b === 0 ? 0 : a - b * Math.floor(a / b)),
  intdivBig(a: bigint, b: bigint): bigint {
    if (b === 0n) return 0n;
    return a / b - (a % b !== 0n && a < 0n !== b < 0n ? 1n : 0n);
  },
  modBig(a: bigint, b: bigint): bigint {
    if (b === 0n) return 0n;
    const r = a % b;
    return r !== 0n && r < 0n !== b < 0n ? r + b : r;
  },
  pow(x: number, n: number): number {
    if (n >= 0) return powInt(x, n);
    return x === 1 ? 1 : x === -1 ? (n % 2 === 0 ? 1 : -1) : 0;
  },
  powBig(x: bigint, n: bigint): bigint {
    if (n >= 0n) return powBig(x, n);
    return x === 1n ? 1n : x === -1n ? (n % 2n === 0n ? 1n : -1n) : 0n;
  },

  intdivFloat(a: number, b: number, round: Round): number {
    if (b === 0) return round(a / b);
    const r = a % b;
    let q = round(round(a - r) / b);
    if (r !== 0 && r < 0 !== b < 0) q = round(q - 1);
    if (q === 0) return isNegative(a / b) ? -0 : 0;
    const f = Math.floor(q);
    return round(q - f) > 0.5 ? round(f + 1) : f;
  },
  modFloat(a: number, b: number, round: Round): number {
    const r = a % b;
    if (r === 0) return isNegative(b) ? -0 : 0;
    return r < 0 !== b < 0 ? round(r + b) : r;
  },
  /** C gives 1 where JavaScript gives NaN: 1 to any power, -1 to an infinite one. */
  powFloat(x: number, y: number): number {
    return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
  },
  sigmoid(x: number, round: Round): number {
    const e = round(Math.exp(-Math.abs(x)));
    return round((x >= 0 ? 1 : e) / round(1 + e));
  },
  softplus(x: number, round: Round): number {
    return round((x > 0 ? x : 0) + round(Math.log1p(round(Math.exp(-Math.abs(x))))));
  },
  /** To the nearest integer, halves to even; keeps the sign of zero. */
  rint(x: number): number {
    const magnitude = Math.abs(x);
    if (!(magnitude < 2 ** 52)) return x;
    const whole = magnitude + 2 ** 52 - 2 ** 52;
    return isNegative(x) ? -whole : whole;
  },
  get special(): ReturnType<typeof specialImplementations> {
    return specialImplementations();
  },
  philox: philoxWord,
  same: (x: number): number => x,
  toBig(x: number): bigint {
    return Number.isFinite(x) ? BigInt(Math.trunc(x)) : 0n;
  },
};

export type JsRuntime = typeof jsRuntime;
