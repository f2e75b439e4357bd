// A file descriptor that closes itself, and whole-file reads and writes through one.
#ifndef TNO_CPU_FILE_H_
#define TNO_CPU_FILE_H_

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tno::cpu {

class File {
 public:
  File() = default;
  explicit File(int fd) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~File() { close(); }

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

bool read_all(int fd, std::vector<std::byte>& bytes);
bool write_all(int fd, std::span<const std::byte> bytes);

// The text of the current errno.
std::string error_text();

}  // namespace tno::cpu

#endif  // TNO_CPU_FILE_H_
