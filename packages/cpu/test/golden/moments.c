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

static __attribute__((noinline)) float tno_max_f32(const float *x, int64_t n) {
  enum { W = TNO_VECTOR / 4, K = 16 / W };
  tno_v_f32 lane[K];
  for (int k = 0; k < K; k++) lane[k] = (tno_v_f32){0} + (float)-INFINITY;
  int64_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int k = 0; k < K; k++) {
      const tno_v_f32 y = *(const tno_u_f32 *)(x + i + k * W);
      const tno_m_f32 m = (y > lane[k]) | (y != y); lane[k] = (tno_v_f32)((m & (tno_m_f32)y) | (~m & (tno_m_f32)lane[k]));
    }
  if (i < n) {
    float rest[16];
#pragma GCC unroll 1
    for (int l = 0; l < 16; l++) rest[l] = i + l < n ? x[i + l] : -INFINITY;
    for (int k = 0; k < K; k++) {
      const tno_v_f32 y = *(const tno_u_f32 *)(rest + k * W);
      const tno_m_f32 m = (y > lane[k]) | (y != y); lane[k] = (tno_v_f32)((m & (tno_m_f32)y) | (~m & (tno_m_f32)lane[k]));
    }
  }
  for (int h = K / 2; h > 0; h >>= 1)
    for (int k = 0; k < h; k++) {
      const tno_v_f32 y = lane[k + h];
      const tno_m_f32 m = (y > lane[k]) | (y != y); lane[k] = (tno_v_f32)((m & (tno_m_f32)y) | (~m & (tno_m_f32)lane[k]));
    }
  tno_v_f32 r = lane[0];
#define TNO_FOLD(half) { const tno_v_f32 y = half; const tno_m_f32 m = (y > r) | (y != y); r = (tno_v_f32)((m & (tno_m_f32)y) | (~m & (tno_m_f32)r)); }
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

void k0_moments(const tno_args *a, int64_t begin, int64_t end) {
  const float *const p0 = (const float *)a->buf[0];
  const float *const p1 = (const float *)a->buf[1];
  float *const p2 = (float *)a->buf[2];
  const float *const p3 = (const float *)a->buf[3];
  float *const p4 = (float *)a->buf[4];
  float *const p5 = (float *)a->buf[5];
  int64_t *const p6 = (int64_t *)a->buf[6];
  const int64_t d0 = a->dim[0];
  const int64_t d1 = a->dim[1];
  const int64_t phase = a->phase;
  const int64_t line = (d1 + 1023) / 1024;
  int64_t from = 0, to = line;
  if (phase == TNO_BLOCKS) from = begin, to = end, begin = 0, end = d0;
  const float v9 = (float)d1;
  for (int64_t i0 = begin; i0 < end; i0++) {
    const float *const p0_0 = p0 + i0 * d1;
    const float v1 = p1[i0];
    const float v14 = p3[i0];
    float s4 = 0.0f, c4 = 0.0f;
    float s5 = 0.0f, c5 = 0.0f;
    float s6 = (-__builtin_inff());
    float b7 = (-__builtin_inff());
    int64_t s7 = 0;
    for (int64_t t = from * 1024; t < to * 1024; t += 1024) {
      const int64_t e = d1 - t < 1024 ? d1 - t : 1024;
      float y4;
      float y5;
      float y6;
      float y7 = (-__builtin_inff());
      int64_t z7 = 0;
      if (phase != TNO_FOLD) {
        float x4[1024];
        float x5[1024];
        float x6[1024];
        for (int64_t j = 0; j < e; j++) {
          const int64_t i1 = t + j;
          const float v0 = p0_0[i1];
          const float v2 = v0 - v1;
          const float v3 = v2 * v2;
          x4[j] = v2;
          x5[j] = v3;
          x6[j] = v0;
          const int m7 = !(v0 <= y7 || y7 != y7);
          y7 = m7 ? v0 : y7;
          z7 = m7 ? i1 : z7;
        }
        y4 = tno_sum_f32(x4, e);
        y5 = tno_sum_f32(x5, e);
        y6 = tno_max_f32(x6, e);
      }
      else {
        const int64_t at = t / 1024 * d0 + i0;
        y4 = ((float *)a->part[0])[at];
        y5 = ((float *)a->part[2])[at];
        y6 = ((float *)a->part[4])[at];
        y7 = ((float *)a->part[6])[at];
        z7 = ((int64_t *)a->part[7])[at];
      }
      if (phase == TNO_BLOCKS) {
        const int64_t at = t / 1024 * d0 + i0;
        ((float *)a->part[0])[at] = y4;
        ((float *)a->part[2])[at] = y5;
        ((float *)a->part[4])[at] = y6;
        ((float *)a->part[6])[at] = y7;
        ((int64_t *)a->part[7])[at] = z7;
      }
      else {
        tno_add_f32(&s4, &c4, y4);
        tno_add_f32(&s5, &c5, y5);
        s6 = y6 > s6 || y6 != y6 ? y6 : s6;
        const int m7 = !(y7 <= b7 || b7 != b7);
        b7 = m7 ? y7 : b7;
        s7 = m7 ? z7 : s7;
      }
    }
    if (phase != TNO_BLOCKS) {
      const float v4 = tno_total_f32(s4, c4);
      const float v5 = tno_total_f32(s5, c5);
      const float v10 = v4 / v9;
      const float v11 = v5 / v9;
      const float v12 = v10 * v10;
      const float v13 = v11 - v12;
      const float v15 = v10 + v14;
      p2[i0] = v15;
      p4[i0] = v13;
      p5[i0] = s6;
      p6[i0] = s7;
    }
  }
}
