// The transpose of taking windows: their elements are added at the places they were taken from.
#ifndef TNO_RUNTIME_ROUTINES_FOLD_H_
#define TNO_RUNTIME_ROUTINES_FOLD_H_

#include "routines.h"

namespace tno {

RoutineResult run_fold(const RoutineCall& call);

}  // namespace tno

#endif  // TNO_RUNTIME_ROUTINES_FOLD_H_
