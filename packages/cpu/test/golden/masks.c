#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; int64_t phase; void *const *part; } tno_args;
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };

static inline int64_t tno_tile(int64_t left, int64_t most, const void *to, int64_t size) {
  const int64_t w = most - (int64_t)((uintptr_t)to & 63) / size;
  return left < w ? left : w;
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

void k0_masks(const tno_args *a, int64_t begin, int64_t end) {
  const float *const p0 = (const float *)a->buf[0];
  const uint8_t *const p1 = (const uint8_t *)a->buf[1];
  uint8_t *const p2 = (uint8_t *)a->buf[2];
  float *const p3 = (float *)a->buf[3];
  for (int64_t u = begin, w; u < end; u += w) {
    w = tno_tile(end - u, 512, a->stream ? p2 + u : 0, sizeof(uint8_t));
    uint8_t t2[512];
    uint8_t *const q2 = a->stream ? t2 : p2 + u;
    float t3[512];
    float *const q3 = a->stream ? t3 : p3 + u;
#pragma GCC ivdep
    for (int64_t j = 0; j < w; j++) {
      const int64_t i0 = u + j;
      const float v0 = p0[i0];
      const _Bool v1 = p1[i0] != 0;
      const float v2 = fabsf(v0);
      const _Bool v4 = v2 < 0.5f;
      const _Bool v5 = !v1;
      const _Bool v6 = v4 & v5;
      const float v8 = v6 ? v0 : __builtin_nanf("");
      q2[j] = v6;
      q3[j] = v8;
    }
    if (a->stream) tno_stream(p2 + u, t2, w * (int64_t)sizeof(uint8_t));
    if (a->stream) tno_stream(p3 + u, t3, w * (int64_t)sizeof(float));
  }
  if (a->stream) tno_stream_end();
}
