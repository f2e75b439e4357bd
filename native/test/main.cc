#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "check.h"

namespace tno::test {
namespace {

struct Entry {
  const char* name;
  TestFunction function;
};

std::vector<Entry>& entries() {
  static std::vector<Entry> all;
  return all;
}

int checks = 0;
int failures = 0;

}  // namespace

Registration::Registration(const char* name, TestFunction function) {
  entries().push_back({name, function});
}

void check(bool holds, const char* expression, const char* file, int line,
           const std::string& note) {
  ++checks;
  if (holds) return;
  ++failures;
  std::printf("%s:%d: %s%s%s\n", file, line, expression, note.empty() ? "" : ": ", note.c_str());
}

}  // namespace tno::test

// Some tests ask for more memory than there is, and one forks a process that has threads.
extern "C" __attribute__((visibility("default"))) const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_options() {
  return "allocator_may_return_null=1:die_after_fork=0";
}

int main(int argc, char** argv) {
  using namespace tno::test;
  // As many threads on every machine.
  ::setenv("TNO_NUM_THREADS", "4", 0);
  int run = 0;
  for (const Entry& entry : entries()) {
    if (argc > 1 && std::strstr(entry.name, argv[1]) == nullptr) continue;
    const int before = failures;
    entry.function();
    ++run;
    if (failures != before) std::printf("FAILED %s\n", entry.name);
  }
  std::printf("%d tests, %d checks, %d failures\n", run, checks, failures);
  return failures == 0 && run > 0 ? 0 : 1;
}
