#include "routines.h"

#include <array>
#include <new>

#include "routines/cumulative.h"
#include "routines/fold.h"
#include "routines/fourier.h"
#include "routines/linear_algebra.h"
#include "routines/qz.h"
#include "routines/schur.h"
#include "routines/sorting.h"
#include "routines/tridiagonal.h"

namespace tno {
namespace {

constexpr std::array<RoutineEntry, routine_count> entries{{
    {1, 1, 0, run_sort},
    {1, 1, 0, run_argsort},
    {2, 1, 1, run_searchsorted},
    {1, 1, 0, run_cumsum},
    {1, 1, 0, run_cumprod},
    {1, 1, 1, run_cumargmax},
    {2, 1, 1, run_recurrence},
    {1, 1, 11, run_fold},
    {1, 1, 1, run_fft},
    {1, 1, 0, run_rfft},
    {1, 1, 1, run_irfft},
    {2, 1, 2, run_batched_gemm},
    {1, 1, 1, run_cholesky},
    {1, 3, 0, run_lu},
    {3, 1, 1, run_lu_solve},
    {2, 1, 3, run_solve_triangular},
    {2, 1, 1, run_solve_tridiagonal},
    {1, 2, 1, run_qr},
    {1, 2, 0, run_schur},
    {2, 4, 0, run_qz},
    {1, 2, 1, run_eigh},
    {1, 1, 1, run_eigvalsh},
    {1, 3, 1, run_svd},
    {1, 1, 0, run_svdvals},
    {1, 1, 0, run_expm},
}};

}  // namespace

const RoutineEntry& routine_entry(Routine routine) {
  return entries[static_cast<size_t>(routine)];
}

RoutineResult run_routine(Routine routine, const RoutineCall& call) noexcept {
  try {
    return routine_entry(routine).run(call);
  } catch (const std::bad_alloc&) {
    return {RoutineOutcome::no_memory, 0};
  }
}

}  // namespace tno
