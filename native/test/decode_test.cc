// Words to programs and back, damaged words, and programs that contradict themselves.
#include <random>
#include <string>

#include "check.h"
#include "encoder.h"

namespace tno::test {
namespace {

// A program that has every kind of everything.
Program rich_program() {
  Builder b;
  b.program.loops = 1;
  b.program.sites = {"dot", "tak\xe9"};
  const int32_t x = b.input(DType::float32, 2);
  const int32_t w = b.shared(DType::float32, 2);
  const int32_t n = b.input(DType::int64, 0);
  const int32_t late = b.temp(DType::int64, {});
  const int32_t rows = b.dim(x, 0);
  const int32_t inner = b.dim(x, 1);
  const int32_t columns = b.dim(w, 1);
  const int32_t big = b.size(int64_t{-5} << 33);
  const int32_t limit = b.value(n);
  const int32_t count = b.value(late);
  const int32_t at = b.counter(0);
  const int32_t zero = b.size(0);
  const int32_t one = b.size(1);
  const int32_t test = b.binary(SizeOp::lt, at, limit);
  b.select(test, big, b.binary(SizeOp::mul, rows, columns));
  for (SizeOp op : {SizeOp::add, SizeOp::sub, SizeOp::floordiv, SizeOp::mod, SizeOp::min,
                    SizeOp::max, SizeOp::eq}) {
    b.binary(op, rows, inner);
  }
  const int32_t c = b.constant(DType::float32, {});
  const int32_t y = b.temp(DType::float32, {rows, columns});
  const int32_t flags = b.temp(DType::boolean, {});
  const int32_t found = b.temp(DType::int64, {count}, rows);
  const int32_t out = b.output(DType::float32, {rows, columns});
  const int32_t row = b.view(y, {columns}, at, {one});
  const int32_t flat = b.view(x, {rows}, zero, {inner});

  Kernel kernel;
  kernel.name = "sum_rows";
  kernel.axes = {{.param = 0}, {.literal = 784}};
  kernel.reduce_rank = 1;
  kernel.operands = {{DType::float32, {{.param = 1}, {.literal = 1}}},
                     {DType::float32, {{.literal = 1}, {.literal = 0}}}};
  kernel.params = 2;
  Instr load{.op = InstrOp::load, .dtype = DType::float32};
  load.index.push_back({.value = 0, .size = {.param = 1}, .stride = {.literal = int64_t{1} << 40}});
  kernel.body = {{.op = InstrOp::axis, .dtype = DType::int64, .axis = 1},
                 load,
                 {.op = InstrOp::constant, .dtype = DType::float64, .lo = -1, .hi = 7},
                 {.op = InstrOp::dim, .dtype = DType::int64, .dim = {.param = 1}},
                 {.op = InstrOp::scalar, .dtype = DType::float32, .fn = 52, .args = {1, 2}}};
  kernel.reductions = {{.op = 2, .dtype = DType::float32, .value = 4}};
  kernel.epilogue = {{.op = InstrOp::scalar, .dtype = DType::float32, .fn = 0, .args = {5, 5}}};
  kernel.stores = {{.operand = 1, .value = 6, .index = {{.value = 6}}, .add = true}};
  kernel.serial = true;
  b.program.kernels.push_back(kernel);

  b.program.checks.push_back({Relation::le, rows, columns, 1, CheckError::index, "{a} of {b}"});
  b.finish();
  std::vector<Step>& steps = b.program.steps;
  LoopStep loop{.loop = 0, .trips = limit, .until = flags, .taken = late, .site = 0};
  loop.body = {Step{SizesStep{.from = 0, .to = 3}}, Step{KernelStep{.kernel = 0,
                                                                    .operands = {flat, row},
                                                                    .dims = {rows, inner},
                                                                    .site = 0,
                                                                    .sites = {0, -1}}}};
  steps.push_back({loop});
  steps.push_back(
      {CallStep{.callee = Callee::gemm, .ins = {x, w, y, c, c}, .outs = {y}, .site = 0}});
  steps.push_back({CallStep{.callee = Callee::nonzero, .ins = {x}, .outs = {found, late}}});
  CondStep cond{.test = flags, .site = 1};
  cond.then = {Step{CopyStep{.from = y, .to = out, .site = 1}}};
  steps.push_back({cond});
  steps.push_back({HostStep{.host = 0, .ins = {y}, .outs = {out}, .site = 0}});
  steps.push_back({CommitStep{.reserve = {{.from = y, .to = w}}}});
  steps.push_back({CopyStep{.from = y, .to = w}});
  return b.program;
}

std::string decode_error(const std::vector<int32_t>& words) {
  Program program;
  std::string error;
  const bool done = decode_program(words, program, error);
  CHECK(done == error.empty());
  return error;
}

TEST(decoding_an_encoded_program_gives_it_back) {
  const std::vector<int32_t> words = encode(rich_program());
  Program decoded;
  std::string error;
  CHECK_NOTE(decode_program(words, decoded, error), error);
  CHECK(decoded.kernels[0].name == "sum_rows");
  CHECK(decoded.kernels[0].body[1].index[0].stride.literal == int64_t{1} << 40);
  CHECK(decoded.sites[1] == "tak\xc3\xa9");
  CHECK(decoded.steps.size() == 8);
  decoded.sites[1] = "tak\xe9";
  CHECK(encode(decoded) == words);
}

TEST(every_truncation_is_refused) {
  const std::vector<int32_t> words = encode(rich_program());
  for (size_t n = 0; n < words.size(); ++n) {
    CHECK(!decode_error({words.begin(), words.begin() + static_cast<std::ptrdiff_t>(n)}).empty());
  }
  std::vector<int32_t> longer = words;
  longer.push_back(0);
  CHECK(!decode_error(longer).empty());
}

TEST(another_magic_or_version_is_refused) {
  std::vector<int32_t> words = encode(rich_program());
  words[1] = program_version + 1;
  CHECK(decode_error(words).find("version") != std::string::npos);
  words[0] = 0;
  CHECK(decode_error(words).find("mark") != std::string::npos);
}

// What comes out of damaged words does not matter, as long as nothing is touched that is not
// theirs: the sanitizers watch.
TEST(damaged_words_never_crash) {
  const std::vector<int32_t> words = encode(rich_program());
  std::mt19937 random(20261122);
  const int32_t telling[] = {-1, 0, 1, 2, 3, 7, 100, INT32_MAX, INT32_MIN, 0x10000};
  int refused = 0;
  constexpr int rounds = 20000;
  for (int round = 0; round < rounds; ++round) {
    std::vector<int32_t> damaged = words;
    const size_t edits = 1 + random() % 3;
    for (size_t edit = 0; edit < edits; ++edit) {
      const size_t at = random() % damaged.size();
      const auto position = damaged.begin() + static_cast<std::ptrdiff_t>(at);
      switch (random() % 5) {
        case 0:
          damaged.erase(position);
          break;
        case 1:
          damaged.insert(position, static_cast<int32_t>(random() % 16));
          break;
        case 2:
          damaged[at] = static_cast<int32_t>(random());
          break;
        case 3:
          damaged[at] =
              static_cast<int32_t>(static_cast<uint32_t>(damaged[at]) ^ 1u << random() % 32);
          break;
        default:
          damaged[at] = telling[random() % std::size(telling)];
      }
    }
    refused += decode_error(damaged).empty() ? 0 : 1;
  }
  CHECK(refused > rounds / 2);
}

TEST(deep_nesting_is_refused) {
  Builder b;
  const int32_t one = b.size(1);
  b.program.loops = 1;
  std::vector<Step> steps;
  for (int depth = 0; depth < 100; ++depth) {
    LoopStep loop{.loop = 0, .trips = one};
    loop.body = std::move(steps);
    steps.clear();
    steps.push_back({std::move(loop)});
  }
  b.program.steps = std::move(steps);
  b.finish();
  CHECK(decode_error(encode(b.program)).find("deep") != std::string::npos);
}

template <class Change>
std::string error_after(Change change) {
  Program program = rich_program();
  change(program);
  return decode_error(encode(program));
}

TEST(programs_that_contradict_themselves_are_refused) {
  CHECK(error_after([](Program&) {}).empty());
  const auto refuses = [](auto change, const char* reason) {
    const std::string error = error_after(change);
    CHECK_NOTE(error.find(reason) != std::string::npos, error + " / " + reason);
  };
  refuses([](Program& p) { p.sizes[0].a = 5000; }, "buffer id in range");
  refuses([](Program& p) { p.sizes.back().a = 5000; }, "operands before it");
  refuses([](Program& p) { p.buffers.back().base = static_cast<int32_t>(p.buffers.size()) - 2; },
          "base to be no view");
  refuses([](Program& p) { p.inputs = {p.inputs[1], p.inputs[0]}; }, "in order");
  refuses([](Program& p) { p.outputs.clear(); }, "to be listed");
  refuses([](Program& p) { p.kernels[0].stores[0].operand = 2; }, "operand in range");
  refuses([](Program& p) { p.kernels[0].body[4].args[0] = 4; }, "before its use");
  refuses([](Program& p) { p.kernels[0].reduce_rank = 3; }, "reduced axes");
  refuses([](Program& p) { p.steps.erase(p.steps.begin()); }, "sizes step first");
  refuses([](Program& p) { std::swap(p.steps[6], p.steps[7]); }, "before the commit");
  refuses([](Program& p) { p.steps.push_back(p.steps[5]); }, "host steps before");
  refuses([](Program& p) { p.steps.push_back(p.steps[6]); }, "one commit");
  refuses([](Program& p) { std::get<CopyStep>(p.steps[7].kind).to = p.inputs[0]; },
          "write to an input");
  refuses([](Program& p) { std::get<CallStep>(p.steps[2].kind).ins.pop_back(); },
          "count of operands");
  refuses([](Program& p) { std::get<CallStep>(p.steps[2].kind).ins[2] = p.inputs[1]; },
          "of its ranks");
}

}  // namespace
}  // namespace tno::test
