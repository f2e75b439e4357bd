// The real generalised Schur form of stacks of matrices.
#ifndef TNO_RUNTIME_ROUTINES_QZ_H_
#define TNO_RUNTIME_ROUTINES_QZ_H_

#include "routines.h"

namespace tno {

RoutineResult run_qz(const RoutineCall& call);

}  // namespace tno

#endif  // TNO_RUNTIME_ROUTINES_QZ_H_
