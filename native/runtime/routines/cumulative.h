// Running sums, products and extremes along the last axis. Floats accumulate in double and are rounded when
// stored; integers wrap.
#ifndef TNO_RUNTIME_ROUTINES_CUMULATIVE_H_
#define TNO_RUNTIME_ROUTINES_CUMULATIVE_H_

#include "routines.h"

namespace tno {

RoutineResult run_cumsum(const RoutineCall& call);
RoutineResult run_cumprod(const RoutineCall& call);
// Positions of the greatest element up to each.
RoutineResult run_cumargmax(const RoutineCall& call);
// s_i = a_i * s_(i-1) + b_i, or from the end.
RoutineResult run_recurrence(const RoutineCall& call);

}  // namespace tno

#endif  // TNO_RUNTIME_ROUTINES_CUMULATIVE_H_
