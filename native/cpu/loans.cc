#include "loans.h"

namespace tno::cpu {
namespace {

constexpr int64_t waiting_limit = int64_t{64} << 20;

}  // namespace

Napi::Value Loans::lend(Napi::Env env, const std::shared_ptr<Block>& block) {
  if (waiting_bytes(env) > waiting_limit) return env.Undefined();
  auto loan = std::make_shared<Loan>(Loan{nullptr, block});
  auto ending = std::make_unique<Ending>(Ending{open_, loan});
  napi_value buffer = nullptr;
  if (napi_create_external_arraybuffer(env, block->data(), static_cast<size_t>(block->capacity()),
                                       end, ending.get(), &buffer) != napi_ok) {
    // Some hosts of JavaScript allow no memory from outside.
    return env.Undefined();
  }
  ending.release();
  NAPI_THROW_IF_FAILED(env, napi_create_reference(env, buffer, 0, &loan->buffer), env.Undefined());
  open_->push_back(std::move(loan));
  return {env, buffer};
}

int64_t Loans::waiting_bytes(Napi::Env env) const {
  const Napi::HandleScope scope(env);
  int64_t bytes = 0;
  for (const auto& loan : *open_) {
    napi_value buffer = nullptr;
    napi_get_reference_value(env, loan->buffer, &buffer);
    if (buffer == nullptr) bytes += loan->block->capacity();
  }
  return bytes;
}

void Loans::end(napi_env env, void*, void* hint) {
  const std::unique_ptr<Ending> ending(static_cast<Ending*>(hint));
  if (ending->loan->buffer != nullptr) napi_delete_reference(env, ending->loan->buffer);
  std::erase(*ending->list, ending->loan);
}

}  // namespace tno::cpu
