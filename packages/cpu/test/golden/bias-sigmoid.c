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

/* 1 / (1 + e) or e / (1 + e) with e = e^-|x|; the numerator takes back what rounding 1 + e has lost. */
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

void k0_bias_sigmoid(const tno_args *a, int64_t begin, int64_t end) {
  const float *const p0 = (const float *)a->buf[0];
  const float *const p1 = (const float *)a->buf[1];
  float *const p2 = (float *)a->buf[2];
  const int64_t d1 = a->dim[1];
  const int64_t d2 = a->dim[2];
  for (int64_t i0 = begin; i0 < end; i0++) {
    const float *const p0_0 = p0 + i0 * d2;
    float *const p2_0 = p2 + i0 * d1;
    for (int64_t u = 0, w; u < d1; u += w) {
      w = tno_tile(d1 - u, 512, a->stream ? p2_0 + u : 0, sizeof(float));
      float t2[512];
      float *const q2 = a->stream ? t2 : p2_0 + u;
#pragma GCC ivdep
      for (int64_t j = 0; j < w; j++) {
        const int64_t i1 = u + j;
        const float v0 = p0_0[i1];
        const float v1 = p1[i1];
        const float v2 = v0 + v1;
        const float v3 = tno_sigmoid_f32(v2);
        q2[j] = v3;
      }
      if (a->stream) tno_stream(p2_0 + u, t2, w * (int64_t)sizeof(float));
    }
  }
  if (a->stream) tno_stream_end();
}
