// The kernels of one program: interpreted until they are compiled, then compiled.
#ifndef TNO_CPU_KERNEL_SET_H_
#define TNO_CPU_KERNEL_SET_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "kernel_code.h"
#include "kernel_library.h"
#include "program.h"
#include "tiles/tile_kernel.h"

namespace tno::cpu {

class KernelSet {
 public:
  // Kernel i has symbol i in libraries.
  KernelSet(std::shared_ptr<const Program> program, std::vector<std::string> symbols);

  // Prepares the interpreter; false where a kernel is none that verification lets pass.
  bool interpret();

  // Runs the library's code from now on. Any thread may say so, also while kernels run: both give
  // the same bits. False, and nothing changed, where the library lacks a symbol.
  bool compile(std::shared_ptr<KernelLibrary> library);

  bool is_compiled() const { return is_compiled_.load(std::memory_order_acquire); }

  // One for each kernel; they live as long as the set.
  static std::vector<std::shared_ptr<const KernelCode>> codes(
      const std::shared_ptr<const KernelSet>& set);

 private:
  class Code final : public KernelCode {
   public:
    void run(const tno_args& args, int64_t begin, int64_t end) const noexcept override {
      const tno_kernel compiled = compiled_.load(std::memory_order_acquire);
      if (compiled != nullptr)
        compiled(&args, begin, end);
      else
        tiles_->run(args, begin, end);
    }

   private:
    friend class KernelSet;
    std::atomic<tno_kernel> compiled_ = nullptr;
    std::unique_ptr<TileKernel> tiles_;
  };

  std::shared_ptr<const Program> program_;
  std::vector<std::string> symbols_;
  std::vector<Code> codes_;
  std::shared_ptr<KernelLibrary> library_;
  std::atomic<bool> is_compiled_ = false;
};

}  // namespace tno::cpu

#endif  // TNO_CPU_KERNEL_SET_H_
