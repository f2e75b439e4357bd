// A cached file is KEY.so with a trailer: a mark, the length of what is before it, and a hash of
// that and the key. Loaders ignore what follows an ELF image, so file and proof can't come apart; a
// truncated, damaged or misnamed file is found before it is loaded, and made again.
#include "kernel_library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <deque>
#include <mutex>
#include <span>
#include <unordered_map>

#include "cache_contents.h"
#include "cache_folder.h"
#include "compiler.h"
#include "file.h"

namespace tno::cpu {
namespace {

struct Trailer {
  char mark[8];
  uint64_t length;
  uint64_t hash;
};

constexpr char trailer_mark[8] = {'T', 'N', 'O', '-', 'S', 'O', '-', '1'};

// FNV-1a: against accidents, not against attackers, whom the folder's rights keep out.
uint64_t hash_bytes(std::span<const std::byte> bytes, uint64_t hash = 0xcbf29ce484222325u) {
  for (std::byte byte : bytes) hash = (hash ^ static_cast<uint64_t>(byte)) * 0x100000001b3u;
  return hash;
}

Trailer trailer_for(std::span<const std::byte> image, const std::string& key) {
  Trailer trailer{};
  std::memcpy(trailer.mark, trailer_mark, sizeof trailer_mark);
  trailer.length = image.size();
  trailer.hash = hash_bytes(image, hash_bytes(std::as_bytes(std::span(key))));
  return trailer;
}

bool is_intact(int fd, const std::string& key) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_uid != ::geteuid() ||
      (info.st_mode & 022) != 0) {
    return false;
  }
  std::vector<std::byte> bytes;
  if (!read_all(fd, bytes) || bytes.size() < sizeof(Trailer)) return false;
  Trailer found{};
  std::memcpy(&found, bytes.data() + bytes.size() - sizeof found, sizeof found);
  bytes.resize(bytes.size() - sizeof found);
  const Trailer expected = trailer_for(bytes, key);
  return std::memcmp(&found, &expected, sizeof found) == 0;
}

// /proc/self/fd/FD, spelled as it was never before: the loader takes a library whose name it knows
// for that very library, and descriptor numbers come back.
std::string loader_path(int fd) {
  static std::atomic<uint32_t> loads{0};
  std::string path = "/proc/self/fd";
  for (uint32_t bits = ++loads; bits != 0; bits >>= 1) path += (bits & 1) != 0 ? "/." : "//";
  return path + "/" + std::to_string(fd);
}

std::shared_ptr<KernelLibrary> open_library(int fd, std::string& error) {
  void* handle = ::dlopen(loader_path(fd).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return std::make_shared<KernelLibrary>(handle);
  const char* reason = ::dlerror();
  error = reason == nullptr ? "dlopen failed" : reason;
  return nullptr;
}

std::shared_ptr<KernelLibrary> load_cached(int folder, const std::string& key) {
  const File file(
      ::openat(folder, (key + ".so").c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  std::string error;
  if (!file.is_open() || !is_intact(file.fd(), key)) return nullptr;
  mark_used(file.fd());
  return open_library(file.fd(), error);
}

// Files of one compilation, under names that no other process or thread uses; removed at the end
// unless renamed.
class WorkFile {
 public:
  WorkFile(int folder, std::string name) : folder_(folder), name_(std::move(name)) {}
  ~WorkFile() { ::unlinkat(folder_, name_.c_str(), 0); }
  WorkFile(const WorkFile&) = delete;
  WorkFile& operator=(const WorkFile&) = delete;

  const std::string& name() const { return name_; }
  File create() const {
    return File(::openat(folder_, name_.c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  }
  File open_for_update() const {
    return File(::openat(folder_, name_.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  }
  bool rename_to(const std::string& name) const {
    return ::renameat(folder_, name_.c_str(), folder_, name.c_str()) == 0;
  }

 private:
  int folder_;
  std::string name_;
};

std::string work_name(const std::string& key, const char* ending) {
  static std::atomic<uint32_t> count{0};
  return key + "." + std::to_string(::getpid()) + "." + std::to_string(++count) + ending;
}

bool write_source(const WorkFile& file, const std::string& source) {
  const File out = file.create();
  return out.is_open() && write_all(out.fd(), std::as_bytes(std::span(source)));
}

// Adds the trailer, and makes sure that the file is on disk before it gets its name.
bool seal(int fd, const std::string& key) {
  std::vector<std::byte> image;
  if (!read_all(fd, image)) return false;
  const Trailer trailer = trailer_for(image, key);
  return ::lseek(fd, 0, SEEK_END) >= 0 &&
         write_all(fd, std::as_bytes(std::span(&trailer, size_t{1}))) && ::fchmod(fd, 0700) == 0 &&
         ::fsync(fd) == 0;
}

// A compiler that cannot write its output fails as it does for bad input.
bool is_full(int folder) {
  struct statvfs info {};
  return ::fstatvfs(folder, &info) == 0 && info.f_bavail * info.f_frsize < uint64_t{1} << 20;
}

// One command makes a library of one part; of several, one each, and one that links them.
bool make_library(int folder, const LibraryRequest& request, const std::string& source,
                  const std::string& library, std::string& error) {
  std::vector<std::string> link{"-shared", "-nostdlib", "-o", library};
  std::deque<WorkFile> objects;
  std::vector<std::vector<std::string>> commands;
  for (uint32_t part = 0; part < request.parts && request.parts > 1; ++part) {
    const WorkFile& object = objects.emplace_back(folder, work_name(request.key, ".o"));
    std::vector<std::string>& command = commands.emplace_back(request.flags);
    command.insert(command.end(),
                   {"-c", "-DTNO_PART=" + std::to_string(part), "-o", object.name(), source});
    link.push_back(object.name());
  }
  if (objects.empty()) {
    link.insert(link.begin(), request.flags.begin(), request.flags.end());
    link.push_back(source);
  } else if (!run_compiler(request.compiler, std::move(commands), folder, error)) {
    return false;
  }
  // Not the C library, which the process has and whose look-up takes half of the time.
  link.insert(link.end(), {"-lm", "-lgcc"});
  return run_compiler(request.compiler, {std::move(link)}, folder, error);
}

enum class Build { done, failed, unusable };  // unusable: the folder, not the source

Build build_in(int folder, const LibraryRequest& request, LibraryResult& result) {
  const WorkFile source(folder, work_name(request.key, ".c"));
  const WorkFile object(folder, work_name(request.key, ".so.tmp"));
  if (!write_source(source, request.source)) {
    result.error = "writing the source: " + error_text();
    return Build::unusable;
  }
  if (!make_library(folder, request, source.name(), object.name(), result.error)) {
    return is_full(folder) ? Build::unusable : Build::failed;
  }
  const File file = object.open_for_update();
  if (!file.is_open() || !seal(file.fd(), request.key)) {
    result.error = "writing the library: " + error_text();
    return Build::unusable;
  }
  result.library = open_library(file.fd(), result.error);
  if (result.library == nullptr) return Build::unusable;
  // What was built may be used even where it cannot be kept.
  if (object.rename_to(request.key + ".so")) source.rename_to(request.key + ".c");
  result.compiled = true;
  return Build::done;
}

LibraryResult build(const LibraryRequest& request) {
  LibraryResult result;
  const File folder = open_cache_folder(request.folder, result.warning);
  if (folder.is_open()) {
    const Build end = build_in(folder.fd(), request, result);
    if (end == Build::done && request.limit != no_cache_limit) evict(folder.fd(), request.limit);
    if (end != Build::unusable) return result;
    result.warning = request.folder + ": " + result.error;
    result.error.clear();
  }
  // Removed as soon as the library is loaded: its pages stay.
  const PrivateFolder own;
  if (!own.is_open()) {
    result.error = "no folder to compile in: " + result.warning;
    return result;
  }
  build_in(own.fd(), request, result);
  return result;
}

class Loaded {
 public:
  std::shared_ptr<KernelLibrary> find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto entry = libraries_.find(key);
    return entry == libraries_.end() ? nullptr : entry->second.lock();
  }
  void keep(const std::string& key, const std::shared_ptr<KernelLibrary>& library) {
    const std::lock_guard lock(mutex_);
    std::erase_if(libraries_, [](const auto& entry) { return entry.second.expired(); });
    libraries_[key] = library;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<KernelLibrary>> libraries_;
};

Loaded& loaded() {
  static Loaded libraries;
  return libraries;
}

bool is_key(const std::string& key) {
  return !key.empty() && key.size() <= 128 &&
         key.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

KernelLibrary::~KernelLibrary() {
  ::dlclose(handle_);
}

tno_kernel KernelLibrary::symbol(const std::string& name) const {
  return reinterpret_cast<tno_kernel>(::dlsym(handle_, name.c_str()));
}

LibraryResult find_library(const LibraryRequest& request) {
  LibraryResult result;
  if (!is_key(request.key)) {
    result.error = "expected a hexadecimal key";
    return result;
  }
  result.library = loaded().find(request.key);
  if (result.library != nullptr) return result;
  const File folder = open_cache_folder(request.folder, result.warning);
  if (!folder.is_open()) return result;
  result.library = load_cached(folder.fd(), request.key);
  if (result.library != nullptr) loaded().keep(request.key, result.library);
  return result;
}

LibraryResult load_library(const LibraryRequest& request) {
  LibraryResult result = find_library(request);
  if (result.library != nullptr || !result.error.empty()) return result;
  result = build(request);
  if (result.library != nullptr) loaded().keep(request.key, result.library);
  return result;
}

}  // namespace tno::cpu
