// What a walker writes down, and what it counts.
#include "recording.h"

#include "walker_fixture.h"

namespace tno::test {
namespace {

// Words before those of steps, and for each step.
constexpr size_t header = 5;
constexpr size_t per_step = 4;

// n steps of y = x + 1 inside a loop.
struct Loop {
  Builder b;
  int32_t x = b.input(DType::float32, 1);
  int32_t n = b.input(DType::int64, 0);
  int32_t length = b.dim(x, 0);
  int32_t trips = b.value(n);
  int32_t y = b.output(DType::float32, {length});

  Loop() {
    b.program.loops = 1;
    b.map_kernel(DType::float32, 2);
    b.finish();
    LoopStep loop{.loop = 0, .trips = trips};
    loop.body = {kernel_step(0, {x, y}, {length})};
    b.program.steps.push_back({loop});
  }
};

TEST(steps_and_their_bytes_are_written_down) {
  Loop loop;
  Fixture f(loop.b, {add_one});
  const Program& program = f.walker->program();
  std::vector<double> words(header + 3 * per_step + program.sizes.size() + 3 * 4);
  CHECK(Recording::fits(program, words.size()));
  CHECK(!Recording::fits(program, header + 2 * per_step + program.sizes.size()));
  Floats x{1, 2, 3};
  Longs n{3};
  f.input(0, x, {3});
  f.input(1, n, {});
  f.walker->record(std::make_unique<Recording>(program, words));
  CHECK(f.run().kind == FailureKind::none);
  CHECK(f.run().kind == FailureKind::none);
  f.walker->record(nullptr);
  CHECK(f.run().kind == FailureKind::none);
  CHECK(words[0] == 2);
  CHECK(words[1] > 0);
  const double* kernel = words.data() + header + 2 * per_step;
  CHECK(kernel[0] == 6);
  CHECK(kernel[1] >= 0);
  CHECK(kernel[3] == 6 * 2 * 3 * sizeof(float));
  const double* loop_step = words.data() + header + per_step;
  CHECK(loop_step[0] == 2);
  CHECK(loop_step[1] >= kernel[1]);
  // Five events a call, of which four have room.
  CHECK(words[2] == 4);
  CHECK(words[3] == 1);
}

}  // namespace
}  // namespace tno::test
