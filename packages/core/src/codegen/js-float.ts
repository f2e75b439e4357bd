/** Float operations that round exactly once, which JavaScript's own arithmetic does not offer. */
import { wrapScalar } from '../types/dtype.js';
import type { FloatDType } from '../types/dtype.js';

const view = new DataView(new ArrayBuffer(8));

/** A 64-bit integer as the nearest float of a dtype. */
export function bigToFloat(value: bigint, dtype: FloatDType): number {
  return wrapScalar(dtype, value);
}

/**
 * a·b + c rounded once to float32. The product is exact in float64; the sum is rounded there to odd
 * (its last bit tells that something was lost), so that the second rounding is right.
 */
export function fma32(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  if (!Number.isFinite(sum) || !Number.isFinite(product)) return Math.fround(sum);
  const part = sum - product;
  const lost = product - (sum - part) + (c - part);
  return Math.fround(lost === 0 ? sum : roundToOdd(sum, lost));
}

function roundToOdd(sum: number, lost: number): number {
  view.setFloat64(0, sum);
  const bits = view.getBigUint64(0);
  if ((bits & 1n) === 1n) return sum;
  const away = lost > 0 === sum > 0;
  view.setBigUint64(0, away ? bits + 1n : bits - 1n);
  return view.getFloat64(0);
}

/** a·b + c rounded once to float64, by exact integers. */
export function fma64(a: number, b: number, c: number): number {
  if (![a, b, c].every(Number.isFinite) || a === 0 || b === 0 || c === 0) return a * b + c;
  const [ma, ea] = integerForm(a);
  const [mb, eb] = integerForm(b);
  const [mc, ec] = integerForm(c);
  const ep = ea + eb;
  const exponent = Math.min(ep, ec);
  const sum = ((ma * mb) << BigInt(ep - exponent)) + (mc << BigInt(ec - exponent));
  return sum === 0n ? 0 : toDouble(sum, exponent);
}

/** value = mantissa · 2^exponent with an integer mantissa. */
function integerForm(value: number): [mantissa: bigint, exponent: number] {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const field = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const mantissa = field === 0 ? fraction : fraction | (1n << 52n);
  return [value < 0 ? -mantissa : mantissa, Math.max(field, 1) - 1075];
}

/** mantissa · 2^exponent rounded to nearest even, subnormals too. */
function toDouble(mantissa: bigint, exponent: number): number {
  const sign = mantissa < 0n ? -1 : 1;
  let magnitude = mantissa < 0n ? -mantissa : mantissa;
  let scale = exponent;
  const length = magnitude.toString(2).length;
  const drop = Math.max(length - 53, -1074 - scale);
  if (drop > 0) {
    const unit = 1n << BigInt(drop);
    const rest = magnitude & (unit - 1n);
    magnitude >>= BigInt(drop);
    const half = unit >> 1n;
    if (rest > half || (rest === half && (magnitude & 1n) === 1n)) magnitude += 1n;
    scale += drop;
  }
  return sign * scaled(Number(magnitude), scale);
}

/** x · 2^scale for a result that is exact or infinite; in steps, since 2^scale itself may not exist. */
function scaled(x: number, scale: number): number {
  let result = x;
  let rest = scale;
  for (; rest > 1000; rest -= 1000) result *= 2 ** 1000;
  for (; rest < -1000; rest += 1000) result *= 2 ** -1000;
  return result * 2 ** rest;
}
