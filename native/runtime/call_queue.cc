#include "call_queue.h"

#include <algorithm>
#include <utility>

namespace tno {

CallQueue::~CallQueue() {
  stop();
}

uint64_t CallQueue::submit(std::shared_ptr<QueuedCall> call) {
  const std::scoped_lock lock(mutex_);
  waiting_.push_back({++last_, std::move(call)});
  if (!thread_.joinable()) {
    // What calls allocate is on the account of the thread that made them.
    thread_ = std::thread([this, account = memory_account()] { work(account); });
  }
  changed_.notify_all();
  return last_;
}

void CallQueue::work(const std::shared_ptr<MemoryAccount>& account) {
  use_memory_account(account);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || (holds_ == 0 && !waiting_.empty()); });
    if (stopping_) return;
    const Entry entry = std::move(waiting_.front());
    waiting_.pop_front();
    if (entry.call != nullptr) {
      running_ = entry.call;
      lock.unlock();
      entry.call->run();
      lock.lock();
      running_ = nullptr;
    }
    ended_ = entry.ticket;
    changed_.notify_all();
    if (entry.call == nullptr) continue;
    lock.unlock();
    entry.call->ended();
    lock.lock();
  }
}

bool CallQueue::wait_for(uint64_t ticket) {
  if (ended_ >= ticket) return true;
  std::unique_lock lock(mutex_);
  if (ended_ >= ticket) return true;
  if (stopping_) return false;
  if (running_ != nullptr && running_->has_host_steps()) return false;
  for (const auto& [other, call] : waiting_) {
    if (other > ticket) break;
    if (holds_ > 0 || (call != nullptr && call->has_host_steps())) return false;
  }
  changed_.wait(lock, [&] { return ended_ >= ticket || stopping_; });
  return ended_ >= ticket;
}

bool CallQueue::cancel(uint64_t ticket) {
  const std::scoped_lock lock(mutex_);
  const auto entry = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const Entry& one) { return one.ticket == ticket; });
  if (entry != waiting_.end() && entry->call != nullptr) {
    // Its ticket keeps its place, so that tickets end in order.
    entry->call = nullptr;
    return true;
  }
  if (entry == waiting_.end() && running_ != nullptr && ticket == ended_ + 1) {
    running_->cancelled = true;
  }
  return false;
}

void CallQueue::hold() {
  const std::scoped_lock lock(mutex_);
  ++holds_;
}

void CallQueue::release() {
  const std::scoped_lock lock(mutex_);
  --holds_;
  changed_.notify_all();
}

void CallQueue::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    if (running_ != nullptr) running_->cancelled = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  waiting_.clear();
}

}  // namespace tno
