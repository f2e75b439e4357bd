// Compilation beside the program: a library is asked for and used once it is there. One native
// thread a process compiles, one library after the other; JavaScript is needed for nothing, so that
// also a loop that never yields gets its compiled kernels.
#ifndef TNO_CPU_COMPILE_QUEUE_H_
#define TNO_CPU_COMPILE_QUEUE_H_

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "kernel_library.h"
#include "kernel_set.h"

namespace tno::cpu {

// A library that is there, is to be or is being made, or could not be made.
class PendingLibrary {
 public:
  explicit PendingLibrary(LibraryRequest request) : request_(std::move(request)) {}

  enum class State { compiling, ready, failed };

  State state() const;
  // Blocks while it is being made.
  LibraryResult wait() const;
  // The set is compiled as soon as the library is there: now, or by the compiling thread.
  void serve(const std::shared_ptr<KernelSet>& set);

  // Whether this is the first time that it is asked for.
  bool ask() { return !is_asked_for_.exchange(true); }
  void finish(LibraryResult result);

  const LibraryRequest& request() const { return request_; }

 private:
  const LibraryRequest request_;
  std::atomic<bool> is_asked_for_ = false;
  mutable std::mutex mutex_;
  mutable std::condition_variable finished_;
  bool is_finished_ = false;
  LibraryResult result_;
  std::vector<std::weak_ptr<KernelSet>> waiting_;
};

// The library where it is loaded already or in the cache; else one that is to be made of a source
// that compile_library gives. Any thread may ask; who asks for the same key shares one.
std::shared_ptr<PendingLibrary> open_library(const LibraryRequest& request);

// Has the native thread make the library of a source in so many parts (see LibraryRequest), unless
// that has been asked for.
//
// A process that exits goes on compiling for a second at most, and ends what it has begun: the next
// one finds its kernels in the cache.
void compile_library(const std::shared_ptr<PendingLibrary>& library, std::string source,
                     uint32_t parts = 1);

}  // namespace tno::cpu

#endif  // TNO_CPU_COMPILE_QUEUE_H_
