// One call of an executable that runs apart from the JavaScript thread.
//
// `start(inputs, layout, done)` takes a list of typed arrays, which are not to be written until the
// call is settled, and for each its offset in elements and its lengths. It gives the call's ticket,
// and settles with done(outcome, words, error), words being a Float64Array:
//   a list of ArrayBuffers: the outputs; words: the lengths of each
//   a number: the kind of a failure (FailureKind), words: id, a, b; error: what a host step threw
//   a string: why the program is broken
#ifndef TNO_CPU_ASYNC_CALL_H_
#define TNO_CPU_ASYNC_CALL_H_

#include <napi.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "async_calls.h"
#include "executable.h"

namespace tno::cpu {

class AsyncCall : public QueuedCall,
                  public Errand,
                  public Environment,
                  public std::enable_shared_from_this<AsyncCall> {
 public:
  // Throws where the inputs are not those of the program.
  AsyncCall(std::shared_ptr<Executable> executable, const Napi::Array& inputs,
            const Napi::Float64Array& layout, const Napi::Function& done);

  uint64_t ticket = 0;

  // On the queue's thread.
  void run() noexcept override;
  void ended() noexcept override;
  bool has_host_steps() const noexcept override { return executable_->hosts.size() > 0; }
  bool cancelled() const noexcept override { return QueuedCall::cancelled.load(); }
  std::byte* allocate_output(size_t index, int64_t bytes) noexcept override;
  bool call_host(size_t host, std::span<const Tensor> ins,
                 std::span<const Tensor> outs) noexcept override;

  // On the environment's thread: the host step that waits, or else the end.
  void run(Napi::Env env) override;

 private:
  // What goes in: small arrays are copied, large ones stay where they are.
  struct Input {
    std::vector<int64_t> dims;
    std::byte* data = nullptr;
    std::shared_ptr<Block> copy;
  };
  struct Output {
    std::shared_ptr<Block> block;
    std::vector<int64_t> dims;
  };
  struct HostStep {
    size_t host;
    std::span<const Tensor> ins;
    std::span<const Tensor> outs;
  };

  Input bind(size_t index, const Napi::Value& array, const double*& word) const;
  void run_host_step(Napi::Env env);
  void settle(Napi::Env env);
  Napi::Value outputs(Napi::Env env, std::vector<double>& words) const;

  std::shared_ptr<Executable> executable_;
  std::vector<Input> inputs_;
  std::vector<Output> outputs_;
  Failure failure_;
  HostStep* host_step_ = nullptr;
  bool host_succeeded_ = false;
  Napi::ObjectReference arguments_;
  Napi::FunctionReference done_;
  Napi::Reference<Napi::Value> error_;
};

}  // namespace tno::cpu

#endif  // TNO_CPU_ASYNC_CALL_H_
