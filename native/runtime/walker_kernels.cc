// Kernel steps: bound to their operands, cut into chunks for the threads.
#include <algorithm>
#include <mutex>

#include "reduction_tree.h"
#include "thread_pool.h"
#include "walker.h"

namespace tno {
namespace {

// Of chunks that found an index out of range, the first in iteration order. A kernel stops at its
// first failure, so that is what one thread would have found.
class FirstFailure {
 public:
  void note(int64_t chunk, const tno_status& status) {
    const std::lock_guard lock(mutex_);
    if (status_.code != 0 && chunk_ < chunk) return;
    chunk_ = chunk;
    status_ = status;
  }
  const tno_status& status() const { return status_; }

 private:
  std::mutex mutex_;
  int64_t chunk_ = 0;
  tno_status status_{};
};

// Results of so many bytes have left the caches before anything reads them.
constexpr double stream_bytes = 32 << 20;

}  // namespace

// Not where a result takes the place of an operand: that memory is in the cache by then.
bool Walker::should_stream(const Kernel& kernel, const KernelPoints& points) const {
  double item_sizes = 0;
  for (const Store& store : kernel.stores) {
    const auto stored = static_cast<size_t>(store.operand);
    item_sizes += static_cast<double>(item_size(kernel.operands[stored].dtype));
    for (size_t i = 0; i < kernel.operands.size(); ++i) {
      if (i != stored && kernel_buffers_[i] == kernel_buffers_[stored]) return false;
    }
  }
  return points.outer * item_sizes >= stream_bytes;
}

bool Walker::bind_kernel(const KernelStep& step) {
  for (size_t i = 0; i < step.operands.size(); ++i) {
    std::byte* data = address(step.operands[i]);
    if (data == nullptr) return false;
    kernel_buffers_[i] = data;
  }
  return true;
}

KernelPoints Walker::measure_kernel(const Kernel& kernel) const {
  KernelPoints points;
  const size_t outer = kernel.outer_rank();
  for (size_t axis = 0; axis < kernel.axes.size(); ++axis) {
    const int64_t length = extent(kernel.axes[axis]);
    (axis < outer ? points.outer : points.reduced) *=
        static_cast<double>(std::max<int64_t>(0, length));
  }
  if (outer > 0) points.outermost = extent(kernel.axes[0]);
  if (kernel.reduce_rank > 0 && points.reduced > 0) {
    const int64_t inner = extent(kernel.axes.back());
    const int64_t blocks = (inner + block_elements - 1) / block_elements;
    points.blocks = points.reduced / static_cast<double>(inner) * static_cast<double>(blocks);
  }
  return points;
}

// Runs [0, total) in chunks of `length`; gives the failure of the first that fails.
tno_status Walker::run_chunks(int32_t kernel, const tno_args& args, int64_t total, int64_t length) {
  const KernelCode& code = *kernels_[static_cast<size_t>(kernel)];
  FirstFailure failure;
  ThreadPool::process().run((total + length - 1) / length, [&](int64_t chunk) {
    tno_status status{};
    tno_args own = args;
    own.status = &status;
    const int64_t begin = chunk * length;
    code.run(own, begin, std::min(total, begin + length));
    if (status.code != 0) failure.note(chunk, status);
  });
  return failure.status();
}

// Memory for the results of all blocks, in `kernel_parts_`.
bool Walker::reserve_parts(const Kernel& kernel, const KernelPoints& points) {
  const auto bytes = static_cast<int64_t>(points.blocks * points.outer) * 8;
  const size_t count = 2 * kernel.reductions.size();
  std::byte* memory = parts_.reserve(0, bytes * static_cast<int64_t>(count));
  if (memory == nullptr) return false;
  kernel_parts_.resize(count);
  for (void*& part : kernel_parts_) {
    part = memory;
    memory += bytes;
  }
  return true;
}

tno_status Walker::run_kernel(int32_t id, const KernelPoints& points) {
  const Kernel& kernel = program_->kernel(id);
  const KernelCut cut = cut_kernel(kernel, kernel_costs_[static_cast<size_t>(id)], points,
                                   ThreadPool::process().threads());
  tno_args args{kernel_buffers_.data(),
                kernel_dims_.data(),
                nullptr,
                should_stream(kernel, points) ? 1 : 0,
                TNO_WHOLE,
                nullptr};
  if (!cut.by_blocks) return run_chunks(id, args, points.outermost, cut.length);
  // Without the memory one thread does it, so that the step cannot fail.
  if (!reserve_parts(kernel, points)) {
    return run_chunks(id, args, points.outermost, points.outermost);
  }
  args.part = kernel_parts_.data();
  args.phase = TNO_BLOCKS;
  const tno_status status = run_chunks(id, args, static_cast<int64_t>(points.blocks), cut.length);
  if (status.code != 0) return status;
  args.phase = TNO_FOLD;
  return run_chunks(id, args, points.outermost, points.outermost);
}

bool Walker::run_step(const KernelStep& step) {
  const Kernel& kernel = program_->kernel(step.kernel);
  for (size_t i = 0; i < step.dims.size(); ++i) kernel_dims_[i] = size(step.dims[i]);
  const KernelPoints points = measure_kernel(kernel);
  if (points.outer == 0) return true;
  if (!bind_kernel(step)) return false;
  const tno_status status = run_kernel(step.kernel, points);
  if (status.code == 0) return true;
  const bool known = status.gather >= 0 && static_cast<size_t>(status.gather) < step.sites.size();
  const int32_t site = known ? step.sites[static_cast<size_t>(status.gather)] : step.site;
  return fail({.kind = FailureKind::index, .id = site, .a = status.value, .b = status.size});
}

}  // namespace tno
