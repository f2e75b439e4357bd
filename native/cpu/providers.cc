#include "providers.h"

#include <dlfcn.h>

#include <atomic>
#include <string>
#include <system_error>
#include <thread>

#include "plain_linear_algebra.h"
#include "plain_products.h"
#include "product_pieces.h"
#include "tno/provider_abi.h"

namespace tno::cpu {
namespace {

// Below this many multiplications the provider's call costs more than the product.
constexpr double provider_threshold = 8192;

// The symbol of a library beside the file this code is in, or null.
void* open_beside(const char* name, const char* symbol) {
  Dl_info self{};
  if (::dladdr(reinterpret_cast<const void*>(&product_provider), &self) == 0) return nullptr;
  const std::string path = self.dli_fname;
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return nullptr;
  // Never closed: a library with a thread pool cannot be unloaded safely.
  void* handle = ::dlopen((path.substr(0, slash + 1) + name).c_str(), RTLD_NOW | RTLD_LOCAL);
  return handle == nullptr ? nullptr : ::dlsym(handle, symbol);
}

// The table that a provider gives, null where the provider is not there or of another ABI.
template <class Table>
const Table* open_table(const char* name, const char* symbol, int32_t abi) {
  using Get = const Table* (*)();
  const auto get = reinterpret_cast<Get>(open_beside(name, symbol));
  const Table* table = get == nullptr ? nullptr : get();
  return table != nullptr && table->abi == abi ? table : nullptr;
}

const tno_provider* provider() {
  static const tno_provider* const opened =
      open_table<tno_provider>("libtno_onednn.so", "tno_provider_get", TNO_PROVIDER_ABI);
  return opened;
}

const tno_linear_algebra& linear_algebra() noexcept {
  static const tno_linear_algebra* const opened = open_table<tno_linear_algebra>(
      "libtno_lapack.so", "tno_linear_algebra_get", TNO_LINEAR_ALGEBRA_ABI);
  return opened == nullptr ? plain_linear_algebra() : *opened;
}

// An operand as a row-major matrix or the transpose of one.
struct Operand {
  bool fits = false;
  int32_t transpose = 0;
  int64_t leading = 1;
};

Operand describe(int64_t rows, int64_t columns, int64_t row_step, int64_t column_step) {
  if (column_step == 1 || columns == 1) {
    const int64_t leading = rows == 1 ? columns : row_step;
    if (leading >= columns) return {true, 0, leading};
  }
  if (row_step == 1 || rows == 1) {
    const int64_t leading = columns == 1 ? rows : column_step;
    if (leading >= rows) return {true, 1, leading};
  }
  return {};
}

bool provider_gemm(const Gemm<float>& job, const Operand& a, const Operand& b) {
  // A single row is as long as it is, whatever its step says.
  const int64_t ldy = job.m == 1 ? job.n : job.y_row;
  return ldy >= job.n &&
         provider()->sgemm(a.transpose, b.transpose, job.m, job.n, job.k, job.alpha, job.a,
                           a.leading, job.b, b.leading, job.beta, job.y, ldy) == 0;
}

void gemm(const Gemm<float>& job) noexcept {
  const bool has_vector = job.m == 1 || job.n == 1 || job.k == 1;
  const double work =
      static_cast<double>(job.m) * static_cast<double>(job.n) * static_cast<double>(job.k);
  // A product with alpha 0 still spreads NaN here; libraries differ on that.
  if (has_vector || work < provider_threshold || job.alpha == 0 || provider() == nullptr) {
    return plain_products().f32.gemm(job);
  }
  const ProductScratch& scratch = product_scratch();
  run_in_pieces(job, [&](const Gemm<float>& piece, int thread) {
    const Operand a = describe(piece.m, piece.k, piece.a_row, piece.a_col);
    const Operand b = describe(piece.k, piece.n, piece.b_row, piece.b_col);
    if (a.fits && b.fits && provider_gemm(piece, a, b)) return;
    plain_kernels().f32.gemm(piece, scratch[static_cast<size_t>(thread)]->data());
  });
}

}  // namespace

const Products& provided_products() {
  static const Products products = [] {
    Products result = plain_products();
    result.f32.gemm = gemm;
    result.linear_algebra = linear_algebra;
    return result;
  }();
  return products;
}

void warm_up_provider() {
  static std::atomic<bool> begun{false};
  if (begun.exchange(true)) return;
  try {
    std::thread([] { provider(); }).detach();
  } catch (const std::system_error&) {
    // Then the first product does it.
  }
}

const char* product_provider() {
  return provider() == nullptr ? "plain" : provider()->name;
}

const char* linear_algebra_provider() {
  return linear_algebra().name;
}

}  // namespace tno::cpu
