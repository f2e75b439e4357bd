#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; int64_t phase; void *const *part; } tno_args;
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };

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

void k0_dot(const tno_args *a, int64_t begin, int64_t end) {
  const float *const p0 = (const float *)a->buf[0];
  const float *const p1 = (const float *)a->buf[1];
  float *const p2 = (float *)a->buf[2];
  const int64_t d0 = a->dim[0];
  const int64_t d1 = a->dim[1];
  const int64_t phase = a->phase;
  const int64_t line = (d0 + 1023) / 1024;
  int64_t from = 0, to = line;
  if (phase == TNO_BLOCKS) from = begin, to = end;
  float s3 = 0.0f, c3 = 0.0f;
  for (int64_t t = from * 1024; t < to * 1024; t += 1024) {
    const int64_t e = d0 - t < 1024 ? d0 - t : 1024;
    float y3;
    if (phase != TNO_FOLD) {
      float x3[1024];
#pragma GCC ivdep
      for (int64_t j = 0; j < e; j++) {
        const int64_t i0 = t + j;
        const float v0 = p0[i0];
        const float v1 = p1[i0 * d1];
        const float v2 = v0 * v1;
        x3[j] = v2;
      }
      y3 = tno_sum_f32(x3, e);
    }
    else {
      const int64_t at = t / 1024;
      y3 = ((float *)a->part[0])[at];
    }
    if (phase == TNO_BLOCKS) {
      const int64_t at = t / 1024;
      ((float *)a->part[0])[at] = y3;
    }
    else {
      tno_add_f32(&s3, &c3, y3);
    }
  }
  if (phase != TNO_BLOCKS) {
    const float v3 = tno_total_f32(s3, c3);
    p2[0] = v3;
  }
}
