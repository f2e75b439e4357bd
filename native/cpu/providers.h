#ifndef TNO_CPU_PROVIDERS_H_
#define TNO_CPU_PROVIDERS_H_

#include "products.h"

namespace tno::cpu {

// The plain products, with float32 gemm through the oneDNN provider where that is there. The
// provider, libtno_onednn.so beside the file this code is in, is opened by the first product that
// is worth it, or before by `warm_up_provider`.
const Products& provided_products();

// Opens the provider on a thread of its own, which takes tens of milliseconds; a product that comes
// before that is done waits for it, so what multiplies never changes. The process must not exit
// before either: it would destroy what the library is about to make.
void warm_up_provider();

// What multiplies float32 matrices for `provided_products`; opens the provider, or waits for it.
const char* product_provider();

}  // namespace tno::cpu

#endif  // TNO_CPU_PROVIDERS_H_
