#include "walker.h"

#include <cstring>
#include <functional>
#include <map>

#include "check.h"
#include "encoder.h"
#include "plain_products.h"

namespace tno::test {
namespace {

class Host : public Environment {
 public:
  std::map<size_t, std::vector<std::byte>> outputs;
  std::function<bool(size_t, std::span<const Tensor>, std::span<const Tensor>)> function;
  bool has_memory = true;

  std::byte* allocate_output(size_t index, int64_t bytes) noexcept override {
    if (!has_memory) return nullptr;
    outputs[index].assign(static_cast<size_t>(bytes) + 1, std::byte{0xee});
    return outputs[index].data();
  }
  bool call_host(size_t host, std::span<const Tensor> ins,
                 std::span<const Tensor> outs) noexcept override {
    return function(host, ins, outs);
  }
};

// A program, encoded and decoded, with kernels written in C++.
class Fixture {
 public:
  Host host;
  std::unique_ptr<Walker> walker;
  std::vector<std::shared_ptr<SharedValue>> shared;

  Fixture(Builder& b, std::vector<tno_kernel> kernels,
          std::vector<std::vector<std::byte>> constants = {}, size_t hosts = 0)
      : constants_(std::move(constants)) {
    auto program = std::make_shared<Program>();
    std::string error;
    CHECK_NOTE(decode_program(encode(b.program), *program, error), error);
    WalkerParts parts{program, {}, std::move(kernels), {}, hosts, cpu::plain_products()};
    for (const auto& bytes : constants_) parts.constants.push_back(bytes);
    for (int32_t id : program->shared) {
      const Buffer& buffer = program->buffer(id);
      shared.push_back(std::make_shared<SharedValue>(buffer.dtype, buffer.shape.size()));
    }
    parts.shared = shared;
    walker = Walker::create(std::move(parts), error);
    CHECK_NOTE(walker != nullptr, error);
  }

  template <class T>
  void input(size_t index, std::vector<T>& values, std::vector<int64_t> dims) {
    std::copy(dims.begin(), dims.end(), walker->input_dims(index).begin());
    walker->set_input(index, reinterpret_cast<std::byte*>(values.data()));
  }
  template <class T>
  void input(size_t index, std::vector<T>& values) {
    input(index, values, {static_cast<int64_t>(values.size())});
  }

  template <class T>
  void set(size_t index, const std::vector<T>& values) {
    SharedValue& value = *shared[index];
    value.set_block(Block::allocate(static_cast<int64_t>(values.size() * sizeof(T))));
    value.set_dims(std::vector<int64_t>{static_cast<int64_t>(values.size())});
    if (!values.empty()) std::memcpy(value.data(), values.data(), values.size() * sizeof(T));
  }
  template <class T>
  std::vector<T> get(size_t index) const {
    std::vector<T> values(static_cast<size_t>(shared[index]->elements()));
    if (!values.empty())
      std::memcpy(values.data(), shared[index]->data(), values.size() * sizeof(T));
    return values;
  }

  Failure run() { return walker->run(host); }
  template <class T>
  std::vector<T> output(size_t index) {
    std::vector<T> values(static_cast<size_t>(element_count(walker->output_dims(index))));
    if (!values.empty()) {
      std::memcpy(values.data(), host.outputs[index].data(), values.size() * sizeof(T));
    }
    return values;
  }

 private:
  std::vector<std::vector<std::byte>> constants_;
};

template <class T>
std::vector<std::byte> bytes_of(const std::vector<T>& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

using Floats = std::vector<float>;
using Longs = std::vector<int64_t>;

int launches = 0;

void add_one(const tno_args* a, int64_t begin, int64_t end) {
  ++launches;
  const auto* x = static_cast<const float*>(a->buf[0]);
  auto* y = static_cast<float*>(a->buf[1]);
  for (int64_t i = begin; i < end; ++i) y[i] = x[i] + 1;
}

// y[i] = x[i] + y[i]
void add_to(const tno_args* a, int64_t begin, int64_t end) {
  const auto* x = static_cast<const float*>(a->buf[0]);
  auto* y = static_cast<float*>(a->buf[1]);
  for (int64_t i = begin; i < end; ++i) y[i] += x[i];
}

// Fails as an emitted gather does: with the index that is not below dim 0.
void check_below(const tno_args* a, int64_t begin, int64_t end) {
  const auto* x = static_cast<const int64_t*>(a->buf[0]);
  for (int64_t i = begin; i < end; ++i) {
    if (x[i] < a->dim[1]) continue;
    *a->status = {1, 0, x[i], a->dim[1]};
    return;
  }
}

Step kernel_step(int32_t kernel, std::vector<int32_t> operands, std::vector<int32_t> dims,
                 int32_t site = -1, std::vector<int32_t> sites = {}) {
  return {KernelStep{kernel, std::move(operands), std::move(dims), site, std::move(sites)}};
}

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

// W := W + x in place, then V := a copy of x, which may have another length.
struct Update {
  Builder b;
  int32_t x, w, v, limit;

  Update() {
    x = b.input(DType::float32, 1);
    limit = b.input(DType::int64, 1);
    w = b.shared(DType::float32, 1);
    v = b.shared(DType::float32, 1);
    const int32_t n = b.dim(x, 0);
    const int32_t m = b.dim(limit, 0);
    const int32_t t = b.temp(DType::float32, {n});
    const int32_t checked = b.temp(DType::int64, {m});
    const int32_t four = b.size(4);
    b.program.sites = {"take"};
    b.map_kernel(DType::float32, 2);
    b.gather_kernel(DType::int64);
    b.program.kernels[1].params = 2;
    b.finish();
    std::vector<Step>& steps = b.program.steps;
    steps.push_back(kernel_step(0, {x, t}, {n}));
    steps.push_back(kernel_step(1, {limit, checked}, {m, four}, 0, {0}));
    steps.push_back({CommitStep{.reserve = {{.from = t, .to = v}}}});
    steps.push_back(kernel_step(0, {x, w}, {n}));
    steps.push_back({CopyStep{.from = t, .to = v}});
  }
};

void copy_or_add(const tno_args* a, int64_t begin, int64_t end) {
  ++launches;
  // The first launch of a run fills the scratch, the second one is the update in place.
  if (launches % 2 == 1) {
    std::memcpy(a->buf[1], a->buf[0], static_cast<size_t>(end - begin) * sizeof(float));
  } else {
    add_to(a, begin, end);
  }
}

TEST(updates_in_place_and_with_another_shape) {
  Update update;
  Fixture f(update.b, {copy_or_add, check_below});
  f.set<float>(0, {10, 20});
  f.set<float>(1, {1});
  Floats x{1, 2};
  Longs fine{0};
  f.input(0, x);
  f.input(1, fine);
  const std::byte* address = f.shared[0]->data();
  launches = 0;
  CHECK(f.run().kind == FailureKind::none);
  CHECK((f.get<float>(0) == Floats{11, 22}));
  CHECK((f.get<float>(1) == Floats{1, 2}));
  CHECK(f.shared[0]->data() == address);
  CHECK(f.shared[0]->version() == 1 && f.shared[1]->version() == 1);
  const std::byte* copied_to = f.shared[1]->data();
  CHECK(f.run().kind == FailureKind::none);
  CHECK((f.get<float>(0) == Floats{12, 24}));
  CHECK(f.shared[1]->data() == copied_to);

  Floats longer(1000, 3);
  f.set<float>(0, Floats(1000, 1));
  f.input(0, longer);
  CHECK(f.run().kind == FailureKind::none);
  CHECK(f.get<float>(0) == Floats(1000, 4));
  CHECK(f.get<float>(1) == Floats(1000, 3));
}

TEST(a_failing_step_leaves_shared_values_as_they_were) {
  Update update;
  Fixture f(update.b, {copy_or_add, check_below});
  f.set<float>(0, {10, 20});
  f.set<float>(1, {1});
  Floats x{1, 2};
  Longs bad{9};
  f.input(0, x);
  f.input(1, bad);
  launches = 0;
  const Failure failure = f.run();
  CHECK(failure.kind == FailureKind::index && failure.id == 0 && failure.a == 9);
  CHECK((f.get<float>(0) == Floats{10, 20}));
  CHECK((f.get<float>(1) == Floats{1}));
  CHECK(f.shared[0]->version() == 0);
}

TEST(an_input_that_is_borrowed_from_an_updated_value_is_read_as_given) {
  Update update;
  Fixture f(update.b, {copy_or_add, check_below});
  f.set<float>(0, {10, 20});
  f.set<float>(1, {1});
  Longs fine{0};
  f.walker->input_dims(0)[0] = 2;
  f.walker->set_input(0, f.shared[0]->data());
  f.input(1, fine);
  launches = 0;
  CHECK(f.run().kind == FailureKind::none);
  CHECK((f.get<float>(0) == Floats{20, 40}));
  CHECK((f.get<float>(1) == Floats{10, 20}));
}

// Both updates read the old values: V := V[::-1] goes through no scratch but its own new block.
TEST(a_copy_from_a_window_of_its_own_target) {
  Builder b;
  const int32_t v = b.shared(DType::float32, 1);
  const int32_t n = b.dim(v, 0);
  const int32_t last = b.binary(SizeOp::sub, n, b.size(1));
  const int32_t reversed = b.view(v, {n}, last, {b.size(-1)});
  b.finish();
  b.program.steps.push_back({CommitStep{.reserve = {{.from = reversed, .to = v}}}});
  b.program.steps.push_back({CopyStep{.from = reversed, .to = v}});
  Fixture f(b, {});
  f.set<float>(0, {1, 2, 3, 4});
  CHECK(f.run().kind == FailureKind::none);
  CHECK((f.get<float>(0) == Floats{4, 3, 2, 1}));
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
  CHECK(Walker::create({program, {bytes}, {add_one}, {}, 0, {}}, error) == nullptr);
}

}  // namespace
}  // namespace tno::test
