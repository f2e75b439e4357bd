// Integer words to Program. Layout: magic, version, then the fields of the TypeScript type in
// order; a list is its length and its items, a string a list of char codes, a long two words (low
// first), an absent id -1. Only ranges that a word has by itself are checked here, the rest in
// verify.cc.
#include <limits>
#include <string>
#include <utility>

#include "program.h"

namespace tno {
namespace {

constexpr int32_t max_step_depth = 64;
constexpr int32_t no_limit = std::numeric_limits<int32_t>::max();

// After the first failure every read gives 0 or an empty list, so that callers need not ask.
class Reader {
 public:
  explicit Reader(std::span<const int32_t> words) : words_(words) {}

  bool ok() const { return error_.empty(); }
  const std::string& error() const { return error_; }
  bool at_end() const { return position_ == words_.size(); }

  void fail(const std::string& what) {
    if (ok()) error_ = "[program] " + what + " (word " + std::to_string(position_) + ")";
  }

  int32_t word() {
    if (!ok()) return 0;
    if (at_end()) {
      fail("expected more words, got the end");
      return 0;
    }
    return words_[position_++];
  }

  // A word of [low, high).
  int32_t word_in(int32_t low, int32_t high, const char* what) {
    const int32_t value = word();
    if (ok() && value >= low && value < high) return value;
    fail(std::string("expected a ") + what + ", got " + std::to_string(value));
    return low > 0 ? low : 0;
  }

  int32_t id(const char* what) { return word_in(0, no_limit, what); }
  int32_t optional_id(const char* what) { return word_in(-1, no_limit, what); }

  int64_t long_word() {
    const auto low = static_cast<uint32_t>(word());
    const auto high = static_cast<uint32_t>(word());
    return static_cast<int64_t>(static_cast<uint64_t>(high) << 32 | low);
  }

  DType dtype() { return static_cast<DType>(word_in(0, dtype_count, "dtype")); }

  // A list's length: every item takes at least one word, so a longer list cannot be meant.
  size_t count() {
    const int32_t value = word();
    if (!ok()) return 0;
    if (value >= 0 && static_cast<size_t>(value) <= words_.size() - position_) {
      return static_cast<size_t>(value);
    }
    fail("expected a list's length, got " + std::to_string(value));
    return 0;
  }

  template <class Read>
  auto list(Read read) {
    std::vector<decltype(read())> items;
    const size_t n = count();
    items.reserve(n);
    for (size_t i = 0; i < n && ok(); ++i) items.push_back(read());
    return items;
  }

  std::vector<int32_t> ids(const char* what) {
    return list([&] { return id(what); });
  }

  std::string text() {
    std::string result;
    const size_t n = count();
    result.reserve(n);
    for (size_t i = 0; i < n && ok(); ++i) append_code_unit(result, word());
    return result;
  }

 private:
  // UTF-8 of one UTF-16 unit. Texts come back to JavaScript by their ids, so a surrogate pair need
  // not survive here.
  static void append_code_unit(std::string& text, int32_t unit) {
    const auto code = static_cast<uint32_t>(unit) & 0xffffu;
    if (code < 0x80) {
      text += static_cast<char>(code);
    } else if (code < 0x800) {
      text += static_cast<char>(0xc0 | code >> 6);
      text += static_cast<char>(0x80 | (code & 0x3f));
    } else {
      text += static_cast<char>(0xe0 | code >> 12);
      text += static_cast<char>(0x80 | (code >> 6 & 0x3f));
      text += static_cast<char>(0x80 | (code & 0x3f));
    }
  }

  std::span<const int32_t> words_;
  size_t position_ = 0;
  std::string error_;
};

SizeNode read_size(Reader& in) {
  SizeNode node;
  node.op = static_cast<SizeOp>(in.word_in(0, static_cast<int32_t>(SizeOp::select) + 1, "size op"));
  switch (node.op) {
    case SizeOp::constant:
      node.constant = in.long_word();
      break;
    case SizeOp::dim:
      node.a = in.id("buffer id");
      node.b = in.id("axis");
      break;
    case SizeOp::value:
      node.a = in.id("buffer id");
      break;
    case SizeOp::counter:
      node.a = in.id("loop id");
      break;
    case SizeOp::select:
      node.cond = in.id("size id");
      [[fallthrough]];
    default:
      node.a = in.id("size id");
      node.b = in.id("size id");
  }
  return node;
}

Buffer read_buffer(Reader& in) {
  Buffer buffer;
  buffer.role = static_cast<Role>(in.word_in(0, static_cast<int32_t>(Role::view) + 1, "role"));
  buffer.dtype = in.dtype();
  buffer.shape = in.ids("size id");
  switch (buffer.role) {
    case Role::temp:
      buffer.slot = in.id("slot");
      buffer.capacity = in.optional_id("size id");
      break;
    case Role::view:
      buffer.base = in.id("buffer id");
      buffer.offset = in.id("size id");
      buffer.strides = in.ids("size id");
      break;
    default:
      buffer.index = in.id("index");
  }
  return buffer;
}

ConstantDecl read_constant(Reader& in) {
  const DType dtype = in.dtype();
  return {dtype, in.ids("length")};
}

KernelDim read_dim(Reader& in) {
  KernelDim dim;
  if (in.word_in(0, 2, "kernel dim") == 0) {
    dim.literal = in.long_word();
  } else {
    dim.param = in.id("parameter");
  }
  return dim;
}

std::vector<KernelIndex> read_indices(Reader& in) {
  return in.list([&] {
    KernelIndex index;
    index.value = in.id("value id");
    index.size = read_dim(in);
    index.stride = read_dim(in);
    return index;
  });
}

Instr read_instr(Reader& in) {
  Instr instr;
  instr.op = static_cast<InstrOp>(in.word_in(0, 5, "instruction"));
  instr.dtype = in.dtype();
  switch (instr.op) {
    case InstrOp::load:
      instr.operand = in.id("operand");
      instr.index = read_indices(in);
      break;
    case InstrOp::constant:
      instr.lo = in.word();
      instr.hi = in.word();
      break;
    case InstrOp::axis:
      instr.axis = in.id("axis");
      break;
    case InstrOp::dim:
      instr.dim = read_dim(in);
      break;
    case InstrOp::scalar:
      instr.fn = in.id("scalar op");
      instr.args = in.ids("value id");
  }
  return instr;
}

Kernel read_kernel(Reader& in) {
  Kernel kernel;
  kernel.name = in.text();
  kernel.axes = in.list([&] { return read_dim(in); });
  kernel.reduce_rank = in.id("reduce rank");
  kernel.operands = in.list([&] {
    const DType dtype = in.dtype();
    return KernelOperand{dtype, in.list([&] { return read_dim(in); })};
  });
  kernel.body = in.list([&] { return read_instr(in); });
  kernel.reductions = in.list([&] {
    Reduction reduction;
    reduction.op = in.id("reduction");
    reduction.dtype = in.dtype();
    reduction.value = in.id("value id");
    return reduction;
  });
  kernel.epilogue = in.list([&] { return read_instr(in); });
  kernel.stores = in.list([&] {
    Store store;
    store.operand = in.id("operand");
    store.value = in.id("value id");
    store.index = read_indices(in);
    store.add = in.word_in(0, 2, "store mode") == 1;
    return store;
  });
  kernel.serial = in.word_in(0, 2, "flag") == 1;
  kernel.params = in.id("count of parameters");
  return kernel;
}

Check read_check(Reader& in) {
  Check check;
  check.relation = static_cast<Relation>(in.word_in(0, 3, "relation"));
  check.a = in.id("size id");
  check.b = in.id("size id");
  check.site = in.optional_id("site");
  check.error = static_cast<CheckError>(in.word_in(0, 3, "error class"));
  check.text = in.text();
  return check;
}

std::vector<Step> read_steps(Reader& in, int32_t depth);

LoopStep read_loop(Reader& in, int32_t depth) {
  LoopStep step;
  step.loop = in.id("loop id");
  step.trips = in.id("size id");
  step.body = read_steps(in, depth + 1);
  step.until = in.optional_id("buffer id");
  step.taken = in.optional_id("buffer id");
  step.site = in.optional_id("site");
  return step;
}

CondStep read_cond(Reader& in, int32_t depth) {
  CondStep step;
  step.test = in.id("buffer id");
  step.then = read_steps(in, depth + 1);
  step.otherwise = read_steps(in, depth + 1);
  step.site = in.optional_id("site");
  return step;
}

SizesStep read_sizes_step(Reader& in) {
  SizesStep step;
  step.from = in.id("size id");
  step.to = in.id("size id");
  step.checks = in.ids("check");
  step.alloc = in.ids("buffer id");
  return step;
}

KernelStep read_kernel_step(Reader& in) {
  KernelStep step;
  step.kernel = in.id("kernel id");
  step.operands = in.ids("buffer id");
  step.dims = in.ids("size id");
  step.site = in.optional_id("site");
  step.sites = in.list([&] { return in.optional_id("site"); });
  return step;
}

CallStep read_call(Reader& in) {
  CallStep step;
  step.callee = static_cast<Callee>(in.word_in(0, callee_count, "callee"));
  step.ins = in.ids("buffer id");
  step.outs = in.ids("buffer id");
  step.site = in.optional_id("site");
  return step;
}

RoutineStep read_routine(Reader& in) {
  RoutineStep step;
  step.routine = static_cast<Routine>(in.word_in(0, routine_count, "routine"));
  step.params = in.ids("size id");
  step.ins = in.ids("buffer id");
  step.outs = in.ids("buffer id");
  step.site = in.optional_id("site");
  return step;
}

CopyStep read_copy(Reader& in) {
  CopyStep step;
  step.from = in.id("buffer id");
  step.to = in.id("buffer id");
  step.site = in.optional_id("site");
  return step;
}

HostStep read_host(Reader& in) {
  HostStep step;
  step.host = in.id("host function");
  step.ins = in.ids("buffer id");
  step.outs = in.ids("buffer id");
  step.site = in.optional_id("site");
  return step;
}

CommitStep read_commit(Reader& in) {
  return {in.list([&] {
    Reserve reserve;
    reserve.from = in.id("buffer id");
    reserve.to = in.id("buffer id");
    return reserve;
  })};
}

Step read_step(Reader& in, int32_t depth) {
  switch (static_cast<StepKind>(in.word_in(0, 9, "step"))) {
    case StepKind::sizes:
      return {read_sizes_step(in)};
    case StepKind::kernel:
      return {read_kernel_step(in)};
    case StepKind::call:
      return {read_call(in)};
    case StepKind::copy:
      return {read_copy(in)};
    case StepKind::loop:
      return {read_loop(in, depth)};
    case StepKind::cond:
      return {read_cond(in, depth)};
    case StepKind::host:
      return {read_host(in)};
    case StepKind::commit:
      return {read_commit(in)};
    case StepKind::routine:
      return {read_routine(in)};
  }
  return {};
}

std::vector<Step> read_steps(Reader& in, int32_t depth) {
  if (depth > max_step_depth) {
    in.fail("expected steps at most " + std::to_string(max_step_depth) + " deep");
    return {};
  }
  return in.list([&] { return read_step(in, depth); });
}

void read_program(Reader& in, Program& program) {
  if (in.word() != program_magic) in.fail("expected the mark of a program");
  if (in.word() != program_version) {
    in.fail("expected format version " + std::to_string(program_version));
  }
  program.sizes = in.list([&] { return read_size(in); });
  program.buffers = in.list([&] { return read_buffer(in); });
  program.constants = in.list([&] { return read_constant(in); });
  program.kernels = in.list([&] { return read_kernel(in); });
  program.checks = in.list([&] { return read_check(in); });
  program.steps = read_steps(in, 0);
  program.inputs = in.ids("buffer id");
  program.shared = in.ids("buffer id");
  program.outputs = in.ids("buffer id");
  program.slots = in.id("count of slots");
  program.loops = in.id("count of loops");
  program.sites = in.list([&] { return in.text(); });
  if (in.ok() && !in.at_end()) in.fail("expected the end");
}

}  // namespace

bool decode_program(std::span<const int32_t> words, Program& program, std::string& error) {
  Reader in(words);
  read_program(in, program);
  if (!in.ok()) {
    error = in.error();
    return false;
  }
  return verify_program(program, error);
}

}  // namespace tno
