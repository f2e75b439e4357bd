// The dense products that `call` steps ask for, and the factorizations that routines are made of,
// as a table of functions: what fills it (the own code, a provider) is the backend's matter.
#ifndef TNO_RUNTIME_PRODUCTS_H_
#define TNO_RUNTIME_PRODUCTS_H_

#include <cstdint>

#include "tno/linear_algebra_abi.h"

namespace tno {

// Y = alpha * A * B + beta * Y for A [m, k], B [k, n], Y [m, n]. Strides are in elements and may be
// anything (0 and negative too) but Y's inner one, which is 1. With beta 0, Y is not read.
template <class T>
struct Gemm {
  int64_t m = 0, n = 0, k = 0;
  T alpha = 1;
  const T* a = nullptr;
  int64_t a_row = 0, a_col = 0;
  const T* b = nullptr;
  int64_t b_row = 0, b_col = 0;
  T beta = 0;
  T* y = nullptr;
  int64_t y_row = 0;
};

// y = alpha * A * x + beta * y for A [m, k].
template <class T>
struct Gemv {
  int64_t m = 0, k = 0;
  T alpha = 1;
  const T* a = nullptr;
  int64_t a_row = 0, a_col = 0;
  const T* x = nullptr;
  int64_t x_step = 1;
  T beta = 0;
  T* y = nullptr;
  int64_t y_step = 1;
};

// Y = A + alpha * x * y^T for A and Y [m, n]; Y may be A.
template <class T>
struct Ger {
  int64_t m = 0, n = 0;
  T alpha = 1;
  const T* a = nullptr;
  int64_t a_row = 0, a_col = 0;
  const T* x = nullptr;
  int64_t x_step = 1;
  const T* v = nullptr;
  int64_t v_step = 1;
  T* y = nullptr;
  int64_t y_row = 0, y_col = 1;
};

template <class T>
struct ProductsOf {
  void (*gemm)(const Gemm<T>&) noexcept = nullptr;
  void (*gemv)(const Gemv<T>&) noexcept = nullptr;
  void (*ger)(const Ger<T>&) noexcept = nullptr;
};

struct Products {
  ProductsOf<float> f32;
  ProductsOf<double> f64;
  // Takes what the functions need, so that they themselves cannot fail; false where memory is
  // short.
  bool (*prepare)() noexcept = nullptr;
  // Factorizations of matrices; the first call may open a library.
  const tno_linear_algebra& (*linear_algebra)() noexcept = nullptr;
};

}  // namespace tno

#endif  // TNO_RUNTIME_PRODUCTS_H_
