// What a cache folder holds, and its bound: kernels used longest ago go first. A file of another
// name, kind or owner than those that kernel_library.cc makes is never touched.
#ifndef TNO_CPU_CACHE_CONTENTS_H_
#define TNO_CPU_CACHE_CONTENTS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace tno::cpu {

constexpr uint64_t no_cache_limit = UINT64_MAX;

// KEY.so and KEY.c; a crash may have left one of them alone. Times in milliseconds since 1970.
struct CacheEntry {
  std::string key;
  uint64_t bytes = 0;
  int64_t made = 0;
  int64_t used = 0;
};

struct CacheContents {
  std::vector<CacheEntry> entries;     // the one used longest ago first
  std::vector<std::string> abandoned;  // of compilations that never ended
  uint64_t abandoned_bytes = 0;
  uint64_t foreign = 0;  // files that are not the cache's
};

CacheContents read_cache(int folder);

struct Eviction {
  uint64_t entries = 0;
  uint64_t bytes = 0;
};

// Removes abandoned files, and entries until at most `limit` bytes are left. Libraries in use stay
// mapped, and a process that finds its file gone compiles it again.
Eviction evict(int folder, uint64_t limit);

// Makes the library behind `fd` the one used last.
void mark_used(int fd);

}  // namespace tno::cpu

#endif  // TNO_CPU_CACHE_CONTENTS_H_
