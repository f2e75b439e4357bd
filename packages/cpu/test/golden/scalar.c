#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; int64_t phase; void *const *part; } tno_args;
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };

void k0_scalar(const tno_args *a, int64_t begin, int64_t end) {
  const int64_t *const p0 = (const int64_t *)a->buf[0];
  int64_t *const p1 = (int64_t *)a->buf[1];
  (void)begin, (void)end;
  const int64_t v0 = p0[0];
  const int64_t v2 = (int64_t)((uint64_t)v0 + (uint64_t)1LL);
  p1[0] = v2;
}
