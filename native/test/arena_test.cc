#include "check.h"
#include "memory.h"
#include "shared_value.h"

namespace tno {
namespace {

bool is_aligned(const std::byte* data) {
  return reinterpret_cast<uintptr_t>(data) % memory_alignment == 0;
}

TEST(blocks_are_aligned_and_hold_what_was_asked) {
  for (int64_t bytes :
       {int64_t{0}, int64_t{1}, int64_t{63}, int64_t{64}, int64_t{65}, int64_t{4096}}) {
    const auto block = Block::allocate(bytes);
    CHECK(block != nullptr);
    CHECK(is_aligned(block->data()));
    CHECK(block->capacity() >= bytes);
    for (int64_t i = 0; i < bytes; ++i) block->data()[i] = std::byte{1};
  }
  CHECK(is_aligned(empty_memory()));
}

TEST(large_blocks_begin_at_huge_pages) {
  const auto block = Block::allocate((40 << 20) + 1);
  CHECK(block != nullptr);
  CHECK(reinterpret_cast<uintptr_t>(block->data()) % (2 << 20) == 0);
  CHECK(block->capacity() == 42 << 20);
  block->data()[40 << 20] = std::byte{1};
}

TEST(asking_for_huge_pages_keeps_contents) {
  std::vector<std::byte> memory(9 << 20, std::byte{7});
  prefer_huge_pages(memory.data() + 1, static_cast<int64_t>(memory.size()) - 1);
  prefer_huge_pages(memory.data(), 5);
  bool kept = true;
  for (std::byte byte : memory) kept = kept && byte == std::byte{7};
  CHECK(kept);
}

TEST(blocks_that_cannot_be_had_are_null) {
  CHECK(Block::allocate(-1) == nullptr);
  CHECK(Block::allocate(INT64_MAX) == nullptr);
  CHECK(Block::allocate(INT64_MAX / 2) == nullptr);
}

TEST(blocks_beyond_the_limit_are_null) {
  set_memory_limit(Block::live_bytes() + 1000);
  CHECK(Block::allocate(960) != nullptr);
  CHECK(Block::allocate(1024) == nullptr);
  const auto held = Block::allocate(512);
  CHECK(Block::allocate(960) == nullptr);
  set_memory_limit(0);
  CHECK(Block::allocate(1 << 20) != nullptr);
}

TEST(slots_grow_and_are_kept) {
  Arena arena(2);
  std::byte* first = arena.reserve(0, 100);
  CHECK(is_aligned(first));
  CHECK(arena.reserve(0, 100) == first);
  CHECK(arena.reserve(0, 10) == first);
  std::byte* other = arena.reserve(1, 100);
  CHECK(other != first);
  std::byte* grown = arena.reserve(0, 100000);
  CHECK(grown != nullptr);
  grown[99999] = std::byte{1};
  CHECK(arena.reserve(0, 100) == grown);
  // Growth by half spares the next, slightly larger call.
  CHECK(arena.reserve(0, 100001) != nullptr);
  std::byte* half = arena.reserve(0, 140000);
  CHECK(arena.reserve(0, 149000) == half);
}

TEST(a_slot_that_cannot_grow_is_usable_again) {
  Arena arena(1);
  CHECK(arena.reserve(0, 64) != nullptr);
  CHECK(arena.reserve(0, INT64_MAX / 2) == nullptr);
  std::byte* data = arena.reserve(0, 64);
  CHECK(data != nullptr);
  data[63] = std::byte{1};
}

TEST(a_shared_value_counts_and_keeps_a_borrowed_block) {
  SharedValue value(DType::float32, 2);
  CHECK(value.elements() == 0);
  CHECK(value.data() != nullptr);
  value.set_block(Block::allocate(24));
  const std::vector<int64_t> dims{2, 3};
  value.set_dims(dims);
  CHECK(value.bytes() == 24);
  const std::shared_ptr<Block> borrowed = value.block();
  value.set_block(Block::allocate(48));
  borrowed->data()[23] = std::byte{1};
  CHECK(value.data() != borrowed->data());
}

}  // namespace
}  // namespace tno
