// How a product is cut into pieces for the threads. Pieces follow from the sizes and the
// processors, not from the number of threads: each number of them gives the same bits.
#ifndef TNO_CPU_PRODUCT_PIECES_H_
#define TNO_CPU_PRODUCT_PIECES_H_

#include <algorithm>
#include <cstdint>

#include "processors.h"
#include "products.h"
#include "thread_pool.h"

namespace tno::cpu {

// A grid over the result: `down` by `across` pieces of at most `rows` by `columns` elements.
struct Pieces {
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t down = 1;
  int64_t across = 1;
};

// Of a product of m by k and k by n elements, on so many processors.
Pieces gemm_pieces(int64_t m, int64_t n, int64_t k, int processors);

// Of what goes once through m by n elements, along m.
Pieces row_pieces(int64_t m, int64_t n);

// At most so many pieces run at the same time.
inline constexpr int most_pieces = 64;

// Calls run(piece, thread), each piece a product of its own, on the threads of the process.
template <class T, class Run>
void run_in_pieces(const Gemm<T>& job, const Run& run) {
  const Pieces pieces = gemm_pieces(job.m, job.n, job.k, usable_cores());
  ThreadPool::process().run(pieces.down * pieces.across, [&](int64_t number, int thread) {
    const int64_t i = number / pieces.across * pieces.rows;
    const int64_t j = number % pieces.across * pieces.columns;
    Gemm<T> piece = job;
    piece.m = std::min(pieces.rows, job.m - i);
    piece.n = std::min(pieces.columns, job.n - j);
    piece.a += i * job.a_row;
    piece.b += j * job.b_col;
    piece.y += i * job.y_row + j;
    run(piece, thread);
  });
}

template <class T, class Run>
void run_in_pieces(const Gemv<T>& job, const Run& run) {
  const Pieces pieces = row_pieces(job.m, job.k);
  ThreadPool::process().run(pieces.down, [&](int64_t number) {
    const int64_t i = number * pieces.rows;
    Gemv<T> piece = job;
    piece.m = std::min(pieces.rows, job.m - i);
    piece.a += i * job.a_row;
    piece.y += i * job.y_step;
    run(piece);
  });
}

template <class T, class Run>
void run_in_pieces(const Ger<T>& job, const Run& run) {
  const Pieces pieces = row_pieces(job.m, job.n);
  ThreadPool::process().run(pieces.down, [&](int64_t number) {
    const int64_t i = number * pieces.rows;
    Ger<T> piece = job;
    piece.m = std::min(pieces.rows, job.m - i);
    piece.a += i * job.a_row;
    piece.x += i * job.x_step;
    piece.y += i * job.y_row;
    run(piece);
  });
}

}  // namespace tno::cpu

#endif  // TNO_CPU_PRODUCT_PIECES_H_
