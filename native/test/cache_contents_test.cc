// What is counted as the cache's own, what goes first, and what stays.
#include "cache_contents.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "check.h"
#include "file.h"

namespace tno::cpu {
namespace {

namespace fs = std::filesystem;

std::string key_of(char digit) {
  return std::string(64, digit);
}

class Folder {
 public:
  Folder() {
    std::string path = (fs::temp_directory_path() / "tno-test-XXXXXX").string();
    CHECK(::mkdtemp(path.data()) != nullptr);
    path_ = path;
    file_ = File(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    CHECK(file_.is_open());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  int fd() const { return file_.fd(); }
  bool has(const std::string& name) const { return fs::exists(path_ / name); }
  fs::path path(const std::string& name) const { return path_ / name; }

  // A file last changed at `seconds` since 1970.
  void add(const std::string& name, size_t bytes, time_t seconds) const {
    std::ofstream(path_ / name) << std::string(bytes, 'x');
    const timespec times[2] = {{seconds, 0}, {seconds, 0}};
    CHECK(::utimensat(fd(), name.c_str(), times, 0) == 0);
  }
  void add_entry(char digit, time_t made, time_t used) const {
    add(key_of(digit) + ".c", 100, made);
    add(key_of(digit) + ".so", 900, used);
  }

 private:
  fs::path path_;
  File file_;
};

TEST(entries_are_told_by_their_last_use) {
  const Folder folder;
  folder.add_entry('a', 10, 500);
  folder.add_entry('b', 20, 300);
  const CacheContents contents = read_cache(folder.fd());
  CHECK(contents.entries.size() == 2);
  CHECK(contents.entries[0].key == key_of('b'));
  CHECK(contents.entries[0].bytes == 1000);
  CHECK(contents.entries[0].made == 20'000);
  CHECK(contents.entries[0].used == 300'000);
  CHECK(contents.entries[1].key == key_of('a'));
  CHECK(contents.foreign == 0);
}

TEST(what_was_used_longest_ago_goes_first) {
  const Folder folder;
  folder.add_entry('a', 10, 500);
  folder.add_entry('b', 20, 300);
  folder.add_entry('c', 30, 400);
  const Eviction none = evict(folder.fd(), 3000);
  CHECK(none.entries == 0);
  CHECK(none.bytes == 0);
  const Eviction two = evict(folder.fd(), 1999);
  CHECK(two.entries == 2);
  CHECK(two.bytes == 2000);
  CHECK(folder.has(key_of('a') + ".so"));
  CHECK(folder.has(key_of('a') + ".c"));
  CHECK(!folder.has(key_of('b') + ".so"));
  CHECK(!folder.has(key_of('c') + ".c"));
}

TEST(use_makes_an_entry_the_last_to_go) {
  const Folder folder;
  folder.add_entry('a', 10, 100);
  folder.add_entry('b', 20, 300);
  mark_used(File(::open(folder.path(key_of('a') + ".so").c_str(), O_RDONLY)).fd());
  evict(folder.fd(), 1000);
  CHECK(folder.has(key_of('a') + ".so"));
  CHECK(!folder.has(key_of('b') + ".so"));
}

TEST(other_files_are_never_touched) {
  const Folder folder;
  const std::string names[] = {"notes.c",
                               "abc.so",
                               key_of('A') + ".so",
                               key_of('a') + ".o",
                               key_of('a') + ".x.1.c",
                               key_of('a') + "a.so",
                               key_of('b')};
  for (const std::string& name : names) folder.add(name, 10, 100);
  fs::create_directory(folder.path(key_of('c') + ".so"));
  fs::create_symlink(folder.path("notes.c"), folder.path(key_of('d') + ".so"));
  CHECK(read_cache(folder.fd()).entries.empty());
  CHECK(read_cache(folder.fd()).foreign == 9);
  CHECK(evict(folder.fd(), 0).entries == 0);
  for (const std::string& name : names) CHECK_NOTE(folder.has(name), name);
  CHECK(fs::is_directory(folder.path(key_of('c') + ".so")));
  CHECK(fs::is_symlink(folder.path(key_of('d') + ".so")));
}

TEST(abandoned_work_goes_and_work_under_way_stays) {
  const Folder folder;
  folder.add(key_of('a') + ".123.1.c", 10, 100);
  folder.add(key_of('a') + ".123.2.so.tmp", 20, 100);
  folder.add(key_of('a') + ".123.3.o", 5, 100);
  folder.add(key_of('b') + ".124.1.c", 10, ::time(nullptr));
  const CacheContents contents = read_cache(folder.fd());
  CHECK(contents.abandoned.size() == 3);
  CHECK(contents.abandoned_bytes == 35);
  CHECK(evict(folder.fd(), no_cache_limit).bytes == 35);
  CHECK(!folder.has(key_of('a') + ".123.1.c"));
  CHECK(!folder.has(key_of('a') + ".123.2.so.tmp"));
  CHECK(!folder.has(key_of('a') + ".123.3.o"));
  CHECK(folder.has(key_of('b') + ".124.1.c"));
}

TEST(half_an_entry_counts_and_goes) {
  const Folder folder;
  folder.add(key_of('a') + ".c", 100, 100);
  folder.add(key_of('b') + ".so", 100, 200);
  CHECK(read_cache(folder.fd()).entries.size() == 2);
  CHECK(evict(folder.fd(), 100).entries == 1);
  CHECK(!folder.has(key_of('a') + ".c"));
  CHECK(folder.has(key_of('b') + ".so"));
}

}  // namespace
}  // namespace tno::cpu
