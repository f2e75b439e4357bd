#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; int64_t phase; void *const *part; } tno_args;
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };

static inline void tno_add_f32(float *sum, float *comp, float x) {
  const float s = *sum + x;
  const float b = s - *sum;
  *comp += (*sum - (s - b)) + (x - b);
  *sum = s;
}

static inline float tno_total_f32(float sum, float comp) {
  return comp == comp ? sum + comp : sum;
}

void k0_accumulate(const tno_args *a, int64_t begin, int64_t end) {
  const float *const p0 = (const float *)a->buf[0];
  float *const p1 = (float *)a->buf[1];
  const int64_t d0 = a->dim[0];
  const int64_t d1 = a->dim[1];
  const int64_t phase = a->phase;
  const int64_t line = (d1 + 1023) / 1024;
  int64_t from = 0, to = line;
  if (phase == TNO_BLOCKS) from = begin, to = end, begin = 0, end = d0;
  for (int64_t u = begin; u < end; u += 64) {
    const int64_t w = end - u < 64 ? end - u : 64;
    float s1[64], c1[64];
    for (int j = 0; j < 64; j++) {
      s1[j] = 0.0f;
      c1[j] = 0.0f;
    }
    for (int64_t t = from * 1024; t < to * 1024; t += 1024) {
      const int64_t e = d1 - t < 1024 ? d1 - t : 1024;
      float x1[16][64];
      if (phase != TNO_FOLD) {
        const int64_t lanes = e < 16 ? e : 16;
        for (int64_t l = 0; l < lanes; l++) {
          for (int j = 0; j < 64; j++) {
            x1[l][j] = 0.0f;
          }
        }
        for (int64_t r = 0; r < e; r++) {
          const int64_t i1 = t + r;
          const float *const p0_1 = p0 + i1 * d0;
          float *const l1 = x1[r & 15];
#pragma GCC ivdep
          for (int64_t j = 0; j < w; j++) {
            const int64_t i0 = u + j;
            const float v0 = p0_1[i0];
            l1[j] = l1[j] + v0;
          }
        }
        for (int64_t h = 8; h > 0; h >>= 1) {
          for (int64_t l = 0; l < h && l + h < lanes; l++) {
            for (int j = 0; j < 64; j++) {
              x1[l][j] = x1[l][j] + x1[l + h][j];
            }
          }
        }
      }
      else {
        const int64_t at = t / 1024 * d0 + u;
        for (int j = 0; j < 64; j++) {
          x1[0][j] = j < w ? ((float *)a->part[0])[at + j] : 0.0f;
        }
      }
      if (phase == TNO_BLOCKS) {
        const int64_t at = t / 1024 * d0 + u;
        for (int64_t j = 0; j < w; j++) {
          ((float *)a->part[0])[at + j] = x1[0][j];
        }
      }
      else {
        for (int j = 0; j < 64; j++) {
          tno_add_f32(&s1[j], &c1[j], x1[0][j]);
        }
      }
    }
    if (phase == TNO_BLOCKS) continue;
#pragma GCC ivdep
    for (int64_t j = 0; j < w; j++) {
      const int64_t i0 = u + j;
      const float v1 = tno_total_f32(s1[j], c1[j]);
      const float v3 = v1 * (-0.13f);
      p1[i0] = p1[i0] + v3;
    }
  }
}
