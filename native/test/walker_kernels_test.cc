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

// One operand that lies along the reduced axis, or along the columns.
Kernel sum_kernel(bool columns, bool gathers = false) {
  Kernel kernel;
  kernel.axes = {{.param = 0}, {.param = 1}};
  kernel.reduce_rank = 1;
  const KernelDim one{.literal = 1};
  const KernelDim length{.param = 0};
  kernel.operands = {{DType::float32, {columns ? one : length, columns ? length : one}}};
  Instr load{.op = InstrOp::load, .dtype = DType::float32};
  if (gathers) load.index.push_back({});
  kernel.body = {load};
  kernel.reductions = {{.dtype = DType::float32}};
  return kernel;
}

KernelPoints points_of(int64_t results, int64_t reduced) {
  return {.outermost = results,
          .outer = static_cast<double>(results),
          .reduced = static_cast<double>(reduced),
          .blocks = static_cast<double>((reduced + 1023) / 1024)};
}

KernelCut cut_of(const Kernel& kernel, const KernelPoints& points, int threads) {
  return cut_kernel(kernel, kernel_cost(kernel), points, threads);
}

int64_t length_of(const Kernel& kernel, const KernelPoints& points, int threads) {
  return cut_of(kernel, points, threads).length;
}

TEST(chunks_begin_at_whole_cache_lines_where_they_are_long) {
  const Kernel kernel = sum_kernel(false);
  CHECK(length_of(kernel, points_of(100'000, 100), 3) % 64 == 0);
  CHECK(length_of(kernel, points_of(40, 100'000), 4) == 1);
  CHECK(length_of(kernel, points_of(40, 100'000), 1) == 40);
}

TEST(chunks_are_of_whole_tiles_of_columns) {
  CHECK(length_of(sum_kernel(true), points_of(1000, 100'000), 2) == 64);
  CHECK(length_of(sum_kernel(false), points_of(100, 10'000), 2) < 64);
  // Which index is reported depends on the tile.
  CHECK(length_of(sum_kernel(true, true), points_of(100, 1'000'000), 4) == 64);
}

TEST(few_results_are_shared_by_threads) {
  for (const bool columns : {false, true}) {
    const Kernel kernel = sum_kernel(columns);
    for (const int64_t results : {1, 3, 7}) {
      const KernelCut cut = cut_of(kernel, points_of(results, 1'000'000), 2);
      CHECK(cut.by_blocks && cut.length < 977 / 4);
    }
    CHECK(!cut_of(kernel, points_of(1, 1'000'000), 1).by_blocks);
    CHECK(!cut_of(kernel, points_of(1, 10'000), 8).by_blocks);
    CHECK(!cut_of(kernel, points_of(4096, 10'000), 2).by_blocks);
  }
  // Where blocks are short their results would be many.
  CHECK(!cut_of(sum_kernel(false), {1, 1, 1e7, 1e6}, 2).by_blocks);
  // The first index out of range must be found in the order of results.
  CHECK(cut_of(sum_kernel(false, true), points_of(1, 1'000'000), 2).by_blocks);
  CHECK(!cut_of(sum_kernel(false, true), points_of(3, 1'000'000), 2).by_blocks);
}

TEST(costly_operations_are_worth_threads_sooner) {
  Kernel cheap = sum_kernel(false);
  Kernel costly = cheap;
  costly.body.push_back({.op = InstrOp::scalar, .dtype = DType::float64, .fn = 31, .args = {0}});
  costly.body[0].dtype = DType::float64;
  CHECK(length_of(cheap, points_of(4096, 1), 2) == 4096);
  CHECK(length_of(costly, points_of(4096, 1), 2) < 4096);
  CHECK(length_of(costly, points_of(1000, 1), 2) == 1000);
}

TEST(sizes_beyond_any_memory_overflow_nothing) {
  const KernelPoints points{INT64_MAX / 2, 1e30, 1e30, 1e27};
  CHECK(length_of(sum_kernel(false), points, 2) > 0);
  CHECK(!cut_of(sum_kernel(false), {1, 1, 1e30, 1e27}, 2).by_blocks);
}

// The sum of 64-bit integers, as an emitted kernel does it.
void sum_longs(const tno_args* a, int64_t begin, int64_t end) {
  const auto* x = static_cast<const int64_t*>(a->buf[0]);
  const int64_t n = a->dim[0];
  auto* parts = a->part == nullptr ? nullptr : static_cast<int64_t*>(a->part[0]);
  const int64_t blocks = (n + 1023) / 1024;
  const bool keep = a->phase == TNO_BLOCKS;
  int64_t sum = 0;
  for (int64_t b = keep ? begin : 0; b < (keep ? end : blocks); ++b) {
    if (a->phase == TNO_FOLD) {
      sum += parts[b];
      continue;
    }
    int64_t block = 0;
    for (int64_t i = b * 1024; i < std::min(n, b * 1024 + 1024); ++i) block += x[i];
    if (keep)
      parts[b] = block;
    else
      sum += block;
  }
  if (!keep) static_cast<int64_t*>(a->buf[1])[0] = sum;
  const std::lock_guard lock(ranges_mutex);
  ranges.push_back({begin, end});
}

TEST(a_shared_result_is_made_of_all_blocks) {
  Builder b;
  const int32_t x = b.input(DType::int64, 1);
  const int32_t n = b.dim(x, 0);
  const int32_t y = b.output(DType::int64, {});
  Kernel kernel;
  kernel.axes = {{.param = 0}};
  kernel.reduce_rank = 1;
  kernel.operands = {{DType::int64, {{.literal = 1}}}, {DType::int64, {{.literal = 0}}}};
  kernel.body = {{.op = InstrOp::load, .dtype = DType::int64}};
  kernel.reductions = {{.dtype = DType::int64}};
  kernel.stores = {{.operand = 1, .value = 1}};
  kernel.params = 1;
  b.program.kernels = {kernel};
  b.finish();
  b.program.steps.push_back(kernel_step(0, {x, y}, {n}));
  Fixture f(b, {sum_longs});
  for (const int64_t length : {0, 1, 1000, 1'000'003}) {
    Longs values(static_cast<size_t>(length));
    int64_t sum = 0;
    for (size_t i = 0; i < values.size(); ++i)
      sum += values[i] = static_cast<int64_t>(i * i % 7919);
    f.input(0, values);
    ranges.clear();
    CHECK(f.run().kind == FailureKind::none);
    CHECK(f.output<int64_t>(0).at(0) == sum);
    CHECK((ranges.size() > 2) == (length > 1000));
  }
}

}  // namespace
}  // namespace tno::test
