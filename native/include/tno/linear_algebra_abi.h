/*
 * Factorizations of one matrix, as the runtime's routines call them: a table that the addon's own
 * code fills, or a provider over LAPACK, which is a shared object of its own and opened at first
 * use.
 */
#ifndef TNO_LINEAR_ALGEBRA_ABI_H_
#define TNO_LINEAR_ALGEBRA_ABI_H_

#include <stdint.h>

#define TNO_LINEAR_ALGEBRA_ABI 1

#ifdef __cplusplus
extern "C" {
#endif

/* What the functions give: 0, one of these, or a number that the function explains. */
enum { TNO_MATRIX_NO_MEMORY = -1, TNO_MATRIX_NOT_CONVERGED = -2 };

/*
 * For one dtype: elements are float or double. Matrices are row-major without gaps, sizes at
 * least 1. Every function works on the calling thread alone.
 */
typedef struct tno_matrix_routines {
  /*
   * The factor in place of the triangle of a [n, n]; the other triangle is not touched. Gives the
   * order of the first leading minor that is not positive.
   */
  int64_t (*cholesky)(int32_t upper, int64_t n, void* a);
  /* L and U in place of a [n, n]; row k was exchanged with row pivots[k]. A pivot of 0 is no
   * failure. */
  int64_t (*lu)(int64_t n, void* a, int64_t* pivots);
  /* The solution in place of b [n, k]. The diagonal has no 0, or is not read where `unit`. */
  int64_t (*solve_triangular)(int32_t lower, int32_t transposed, int32_t unit, int64_t n, int64_t k,
                              const void* a, void* b);
  /*
   * R in the upper triangle of a [m, n], whose rest is undefined; the first `width` columns of Q in
   * q [m, width], where `width` is min(m, n) or m. Signs are those of LAPACK's reflections.
   */
  int64_t (*qr)(int64_t m, int64_t n, int64_t width, void* a, void* q);
  /* Ascending values w [n] of the triangle of a; vectors, where asked for, as rows in place of a.
   */
  int64_t (*eigh)(int32_t upper, int32_t vectors, int64_t n, void* a, void* w);
  /*
   * Descending values s [min(m, n)]; u [m, m] and vt [n, n] where `full`, else of min(m, n) columns
   * and rows; null where only values are wanted. `a` is lost.
   */
  int64_t (*svd)(int32_t full, int64_t m, int64_t n, void* a, void* s, void* u, void* vt);
} tno_matrix_routines;

typedef struct tno_linear_algebra {
  int32_t abi;
  const char* name;
  tno_matrix_routines f32;
  tno_matrix_routines f64;
} tno_linear_algebra;

/* The one symbol of a provider; a null pointer where its library does not work on this machine. */
const tno_linear_algebra* tno_linear_algebra_get(void);

#ifdef __cplusplus
}
#endif

#endif
