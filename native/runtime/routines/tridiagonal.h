// Systems of three bands: elimination with exchanges of neighbouring rows, as LAPACK's gtsv.
#ifndef TNO_RUNTIME_ROUTINES_TRIDIAGONAL_H_
#define TNO_RUNTIME_ROUTINES_TRIDIAGONAL_H_

#include "routines.h"

namespace tno {

RoutineResult run_solve_tridiagonal(const RoutineCall& call);

}  // namespace tno

#endif  // TNO_RUNTIME_ROUTINES_TRIDIAGONAL_H_
