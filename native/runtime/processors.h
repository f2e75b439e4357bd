// How many threads the process should use.
#ifndef TNO_RUNTIME_PROCESSORS_H_
#define TNO_RUNTIME_PROCESSORS_H_

#include <span>
#include <string>

namespace tno {

// The physical cores that this process is bound to when it first asks, and no more than its control
// groups let run all the time. At least 1.
int usable_cores();

// TNO_NUM_THREADS where that is a number from 1 to 1024, else the usable cores.
int thread_count();

// The parts of it; `root` stands before the paths under /proc and /sys.

// Cores behind the given processors: those that share one count once.
int count_cores(std::span<const int> processors, const std::string& root);

// Whole processors within the quotas of control groups (version 1 or 2) around this process;
// INT_MAX where there is no quota.
int quota_processors(const std::string& root);

}  // namespace tno

#endif  // TNO_RUNTIME_PROCESSORS_H_
