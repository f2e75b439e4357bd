#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; } tno_args;

void k0_transposed_copy(const tno_args *a, int64_t begin, int64_t end) {
  const int16_t *const p0 = (const int16_t *)a->buf[0];
  int16_t *const p1 = (int16_t *)a->buf[1];
  const int64_t d0 = a->dim[0];
  const int64_t d1 = a->dim[1];
  for (int64_t i0 = begin; i0 < end; i0++) {
    const int16_t *const p0_0 = p0 + i0;
    int16_t *const p1_0 = p1 + i0 * d1;
#pragma GCC ivdep
    for (int64_t i1 = 0; i1 < d1; i1++) {
      const int16_t v0 = p0_0[i1 * d0];
      p1_0[i1] = v0;
    }
  }
}
