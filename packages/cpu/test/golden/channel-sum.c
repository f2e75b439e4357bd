#include <math.h>
#include <stdint.h>

typedef struct tno_status { int64_t code; int64_t gather; int64_t value; int64_t size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; int64_t phase; void *const *part; } tno_args;
enum { TNO_WHOLE, TNO_BLOCKS, TNO_FOLD };

#if defined(__AVX512F__)
#define TNO_VECTOR 64
#elif defined(__AVX__)
#define TNO_VECTOR 32
#else
#define TNO_VECTOR 16
#endif

typedef double tno_v_f64 __attribute__((vector_size(TNO_VECTOR)));
typedef double tno_u_f64 __attribute__((vector_size(TNO_VECTOR), aligned(8), may_alias));
typedef int64_t tno_m_f64 __attribute__((vector_size(TNO_VECTOR)));
#if TNO_VECTOR == 64
#define TNO_HALVES_f64(v, f) f(__builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3)) f(__builtin_shufflevector(v, v, 2, 3, 4, 5, 6, 7, 0, 1)) f(__builtin_shufflevector(v, v, 1, 2, 3, 4, 5, 6, 7, 0))
#elif TNO_VECTOR == 32
#define TNO_HALVES_f64(v, f) f(__builtin_shufflevector(v, v, 2, 3, 0, 1)) f(__builtin_shufflevector(v, v, 1, 2, 3, 0))
#else
#define TNO_HALVES_f64(v, f) f(__builtin_shufflevector(v, v, 1, 0))
#endif

static __attribute__((noinline)) double tno_sum_f64(const double *x, int64_t n) {
  enum { W = TNO_VECTOR / 8, K = 16 / W };
  tno_v_f64 lane[K];
  for (int k = 0; k < K; k++) lane[k] = (tno_v_f64){0} + 0;
  int64_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int k = 0; k < K; k++) {
      const tno_v_f64 y = *(const tno_u_f64 *)(x + i + k * W);
      lane[k] += y;
    }
  if (i < n) {
    double rest[16];
#pragma GCC unroll 1
    for (int l = 0; l < 16; l++) rest[l] = i + l < n ? x[i + l] : 0;
    for (int k = 0; k < K; k++) {
      const tno_v_f64 y = *(const tno_u_f64 *)(rest + k * W);
      lane[k] += y;
    }
  }
  for (int h = K / 2; h > 0; h >>= 1)
    for (int k = 0; k < h; k++) {
      const tno_v_f64 y = lane[k + h];
      lane[k] += y;
    }
  tno_v_f64 r = lane[0];
#define TNO_FOLD(half) { const tno_v_f64 y = half; r += y; }
  TNO_HALVES_f64(r, TNO_FOLD)
#undef TNO_FOLD
  return r[0];
}

static inline void tno_add_f64(double *sum, double *comp, double x) {
  const double s = *sum + x;
  const double b = s - *sum;
  *comp += (*sum - (s - b)) + (x - b);
  *sum = s;
}

static inline double tno_total_f64(double sum, double comp) {
  return comp == comp ? sum + comp : sum;
}

void k0_channel_sum(const tno_args *a, int64_t begin, int64_t end) {
  const double *const p0 = (const double *)a->buf[0];
  double *const p1 = (double *)a->buf[1];
  const int64_t d0 = a->dim[0];
  const int64_t d1 = a->dim[1];
  const int64_t d2 = a->dim[2];
  const int64_t d3 = a->dim[3];
  const int64_t phase = a->phase;
  const int64_t line = (d2 + 1023) / 1024;
  int64_t from = 0, to = line * d1;
  if (phase == TNO_BLOCKS) from = begin, to = end, begin = 0, end = d0;
  for (int64_t i0 = begin; i0 < end; i0++) {
    const double *const p0_0 = p0 + i0 * d2;
    double s1 = 0.0, c1 = 0.0;
    int64_t t = 0, i1 = 0;
    if (from != 0) t = from % line * 1024, i1 = from / line;
    for (int64_t b = from; b < to; b++) {
      const int64_t e = d2 - t < 1024 ? d2 - t : 1024;
      double y1;
      if (phase != TNO_FOLD) {
        const double *const p0_1 = p0_0 + i1 * d3;
        y1 = tno_sum_f64(p0_1 + t, e);
      }
      else {
        const int64_t at = b * d0 + i0;
        y1 = ((double *)a->part[0])[at];
      }
      if (phase == TNO_BLOCKS) {
        const int64_t at = b * d0 + i0;
        ((double *)a->part[0])[at] = y1;
      }
      else {
        tno_add_f64(&s1, &c1, y1);
      }
      t += 1024;
      if (t < d2) continue;
      t = 0;
      i1++;
    }
    if (phase != TNO_BLOCKS) {
      const double v1 = tno_total_f64(s1, c1);
      p1[i0] = v1;
    }
  }
}
