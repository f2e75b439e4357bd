#include "routines/fold.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "routines/rows.h"
#include "with_dtype.h"

namespace tno {
namespace {

using Three = std::array<int64_t, 3>;

constexpr size_t most_spatial = 3;

int64_t product(const Three& lengths) {
  return lengths[0] * lengths[1] * lengths[2];
}

// The geometry of a call; axes that there are not have length 1.
struct Geometry {
  int64_t lead = 1;
  int64_t between = 1;
  Three places{1, 1, 1};
  Three windows{1, 1, 1};
  Three lengths{};
  Three strides{};
  Three dilations{};
};

bool read_geometry(const RoutineCall& call, Geometry& geometry) {
  const Tensor& g = call.ins[0];
  const Tensor& y = call.outs[0];
  if (call.params[0] < 1 || call.params[0] > int64_t{most_spatial} || call.params[1] < 0) {
    return false;
  }
  const auto spatial = static_cast<size_t>(call.params[0]);
  const auto between = static_cast<size_t>(call.params[1]);
  if (g.dtype != y.dtype || g.rank < 2 * spatial + between || y.rank + spatial != g.rank) {
    return false;
  }
  const size_t lead = g.rank - 2 * spatial - between;
  const auto shape = g.dims();
  geometry.lead = element_count(shape.first(lead));
  geometry.between = element_count(shape.subspan(lead + spatial, between));
  for (size_t axis = 0; axis < most_spatial; ++axis) {
    geometry.lengths[axis] = call.params[2 + axis];
    geometry.strides[axis] = call.params[5 + axis];
    geometry.dilations[axis] = call.params[8 + axis];
    if (axis >= spatial) {
      if (geometry.lengths[axis] != 1) return false;
      continue;
    }
    geometry.places[axis] = shape[lead + axis];
    geometry.windows[axis] = shape[lead + spatial + between + axis];
    if (y.shape[lead + between + axis] != geometry.lengths[axis]) return false;
    const int64_t last = (geometry.windows[axis] - 1) * geometry.strides[axis] +
                         (geometry.places[axis] - 1) * geometry.dilations[axis];
    if (geometry.strides[axis] < 1 || geometry.dilations[axis] < 1) return false;
    if (g.elements() > 0 && last >= geometry.lengths[axis]) return false;
  }
  return y.elements() == geometry.lead * geometry.between * product(geometry.lengths);
}

template <class T>
void add_windows(const Geometry& geo, const Three& place, const T* from, T* to) {
  const auto start = [&](size_t axis, int64_t window) {
    return window * geo.strides[axis] + place[axis] * geo.dilations[axis];
  };
  for (int64_t i = 0; i < geo.windows[0]; ++i) {
    for (int64_t j = 0; j < geo.windows[1]; ++j) {
      T* const row =
          to + (start(0, i) * geo.lengths[1] + start(1, j)) * geo.lengths[2] + start(2, 0);
      for (int64_t k = 0; k < geo.windows[2]; ++k) {
        T& sum = row[k * geo.strides[2]];
        sum = static_cast<T>(sum + from[k]);
      }
      from += geo.windows[2];
    }
  }
}

// The last axis stands first in C order among those of length 1: so inner loops are long.
Three last_first(const Three& axes, size_t spatial) {
  Three moved{1, 1, 1};
  std::copy_n(axes.begin(), spatial, moved.end() - static_cast<std::ptrdiff_t>(spatial));
  return moved;
}

template <class T>
void fold(const Geometry& geo, const T* g, T* y) {
  const int64_t area = product(geo.lengths);
  const int64_t windows = product(geo.windows);
  for_each_row({geo.lead * geo.between, area}, [&](int64_t row) {
    const int64_t a = row / geo.between;
    const int64_t b = row % geo.between;
    T* const to = y + row * area;
    std::fill_n(to, area, T{0});
    int64_t number = a * product(geo.places);
    for (int64_t i = 0; i < geo.places[0]; ++i) {
      for (int64_t j = 0; j < geo.places[1]; ++j) {
        for (int64_t k = 0; k < geo.places[2]; ++k, ++number) {
          add_windows(geo, {i, j, k}, g + (number * geo.between + b) * windows, to);
        }
      }
    }
  });
}

}  // namespace

RoutineResult run_fold(const RoutineCall& call) {
  Geometry geometry;
  if (!read_geometry(call, geometry)) return {RoutineOutcome::misfit};
  const auto spatial = static_cast<size_t>(call.params[0]);
  for (Three* axes : {&geometry.places, &geometry.windows, &geometry.lengths, &geometry.strides,
                      &geometry.dilations}) {
    *axes = last_first(*axes, spatial);
  }
  bool done = false;
  with_dtype(call.ins[0].dtype, [&]<class T>() {
    if constexpr (!std::is_same_v<T, Half>) {
      using Sum = std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>,
                                     std::type_identity<T>>::type;
      fold(geometry, elements_of<Sum>(call.ins[0]), elements_of<Sum>(call.outs[0]));
      done = true;
    }
  });
  return {done ? RoutineOutcome::done : RoutineOutcome::misfit};
}

}  // namespace tno
