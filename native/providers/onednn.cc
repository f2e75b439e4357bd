// oneDNN behind the provider ABI: a shared object of its own, so that the addon loads on machines
// without oneDNN.
//
// oneDNN would take its threads from OpenMP, whose idle workers spin against the runtime's own, and
// whether they do can only be set by the environment of the whole process. So every call here is
// for the calling thread alone; the runtime cuts products into pieces for its threads.
#include <dnnl.h>
#include <omp.h>

#include <array>
#include <atomic>
#include <thread>

#include "tno/provider_abi.h"

namespace {

// The process's exit destroys what oneDNN keeps, while other threads may be inside of it. The gate
// is made after all that and so destroyed before: then calls have ended, and no more begin.
class Gate {
 public:
  ~Gate() {
    closed_ = true;
    while (inside_ != 0) std::this_thread::yield();
  }
  bool enter() {
    ++inside_;
    if (!closed_) return true;
    --inside_;
    return false;
  }
  void leave() { --inside_; }

 private:
  std::atomic<int> inside_{0};
  std::atomic<bool> closed_{false};
};

int32_t multiply(char transpose_a, char transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                 const float* a, int64_t lda, const float* b, int64_t ldb, float beta, float* y,
                 int64_t ldy) {
  // The number of OpenMP threads is a setting of each thread, and other libraries' matter too.
  const int before = omp_get_max_threads();
  if (before != 1) omp_set_num_threads(1);
  const dnnl_status_t status =
      dnnl_sgemm(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, y, ldy);
  if (before != 1) omp_set_num_threads(before);
  return status == dnnl_success ? 0 : 1;
}

Gate& gate() {
  // oneDNN makes what it keeps, for all sizes and layouts, at its first product.
  static const int32_t prepared = [] {
    constexpr int64_t n = 32;
    std::array<float, n * n> a{};
    std::array<float, n * n> y{};
    return multiply('N', 'N', n, n, n, 1, a.data(), n, a.data(), n, 0, y.data(), n);
  }();
  static_cast<void>(prepared);
  static Gate made;
  return made;
}

int32_t sgemm(int32_t transpose_a, int32_t transpose_b, int64_t m, int64_t n, int64_t k,
              float alpha, const float* a, int64_t lda, const float* b, int64_t ldb, float beta,
              float* y, int64_t ldy) {
  if (!gate().enter()) return 1;
  const int32_t result = multiply(transpose_a != 0 ? 'T' : 'N', transpose_b != 0 ? 'T' : 'N', m, n,
                                  k, alpha, a, lda, b, ldb, beta, y, ldy);
  gate().leave();
  return result;
}

const tno_provider provider = {TNO_PROVIDER_ABI, "onednn", sgemm};

}  // namespace

extern "C" __attribute__((visibility("default"))) const tno_provider* tno_provider_get() {
  gate();
  return &provider;
}
