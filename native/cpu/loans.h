// Memory of shared variables lent to JavaScript as ArrayBuffers, without a copy.
#ifndef TNO_CPU_LOANS_H_
#define TNO_CPU_LOANS_H_

#include <napi.h>

#include <memory>
#include <vector>

#include "memory.h"

namespace tno::cpu {

// One for each environment. A lent block lives until its ArrayBuffer is finalized, which in a
// program that never yields is never: so nothing more is lent while too much waits for that.
class Loans {
 public:
  // An ArrayBuffer over the block, or undefined where a copy has to do.
  Napi::Value lend(Napi::Env env, const std::shared_ptr<Block>& block);

 private:
  struct Loan {
    napi_ref buffer = nullptr;
    std::shared_ptr<Block> block;
  };
  using List = std::vector<std::shared_ptr<Loan>>;

  // Finalizers may come after this object is gone.
  struct Ending {
    std::shared_ptr<List> list;
    std::shared_ptr<Loan> loan;
  };

  int64_t waiting_bytes(Napi::Env env) const;
  static void end(napi_env env, void* data, void* hint);

  std::shared_ptr<List> open_ = std::make_shared<List>();
};

}  // namespace tno::cpu

#endif  // TNO_CPU_LOANS_H_
