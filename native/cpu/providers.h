#ifndef TNO_CPU_PROVIDERS_H_
#define TNO_CPU_PROVIDERS_H_

#include "products.h"

namespace tno::cpu {

// The plain products, with float32 gemm through the oneDNN provider where that is there. The
// provider, libtno_onednn.so beside the file this code is in, is opened by the first product that
// is worth it.
const Products& provided_products();

// What multiplies float32 matrices for `provided_products`; opens the provider.
const char* product_provider();

}  // namespace tno::cpu

#endif  // TNO_CPU_PROVIDERS_H_
