#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; int64_t phase; void *const *part; } tno_args;
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };

static inline int64_t tno_tile(int64_t left, int64_t most, const void *to, int64_t size) {
  const int64_t w = most - (int64_t)((uintptr_t)to & 63) / size;
  return left < w ? left : w;
}

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

/* As log of u = 1 + x, with what the rounding of u has lost; near 0, f is x itself. */
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
}

#if defined(__AVX512F__)
#define TNO_VECTOR 64
#elif defined(__AVX__)
#define TNO_VECTOR 32
#else
#define TNO_VECTOR 16
#endif

#if defined(__has_builtin)
#if __has_builtin(__builtin_nontemporal_store)
#define TNO_STREAM(to, value) __builtin_nontemporal_store(value, to)
#endif
#endif
#if !defined(TNO_STREAM) && defined(__AVX512F__)
#define TNO_STREAM(to, value) __builtin_ia32_movntdq512(to, value)
#elif !defined(TNO_STREAM) && defined(__AVX__)
#define TNO_STREAM(to, value) __builtin_ia32_movntdq256(to, value)
#elif !defined(TNO_STREAM) && defined(__SSE2__)
#define TNO_STREAM(to, value) __builtin_ia32_movntdq(to, value)
#endif

static __attribute__((noinline)) void tno_stream(void *to, const void *from, int64_t bytes) {
  char *t = (char *)to;
  const char *f = (const char *)from;
#ifdef TNO_STREAM
  typedef long long line __attribute__((vector_size(TNO_VECTOR), may_alias));
  typedef long long loose __attribute__((vector_size(TNO_VECTOR), may_alias, aligned(1)));
  const int64_t before = (int64_t)(-(uintptr_t)t & (TNO_VECTOR - 1));
  if (before < bytes) {
    __builtin_memcpy(t, f, before);
    int64_t i = before;
    for (; i + TNO_VECTOR <= bytes; i += TNO_VECTOR)
      TNO_STREAM((line *)(t + i), *(const loose *)(f + i));
    t += i, f += i, bytes -= i;
  }
#endif
  __builtin_memcpy(t, f, bytes);
}

static inline void tno_stream_end(void) {
#if defined(__SSE2__)
  __builtin_ia32_sfence();
#endif
}

void k0_shifted_exp(const tno_args *a, int64_t begin, int64_t end) {
  const float *const p0 = (const float *)a->buf[0];
  const float *const p1 = (const float *)a->buf[1];
  float *const p2 = (float *)a->buf[2];
  float *const p3 = (float *)a->buf[3];
  const int64_t d1 = a->dim[1];
  for (int64_t i0 = begin; i0 < end; i0++) {
    const float *const p0_0 = p0 + i0 * d1;
    float *const p2_0 = p2 + i0 * d1;
    float *const p3_0 = p3 + i0 * d1;
    const float v1 = p1[i0];
    for (int64_t u = 0, w; u < d1; u += w) {
      w = tno_tile(d1 - u, 512, a->stream ? p2_0 + u : 0, sizeof(float));
      float t2[512];
      float *const q2 = a->stream ? t2 : p2_0 + u;
      float t3[512];
      float *const q3 = a->stream ? t3 : p3_0 + u;
#pragma GCC ivdep
      for (int64_t j = 0; j < w; j++) {
        const int64_t i1 = u + j;
        const float v0 = p0_0[i1];
        const float v2 = v0 - v1;
        const float v3 = tno_exp_f32(v2);
        const float v4 = tno_log1p_f32(v3);
        q2[j] = v3;
        q3[j] = v4;
      }
      if (a->stream) tno_stream(p2_0 + u, t2, w * (int64_t)sizeof(float));
      if (a->stream) tno_stream(p3_0 + u, t3, w * (int64_t)sizeof(float));
    }
  }
  if (a->stream) tno_stream_end();
}
