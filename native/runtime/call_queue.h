// Calls that run apart from the thread that makes them: one after the other, in the order they
// came, on one thread.
//
// The thread that queues calls may also wait for one. It must not where the call, or one before it,
// cannot end without that very thread: where a host step is to run there, or the queue is held.
#ifndef TNO_RUNTIME_CALL_QUEUE_H_
#define TNO_RUNTIME_CALL_QUEUE_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "memory.h"

namespace tno {

// A call that waits for its turn, or runs.
class QueuedCall {
 public:
  virtual ~QueuedCall() = default;

  // Both on the queue's thread. `ended` follows `run` when the call no longer counts as in flight.
  virtual void run() noexcept = 0;
  virtual void ended() noexcept = 0;
  // Whether it needs the thread that queued it.
  virtual bool has_host_steps() const noexcept = 0;

  // Set by the queue, read while the call runs.
  std::atomic<bool> cancelled{false};
};

class CallQueue {
 public:
  CallQueue() = default;
  // Stops.
  ~CallQueue();
  CallQueue(const CallQueue&) = delete;
  CallQueue& operator=(const CallQueue&) = delete;

  // The call's ticket: tickets count from 1.
  uint64_t submit(std::shared_ptr<QueuedCall> call);

  // Waits until no call up to that ticket is in flight. False, at once, where that would never be.
  bool wait_for(uint64_t ticket);

  // Tells a call to end. True where it had not begun: then it never does, and `ended` is not
  // called.
  bool cancel(uint64_t ticket);

  // While it is held the queue begins no call. Holds nest.
  void hold();
  void release();

  // Cancels all calls and waits for the running one. Nothing is begun afterwards.
  void stop();
  bool is_stopping() const { return stopping_.load(); }

 private:
  struct Entry {
    uint64_t ticket;
    std::shared_ptr<QueuedCall> call;
  };

  void work(const std::shared_ptr<MemoryAccount>& account);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Entry> waiting_;
  std::shared_ptr<QueuedCall> running_;
  std::atomic<uint64_t> ended_{0};  // all calls up to this ticket have ended
  uint64_t last_ = 0;
  int holds_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace tno

#endif  // TNO_RUNTIME_CALL_QUEUE_H_
