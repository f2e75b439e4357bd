#include "reclaimer.h"

#include <algorithm>

#include "memory.h"

namespace tno::cpu {
namespace {

constexpr size_t least_count = 64;
constexpr int64_t least_growth = int64_t{32} << 20;

}  // namespace

void Reclaimer::watch(Napi::Env env, Napi::Value object, std::shared_ptr<Holding> holding) {
  if (watched_.size() >= sweep_at_count_) sweep(env);
  napi_ref reference = nullptr;
  NAPI_THROW_IF_FAILED_VOID(env, napi_create_reference(env, object, 0, &reference));
  watched_.push_back({reference, std::move(holding)});
}

void Reclaimer::account(Napi::Env env) {
  const int64_t live = Block::live_bytes();
  if (live == reported_) return;
  // This may collect.
  Napi::MemoryManagement::AdjustExternalMemory(env, live - reported_);
  reported_ = live;
  if (live >= sweep_at_bytes_) sweep(env);
}

void Reclaimer::sweep(Napi::Env env) {
  const Napi::HandleScope scope(env);
  const auto is_dead = [&](const Watched& entry) {
    napi_value object = nullptr;
    return napi_get_reference_value(env, entry.object, &object) == napi_ok && object == nullptr;
  };
  // Released after the list is in order again.
  const auto dead = std::stable_partition(watched_.begin(), watched_.end(),
                                          [&](const Watched& entry) { return !is_dead(entry); });
  const std::vector<Watched> ended(std::make_move_iterator(dead),
                                   std::make_move_iterator(watched_.end()));
  watched_.erase(dead, watched_.end());
  for (const Watched& entry : ended) {
    napi_delete_reference(env, entry.object);
    entry.holding->release();
  }
  sweep_at_count_ = std::max(least_count, 2 * watched_.size());
  const int64_t live = Block::live_bytes();
  sweep_at_bytes_ = live + least_growth;
  Napi::MemoryManagement::AdjustExternalMemory(env, live - reported_);
  reported_ = live;
}

}  // namespace tno::cpu
