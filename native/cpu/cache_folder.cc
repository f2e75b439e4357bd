#include "cache_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <vector>

namespace tno::cpu {
namespace {

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// Makes the folders above the last part of `path`; whether that worked shows when it is opened.
void make_parents(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    ::mkdir(path.substr(0, slash).c_str(), 0700);
  }
}

bool allows_execution(int fd) {
  struct statvfs info {};
  return ::fstatvfs(fd, &info) != 0 || (info.f_flag & ST_NOEXEC) == 0;
}

std::string trouble_with(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return error_text();
  if (info.st_uid != ::geteuid()) return "it belongs to another user";
  if ((info.st_mode & 077) != 0) return "other users have rights to it; chmod 700 it";
  if (!allows_execution(fd)) return "it is mounted without execution";
  return "";
}

void remove_files(int fd) {
  const int listing = ::openat(fd, ".", folder_flags);
  if (listing < 0) return;
  DIR* folder = ::fdopendir(listing);
  if (folder == nullptr) {
    ::close(listing);
    return;
  }
  while (const dirent* entry = ::readdir(folder)) ::unlinkat(fd, entry->d_name, 0);
  ::closedir(folder);
}

}  // namespace

File open_cache_folder(const std::string& path, std::string& reason) {
  if (path.empty() || path[0] != '/') {
    reason = "there is no home folder to keep it in";
    return {};
  }
  const size_t end = path.find_last_not_of('/');
  const std::string folder = path.substr(0, end == std::string::npos ? 1 : end + 1);
  make_parents(folder);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    reason = folder + ": " + error_text();
    return {};
  }
  File file(::open(folder.c_str(), folder_flags));
  if (!file.is_open()) {
    const bool is_link = errno == ELOOP || errno == ENOTDIR;
    reason = folder + ": " + (is_link ? "it is a link or no folder" : error_text());
    return {};
  }
  const std::string trouble = trouble_with(file.fd());
  if (!trouble.empty()) {
    reason = folder + ": " + trouble;
    return {};
  }
  return file;
}

PrivateFolder::PrivateFolder() {
  const char* temporary = std::getenv("TMPDIR");
  for (const char* parent : {temporary, "/tmp", "/var/tmp", "/dev/shm"}) {
    if (parent == nullptr || parent[0] != '/') continue;
    std::string path = std::string(parent) + "/tno-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) continue;
    File file(::open(path.c_str(), folder_flags));
    if (file.is_open() && trouble_with(file.fd()).empty()) {
      path_ = path;
      file_ = std::move(file);
      return;
    }
    ::rmdir(path.c_str());
  }
}

PrivateFolder::~PrivateFolder() {
  if (!file_.is_open()) return;
  remove_files(file_.fd());
  ::rmdir(path_.c_str());
}

}  // namespace tno::cpu
