// float16 as it is stored.
#ifndef TNO_RUNTIME_HALF_H_
#define TNO_RUNTIME_HALF_H_

#include <bit>
#include <cmath>
#include <cstdint>

namespace tno {

struct Half {
  uint16_t bits = 0;

  Half() = default;
  // Rounded to nearest, ties to even.
  explicit Half(double value) : bits(encode(value)) {}
  explicit operator double() const { return decode(bits); }

 private:
  static double decode(uint16_t bits) {
    const int exponent = bits >> 10 & 31;
    const int fraction = bits & 1023;
    const double size = exponent == 31 ? (fraction == 0 ? INFINITY : NAN)
                        : exponent == 0
                            ? std::ldexp(static_cast<double>(fraction), -24)
                            : std::ldexp(static_cast<double>(1024 + fraction), exponent - 25);
    return (bits & 0x8000) != 0 ? -size : size;
  }

  static uint16_t encode(double value) {
    const auto sign = static_cast<uint16_t>(std::signbit(value) ? 0x8000 : 0);
    const double size = std::fabs(value);
    if (std::isnan(value)) return 0x7e00;
    if (size >= 65520) return static_cast<uint16_t>(sign | 0x7c00);
    // In units of the last place; what rounds up to the next exponent carries into it.
    const int exponent = size < 0x1p-14 ? -14 : std::ilogb(size);
    const auto units = static_cast<int>(std::nearbyint(std::ldexp(size, 10 - exponent)));
    const int biased = units < 1024 ? units : units + ((exponent + 14) << 10);
    return static_cast<uint16_t>(sign | biased);
  }
};

static_assert(sizeof(Half) == 2);

}  // namespace tno

#endif  // TNO_RUNTIME_HALF_H_
