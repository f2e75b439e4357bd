#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; int64_t phase; void *const *part; } tno_args;
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };

void k0_scale_in_place(const tno_args *a, int64_t begin, int64_t end) {
  double *const p0 = (double *)a->buf[0];
#pragma GCC ivdep
  for (int64_t i0 = begin; i0 < end; i0++) {
    const double v0 = p0[i0];
    const double v2 = v0 * (-0.1);
    p0[i0] = v2;
  }
}
