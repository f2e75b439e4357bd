// Kernels that are swapped while they run.
#include "kernel_set.h"

#include <atomic>
#include <thread>
#include <vector>

#include "check.h"
#include "compile_queue.h"
#include "encoder.h"
#include "test_folder.h"

namespace tno::cpu {
namespace {

using test::Builder;

// Adds nothing: a copy, as the kernel of `copy_program` is.
const char* const copy_source =
    "#include <stdint.h>\n"
    "typedef struct { void *const *buf; const int64_t *dim; } args;\n"
    "void k0(const args *a, int64_t begin, int64_t end) {\n"
    "  const float *x = a->buf[0]; float *y = a->buf[1];\n"
    "  for (int64_t i = begin; i < end; i++) y[i] = x[i];\n}\n";

std::shared_ptr<const Program> copy_program() {
  Builder b;
  b.map_kernel(DType::float32, 2);
  return std::make_shared<Program>(b.program);
}

std::shared_ptr<PendingLibrary> start_library(const LibraryRequest& request) {
  auto library = open_library(request);
  compile_library(library, request.source);
  return library;
}

struct Run {
  std::vector<float> x = std::vector<float>(3000, 2.5f);
  std::vector<float> y = std::vector<float>(3000, 0.0f);

  bool copies(const KernelCode& code) {
    std::fill(y.begin(), y.end(), 0.0f);
    void* const buffers[] = {x.data(), y.data()};
    const int64_t dims[] = {static_cast<int64_t>(x.size())};
    tno_status status{};
    const tno_args args{buffers, dims, &status, 0, TNO_WHOLE, nullptr};
    code.run(args, 0, dims[0]);
    return y == x;
  }
};

TEST(kernels_are_interpreted_until_their_library_is_there) {
  const TestFolder place;
  const auto set = std::make_shared<KernelSet>(copy_program(), std::vector<std::string>{"k0"});
  CHECK(set->interpret());
  const auto codes = KernelSet::codes(set);
  Run run;
  CHECK(run.copies(*codes[0]));
  const auto library = start_library(test_request(place, "a0", copy_source));
  library->serve(set);
  std::atomic<bool> is_right = true;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      Run own;
      for (int after = 0; after < 20;) {
        after += set->is_compiled() ? 1 : 0;
        if (!own.copies(*codes[0])) is_right = false;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(is_right);
  CHECK(library->wait().compiled);
}

TEST(who_asks_for_a_key_that_is_being_compiled_shares_its_library) {
  const TestFolder place;
  const auto first = start_library(test_request(place, "b0", copy_source));
  const auto second = start_library(test_request(place, "b0", copy_source));
  CHECK(first->wait().library != nullptr);
  CHECK(first->wait().library == second->wait().library);
  const auto third = start_library(test_request(place, "b0", copy_source));
  CHECK(third->state() == PendingLibrary::State::ready);
  const auto set = std::make_shared<KernelSet>(copy_program(), std::vector<std::string>{"k0"});
  third->serve(set);
  CHECK(set->is_compiled());
}

TEST(a_library_that_cannot_be_made_leaves_kernels_interpreted) {
  const TestFolder place;
  const auto set = std::make_shared<KernelSet>(copy_program(), std::vector<std::string>{"k0"});
  CHECK(set->interpret());
  const auto broken = start_library(test_request(place, "c0", "no C at all"));
  broken->serve(set);
  CHECK(!broken->wait().error.empty());
  CHECK(broken->state() == PendingLibrary::State::failed);
  const auto other = start_library(test_request(place, "d0", "int other;\n"));
  other->serve(set);
  CHECK(other->wait().library != nullptr);
  CHECK(!set->is_compiled());
  Run run;
  CHECK(run.copies(*KernelSet::codes(set)[0]));
}

}  // namespace
}  // namespace tno::cpu
