// Sizes, buffers, checks and the single steps.
#include "walker_fixture.h"

namespace tno::test {
namespace {

TEST(a_kernel_runs_over_whatever_length_comes) {
  Builder b;
  const int32_t x = b.input(DType::float32, 1);
  const int32_t n = b.dim(x, 0);
  const int32_t t = b.temp(DType::float32, {n});
  const int32_t y = b.output(DType::float32, {n});
  b.map_kernel(DType::float32, 2);
  b.finish();
  b.program.steps.push_back(kernel_step(0, {x, t}, {n}));
  b.program.steps.push_back(kernel_step(0, {t, y}, {n}));
  Fixture f(b, {add_one});
  for (const Floats& values :
       {Floats{1, 2, 3}, Floats(100, 5), Floats{7}, Floats{}, Floats(3, 1)}) {
    Floats in = values;
    f.input(0, in);
    launches = 0;
    CHECK(f.run().kind == FailureKind::none);
    Floats expected = values;
    for (float& value : expected) value += 2;
    CHECK(f.output<float>(0) == expected);
    CHECK(launches == (values.empty() ? 0 : 2));
  }
}

TEST(temps_of_different_sizes_share_a_slot_that_grows) {
  Builder b;
  const int32_t x = b.input(DType::float32, 1);
  const int32_t z = b.input(DType::float32, 1);
  const int32_t n = b.dim(x, 0);
  const int32_t m = b.dim(z, 0);
  const int32_t first = b.temp(DType::float32, {n});
  const int32_t second = b.temp(DType::float32, {m});
  b.program.buffers[static_cast<size_t>(second)].slot =
      b.program.buffers[static_cast<size_t>(first)].slot;
  const int32_t y = b.output(DType::float32, {n});
  const int32_t w = b.output(DType::float32, {m});
  b.map_kernel(DType::float32, 2);
  b.finish();
  b.program.steps.push_back(kernel_step(0, {x, first}, {n}));
  b.program.steps.push_back(kernel_step(0, {first, y}, {n}));
  b.program.steps.push_back(kernel_step(0, {z, second}, {m}));
  b.program.steps.push_back(kernel_step(0, {second, w}, {m}));
  Fixture f(b, {add_one});
  for (size_t size : {1, 1000, 100'000}) {
    Floats small = {1, 2};
    Floats large(size, 3);
    f.input(0, small);
    f.input(1, large);
    CHECK(f.run().kind == FailureKind::none);
    CHECK(f.output<float>(0) == Floats({3, 4}));
    CHECK(f.output<float>(1) == Floats(size, 5));
  }
}

TEST(a_kernel_without_outer_axes_runs_once) {
  Builder b;
  const int32_t x = b.input(DType::float32, 0);
  const int32_t y = b.output(DType::float32, {});
  b.map_kernel(DType::float32, 2);
  b.program.kernels[0].axes.clear();
  b.program.kernels[0].params = 0;
  for (KernelOperand& operand : b.program.kernels[0].operands) operand.strides.clear();
  b.finish();
  b.program.steps.push_back(kernel_step(0, {x, y}, {}));
  Fixture f(b, {add_one});
  Floats in{41};
  f.input(0, in, {});
  CHECK(f.run().kind == FailureKind::none);
  CHECK(f.output<float>(0) == Floats{42});
}

TEST(a_check_that_does_not_hold_names_both_sides) {
  Builder b;
  const int32_t x = b.input(DType::float32, 1);
  const int32_t y = b.input(DType::float32, 1);
  b.program.sites = {"add"};
  b.program.checks.push_back(
      {Relation::eq, b.dim(x, 0), b.dim(y, 0), 0, CheckError::shape, "{a} and {b}"});
  b.finish();
  Fixture f(b, {});
  Floats two{1, 2};
  Floats three{1, 2, 3};
  f.input(0, two);
  f.input(1, three);
  const Failure failure = f.run();
  CHECK(failure.kind == FailureKind::check);
  CHECK(failure.id == 0 && failure.a == 2 && failure.b == 3);
  f.input(1, two);
  CHECK(f.run().kind == FailureKind::none);
}

TEST(an_index_out_of_range_names_its_site) {
  Builder b;
  b.program.sites = {"map", "take"};
  const int32_t x = b.input(DType::int64, 1);
  const int32_t n = b.dim(x, 0);
  const int32_t limit = b.size(4);
  const int32_t t = b.temp(DType::int64, {n});
  b.gather_kernel(DType::int64);
  b.program.kernels[0].params = 2;
  b.finish();
  b.program.steps.push_back(kernel_step(0, {x, t}, {n, limit}, 0, {1}));
  Fixture f(b, {check_below});
  Longs good{0, 3};
  Longs bad{0, 4};
  f.input(0, good);
  CHECK(f.run().kind == FailureKind::none);
  f.input(0, bad);
  const Failure failure = f.run();
  CHECK(failure.kind == FailureKind::index);
  CHECK(failure.id == 1 && failure.a == 4 && failure.b == 4);
}

TEST(late_sizes_come_from_the_values_of_earlier_steps) {
  Builder b;
  const int32_t x = b.input(DType::float32, 1);
  const int32_t n = b.dim(x, 0);
  const int32_t count = b.temp(DType::int64, {});
  const int32_t early = static_cast<int32_t>(b.program.sizes.size());
  const int32_t found = b.value(count);
  const int32_t positions = b.temp(DType::int64, {found}, n);
  const int32_t y = b.output(DType::int64, {found});
  b.program.steps = {
      Step{SizesStep{.from = 0, .to = early, .alloc = {count, positions}}},
      Step{CallStep{.callee = Callee::nonzero, .ins = {x}, .outs = {positions, count}}},
      Step{SizesStep{.from = early, .to = early + 1, .alloc = {y}}},
      Step{CopyStep{.from = positions, .to = y}},
  };
  Fixture f(b, {});
  for (const auto& [values, expected] : std::map<Floats, Longs>{
           {{0, 1, 0, 2}, {1, 3}}, {{5}, {0}}, {{0, 0}, {}}, {{}, {}}, {Floats(50, 1), {}}}) {
    Floats in = values;
    f.input(0, in);
    CHECK(f.run().kind == FailureKind::none);
    if (values.size() == 50) {
      CHECK(f.output<int64_t>(0).size() == 50);
    } else {
      CHECK(f.output<int64_t>(0) == expected);
    }
  }
}

TEST(values_of_inputs_and_constants_are_sizes) {
  Builder b;
  const int32_t rows = b.input(DType::int32, 0);
  const int32_t columns = b.constant(DType::uint8, {});
  const int32_t total = b.binary(SizeOp::mul, b.value(rows), b.value(columns));
  b.output(DType::float32, {total});
  b.finish();
  Fixture f(b, {}, {bytes_of<uint8_t>({3})});
  std::vector<int32_t> n{4};
  f.input(0, n, {});
  CHECK(f.run().kind == FailureKind::none);
  CHECK(f.walker->output_dims(0)[0] == 12);
  n[0] = -4;
  const Failure failure = f.run();
  CHECK(failure.kind == FailureKind::broken);
}

TEST(memory_that_cannot_be_had_is_a_failure_with_its_bytes) {
  Builder b;
  b.program.sites = {"alloc"};
  const int32_t n = b.input(DType::int64, 0);
  const int32_t length = b.binary(SizeOp::mul, b.value(n), b.value(n));
  const int32_t x = b.temp(DType::float64, {length});
  const int32_t y = b.output(DType::float64, {});
  b.map_kernel(DType::float64, 2);
  b.finish();
  b.program.steps.push_back(kernel_step(0, {x, y}, {b.size(0)}, 0));
  b.program.kernels[0].axes[0] = {.literal = 0};
  Fixture f(b, {add_one});
  Longs in{1000000000};
  f.input(0, in, {});
  const Failure failure = f.run();
  CHECK(failure.kind == FailureKind::memory);
  CHECK(failure.id == 0);
  CHECK(failure.a == 8000000000000000000);
  in[0] = 4;
  CHECK(f.run().kind == FailureKind::none);
  f.host.has_memory = false;
  const Failure no_output = f.run();
  CHECK(no_output.kind == FailureKind::memory && no_output.a == 8);
}

TEST(windows_outside_their_buffer_are_refused) {
  Builder b;
  const int32_t x = b.input(DType::float32, 1);
  const int32_t at = b.input(DType::int64, 0);
  const int32_t offset = b.value(at);
  const int32_t two = b.size(2);
  const int32_t one = b.size(1);
  const int32_t window = b.view(x, {two}, offset, {one});
  const int32_t y = b.output(DType::float32, {two});
  b.map_kernel(DType::float32, 2);
  b.finish();
  b.program.steps.push_back(kernel_step(0, {window, y}, {two}));
  Fixture f(b, {add_one});
  Floats in{1, 2, 3};
  Longs start{1};
  f.input(0, in);
  f.input(1, start, {});
  CHECK(f.run().kind == FailureKind::none);
  CHECK((f.output<float>(0) == Floats{3, 4}));
  for (int64_t outside : {int64_t{2}, int64_t{-1}, INT64_MAX, INT64_MIN}) {
    start[0] = outside;
    CHECK(f.run().kind == FailureKind::broken);
  }
}

TEST(products_run_as_calls) {
  Builder b;
  const int32_t x = b.input(DType::float32, 2);
  const int32_t w = b.input(DType::float32, 2);
  const int32_t y = b.output(DType::float32, {b.dim(x, 0), b.dim(w, 1)});
  b.finish();
  b.program.steps.push_back({CallStep{.callee = Callee::gemm, .ins = {x, w}, .outs = {y}}});
  Fixture f(b, {});
  Floats left{1, 2, 3, 4};
  Floats right{1, 1, 0, 1};
  f.input(0, left, {2, 2});
  f.input(1, right, {2, 2});
  CHECK(f.run().kind == FailureKind::none);
  CHECK((f.output<float>(0) == Floats{1, 3, 3, 7}));
  f.input(1, right, {1, 4});
  CHECK(f.run().kind == FailureKind::broken);
}

TEST(parts_that_do_not_fit_are_refused) {
  Builder b;
  b.constant(DType::float32, {3});
  b.finish();
  auto program = std::make_shared<Program>(b.program);
  std::string error;
  CHECK(Walker::create({program, {}, {}, {}, 0, {}}, error) == nullptr);
  const std::vector<std::byte> short_bytes(8);
  CHECK(Walker::create({program, {short_bytes}, {}, {}, 0, {}}, error) == nullptr);
  const std::vector<std::byte> bytes(12);
  CHECK(Walker::create({program, {bytes}, {}, {}, 0, {}}, error) != nullptr);
  CHECK(Walker::create({program, {bytes}, {std::make_shared<FunctionCode>(add_one)}, {}, 0, {}},
                       error) == nullptr);
}

TEST(an_output_that_does_not_fit_its_memory_fails_before_any_kernel) {
  Builder b;
  const int32_t x = b.input(DType::float32, 1);
  const int32_t n = b.dim(x, 0);
  const int32_t y = b.output(DType::float32, {n});
  b.map_kernel(DType::float32, 2);
  b.finish();
  b.program.steps.push_back(kernel_step(0, {x, y}, {n}));
  Fixture f(b, {add_one});
  Floats in{1, 2, 3};
  f.input(0, in);
  f.host.wanted = {2};
  launches = 0;
  const Failure failure = f.run();
  CHECK(failure.kind == FailureKind::output && failure.id == 0);
  CHECK(f.walker->output_dims(0)[0] == 3);
  CHECK(launches == 0);
  f.host.wanted = {3};
  CHECK(f.run().kind == FailureKind::none);
}

}  // namespace
}  // namespace tno::test
