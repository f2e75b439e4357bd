// Compilation beside the program: a library is asked for and used once it is there. One native
// thread a process compiles, one library after the other; JavaScript is needed for nothing, so that
// also a loop that never yields gets its compiled kernels.
#ifndef TNO_CPU_COMPILE_QUEUE_H_
#define TNO_CPU_COMPILE_QUEUE_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "kernel_library.h"
#include "kernel_set.h"

namespace tno::cpu {

// A library that is there, is being made, or could not be made.
class PendingLibrary {
 public:
  enum class State { compiling, ready, failed };

  State state() const;
  // Blocks while it is being made.
  LibraryResult wait() const;
  // The set is compiled as soon as the library is there: now, or by the compiling thread.
  void serve(const std::shared_ptr<KernelSet>& set);

  void finish(LibraryResult result);

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable finished_;
  bool is_finished_ = false;
  LibraryResult result_;
  std::vector<std::weak_ptr<KernelSet>> waiting_;
};

// The library where it is loaded already or in the cache; else one that is being made from now on.
// Any thread may ask; who asks for the same key shares one.
//
// A process that exits goes on compiling for a second at most, and ends what it has begun: the next
// one finds its kernels in the cache.
std::shared_ptr<PendingLibrary> open_library(const LibraryRequest& request);

}  // namespace tno::cpu

#endif  // TNO_CPU_COMPILE_QUEUE_H_
