// Loops, conds and host steps.
#include <algorithm>

#include "walker_fixture.h"

namespace tno::test {
namespace {

// h[t] = x[t] + h[t-1] over a ring of two rows, stopping after an iteration whose flag is set.
TEST(loops_see_windows_rings_and_an_early_exit) {
  Builder b;
  b.program.loops = 1;
  const int32_t x = b.input(DType::float32, 2);
  const int32_t stop = b.input(DType::boolean, 1);
  const int32_t trips = b.dim(x, 0);
  const int32_t width = b.dim(x, 1);
  const int32_t one = b.size(1);
  const int32_t two = b.size(2);
  const int32_t ring = b.temp(DType::float32, {two, width});
  const int32_t flag = b.temp(DType::boolean, {});
  const int32_t taken = b.output(DType::int64, {});
  const int32_t last = b.output(DType::float32, {width});
  const auto first_late = static_cast<int32_t>(b.program.sizes.size());
  const int32_t t = b.counter(0);
  const int32_t x_at = b.binary(SizeOp::mul, t, width);
  const int32_t next = b.binary(SizeOp::mod, b.binary(SizeOp::add, t, one), two);
  const int32_t ring_at = b.binary(SizeOp::mul, next, width);
  const int32_t before_at = b.binary(SizeOp::mul, b.binary(SizeOp::mod, t, two), width);
  const auto end = static_cast<int32_t>(b.program.sizes.size());
  const int32_t x_row = b.view(x, {width}, x_at, {one});
  const int32_t h_row = b.view(ring, {width}, ring_at, {one});
  const int32_t h_before = b.view(ring, {width}, before_at, {one});
  const int32_t stop_at = b.view(stop, {}, t, {});
  const int32_t zeros = b.constant(DType::float32, {3});
  b.map_kernel(DType::float32, 2);

  LoopStep loop{.loop = 0, .trips = trips, .until = flag, .taken = taken};
  loop.body = {
      Step{SizesStep{.from = first_late, .to = end}}, Step{CopyStep{.from = h_before, .to = h_row}},
      kernel_step(0, {x_row, h_row}, {width}), Step{CopyStep{.from = stop_at, .to = flag}}};
  const auto size_count = static_cast<int32_t>(b.program.sizes.size());
  const int32_t zero_row = b.view(ring, {width}, b.size(0), {one});
  b.program.steps = {
      Step{SizesStep{.from = 0, .to = first_late, .alloc = {ring, flag, taken, last}}},
      Step{SizesStep{.from = size_count - 1, .to = size_count + 1}},
      Step{CopyStep{.from = zeros, .to = zero_row}}, Step{loop},
      Step{CopyStep{.from = h_row, .to = last}}};
  // The lengths of `zeros` are among the sizes after the loop's.
  std::get<SizesStep>(b.program.steps[1].kind) = {.from = end, .to = size_count + 1};
  Fixture f(b, {add_to}, {bytes_of<float>({0, 0, 0})});

  Floats in{1, 2, 3, 10, 20, 30, 100, 200, 300, 1000, 2000, 3000};
  std::vector<uint8_t> flags{0, 0, 0, 0};
  f.input(0, in, {4, 3});
  f.input(1, flags);
  CHECK(f.run().kind == FailureKind::none);
  CHECK(f.output<int64_t>(0) == Longs{4});
  CHECK((f.output<float>(1) == Floats{1111, 2222, 3333}));

  flags[1] = 1;
  CHECK(f.run().kind == FailureKind::none);
  CHECK(f.output<int64_t>(0) == Longs{2});
  CHECK((f.output<float>(1) == Floats{11, 22, 33}));
}

TEST(a_loop_of_no_trips_takes_none) {
  Builder b;
  b.program.loops = 1;
  const int32_t n = b.input(DType::int64, 0);
  const int32_t trips = b.value(n);
  const int32_t taken = b.output(DType::int64, {});
  b.finish();
  b.program.steps.push_back({LoopStep{.loop = 0, .trips = trips, .taken = taken}});
  Fixture f(b, {});
  for (int64_t wanted : {int64_t{0}, int64_t{-3}, int64_t{5}}) {
    Longs in{wanted};
    f.input(0, in, {});
    CHECK(f.run().kind == FailureKind::none);
    CHECK(f.output<int64_t>(0) == Longs{std::max<int64_t>(0, wanted)});
  }
}

TEST(a_cond_runs_one_branch) {
  Builder b;
  const int32_t test = b.input(DType::boolean, 0);
  const int32_t x = b.input(DType::float32, 1);
  const int32_t n = b.dim(x, 0);
  const int32_t y = b.output(DType::float32, {n});
  b.map_kernel(DType::float32, 2);
  b.finish();
  CondStep cond{.test = test};
  cond.then = {kernel_step(0, {x, y}, {n})};
  cond.otherwise = {Step{CopyStep{.from = x, .to = y}}};
  b.program.steps.push_back({cond});
  Fixture f(b, {add_one});
  Floats in{1, 2};
  std::vector<uint8_t> flag{1};
  f.input(0, flag, {});
  f.input(1, in);
  CHECK(f.run().kind == FailureKind::none);
  CHECK((f.output<float>(0) == Floats{2, 3}));
  flag[0] = 0;
  CHECK(f.run().kind == FailureKind::none);
  CHECK((f.output<float>(0) == Floats{1, 2}));
}

struct HostProgram {
  Builder b;
  HostProgram() {
    const int32_t x = b.input(DType::float32, 2);
    const int32_t w = b.shared(DType::float32, 1);
    const int32_t rows = b.dim(x, 0);
    const int32_t columns = b.dim(x, 1);
    const int32_t one = b.size(1);
    const int32_t transposed = b.view(x, {columns, rows}, b.size(0), {one, columns});
    const int32_t y = b.output(DType::float32, {columns, rows});
    b.program.sites = {"host"};
    b.map_kernel(DType::float32, 2);
    b.finish();
    b.program.steps.push_back({HostStep{.host = 0, .ins = {transposed}, .outs = {y}, .site = 0}});
    b.program.steps.push_back({CommitStep{}});
    b.program.steps.push_back(kernel_step(0, {w, w}, {b.dim(w, 0)}));
    std::get<SizesStep>(b.program.steps[0].kind).to = static_cast<int32_t>(b.program.sizes.size());
  }
};

TEST(host_steps_get_windows_and_may_fail) {
  HostProgram program;
  Fixture f(program.b, {add_one}, {}, 1);
  f.set<float>(0, {5});
  Floats in{1, 2, 3, 4, 5, 6};
  f.input(0, in, {2, 3});
  f.host.function = [&](size_t host, std::span<const Tensor> ins, std::span<const Tensor> outs) {
    CHECK(host == 0 && ins.size() == 1 && outs.size() == 1);
    CHECK(f.shared[0]->is_held());
    CHECK(f.run().kind == FailureKind::broken);
    copy_elements(ins[0], outs[0]);
    return true;
  };
  CHECK(f.run().kind == FailureKind::none);
  CHECK((f.output<float>(0) == Floats{1, 4, 2, 5, 3, 6}));
  CHECK(f.get<float>(0) == Floats{6});
  CHECK(!f.shared[0]->is_held());

  f.host.function = [](size_t, std::span<const Tensor>, std::span<const Tensor>) { return false; };
  const Failure failure = f.run();
  CHECK(failure.kind == FailureKind::host && failure.id == 0);
  CHECK(f.get<float>(0) == Floats{6});
  CHECK(!f.shared[0]->is_held());
}

TEST(an_update_of_a_held_value_is_refused) {
  HostProgram program;
  Fixture f(program.b, {add_one}, {}, 1);
  f.set<float>(0, {5});
  Floats in{1};
  f.input(0, in, {1, 1});
  f.host.function = [](size_t, std::span<const Tensor>, std::span<const Tensor>) { return true; };
  f.shared[0]->hold();
  CHECK(f.run().kind == FailureKind::broken);
  f.shared[0]->release();
  CHECK(f.run().kind == FailureKind::none);
}

}  // namespace
}  // namespace tno::test
