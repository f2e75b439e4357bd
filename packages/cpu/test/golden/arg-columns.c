#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; int64_t phase; void *const *part; } tno_args;
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };

void k0_arg_columns(const tno_args *a, int64_t begin, int64_t end) {
  const float *const p0 = (const float *)a->buf[0];
  const int32_t *const p1 = (const int32_t *)a->buf[1];
  int64_t *const p2 = (int64_t *)a->buf[2];
  int64_t *const p3 = (int64_t *)a->buf[3];
  const int64_t d0 = a->dim[0];
  const int64_t d1 = a->dim[1];
  const int64_t phase = a->phase;
  const int64_t line = (d1 + 1023) / 1024;
  int64_t from = 0, to = line;
  if (phase == TNO_BLOCKS) from = begin, to = end, begin = 0, end = d0;
  for (int64_t u = begin; u < end; u += 64) {
    const int64_t w = end - u < 64 ? end - u : 64;
    float b2[64];
    int64_t s2[64];
    for (int j = 0; j < 64; j++) {
      b2[j] = (-__builtin_inff());
      s2[j] = 0;
    }
    int32_t b3[64];
    int64_t s3[64];
    for (int j = 0; j < 64; j++) {
      b3[j] = 2147483647;
      s3[j] = 0;
    }
    for (int64_t t = from * 1024; t < to * 1024; t += 1024) {
      const int64_t e = d1 - t < 1024 ? d1 - t : 1024;
      float y2[64];
      int64_t z2[64];
      for (int j = 0; j < 64; j++) {
        y2[j] = (-__builtin_inff());
        z2[j] = 0;
      }
      int32_t y3[64];
      int64_t z3[64];
      for (int j = 0; j < 64; j++) {
        y3[j] = 2147483647;
        z3[j] = 0;
      }
      if (phase != TNO_FOLD) {
        for (int64_t r = 0; r < e; r++) {
          const int64_t i1 = t + r;
          const float *const p0_1 = p0 + i1 * d0;
          const int32_t *const p1_1 = p1 + i1 * d0;
#pragma GCC ivdep
          for (int64_t j = 0; j < w; j++) {
            const int64_t i0 = u + j;
            const float v0 = p0_1[i0];
            const int32_t v1 = p1_1[i0];
            const int m2 = !(v0 <= y2[j] || y2[j] != y2[j]);
            y2[j] = m2 ? v0 : y2[j];
            z2[j] = m2 ? i1 : z2[j];
            const int m3 = v1 < y3[j];
            y3[j] = m3 ? v1 : y3[j];
            z3[j] = m3 ? i1 : z3[j];
          }
        }
      }
      else {
        const int64_t at = t / 1024 * d0 + u;
        for (int j = 0; j < 64; j++) {
          y2[j] = j < w ? ((float *)a->part[0])[at + j] : (-__builtin_inff());
          z2[j] = j < w ? ((int64_t *)a->part[1])[at + j] : 0;
          y3[j] = j < w ? ((int32_t *)a->part[2])[at + j] : 2147483647;
          z3[j] = j < w ? ((int64_t *)a->part[3])[at + j] : 0;
        }
      }
      if (phase == TNO_BLOCKS) {
        const int64_t at = t / 1024 * d0 + u;
        for (int64_t j = 0; j < w; j++) {
          ((float *)a->part[0])[at + j] = y2[j];
          ((int64_t *)a->part[1])[at + j] = z2[j];
          ((int32_t *)a->part[2])[at + j] = y3[j];
          ((int64_t *)a->part[3])[at + j] = z3[j];
        }
      }
      else {
        for (int j = 0; j < 64; j++) {
          const int m2 = !(y2[j] <= b2[j] || b2[j] != b2[j]);
          b2[j] = m2 ? y2[j] : b2[j];
          s2[j] = m2 ? z2[j] : s2[j];
          const int m3 = y3[j] < b3[j];
          b3[j] = m3 ? y3[j] : b3[j];
          s3[j] = m3 ? z3[j] : s3[j];
        }
      }
    }
    if (phase == TNO_BLOCKS) continue;
#pragma GCC ivdep
    for (int64_t j = 0; j < w; j++) {
      const int64_t i0 = u + j;
      const int64_t v2 = s2[j];
      const int64_t v3 = s3[j];
      p2[i0] = v2;
      p3[i0] = v3;
    }
  }
}
