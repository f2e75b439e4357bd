// The cache of compiled kernels: hits, damage, links, folders that must not be trusted.
#include "kernel_library.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cache_folder.h"
#include "check.h"
#include "program.h"
#include "test_folder.h"

namespace tno::cpu {
namespace {

namespace fs = std::filesystem;

std::string source_giving(int value) {
  return "#include <stdint.h>\n"
         "typedef struct { void *const *buf; } args;\n"
         "void k(const args *a, int64_t begin, int64_t end) {\n"
         "  (void)begin; (void)end; *(int *)a->buf[0] = " +
         std::to_string(value) + ";\n}\n";
}

int run(const LibraryResult& result) {
  if (result.library == nullptr) return -1;
  const tno_kernel kernel = result.library->symbol("k");
  if (kernel == nullptr) return -2;
  int value = -3;
  void* buffer = &value;
  tno_status status{};
  const tno_args args{&buffer, nullptr, &status, 0, TNO_WHOLE, nullptr};
  kernel(&args, 0, 1);
  return value;
}

size_t count_files(const fs::path& folder) {
  return static_cast<size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(a_kernel_is_compiled_once_and_then_found) {
  const TestFolder place;
  const LibraryRequest wanted = test_request(place, "aa01", source_giving(7));
  {
    const LibraryResult first = load_library(wanted);
    CHECK_NOTE(run(first) == 7, first.error);
    CHECK(first.compiled);
    CHECK(first.warning.empty());
    const LibraryResult again = load_library(wanted);
    CHECK(!again.compiled);
    CHECK(again.library == first.library);
  }
  // Nothing holds it now, so this one comes from the file; the compiler is not needed.
  LibraryRequest without_compiler = wanted;
  without_compiler.compiler = "/nonexistent/cc";
  const LibraryResult cached = load_library(without_compiler);
  CHECK_NOTE(run(cached) == 7, cached.error);
  CHECK(!cached.compiled);
  CHECK(count_files(place.cache()) == 2);
  CHECK(fs::exists(place.file("aa01.so")));
  CHECK(fs::exists(place.file("aa01.c")));
  CHECK((fs::status(place.cache()).permissions() & fs::perms::mask) == fs::perms::owner_all);
}

TEST(libraries_loaded_one_after_the_other_are_not_mixed_up) {
  const TestFolder place;
  std::vector<LibraryResult> results;
  for (int i = 0; i < 5; ++i) {
    results.push_back(
        load_library(test_request(place, "bb0" + std::to_string(i), source_giving(i))));
  }
  for (int i = 0; i < 5; ++i) CHECK(run(results[static_cast<size_t>(i)]) == i);
}

TEST(a_damaged_file_is_built_again) {
  const TestFolder place;
  const LibraryRequest wanted = test_request(place, "cc01", source_giving(5));
  CHECK(load_library(wanted).compiled);
  const fs::path file = place.file("cc01.so");
  const auto size = fs::file_size(file);

  fs::resize_file(file, size / 2);
  LibraryResult result = load_library(wanted);
  CHECK(result.compiled);
  CHECK(run(result) == 5);
  result = {};

  {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(size / 3));
    stream.put('\x5a');
    stream.put('\xa5');
  }
  result = load_library(wanted);
  CHECK(result.compiled);
  CHECK(run(result) == 5);
  result = {};

  std::ofstream(file, std::ios::trunc).close();
  result = load_library(wanted);
  CHECK(result.compiled);
  result = {};

  // A whole library under another's name.
  CHECK(load_library(test_request(place, "cc02", source_giving(6))).compiled);
  fs::copy_file(place.file("cc02.so"), file, fs::copy_options::overwrite_existing);
  result = load_library(wanted);
  CHECK(result.compiled);
  CHECK(run(result) == 5);
}

TEST(a_link_in_place_of_a_library_is_not_followed) {
  const TestFolder place;
  CHECK(load_library(test_request(place, "dd01", source_giving(1))).compiled);
  fs::rename(place.file("dd01.so"), place.path() / "elsewhere.so");
  fs::create_symlink(place.path() / "elsewhere.so", place.file("dd01.so"));
  const LibraryResult result = load_library(test_request(place, "dd01", source_giving(2)));
  CHECK(result.compiled);
  CHECK(run(result) == 2);
  CHECK(!fs::is_symlink(place.file("dd01.so")));
}

TEST(parts_of_a_source_are_compiled_side_by_side_and_linked) {
  const TestFolder place;
  const std::string in_parts =
      "#if !defined(TNO_PART) || TNO_PART == 0\n" + source_giving(8) +
      "#endif\n"
      "#if !defined(TNO_PART) || TNO_PART == 1\nint k1(void) { return TNO_PART; }\n#endif\n";
  LibraryRequest wanted = test_request(place, "ac01", in_parts);
  wanted.parts = 2;
  const LibraryResult result = load_library(wanted);
  CHECK_NOTE(run(result) == 8, result.error);
  CHECK(result.library->symbol("k1") != nullptr);
  CHECK(count_files(place.cache()) == 2);
  wanted = test_request(place, "ac02", in_parts + "#if TNO_PART == 1\noops\n#endif\n");
  wanted.parts = 2;
  const LibraryResult failed = load_library(wanted);
  CHECK(failed.library == nullptr);
  CHECK_NOTE(failed.error.find("oops") != std::string::npos, failed.error);
  CHECK(count_files(place.cache()) == 2);
}

TEST(a_compile_error_comes_back_with_the_compilers_words) {
  const TestFolder place;
  const LibraryResult result = load_library(test_request(place, "ee01", "int k( { oops\n"));
  CHECK(result.library == nullptr);
  CHECK_NOTE(result.error.find("error") != std::string::npos, result.error);
  CHECK(count_files(place.cache()) == 0);
  LibraryRequest missing = test_request(place, "ee02", source_giving(1));
  missing.compiler = "/nonexistent/cc";
  CHECK(load_library(missing).error.find("/nonexistent/cc") != std::string::npos);
}

TEST(an_unusable_folder_is_replaced_by_a_private_one) {
  const auto works_with_warning = [](const LibraryRequest& wanted, const char* reason) {
    const LibraryResult result = load_library(wanted);
    CHECK_NOTE(run(result) == 9, result.error);
    CHECK(result.compiled);
    CHECK_NOTE(result.warning.find(reason) != std::string::npos, result.warning);
  };
  const TestFolder place;
  LibraryRequest wanted = test_request(place, "ff01", source_giving(9));
  wanted.folder = "";
  works_with_warning(wanted, "no home");

  wanted = test_request(place, "ff02", source_giving(9));
  fs::create_directories(place.cache());
  ::chmod(place.cache().c_str(), 0755);
  works_with_warning(wanted, "rights");
  CHECK(count_files(place.cache()) == 0);

  ::chmod(place.cache().c_str(), 0700);
  wanted.key = "ff03";
  wanted.folder = (place.path() / "link").string();
  fs::create_directory_symlink(place.cache(), wanted.folder);
  works_with_warning(wanted, "link");
  CHECK(count_files(place.cache()) == 0);

  wanted.key = "ff04";
  wanted.folder = (place.path() / "file").string();
  std::ofstream(wanted.folder).put('x');
  works_with_warning(wanted, "no folder");

  wanted.key = "ff05";
  wanted.folder = "/proc/tno/kernels";
  works_with_warning(wanted, "/proc");
}

TEST(private_folders_leave_nothing_behind) {
  const TestFolder place;
  const std::string before = std::getenv("TMPDIR") == nullptr ? "" : std::getenv("TMPDIR");
  ::setenv("TMPDIR", place.path().c_str(), 1);
  LibraryRequest wanted = test_request(place, "ab01", source_giving(4));
  wanted.folder = "";
  const LibraryResult result = load_library(wanted);
  CHECK(run(result) == 4);
  CHECK(count_files(place.path()) == 0);
  if (before.empty()) {
    ::unsetenv("TMPDIR");
  } else {
    ::setenv("TMPDIR", before.c_str(), 1);
  }
}

TEST(a_compilation_keeps_the_folder_within_its_limit) {
  const TestFolder place;
  const std::string old_key(64, 'a');
  const std::string new_key(64, 'b');
  LibraryResult old = load_library(test_request(place, old_key, source_giving(1)));
  CHECK(old.compiled);
  LibraryRequest wanted = test_request(place, new_key, source_giving(2));
  wanted.limit = fs::file_size(place.file(old_key + ".so")) + 1000;
  CHECK(run(load_library(wanted)) == 2);
  CHECK(!fs::exists(place.file(old_key + ".so")));
  CHECK(fs::exists(place.file(new_key + ".so")));
  CHECK(run(old) == 1);  // what is loaded stays
}

TEST(loading_makes_a_library_the_one_used_last) {
  const TestFolder place;
  const std::string key(64, 'c');
  CHECK(load_library(test_request(place, key, source_giving(3))).compiled);
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(48);
  fs::last_write_time(place.file(key + ".so"), long_ago);
  CHECK(!load_library(test_request(place, key, source_giving(3))).compiled);
  CHECK(fs::last_write_time(place.file(key + ".so")) > long_ago + std::chrono::hours(47));
}

TEST(keys_are_hexadecimal) {
  const TestFolder place;
  for (const char* key : {"", "../x", "a/b", "a b", "ABC"}) {
    CHECK(load_library(test_request(place, key, source_giving(1))).library == nullptr);
  }
}

}  // namespace
}  // namespace tno::cpu
