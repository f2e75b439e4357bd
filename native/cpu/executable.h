// A loaded Program that JavaScript calls: how executable_binding.h says.
#ifndef TNO_CPU_EXECUTABLE_H_
#define TNO_CPU_EXECUTABLE_H_

#include <napi.h>

#include <memory>
#include <vector>

#include "host_functions.h"
#include "kernel_library.h"
#include "program.h"
#include "shared_binding.h"
#include "walker.h"

namespace tno::cpu {

// Words of a frame that say how a call failed.
inline constexpr size_t status_words = 4;
// Arrays of at most so many bytes go through memory that both sides share.
inline constexpr size_t small_bytes = 64;

class Executable : public Environment {
 public:
  std::shared_ptr<const Program> program;
  std::shared_ptr<KernelLibrary> library;
  std::vector<std::shared_ptr<Block>> constants;
  std::unique_ptr<Walker> walker;
  HostFunctions hosts;
  AddonData* addon = nullptr;

  Napi::Reference<Napi::ArrayBuffer> frame_reference;
  Napi::Reference<Napi::ArrayBuffer> small_reference;
  double* frame = nullptr;
  std::byte* small = nullptr;
  std::vector<napi_value> arguments;

  napi_value run(napi_env env, napi_callback_info info);

  std::byte* allocate_output(size_t index, int64_t bytes) noexcept override;
  bool call_host(size_t host, std::span<const Tensor> ins,
                 std::span<const Tensor> outs) noexcept override;

 private:
  bool bind_input(size_t index, size_t& word);
  napi_value finish(const Failure& failure);
  napi_value text(const char* text) const;
  napi_value number(double value) const;
  napi_value large_outputs() const;

  napi_env env_ = nullptr;
  bool running_ = false;
  std::vector<napi_value> large_;
};

}  // namespace tno::cpu

#endif  // TNO_CPU_EXECUTABLE_H_
