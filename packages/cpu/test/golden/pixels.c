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

void k0_pixels(const tno_args *a, int64_t begin, int64_t end) {
  const uint8_t *const p0 = (const uint8_t *)a->buf[0];
  float *const p1 = (float *)a->buf[1];
  for (int64_t u = begin, w; u < end; u += w) {
    w = tno_tile(end - u, 512, a->stream ? p1 + u : 0, sizeof(float));
    float t1[512];
    float *const q1 = a->stream ? t1 : p1 + u;
#pragma GCC ivdep
    for (int64_t j = 0; j < w; j++) {
      const int64_t i0 = u + j;
      const uint8_t v0 = p0[i0];
      const float v1 = (float)v0;
      const float v3 = v1 / 256.0f;
      q1[j] = v3;
    }
    if (a->stream) tno_stream(p1 + u, t1, w * (int64_t)sizeof(float));
  }
  if (a->stream) tno_stream_end();
}
