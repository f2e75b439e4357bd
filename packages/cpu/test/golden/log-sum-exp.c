#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; int64_t phase; void *const *part; } tno_args;
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };

static inline int32_t tno_bits(float x) {
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
}

/* x = n ln 2 + *r, |*r| <= ln 2 / 2; e^*r - 1 = *r + *low. ln 2 in two parts, n times the first is exact. */
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
}

static inline float tno_exp_f32(float x) {
  const float y = x > 89.0f ? 89.0f : x < -104.0f ? -104.0f : x;
  float r, low;
  const int32_t n = tno_exp_parts(y, &r, &low);
  const float p = 1.0f + r;
  return tno_scale(p + ((r - (p - 1.0f)) + low), n);
}

#if defined(__AVX512F__)
#define TNO_VECTOR 64
#elif defined(__AVX__)
#define TNO_VECTOR 32
#else
#define TNO_VECTOR 16
#endif

typedef float tno_v_f32 __attribute__((vector_size(TNO_VECTOR)));
typedef float tno_u_f32 __attribute__((vector_size(TNO_VECTOR), aligned(4), may_alias));
typedef int32_t tno_m_f32 __attribute__((vector_size(TNO_VECTOR)));
#if TNO_VECTOR == 64
#define TNO_HALVES_f32(v, f) f(__builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)) f(__builtin_shufflevector(v, v, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3)) f(__builtin_shufflevector(v, v, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1)) f(__builtin_shufflevector(v, v, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0))
#elif TNO_VECTOR == 32
#define TNO_HALVES_f32(v, f) f(__builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3)) f(__builtin_shufflevector(v, v, 2, 3, 4, 5, 6, 7, 0, 1)) f(__builtin_shufflevector(v, v, 1, 2, 3, 4, 5, 6, 7, 0))
#else
#define TNO_HALVES_f32(v, f) f(__builtin_shufflevector(v, v, 2, 3, 0, 1)) f(__builtin_shufflevector(v, v, 1, 2, 3, 0))
#endif

static __attribute__((noinline)) float tno_sum_f32(const float *x, int64_t n) {
  enum { W = TNO_VECTOR / 4, K = 16 / W };
  tno_v_f32 lane[K];
  for (int k = 0; k < K; k++) lane[k] = (tno_v_f32){0} + 0;
  int64_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int k = 0; k < K; k++) {
      const tno_v_f32 y = *(const tno_u_f32 *)(x + i + k * W);
      lane[k] += y;
    }
  if (i < n) {
    float rest[16];
#pragma GCC unroll 1
    for (int l = 0; l < 16; l++) rest[l] = i + l < n ? x[i + l] : 0;
    for (int k = 0; k < K; k++) {
      const tno_v_f32 y = *(const tno_u_f32 *)(rest + k * W);
      lane[k] += y;
    }
  }
  for (int h = K / 2; h > 0; h >>= 1)
    for (int k = 0; k < h; k++) {
      const tno_v_f32 y = lane[k + h];
      lane[k] += y;
    }
  tno_v_f32 r = lane[0];
#define TNO_FOLD(half) { const tno_v_f32 y = half; r += y; }
  TNO_HALVES_f32(r, TNO_FOLD)
#undef TNO_FOLD
  return r[0];
}

static inline void tno_add_f32(float *sum, float *comp, float x) {
  const float s = *sum + x;
  const float b = s - *sum;
  *comp += (*sum - (s - b)) + (x - b);
  *sum = s;
}

static inline float tno_total_f32(float sum, float comp) {
  return comp == comp ? sum + comp : sum;
}

/* (log(1 + f) - f + f^2 / 2) / f^3 for 1 + f from sqrt(1/2) to sqrt(2) */
static inline float tno_log_tail(float f) {
  float p = -0.07634389f;
  p = fmaf(p, f, 0.12765428f);
  p = fmaf(p, f, -0.13162003f);
  p = fmaf(p, f, 0.14201368f);
  p = fmaf(p, f, -0.16623144f);
  p = fmaf(p, f, 0.20001236f);
  p = fmaf(p, f, -0.25000826f);
  return fmaf(p, f, 0.3333333f);
}

/* x = 2^e (1 + f); 0x3f3504f3 is sqrt(1/2) */
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
}

void k0_log_sum_exp(const tno_args *a, int64_t begin, int64_t end) {
  const float *const p0 = (const float *)a->buf[0];
  const float *const p1 = (const float *)a->buf[1];
  float *const p2 = (float *)a->buf[2];
  const int64_t d0 = a->dim[0];
  const int64_t d1 = a->dim[1];
  const int64_t phase = a->phase;
  const int64_t line = (d1 + 1023) / 1024;
  int64_t from = 0, to = line;
  if (phase == TNO_BLOCKS) from = begin, to = end, begin = 0, end = d0;
  for (int64_t i0 = begin; i0 < end; i0++) {
    const float *const p0_0 = p0 + i0 * d1;
    const float v1 = p1[i0];
    const float v6 = p1[i0];
    float s4 = 0.0f, c4 = 0.0f;
    for (int64_t t = from * 1024; t < to * 1024; t += 1024) {
      const int64_t e = d1 - t < 1024 ? d1 - t : 1024;
      float y4;
      if (phase != TNO_FOLD) {
        float x4[1024];
#pragma GCC ivdep
        for (int64_t j = 0; j < e; j++) {
          const int64_t i1 = t + j;
          const float v0 = p0_0[i1];
          const float v2 = v0 - v1;
          const float v3 = tno_exp_f32(v2);
          x4[j] = v3;
        }
        y4 = tno_sum_f32(x4, e);
      }
      else {
        const int64_t at = t / 1024 * d0 + i0;
        y4 = ((float *)a->part[0])[at];
      }
      if (phase == TNO_BLOCKS) {
        const int64_t at = t / 1024 * d0 + i0;
        ((float *)a->part[0])[at] = y4;
      }
      else {
        tno_add_f32(&s4, &c4, y4);
      }
    }
    if (phase != TNO_BLOCKS) {
      const float v4 = tno_total_f32(s4, c4);
      const float v5 = tno_log_f32(v4);
      const float v7 = v5 + v6;
      p2[i0] = v7;
    }
  }
}
