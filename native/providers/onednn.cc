// oneDNN behind the provider ABI: a shared object of its own, so that the addon loads on machines
// without oneDNN.
//
// oneDNN takes its threads from OpenMP, whose idle workers spin, by default for milliseconds, and
// whether they do can only be set by the environment of the whole process, before it starts. So the
// team is one thread, but for products that are worth starting threads for; and those are ended
// with the product. Results have the same bits either way.
#include <dnnl.h>
#include <omp.h>
#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tno/provider_abi.h"

namespace {

// Multiplications from which on a second thread gains more than its start costs (about 0.2 ms).
constexpr double team_threshold = 2.5e8;

// Processors this process may use: those it is bound to, and no more than its control group's
// quota.
int available_processors() {
  cpu_set_t bound;
  CPU_ZERO(&bound);
  int count = sched_getaffinity(0, sizeof bound, &bound) == 0 ? CPU_COUNT(&bound) : 1;
  if (std::FILE* file = std::fopen("/sys/fs/cgroup/cpu.max", "r")) {
    double quota = 0;
    double period = 0;
    if (std::fscanf(file, "%lf %lf", &quota, &period) == 2 && quota > 0 && period > 0) {
      count = std::min(count, static_cast<int>(quota / period + 0.5));
    }
    std::fclose(file);
  }
  return std::max(1, count);
}

int team_size() {
  static const int size = [] {
    const char* text = std::getenv("TNO_NUM_THREADS");
    const int wanted = text == nullptr ? 0 : std::atoi(text);
    const int available = available_processors();
    return wanted > 0 ? std::min(wanted, available) : available;
  }();
  return size;
}

int32_t sgemm(int32_t transpose_a, int32_t transpose_b, int64_t m, int64_t n, int64_t k,
              float alpha, const float* a, int64_t lda, const float* b, int64_t ldb, float beta,
              float* y, int64_t ldy) {
  const double multiplications =
      static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  const bool with_team = multiplications >= team_threshold && team_size() > 1;
  const int before = omp_get_max_threads();
  omp_set_num_threads(with_team ? team_size() : 1);
  const dnnl_status_t status =
      dnnl_sgemm(transpose_a != 0 ? 'T' : 'N', transpose_b != 0 ? 'T' : 'N', m, n, k, alpha, a, lda,
                 b, ldb, beta, y, ldy);
  if (with_team) omp_pause_resource_all(omp_pause_hard);
  omp_set_num_threads(before);
  return status == dnnl_success ? 0 : 1;
}

const tno_provider provider = {TNO_PROVIDER_ABI, "onednn", sgemm};

}  // namespace

extern "C" __attribute__((visibility("default"))) const tno_provider* tno_provider_get() {
  return &provider;
}
