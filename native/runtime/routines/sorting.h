// Sorting along the last axis: ascending, equal elements as they were, NaN last.
#ifndef TNO_RUNTIME_ROUTINES_SORTING_H_
#define TNO_RUNTIME_ROUTINES_SORTING_H_

#include "routines.h"

namespace tno {

RoutineResult run_sort(const RoutineCall& call);
RoutineResult run_argsort(const RoutineCall& call);
// Where elements of the second go into the first, a sorted vector.
RoutineResult run_searchsorted(const RoutineCall& call);

}  // namespace tno

#endif  // TNO_RUNTIME_ROUTINES_SORTING_H_
