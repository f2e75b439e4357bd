#ifndef TNO_CPU_PLAIN_PRODUCTS_H_
#define TNO_CPU_PLAIN_PRODUCTS_H_

#include <memory>
#include <vector>

#include "memory.h"
#include "plain_kernels.h"
#include "products.h"

namespace tno::cpu {

// The own products, at the widest level that this machine has. `prepare` takes their packing space.
const Products& plain_products();

// The kernels behind them, for one thread.
const PlainKernels& plain_kernels();

// Packing space for products that the calling thread starts, a block for each thread of the pool.
// There once the `prepare` of a product table was called.
using ProductScratch = std::vector<std::shared_ptr<Block>>;
const ProductScratch& product_scratch();

// The name of that level: base, avx2, avx512.
const char* plain_level();

// Of a level by its name, for tests; null where the machine lacks it.
const PlainKernels* plain_kernels_named(const char* name);

}  // namespace tno::cpu

#endif  // TNO_CPU_PLAIN_PRODUCTS_H_
