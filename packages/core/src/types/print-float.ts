/**
 * Floats in aligned columns, with the fewest digits that name the value in its own dtype and at most
 * 8 after the point. Exponents are used for all values or for none.
 */
import { wrapScalar } from './dtype.js';
import type { FloatDType } from './dtype.js';

const PRECISION = 8;
/** Digits that name any value of the dtype. */
const MAX_DIGITS: Readonly<Record<FloatDType, number>> = { float16: 5, float32: 9, float64: 17 };
/** From this magnitude on exponents are used: beyond it not every integer digit is exact. */
const LARGE: Readonly<Record<FloatDType, number>> = { float16: 1e3, float32: 1e6, float64: 1e8 };
const SMALL = 1e-4;
const MAX_RATIO = 1000;
/** Enough further digits to see whether the exact value is a tie. */
const TIE_DIGITS = 40;

function isNegative(x: number): boolean {
  return x < 0 || Object.is(x, -0);
}

/** The shortest `d.ddde±x` that reads back as `x` in its dtype. */
function shortestExponential(dtype: FloatDType, magnitude: number): string {
  if (dtype === 'float64') return magnitude.toExponential();
  for (let digits = 1; digits < MAX_DIGITS[dtype]; digits++) {
    const text = magnitude.toExponential(digits - 1);
    if (wrapScalar(dtype, Number(text)) === magnitude) return text;
  }
  return magnitude.toExponential(MAX_DIGITS[dtype] - 1);
}

/** Digits of the exact value after the point, `count` of them, ties to even. */
function roundedDigits(print: (count: number) => string, count: number): string {
  const exact = print(count + TIE_DIGITS);
  const [mantissa, exponent] = exact.split('e');
  const kept = mantissa.slice(0, mantissa.length - TIE_DIGITS);
  const isTie = /^50*$/.test(mantissa.slice(kept.length));
  const lastDigit = Number(kept.replace('.', '').slice(-1));
  if (!isTie || lastDigit % 2 === 1) return print(count);
  return (
    (count === 0 ? kept.replace('.', '') : kept) + (exponent === undefined ? '' : `e${exponent}`)
  );
}

/** `int` and `frac` around the point, trailing zeros of `frac` dropped. */
interface Parts {
  readonly int: string;
  readonly frac: string;
  readonly exp: string;
}

function split(text: string, negative: boolean): Parts {
  const [mantissa, exp = ''] = text.split('e');
  const [int, frac = ''] = mantissa.split('.');
  return { int: (negative ? '-' : '') + int, frac: frac.replace(/0+$/, ''), exp };
}

function positional(dtype: FloatDType, x: number): Parts {
  const magnitude = Math.abs(x);
  const [mantissa, exponent] = shortestExponential(dtype, magnitude).split('e');
  const fraction = Math.max(0, mantissa.replace('.', '').length - 1 - Number(exponent));
  const text =
    fraction > PRECISION
      ? roundedDigits((count) => magnitude.toFixed(count), PRECISION)
      : magnitude.toFixed(fraction);
  return split(text, isNegative(x));
}

function exponential(dtype: FloatDType, x: number): Parts {
  const magnitude = Math.abs(x);
  const shortest = shortestExponential(dtype, magnitude);
  const fraction = shortest.split('e')[0].length - 2;
  const text =
    fraction > PRECISION
      ? roundedDigits((count) => magnitude.toExponential(count), PRECISION)
      : shortest;
  return split(text, isNegative(x));
}

function needsExponent(dtype: FloatDType, finite: readonly number[]): boolean {
  const magnitudes = finite.filter((x) => x !== 0).map(Math.abs);
  if (magnitudes.length === 0) return false;
  const max = magnitudes.reduce((a, b) => Math.max(a, b));
  const min = magnitudes.reduce((a, b) => Math.min(a, b));
  return (
    max >= LARGE[dtype] ||
    min < wrapScalar(dtype, SMALL) ||
    wrapScalar(dtype, max / min) > MAX_RATIO
  );
}

function nonFiniteText(x: number): string {
  if (x !== x) return 'nan';
  return x < 0 ? '-inf' : 'inf';
}

/** A printer for values that stand in one column with `values`. */
export function floatFormatter(
  dtype: FloatDType,
  values: readonly number[],
): (value: number | bigint) => string {
  const finite = values.filter(Number.isFinite);
  const useExponent = needsExponent(dtype, finite);
  const parts = finite.map((x) => (useExponent ? exponential(dtype, x) : positional(dtype, x)));
  const longest = (length: (part: Parts) => number): number =>
    parts.reduce((most, part) => Math.max(most, length(part)), 0);
  const left = longest((part) => part.int.length);
  const right = longest((part) => part.frac.length);
  const expDigits = Math.max(
    2,
    longest((part) => part.exp.length - 1),
  );
  const numberWidth = left + 1 + right + (useExponent ? expDigits + 2 : 0);
  const wordWidth = values
    .filter((x) => !Number.isFinite(x))
    .reduce((most, x) => Math.max(most, nonFiniteText(x).length), 0);
  const width = Math.max(finite.length === 0 ? 0 : numberWidth, wordWidth);

  return (value) => {
    const x = Number(value);
    if (!Number.isFinite(x)) return nonFiniteText(x).padStart(width);
    if (!useExponent) {
      const { int, frac } = positional(dtype, x);
      return `${int}.${frac.padEnd(right)}`.padStart(width);
    }
    // All mantissas have one length, filled with further digits of the exact value.
    const text = roundedDigits((count) => Math.abs(x).toExponential(count), right);
    const [mantissa, exp] = text.split('e');
    const point = right === 0 ? '.' : '';
    const sign = isNegative(x) ? '-' : '';
    return `${sign}${mantissa}${point}e${exp[0]}${exp.slice(1).padStart(expDigits, '0')}`.padStart(
      width,
    );
  };
}
