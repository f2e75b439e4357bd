// A loaded Program that JavaScript calls: how executable_binding.h says.
#ifndef TNO_CPU_EXECUTABLE_H_
#define TNO_CPU_EXECUTABLE_H_

#include <napi.h>

#include <memory>
#include <vector>

#include "host_functions.h"
#include "kernel_set.h"
#include "program.h"
#include "shared_binding.h"
#include "walker.h"

namespace tno::cpu {

// Words of a frame that say how a call failed.
inline constexpr size_t status_words = 4;
// Arrays of at most so many bytes go through memory that both sides share.
inline constexpr size_t small_bytes = 64;

// The caller's memory for an output; without data there is none.
struct Destination {
  // Words in a frame that stand for the lengths of the output.
  static constexpr double same_elements = -1;  // as many elements as there are
  static constexpr double has_room = -2;       // at most so many, else the output gets fresh memory

  std::byte* data = nullptr;
  int64_t elements = 0;
  bool optional = false;
};

class Executable : public Environment {
 public:
  std::shared_ptr<const Program> program;
  std::shared_ptr<KernelSet> kernels;
  std::vector<std::shared_ptr<Block>> constants;
  std::unique_ptr<Walker> walker;
  WalkerParts parts;  // for the second walker
  std::vector<std::shared_ptr<SharedValue>> shared;
  HostFunctions hosts;
  AddonData* addon = nullptr;

  Napi::Reference<Napi::ArrayBuffer> frame_reference;
  Napi::Reference<Napi::ArrayBuffer> small_reference;
  Napi::Reference<Napi::ArrayBuffer> recording_reference;
  double* frame = nullptr;
  std::byte* small = nullptr;
  size_t frame_words = 0;
  std::vector<napi_value> arguments;

  // Once, when the program is there.
  void lay_out();
  napi_value run(napi_env env, napi_callback_info info);
  // Gives memory back; nothing while a call runs. False where calls in flight cannot be waited for.
  bool free_memory(napi_env env);
  // The walker of calls in flight, for the thread that they run on; null where there is no memory.
  Walker* async_walker() noexcept;
  // Writes steps of later runs down in `memory`, or no longer where it is null. Null, or what is
  // wrong.
  const char* record(const Napi::Value& memory);

  bool fits_output(size_t index, std::span<const int64_t> dims) noexcept override;
  std::byte* allocate_output(size_t index, int64_t bytes) noexcept override;
  bool call_host(size_t host, std::span<const Tensor> ins,
                 std::span<const Tensor> outs) noexcept override;

 private:
  const char* bind(size_t count);
  bool bind_input(size_t index, size_t& word);
  const char* bind_output(size_t index);
  bool take_turn();
  void write_lengths(size_t output);
  napi_value finish(const Failure& failure);
  napi_value text(const char* text) const;
  napi_value number(double value) const;
  napi_value large_outputs() const;

  napi_env env_ = nullptr;
  bool running_ = false;
  std::unique_ptr<Walker> async_walker_;
  std::vector<napi_value> large_;
  int64_t result_bytes_ = 0;
  std::vector<Destination> destinations_;
  std::vector<size_t> output_words_;  // where the lengths of each output stand in the frame
};

}  // namespace tno::cpu

#endif  // TNO_CPU_EXECUTABLE_H_
