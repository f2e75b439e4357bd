/** Numbers as text of the C-family languages; exact for every bit pattern but NaN payloads. */
import { scalarValue } from '../lower/scalar-bits.js';
import type { DType } from '../types/dtype.js';

/** How a language writes what has no decimal form. */
export interface LiteralForms {
  readonly nan32: string;
  readonly nan64: string;
  readonly infinity32: string;
  readonly infinity64: string;
  readonly true: string;
  readonly false: string;
}

export function infinity(forms: LiteralForms, dtype: DType): string {
  return dtype === 'float64' ? forms.infinity64 : forms.infinity32;
}

/** The literal of a bit pattern; negative ones come in parentheses, so that any operator may precede. */
export function cLiteral(forms: LiteralForms, dtype: DType, lo: number, hi: number): string {
  const value = scalarValue(dtype, { lo, hi });
  const text = cMagnitude(forms, dtype, value);
  return text.startsWith('-') ? `(${text})` : text;
}

function cMagnitude(forms: LiteralForms, dtype: DType, value: number | bigint): string {
  switch (dtype) {
    case 'bool':
      return value === 0 ? forms.false : forms.true;
    case 'int64':
      // The literal 9223372036854775808 does not fit, so its negation is no literal either.
      return value === -(2n ** 63n) ? '-9223372036854775807LL - 1' : `${value}LL`;
    case 'uint64':
      return `${value}ULL`;
    case 'uint32':
      return `${value}U`;
    case 'float16':
    case 'float32':
      return floatText(Number(value), true, forms.nan32, forms.infinity32);
    case 'float64':
      return floatText(Number(value), false, forms.nan64, forms.infinity64);
    default:
      return value === -(2 ** 31) ? '-2147483647 - 1' : `${value}`;
  }
}

function floatText(value: number, single: boolean, nan: string, infinity: string): string {
  if (Number.isNaN(value)) return nan;
  if (!Number.isFinite(value)) return value < 0 ? `-${infinity}` : infinity;
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const digits = single ? shortestFloat32(Math.abs(value)) : `${Math.abs(value)}`;
  const real = /[.e]/.test(digits) ? digits : `${digits}.0`;
  return `${sign}${real}${single ? 'f' : ''}`;
}

/**
 * The shortest decimal text that a compiler reads back as this float32. A compiler rounds once, this
 * test through float64: texts so near a tie that the two could differ are passed over.
 */
function shortestFloat32(value: number): string {
  for (let digits = 1; digits < 17; digits++) {
    const text = `${Number(value.toPrecision(digits))}`;
    const read = Number(text);
    const slack = Math.abs(read) * 2 ** -50;
    if ([read - slack, read, read + slack].every((x) => Math.fround(x) === value)) return text;
  }
  return `${value}`;
}
