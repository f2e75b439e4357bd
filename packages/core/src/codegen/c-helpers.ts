/**
 * Helper functions of the C family, by name `tno_<what>_<type>`. A unit contains those it uses.
 * `sigmoid` and `softplus` take the exponential of -|x| only, so nothing overflows.
 */
import { specialInC, isSpecial } from '../special/special-functions.js';
import type { DType } from '../types/dtype.js';
import { dtypes, isFloat, isUnsigned } from '../types/dtype.js';
import { mathName, wrapType } from './c-scalar.js';
import { philoxHelper } from './philox-text.js';
import { typeSuffix } from './dialect.js';
import type { Dialect, Helper } from './dialect.js';
import { infinity } from './literals.js';
import type { LiteralForms } from './literals.js';

type HelperBase = Pick<Dialect, 'types'> & {
  /** What precedes a helper's return type. */
  readonly qualifier: string;
  readonly literals: LiteralForms;
};

type HelperText = (base: HelperBase, dtype: DType, name: string) => Helper;

const plain = (text: string, ...needs: string[]): Helper => ({ text, needs });

const helpers: Readonly<Record<string, HelperText>> = {
  intdiv: (base, dtype, name) => (isFloat(dtype) ? floatIntdiv : integerIntdiv)(base, dtype, name),
  mod: (base, dtype, name) => (isFloat(dtype) ? floatMod : integerMod)(base, dtype, name),
  pow: integerPow,
  sigmoid: (base, dtype, name) => {
    const [type, one] = floatNames(base, dtype);
    const exp = `${mathName('exp', dtype)}(-${mathName('fabs', dtype)}(x))`;
    return plain(`${base.qualifier} ${type} ${name}(${type} x) {
  const ${type} e = ${exp};
  return (x >= 0 ? ${one} : e) / (${one} + e);
}`);
  },
  softplus: (base, dtype, name) => {
    const [type] = floatNames(base, dtype);
    const exp = `${mathName('exp', dtype)}(-${mathName('fabs', dtype)}(x))`;
    return plain(`${base.qualifier} ${type} ${name}(${type} x) {
  return (x > 0 ? x : 0) + ${mathName('log1p', dtype)}(${exp});
}`);
  },
  whole: wholeNumber,
  // Error-free addition: sum + comp keeps what rounding takes away.
  add: (base, dtype, name) => {
    const [type] = floatNames(base, dtype);
    return plain(`${base.qualifier} void ${name}(${type} *sum, ${type} *comp, ${type} x) {
  const ${type} s = *sum + x;
  const ${type} b = s - *sum;
  *comp += (*sum - (s - b)) + (x - b);
  *sum = s;
}`);
  },
  // An infinite sum makes the compensation NaN; then the sum alone is right.
  total: (base, dtype, name) => {
    const [type] = floatNames(base, dtype);
    return plain(`${base.qualifier} ${type} ${name}(${type} sum, ${type} comp) {
  return comp == comp ? sum + comp : sum;
}`);
  },
};

const byName = new Map<string, { make: HelperText; dtype: DType }>();
for (const [what, make] of Object.entries(helpers)) {
  for (const dtype of dtypes) byName.set(`tno_${what}_${typeSuffix[dtype]}`, { make, dtype });
}

/** The helper of that name; null when it is not one of the family's. */
export function cHelper(base: HelperBase, name: string): Helper | null {
  if (name === 'tno_index') return indexHelper(base, name);
  if (name === 'tno_wrap') return wrapHelper(base, name);
  const random = philoxHelper(base, name);
  if (random !== null) return random;
  const special = specialHelper(base, name);
  if (special !== null) return special;
  const found = byName.get(name);
  return found === undefined ? null : found.make(base, found.dtype, name);
}

/** A special function, named `tno_<name>_f64`. */
function specialHelper(base: HelperBase, helper: string): Helper | null {
  const name = /^tno_(\w+)_f64$/.exec(helper)?.[1] ?? '';
  if (!isSpecial(name)) return null;
  const nameOf = (word: string): string => `tno_${word}_f64`;
  const { infinity64: infinity, nan64: nan } = base.literals;
  const { text, needs } = specialInC(name, { function: nameOf, infinity, nan });
  return plain(`${base.qualifier} ${text}`, ...needs.map(nameOf));
}

function floatNames(base: HelperBase, dtype: DType): [type: string, one: string] {
  return [base.types[dtype].value, dtype === 'float64' ? '1.0' : '1.0f'];
}

function integerIntdiv(base: HelperBase, dtype: DType, name: string): Helper {
  const type = base.types[dtype].value;
  const head = `${base.qualifier} ${type} ${name}(${type} a, ${type} b) {`;
  if (isUnsigned(dtype)) return plain(`${head}\n  return b == 0 ? 0 : (${type})(a / b);\n}`);
  return plain(`${head}
  if (b == 0) return 0;
  if (b == -1) return (${type})(0 - (${wrapType(base, dtype)})a);
  return (${type})(a / b - ((a % b != 0) & ((a < 0) != (b < 0))));
}`);
}

function integerMod(base: HelperBase, dtype: DType, name: string): Helper {
  const type = base.types[dtype].value;
  const head = `${base.qualifier} ${type} ${name}(${type} a, ${type} b) {`;
  if (isUnsigned(dtype)) return plain(`${head}\n  return b == 0 ? 0 : (${type})(a % b);\n}`);
  return plain(`${head}
  if (b == 0 || b == -1) return 0;
  const ${type} r = (${type})(a % b);
  return (${type})(r != 0 && (r < 0) != (b < 0) ? r + b : r);
}`);
}

// As NumPy: the remainder is exact, the quotient is the integer that belongs to it.
function floatIntdiv(base: HelperBase, dtype: DType, name: string): Helper {
  const [type, one] = floatNames(base, dtype);
  const fn = (what: string): string => mathName(what, dtype);
  const half = dtype === 'float64' ? '0.5' : '0.5f';
  return plain(`${base.qualifier} ${type} ${name}(${type} a, ${type} b) {
  if (b == 0) return a / b;
  const ${type} r = ${fn('fmod')}(a, b);
  ${type} q = (a - r) / b;
  if (r != 0 && (r < 0) != (b < 0)) q -= ${one};
  if (q == 0) return ${fn('copysign')}(0, a / b);
  const ${type} f = ${fn('floor')}(q);
  return q - f > ${half} ? f + ${one} : f;
}`);
}

function floatMod(base: HelperBase, dtype: DType, name: string): Helper {
  const [type] = floatNames(base, dtype);
  return plain(`${base.qualifier} ${type} ${name}(${type} a, ${type} b) {
  const ${type} r = ${mathName('fmod', dtype)}(a, b);
  if (r == 0) return ${mathName('copysign', dtype)}(r, b);
  return (r < 0) != (b < 0) ? r + b : r;
}`);
}

// By squaring; a negative exponent gives 0 but for the bases 1 and -1.
function integerPow(base: HelperBase, dtype: DType, name: string): Helper {
  const type = base.types[dtype].value;
  const wide = wrapType(base, dtype);
  const unit = '(n & 1 ? -1 : 1)';
  const negative = isUnsigned(dtype)
    ? ''
    : `\n  if (n < 0) return (${type})(x == 1 ? 1 : x == -1 ? ${unit} : 0);`;
  return plain(`${base.qualifier} ${type} ${name}(${type} x, ${type} n) {${negative}
  ${wide} r = 1;
  ${wide} b = (${wide})x;
  for (${wide} e = (${wide})n; e != 0; e >>= 1) {
    if (e & 1) r *= b;
    b *= b;
  }
  return (${type})r;
}`);
}

/** Truncation to an integer of at least 32 bits; what does not fit goes the slow way and wraps. */
function wholeNumber(base: HelperBase, dtype: DType, name: string): Helper {
  const type = base.types[dtype].value;
  const limits: Partial<Record<DType, [low: string, high: string]>> = {
    int32: ['-2147483649.0', '2147483648.0'],
    uint32: ['-1.0', '4294967296.0'],
    int64: ['-9223372036854777856.0', '9223372036854775808.0'],
    uint64: ['-1.0', '18446744073709551616.0'],
  };
  const [low, high] = limits[dtype] ?? ['0.0', '0.0'];
  return plain(
    `${base.qualifier} ${type} ${name}(double x) {
  return x > ${low} && x < ${high} ? (${type})x : (${type})tno_wrap(x);
}`,
    'tno_wrap',
  );
}

function wrapHelper(base: HelperBase, name: string): Helper {
  const type = base.types.uint64.value;
  return plain(`${base.qualifier} ${type} ${name}(double x) {
  if (!(fabs(x) < ${infinity(base.literals, 'float64')})) return 0;
  const double r = fmod(trunc(x), 18446744073709551616.0);
  return r < 0 ? 0 - (${type})-r : (${type})r;
}`);
}

/** An index that may count from the end, as an offset; -1 when it is out of range. */
function indexHelper(base: HelperBase, name: string): Helper {
  const type = base.types.int64.value;
  return plain(`${base.qualifier} ${type} ${name}(${type} i, ${type} size) {
  if (i < 0) return i < -size ? -1 : i + size;
  return i < size ? i : -1;
}`);
}
