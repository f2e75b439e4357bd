// Writes what runtime/decode.cc reads, field by field in the same order.
#include "encoder.h"

#include <string>
#include <utility>

namespace tno::test {
namespace {

class Writer {
 public:
  std::vector<int32_t> words;

  void word(int32_t value) { words.push_back(value); }
  template <class E>
  requires std::is_enum_v<E>
  void word(E value) { words.push_back(static_cast<int32_t>(value)); }
  void long_word(int64_t value) {
    word(static_cast<int32_t>(static_cast<uint64_t>(value) & 0xffffffffu));
    word(static_cast<int32_t>(static_cast<uint64_t>(value) >> 32));
  }
  void count(size_t value) { word(static_cast<int32_t>(value)); }
  void text(const std::string& value) {
    count(value.size());
    for (char c : value) word(static_cast<unsigned char>(c));
  }
  void ids(const std::vector<int32_t>& values) {
    count(values.size());
    for (int32_t value : values) word(value);
  }
  template <class T, class Write>
  void list(const std::vector<T>& items, Write write) {
    count(items.size());
    for (const T& item : items) write(item);
  }

  void dim(const KernelDim& value) {
    word(value.param < 0 ? 0 : 1);
    if (value.param < 0) {
      long_word(value.literal);
    } else {
      word(value.param);
    }
  }
  void dims(const std::vector<KernelDim>& values) {
    list(values, [&](const KernelDim& value) { dim(value); });
  }
  void indices(const std::vector<KernelIndex>& values) {
    list(values, [&](const KernelIndex& index) {
      word(index.value);
      dim(index.size);
      dim(index.stride);
    });
  }

  void size(const SizeNode& node) {
    word(node.op);
    switch (node.op) {
      case SizeOp::constant:
        return long_word(node.constant);
      case SizeOp::dim:
        word(node.a);
        return word(node.b);
      case SizeOp::value:
      case SizeOp::counter:
        return word(node.a);
      case SizeOp::select:
        word(node.cond);
        [[fallthrough]];
      default:
        word(node.a);
        word(node.b);
    }
  }

  void buffer(const Buffer& buffer) {
    word(buffer.role);
    word(buffer.dtype);
    ids(buffer.shape);
    if (buffer.role == Role::temp) {
      word(buffer.slot);
      word(buffer.capacity);
    } else if (buffer.role == Role::view) {
      word(buffer.base);
      word(buffer.offset);
      ids(buffer.strides);
    } else {
      word(buffer.index);
    }
  }

  void instr(const Instr& instr) {
    word(instr.op);
    word(instr.dtype);
    switch (instr.op) {
      case InstrOp::load:
        word(instr.operand);
        return indices(instr.index);
      case InstrOp::constant:
        word(instr.lo);
        return word(instr.hi);
      case InstrOp::axis:
        return word(instr.axis);
      case InstrOp::dim:
        return dim(instr.dim);
      case InstrOp::scalar:
        word(instr.fn);
        return ids(instr.args);
    }
  }

  void kernel(const Kernel& kernel) {
    text(kernel.name);
    dims(kernel.axes);
    word(kernel.reduce_rank);
    list(kernel.operands, [&](const KernelOperand& operand) {
      word(operand.dtype);
      dims(operand.strides);
    });
    list(kernel.body, [&](const Instr& value) { instr(value); });
    list(kernel.reductions, [&](const Reduction& reduction) {
      word(reduction.op);
      word(reduction.dtype);
      word(reduction.value);
    });
    list(kernel.epilogue, [&](const Instr& value) { instr(value); });
    list(kernel.stores, [&](const Store& store) {
      word(store.operand);
      word(store.value);
      indices(store.index);
      word(store.add ? 1 : 0);
    });
    word(kernel.serial ? 1 : 0);
    word(kernel.params);
  }

  void check(const Check& check) {
    word(check.relation);
    word(check.a);
    word(check.b);
    word(check.site);
    word(check.error);
    text(check.text);
  }

  void visit(const SizesStep& step) {
    word(step.from);
    word(step.to);
    ids(step.checks);
    ids(step.alloc);
  }
  void visit(const KernelStep& step) {
    word(step.kernel);
    ids(step.operands);
    ids(step.dims);
    word(step.site);
    ids(step.sites);
  }
  void visit(const CallStep& step) {
    word(step.callee);
    ids(step.ins);
    ids(step.outs);
    word(step.site);
  }
  void visit(const RoutineStep& step) {
    word(step.routine);
    ids(step.params);
    ids(step.ins);
    ids(step.outs);
    word(step.site);
  }
  void visit(const CopyStep& step) {
    word(step.from);
    word(step.to);
    word(step.site);
  }
  void visit(const LoopStep& step) {
    word(step.loop);
    word(step.trips);
    steps(step.body);
    word(step.until);
    word(step.taken);
    word(step.site);
  }
  void visit(const CondStep& step) {
    word(step.test);
    steps(step.then);
    steps(step.otherwise);
    word(step.site);
  }
  void visit(const HostStep& step) {
    word(step.host);
    ids(step.ins);
    ids(step.outs);
    word(step.site);
  }
  void visit(const CommitStep& step) {
    list(step.reserve, [&](const Reserve& reserve) {
      word(reserve.from);
      word(reserve.to);
    });
  }
  void steps(const std::vector<Step>& values) {
    list(values, [&](const Step& step) {
      count(step.kind.index());
      std::visit([&](const auto& kind) { visit(kind); }, step.kind);
    });
  }
};

}  // namespace

std::vector<int32_t> encode(const Program& program) {
  Writer out;
  out.word(program_magic);
  out.word(program_version);
  out.list(program.sizes, [&](const SizeNode& node) { out.size(node); });
  out.list(program.buffers, [&](const Buffer& buffer) { out.buffer(buffer); });
  out.list(program.constants, [&](const ConstantDecl& decl) {
    out.word(decl.dtype);
    out.ids(decl.shape);
  });
  out.list(program.kernels, [&](const Kernel& kernel) { out.kernel(kernel); });
  out.list(program.checks, [&](const Check& check) { out.check(check); });
  out.steps(program.steps);
  out.ids(program.inputs);
  out.ids(program.shared);
  out.ids(program.outputs);
  out.word(program.slots);
  out.word(program.loops);
  out.list(program.sites, [&](const std::string& site) { out.text(site); });
  return out.words;
}

int32_t Builder::add_size(SizeNode node) {
  program.sizes.push_back(node);
  return static_cast<int32_t>(program.sizes.size()) - 1;
}

int32_t Builder::size(int64_t constant) {
  return add_size({.op = SizeOp::constant, .constant = constant});
}
int32_t Builder::dim(int32_t buffer, int32_t axis) {
  return add_size({.op = SizeOp::dim, .a = buffer, .b = axis});
}
int32_t Builder::value(int32_t buffer) {
  return add_size({.op = SizeOp::value, .a = buffer});
}
int32_t Builder::counter(int32_t loop) {
  return add_size({.op = SizeOp::counter, .a = loop});
}
int32_t Builder::binary(SizeOp op, int32_t a, int32_t b) {
  return add_size({.op = op, .a = a, .b = b});
}
int32_t Builder::select(int32_t cond, int32_t a, int32_t b) {
  return add_size({.op = SizeOp::select, .a = a, .b = b, .cond = cond});
}

int32_t Builder::add_buffer(Buffer buffer) {
  program.buffers.push_back(std::move(buffer));
  return static_cast<int32_t>(program.buffers.size()) - 1;
}

int32_t Builder::bound(Role role, DType dtype, size_t rank, std::vector<int32_t>& list) {
  const auto id = static_cast<int32_t>(program.buffers.size());
  Buffer buffer{.role = role, .dtype = dtype, .index = static_cast<int32_t>(list.size())};
  for (size_t axis = 0; axis < rank; ++axis) {
    buffer.shape.push_back(dim(id, static_cast<int32_t>(axis)));
  }
  list.push_back(id);
  return add_buffer(std::move(buffer));
}

int32_t Builder::input(DType dtype, size_t rank) {
  return bound(Role::input, dtype, rank, program.inputs);
}
int32_t Builder::shared(DType dtype, size_t rank) {
  return bound(Role::shared, dtype, rank, program.shared);
}

int32_t Builder::constant(DType dtype, std::vector<int32_t> shape) {
  Buffer buffer{.role = Role::constant, .dtype = dtype};
  for (int32_t length : shape) buffer.shape.push_back(size(length));
  buffer.index = static_cast<int32_t>(program.constants.size());
  program.constants.push_back({dtype, std::move(shape)});
  return add_buffer(std::move(buffer));
}

int32_t Builder::output(DType dtype, std::vector<int32_t> shape) {
  Buffer buffer{.role = Role::output, .dtype = dtype, .shape = std::move(shape)};
  buffer.index = static_cast<int32_t>(program.outputs.size());
  const int32_t id = add_buffer(std::move(buffer));
  program.outputs.push_back(id);
  return id;
}

int32_t Builder::temp(DType dtype, std::vector<int32_t> shape, int32_t capacity) {
  Buffer buffer{.role = Role::temp, .dtype = dtype, .shape = std::move(shape)};
  buffer.slot = program.slots++;
  buffer.capacity = capacity;
  return add_buffer(std::move(buffer));
}

int32_t Builder::view(int32_t base, std::vector<int32_t> shape, int32_t offset,
                      std::vector<int32_t> strides) {
  return add_buffer({.role = Role::view,
                     .dtype = program.buffer(base).dtype,
                     .shape = std::move(shape),
                     .base = base,
                     .offset = offset,
                     .strides = std::move(strides)});
}

int32_t Builder::map_kernel(DType dtype, size_t operands) {
  Kernel kernel;
  kernel.name = "map";
  kernel.axes = {{.param = 0}};
  kernel.params = 1;
  for (size_t i = 0; i < operands; ++i) {
    kernel.operands.push_back({dtype, {{.literal = 1}}});
  }
  kernel.body.push_back({.op = InstrOp::load, .dtype = dtype});
  kernel.stores.push_back({.operand = static_cast<int32_t>(operands) - 1});
  program.kernels.push_back(std::move(kernel));
  return static_cast<int32_t>(program.kernels.size()) - 1;
}

int32_t Builder::gather_kernel(DType dtype) {
  const int32_t id = map_kernel(dtype, 2);
  Kernel& kernel = program.kernels[static_cast<size_t>(id)];
  Instr axis{.op = InstrOp::axis, .dtype = DType::int64};
  Instr load{.op = InstrOp::load, .dtype = dtype};
  load.index.push_back({.value = 0, .size = {.param = 0}, .stride = {.literal = 1}});
  kernel.body = {axis, load};
  kernel.stores[0].value = 1;
  return id;
}

void Builder::finish() {
  SizesStep first;
  first.to = static_cast<int32_t>(program.sizes.size());
  for (size_t i = 0; i < program.checks.size(); ++i)
    first.checks.push_back(static_cast<int32_t>(i));
  for (size_t i = 0; i < program.buffers.size(); ++i) {
    const Role role = program.buffers[i].role;
    if (role == Role::temp || role == Role::output) first.alloc.push_back(static_cast<int32_t>(i));
  }
  program.steps.insert(program.steps.begin(), Step{first});
}

}  // namespace tno::test
