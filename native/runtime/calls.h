// The semantics of the library routines of `call` steps over tensors whose dtypes and ranks
// `verify_program` has checked. Nothing here fails or allocates, so calls may stand in the commit
// part.
#ifndef TNO_RUNTIME_CALLS_H_
#define TNO_RUNTIME_CALLS_H_

#include <span>

#include "products.h"
#include "program.h"
#include "tensor.h"

namespace tno {

// False where the shapes do not fit each other: a defect of the program, and nothing is written.
bool run_call(Callee callee, std::span<const Tensor> ins, std::span<const Tensor> outs,
              const Products& products);

}  // namespace tno

#endif  // TNO_RUNTIME_CALLS_H_
