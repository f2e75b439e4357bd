// The pool under real threads; the build with the thread sanitizer runs these too.
#include "thread_pool.h"

#include <sys/wait.h>
#include <unistd.h>

#include <numeric>

#include "check.h"

namespace tno {
namespace {

// How often each chunk of a region was done.
std::vector<int> count_chunks(ThreadPool& pool, int64_t chunks) {
  std::vector<int> counts(static_cast<size_t>(chunks), 0);
  pool.run(chunks, [&](int64_t chunk) { ++counts[static_cast<size_t>(chunk)]; });
  return counts;
}

bool each_once(const std::vector<int>& counts) {
  for (int count : counts) {
    if (count != 1) return false;
  }
  return true;
}

TEST(a_region_does_each_chunk_once) {
  for (int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    CHECK(pool.threads() == threads);
    for (int64_t chunks : {0, 1, 2, 3, 7, 64, 1000}) CHECK(each_once(count_chunks(pool, chunks)));
  }
}

TEST(threads_have_numbers_of_their_own) {
  ThreadPool pool(4);
  std::vector<std::atomic<int>> busy(4);
  std::atomic<int> shared{0};
  pool.run(500, [&](int64_t, int thread) {
    if (busy[static_cast<size_t>(thread)].exchange(1) != 0) ++shared;
    std::this_thread::yield();
    busy[static_cast<size_t>(thread)] = 0;
  });
  CHECK(shared == 0);
}

TEST(regions_follow_each_other_closely) {
  ThreadPool pool(4);
  int64_t sum = 0;
  for (int region = 0; region < 2000; ++region) {
    std::vector<int64_t> parts(8);
    pool.run(8, [&](int64_t chunk) { parts[static_cast<size_t>(chunk)] = chunk + region; });
    sum = std::accumulate(parts.begin(), parts.end(), sum);
  }
  CHECK(sum == 2000 * 28 + 8 * (1999 * 2000 / 2));
}

TEST(sleeping_threads_wake_for_a_region) {
  ThreadPool pool(3);
  for (int i = 0; i < 5; ++i) {
    std::atomic<int> waiting{0};
    // Each chunk waits for the others, so three threads must take part.
    pool.run(3, [&](int64_t) {
      ++waiting;
      while (waiting.load() < 3) std::this_thread::yield();
    });
    CHECK(waiting == 3);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

TEST(a_caller_waits_for_chunks_that_take_long) {
  ThreadPool pool(2);
  std::vector<int> done(2, 0);
  pool.run(2, [&](int64_t chunk) {
    std::this_thread::sleep_for(std::chrono::milliseconds(chunk == 0 ? 1 : 5));
    done[static_cast<size_t>(chunk)] = 1;
  });
  CHECK(done == std::vector<int>({1, 1}));
}

TEST(callers_at_once_do_not_disturb_each_other) {
  ThreadPool pool(3);
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      for (int region = 0; region < 300; ++region) {
        if (!each_once(count_chunks(pool, 1 + region % 17))) ++wrong;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(wrong == 0);
}

TEST(a_chunk_may_submit_a_region) {
  ThreadPool pool(3);
  std::atomic<int> inner{0};
  pool.run(6, [&](int64_t) { pool.run(5, [&](int64_t) { ++inner; }); });
  CHECK(inner == 30);
}

TEST(a_pool_without_regions_ends) {
  const ThreadPool idle(4);
  CHECK(idle.threads() == 4);
}

TEST(the_child_of_a_fork_has_threads_of_its_own) {
  CHECK(each_once(count_chunks(ThreadPool::process(), 20)));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(each_once(count_chunks(ThreadPool::process(), 20)) ? 0 : 1);
  int status = -1;
  CHECK(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace tno
