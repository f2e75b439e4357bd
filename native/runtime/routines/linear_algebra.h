// Linear algebra over stacks of matrices, the last two axes, of float32 and float64.
#ifndef TNO_RUNTIME_ROUTINES_LINEAR_ALGEBRA_H_
#define TNO_RUNTIME_ROUTINES_LINEAR_ALGEBRA_H_

#include "routines.h"

namespace tno {

RoutineResult run_batched_gemm(const RoutineCall& call);
RoutineResult run_cholesky(const RoutineCall& call);
RoutineResult run_lu(const RoutineCall& call);
RoutineResult run_lu_solve(const RoutineCall& call);
RoutineResult run_solve_triangular(const RoutineCall& call);
RoutineResult run_qr(const RoutineCall& call);
RoutineResult run_eigh(const RoutineCall& call);
RoutineResult run_eigvalsh(const RoutineCall& call);
RoutineResult run_svd(const RoutineCall& call);
RoutineResult run_svdvals(const RoutineCall& call);
RoutineResult run_expm(const RoutineCall& call);

}  // namespace tno

#endif  // TNO_RUNTIME_ROUTINES_LINEAR_ALGEBRA_H_
