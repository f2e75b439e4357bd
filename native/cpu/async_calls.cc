#include "async_calls.h"

#include <algorithm>
#include <utility>

namespace tno::cpu {

AsyncCalls::~AsyncCalls() {
  queue_.stop();
}

void AsyncCalls::open(Napi::Env env) {
  if (bell_ != nullptr) return;
  const auto ring = [](napi_env given, napi_value, void* context, void*) {
    if (given != nullptr) static_cast<AsyncCalls*>(context)->run_errands(given);
  };
  NAPI_THROW_IF_FAILED_VOID(
      env, napi_create_threadsafe_function(env, nullptr, nullptr,
                                           Napi::String::New(env, "tno calls in flight"), 0, 1,
                                           nullptr, nullptr, this, ring, &bell_));
  // Hooks run last in, first out: before the environment takes the bell away.
  napi_add_env_cleanup_hook(
      env, [](void* self) { static_cast<AsyncCalls*>(self)->stop(); }, this);
}

uint64_t AsyncCalls::start(Napi::Env env, std::shared_ptr<QueuedCall> call,
                           std::span<const std::shared_ptr<SharedValue>> shared,
                           std::span<const size_t> written) {
  if (stopped_)
    throw Napi::Error::New(env, "[async] expected a running process, got one at its end");
  open(env);
  if (in_flight_.empty()) napi_ref_threadsafe_function(env, bell_);
  last_ = queue_.submit(call);
  in_flight_.emplace(last_, std::move(call));
  for (const auto& value : shared) value->last_reader = last_;
  for (size_t i : written) shared[i]->last_writer = last_;
  return last_;
}

bool AsyncCalls::cancel(Napi::Env env, uint64_t ticket) {
  const bool gone = queue_.cancel(ticket);
  if (gone) forget(env, ticket);
  return gone;
}

void AsyncCalls::forget(Napi::Env env, uint64_t ticket) {
  in_flight_.erase(ticket);
  // A process waits for its calls in flight, and for nothing else of this.
  if (in_flight_.empty()) napi_unref_threadsafe_function(env, bell_);
}

bool AsyncCalls::wait_to_read(const SharedValue& value) {
  return queue_.wait_for(value.last_writer);
}

bool AsyncCalls::wait_to_write(const SharedValue& value) {
  return queue_.wait_for(std::max(value.last_reader, value.last_writer));
}

bool AsyncCalls::wait_for_all() {
  return queue_.wait_for(last_);
}

void AsyncCalls::stop() {
  {
    // Under the lock, so that no call begins to wait for an errand that is never run.
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    errand_done_.notify_all();
  }
  queue_.stop();
  in_flight_.clear();
}

bool AsyncCalls::send(std::shared_ptr<Errand> errand) {
  const std::scoped_lock lock(mutex_);
  if (stopped_) return false;
  errands_.push_back(std::move(errand));
  ++errands_sent_;
  return napi_call_threadsafe_function(bell_, nullptr, napi_tsfn_nonblocking) == napi_ok;
}

bool AsyncCalls::send_and_wait(std::shared_ptr<Errand> errand) {
  std::unique_lock lock(mutex_);
  if (stopped_) return false;
  errands_.push_back(std::move(errand));
  const uint64_t number = ++errands_sent_;
  if (napi_call_threadsafe_function(bell_, nullptr, napi_tsfn_nonblocking) != napi_ok) return false;
  errand_done_.wait(lock, [&] { return stopped_ || errands_run_ >= number; });
  return errands_run_ >= number;
}

void AsyncCalls::run_errands(Napi::Env env) {
  for (;;) {
    std::shared_ptr<Errand> errand;
    {
      const std::scoped_lock lock(mutex_);
      if (errands_.empty()) return;
      errand = std::move(errands_.front());
      errands_.pop_front();
    }
    const Napi::HandleScope scope(env);
    try {
      errand->run(env);
    } catch (const Napi::Error&) {
      // The environment is being ended: nothing of JavaScript runs in it any more.
    }
    const std::scoped_lock lock(mutex_);
    ++errands_run_;
    errand_done_.notify_all();
  }
}

}  // namespace tno::cpu
