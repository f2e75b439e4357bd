#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; int64_t phase; void *const *part; } tno_args;
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };

void k0_arg_rows(const tno_args *a, int64_t begin, int64_t end) {
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
  for (int64_t i0 = begin; i0 < end; i0++) {
    const float *const p0_0 = p0 + i0 * d1;
    const int32_t *const p1_0 = p1 + i0 * d1;
    float b2 = (-__builtin_inff());
    int64_t s2 = 0;
    int32_t b3 = 2147483647;
    int64_t s3 = 0;
    for (int64_t t = from * 1024; t < to * 1024; t += 1024) {
      const int64_t e = d1 - t < 1024 ? d1 - t : 1024;
      float y2 = (-__builtin_inff());
      int64_t z2 = 0;
      int32_t y3 = 2147483647;
      int64_t z3 = 0;
      if (phase != TNO_FOLD) {
        for (int64_t j = 0; j < e; j++) {
          const int64_t i1 = t + j;
          const float v0 = p0_0[i1];
          const int32_t v1 = p1_0[i1];
          const int m2 = !(v0 <= y2 || y2 != y2);
          y2 = m2 ? v0 : y2;
          z2 = m2 ? i1 : z2;
          const int m3 = v1 < y3;
          y3 = m3 ? v1 : y3;
          z3 = m3 ? i1 : z3;
        }
      }
      else {
        const int64_t at = t / 1024 * d0 + i0;
        y2 = ((float *)a->part[0])[at];
        z2 = ((int64_t *)a->part[1])[at];
        y3 = ((int32_t *)a->part[2])[at];
        z3 = ((int64_t *)a->part[3])[at];
      }
      if (phase == TNO_BLOCKS) {
        const int64_t at = t / 1024 * d0 + i0;
        ((float *)a->part[0])[at] = y2;
        ((int64_t *)a->part[1])[at] = z2;
        ((int32_t *)a->part[2])[at] = y3;
        ((int64_t *)a->part[3])[at] = z3;
      }
      else {
        const int m2 = !(y2 <= b2 || b2 != b2);
        b2 = m2 ? y2 : b2;
        s2 = m2 ? z2 : s2;
        const int m3 = y3 < b3;
        b3 = m3 ? y3 : b3;
        s3 = m3 ? z3 : s3;
      }
    }
    if (phase != TNO_BLOCKS) {
      p2[i0] = s2;
      p3[i0] = s3;
    }
  }
}
