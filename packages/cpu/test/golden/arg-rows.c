#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; } tno_args;

void k0_arg_rows(const tno_args *a, int64_t begin, int64_t end) {
  const float *const p0 = (const float *)a->buf[0];
  const int32_t *const p1 = (const int32_t *)a->buf[1];
  int64_t *const p2 = (int64_t *)a->buf[2];
  int64_t *const p3 = (int64_t *)a->buf[3];
  const int64_t d1 = a->dim[1];
  for (int64_t i0 = begin; i0 < end; i0++) {
    const float *const p0_0 = p0 + i0 * d1;
    const int32_t *const p1_0 = p1 + i0 * d1;
    float b2 = (-__builtin_inff());
    int64_t s2 = 0;
    int32_t b3 = 2147483647;
    int64_t s3 = 0;
    for (int64_t i1 = 0; i1 < d1; i1++) {
      const float v0 = p0_0[i1];
      const int32_t v1 = p1_0[i1];
      const int m2 = v0 > b2 || (v0 != v0 && b2 == b2);
      b2 = m2 ? v0 : b2;
      s2 = m2 ? i1 : s2;
      const int m3 = v1 < b3;
      b3 = m3 ? v1 : b3;
      s3 = m3 ? i1 : s3;
    }
    p2[i0] = s2;
    p3[i0] = s3;
  }
}
