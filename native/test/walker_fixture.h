// What the tests of the walker share: an environment that keeps its outputs, a program loaded with
// kernels written in C++, and a few of those.
#ifndef TNO_TEST_WALKER_FIXTURE_H_
#define TNO_TEST_WALKER_FIXTURE_H_

#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "check.h"
#include "encoder.h"
#include "plain_products.h"
#include "walker.h"

namespace tno::test {

// A kernel that is a function.
class FunctionCode final : public KernelCode {
 public:
  explicit FunctionCode(tno_kernel function) : function_(function) {}

  void run(const tno_args& args, int64_t begin, int64_t end) const noexcept override {
    function_(&args, begin, end);
  }

 private:
  tno_kernel function_;
};

class Host : public Environment {
 public:
  std::map<size_t, std::vector<std::byte>> outputs;
  std::function<bool(size_t, std::span<const Tensor>, std::span<const Tensor>)> function;
  bool has_memory = true;
  // Lengths that outputs are to have; any where there are none.
  std::vector<int64_t> wanted;
  // How often the walker may go on.
  int patience = 1 << 30;
  mutable int asked = 0;

  bool fits_output(size_t, std::span<const int64_t> dims) noexcept override {
    return wanted.empty() || std::equal(dims.begin(), dims.end(), wanted.begin(), wanted.end());
  }
  bool cancelled() const noexcept override { return asked++ >= patience; }

  std::byte* allocate_output(size_t index, int64_t bytes) noexcept override {
    if (!has_memory) return nullptr;
    outputs[index].assign(static_cast<size_t>(bytes) + 1, std::byte{0xee});
    return outputs[index].data();
  }
  bool call_host(size_t host, std::span<const Tensor> ins,
                 std::span<const Tensor> outs) noexcept override {
    return function(host, ins, outs);
  }
};

// A program, encoded and decoded, with kernels written in C++.
class Fixture {
 public:
  Host host;
  std::unique_ptr<Walker> walker;
  std::vector<std::shared_ptr<SharedValue>> shared;

  Fixture(Builder& b, const std::vector<tno_kernel>& kernels,
          std::vector<std::vector<std::byte>> constants = {}, size_t hosts = 0)
      : constants_(std::move(constants)) {
    auto program = std::make_shared<Program>();
    std::string error;
    CHECK_NOTE(decode_program(encode(b.program), *program, error), error);
    WalkerParts parts{program, {}, {}, {}, hosts, cpu::plain_products()};
    for (tno_kernel kernel : kernels) {
      parts.kernels.push_back(std::make_shared<FunctionCode>(kernel));
    }
    for (const auto& bytes : constants_) parts.constants.push_back(bytes);
    for (int32_t id : program->shared) {
      const Buffer& buffer = program->buffer(id);
      shared.push_back(std::make_shared<SharedValue>(buffer.dtype, buffer.shape.size()));
    }
    parts.shared = shared;
    walker = Walker::create(std::move(parts), error);
    CHECK_NOTE(walker != nullptr, error);
  }

  template <class T>
  void input(size_t index, std::vector<T>& values, std::vector<int64_t> dims) {
    std::copy(dims.begin(), dims.end(), walker->input_dims(index).begin());
    walker->set_input(index, reinterpret_cast<std::byte*>(values.data()));
  }
  template <class T>
  void input(size_t index, std::vector<T>& values) {
    input(index, values, {static_cast<int64_t>(values.size())});
  }

  template <class T>
  void set(size_t index, const std::vector<T>& values) {
    SharedValue& value = *shared[index];
    value.set_block(Block::allocate(static_cast<int64_t>(values.size() * sizeof(T))));
    value.set_dims(std::vector<int64_t>{static_cast<int64_t>(values.size())});
    if (!values.empty()) std::memcpy(value.data(), values.data(), values.size() * sizeof(T));
  }
  template <class T>
  std::vector<T> get(size_t index) const {
    std::vector<T> values(static_cast<size_t>(shared[index]->elements()));
    if (!values.empty())
      std::memcpy(values.data(), shared[index]->data(), values.size() * sizeof(T));
    return values;
  }

  Failure run() { return walker->run(host); }
  template <class T>
  std::vector<T> output(size_t index) {
    std::vector<T> values(static_cast<size_t>(element_count(walker->output_dims(index))));
    if (!values.empty()) {
      std::memcpy(values.data(), host.outputs[index].data(), values.size() * sizeof(T));
    }
    return values;
  }

 private:
  std::vector<std::vector<std::byte>> constants_;
};

template <class T>
std::vector<std::byte> bytes_of(const std::vector<T>& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

using Floats = std::vector<float>;
using Longs = std::vector<int64_t>;

// How often add_one and copy_or_add ran.
inline int launches = 0;

inline void add_one(const tno_args* a, int64_t begin, int64_t end) {
  ++launches;
  const auto* x = static_cast<const float*>(a->buf[0]);
  auto* y = static_cast<float*>(a->buf[1]);
  for (int64_t i = begin; i < end; ++i) y[i] = x[i] + 1;
}

// y[i] = x[i] + y[i]
inline void add_to(const tno_args* a, int64_t begin, int64_t end) {
  const auto* x = static_cast<const float*>(a->buf[0]);
  auto* y = static_cast<float*>(a->buf[1]);
  for (int64_t i = begin; i < end; ++i) y[i] += x[i];
}

// Fails as an emitted gather does: with the index that is not below dim 0.
inline void check_below(const tno_args* a, int64_t begin, int64_t end) {
  const auto* x = static_cast<const int64_t*>(a->buf[0]);
  for (int64_t i = begin; i < end; ++i) {
    if (x[i] < a->dim[1]) continue;
    *a->status = {1, 0, x[i], a->dim[1]};
    return;
  }
}

inline Step kernel_step(int32_t kernel, std::vector<int32_t> operands, std::vector<int32_t> dims,
                        int32_t site = -1, std::vector<int32_t> sites = {}) {
  return {KernelStep{kernel, std::move(operands), std::move(dims), site, std::move(sites)}};
}

}  // namespace tno::test

#endif  // TNO_TEST_WALKER_FIXTURE_H_
