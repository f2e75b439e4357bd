#include "routines.h"

#include <array>
#include <new>

#include "routines/cumulative.h"
#include "routines/fold.h"
#include "routines/sorting.h"

namespace tno {
namespace {

constexpr std::array<RoutineEntry, routine_count> entries{{
    {1, 1, 0, run_sort},
    {1, 1, 0, run_argsort},
    {1, 1, 0, run_cumsum},
    {1, 1, 0, run_cumprod},
    {1, 1, 11, run_fold},
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
