#ifndef TNO_CPU_PROVIDERS_H_
#define TNO_CPU_PROVIDERS_H_

#include "products.h"

namespace tno::cpu {

// The plain products, with float32 gemm through the oneDNN provider and linear algebra through the
// LAPACK provider where those are there. Providers, libtno_onednn.so and libtno_lapack.so beside
// the file this code is in, are opened when first needed: the one by the first product that is
// worth it, or before by `warm_up_provider`, the other by the first factorization.
const Products& provided_products();

// Opens the provider on a thread of its own, which takes tens of milliseconds; a product that comes
// before that is done waits for it, so what multiplies never changes. The process must not exit
// before either: it would destroy what the library is about to make.
void warm_up_provider();

// What multiplies float32 matrices for `provided_products`; opens the provider, or waits for it.
const char* product_provider();

// What factors matrices for `provided_products`: lapack or plain.
const char* linear_algebra_provider();

}  // namespace tno::cpu

#endif  // TNO_CPU_PROVIDERS_H_
