// Where a Walker's buffers live: binding what a call brings, allocating, and resolving views, which
// is done at each use, since offsets and strides may use a loop's counter.
#include <algorithm>
#include <cstring>

#include "walker.h"

namespace tno {

std::span<int64_t> Walker::dims(int32_t buffer) {
  const auto id = static_cast<size_t>(buffer);
  return {dims_.data() + dims_at_[id], program_->buffers[id].shape.size()};
}

std::span<int64_t> Walker::input_dims(size_t index) {
  return dims(program_->inputs[index]);
}

std::span<const int64_t> Walker::output_dims(size_t index) const {
  const auto id = static_cast<size_t>(program_->outputs[index]);
  return {dims_.data() + dims_at_[id], program_->buffers[id].shape.size()};
}

bool Walker::bind_shared() {
  for (size_t i = 0; i < shared_.size(); ++i) {
    const SharedValue& value = *shared_[i];
    const int32_t id = program_->shared[i];
    std::copy(value.dims().begin(), value.dims().end(), dims(id).begin());
    state(id) = {value.data(), value.elements()};
  }
  for (size_t i : written_) {
    if (shared_[i]->is_held()) {
      return broken("[update] expected shared variables that no running call uses");
    }
  }
  return true;
}

bool Walker::bind_inputs() {
  for (size_t i = 0; i < input_data_.size(); ++i) {
    const int32_t id = program_->inputs[i];
    const int64_t elements = element_count(dims(id));
    state(id) = {elements == 0 ? empty_memory() : input_data_[i], elements};
    if (elements > 0 && (has_host_steps_ || !written_.empty()) &&
        !shield_input(i, byte_count(elements, program_->buffer(id).dtype))) {
      return false;
    }
  }
  return true;
}

// An input may be the borrowed memory of a shared value that this run writes, and a host step may
// take an input's memory away: then it is copied first, so that the run reads what it was given.
bool Walker::shield_input(size_t index, int64_t bytes) {
  State& input = state(program_->inputs[index]);
  const auto overlaps = [&](size_t i) {
    const Block& block = *shared_[i]->block();
    return input.data < block.data() + block.capacity() && input.data + bytes > block.data();
  };
  if (!has_host_steps_ && std::none_of(written_.begin(), written_.end(), overlaps)) return true;
  std::byte* copy = input_copies_.reserve(index, bytes);
  if (copy == nullptr) return fail({.kind = FailureKind::memory, .a = bytes});
  std::memcpy(copy, input.data, static_cast<size_t>(bytes));
  input.data = copy;
  return true;
}

bool Walker::allocate(int32_t id) {
  const Buffer& buffer = program_->buffer(id);
  const std::span<int64_t> lengths = dims(id);
  int64_t elements = 0;
  if (buffer.role == Role::temp && buffer.capacity != -1) {
    elements = std::max<int64_t>(0, size(buffer.capacity));
  } else {
    for (size_t axis = 0; axis < lengths.size(); ++axis) {
      lengths[axis] = size(buffer.shape[axis]);
      if (lengths[axis] < 0) return broken("[program] expected sizes that are not negative");
    }
    elements = element_count(lengths);
  }
  const int64_t bytes = byte_count(elements, buffer.dtype);
  if (buffer.role == Role::output &&
      !environment_->fits_output(static_cast<size_t>(buffer.index), lengths)) {
    return fail({.kind = FailureKind::output, .id = buffer.index});
  }
  std::byte* data = buffer.role == Role::temp
                        ? slots_.reserve(static_cast<size_t>(buffer.slot), bytes)
                        : environment_->allocate_output(static_cast<size_t>(buffer.index), bytes);
  if (data == nullptr) {
    const int32_t site = first_site_[static_cast<size_t>(id)];
    return fail({.kind = FailureKind::memory, .id = site, .a = bytes});
  }
  state(id) = {data, elements};
  return true;
}

std::byte* Walker::address(int32_t id) {
  const Buffer& buffer = program_->buffer(id);
  if (buffer.role == Role::view) return view_address(buffer);
  std::byte* data = state(id).data;
  // Another temp may have made the slot grow, and so move, since this one was allocated.
  if (data != nullptr && buffer.role == Role::temp) {
    data = slots_.address(static_cast<size_t>(buffer.slot));
  }
  if (data == nullptr) broken("[program] expected a buffer to be allocated before its use");
  return data;
}

std::byte* Walker::view_address(const Buffer& view) {
  std::byte* base = address(view.base);
  if (base == nullptr) return nullptr;
  int64_t low = size(view.offset);
  int64_t high = low;
  for (size_t axis = 0; axis < view.shape.size(); ++axis) {
    const int64_t length = size(view.shape[axis]);
    if (length <= 0) return empty_memory();
    const int64_t reach = size_binary(SizeOp::mul, length - 1, size(view.strides[axis]));
    int64_t& end = reach < 0 ? low : high;
    end = size_binary(SizeOp::add, end, reach);
  }
  if (low < 0 || high >= state(view.base).elements) {
    broken("[program] expected a view to lie inside its buffer");
    return nullptr;
  }
  return base + size(view.offset) * item_size(view.dtype);
}

bool Walker::tensor(int32_t id, Tensor& result) {
  const Buffer& buffer = program_->buffer(id);
  const size_t rank = buffer.shape.size();
  int64_t* shape = lengths_.data() + lengths_used_;
  int64_t* strides = shape + rank;
  lengths_used_ += 2 * rank;
  result = {address(id), buffer.dtype, rank, shape, strides};
  if (result.data == nullptr) return false;
  if (buffer.role == Role::temp || buffer.role == Role::view) {
    for (size_t axis = 0; axis < rank; ++axis) shape[axis] = size(buffer.shape[axis]);
  } else {
    std::copy_n(dims(id).data(), rank, shape);
  }
  if (buffer.role == Role::view) {
    for (size_t axis = 0; axis < rank; ++axis) strides[axis] = size(buffer.strides[axis]);
  } else {
    set_contiguous_strides({shape, rank}, strides);
    if (result.elements() > state(id).elements) {
      return broken("[program] expected a buffer to hold its elements");
    }
  }
  return true;
}

bool Walker::tensors(std::span<const int32_t> buffers, std::vector<Tensor>& result) {
  result.resize(buffers.size());
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (!tensor(buffers[i], result[i])) return false;
  }
  return true;
}

bool Walker::read_flag(int32_t buffer, bool& flag) {
  const std::byte* data = address(buffer);
  if (data == nullptr) return false;
  flag = load_integer(data, DType::boolean) != 0;
  return true;
}

}  // namespace tno
