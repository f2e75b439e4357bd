// Kernel steps: bound to their operands, cut into chunks of the outermost axis for the threads.
#include <algorithm>
#include <mutex>

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

bool Walker::run_step(const KernelStep& step) {
  const Kernel& kernel = program_->kernel(step.kernel);
  const auto id = static_cast<size_t>(step.kernel);
  for (size_t i = 0; i < step.dims.size(); ++i) kernel_dims_[i] = size(step.dims[i]);
  KernelPoints points;
  const size_t outer = kernel.outer_rank();
  for (size_t axis = 0; axis < kernel.axes.size(); ++axis) {
    const int64_t length = extent(kernel.axes[axis]);
    if (axis < outer && length <= 0) return true;
    (axis < outer ? points.outer : points.reduced) *= static_cast<double>(length);
  }
  if (outer > 0) points.outermost = extent(kernel.axes[0]);
  if (!bind_kernel(step)) return false;

  ThreadPool& pool = ThreadPool::process();
  const int64_t length = chunk_length(kernel, kernel_costs_[id], points, pool.threads());
  const int64_t stream = should_stream(kernel, points) ? 1 : 0;
  FirstFailure failure;
  pool.run((points.outermost + length - 1) / length, [&](int64_t chunk) {
    tno_status status{};
    const tno_args args{kernel_buffers_.data(), kernel_dims_.data(), &status, stream};
    const int64_t begin = chunk * length;
    kernels_[id]->run(args, begin, std::min(points.outermost, begin + length));
    if (status.code != 0) failure.note(chunk, status);
  });
  const tno_status& status = failure.status();
  if (status.code == 0) return true;
  const bool known = status.gather >= 0 && static_cast<size_t>(status.gather) < step.sites.size();
  const int32_t site = known ? step.sites[static_cast<size_t>(status.gather)] : step.site;
  return fail({.kind = FailureKind::index, .id = site, .a = status.value, .b = status.size});
}

}  // namespace tno
