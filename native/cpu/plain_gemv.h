// Matrix times vector, and the outer product that is added to a matrix.
// A part of plain_kernels.cc, and under its rule: nothing here may be shared between levels.
#ifndef TNO_CPU_PLAIN_GEMV_H_
#define TNO_CPU_PLAIN_GEMV_H_

#include "plain_vector.h"
#include "products.h"

namespace tno::cpu {
namespace {

constexpr int64_t block_x = 2048;

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

}  // namespace
}  // namespace tno::cpu

#endif  // TNO_CPU_PLAIN_GEMV_H_
