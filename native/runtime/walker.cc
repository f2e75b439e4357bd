// The walk itself: sizes and steps. Nothing here allocates but arena slots, outputs and shared
// values that grow.
#include "walker.h"

#include <algorithm>
#include <cstring>

#include "calls.h"
#include "routines.h"

namespace tno {

bool Walker::fail(const Failure& failure) {
  failure_ = failure;
  if (failure.kind == FailureKind::memory) failure_.b = memory_limit();
  return false;
}

bool Walker::broken(const char* text) {
  return fail({.kind = FailureKind::broken, .text = text});
}

const Failure& Walker::run(Environment& environment) noexcept {
  if (running_) {
    static const Failure twice{
        .kind = FailureKind::broken,
        .text =
            "[function] expected a call to end before the next, got a call from its own host step"};
    return twice;
  }
  running_ = true;
  committed_ = false;
  failure_ = {};
  environment_ = &environment;
  if (bind_shared()) {
    if (has_host_steps_) {
      for (const auto& value : shared_) value->hold();
    }
    if (recording_ != nullptr) recording_->begin_call();
    run_all();
    if (recording_ != nullptr) recording_->end_call(sizes_, slots_.bytes());
    if (has_host_steps_) {
      for (const auto& value : shared_) value->release();
    }
  }
  environment_ = nullptr;
  running_ = false;
  return failure_;
}

bool Walker::run_all() {
  if (has_products_ && products_.prepare != nullptr && !products_.prepare()) {
    return fail({.kind = FailureKind::memory});
  }
  for (int32_t id : program_->outputs) state(id) = {};
  return bind_inputs() && run_steps(program_->steps) && check_outputs();
}

bool Walker::check_outputs() {
  for (int32_t id : program_->outputs) {
    if (state(id).data == nullptr) return broken("[program] expected every output to be allocated");
  }
  return true;
}

bool Walker::run_steps(std::span<const Step> steps) {
  if (recording_ != nullptr) return run_recorded(steps);
  for (const Step& step : steps) {
    if (!committed_ && environment_->cancelled()) return fail({.kind = FailureKind::cancelled});
    if (!std::visit([this](const auto& kind) { return run_step(kind); }, step.kind)) return false;
  }
  return true;
}

bool Walker::run_recorded(std::span<const Step> steps) {
  for (const Step& step : steps) {
    const Recording::Clock::time_point start = Recording::Clock::now();
    if (!std::visit([this](const auto& kind) { return run_step(kind); }, step.kind)) return false;
    recording_->add(step, start, sizes_);
  }
  return true;
}

// -- sizes ----------------------------------------------------------------------------------------

bool Walker::run_step(const SizesStep& step) {
  for (int32_t id = step.from; id < step.to; ++id) {
    if (!evaluate(id)) return false;
  }
  for (int32_t id : step.checks) {
    if (!check(id)) return false;
  }
  for (int32_t id : step.alloc) {
    if (!allocate(id)) return false;
  }
  return true;
}

bool Walker::evaluate(int32_t id) {
  const SizeNode& node = program_->sizes[static_cast<size_t>(id)];
  int64_t& value = sizes_[static_cast<size_t>(id)];
  switch (node.op) {
    case SizeOp::constant:
      value = node.constant;
      return true;
    case SizeOp::dim:
      value = dims(node.a)[static_cast<size_t>(node.b)];
      return true;
    case SizeOp::value: {
      if (state(node.a).data == nullptr) {
        return broken("[program] expected a size's value to be written first");
      }
      const std::byte* data = address(node.a);
      value = load_integer(data, program_->buffer(node.a).dtype);
      return true;
    }
    case SizeOp::counter:
      value = counters_[static_cast<size_t>(node.a)];
      return true;
    case SizeOp::select:
      value = size(node.cond) != 0 ? size(node.a) : size(node.b);
      return true;
    default:
      value = size_binary(node.op, size(node.a), size(node.b));
      return true;
  }
}

bool Walker::check(int32_t id) {
  const Check& check = program_->checks[static_cast<size_t>(id)];
  const int64_t a = size(check.a);
  const int64_t b = size(check.b);
  const bool holds = check.relation == Relation::eq   ? a == b
                     : check.relation == Relation::le ? a <= b
                                                      : a < b;
  return holds || fail({.kind = FailureKind::check, .id = id, .a = a, .b = b});
}

// -- steps ----------------------------------------------------------------------------------------

bool Walker::run_step(const CallStep& step) {
  lengths_used_ = 0;
  if (!tensors(step.ins, ins_)) return false;
  if (step.callee == Callee::nonzero) {
    // The shape of the positions is known only after the step: their memory counts.
    outs_.resize(2);
    for (size_t i = 0; i < 2; ++i) {
      outs_[i] = {address(step.outs[i]), DType::int64, 0, nullptr, nullptr};
      if (outs_[i].data == nullptr) return false;
    }
    const int32_t positions = program_->base(step.outs[0]);
    if (ins_[0].elements() > state(positions).elements) {
      return broken("[nonzero] expected room for as many positions as there are elements");
    }
  } else if (!tensors(step.outs, outs_)) {
    return false;
  }
  return run_call(step.callee, ins_, outs_, products_) ||
         broken("[call] expected operands whose shapes fit each other");
}

bool Walker::run_step(const RoutineStep& step) {
  lengths_used_ = 0;
  if (!tensors(step.ins, ins_) || !tensors(step.outs, outs_)) return false;
  for (const Tensor& operand : ins_) {
    if (!is_contiguous(operand)) return broken("[routine] expected contiguous inputs");
  }
  for (const Tensor& operand : outs_) {
    if (!is_contiguous(operand)) return broken("[routine] expected contiguous outputs");
  }
  params_.clear();
  for (int32_t id : step.params) params_.push_back(size(id));
  const RoutineResult result = run_routine(step.routine, {ins_, outs_, params_, products_});
  switch (result.outcome) {
    case RoutineOutcome::done:
      return true;
    case RoutineOutcome::failed:
      return fail({.kind = FailureKind::routine, .id = step.site, .a = result.value});
    case RoutineOutcome::no_memory:
      return fail({.kind = FailureKind::memory, .id = step.site, .a = result.value});
    case RoutineOutcome::misfit:
      break;
  }
  return broken("[routine] expected operands that fit each other");
}

bool Walker::run_step(const CopyStep& step) {
  if (program_->buffer(step.to).role == Role::shared) return copy_to_shared(step.from, step.to);
  lengths_used_ = 0;
  Tensor from;
  Tensor to;
  if (!tensor(step.from, from) || !tensor(step.to, to)) return false;
  if (!std::equal(from.dims().begin(), from.dims().end(), to.dims().begin())) {
    return broken("[copy] expected source and target of one shape");
  }
  copy_elements(from, to);
  return true;
}

bool Walker::copy_to_shared(int32_t from, int32_t to) {
  lengths_used_ = 0;
  Tensor source;
  if (!tensor(from, source)) return false;
  const auto index = static_cast<size_t>(program_->buffer(to).index);
  SharedValue& value = *shared_[index];
  std::shared_ptr<Block> block = std::move(pending_[index]);
  pending_[index] = nullptr;
  if (block == nullptr && source.bytes() > value.block()->capacity()) {
    block = Block::allocate(source.bytes());
    if (block == nullptr) return fail({.kind = FailureKind::memory, .a = source.bytes()});
  }
  int64_t* strides = lengths_.data() + lengths_used_;
  set_contiguous_strides(source.dims(), strides);
  const Tensor target{block == nullptr ? value.data() : block->data(), source.dtype, source.rank,
                      source.shape, strides};
  copy_elements(source, target);
  if (block != nullptr) value.set_block(std::move(block));
  value.set_dims(source.dims());
  std::copy(source.dims().begin(), source.dims().end(), dims(to).begin());
  state(to) = {value.data(), value.elements()};
  return true;
}

bool Walker::run_step(const LoopStep& step) {
  const int64_t trips = size(step.trips);
  int64_t& counter = counters_[static_cast<size_t>(step.loop)];
  int64_t taken = 0;
  bool stop = false;
  while (taken < trips && !stop) {
    counter = taken;
    if (!run_steps(step.body)) return false;
    ++taken;
    if (step.until != -1 && !read_flag(step.until, stop)) return false;
  }
  if (step.taken == -1) return true;
  std::byte* data = address(step.taken);
  if (data == nullptr) return false;
  std::memcpy(data, &taken, sizeof taken);
  return true;
}

bool Walker::run_step(const CondStep& step) {
  bool test = false;
  return read_flag(step.test, test) && run_steps(test ? step.then : step.otherwise);
}

bool Walker::run_step(const HostStep& step) {
  lengths_used_ = 0;
  if (static_cast<size_t>(step.host) >= hosts_) return broken("[host] expected a known function");
  if (!tensors(step.ins, ins_) || !tensors(step.outs, outs_)) return false;
  return environment_->call_host(static_cast<size_t>(step.host), ins_, outs_) ||
         fail({.kind = FailureKind::host, .id = step.site});
}

// The last place where a run may fail: memory for all that grows is taken before anything is
// changed.
bool Walker::run_step(const CommitStep& step) {
  for (const Reserve& reserve : step.reserve) {
    lengths_used_ = 0;
    Tensor source;
    if (!tensor(reserve.from, source)) return false;
    const auto index = static_cast<size_t>(program_->buffer(reserve.to).index);
    const bool in_place = source.bytes() <= shared_[index]->block()->capacity() &&
                          program_->base(reserve.from) != reserve.to;
    pending_[index] = in_place ? nullptr : Block::allocate(source.bytes());
    if (!in_place && pending_[index] == nullptr) {
      for (auto& block : pending_) block = nullptr;
      const int32_t site = first_site_[static_cast<size_t>(reserve.to)];
      return fail({.kind = FailureKind::memory, .id = site, .a = source.bytes()});
    }
  }
  for (size_t i : written_) shared_[i]->count_write();
  committed_ = true;
  return true;
}

}  // namespace tno
