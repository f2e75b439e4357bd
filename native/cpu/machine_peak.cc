#include "machine_peak.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>

#include "memory.h"
#include "plain_products.h"
#include "thread_pool.h"
#ifdef TNO_X86_LEVELS
#include <immintrin.h>
#endif

namespace tno::cpu {
namespace {

// Enough independent sums to hide the latency of a multiply-add on two units.
constexpr int chains = 12;
constexpr int rounds = 20'000;
constexpr int repetitions = 5;
constexpr int chunks_per_thread = 4;

// Each gives the operations that it did, and its sums to `out`, so that nothing is left away.
using FmaLoop = double (*)(float* out);

double fma_loop_base(float* out) {
  constexpr int lanes = 4;
  float sums[chains][lanes] = {};
  for (int round = 0; round < rounds; ++round) {
    for (auto& sum : sums) {
      for (float& lane : sum) lane = lane * 0.5f + 1.0f;
    }
  }
  std::memcpy(out, sums, sizeof sums);
  return 2.0 * chains * lanes * rounds;
}

#ifdef TNO_X86_LEVELS
__attribute__((target("avx2,fma"))) double fma_loop_avx2(float* out) {
  const __m256 factor = _mm256_set1_ps(0.5f);
  const __m256 addend = _mm256_set1_ps(1.0f);
  __m256 sums[chains];
  for (auto& sum : sums) sum = addend;
  for (int round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (auto& sum : sums) sum = _mm256_fmadd_ps(sum, factor, addend);
  }
  for (int i = 0; i < chains; ++i) _mm256_storeu_ps(out + 8 * i, sums[i]);
  return 2.0 * chains * 8 * rounds;
}

__attribute__((target("avx512f"))) double fma_loop_avx512(float* out) {
  const __m512 factor = _mm512_set1_ps(0.5f);
  const __m512 addend = _mm512_set1_ps(1.0f);
  __m512 sums[chains];
  for (auto& sum : sums) sum = addend;
  for (int round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
    for (auto& sum : sums) sum = _mm512_fmadd_ps(sum, factor, addend);
  }
  for (int i = 0; i < chains; ++i) _mm512_storeu_ps(out + 16 * i, sums[i]);
  return 2.0 * chains * 16 * rounds;
}
#endif

FmaLoop widest_loop() {
#ifdef TNO_X86_LEVELS
  if (std::strcmp(plain_level(), "avx512") == 0) return fma_loop_avx512;
  if (std::strcmp(plain_level(), "avx2") == 0) return fma_loop_avx2;
#endif
  return fma_loop_base;
}

// The shortest of several runs of `work`, in nanoseconds: what disturbs only adds.
template <class Work>
double shortest(const Work& work) {
  using Clock = std::chrono::steady_clock;
  double best = 1e18;
  for (int i = 0; i < repetitions; ++i) {
    const auto start = Clock::now();
    work();
    const std::chrono::duration<double, std::nano> taken = Clock::now() - start;
    best = std::min(best, taken.count());
  }
  return best;
}

double measure_gflops() {
  ThreadPool& pool = ThreadPool::process();
  const FmaLoop loop = widest_loop();
  const int64_t chunks = chunks_per_thread * pool.threads();
  double operations = 0;
  const double time = shortest([&] {
    pool.run(chunks, [&](int64_t chunk) {
      float out[chains * 16];
      const double done = loop(out);
      if (chunk == 0) operations = done + 0 * static_cast<double>(out[0]);
    });
  });
  return operations * static_cast<double>(chunks) / time;
}

double measure_bandwidth() {
  constexpr int64_t length = 12 << 20;
  constexpr int64_t pieces = 96;
  ThreadPool& pool = ThreadPool::process();
  const std::shared_ptr<Block> blocks[] = {Block::allocate(length * 4), Block::allocate(length * 4),
                                           Block::allocate(length * 4)};
  float* arrays[3] = {};
  for (int i = 0; i < 3; ++i) {
    if (blocks[i] == nullptr) return 0;
    arrays[i] = reinterpret_cast<float*>(blocks[i]->data());
    std::fill(arrays[i], arrays[i] + length, 1.0f);
  }
  const double time = shortest([&] {
    pool.run(pieces, [&](int64_t piece) {
      float* a = arrays[0];
      const float* b = arrays[1];
      const float* c = arrays[2];
      for (int64_t i = piece * length / pieces; i < (piece + 1) * length / pieces; ++i) {
        a[i] = b[i] + 0.5f * c[i];
      }
    });
  });
  return 3.0 * 4.0 * static_cast<double>(length) / time;
}

}  // namespace

const MachinePeak& machine_peak() {
  static const MachinePeak peak{measure_gflops(), measure_bandwidth()};
  return peak;
}

}  // namespace tno::cpu
