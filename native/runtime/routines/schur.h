// The real Schur form of stacks of matrices.
#ifndef TNO_RUNTIME_ROUTINES_SCHUR_H_
#define TNO_RUNTIME_ROUTINES_SCHUR_H_

#include "routines.h"

namespace tno {

RoutineResult run_schur(const RoutineCall& call);

}  // namespace tno

#endif  // TNO_RUNTIME_ROUTINES_SCHUR_H_
