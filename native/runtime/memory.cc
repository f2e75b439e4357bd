#include "memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <new>
#include <utility>

namespace tno {
namespace {

std::atomic<int64_t> limit{0};

constexpr uintptr_t huge_page = 2 << 20;

// From here on a block begins and ends at huge pages: below it that would waste too much.
constexpr int64_t large_block = 32 << 20;

thread_local std::shared_ptr<MemoryAccount> account = std::make_shared<MemoryAccount>(0);

}  // namespace

std::byte* empty_memory() {
  alignas(memory_alignment) static std::array<std::byte, memory_alignment> memory{};
  return memory.data();
}

void set_memory_limit(int64_t bytes) {
  limit = bytes;
}

int64_t memory_limit() {
  return limit;
}

bool fits_memory_limit(int64_t bytes) {
  const int64_t most = limit;
  return most == 0 || bytes <= most - *account;
}

void prefer_huge_pages(std::byte* data, int64_t bytes) noexcept {
#ifdef MADV_HUGEPAGE
  const auto begin = (reinterpret_cast<uintptr_t>(data) + huge_page - 1) / huge_page * huge_page;
  const auto end =
      (reinterpret_cast<uintptr_t>(data) + static_cast<uintptr_t>(bytes)) / huge_page * huge_page;
  if (end > begin) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#else
  static_cast<void>(data), static_cast<void>(bytes);
#endif
}

std::shared_ptr<Block> Block::allocate(int64_t bytes) noexcept {
  const bool large = bytes >= large_block;
  const auto step = static_cast<int64_t>(large ? huge_page : memory_alignment);
  if (bytes < 0 || bytes > std::numeric_limits<int64_t>::max() - step) return nullptr;
  const int64_t capacity = std::max(step, (bytes + step - 1) / step * step);
  if (!fits_memory_limit(capacity)) return nullptr;
  void* data = std::aligned_alloc(static_cast<size_t>(step), static_cast<size_t>(capacity));
  if (data == nullptr) return nullptr;
  if (large) prefer_huge_pages(static_cast<std::byte*>(data), capacity);
  try {
    return std::make_shared<Block>(static_cast<std::byte*>(data), capacity);
  } catch (const std::bad_alloc&) {
    std::free(data);
    return nullptr;
  }
}

const std::shared_ptr<MemoryAccount>& memory_account() {
  return account;
}

void use_memory_account(std::shared_ptr<MemoryAccount> other) {
  account = std::move(other);
}

Block::Block(std::byte* data, int64_t capacity)
    : data_(data), capacity_(capacity), account_(account) {
  *account_ += capacity;
}

Block::~Block() {
  *account_ -= capacity_;
  std::free(data_);
}

int64_t Block::live_bytes() {
  return *account;
}

std::byte* Arena::reserve(size_t slot, int64_t bytes) noexcept {
  std::shared_ptr<Block>& block = slots_[slot];
  if (block != nullptr && bytes <= block->capacity()) return block->data();
  // A slot that grows once often grows again, with the size of what a call is given.
  const int64_t grown = block == nullptr ? bytes : std::max(bytes, block->capacity() / 2 * 3);
  block.reset();
  block = Block::allocate(grown);
  if (block == nullptr && grown > bytes) block = Block::allocate(bytes);
  return block == nullptr ? nullptr : block->data();
}

}  // namespace tno
