/*
 * What a provider of library routines and the runtime agree on. A provider is a shared object of
 * its own, opened at first use: the addon never links to the library behind it.
 */
#ifndef TNO_PROVIDER_ABI_H
#define TNO_PROVIDER_ABI_H

#include <stdint.h>

#define TNO_PROVIDER_ABI 1

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Row-major Y = alpha * op(A) * op(B) + beta * Y in float32; op transposes where its flag is not 0.
 * With beta 0, Y is not read. Gives 0, or another number and Y unchanged.
 */
typedef int32_t (*tno_sgemm)(int32_t transpose_a, int32_t transpose_b, int64_t m, int64_t n,
                             int64_t k, float alpha, const float* a, int64_t lda, const float* b,
                             int64_t ldb, float beta, float* y, int64_t ldy);

typedef struct tno_provider {
  int32_t abi;
  const char* name;
  tno_sgemm sgemm;
} tno_provider;

/*
 * The one symbol of a provider. It prepares the library, which may take long. A null pointer where
 * the library does not work on this machine.
 */
const tno_provider* tno_provider_get(void);

#ifdef __cplusplus
}
#endif

#endif
