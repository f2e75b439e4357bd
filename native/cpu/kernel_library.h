// Compiled kernels: a cache of shared objects by the hash of everything that shapes them, and the
// libraries loaded from it.
#ifndef TNO_CPU_KERNEL_LIBRARY_H_
#define TNO_CPU_KERNEL_LIBRARY_H_

#include <memory>
#include <string>
#include <vector>

#include "cache_contents.h"
#include "tno/kernel_abi.h"

namespace tno::cpu {

// A loaded shared object.
class KernelLibrary {
 public:
  explicit KernelLibrary(void* handle) : handle_(handle) {}
  ~KernelLibrary();
  KernelLibrary(const KernelLibrary&) = delete;
  KernelLibrary& operator=(const KernelLibrary&) = delete;

  // Null where there is no such symbol.
  tno_kernel symbol(const std::string& name) const;

 private:
  void* handle_;
};

struct LibraryRequest {
  std::string folder;  // absolute; empty where there is none
  std::string key;     // hexadecimal hash of source, compiler, flags, processor and ABI
  std::string source;
  std::string compiler;
  std::vector<std::string> flags;  // of a compilation, not of linking
  // Compiled side by side, each from the whole source with TNO_PART as its number.
  uint32_t parts = 1;
  uint64_t limit = no_cache_limit;  // bytes that the folder may hold after a compilation
};

struct LibraryResult {
  std::shared_ptr<KernelLibrary> library;  // null: `error` says why
  bool compiled = false;                   // false: taken from the cache
  std::string error;
  std::string warning;  // why the cache folder is not used; empty where it is
};

// All are safe to call from any thread. The same key gives the same library while that is in use.

// The library if it is loaded or in the cache; else neither library nor error.
LibraryResult find_library(const LibraryRequest& request);
// Makes it where it isn't there.
LibraryResult load_library(const LibraryRequest& request);

}  // namespace tno::cpu

#endif  // TNO_CPU_KERNEL_LIBRARY_H_
