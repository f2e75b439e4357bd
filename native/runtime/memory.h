// Aligned memory that grows and is kept: what a repeated call reuses instead of allocating.
#ifndef TNO_RUNTIME_MEMORY_H_
#define TNO_RUNTIME_MEMORY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace tno {

inline constexpr size_t memory_alignment = 64;

// An address for empty buffers: aligned, never read.
std::byte* empty_memory();

// The bytes of all blocks of a thread, and of threads that work for it.
using MemoryAccount = std::atomic<int64_t>;

// The account that blocks of this thread are on.
const std::shared_ptr<MemoryAccount>& memory_account();
// Puts the blocks that this thread allocates from now on on another account.
void use_memory_account(std::shared_ptr<MemoryAccount> account);

// The most bytes that an account may reach, together with the results of a call; 0 for no limit.
void set_memory_limit(int64_t bytes);
int64_t memory_limit();
// Whether so many bytes more, on this thread's account, stay within the limit.
bool fits_memory_limit(int64_t bytes);

// Asks the system for pages of 2 MB for what lies whole in such pages: touching fresh memory costs
// a page fault a page. Changes no contents; only a hint.
void prefer_huge_pages(std::byte* data, int64_t bytes) noexcept;

// One allocation, aligned to 64 bytes; large ones to huge pages. May be freed by another thread.
class Block {
 public:
  // Null where the memory cannot be had.
  static std::shared_ptr<Block> allocate(int64_t bytes) noexcept;

  Block(std::byte* data, int64_t capacity);
  ~Block();
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  std::byte* data() const { return data_; }
  int64_t capacity() const { return capacity_; }

  // Of all blocks on this thread's account.
  static int64_t live_bytes();

 private:
  std::byte* data_;
  int64_t capacity_;
  std::shared_ptr<MemoryAccount> account_;
};

// The slots that temporaries live in. A slot grows, losing its contents, and never shrinks.
class Arena {
 public:
  explicit Arena(size_t slots) : slots_(slots) {}

  // The slot's address once it holds `bytes`; null where the memory cannot be had.
  std::byte* reserve(size_t slot, int64_t bytes) noexcept;

  // The slot's address as it is now: growing a slot moves it.
  std::byte* address(size_t slot) const noexcept {
    return slots_[slot] == nullptr ? nullptr : slots_[slot]->data();
  }

  // Of all slots.
  int64_t bytes() const noexcept {
    int64_t total = 0;
    for (const auto& slot : slots_) total += slot == nullptr ? 0 : slot->capacity();
    return total;
  }

 private:
  std::vector<std::shared_ptr<Block>> slots_;
};

}  // namespace tno

#endif  // TNO_RUNTIME_MEMORY_H_
