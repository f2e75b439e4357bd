/**
 * Math functions of float32 as short C without branches, so that loops over them vectorise (libm's
 * do not, and cost several times as much). Only operations that every CPU rounds alike, so results do
 * not depend on the vector width: fused multiply-adds are written as such, and a CPU without them
 * computes them slowly. Over all 2^32 arguments the
 * error stays below 2 ulp (exp 0.8, log 0.9, log1p 0.9, expm1 1.7, tanh 1.5, sigmoid 1.5, softplus
 * 1.6, erf 1.1) or, for erfc and ndtr, 5 ulp, with NaN, infinities, zeros and subnormal numbers right: TNO_MATH_STRIDE=1 makes
 * test/vector-math.test.ts try them all.
 * The coefficients are minimax fits over the reduced ranges that the comments name.
 */
import type { Helper } from '@tno/core';

/** Scalar operations that have a function here, named `tno_<op>_f32`. */
export const vectorMathOps = [
  'exp',
  'expm1',
  'log',
  'log1p',
  'tanh',
  'sigmoid',
  'softplus',
  'erf',
  'erfc',
  'ndtr',
] as const;

const helper = (text: string, ...needs: string[]): Helper => ({ text, needs });

const helpers: Readonly<Record<string, Helper>> = {
  tno_bits: helper(`static inline int32_t tno_bits(float x) {
  int32_t i;
  __builtin_memcpy(&i, &x, sizeof i);
  return i;
}

static inline float tno_float(int32_t i) {
  float x;
  __builtin_memcpy(&x, &i, sizeof x);
  return x;
}

/* Exponent e as bits, and a difference of bits; both wrap for arguments whose result is not used. */
static inline int32_t tno_exponent(int32_t e) {
  return (int32_t)((uint32_t)e << 23);
}

static inline int32_t tno_minus(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a - (uint32_t)b);
}`),

  tno_exp_parts: helper(
    `/* x = n ln 2 + *r, |*r| <= ln 2 / 2; e^*r - 1 = *r + *low. ln 2 in two parts, n times the first is exact. */
static inline int32_t tno_exp_parts(float x, float *r, float *low) {
  const float t = fmaf(x, 1.44269504f, 12582912.0f); /* rounds to an integer in the low bits */
  const float n = t - 12582912.0f;
  const float a = fmaf(-n, 0.693359375f, x);
  const float b = n * 2.12194440e-4f;
  const float f = a + b;
  float q = 0.0013814467f;
  q = fmaf(q, f, 0.008368781f);
  q = fmaf(q, f, 0.041668393f);
  q = fmaf(q, f, 0.1666652f);
  q = fmaf(q, f, 0.49999994f);
  *r = f;
  *low = fmaf(f * f, q, (a - f) + b);
  return tno_minus(tno_bits(t), 0x4b400000);
}

/* x 2^n in two steps: 2^n alone may be no float. */
static inline float tno_scale(float x, int32_t n) {
  const int32_t h = n >> 1;
  return x * tno_float(tno_exponent(h + 127)) * tno_float(tno_exponent(n - h + 127));
}`,
    'tno_bits',
  ),

  tno_exp_f32: helper(
    `static inline float tno_exp_f32(float x) {
  const float y = x > 89.0f ? 89.0f : x < -104.0f ? -104.0f : x;
  float r, low;
  const int32_t n = tno_exp_parts(y, &r, &low);
  const float p = 1.0f + r;
  return tno_scale(p + ((r - (p - 1.0f)) + low), n);
}`,
    'tno_exp_parts',
  ),

  tno_expm1_f32: helper(
    `/* 2^n (e^r - 1) + (2^n - 1), all halved: 2^128 is no float. */
static inline float tno_expm1_f32(float x) {
  const float y = x > 89.0f ? 89.0f : x < -18.0f ? -18.0f : x;
  float r, low;
  const int32_t n = tno_exp_parts(y, &r, &low);
  const float m = r + low;
  const float s = tno_float(tno_exponent(n + 126));
  const float k = s - 0.5f;
  const float w = 2.0f * fmaf(s, m, k);
  return x == 0 ? x : n == 0 ? m : w;
}`,
    'tno_exp_parts',
  ),

  tno_log_tail: helper(`/* (log(1 + f) - f + f^2 / 2) / f^3 for 1 + f from sqrt(1/2) to sqrt(2) */
static inline float tno_log_tail(float f) {
  float p = -0.07634389f;
  p = fmaf(p, f, 0.12765428f);
  p = fmaf(p, f, -0.13162003f);
  p = fmaf(p, f, 0.14201368f);
  p = fmaf(p, f, -0.16623144f);
  p = fmaf(p, f, 0.20001236f);
  p = fmaf(p, f, -0.25000826f);
  return fmaf(p, f, 0.3333333f);
}`),

  tno_log_f32: helper(
    `/* x = 2^e (1 + f); 0x3f3504f3 is sqrt(1/2) */
static inline float tno_log_f32(float x) {
  const int tiny = x < 1.17549435e-38f;
  const float y = tiny ? x * 8388608.0f : x;
  const int32_t e = tno_minus(tno_bits(y), 0x3f3504f3) >> 23;
  const float f = tno_float(tno_minus(tno_bits(y), tno_exponent(e))) - 1.0f;
  const float n = (float)(tiny ? e - 23 : e);
  const float z = f * f;
  const float low = fmaf(f * z, tno_log_tail(f), -(n * 2.12194440e-4f));
  const float r = fmaf(n, 0.693359375f, f + fmaf(-0.5f, z, low));
  const float edge = x == 0 ? -__builtin_inff() : x < 0 ? __builtin_nanf("") : x;
  return x > 0 && x < __builtin_inff() ? r : edge;
}`,
    'tno_bits',
    'tno_log_tail',
  ),

  tno_log1p_f32: helper(
    `/* As log of u = 1 + x, with what the rounding of u has lost; near 0, f is x itself. */
static inline float tno_log1p_f32(float x) {
  const float u = 1.0f + x;
  const int32_t e = tno_minus(tno_bits(u), 0x3f3504f3) >> 23;
  const float n = (float)e;
  const float lost = (x > 1.0f ? 1.0f - (u - x) : x - (u - 1.0f)) / u;
  const float f = e == 0 ? x : tno_float(tno_minus(tno_bits(u), tno_exponent(e))) - 1.0f;
  const float z = f * f;
  const float low = fmaf(f * z, tno_log_tail(f), (e == 0 ? 0.0f : lost) - n * 2.12194440e-4f);
  const float r = fmaf(n, 0.693359375f, f + fmaf(-0.5f, z, low));
  const float edge = x == -1.0f ? -__builtin_inff() : x < -1.0f ? __builtin_nanf("") : x;
  return x > -1.0f && x < __builtin_inff() && x != 0 ? r : edge;
}`,
    'tno_bits',
    'tno_log_tail',
  ),

  tno_tanh_f32: helper(
    `/* x + x^3 p(x^2) up to 0.55, then 1 - 2 / (e^2x + 1) */
static inline float tno_tanh_f32(float x) {
  const float a = fabsf(x);
  const float z = a * a;
  float p = -0.0062742396f;
  p = fmaf(p, z, 0.02107168f);
  p = fmaf(p, z, -0.05385231f);
  p = fmaf(p, z, 0.13332586f);
  p = fmaf(p, z, -0.33333316f);
  const float small = fmaf(a * z, p, a);
  const float large = 1.0f - 2.0f / (tno_exp_f32(2.0f * a) + 1.0f);
  return copysignf(a < 0.55f ? small : large, x);
}`,
    'tno_exp_f32',
  ),

  tno_sigmoid_f32: helper(
    `/* 1 / (1 + e) or e / (1 + e) with e = e^-|x|; the numerator takes back what rounding 1 + e has lost. */
static inline float tno_sigmoid_f32(float x) {
  const float a = -fabsf(x);
  const float y = a < -104.0f ? -104.0f : a;
  float r, low;
  const int32_t n = tno_exp_parts(y, &r, &low);
  const float p = 1.0f + r;
  const float t = (r - (p - 1.0f)) + low;
  const float e = tno_scale(p + t, n);
  const float d = 1.0f + e;
  const float lost = e - (d - 1.0f);
  const float num = tno_scale(p + (fmaf(-p, lost * fmaf(-0.5f, e, 1.0f), t)), n);
  return (x >= 0 ? 1.0f : num) / d;
}`,
    'tno_exp_parts',
  ),

  tno_softplus_f32: helper(
    `static inline float tno_softplus_f32(float x) {
  return (x > 0 ? x : 0) + tno_log1p_f32(tno_exp_f32(-fabsf(x)));
}`,
    'tno_exp_f32',
    'tno_log1p_f32',
  ),

  tno_erf_parts: helper(
    `/* erf for |x| < 0.84. */
static inline float tno_erf_near(float x) {
  const float z = x * x;
  float p = 8.849965e-05f;
  p = fmaf(p, z, -0.00082472846f);
  p = fmaf(p, z, 0.005209544f);
  p = fmaf(p, z, -0.026862575f);
  p = fmaf(p, z, 0.112837486f);
  p = fmaf(p, z, -0.37612638f);
  p = fmaf(p, z, 0.12837917f);
  return fmaf(x, p, x);
}

/* e^(y^2) erfc(y) for y from 0.4 to 10.1: (1 + 2y) times it is smooth in (y - 2.5) / (y + 2.5). */
static inline float tno_erfc_scaled(float y) {
  const float t = (y - 2.5f) / (y + 2.5f);
  float p = 0.00055339606f;
  p = fmaf(p, t, 0.00041858276f);
  p = fmaf(p, t, -0.0043648346f);
  p = fmaf(p, t, 0.0009533544f);
  p = fmaf(p, t, 0.03276034f);
  p = fmaf(p, t, -0.10296956f);
  p = fmaf(p, t, 0.15762976f);
  p = fmaf(p, t, -0.099024445f);
  p = fmaf(p, t, -0.12235676f);
  p = fmaf(p, t, 1.2648382f);
  return p / (1.0f + 2.0f * y);
}

/* e^(-s y^2), with what rounding the square has lost. */
static inline float tno_exp_square(float s, float y) {
  const float q = y * y;
  return tno_exp_f32(-s * q) * (1.0f - s * fmaf(y, y, -q));
}`,
    'tno_exp_f32',
  ),

  tno_erf_f32: helper(
    `static inline float tno_erf_f32(float x) {
  const float a = fabsf(x);
  const float y = a > 10.1f ? 10.1f : a;
  const float large = 1.0f - tno_exp_square(1.0f, y) * tno_erfc_scaled(y);
  return a < 0.84f ? tno_erf_near(x) : copysignf(large, x);
}`,
    'tno_erf_parts',
  ),

  tno_erfc_f32: helper(
    `static inline float tno_erfc_f32(float x) {
  const float a = fabsf(x);
  const float y = a > 10.1f ? 10.1f : a;
  const float tail = tno_exp_square(1.0f, y) * tno_erfc_scaled(y);
  return x > 0.5f ? tail : x > -0.84f ? 1.0f - tno_erf_near(x) : 2.0f - tail;
}`,
    'tno_erf_parts',
  ),

  tno_ndtr_f32: helper(
    `/* erfc(-x / sqrt 2) / 2 */
static inline float tno_ndtr_f32(float x) {
  const float a = fabsf(x);
  const float y = a > 14.28f ? 14.28f : a;
  const float tail = 0.5f * tno_exp_square(0.5f, y) * tno_erfc_scaled(y * 0.70710678f);
  const float near = 0.5f + 0.5f * tno_erf_near(x * 0.70710678f);
  return x < -0.7f ? tail : x < 1.18f ? near : 1.0f - tail;
}`,
    'tno_erf_parts',
  ),
};

/** The function or part of that name; null for other names. */
export function vectorMath(name: string): Helper | null {
  return helpers[name] ?? null;
}
