// What a Walker does once, when it is made: check the parts, size the scratch, find out what the
// steps write.
#include <algorithm>

#include "walker.h"

namespace tno {

std::unique_ptr<Walker> Walker::create(WalkerParts parts, std::string& error) {
  std::unique_ptr<Walker> walker(new Walker(std::move(parts)));
  error = walker->fit_parts();
  if (!error.empty()) return nullptr;
  walker->plan();
  return walker;
}

Walker::Walker(WalkerParts parts)
    : program_(std::move(parts.program)),
      constants_(std::move(parts.constants)),
      kernels_(std::move(parts.kernels)),
      shared_(std::move(parts.shared)),
      hosts_(parts.hosts),
      products_(parts.products),
      slots_(static_cast<size_t>(program_->slots)),
      input_copies_(program_->inputs.size()) {}

void Walker::free_memory() {
  slots_ = Arena(static_cast<size_t>(program_->slots));
  input_copies_ = Arena(program_->inputs.size());
  parts_ = Arena(1);
}

std::string Walker::fit_parts() const {
  if (kernels_.size() != program_->kernels.size()) return "[load] expected one symbol a kernel";
  if (constants_.size() != program_->constants.size()) return "[load] expected every constant";
  if (shared_.size() != program_->shared.size()) return "[load] expected every shared variable";
  for (size_t i = 0; i < shared_.size(); ++i) {
    const Buffer& buffer = program_->buffer(program_->shared[i]);
    if (shared_[i]->dtype() != buffer.dtype || shared_[i]->dims().size() != buffer.shape.size()) {
      return "[load] expected shared variables of the program's dtypes and ranks";
    }
  }
  for (size_t i = 0; i < constants_.size(); ++i) {
    const ConstantDecl& decl = program_->constants[i];
    const std::vector<int64_t> shape(decl.shape.begin(), decl.shape.end());
    if (static_cast<int64_t>(constants_[i].size()) !=
        byte_count(element_count(shape), decl.dtype)) {
      return "[load] expected constants of their declared lengths";
    }
  }
  return "";
}

void Walker::plan() {
  sizes_.assign(program_->sizes.size(), 0);
  counters_.assign(static_cast<size_t>(program_->loops), 0);
  states_.assign(program_->buffers.size(), {});
  dims_at_.assign(program_->buffers.size(), 0);
  first_site_.assign(program_->buffers.size(), -1);
  input_data_.assign(program_->inputs.size(), nullptr);
  pending_.assign(shared_.size(), nullptr);

  for (size_t i = 0; i < program_->buffers.size(); ++i) {
    const Buffer& buffer = program_->buffers[i];
    dims_at_[i] = dims_.size();
    dims_.resize(dims_.size() + buffer.shape.size(), 0);
    if (buffer.role != Role::constant) continue;
    const auto index = static_cast<size_t>(buffer.index);
    const std::vector<int32_t>& shape = program_->constants[index].shape;
    std::copy(shape.begin(), shape.end(), dims(static_cast<int32_t>(i)).begin());
    // Constants are only read: verify_program refuses every write to one.
    auto* data = const_cast<std::byte*>(constants_[index].data());
    const int64_t elements = element_count(dims(static_cast<int32_t>(i)));
    states_[i] = {elements == 0 ? empty_memory() : data, elements};
  }
  for (const Kernel& kernel : program_->kernels) kernel_costs_.push_back(kernel_cost(kernel));
  plan_steps(program_->steps);
  std::sort(written_.begin(), written_.end());
  written_.erase(std::unique(written_.begin(), written_.end()), written_.end());
}

void Walker::note_site(int32_t buffer, int32_t site) {
  int32_t& first = first_site_[static_cast<size_t>(program_->base(buffer))];
  if (first == -1) first = site;
}

void Walker::note_write(int32_t buffer) {
  const Buffer& base = program_->buffer(program_->base(buffer));
  if (base.role == Role::shared) written_.push_back(static_cast<size_t>(base.index));
}

void Walker::note_tensors(size_t count) {
  size_t rank = 0;
  for (const Buffer& buffer : program_->buffers) rank = std::max(rank, buffer.shape.size());
  if (lengths_.size() < 2 * rank * count) lengths_.resize(2 * rank * count, 0);
  ins_.reserve(count);
  outs_.reserve(count);
}

void Walker::plan_steps(std::span<const Step> steps) {
  for (const Step& step : steps) {
    if (const auto* kernel = std::get_if<KernelStep>(&step.kind)) {
      for (int32_t id : kernel->operands) note_site(id, kernel->site);
      for (const Store& store : program_->kernel(kernel->kernel).stores) {
        note_write(kernel->operands[static_cast<size_t>(store.operand)]);
      }
      if (kernel_buffers_.size() < kernel->operands.size()) {
        kernel_buffers_.resize(kernel->operands.size(), nullptr);
      }
      if (kernel_dims_.size() < kernel->dims.size()) kernel_dims_.resize(kernel->dims.size(), 0);
    } else if (const auto* call = std::get_if<CallStep>(&step.kind)) {
      for (int32_t id : call->outs) note_site(id, call->site);
      for (int32_t id : call->outs) note_write(id);
      note_tensors(call->ins.size() + call->outs.size());
      has_products_ = has_products_ || call->callee != Callee::nonzero;
    } else if (const auto* routine = std::get_if<RoutineStep>(&step.kind)) {
      for (int32_t id : routine->outs) note_site(id, routine->site);
      for (int32_t id : routine->outs) note_write(id);
      note_tensors(routine->ins.size() + routine->outs.size());
      params_.reserve(routine->params.size());
    } else if (const auto* copy = std::get_if<CopyStep>(&step.kind)) {
      note_site(copy->to, copy->site);
      note_write(copy->to);
      note_tensors(2);
    } else if (const auto* loop = std::get_if<LoopStep>(&step.kind)) {
      if (loop->taken != -1) note_write(loop->taken);
      plan_steps(loop->body);
    } else if (const auto* cond = std::get_if<CondStep>(&step.kind)) {
      plan_steps(cond->then);
      plan_steps(cond->otherwise);
    } else if (const auto* host = std::get_if<HostStep>(&step.kind)) {
      for (int32_t id : host->outs) note_site(id, host->site);
      note_tensors(host->ins.size() + host->outs.size());
      has_host_steps_ = true;
    } else if (std::holds_alternative<CommitStep>(step.kind)) {
      note_tensors(1);
    }
  }
}

}  // namespace tno
