#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; int64_t phase; void *const *part; } tno_args;
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };

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
  const int64_t d0 = a->dim[0];
  const int64_t d1 = a->dim[1];
  const int64_t phase = a->phase;
  const int64_t line = (d1 + 1023) / 1024;
  int64_t from = 0, to = line;
  if (phase == TNO_BLOCKS) from = begin, to = end, begin = 0, end = d0;
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
    for (int64_t t = from * 1024; t < to * 1024; t += 1024) {
      const int64_t e = d1 - t < 1024 ? d1 - t : 1024;
      int8_t y4 = 0;
      int32_t y5 = 1;
      uint64_t y6 = 0ULL;
      int32_t y7 = 2147483647;
      _Bool y8 = 1;
      _Bool y9 = 0;
      uint64_t y10 = 0ULL;
      if (phase != TNO_FOLD) {
        for (int64_t j = 0; j < e; j++) {
          const int64_t i1 = t + j;
          const int32_t v0 = p0_0[i1];
          const uint64_t v1 = p1_0[i1];
          const _Bool v2 = p2_0[i1] != 0;
          const int8_t v3 = (int8_t)v0;
          y4 = (int8_t)((uint32_t)y4 + (uint32_t)v3);
          y5 = (int32_t)((uint32_t)y5 * (uint32_t)v0);
          y6 = v1 > y6 ? v1 : y6;
          y7 = v0 < y7 ? v0 : y7;
          y8 = y8 & v2;
          y9 = y9 | v2;
          y10 = (uint64_t)((uint64_t)y10 + (uint64_t)v1);
        }
      }
      else {
        const int64_t at = t / 1024 * d0 + i0;
        y4 = ((int8_t *)a->part[0])[at];
        y5 = ((int32_t *)a->part[2])[at];
        y6 = ((uint64_t *)a->part[4])[at];
        y7 = ((int32_t *)a->part[6])[at];
        y8 = ((_Bool *)a->part[8])[at];
        y9 = ((_Bool *)a->part[10])[at];
        y10 = ((uint64_t *)a->part[12])[at];
      }
      if (phase == TNO_BLOCKS) {
        const int64_t at = t / 1024 * d0 + i0;
        ((int8_t *)a->part[0])[at] = y4;
        ((int32_t *)a->part[2])[at] = y5;
        ((uint64_t *)a->part[4])[at] = y6;
        ((int32_t *)a->part[6])[at] = y7;
        ((_Bool *)a->part[8])[at] = y8;
        ((_Bool *)a->part[10])[at] = y9;
        ((uint64_t *)a->part[12])[at] = y10;
      }
      else {
        s4 = (int8_t)((uint32_t)s4 + (uint32_t)y4);
        s5 = (int32_t)((uint32_t)s5 * (uint32_t)y5);
        s6 = y6 > s6 ? y6 : s6;
        s7 = y7 < s7 ? y7 : s7;
        s8 = s8 & y8;
        s9 = s9 | y9;
        s10 = (uint64_t)((uint64_t)s10 + (uint64_t)y10);
      }
    }
    if (phase != TNO_BLOCKS) {
      p3[i0] = s4;
      p4[i0] = s5;
      p5[i0] = s6;
      p6[i0] = s7;
      p7[i0] = s8;
      p8[i0] = s9;
      p9[i0] = s10;
    }
  }
}
