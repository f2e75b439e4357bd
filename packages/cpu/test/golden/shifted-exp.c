#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; } tno_args;

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
#pragma GCC ivdep
    for (int64_t i1 = 0; i1 < d1; i1++) {
      const float v0 = p0_0[i1];
      const float v2 = v0 - v1;
      const float v3 = expf(v2);
      const float v4 = log1pf(v3);
      p2_0[i1] = v3;
      p3_0[i1] = v4;
    }
  }
}
