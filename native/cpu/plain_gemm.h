// gemm follows the usual blocking: a block of B is packed for the whole sweep, a block of A at a
// time, and a register tile of TNO_TILE_ROWS rows by two vectors walks over both. Every element is
// summed over k in order, in blocks of `block_k`. A product with a vector needs no packing.
//
// A part of plain_kernels.cc, and under its rule: nothing here may be shared between levels.
#ifndef TNO_CPU_PLAIN_GEMM_H_
#define TNO_CPU_PLAIN_GEMM_H_

#include "plain_gemv.h"

namespace tno::cpu {
namespace {

constexpr int64_t tile_rows = TNO_TILE_ROWS;
constexpr int64_t block_m = 192;
constexpr int64_t block_k = 256;

template <class T>
constexpr int64_t block_n = 8192 / static_cast<int64_t>(sizeof(T));

static_assert(block_m % tile_rows == 0);

// Rows [0, rows) of A's block, in panels of tile_rows: for each k the panel's rows side by side.
template <class T>
void pack_a(const T* a, int64_t a_row, int64_t a_col, int64_t rows, int64_t k, T* packed) {
  for (int64_t i = 0; i < rows; i += tile_rows) {
    const int64_t height = min(tile_rows, rows - i);
    const T* panel = a + i * a_row;
    if (height == tile_rows) {
      for (int64_t p = 0; p < k; ++p) {
        for (int64_t r = 0; r < tile_rows; ++r) packed[r] = panel[r * a_row + p * a_col];
        packed += tile_rows;
      }
    } else {
      for (int64_t p = 0; p < k; ++p) {
        for (int64_t r = 0; r < height; ++r) packed[r] = panel[r * a_row + p * a_col];
        for (int64_t r = height; r < tile_rows; ++r) packed[r] = 0;
        packed += tile_rows;
      }
    }
  }
}

// A panel is two vectors wide, the last one a single vector where that is enough.
template <class T>
int64_t panel_width(int64_t columns) {
  return columns > lanes<T> ? 2 * lanes<T> : lanes<T>;
}

template <class T>
void pack_b(const T* b, int64_t b_row, int64_t b_col, int64_t k, int64_t columns, T* packed) {
  for (int64_t j = 0; j < columns;) {
    const int64_t width = panel_width<T>(columns - j);
    const int64_t used = min(width, columns - j);
    const T* panel = b + j * b_col;
    for (int64_t p = 0; p < k; ++p) {
      const T* row = panel + p * b_row;
      if (b_col == 1) {
        for (int64_t c = 0; c < used; ++c) packed[c] = row[c];
      } else {
        for (int64_t c = 0; c < used; ++c) packed[c] = row[c * b_col];
      }
      for (int64_t c = used; c < width; ++c) packed[c] = 0;
      packed += width;
    }
    j += width;
  }
}

// tile[r][c] = sum over k of a[k][r] * b[k][c], for `Vectors` vectors of columns.
template <class T, int Vectors>
void multiply_tile(int64_t k, const T* __restrict a, const T* __restrict b, T* __restrict tile) {
  Vector<T> sum[tile_rows][Vectors] = {};
  for (int64_t p = 0; p < k; ++p) {
    Vector<T> right[Vectors];
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) {
      right[v] = *reinterpret_cast<const LooseVector<T>*>(b + v * lanes<T>);
    }
#pragma GCC unroll 16
    for (int64_t r = 0; r < tile_rows; ++r) {
      const Vector<T> left = a[r] - Vector<T>{};
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v) sum[r][v] += left * right[v];
    }
    a += tile_rows;
    b += Vectors * lanes<T>;
  }
#pragma GCC unroll 16
  for (int64_t r = 0; r < tile_rows; ++r) {
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) {
      *reinterpret_cast<LooseVector<T>*>(tile + (r * Vectors + v) * lanes<T>) = sum[r][v];
    }
  }
}

// How a tile meets Y: with beta 0 Y is not read, so that what it held cannot spread.
template <class T>
struct Merge {
  T alpha;
  T beta;
};

template <class T>
void merge_tile(const T* __restrict tile, int64_t width, int64_t rows, int64_t columns,
                Merge<T> merge, T* __restrict y, int64_t y_row) {
  for (int64_t r = 0; r < rows; ++r) {
    const T* from = tile + r * width;
    T* to = y + r * y_row;
    if (merge.beta == 0) {
      for (int64_t c = 0; c < columns; ++c) to[c] = merge.alpha * from[c];
    } else if (merge.beta == 1) {
      for (int64_t c = 0; c < columns; ++c) to[c] += merge.alpha * from[c];
    } else {
      for (int64_t c = 0; c < columns; ++c) to[c] = merge.alpha * from[c] + merge.beta * to[c];
    }
  }
}

template <class T>
void multiply_block(int64_t rows, int64_t columns, int64_t k, const T* a, const T* b,
                    Merge<T> merge, T* y, int64_t y_row) {
  alignas(64) T tile[tile_rows * 2 * lanes<T>];
  for (int64_t j = 0; j < columns;) {
    const int64_t width = panel_width<T>(columns - j);
    for (int64_t i = 0; i < rows; i += tile_rows) {
      if (width == lanes<T>) {
        multiply_tile<T, 1>(k, a + i * k, b + j * k, tile);
      } else {
        multiply_tile<T, 2>(k, a + i * k, b + j * k, tile);
      }
      merge_tile(tile, width, min(tile_rows, rows - i), min(width, columns - j), merge,
                 y + i * y_row + j, y_row);
    }
    j += width;
  }
}

template <class T>
void scale_matrix(const Gemm<T>& job) {
  for (int64_t i = 0; i < job.m; ++i) {
    T* row = job.y + i * job.y_row;
    for (int64_t j = 0; j < job.n; ++j) row[j] = job.beta == 0 ? T{0} : job.beta * row[j];
  }
}

template <class T>
void gemm_blocked(const Gemm<T>& job, void* scratch) {
  T* const packed_b = static_cast<T*>(scratch);
  T* const packed_a = packed_b + block_k * block_n<T>;
  for (int64_t j = 0; j < job.n; j += block_n<T>) {
    const int64_t columns = min(block_n<T>, job.n - j);
    for (int64_t p = 0; p < job.k; p += block_k) {
      const int64_t k = min(block_k, job.k - p);
      const Merge<T> merge{job.alpha, p == 0 ? job.beta : T{1}};
      pack_b(job.b + p * job.b_row + j * job.b_col, job.b_row, job.b_col, k, columns, packed_b);
      for (int64_t i = 0; i < job.m; i += block_m) {
        const int64_t rows = min(block_m, job.m - i);
        pack_a(job.a + i * job.a_row + p * job.a_col, job.a_row, job.a_col, rows, k, packed_a);
        multiply_block(rows, columns, k, packed_a, packed_b, merge, job.y + i * job.y_row + j,
                       job.y_row);
      }
    }
  }
}

// Columns [j, j + Width) of an outer product, down all rows. A sum of one product starts from 0, so
// that it is no negative zero.
template <class T, int64_t Width, class Take>
void outer_strip(const Gemm<T>& job, int64_t j, Take take) {
  using Strip [[gnu::vector_size(Width * sizeof(T)), gnu::aligned(sizeof(T)), gnu::may_alias]] = T;
  Strip right;
  for (int64_t c = 0; c < Width; ++c) right[c] = job.b[(j + c) * job.b_col];
  for (int64_t i = 0; i < job.m; ++i) {
    Strip& y = *reinterpret_cast<Strip*>(job.y + i * job.y_row + j);
    y = take(T{0} + job.a[i * job.a_row] * right, y);
  }
}

// Narrow results go down strip by strip, each as wide as there are columns for.
template <class T, class Take>
void outer_product(const Gemm<T>& job, Take take) {
  if (job.n <= 4 * lanes<T>) {
    int64_t j = 0;
    for (; j + lanes<T> <= job.n; j += lanes<T>) outer_strip<T, lanes<T>>(job, j, take);
    if constexpr (lanes < T >> 8) {
      for (; j + 8 <= job.n; j += 8) outer_strip<T, 8>(job, j, take);
    }
    if constexpr (lanes < T >> 2) {
      for (; j + 2 <= job.n; j += 2) outer_strip<T, 2>(job, j, take);
    }
    for (; j < job.n; ++j) outer_strip<T, 1>(job, j, take);
    return;
  }
  for (int64_t i = 0; i < job.m; ++i) {
    const T left = job.a[i * job.a_row];
    T* y = job.y + i * job.y_row;
    const T* b = job.b;
    // Y lies apart from A and B.
#pragma GCC ivdep
    for (int64_t j = 0; j < job.n; ++j) y[j] = take(T{0} + left * b[j * job.b_col], y[j]);
  }
}

// k is 1.
template <class T>
void gemm_outer(const Gemm<T>& job) {
  const T alpha = job.alpha;
  const T beta = job.beta;
  if (beta == 0) {
    outer_product(job, [=](auto sum, auto) { return alpha * sum; });
  } else if (beta == 1) {
    outer_product(job, [=](auto sum, auto y) { return y + alpha * sum; });
  } else {
    outer_product(job, [=](auto sum, auto y) { return alpha * sum + beta * y; });
  }
}

template <class T>
void gemm(const Gemm<T>& job, void* scratch) noexcept {
  if (job.k == 0) {
    scale_matrix(job);
  } else if (job.m == 1) {
    gemv(Gemv<T>{job.n, job.k, job.alpha, job.b, job.b_col, job.b_row, job.a, job.a_col, job.beta,
                 job.y, 1});
  } else if (job.n == 1) {
    gemv(Gemv<T>{job.m, job.k, job.alpha, job.a, job.a_row, job.a_col, job.b, job.b_row, job.beta,
                 job.y, job.y_row});
  } else if (job.k == 1) {
    gemm_outer(job);
  } else {
    gemm_blocked(job, scratch);
  }
}

}  // namespace
}  // namespace tno::cpu

#endif  // TNO_CPU_PLAIN_GEMM_H_
