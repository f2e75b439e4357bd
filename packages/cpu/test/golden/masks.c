#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; } tno_args;

void k0_masks(const tno_args *a, int64_t begin, int64_t end) {
  const float *const p0 = (const float *)a->buf[0];
  const uint8_t *const p1 = (const uint8_t *)a->buf[1];
  uint8_t *const p2 = (uint8_t *)a->buf[2];
  float *const p3 = (float *)a->buf[3];
#pragma GCC ivdep
  for (int64_t i0 = begin; i0 < end; i0++) {
    const float v0 = p0[i0];
    const _Bool v1 = p1[i0] != 0;
    const float v2 = fabsf(v0);
    const _Bool v4 = v2 < 0.5f;
    const _Bool v5 = !v1;
    const _Bool v6 = v4 & v5;
    const float v8 = v6 ? v0 : __builtin_nanf("");
    p2[i0] = v6;
    p3[i0] = v8;
  }
}
