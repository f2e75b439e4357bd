#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; } tno_args;

void k0_integer_reductions(const tno_args *a, int64_t begin, int64_t end) {
  const int32_t *const p0 = (const int32_t *)a->buf[0];
  const uint64_t *const p1 = (const uint64_t *)a->buf[1];
  const uint8_t *const p2 = (const uint8_t *)a->buf[2];
  int8_t *const p3 = (int8_t *)a->buf[3];
  int32_t *const p4 = (int32_t *)a->buf[4];
  uint64_t *const p5 = (uint64_t *)a->buf[5];
  int32_t *const p6 = (int32_t *)a->buf[6];
  uint8_t *const p7 = (uint8_t *)a->buf[7];
  uint8_t *const p8 = (uint8_t *)a->buf[8];
  uint64_t *const p9 = (uint64_t *)a->buf[9];
  const int64_t d1 = a->dim[1];
  for (int64_t i0 = begin; i0 < end; i0++) {
    const int32_t *const p0_0 = p0 + i0 * d1;
    const uint64_t *const p1_0 = p1 + i0 * d1;
    const uint8_t *const p2_0 = p2 + i0 * d1;
    int8_t s4 = 0;
    int32_t s5 = 1;
    uint64_t s6 = 0ULL;
    int32_t s7 = 2147483647;
    _Bool s8 = 1;
    _Bool s9 = 0;
    uint64_t s10 = 0ULL;
    for (int64_t i1 = 0; i1 < d1; i1++) {
      const int32_t v0 = p0_0[i1];
      const uint64_t v1 = p1_0[i1];
      const _Bool v2 = p2_0[i1] != 0;
      const int8_t v3 = (int8_t)v0;
      s4 = (int8_t)((uint32_t)s4 + (uint32_t)v3);
      s5 = (int32_t)((uint32_t)s5 * (uint32_t)v0);
      s6 = v1 > s6 ? v1 : s6;
      s7 = v0 < s7 ? v0 : s7;
      s8 = s8 & v2;
      s9 = s9 | v2;
      s10 = (uint64_t)((uint64_t)s10 + (uint64_t)v1);
    }
    p3[i0] = s4;
    p4[i0] = s5;
    p5[i0] = s6;
    p6[i0] = s7;
    p7[i0] = s8;
    p8[i0] = s9;
    p9[i0] = s10;
  }
}
