// Discrete Fourier transforms along the last axis, of any length, unscaled. Complex numbers are a
// last axis of two: real and imaginary part.
#ifndef TNO_RUNTIME_ROUTINES_FOURIER_H_
#define TNO_RUNTIME_ROUTINES_FOURIER_H_

#include "routines.h"

namespace tno {

RoutineResult run_fft(const RoutineCall& call);
RoutineResult run_rfft(const RoutineCall& call);
RoutineResult run_irfft(const RoutineCall& call);

}  // namespace tno

#endif  // TNO_RUNTIME_ROUTINES_FOURIER_H_
