#include "cache_contents.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <string_view>
#include <unordered_map>

namespace tno::cpu {
namespace {

constexpr size_t key_length = 64;  // of a SHA-256 in hexadecimal
// A compilation takes seconds; what is older and still has a work file's name was abandoned.
constexpr int64_t abandoned_after_ms = 60 * 60 * 1000;

enum class Kind { foreign, library, source, work };

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The ending of a work file: .PID.COUNT.c, .PID.COUNT.o or .PID.COUNT.so.tmp
bool is_work_ending(std::string_view ending) {
  for (const std::string_view last : {".c", ".o", ".so.tmp"}) {
    if (!ending.starts_with('.') || !ending.ends_with(last)) continue;
    const std::string_view numbers = ending.substr(1, ending.size() - 1 - last.size());
    const size_t dot = numbers.find('.');
    return dot != std::string_view::npos && is_number(numbers.substr(0, dot)) &&
           is_number(numbers.substr(dot + 1));
  }
  return false;
}

Kind kind_of(std::string_view name) {
  if (name.size() <= key_length || name.find_first_not_of("0123456789abcdef") != key_length) {
    return Kind::foreign;
  }
  const std::string_view ending = name.substr(key_length);
  if (ending == ".so") return Kind::library;
  if (ending == ".c") return Kind::source;
  return is_work_ending(ending) ? Kind::work : Kind::foreign;
}

int64_t milliseconds(const timespec& time) {
  return int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

int64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return milliseconds(time);
}

}  // namespace

CacheContents read_cache(int folder) {
  CacheContents contents;
  const int listing = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (listing < 0) return contents;
  DIR* stream = ::fdopendir(listing);
  if (stream == nullptr) {
    ::close(listing);
    return contents;
  }
  std::unordered_map<std::string, CacheEntry> entries;
  const int64_t old = now() - abandoned_after_ms;
  while (const dirent* file = ::readdir(stream)) {
    const std::string_view name = file->d_name;
    struct stat info {};
    // One that another process has just removed is not counted at all.
    if (name == "." || name == ".." ||
        ::fstatat(folder, file->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
      continue;
    }
    const bool ours = S_ISREG(info.st_mode) && info.st_uid == ::geteuid();
    const Kind kind = ours ? kind_of(name) : Kind::foreign;
    const int64_t modified = milliseconds(info.st_mtim);
    const auto bytes = static_cast<uint64_t>(info.st_size);
    if (kind == Kind::foreign) {
      ++contents.foreign;
    } else if (kind == Kind::work) {
      if (modified >= old) continue;
      contents.abandoned.emplace_back(name);
      contents.abandoned_bytes += bytes;
    } else {
      CacheEntry& entry = entries[std::string(name.substr(0, key_length))];
      entry.bytes += bytes;
      // A source keeps its time; loading gives its library a new one.
      if (kind == Kind::source || entry.made == 0) entry.made = modified;
      entry.used = std::max(entry.used, modified);
    }
  }
  ::closedir(stream);
  for (auto& [key, entry] : entries) {
    entry.key = key;
    contents.entries.push_back(std::move(entry));
  }
  std::sort(contents.entries.begin(), contents.entries.end(),
            [](const CacheEntry& a, const CacheEntry& b) {
              return a.used != b.used ? a.used < b.used : a.key < b.key;
            });
  return contents;
}

Eviction evict(int folder, uint64_t limit) {
  const CacheContents contents = read_cache(folder);
  for (const std::string& name : contents.abandoned) ::unlinkat(folder, name.c_str(), 0);
  uint64_t left = 0;
  for (const CacheEntry& entry : contents.entries) left += entry.bytes;
  Eviction evicted{0, contents.abandoned_bytes};
  for (const CacheEntry& entry : contents.entries) {
    if (left <= limit) break;
    // The library first: what is left of an interrupted removal is then a source, never a half
    // entry.
    ::unlinkat(folder, (entry.key + ".so").c_str(), 0);
    ::unlinkat(folder, (entry.key + ".c").c_str(), 0);
    left -= entry.bytes;
    evicted.bytes += entry.bytes;
    ++evicted.entries;
  }
  return evicted;
}

void mark_used(int fd) {
  const timespec times[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
  ::futimens(fd, times);
}

}  // namespace tno::cpu
