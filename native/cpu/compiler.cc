#include "compiler.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "file.h"

namespace tno::cpu {
namespace {

constexpr size_t max_message = 64 * 1024;

// Only what a compiler needs to find its parts and its scratch: variables such as CPATH would
// change what it makes, unseen by the cache's key.
std::vector<std::string> compiler_environment() {
  std::vector<std::string> environment{"LC_ALL=C"};
  for (const char* name : {"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"}) {
    if (const char* value = std::getenv(name)) {
      environment.push_back(std::string(name) + "=" + value);
    }
  }
  return environment;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

class SpawnActions {
 public:
  SpawnActions() { ::posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

class SpawnAttributes {
 public:
  // Node ignores SIGPIPE, which a child would inherit.
  SpawnAttributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

// Everything that `fd` gives, the text past max_message read and dropped so that the writer ends.
std::string read_message(int fd) {
  std::string message;
  std::array<char, 4096> chunk{};
  while (true) {
    const ssize_t n = ::read(fd, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return message;
    const size_t room = max_message - message.size();
    message.append(chunk.data(), std::min(room, static_cast<size_t>(n)));
  }
}

// Its process, which writes what it has to say to `messages`; 0, and `error` says why, where it
// cannot be started.
pid_t start(const std::string& compiler, std::vector<std::string> arguments, int folder,
            int messages, std::string& error) {
  arguments.insert(arguments.begin(), compiler);
  std::vector<std::string> environment = compiler_environment();
  SpawnActions actions;
  ::posix_spawn_file_actions_addfchdir_np(actions.get(), folder);
  ::posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(actions.get(), STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_adddup2(actions.get(), messages, STDERR_FILENO);
  const SpawnAttributes attributes;
  pid_t child = 0;
  const int spawned = ::posix_spawn(&child, compiler.c_str(), actions.get(), attributes.get(),
                                    pointers_to(arguments).data(), pointers_to(environment).data());
  if (spawned == 0) return child;
  error = compiler + ": " + std::generic_category().message(spawned);
  return 0;
}

bool succeeds(pid_t child, int& status) {
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

bool run_compiler(const std::string& compiler, std::vector<std::vector<std::string>> commands,
                  int folder, std::string& error) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    error = error_text();
    return false;
  }
  File reading(ends[0]);
  File writing(ends[1]);
  std::vector<pid_t> children;
  std::string not_started;
  for (std::vector<std::string>& arguments : commands) {
    const pid_t child = start(compiler, std::move(arguments), folder, writing.fd(), not_started);
    if (child == 0) break;
    children.push_back(child);
  }
  writing.close();
  // Ends when the last of them does.
  error = read_message(reading.fd());
  bool all = not_started.empty();
  for (const pid_t child : children) {
    int status = 0;
    if (succeeds(child, status)) continue;
    all = false;
    if (error.empty()) error = compiler + " failed with status " + std::to_string(status);
  }
  error += not_started;
  return all;
}

}  // namespace tno::cpu
