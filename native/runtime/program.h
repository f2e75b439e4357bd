// The decoded form of a Program (packages/core/src/lower/program.ts, where every field is
// explained). Plain data: `decode_program` gives it only when every id in it is in range and every
// rank, dtype and count fits, so that what walks it needs no checks of its own.
#ifndef TNO_RUNTIME_PROGRAM_H_
#define TNO_RUNTIME_PROGRAM_H_

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "dtype.h"

namespace tno {

inline constexpr int32_t program_magic = 0x4f4e54;
inline constexpr int32_t program_version = 1;
inline constexpr size_t max_rank = 32;

enum class SizeOp : int32_t {
  constant,
  dim,
  value,
  counter,
  add,
  sub,
  mul,
  floordiv,
  mod,
  min,
  max,
  eq,
  lt,
  select,
};

struct SizeNode {
  SizeOp op = SizeOp::constant;
  int32_t a = 0;  // dim, value: buffer; counter: loop; else an operand
  int32_t b = 0;  // dim: axis; else an operand
  int32_t cond = 0;
  int64_t constant = 0;
};

enum class Role : int32_t { input, shared, constant, output, temp, view };

struct Buffer {
  Role role = Role::input;
  DType dtype = DType::boolean;
  std::vector<int32_t> shape{};
  int32_t index = -1;  // input, shared, constant, output
  int32_t slot = -1;   // temp
  int32_t capacity = -1;
  int32_t base = -1;  // view
  int32_t offset = -1;
  std::vector<int32_t> strides{};
};

struct ConstantDecl {
  DType dtype = DType::boolean;
  std::vector<int32_t> shape{};
};

// A literal, or a parameter of the launching step where `param` is not negative.
struct KernelDim {
  int32_t param = -1;
  int64_t literal = 0;
};

struct KernelIndex {
  int32_t value = 0;
  KernelDim size{};
  KernelDim stride{};
};

enum class InstrOp : int32_t { load, constant, axis, dim, scalar };

struct Instr {
  InstrOp op = InstrOp::load;
  DType dtype = DType::boolean;
  int32_t operand = 0;  // load
  std::vector<KernelIndex> index{};
  int32_t lo = 0;  // constant
  int32_t hi = 0;
  int32_t axis = 0;
  KernelDim dim{};
  int32_t fn = 0;  // scalar: an index into core's list, which kernels are emitted from
  std::vector<int32_t> args{};
};

struct KernelOperand {
  DType dtype = DType::boolean;
  std::vector<KernelDim> strides{};
};

struct Reduction {
  int32_t op = 0;
  DType dtype = DType::boolean;
  int32_t value = 0;
};

struct Store {
  int32_t operand = 0;
  int32_t value = 0;
  std::vector<KernelIndex> index{};
  bool add = false;
};

struct Kernel {
  std::string name{};
  std::vector<KernelDim> axes{};
  int32_t reduce_rank = 0;
  std::vector<KernelOperand> operands{};
  std::vector<Instr> body{};
  std::vector<Reduction> reductions{};
  std::vector<Instr> epilogue{};
  std::vector<Store> stores{};
  bool serial = false;
  int32_t params = 0;

  size_t outer_rank() const { return axes.size() - static_cast<size_t>(reduce_rank); }
};

enum class Relation : int32_t { eq, le, lt };
enum class CheckError : int32_t { shape, index, assertion };

struct Check {
  Relation relation = Relation::eq;
  int32_t a = 0;
  int32_t b = 0;
  int32_t site = -1;
  CheckError error = CheckError::shape;
  std::string text{};
};

enum class StepKind : int32_t { sizes, kernel, call, copy, loop, cond, host, commit, routine };
enum class Callee : int32_t { gemm, gemv, ger, nonzero };

inline constexpr int32_t callee_count = 4;

// In the order of core's `routines`.
enum class Routine : int32_t {
  sort,
  argsort,
  searchsorted,
  cumsum,
  cumprod,
  cumargmax,
  recurrence,
  fold,
  fft,
  rfft,
  irfft,
  batched_gemm,
  cholesky,
  lu,
  lu_solve,
  solve_triangular,
  solve_tridiagonal,
  qr,
  schur,
  qz,
  eigh,
  eigvalsh,
  svd,
  svdvals,
  expm,
};

inline constexpr int32_t routine_count = 25;

struct Step;

struct SizesStep {
  int32_t from = 0;
  int32_t to = 0;
  std::vector<int32_t> checks{};
  std::vector<int32_t> alloc{};
};

struct KernelStep {
  int32_t kernel = 0;
  std::vector<int32_t> operands{};
  std::vector<int32_t> dims{};
  int32_t site = -1;
  std::vector<int32_t> sites{};
};

struct CallStep {
  Callee callee = Callee::gemm;
  std::vector<int32_t> ins{};
  std::vector<int32_t> outs{};
  int32_t site = -1;
};

struct RoutineStep {
  Routine routine = Routine::sort;
  std::vector<int32_t> params{};
  std::vector<int32_t> ins{};
  std::vector<int32_t> outs{};
  int32_t site = -1;
};

struct CopyStep {
  int32_t from = 0;
  int32_t to = 0;
  int32_t site = -1;
};

struct LoopStep {
  int32_t loop = 0;
  int32_t trips = 0;
  std::vector<Step> body{};
  int32_t until = -1;
  int32_t taken = -1;
  int32_t site = -1;
};

struct CondStep {
  int32_t test = 0;
  std::vector<Step> then{};
  std::vector<Step> otherwise{};
  int32_t site = -1;
};

struct HostStep {
  int32_t host = 0;
  std::vector<int32_t> ins{};
  std::vector<int32_t> outs{};
  int32_t site = -1;
};

struct Reserve {
  int32_t from = 0;
  int32_t to = 0;
};

struct CommitStep {
  std::vector<Reserve> reserve{};
};

// The alternatives stand in the order of StepKind.
struct Step {
  std::variant<SizesStep, KernelStep, CallStep, CopyStep, LoopStep, CondStep, HostStep, CommitStep,
               RoutineStep>
      kind;
};

struct Program {
  std::vector<SizeNode> sizes{};
  std::vector<Buffer> buffers{};
  std::vector<ConstantDecl> constants{};
  std::vector<Kernel> kernels{};
  std::vector<Check> checks{};
  std::vector<Step> steps{};
  std::vector<int32_t> inputs{};
  std::vector<int32_t> shared{};
  std::vector<int32_t> outputs{};
  int32_t slots = 0;
  int32_t loops = 0;
  std::vector<std::string> sites;

  const Buffer& buffer(int32_t id) const { return buffers[static_cast<size_t>(id)]; }
  const Kernel& kernel(int32_t id) const { return kernels[static_cast<size_t>(id)]; }
  // The buffer that owns the memory: a view's base, else the buffer itself.
  int32_t base(int32_t id) const { return buffer(id).role == Role::view ? buffer(id).base : id; }
};

// Reads the integer encoding. Any words whatever are safe to give: where they are no well-formed
// program, `error` says why and the result is false.
bool decode_program(std::span<const int32_t> words, Program& program, std::string& error);

// The second half of decoding: everything that relates one part of a program to another.
bool verify_program(const Program& program, std::string& error);

}  // namespace tno

#endif  // TNO_RUNTIME_PROGRAM_H_
