// The JavaScript functions behind a Program's host steps.
#ifndef TNO_CPU_HOST_FUNCTIONS_H_
#define TNO_CPU_HOST_FUNCTIONS_H_

#include <napi.h>

#include <span>
#include <vector>

#include "tensor.h"

namespace tno::cpu {

// A function gets lists of its inputs' elements (ArrayBuffers), dtype codes and lengths, and one of
// its outputs' lengths; it returns a typed array for each output.
class HostFunctions {
 public:
  explicit HostFunctions(const Napi::Array& functions);
  HostFunctions() = default;

  size_t size() const { return functions_.size(); }

  // False, with a JavaScript exception pending, where the function failed.
  bool call(Napi::Env env, size_t host, std::span<const Tensor> ins,
            std::span<const Tensor> outs) const noexcept;

 private:
  std::vector<Napi::FunctionReference> functions_;
};

}  // namespace tno::cpu

#endif  // TNO_CPU_HOST_FUNCTIONS_H_
