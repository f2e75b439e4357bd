/*
 * The chains by hand: vectors of the processor's own width, polynomials inline, one pass. Results
 * too large for the caches are stored past them, which saves reading what is overwritten.
 */
#ifndef CHAINS_H
#define CHAINS_H

#include <immintrin.h>
#include <stdint.h>

#ifdef __AVX512F__
enum { LANES = 16 };
#define STREAM(to, v) _mm512_stream_ps(to, (__m512)(v))
#else
enum { LANES = 8 };
#define STREAM(to, v) _mm256_stream_ps(to, (__m256)(v))
#endif
typedef float Lanes __attribute__((vector_size(LANES * 4)));
typedef int32_t Bits __attribute__((vector_size(LANES * 4)));

/* Floats from which on a result is stored past the caches, and from which on threads pay. */
enum { STREAMED = 1 << 20, SHARED_OUT = 1 << 14 };

static inline Lanes all(float value) {
  return (Lanes){0} + value;
}

static inline Lanes choose(Bits mask, Lanes yes, Lanes no) {
  return (Lanes)(((Bits)yes & mask) | ((Bits)no & ~mask));
}

/* exp of x <= 0 */
static inline Lanes exp_negative(Lanes x) {
  x = choose(x < -87.0f, all(-87.0f), x);
  const Bits k = __builtin_convertvector(x * 1.44269504f - 0.5f, Bits);
  const Lanes n = __builtin_convertvector(k, Lanes);
  const Lanes r = x - n * 0.693145752f - n * 1.42860677e-6f;
  Lanes p = all(0.00139464554f);
  p = p * r + 0.00836915709f;
  p = p * r + 0.0416662619f;
  p = p * r + 0.166665167f;
  p = p * r + 0.5f;
  return (1.0f + (r + r * r * p)) * (Lanes)((k + 127) << 23);
}

/* A vector division occupies a unit as long as a dozen multiplications. */
static inline Lanes reciprocal(Lanes x) {
#ifdef __AVX512F__
  const Lanes r = (Lanes)_mm512_rcp14_ps((__m512)x);
  return r * (2.0f - x * r);
#else
  return 1.0f / x;
#endif
}

static inline Lanes tanh_of(Lanes x) {
  x = choose(x > 9.0f, all(9.0f), choose(x < -9.0f, all(-9.0f), x));
  const Lanes t = x * x;
  Lanes p = all(1.33553213e-8f), q = all(7.77684534e-7f);
  p = p * t + 2.06096156e-5f, q = q * t + 3.28569033e-4f;
  p = p * t + 3.49562312e-3f, q = q * t + 2.58771181e-2f;
  p = p * t + 1.33810565e-1f, q = q * t + 4.67143714e-1f;
  p = p * t + 1.0f, q = q * t + 1.0f;
  return x * p * reciprocal(q);
}

/* log(1 + x) of x >= 0: 1 + x = 2^k (1 + f), f in [-1/4, 1/2), where f is taken of x without
 * rounding 1 + x */
static inline Lanes log1p_positive(Lanes x) {
  const Bits k = ((Bits)(x + 1.0f) - 0x3f400000) & ~0x7fffff;
  const Lanes scale = (Lanes)(0x3f800000 - k);
  const Lanes f = x * scale + (scale - 1.0f);
  Lanes p = all(0.0526853167f);
  p = p * f + -0.119280882f;
  p = p * f + 0.149670497f;
  p = p * f + -0.168384507f;
  p = p * f + 0.199799195f;
  p = p * f + -0.24992846f;
  p = p * f + 0.333334714f;
  p = p * f + -0.500000715f;
  const Lanes exponent = __builtin_convertvector(k >> 23, Lanes);
  return f + f * f * p + exponent * 0.693147181f;
}

/* 2a + b^10 */
static inline Lanes poly_of(Lanes a, Lanes b) {
  const Lanes b2 = b * b, b4 = b2 * b2;
  return 2.0f * a + b4 * b4 * b2;
}

/* tanh(a) exp(-b^2) + log1p(a^2) */
static inline Lanes trans_of(Lanes a, Lanes b) {
  return tanh_of(a) * exp_negative(-(b * b)) + log1p_positive(a * a);
}

static inline Lanes triad_of(Lanes a, Lanes b) {
  return a + 3.0f * b;
}

/* Arrays are aligned to a vector and padded to whole vectors. */
#define CHAIN(name)                                                             \
  static void name(const float* a, const float* b, float* y, int64_t count) {   \
    const int64_t vectors = (count + LANES - 1) / LANES;                        \
    const Lanes *va = (const Lanes*)a, *vb = (const Lanes*)b;                   \
    Lanes* vy = (Lanes*)y;                                                      \
    if (count >= STREAMED) {                                                    \
      _Pragma("omp parallel") {                                                 \
        _Pragma("omp for nowait") for (int64_t i = 0; i < vectors; i++)         \
            STREAM(y + i * LANES, name##_of(va[i], vb[i]));                     \
        _mm_sfence();                                                           \
      }                                                                         \
    } else if (count >= SHARED_OUT) {                                           \
      _Pragma("omp parallel for") for (int64_t i = 0; i < vectors; i++) vy[i] = \
          name##_of(va[i], vb[i]);                                              \
    } else {                                                                    \
      for (int64_t i = 0; i < vectors; i++) vy[i] = name##_of(va[i], vb[i]);    \
    }                                                                           \
  }
CHAIN(poly)
CHAIN(trans)
CHAIN(triad)

#endif
