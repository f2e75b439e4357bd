/**
 * IEEE 754 binary16, kept as its 16 bits in a Uint16Array. Encoding rounds the double it is given
 * once, to nearest even: going through float32 would round twice and be wrong near ties.
 */

const EXPONENT_MASK = 0x7c00;
const QUIET_NAN = 0x7e00;
const INFINITY_BITS = 0x7c00;

/** From here on a magnitude rounds to infinity: half a step above the largest finite 65504. */
const OVERFLOW = 65520;
/** The smallest normal magnitude, 2^-14. */
const MIN_NORMAL = 2 ** -14;
/** The distance between two subnormals, 2^-24. */
const SUBNORMAL_STEP = 2 ** -24;

const scratch = new DataView(new ArrayBuffer(8));

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The bits of the float16 nearest to `value`, ties to even; any NaN becomes the quiet NaN. */
export function encodeFloat16(value: number): number {
  if (value !== value) return QUIET_NAN;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= OVERFLOW) return sign | INFINITY_BITS;
  // A carry out of the mantissa lands in the exponent field, which is the right answer.
  if (magnitude < MIN_NORMAL) return sign | roundHalfEven(magnitude / SUBNORMAL_STEP);
  scratch.setFloat64(0, magnitude);
  const exponent = (scratch.getUint16(0) >> 4) - 1023;
  const mantissa = roundHalfEven((magnitude / 2 ** exponent - 1) * 1024);
  return sign | (((exponent + 15) << 10) + mantissa);
}

/** The number that the 16 bits stand for. */
export function decodeFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & EXPONENT_MASK) >> 10;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * SUBNORMAL_STEP;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * 2 ** (exponent - 15) * (1 + mantissa / 1024);
}

/** `value` rounded to float16, as a number. */
export function roundToFloat16(value: number): number {
  return decodeFloat16(encodeFloat16(value));
}

/** The numbers behind an array of float16 bits; exact, since every float16 is a float32. */
export function decodeFloat16Array(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = decodeFloat16(bits[i]);
  return out;
}

/** The float16 bits of each number. */
export function encodeFloat16Array(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = encodeFloat16(values[i]);
  return out;
}
