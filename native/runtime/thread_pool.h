// The threads of the process. Whoever has work for several threads submits a region: a number of
// chunks, numbered from 0, and a task that does one. The caller takes part. Each thread has a share
// of the chunks, the same in regions of the same length: what it touched in the last one is in its
// cache. It takes them one after the other, and then those of others; so a thread which the system
// has put aside holds up one chunk and no more.
//
// One region runs at a time: a caller that finds the pool taken does its chunks alone. So chunks
// may submit regions themselves, and callers never wait for one another.
//
// Idle threads spin for a moment, since the next region often follows at once, and then sleep. The
// caller, once no chunk is left to take, waits for chunks under way in the same manner.
#ifndef TNO_RUNTIME_THREAD_POOL_H_
#define TNO_RUNTIME_THREAD_POOL_H_

#include <atomic>
#include <cstdint>
#include <thread>
#include <type_traits>
#include <vector>

namespace tno {

class ThreadPool {
 public:
  // The pool of the process: of `thread_count()` threads, started by the first region. It is never
  // destroyed, so that its threads may sleep through the process's exit; the child of a fork gets
  // another.
  static ThreadPool& process();

  // Of so many threads, the caller's included.
  explicit ThreadPool(int threads);
  // No region may be running.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }

  // Calls task(chunk, thread), or task(chunk), for each chunk from 0 to `chunks` - 1, in any order.
  // `thread` is below `threads()`, and no two chunks of the region that run at the same time have
  // the same. What the task wrote is there for the caller afterwards. The task must not throw.
  template <class Task>
  void run(int64_t chunks, const Task& task) {
    run_region(chunks, {[](const void* context, int64_t chunk, int thread) {
                          const Task& known = *static_cast<const Task*>(context);
                          if constexpr (std::is_invocable_v<const Task&, int64_t, int>) {
                            known(chunk, thread);
                          } else {
                            known(chunk);
                          }
                        },
                        &task});
  }

 private:
  struct Region {
    void (*task)(const void* context, int64_t chunk, int thread) = nullptr;
    const void* context = nullptr;
  };

  void run_region(int64_t chunks, Region region);
  void start();
  void wake(uint32_t wanted);
  void take_chunks(int thread);
  void take_share(uint32_t share, int thread);
  uint32_t share_begin(uint32_t share) const;
  void await_others();
  void work(int thread);

  const int threads_;
  std::vector<std::thread> workers_;
  bool started_ = false;
  std::atomic<bool> stopping_{false};

  std::atomic<bool> taken_{false};
  // Written only while no chunk can be claimed.
  Region region_;
  uint32_t chunks_ = 0;

  // Of a share: the number of the region above, chunks not yet claimed below. A chunk is claimed by
  // counting down; so a thread that comes late finds nothing, and never touches a region that has
  // ended.
  struct alignas(64) Claims {
    std::atomic<uint64_t> left{0};
  };
  std::vector<Claims> claims_;
  uint64_t region_number_ = 0;
  alignas(64) std::atomic<uint32_t> unfinished_{0};
  // Counts regions; sleeping threads wait for it to change.
  alignas(64) std::atomic<uint32_t> bell_{0};
  std::atomic<uint32_t> spinning_{0};
};

}  // namespace tno

#endif  // TNO_RUNTIME_THREAD_POOL_H_
