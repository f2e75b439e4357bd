// Interprets kernels on memory from a file, which it writes back: how the tests compare the
// interpreter with compiled code, kernel by kernel.
//   tno_run_tiles LEVEL CASES DATA
// CASES (int64): the number of words of an encoded program and these words; then for each case the
// kernel, the length of its outermost axis, the blocks and results of a reduction that is run by
// blocks (else 0), its dims and the byte lengths of its operands, both after their number.
// DATA: the operands' bytes, case by case.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "program.h"
#include "tiles/tile_kernel.h"

namespace {

using namespace tno;

const tno_tiles* tiles_of(const std::string& level) {
  if (level == "base") return &tno_tiles_base;
#ifdef TNO_X86_LEVELS
  if (level == "avx2" && __builtin_cpu_supports("avx2") != 0) return &tno_tiles_avx2;
  if (level == "avx512" && __builtin_cpu_supports("avx512f") != 0) return &tno_tiles_avx512;
#endif
  return nullptr;
}

std::vector<char> read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Words {
 public:
  explicit Words(const std::vector<char>& bytes) : words_(bytes.size() / sizeof(int64_t)) {
    std::memcpy(words_.data(), bytes.data(), words_.size() * sizeof(int64_t));
  }
  bool at_end() const { return at_ == words_.size(); }
  int64_t next() { return words_.at(at_++); }
  std::vector<int64_t> list() {
    std::vector<int64_t> list(static_cast<size_t>(next()));
    for (int64_t& word : list) word = next();
    return list;
  }

 private:
  std::vector<int64_t> words_;
  size_t at_ = 0;
};

void run_by_blocks(const KernelCode& code, tno_args args, const Kernel& kernel, int64_t range,
                   int64_t blocks, int64_t points) {
  std::vector<std::vector<int64_t>> memory;
  std::vector<void*> parts;
  for (size_t i = 0; i < 2 * kernel.reductions.size(); ++i) {
    memory.emplace_back(static_cast<size_t>(blocks * points));
    parts.push_back(memory.back().data());
  }
  args.part = parts.data();
  args.phase = TNO_BLOCKS;
  code.run(args, blocks / 2, blocks);
  code.run(args, 0, blocks / 2);
  args.phase = TNO_FOLD;
  code.run(args, 0, range / 2);
  code.run(args, range / 2, range);
}

int fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return fail("expected LEVEL CASES DATA");
  const tno_tiles* tiles = tiles_of(arguments[1]);
  // This processor has no such instructions.
  if (tiles == nullptr) return 77;
  Words words(read_file(arguments[2]));
  std::vector<char> data = read_file(arguments[3]);
  std::vector<int32_t> encoded;
  for (int64_t word : words.list()) encoded.push_back(static_cast<int32_t>(word));
  Program program;
  std::string error;
  if (!decode_program(encoded, program, error)) return fail(error);

  size_t at = 0;
  while (!words.at_end()) {
    const Kernel& kernel = program.kernel(static_cast<int32_t>(words.next()));
    const int64_t range = words.next();
    const int64_t blocks = words.next();
    const int64_t points = words.next();
    std::vector<int64_t> dims = words.list();
    dims.push_back(0);
    std::vector<std::vector<char>> memory;
    std::vector<void*> buffers;
    const size_t start = at;
    for (int64_t length : words.list()) {
      const auto* from = data.data() + at;
      // A buffer of its own, so that a sanitizer sees what goes beyond it.
      memory.emplace_back(from, from + length);
      at += static_cast<size_t>(length);
    }
    for (auto& bytes : memory) buffers.push_back(bytes.data());
    const auto code = cpu::TileKernel::create(kernel, *tiles);
    if (code == nullptr) return fail("cannot interpret " + kernel.name);
    tno_status status{};
    tno_args args{buffers.data(), dims.data(), &status, 0, TNO_WHOLE, nullptr};
    if (blocks > 0) {
      run_by_blocks(*code, args, kernel, range, blocks, points);
    } else {
      code->run(args, 0, range / 3);
      code->run(args, range / 3, range / 2);
      code->run(args, range / 2, range);
    }
    if (status.code != 0) return fail("an index out of range in " + kernel.name);
    at = start;
    for (const auto& bytes : memory) {
      std::memcpy(data.data() + at, bytes.data(), bytes.size());
      at += bytes.size();
    }
  }
  std::ofstream(arguments[3], std::ios::binary)
      .write(data.data(), static_cast<std::streamsize>(data.size()));
  return 0;
}
