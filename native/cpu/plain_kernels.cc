// Dense products in GCC vector extensions, for one instruction set level: TNO_LEVEL names it,
// TNO_VECTOR_BYTES is its register width and TNO_TILE_ROWS the height of its register tile.
//
// No header with inline functions may be included here: the linker keeps one copy of such a
// function for the whole addon, and it could be the one compiled for a level that the machine
// lacks.
//
// gemm follows the usual blocking: a block of B is packed for the whole sweep, a block of A at a
// time, and a register tile of TNO_TILE_ROWS rows by two vectors walks over both. Every element is
// summed over k in order, in blocks of `block_k`.
#include "plain_kernels.h"

#define TNO_JOIN(a, b) a##b
#define TNO_NAME(prefix, level) TNO_JOIN(prefix, level)

namespace tno::cpu {
namespace {

constexpr int64_t tile_rows = TNO_TILE_ROWS;
constexpr int64_t block_m = 192;
constexpr int64_t block_k = 256;

template <class T>
constexpr int64_t block_n = 8192 / static_cast<int64_t>(sizeof(T));

template <class T>
constexpr int64_t lanes = TNO_VECTOR_BYTES / static_cast<int64_t>(sizeof(T));

static_assert(block_m % tile_rows == 0);

template <class T>
struct VectorOf {
  using Aligned [[gnu::vector_size(TNO_VECTOR_BYTES)]] = T;
  using Loose [[gnu::vector_size(TNO_VECTOR_BYTES), gnu::aligned(sizeof(T)), gnu::may_alias]] = T;
};
template <class T>
using Vector = typename VectorOf<T>::Aligned;
template <class T>
using LooseVector = typename VectorOf<T>::Loose;

int64_t min(int64_t a, int64_t b) {
  return a < b ? a : b;
}

// -- gemm -----------------------------------------------------------------------------------------

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

// -- gemv -----------------------------------------------------------------------------------------

constexpr int64_t block_x = 2048;

template <class T>
void merge_element(T sum, T alpha, T beta, T* y) {
  *y = beta == 0 ? alpha * sum : alpha * sum + beta * *y;
}

// Dot products of `Rows` rows with x, each over two vectors of partial sums.
template <class T, int Rows>
void dot_rows(const T* a, int64_t a_row, const T* x, int64_t k, T* sums) {
  Vector<T> sum[Rows][2] = {};
  int64_t p = 0;
  for (; p + 2 * lanes<T> <= k; p += 2 * lanes<T>) {
#pragma GCC unroll 2
    for (int v = 0; v < 2; ++v) {
      const int64_t at = p + v * lanes<T>;
      const Vector<T> right = *reinterpret_cast<const LooseVector<T>*>(x + at);
#pragma GCC unroll 4
      for (int r = 0; r < Rows; ++r) {
        sum[r][v] += *reinterpret_cast<const LooseVector<T>*>(a + r * a_row + at) * right;
      }
    }
  }
  for (int r = 0; r < Rows; ++r) {
    const Vector<T> both = sum[r][0] + sum[r][1];
    T total = 0;
    for (int64_t lane = 0; lane < lanes<T>; ++lane) total += both[lane];
    for (int64_t rest = p; rest < k; ++rest) total += a[r * a_row + rest] * x[rest];
    sums[r] = total;
  }
}

// A's rows are contiguous.
template <class T>
void gemv_by_rows(const Gemv<T>& job) {
  alignas(64) T gathered[block_x];
  for (int64_t p = 0; p < job.k; p += block_x) {
    const int64_t k = min(block_x, job.k - p);
    const T beta = p == 0 ? job.beta : T{1};
    const T* x = job.x + p * job.x_step;
    if (job.x_step != 1) {
      for (int64_t i = 0; i < k; ++i) gathered[i] = x[i * job.x_step];
      x = gathered;
    }
    const T* a = job.a + p;
    int64_t i = 0;
    T sums[4];
    for (; i + 4 <= job.m; i += 4) {
      dot_rows<T, 4>(a + i * job.a_row, job.a_row, x, k, sums);
      for (int64_t r = 0; r < 4; ++r) {
        merge_element(sums[r], job.alpha, beta, job.y + (i + r) * job.y_step);
      }
    }
    for (; i < job.m; ++i) {
      dot_rows<T, 1>(a + i * job.a_row, job.a_row, x, k, sums);
      merge_element(sums[0], job.alpha, beta, job.y + i * job.y_step);
    }
  }
}

template <class T>
void scale_vector(const Gemv<T>& job) {
  for (int64_t i = 0; i < job.m; ++i) {
    T* y = job.y + i * job.y_step;
    *y = job.beta == 0 ? T{0} : job.beta * *y;
  }
}

// A's columns are contiguous, and so is y: y gathers four columns at a time.
template <class T>
void gemv_by_columns(const Gemv<T>& job) {
  scale_vector(job);
  T* __restrict y = job.y;
  int64_t p = 0;
  for (; p + 4 <= job.k; p += 4) {
    const T* a0 = job.a + p * job.a_col;
    const T* a1 = a0 + job.a_col;
    const T* a2 = a1 + job.a_col;
    const T* a3 = a2 + job.a_col;
    const T* x = job.x + p * job.x_step;
    const T x0 = job.alpha * x[0];
    const T x1 = job.alpha * x[job.x_step];
    const T x2 = job.alpha * x[2 * job.x_step];
    const T x3 = job.alpha * x[3 * job.x_step];
    for (int64_t i = 0; i < job.m; ++i) {
      y[i] = y[i] + a0[i] * x0 + a1[i] * x1 + a2[i] * x2 + a3[i] * x3;
    }
  }
  for (; p < job.k; ++p) {
    const T* a = job.a + p * job.a_col;
    const T x = job.alpha * job.x[p * job.x_step];
    for (int64_t i = 0; i < job.m; ++i) y[i] += a[i] * x;
  }
}

// The same for so few outputs that they fit into `Vectors` registers, with four running sums each.
template <class T, int Vectors>
void gemv_narrow(const Gemv<T>& job) {
  constexpr int64_t width = Vectors * lanes<T>;
  Vector<T> sum[4][Vectors] = {};
  const auto take = [&](int chain, const T* a, T x) {
    for (int v = 0; v < Vectors; ++v) {
      sum[chain][v] += *reinterpret_cast<const LooseVector<T>*>(a + v * lanes<T>) * x;
    }
  };
  // Columns that may be read at full width: what lies behind the last ones is not ours.
  const int64_t last = (job.k - 1) * job.a_col + job.m;
  const int64_t whole = last < width ? 0 : min(job.k, (last - width) / job.a_col + 1);
  int64_t p = 0;
  for (; p + 4 <= whole; p += 4) {
#pragma GCC unroll 4
    for (int chain = 0; chain < 4; ++chain) {
      take(chain, job.a + (p + chain) * job.a_col, job.x[(p + chain) * job.x_step]);
    }
  }
  for (; p < job.k; ++p) {
    T column[width] = {};
    for (int64_t i = 0; i < job.m; ++i) column[i] = job.a[p * job.a_col + i];
    take(0, column, job.x[p * job.x_step]);
  }
  for (int v = 0; v < Vectors; ++v) {
    const Vector<T> total = (sum[0][v] + sum[1][v]) + (sum[2][v] + sum[3][v]);
    for (int64_t i = v * lanes<T>; i < min(job.m, (v + 1) * lanes<T>); ++i) {
      merge_element(total[i - v * lanes<T>], job.alpha, job.beta, job.y + i * job.y_step);
    }
  }
}

template <class T>
void gemv_any(const Gemv<T>& job) {
  for (int64_t i = 0; i < job.m; ++i) {
    T sum = 0;
    for (int64_t p = 0; p < job.k; ++p) {
      sum += job.a[i * job.a_row + p * job.a_col] * job.x[p * job.x_step];
    }
    merge_element(sum, job.alpha, job.beta, job.y + i * job.y_step);
  }
}

template <class T>
void gemv(const Gemv<T>& job) noexcept {
  if (job.k == 0) {
    scale_vector(job);
  } else if (job.a_col == 1 || job.k == 1) {
    gemv_by_rows(job);
  } else if (job.a_row == 1 && job.a_col > 0 && job.m <= lanes<T>) {
    gemv_narrow<T, 1>(job);
  } else if (job.a_row == 1 && job.a_col > 0 && job.m <= 4 * lanes<T>) {
    gemv_narrow<T, 4>(job);
  } else if (job.a_row == 1 && job.y_step == 1) {
    gemv_by_columns(job);
  } else {
    gemv_any(job);
  }
}

// -- gemm, all of it ------------------------------------------------------------------------------

template <class T>
void merge_product(T product, T beta, T& y) {
  y = beta == 0 ? product : product + beta * y;
}

// Columns [j, j + Width) of an outer product, down all rows.
template <class T, int64_t Width>
void outer_strip(const Gemm<T>& job, int64_t j) {
  T right[Width];
  for (int64_t c = 0; c < Width; ++c) right[c] = job.b[(j + c) * job.b_col];
  for (int64_t i = 0; i < job.m; ++i) {
    const T left = job.alpha * job.a[i * job.a_row];
    T* y = job.y + i * job.y_row + j;
    if (job.beta == 1) {
      for (int64_t c = 0; c < Width; ++c) y[c] += left * right[c];
    } else {
      for (int64_t c = 0; c < Width; ++c) merge_product(left * right[c], job.beta, y[c]);
    }
  }
}

// k is 1. Narrow results go down strip by strip, each as wide as there are columns for.
template <class T>
void gemm_outer(const Gemm<T>& job) {
  if (job.n <= 4 * lanes<T>) {
    int64_t j = 0;
    for (; j + lanes<T> <= job.n; j += lanes<T>) outer_strip<T, lanes<T>>(job, j);
    if constexpr (lanes < T >> 8) {
      for (; j + 8 <= job.n; j += 8) outer_strip<T, 8>(job, j);
    }
    if constexpr (lanes < T >> 2) {
      for (; j + 2 <= job.n; j += 2) outer_strip<T, 2>(job, j);
    }
    for (; j < job.n; ++j) outer_strip<T, 1>(job, j);
    return;
  }
  for (int64_t i = 0; i < job.m; ++i) {
    const T left = job.alpha * job.a[i * job.a_row];
    T* y = job.y + i * job.y_row;
    const T* b = job.b;
    // Y lies apart from A and B.
#pragma GCC ivdep
    for (int64_t j = 0; j < job.n; ++j) merge_product(left * b[j * job.b_col], job.beta, y[j]);
  }
}

// A product with a vector needs no packing.
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

// -- ger ------------------------------------------------------------------------------------------

template <class T>
void ger(const Ger<T>& job) noexcept {
  const bool by_rows = job.a_col == 1 && job.y_col == 1 && job.v_step == 1;
  for (int64_t i = 0; i < job.m; ++i) {
    const T scale = job.alpha * job.x[i * job.x_step];
    const T* a = job.a + i * job.a_row;
    T* y = job.y + i * job.y_row;
    if (by_rows) {
      const T* v = job.v;
      // Y is A itself or apart from it.
#pragma GCC ivdep
      for (int64_t j = 0; j < job.n; ++j) y[j] = a[j] + scale * v[j];
    } else {
      for (int64_t j = 0; j < job.n; ++j) {
        y[j * job.y_col] = a[j * job.a_col] + scale * job.v[j * job.v_step];
      }
    }
  }
}

constexpr int64_t scratch_elements(int64_t block_n) {
  return block_k * (block_n + block_m);
}

constexpr PlainKernels kernels{
    TNO_LEVEL_TEXT,
    scratch_elements(block_n<double>) * static_cast<int64_t>(sizeof(double)),
    {gemm<float>, gemv<float>, ger<float>},
    {gemm<double>, gemv<double>, ger<double>},
};
static_assert(kernels.scratch_bytes >=
              scratch_elements(block_n<float>) * static_cast<int64_t>(sizeof(float)));

}  // namespace

const PlainKernels& TNO_NAME(plain_kernels_, TNO_LEVEL)() {
  return kernels;
}

}  // namespace tno::cpu
