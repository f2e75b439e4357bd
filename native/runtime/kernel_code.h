// What runs a kernel, behind which it does not matter how.
#ifndef TNO_RUNTIME_KERNEL_CODE_H_
#define TNO_RUNTIME_KERNEL_CODE_H_

#include <cstdint>

#include "tno/kernel_abi.h"

namespace tno {

class KernelCode {
 public:
  virtual ~KernelCode() = default;

  // As a tno_kernel does (kernel_abi.h); any number of threads may run at once.
  virtual void run(const tno_args& args, int64_t begin, int64_t end) const noexcept = 0;
};

}  // namespace tno

#endif  // TNO_RUNTIME_KERNEL_CODE_H_
