#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; } tno_args;

void k0_pixels(const tno_args *a, int64_t begin, int64_t end) {
  const uint8_t *const p0 = (const uint8_t *)a->buf[0];
  float *const p1 = (float *)a->buf[1];
#pragma GCC ivdep
  for (int64_t i0 = begin; i0 < end; i0++) {
    const uint8_t v0 = p0[i0];
    const float v1 = (float)v0;
    const float v3 = v1 / 256.0f;
    p1[i0] = v3;
  }
}
