// Calls in flight: they run on a thread of the environment's own, and what touches JavaScript (host
// steps, results) is brought to the environment's thread.
#ifndef TNO_CPU_ASYNC_CALLS_H_
#define TNO_CPU_ASYNC_CALLS_H_

#include <napi.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>

#include "call_queue.h"
#include "shared_value.h"

namespace tno::cpu {

// Something that a call wants done on the environment's thread.
class Errand {
 public:
  virtual ~Errand() = default;
  virtual void run(Napi::Env env) = 0;
};

// One for each environment; used on its thread but where noted.
class AsyncCalls {
 public:
  AsyncCalls() = default;
  // Stops.
  ~AsyncCalls();
  AsyncCalls(const AsyncCalls&) = delete;
  AsyncCalls& operator=(const AsyncCalls&) = delete;

  // Puts a call in the queue; it reads all these shared values and writes some. Gives its ticket.
  uint64_t start(Napi::Env env, std::shared_ptr<QueuedCall> call,
                 std::span<const std::shared_ptr<SharedValue>> shared,
                 std::span<const size_t> written);
  // True where the call had not begun: it is gone then.
  bool cancel(Napi::Env env, uint64_t ticket);
  // The call with that ticket is settled: it is let go.
  void forget(Napi::Env env, uint64_t ticket);

  // Wait until no call in flight stands in the way of reading, or writing, a value. False where
  // that would never be; see CallQueue.
  bool wait_to_read(const SharedValue& value);
  bool wait_to_write(const SharedValue& value);
  // Waits until all calls that are in flight now have ended; false as above.
  bool wait_for_all();

  // While a call runs on the environment's thread that may come back to it, none is begun.
  void hold() { queue_.hold(); }
  void release() { queue_.release(); }

  // Cancels what is in flight and waits for the running call. Nothing is settled afterwards.
  void stop();

  // From the queue's thread: runs the errand some time later. False where that will not be.
  bool send(std::shared_ptr<Errand> errand);
  // From the queue's thread: the same, and waits for it.
  bool send_and_wait(std::shared_ptr<Errand> errand);

 private:
  void open(Napi::Env env);
  void run_errands(Napi::Env env);

  CallQueue queue_;
  uint64_t last_ = 0;
  bool stopped_ = false;
  napi_threadsafe_function bell_ = nullptr;
  std::unordered_map<uint64_t, std::shared_ptr<QueuedCall>> in_flight_;

  std::mutex mutex_;
  std::condition_variable errand_done_;
  std::deque<std::shared_ptr<Errand>> errands_;
  uint64_t errands_sent_ = 0;
  uint64_t errands_run_ = 0;
};

}  // namespace tno::cpu

#endif  // TNO_CPU_ASYNC_CALLS_H_
