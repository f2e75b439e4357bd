#include "compile_queue.h"

#include <chrono>
#include <cstdlib>
#include <deque>
#include <thread>
#include <unordered_map>

namespace tno::cpu {
namespace {

using Clock = std::chrono::steady_clock;

// How long a process that exits goes on with what was asked for.
constexpr auto patience = std::chrono::seconds(1);

struct Job {
  std::string source;
  uint32_t parts = 1;
  std::shared_ptr<PendingLibrary> library;
};

class CompileQueue {
 public:
  std::shared_ptr<PendingLibrary> open(const LibraryRequest& request) {
    const std::lock_guard lock(mutex_);
    const auto known = open_.find(request.key);
    std::shared_ptr<PendingLibrary> library = known == open_.end() ? nullptr : known->second.lock();
    if (library != nullptr && library->state() != PendingLibrary::State::failed) return library;
    library = std::make_shared<PendingLibrary>(request);
    LibraryResult found = find_library(request);
    if (found.library != nullptr || !found.error.empty()) library->finish(std::move(found));
    std::erase_if(open_, [](const auto& entry) { return entry.second.expired(); });
    open_[request.key] = library;
    return library;
  }

  void compile(const std::shared_ptr<PendingLibrary>& library, std::string source, uint32_t parts) {
    const std::lock_guard lock(mutex_);
    if (!library->ask()) return;
    jobs_.push_back({std::move(source), parts, library});
    if (!is_stopping_ && !thread_.joinable()) start();
    changed_.notify_one();
  }

 private:
  void start() {
    thread_ = std::thread([this] { work(); });
    // Runs before the statics are destroyed that compiling needs.
    std::atexit([] { instance().stop(); });
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return is_stopping_ || !jobs_.empty(); });
      if (is_stopping_ && (jobs_.empty() || Clock::now() > stop_at_)) return;
      const Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      LibraryRequest request = job.library->request();
      request.source = job.source;
      request.parts = job.parts;
      job.library->finish(load_library(request));
      lock.lock();
    }
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
      stop_at_ = Clock::now() + patience;
    }
    changed_.notify_one();
    thread_.join();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::unordered_map<std::string, std::weak_ptr<PendingLibrary>> open_;  // by key
  bool is_stopping_ = false;
  Clock::time_point stop_at_;
  std::thread thread_;

 public:
  // Never destroyed: other threads may come until the very end.
  static CompileQueue& instance() {
    static auto* const queue = new CompileQueue;
    return *queue;
  }
};

}  // namespace

PendingLibrary::State PendingLibrary::state() const {
  const std::lock_guard lock(mutex_);
  if (!is_finished_) return State::compiling;
  return result_.library == nullptr ? State::failed : State::ready;
}

LibraryResult PendingLibrary::wait() const {
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [this] { return is_finished_; });
  return result_;
}

void PendingLibrary::serve(const std::shared_ptr<KernelSet>& set) {
  const std::lock_guard lock(mutex_);
  if (!is_finished_)
    waiting_.push_back(set);
  else if (result_.library != nullptr)
    set->compile(result_.library);
}

void PendingLibrary::finish(LibraryResult result) {
  const std::lock_guard lock(mutex_);
  result_ = std::move(result);
  is_finished_ = true;
  for (const std::weak_ptr<KernelSet>& waiting : waiting_) {
    const std::shared_ptr<KernelSet> set = waiting.lock();
    if (set != nullptr && result_.library != nullptr) set->compile(result_.library);
  }
  waiting_.clear();
  finished_.notify_all();
}

std::shared_ptr<PendingLibrary> open_library(const LibraryRequest& request) {
  return CompileQueue::instance().open(request);
}

void compile_library(const std::shared_ptr<PendingLibrary>& library, std::string source,
                     uint32_t parts) {
  if (library->state() != PendingLibrary::State::compiling) return;
  CompileQueue::instance().compile(library, std::move(source), parts);
}

}  // namespace tno::cpu
