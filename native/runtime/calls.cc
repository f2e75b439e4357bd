// Shapes and strides of a call's tensors become the jobs of products.h; C is taken into Y first.
#include "calls.h"

#include <cstring>

namespace tno {
namespace {

template <class T>
const ProductsOf<T>& products_of(const Products& products);
template <>
const ProductsOf<float>& products_of(const Products& products) {
  return products.f32;
}
template <>
const ProductsOf<double>& products_of(const Products& products) {
  return products.f64;
}

template <class T>
T* elements_of(const Tensor& tensor) {
  return reinterpret_cast<T*>(tensor.data);
}

template <class T>
T scalar_of(const Tensor& tensor) {
  return *elements_of<T>(tensor);
}

bool same_memory(const Tensor& a, const Tensor& b) {
  if (a.data != b.data) return false;
  for (size_t axis = 0; axis < a.rank; ++axis) {
    if (a.shape[axis] > 1 && a.strides[axis] != b.strides[axis]) return false;
  }
  return true;
}

bool same_shape(const Tensor& a, const Tensor& b) {
  for (size_t axis = 0; axis < a.rank; ++axis) {
    if (a.shape[axis] != b.shape[axis]) return false;
  }
  return true;
}

// What gemm and gemv do with C: Y then holds it, and the product adds to beta times that. With beta
// 0 nothing is read.
template <class T>
T take_addend(std::span<const Tensor> ins, const Tensor& y) {
  if (ins.size() < 5) return 0;
  const T beta = scalar_of<T>(ins[4]);
  if (beta != 0 && !same_memory(ins[2], y)) copy_elements(ins[2], y);
  return beta;
}

template <class T>
T alpha_of(std::span<const Tensor> ins) {
  return ins.size() < 5 ? T{1} : scalar_of<T>(ins[3]);
}

template <class T>
bool run_gemm(std::span<const Tensor> ins, const Tensor& y, const Products& products) {
  const Tensor& a = ins[0];
  const Tensor& b = ins[1];
  if (a.shape[0] != y.shape[0] || b.shape[1] != y.shape[1] || a.shape[1] != b.shape[0])
    return false;
  if (ins.size() == 5 && !same_shape(ins[2], y)) return false;
  if (y.shape[1] > 1 && y.strides[1] != 1) return false;
  if (y.elements() == 0) return true;
  Gemm<T> job;
  job.m = y.shape[0];
  job.n = y.shape[1];
  job.k = a.shape[1] > 0 ? a.shape[1] : 0;
  job.alpha = alpha_of<T>(ins);
  job.a = elements_of<T>(a);
  job.a_row = a.strides[0];
  job.a_col = a.strides[1];
  job.b = elements_of<T>(b);
  job.b_row = b.strides[0];
  job.b_col = b.strides[1];
  job.beta = take_addend<T>(ins, y);
  job.y = elements_of<T>(y);
  job.y_row = y.strides[0];
  products_of<T>(products).gemm(job);
  return true;
}

template <class T>
bool run_gemv(std::span<const Tensor> ins, const Tensor& y, const Products& products) {
  const Tensor& a = ins[0];
  const Tensor& x = ins[1];
  if (a.shape[0] != y.shape[0] || a.shape[1] != x.shape[0]) return false;
  if (ins.size() == 5 && !same_shape(ins[2], y)) return false;
  if (y.elements() == 0) return true;
  Gemv<T> job;
  job.m = y.shape[0];
  job.k = x.shape[0] > 0 ? x.shape[0] : 0;
  job.alpha = alpha_of<T>(ins);
  job.a = elements_of<T>(a);
  job.a_row = a.strides[0];
  job.a_col = a.strides[1];
  job.x = elements_of<T>(x);
  job.x_step = x.strides[0];
  job.beta = take_addend<T>(ins, y);
  job.y = elements_of<T>(y);
  job.y_step = y.strides[0];
  products_of<T>(products).gemv(job);
  return true;
}

template <class T>
bool run_ger(std::span<const Tensor> ins, const Tensor& y, const Products& products) {
  const Tensor& a = ins[0];
  if (!same_shape(a, y) || ins[1].shape[0] != y.shape[0] || ins[2].shape[0] != y.shape[1]) {
    return false;
  }
  if (y.elements() == 0) return true;
  Ger<T> job;
  job.m = y.shape[0];
  job.n = y.shape[1];
  job.alpha = scalar_of<T>(ins[3]);
  job.a = elements_of<T>(a);
  job.a_row = a.strides[0];
  job.a_col = a.strides[1];
  job.x = elements_of<T>(ins[1]);
  job.x_step = ins[1].strides[0];
  job.v = elements_of<T>(ins[2]);
  job.v_step = ins[2].strides[0];
  job.y = elements_of<T>(y);
  job.y_row = y.strides[0];
  job.y_col = y.strides[1];
  products_of<T>(products).ger(job);
  return true;
}

template <class T>
bool run_product(Callee callee, std::span<const Tensor> ins, const Tensor& y,
                 const Products& products) {
  if (callee == Callee::gemm) return run_gemm<T>(ins, y, products);
  if (callee == Callee::gemv) return run_gemv<T>(ins, y, products);
  return run_ger<T>(ins, y, products);
}

template <class T, class IsSet>
int64_t find_set(const Tensor& x, int64_t* positions, IsSet is_set) {
  const T* data = elements_of<T>(x);
  const int64_t elements = x.elements();
  int64_t count = 0;
  for (int64_t i = 0; i < elements; ++i) {
    if (is_set(data[i])) positions[count++] = i;
  }
  return count;
}

template <class T>
int64_t find_nonzero(const Tensor& x, int64_t* positions) {
  return find_set<T>(x, positions, [](T value) { return value != 0; });
}

int64_t find_nonzero(const Tensor& x, int64_t* positions) {
  switch (x.dtype) {
    case DType::boolean:
    case DType::int8:
    case DType::uint8:
      return find_nonzero<uint8_t>(x, positions);
    case DType::int16:
    case DType::uint16:
      return find_nonzero<uint16_t>(x, positions);
    case DType::int32:
    case DType::uint32:
      return find_nonzero<uint32_t>(x, positions);
    case DType::int64:
    case DType::uint64:
      return find_nonzero<uint64_t>(x, positions);
    case DType::float16:
      // Both zeros but for the sign bit; NaN is not zero.
      return find_set<uint16_t>(x, positions, [](uint16_t bits) { return (bits & 0x7fff) != 0; });
    case DType::float32:
      return find_nonzero<float>(x, positions);
    case DType::float64:
      return find_nonzero<double>(x, positions);
  }
  return 0;
}

bool run_nonzero(const Tensor& x, const Tensor& positions, const Tensor& count) {
  if (!is_contiguous(x)) return false;
  const int64_t found = find_nonzero(x, elements_of<int64_t>(positions));
  std::memcpy(count.data, &found, sizeof found);
  return true;
}

}  // namespace

bool run_call(Callee callee, std::span<const Tensor> ins, std::span<const Tensor> outs,
              const Products& products) {
  if (callee == Callee::nonzero) return run_nonzero(ins[0], outs[0], outs[1]);
  return outs[0].dtype == DType::float32 ? run_product<float>(callee, ins, outs[0], products)
                                         : run_product<double>(callee, ins, outs[0], products);
}

}  // namespace tno
