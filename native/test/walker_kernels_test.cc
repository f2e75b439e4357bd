// Kernel steps on several threads: which are cut into chunks, and that nobody can tell.
#include <algorithm>
#include <mutex>
#include <utility>

#include "thread_pool.h"
#include "walker_fixture.h"

namespace tno::test {
namespace {

std::mutex ranges_mutex;
std::vector<std::pair<int64_t, int64_t>> ranges;

void note_range(const tno_args* a, int64_t begin, int64_t end) {
  const auto* x = static_cast<const float*>(a->buf[0]);
  auto* y = static_cast<float*>(a->buf[1]);
  for (int64_t i = begin; i < end; ++i) y[i] = 2 * x[i];
  const std::lock_guard lock(ranges_mutex);
  ranges.push_back({begin, end});
}

// Runs y = 2 x through `note_range`; gives the number of ranges.
size_t run_map(int64_t elements, bool serial = false) {
  Builder b;
  const int32_t x = b.input(DType::float32, 1);
  const int32_t n = b.dim(x, 0);
  const int32_t y = b.output(DType::float32, {n});
  b.map_kernel(DType::float32, 2);
  b.program.kernels[0].serial = serial;
  b.finish();
  b.program.steps.push_back(kernel_step(0, {x, y}, {n}));
  Fixture f(b, {note_range});
  Floats values(static_cast<size_t>(elements));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 1000);
  f.input(0, values);
  ranges.clear();
  CHECK(f.run().kind == FailureKind::none);
  const Floats doubled = f.output<float>(0);
  bool right = doubled.size() == values.size();
  for (size_t i = 0; right && i < values.size(); ++i) right = doubled[i] == 2 * values[i];
  CHECK(right);
  return ranges.size();
}

TEST(a_kernel_is_cut_into_chunks_where_that_pays) {
  CHECK(ThreadPool::process().threads() > 1);
  CHECK(run_map(1000) == 1);
  CHECK(run_map(1'000'000) > 1);
  CHECK(run_map(1'000'000, true) == 1);
  CHECK(run_map(0) == 0);
}

TEST(chunks_cover_every_index_once) {
  run_map(1'000'003);
  std::sort(ranges.begin(), ranges.end());
  int64_t next = 0;
  for (const auto& [begin, end] : ranges) {
    CHECK(begin == next && end > begin);
    next = end;
  }
  CHECK(next == 1'000'003);
}

TEST(the_first_index_out_of_range_is_reported) {
  Builder b;
  b.program.sites = {"take"};
  const int32_t x = b.input(DType::int64, 1);
  const int32_t n = b.dim(x, 0);
  const int32_t limit = b.size(4);
  const int32_t t = b.temp(DType::int64, {n});
  b.gather_kernel(DType::int64);
  b.program.kernels[0].params = 2;
  b.finish();
  b.program.steps.push_back(kernel_step(0, {x, t}, {n, limit}, 0, {0}));
  Fixture f(b, {check_below});
  Longs values(500'000, 0);
  f.input(0, values);
  CHECK(f.run().kind == FailureKind::none);
  for (size_t i = 1; i < 50; ++i) values[i * 10'000 - 1] = 100 + static_cast<int64_t>(i);
  for (int again = 0; again < 50; ++again) {
    const Failure failure = f.run();
    CHECK(failure.kind == FailureKind::index && failure.a == 101);
  }
}

Kernel columns_kernel(bool gathers) {
  Kernel kernel;
  kernel.axes = {{.param = 0}, {.param = 1}};
  kernel.reduce_rank = 1;
  Instr load{.op = InstrOp::load, .dtype = DType::float32};
  if (gathers) load.index.push_back({});
  kernel.body = {load};
  kernel.reductions = {{.dtype = DType::float32}};
  return kernel;
}

int64_t length_of(const Kernel& kernel, const KernelPoints& points, int threads) {
  return chunk_length(kernel, kernel_cost(kernel), points, threads);
}

TEST(chunks_begin_at_whole_cache_lines_where_they_are_long) {
  const Kernel kernel = columns_kernel(false);
  CHECK(length_of(kernel, {.outermost = 100'000, .outer = 1e5, .reduced = 100}, 3) % 64 == 0);
  CHECK(length_of(kernel, {.outermost = 10, .outer = 10, .reduced = 1e6}, 4) == 1);
  CHECK(length_of(kernel, {.outermost = 10, .outer = 10, .reduced = 1e6}, 1) == 10);
}

TEST(chunks_keep_the_tiles_that_the_first_failure_depends_on) {
  const Kernel kernel = columns_kernel(true);
  CHECK(length_of(kernel, {.outermost = 100, .outer = 100, .reduced = 1e6}, 4) == 64);
}

TEST(costly_operations_are_worth_threads_sooner) {
  Kernel cheap = columns_kernel(false);
  Kernel costly = cheap;
  costly.body.push_back({.op = InstrOp::scalar, .dtype = DType::float64, .fn = 31, .args = {0}});
  costly.body[0].dtype = DType::float64;
  const KernelPoints points{.outermost = 4096, .outer = 4096, .reduced = 1};
  CHECK(length_of(cheap, points, 2) == 4096);
  CHECK(length_of(costly, points, 2) < 4096);
  CHECK(length_of(costly, {.outermost = 1000, .outer = 1000, .reduced = 1}, 2) == 1000);
}

TEST(sizes_beyond_any_memory_overflow_nothing) {
  const Kernel kernel = columns_kernel(false);
  const KernelPoints points{.outermost = INT64_MAX / 2, .outer = 1e30, .reduced = 1e30};
  CHECK(length_of(kernel, points, 2) > 0);
}

}  // namespace
}  // namespace tno::test
