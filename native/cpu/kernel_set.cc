#include "kernel_set.h"

namespace tno::cpu {

KernelSet::KernelSet(std::shared_ptr<const Program> program, std::vector<std::string> symbols)
    : program_(std::move(program)), symbols_(std::move(symbols)), codes_(symbols_.size()) {}

bool KernelSet::interpret() {
  if (symbols_.size() != program_->kernels.size()) return false;
  for (size_t i = 0; i < codes_.size(); ++i) {
    codes_[i].tiles_ = TileKernel::create(program_->kernels[i]);
    if (codes_[i].tiles_ == nullptr) return false;
  }
  return true;
}

bool KernelSet::compile(std::shared_ptr<KernelLibrary> library) {
  std::vector<tno_kernel> kernels;
  for (const std::string& symbol : symbols_) {
    kernels.push_back(library->symbol(symbol));
    if (kernels.back() == nullptr) return false;
  }
  library_ = std::move(library);
  for (size_t i = 0; i < kernels.size(); ++i) {
    codes_[i].compiled_.store(kernels[i], std::memory_order_release);
  }
  is_compiled_.store(true, std::memory_order_release);
  return true;
}

std::vector<std::shared_ptr<const KernelCode>> KernelSet::codes(
    const std::shared_ptr<const KernelSet>& set) {
  std::vector<std::shared_ptr<const KernelCode>> codes;
  for (const Code& code : set->codes_) codes.emplace_back(set, &code);
  return codes;
}

}  // namespace tno::cpu
