// Shared values: the commit, and what a failure leaves.
#include "walker_fixture.h"

namespace tno::test {
namespace {

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

TEST(a_cancelled_run_leaves_shared_values_as_they_were) {
  Update update;
  Fixture f(update.b, {copy_or_add, check_below});
  f.set<float>(0, {10, 20});
  f.set<float>(1, {1});
  Floats x{1, 2};
  Longs fine{0};
  f.input(0, x);
  f.input(1, fine);
  int cancelled = 0;
  for (int patience = 0; patience < 20; ++patience) {
    launches = 0;
    f.host.patience = patience;
    f.host.asked = 0;
    const Failure failure = f.run();
    if (failure.kind == FailureKind::none) break;
    CHECK(failure.kind == FailureKind::cancelled);
    CHECK((f.get<float>(0) == Floats{10, 20}) && f.get<float>(1) == Floats{1});
    CHECK(f.shared[0]->version() == 0);
    ++cancelled;
  }
  // Once before each step up to the commit step, and never after it.
  CHECK(cancelled == 4);
  CHECK((f.get<float>(0) == Floats{11, 22}));
}

}  // namespace
}  // namespace tno::test
