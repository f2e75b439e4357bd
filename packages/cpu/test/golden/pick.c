#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; int64_t phase; void *const *part; } tno_args;
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };

static void tno_fail(tno_status *s, int64_t gather, int64_t value, int64_t size) {
  if (s->code != 0) return;
  s->code = 1;
  s->gather = gather;
  s->value = value;
  s->size = size;
}

static inline int64_t tno_index(int64_t i, int64_t size) {
  if (i < 0) return i < -size ? -1 : i + size;
  return i < size ? i : -1;
}

void k0_pick(const tno_args *a, int64_t begin, int64_t end) {
  const int64_t *const p0 = (const int64_t *)a->buf[0];
  const float *const p1 = (const float *)a->buf[1];
  float *const p2 = (float *)a->buf[2];
  const int64_t d1 = a->dim[1];
#pragma GCC ivdep
  for (int64_t i0 = begin; i0 < end; i0++) {
    const int64_t v0 = p0[i0];
    const int64_t g0 = tno_index(v0, d1);
    if (g0 < 0) return tno_fail(a->status, 0, (int64_t)v0, d1);
    const float v1 = p1[i0 * d1 + g0];
    const float v2 = -v1;
    p2[i0] = v2;
  }
}
