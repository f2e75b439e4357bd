// Runs a Program: the C++ twin of core's TypeScript walker, and its behaviour is specified there.
//
// A Walker owns what one compiled function needs between calls (size values, arena slots, argument
// arrays), so that a repeated call allocates its outputs and nothing else. Nothing is thrown; a run
// that fails before its commit step leaves every shared value as it was.
#ifndef TNO_RUNTIME_WALKER_H_
#define TNO_RUNTIME_WALKER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "failure.h"
#include "kernel_code.h"
#include "kernel_cost.h"
#include "memory.h"
#include "products.h"
#include "program.h"
#include "recording.h"
#include "shared_value.h"
#include "tensor.h"

namespace tno {

// What a run needs from outside.
class Environment {
 public:
  virtual ~Environment() = default;

  // Whether output number `index` may have that shape; asked before its memory is.
  virtual bool fits_output(size_t index, std::span<const int64_t> dims) noexcept {
    static_cast<void>(index), static_cast<void>(dims);
    return true;
  }

  // Memory for output number `index`, which the caller of the run will own; null where there is
  // none.
  virtual std::byte* allocate_output(size_t index, int64_t bytes) noexcept = 0;

  // Whether the call is to end; asked before each step, until the commit step is done.
  virtual bool cancelled() const noexcept { return false; }

  // Calls host function number `host`, which fills `outs`; false where it failed.
  virtual bool call_host(size_t host, std::span<const Tensor> ins,
                         std::span<const Tensor> outs) noexcept = 0;
};

struct WalkerParts {
  std::shared_ptr<const Program> program;
  // Little-endian bytes of each constant; they outlive the walker.
  std::vector<std::span<const std::byte>> constants;
  // One for each kernel of the program.
  std::vector<std::shared_ptr<const KernelCode>> kernels;
  std::vector<std::shared_ptr<SharedValue>> shared;
  size_t hosts = 0;
  Products products;
};

class Walker {
 public:
  // Null, and `error` set, where the parts do not fit the program.
  static std::unique_ptr<Walker> create(WalkerParts parts, std::string& error);

  // Before each run every input gets its lengths and its memory.
  std::span<int64_t> input_dims(size_t index);
  void set_input(size_t index, std::byte* data) { input_data_[index] = data; }

  const Failure& run(Environment& environment) noexcept;

  // Gives back what is kept for the next run, which takes it anew.
  void free_memory();

  // After a run that did not fail.
  std::span<const int64_t> output_dims(size_t index) const;

  const Program& program() const { return *program_; }
  // Indices of the shared values that a run may write.
  std::span<const size_t> written() const { return written_; }

  // From the next run on steps are written down there; null: no longer.
  void record(std::unique_ptr<Recording> recording) { recording_ = std::move(recording); }

 private:
  // Where a buffer that is no view lives at the moment.
  struct State {
    std::byte* data = nullptr;
    int64_t elements = 0;
  };

  explicit Walker(WalkerParts parts);
  std::string fit_parts() const;
  void plan();
  void plan_steps(std::span<const Step> steps);
  void note_site(int32_t buffer, int32_t site);
  void note_write(int32_t buffer);
  void note_tensors(size_t count);

  bool fail(const Failure& failure);
  bool broken(const char* text);

  bool bind_inputs();
  bool bind_shared();
  bool shield_input(size_t index, int64_t bytes);
  bool check_outputs();
  bool run_all();
  bool run_steps(std::span<const Step> steps);
  bool run_recorded(std::span<const Step> steps);
  bool run_step(const SizesStep& step);
  bool run_step(const KernelStep& step);
  bool run_step(const CallStep& step);
  bool run_step(const RoutineStep& step);
  bool run_step(const CopyStep& step);
  bool run_step(const LoopStep& step);
  bool run_step(const CondStep& step);
  bool run_step(const HostStep& step);
  bool run_step(const CommitStep& step);

  bool bind_kernel(const KernelStep& step);
  bool should_stream(const Kernel& kernel, const KernelPoints& points) const;
  KernelPoints measure_kernel(const Kernel& kernel) const;
  bool reserve_parts(const Kernel& kernel, const KernelPoints& points);
  tno_status run_kernel(int32_t id, const KernelPoints& points);
  tno_status run_chunks(int32_t kernel, const tno_args& args, int64_t total, int64_t length);
  bool evaluate(int32_t id);
  bool check(int32_t id);
  bool allocate(int32_t buffer);
  bool copy_to_shared(int32_t from, int32_t to);

  int64_t size(int32_t id) const { return sizes_[static_cast<size_t>(id)]; }
  State& state(int32_t buffer) { return states_[static_cast<size_t>(buffer)]; }
  int64_t extent(const KernelDim& dim) const {
    return dim.param < 0 ? dim.literal : kernel_dims_[static_cast<size_t>(dim.param)];
  }
  // The lengths of an input, shared, constant or output buffer.
  std::span<int64_t> dims(int32_t buffer);
  // The first element; null, with the failure set, where there is none.
  std::byte* address(int32_t buffer);
  std::byte* view_address(const Buffer& view);
  bool tensor(int32_t buffer, Tensor& result);
  bool tensors(std::span<const int32_t> buffers, std::vector<Tensor>& result);
  bool read_flag(int32_t buffer, bool& flag);

  std::shared_ptr<const Program> program_;
  std::vector<std::span<const std::byte>> constants_;
  std::vector<std::shared_ptr<const KernelCode>> kernels_;
  std::vector<KernelCost> kernel_costs_;
  std::vector<std::shared_ptr<SharedValue>> shared_;
  size_t hosts_;
  Products products_;

  std::vector<int64_t> sizes_;
  std::vector<int64_t> counters_;
  std::vector<State> states_;
  std::vector<int64_t> dims_;
  std::vector<size_t> dims_at_;
  std::vector<std::byte*> input_data_;
  Arena slots_;
  Arena input_copies_;
  Arena parts_{1};                               // results of blocks of a reduction
  std::vector<std::shared_ptr<Block>> pending_;  // by shared index
  std::vector<size_t> written_;                  // indices of the shared values that a run writes
  std::vector<int32_t> first_site_;  // by buffer: who to blame when it cannot be allocated
  bool has_host_steps_ = false;
  bool has_products_ = false;

  // Scratch of one step.
  std::vector<void*> kernel_buffers_;
  std::vector<int64_t> kernel_dims_;
  std::vector<void*> kernel_parts_;
  std::vector<Tensor> ins_;
  std::vector<int64_t> params_;
  std::vector<Tensor> outs_;
  std::vector<int64_t> lengths_;
  size_t lengths_used_ = 0;

  std::unique_ptr<Recording> recording_;
  Environment* environment_ = nullptr;
  Failure failure_;
  bool running_ = false;
  bool committed_ = false;
};

}  // namespace tno

#endif  // TNO_RUNTIME_WALKER_H_
