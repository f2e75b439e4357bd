#include "processors.h"

#include <sched.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

namespace tno {
namespace {

std::vector<int> bound_processors() {
  cpu_set_t bound;
  CPU_ZERO(&bound);
  std::vector<int> processors;
  if (::sched_getaffinity(0, sizeof bound, &bound) != 0) return {0};
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &bound)) processors.push_back(i);
  }
  return processors;
}

// A throttled process stands still for tens of milliseconds, so parts of a processor don't count.
int whole_processors(double quota, double period) {
  return quota > 0 && period > 0 ? std::max(1, static_cast<int>(quota / period)) : INT_MAX;
}

int quota_v2(const std::string& folder) {
  std::ifstream file(folder + "/cpu.max");
  double quota = 0;
  double period = 0;
  return file >> quota >> period ? whole_processors(quota, period) : INT_MAX;
}

int quota_v1(const std::string& folder) {
  std::ifstream quota_file(folder + "/cpu.cfs_quota_us");
  std::ifstream period_file(folder + "/cpu.cfs_period_us");
  double quota = 0;
  double period = 0;
  return quota_file >> quota && period_file >> period ? whole_processors(quota, period) : INT_MAX;
}

// The least quota of a group and the groups around it.
int least_quota(const std::string& mount, std::string group, int (*quota)(const std::string&)) {
  int least = INT_MAX;
  for (;;) {
    least = std::min(least, quota(mount + group));
    const size_t slash = group.rfind('/');
    if (slash == std::string::npos) return least;
    group.resize(slash);
  }
}

bool has_controller(const std::string& list, const std::string& controller) {
  std::istringstream names(list);
  for (std::string name; std::getline(names, name, ',');) {
    if (name == controller) return true;
  }
  return false;
}

}  // namespace

int count_cores(std::span<const int> processors, const std::string& root) {
  std::set<std::string> cores;
  for (int processor : processors) {
    const std::string number = std::to_string(processor);
    std::ifstream file(root + "/sys/devices/system/cpu/cpu" + number +
                       "/topology/thread_siblings_list");
    std::string siblings;
    if (!std::getline(file, siblings)) siblings = "processor " + number;
    cores.insert(siblings);
  }
  return std::max(1, static_cast<int>(cores.size()));
}

int quota_processors(const std::string& root) {
  const std::string mounts = root + "/sys/fs/cgroup";
  std::ifstream groups(root + "/proc/self/cgroup");
  int least = INT_MAX;
  // Lines read number:controllers:path; version 2 has the number 0 and no controllers.
  for (std::string line; std::getline(groups, line);) {
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    if (path == "/") path.clear();
    if (controllers.empty()) {
      least = std::min(least, least_quota(mounts, path, quota_v2));
      least = std::min(least, least_quota(mounts + "/unified", path, quota_v2));
    } else if (has_controller(controllers, "cpu")) {
      least = std::min(least, least_quota(mounts + "/cpu", path, quota_v1));
      least = std::min(least, least_quota(mounts + "/" + controllers, path, quota_v1));
    }
  }
  return least;
}

int usable_cores() {
  static const int cores = std::min(count_cores(bound_processors(), ""), quota_processors(""));
  return cores;
}

int thread_count() {
  const char* text = std::getenv("TNO_NUM_THREADS");
  const int wanted = text == nullptr ? 0 : std::atoi(text);
  if (wanted >= 1 && wanted <= 1024) return wanted;
  return usable_cores();
}

}  // namespace tno
