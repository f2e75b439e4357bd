// Counting processors, on folders that look like /proc and /sys.
#include "processors.h"

#include <climits>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "check.h"

namespace tno {
namespace {

namespace fs = std::filesystem;

class Root {
 public:
  Root() {
    std::string path = (fs::temp_directory_path() / "tno-test-XXXXXX").string();
    path_ = ::mkdtemp(path.data());
  }
  ~Root() { fs::remove_all(path_); }
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;

  const std::string& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const {
    const fs::path file(path_ + name);
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void siblings(int processor, const std::string& list) const {
    write("/sys/devices/system/cpu/cpu" + std::to_string(processor) +
              "/topology/thread_siblings_list",
          list + "\n");
  }

 private:
  std::string path_;
};

TEST(processors_of_one_core_count_once) {
  const Root root;
  root.siblings(0, "0,2");
  root.siblings(1, "1,3");
  root.siblings(2, "0,2");
  root.siblings(3, "1,3");
  CHECK(count_cores(std::vector<int>{0, 1, 2, 3}, root.path()) == 2);
  CHECK(count_cores(std::vector<int>{0, 2}, root.path()) == 1);
  CHECK(count_cores(std::vector<int>{1, 2}, root.path()) == 2);
}

TEST(processors_of_unknown_cores_count_each) {
  const Root root;
  CHECK(count_cores(std::vector<int>{0, 1, 2}, root.path()) == 3);
  CHECK(count_cores(std::vector<int>{}, root.path()) == 1);
}

TEST(quotas_of_version_2_count_up_to_the_root) {
  const Root root;
  CHECK(quota_processors(root.path()) == INT_MAX);
  root.write("/proc/self/cgroup", "0::/outer/inner\n");
  root.write("/sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n");
  CHECK(quota_processors(root.path()) == INT_MAX);
  root.write("/sys/fs/cgroup/outer/cpu.max", "350000 100000\n");
  CHECK(quota_processors(root.path()) == 3);
  root.write("/sys/fs/cgroup/cpu.max", "50000 100000\n");
  CHECK(quota_processors(root.path()) == 1);
}

TEST(quotas_of_version_1_count) {
  const Root root;
  root.write("/proc/self/cgroup", "5:devices:/\n4:cpu,cpuacct:/box\n");
  root.write("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "-1\n");
  root.write("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
  CHECK(quota_processors(root.path()) == INT_MAX);
  root.write("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "200000\n");
  CHECK(quota_processors(root.path()) == 2);
}

TEST(the_user_may_say_how_many_threads) {
  const char* before = std::getenv("TNO_NUM_THREADS");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TNO_NUM_THREADS", "7", 1);
  CHECK(thread_count() == 7);
  ::unsetenv("TNO_NUM_THREADS");
  const int own = thread_count();
  CHECK(own >= 1);
  for (const char* nonsense : {"", "0", "-3", "many"}) {
    ::setenv("TNO_NUM_THREADS", nonsense, 1);
    CHECK(thread_count() == own);
  }
  if (before == nullptr)
    ::unsetenv("TNO_NUM_THREADS");
  else
    ::setenv("TNO_NUM_THREADS", kept.c_str(), 1);
}

}  // namespace
}  // namespace tno
