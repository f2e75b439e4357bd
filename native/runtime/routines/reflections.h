// Householder's reflections 1 - 2·v·vᵀ / vᵀ·v, given by v; 0 stands for the identity.
#ifndef TNO_RUNTIME_ROUTINES_REFLECTIONS_H_
#define TNO_RUNTIME_ROUTINES_REFLECTIONS_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

namespace tno {

// Makes of x the v whose reflection brings it to a multiple of the first unit vector; 0 where it is
// one.
inline void make_reflector(std::span<double> x) {
  double scale = 0;
  double below = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    scale = std::max(scale, std::abs(x[i]));
    if (i > 0) below = std::max(below, std::abs(x[i]));
  }
  if (below == 0) {
    std::fill(x.begin(), x.end(), 0.0);
    return;
  }
  double squares = 0;
  for (double& value : x) {
    value /= scale;
    squares += value * value;
  }
  x[0] += (x[0] < 0 ? -1 : 1) * std::sqrt(squares);
}

// Reflects `count` vectors, each of elements that are `stride` apart, the first at m, the others
// `next` apart.
inline void reflect_all(std::span<const double> v, double* m, int64_t stride, int64_t next,
                        int64_t count) {
  double length = 0;
  for (const double x : v) length += x * x;
  if (length == 0) return;
  const double tau = 2 / length;
  for (double* const end = m + next * count; m != end; m += next) {
    double sum = 0;
    for (size_t k = 0; k < v.size(); ++k) sum += v[k] * m[static_cast<int64_t>(k) * stride];
    for (size_t k = 0; k < v.size(); ++k) m[static_cast<int64_t>(k) * stride] -= tau * sum * v[k];
  }
}

}  // namespace tno

#endif  // TNO_RUNTIME_ROUTINES_REFLECTIONS_H_
