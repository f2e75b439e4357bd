#include "thread_pool.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <system_error>

#include "processors.h"

namespace tno {
namespace {

using Clock = std::chrono::steady_clock;

// How long an idle thread waits awake. Waking it costs the caller some microseconds and comes tens
// of microseconds late, more on a virtual machine, whose idle processors are given away. What comes
// between two regions of a training loop is shorter than this.
constexpr auto worker_spin = std::chrono::microseconds(1000);

// How long a caller waits awake for the last chunks: about the length of a chunk. A thread that
// takes longer has been put aside, and gets this one's processor when it sleeps.
constexpr auto caller_spin = std::chrono::microseconds(50);

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Whether `done` came true within `limit`.
template <class Done>
bool spin(std::chrono::microseconds limit, const Done& done) {
  const Clock::time_point end = Clock::now() + limit;
  do {
    for (int i = 0; i < 8; ++i) {
      if (done()) return true;
      relax();
    }
  } while (Clock::now() < end);
  return done();
}

std::atomic<ThreadPool*> process_pool{nullptr};

}  // namespace

ThreadPool& ThreadPool::process() {
  ThreadPool* pool = process_pool.load(std::memory_order_acquire);
  if (pool != nullptr) return *pool;
  // The child of a fork has none of its parent's threads.
  static const int registered = ::pthread_atfork(
      nullptr, nullptr, [] { process_pool.store(nullptr, std::memory_order_relaxed); });
  static_cast<void>(registered);
  auto* made = new ThreadPool(thread_count());
  if (process_pool.compare_exchange_strong(pool, made, std::memory_order_acq_rel)) return *made;
  delete made;
  return *pool;
}

ThreadPool::ThreadPool(int threads)
    : threads_(std::max(1, threads)), claims_(static_cast<size_t>(threads_)) {}

ThreadPool::~ThreadPool() {
  stopping_ = true;
  ++bell_;
  bell_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::start() {
  if (started_) return;
  started_ = true;
  // Signals are for the threads that expect them.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    for (int i = 1; i < threads_; ++i) {
      workers_.emplace_back([this, i] { work(i); });
      ::pthread_setname_np(workers_.back().native_handle(), "tno-worker");
    }
  } catch (const std::system_error&) {
    // As many as the system gives.
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void ThreadPool::run_region(int64_t chunks, Region region) {
  const bool alone = chunks <= 1 || threads_ == 1 || chunks > std::numeric_limits<int32_t>::max() ||
                     taken_.exchange(true, std::memory_order_acquire);
  if (alone) {
    for (int64_t chunk = 0; chunk < chunks; ++chunk) region.task(region.context, chunk, 0);
    return;
  }
  start();
  region_ = region;
  chunks_ = static_cast<uint32_t>(chunks);
  unfinished_.store(chunks_, std::memory_order_relaxed);
  ++region_number_;
  for (uint32_t share = 0; share < claims_.size(); ++share) {
    const uint64_t count = share_begin(share + 1) - share_begin(share);
    claims_[share].left.store(region_number_ << 32 | count);
  }
  wake(chunks_ - 1);
  take_chunks(0);
  await_others();
  taken_.store(false, std::memory_order_release);
}

void ThreadPool::wake(uint32_t wanted) {
  const auto workers = static_cast<uint32_t>(workers_.size());
  ++bell_;
  const uint32_t awake = spinning_.load();
  if (wanted >= workers) {
    if (awake < workers) bell_.notify_all();
    return;
  }
  for (uint32_t i = awake; i < wanted; ++i) bell_.notify_one();
}

uint32_t ThreadPool::share_begin(uint32_t share) const {
  return static_cast<uint32_t>(uint64_t{chunks_} * share / claims_.size());
}

void ThreadPool::take_chunks(int thread) {
  const auto count = static_cast<uint32_t>(claims_.size());
  for (uint32_t i = 0; i < count; ++i) {
    take_share((static_cast<uint32_t>(thread) + i) % count, thread);
  }
}

void ThreadPool::take_share(uint32_t share, int thread) {
  std::atomic<uint64_t>& left = claims_[share].left;
  uint64_t claims = left.load(std::memory_order_acquire);
  while (static_cast<uint32_t>(claims) != 0) {
    if (!left.compare_exchange_weak(claims, claims - 1, std::memory_order_acq_rel,
                                    std::memory_order_acquire)) {
      continue;
    }
    region_.task(region_.context, share_begin(share + 1) - static_cast<uint32_t>(claims), thread);
    if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_one();
    claims = left.load(std::memory_order_acquire);
  }
}

void ThreadPool::await_others() {
  const auto finished = [this] { return unfinished_.load(std::memory_order_acquire) == 0; };
  if (spin(caller_spin, finished)) return;
  while (!finished()) {
    const uint32_t left = unfinished_.load(std::memory_order_acquire);
    if (left != 0) unfinished_.wait(left, std::memory_order_acquire);
  }
}

void ThreadPool::work(int thread) {
  while (!stopping_) {
    const uint32_t seen = bell_.load();
    take_chunks(thread);
    ++spinning_;
    const bool rung = spin(worker_spin, [&] { return bell_.load() != seen; });
    --spinning_;
    if (!rung) bell_.wait(seen);
  }
}

}  // namespace tno
