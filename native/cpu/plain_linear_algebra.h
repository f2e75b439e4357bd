#ifndef TNO_CPU_PLAIN_LINEAR_ALGEBRA_H_
#define TNO_CPU_PLAIN_LINEAR_ALGEBRA_H_

#include "tno/linear_algebra_abi.h"

namespace tno::cpu {

// Textbook algorithms, the reference device's: for machines without LAPACK. Exact and slow.
const tno_linear_algebra& plain_linear_algebra() noexcept;

}  // namespace tno::cpu

#endif  // TNO_CPU_PLAIN_LINEAR_ALGEBRA_H_
