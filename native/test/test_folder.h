// A folder and requests for the tests of compiled kernels.
#ifndef TNO_TEST_TEST_FOLDER_H_
#define TNO_TEST_TEST_FOLDER_H_

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "check.h"
#include "kernel_library.h"

namespace tno::cpu {

// A fresh folder for a test, which the cache folder goes into.
class TestFolder {
 public:
  TestFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "tno-test-XXXXXX").string();
    CHECK(::mkdtemp(path.data()) != nullptr);
    path_ = path;
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::filesystem::path path() const { return path_; }
  std::string cache() const { return (path_ / "tno" / "kernels").string(); }
  std::filesystem::path file(const std::string& name) const {
    return std::filesystem::path(cache()) / name;
  }

 private:
  std::filesystem::path path_;
};

inline const char* test_compiler() {
  for (const char* path : {"/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang", "/usr/local/bin/cc"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return "";
}

inline LibraryRequest test_request(const TestFolder& place, const std::string& key,
                                   const std::string& source) {
  return {place.cache(), key, source, test_compiler(), {"-O1", "-fPIC", "-x", "c"}};
}

}  // namespace tno::cpu

#endif  // TNO_TEST_TEST_FOLDER_H_
