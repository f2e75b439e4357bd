// The queue of calls in flight, under real threads; the build with the thread sanitizer runs these
// too.
#include "call_queue.h"

#include <functional>
#include <mutex>
#include <vector>

#include "check.h"
#include "memory.h"

namespace tno {
namespace {

// A call that does what it is told to, and counts its ends.
class Call : public QueuedCall {
 public:
  std::function<void(Call&)> work = [](Call&) {};
  bool host_steps = false;
  std::atomic<int> runs{0};
  std::atomic<int> ends{0};

  void run() noexcept override {
    ++runs;
    work(*this);
  }
  void ended() noexcept override { ++ends; }
  bool has_host_steps() const noexcept override { return host_steps; }
};

std::shared_ptr<Call> call(std::function<void(Call&)> work = [](Call&) {}) {
  auto made = std::make_shared<Call>();
  made->work = std::move(work);
  return made;
}

// What one side opens and the other waits for.
class Gate {
 public:
  void open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

TEST(calls_run_in_order_and_can_be_waited_for) {
  CallQueue queue;
  std::vector<int> order;
  uint64_t last = 0;
  for (int i = 0; i < 200; ++i) {
    last = queue.submit(call([&order, i](Call&) { order.push_back(i); }));
    if (i % 50 == 0) CHECK(queue.wait_for(last));
  }
  CHECK(last == 200);
  CHECK(queue.wait_for(last));
  CHECK(order.size() == 200);
  for (int i = 0; i < 200; ++i) CHECK(order[static_cast<size_t>(i)] == i);
  CHECK(queue.wait_for(0));
}

TEST(a_call_that_waits_is_taken_back_and_one_that_runs_is_told) {
  CallQueue queue;
  Gate begun;
  Gate gate;
  bool told = false;
  const auto running = call([&](Call& own) {
    begun.open();
    gate.pass();
    told = own.cancelled;
  });
  const auto waiting = call();
  const auto after = call();
  const uint64_t first = queue.submit(running);
  const uint64_t second = queue.submit(waiting);
  const uint64_t third = queue.submit(after);
  begun.pass();
  CHECK(queue.cancel(second));
  CHECK(!queue.cancel(second));
  CHECK(!queue.cancel(first));
  gate.open();
  CHECK(queue.wait_for(third));
  queue.stop();
  CHECK(told);
  CHECK(waiting->runs == 0 && waiting->ends == 0);
  CHECK(after->runs == 1 && running->ends == 1);
  CHECK(!queue.cancel(first) && !queue.cancel(third));
}

TEST(nobody_waits_for_a_call_that_waits_for_him) {
  CallQueue queue;
  Gate begun;
  Gate gate;
  const uint64_t plain = queue.submit(call([&](Call&) {
    begun.open();
    gate.pass();
  }));
  const auto host = call();
  host->host_steps = true;
  const uint64_t with_host = queue.submit(host);
  const uint64_t after = queue.submit(call());
  begun.pass();
  CHECK(!queue.wait_for(with_host));
  CHECK(!queue.wait_for(after));
  gate.open();
  CHECK(queue.wait_for(plain));
  queue.stop();
}

TEST(a_held_queue_begins_no_call) {
  CallQueue queue;
  const auto one = call();
  queue.hold();
  queue.hold();
  const uint64_t ticket = queue.submit(one);
  queue.release();
  CHECK(!queue.wait_for(ticket));
  CHECK(one->runs == 0);
  queue.release();
  CHECK(queue.wait_for(ticket));
  CHECK(one->runs == 1);
}

TEST(a_stopped_queue_lets_go_of_its_calls) {
  const auto waiting = call();
  {
    CallQueue queue;
    Gate begun;
    queue.submit(call([&](Call& own) {
      begun.open();
      while (!own.cancelled) std::this_thread::yield();
    }));
    const uint64_t ticket = queue.submit(waiting);
    begun.pass();
    queue.stop();
    CHECK(!queue.wait_for(ticket));
  }
  CHECK(waiting->runs == 0);
  CHECK(waiting.use_count() == 1);
}

TEST(blocks_count_where_the_call_was_made) {
  const int64_t before = Block::live_bytes();
  CallQueue queue;
  std::shared_ptr<Block> block;
  CHECK(queue.wait_for(queue.submit(call([&](Call&) { block = Block::allocate(640); }))));
  CHECK(Block::live_bytes() == before + 640);
  block.reset();
  CHECK(Block::live_bytes() == before);
}

}  // namespace
}  // namespace tno
