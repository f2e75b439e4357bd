/*
 * What this machine can do, as a small addon: the products and passes over memory that a training
 * step cannot do without, through oneDNN and plain loops, in one call from JavaScript; and the
 * machine's own limits.
 */
#include <dnnl.h>
#include <malloc.h>
#include <node_api.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chains.h"

enum { PRODUCT, SCALE, DOT, AXPY, POLY, TRANS, TRIAD };
enum { MAX_PARTS = 16, WORDS = 8 };

typedef struct Part {
  int kind;
  int transpose_a, transpose_b, accumulate, fresh;
  int64_t m, n, k;
  float *a, *b, *y;
} Part;

static Part parts[MAX_PARTS];
static int part_count;
static volatile float one = 1.0f;
static volatile float sink;

/* Aligned as a cache line is, or just as the memory of JavaScript's typed arrays is. */
static float* floats(int64_t count, int typed_array) {
  const size_t size = ((size_t)count * sizeof(float) + 63) / 64 * 64;
  float* data = aligned_alloc(64, size + 64);
  if (data == NULL) abort();
  if (typed_array) data += 4;
  for (int64_t i = 0; i < count; i++) data[i] = (float)(i % 7) * 0.1f;
  return data;
}

static void chain(int kind, const float* a, const float* b, float* y, int64_t n) {
  if (kind == POLY) poly(a, b, y, n);
  if (kind == TRANS) trans(a, b, y, n);
  if (kind == TRIAD) triad(a, b, y, n);
}

static void run(const Part* p) {
  const float c = one, small = 1e-9f * c;
  const int64_t n = p->n;
  const float* restrict a = p->a, * restrict b = p->b;
  float* restrict y = p->y;
  if (p->kind == PRODUCT) {
    dnnl_sgemm(p->transpose_a ? 'T' : 'N', p->transpose_b ? 'T' : 'N', p->m, n, p->k, small, a,
               p->transpose_a ? p->m : p->k, b, p->transpose_b ? p->k : n,
               p->accumulate ? 1.0f : 0.0f, y, n);
  } else if (p->kind == SCALE) {
#pragma omp parallel for simd if (n > 65536)
    for (int64_t i = 0; i < n; i++) y[i] *= c;
  } else if (p->kind == AXPY) {
#pragma omp simd
    for (int64_t i = 0; i < n; i++) y[i] += small * a[i];
  } else if (p->kind == DOT) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < n; i++) sum += a[i] * b[i];
    sink = sum;
  } else {
    chain(p->kind, a, b, y, n);
  }
}

static int numbers(napi_env env, napi_callback_info info, double* values, size_t count) {
  napi_value args[3];
  size_t given = 3;
  napi_get_cb_info(env, info, &given, args, NULL, NULL);
  for (size_t i = 0; i < count; i++) {
    if (i >= given || napi_get_value_double(env, args[i], &values[i]) != napi_ok) return 0;
  }
  return 1;
}

static napi_value number(napi_env env, double value) {
  napi_value result = NULL;
  napi_create_double(env, value, &result);
  return result;
}

/* Memory of collected results is for later ones, as TNO has it, and not the system's again. */
static void keep_freed_memory(void) {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
}

/* prepare(Float64Array of WORDS words for each part: kind, transposes, accumulate, fresh, m, n, k)
 */
static napi_value prepare(napi_env env, napi_callback_info info) {
  napi_value arg;
  size_t given = 1, length = 0;
  void* data = NULL;
  napi_typedarray_type type;
  napi_get_cb_info(env, info, &given, &arg, NULL, NULL);
  if (napi_get_typedarray_info(env, arg, &type, &length, &data, NULL, NULL) != napi_ok) return NULL;
  const double* word = data;
  part_count = (int)(length / WORDS);
  if (part_count > MAX_PARTS) abort();
  for (int i = 0; i < part_count; i++, word += WORDS) {
    Part* p = &parts[i];
    p->kind = (int)word[0];
    p->transpose_a = word[1] != 0;
    p->transpose_b = word[2] != 0;
    p->accumulate = word[3] != 0;
    p->fresh = word[4] != 0;
    p->m = (int64_t)word[5], p->n = (int64_t)word[6], p->k = (int64_t)word[7];
    p->a = floats(p->kind == PRODUCT ? p->m * p->k : p->n, p->kind == PRODUCT);
    p->b = floats(p->k * p->n, p->kind == PRODUCT);
    p->y = floats(p->m * p->n, 0);
    if (p->fresh) keep_freed_memory();
  }
  return NULL;
}

/* step(): what the last part made, if it is fresh */
static napi_value step(napi_env env, napi_callback_info info) {
  (void)info;
  napi_value result = NULL;
  for (int i = 0; i < part_count; i++) {
    Part part = parts[i];
    const size_t size = (size_t)(part.m * part.n) * sizeof(float);
    void* data = part.y;
    if (part.fresh && napi_create_buffer(env, size, &data, &result) != napi_ok) abort();
    part.y = data;
    run(&part);
  }
  return result;
}

/* evaluate(kind of a chain, Float32Array, Float32Array): its values in the first array */
static napi_value evaluate(napi_env env, napi_callback_info info) {
  napi_value args[3];
  size_t given = 3, count[2] = {0, 0};
  void* data[2];
  double kind;
  napi_typedarray_type type;
  napi_get_cb_info(env, info, &given, args, NULL, NULL);
  if (given != 3 || napi_get_value_double(env, args[0], &kind) != napi_ok) return NULL;
  for (int i = 0; i < 2; i++) {
    if (napi_get_typedarray_info(env, args[i + 1], &type, &count[i], &data[i], NULL, NULL) !=
        napi_ok)
      return NULL;
  }
  const size_t n = count[0] < count[1] ? count[0] : count[1];
  float *a = floats((int64_t)n, 0), *b = floats((int64_t)n, 0), *y = floats((int64_t)n, 0);
  memcpy(a, data[0], n * sizeof(float));
  memcpy(b, data[1], n * sizeof(float));
  chain((int)kind, a, b, y, (int64_t)n);
  memcpy(data[0], y, n * sizeof(float));
  free(a), free(b), free(y);
  return NULL;
}

static napi_value empty(napi_env env, napi_callback_info info) {
  (void)env, (void)info;
  return NULL;
}

static napi_value set_threads(napi_env env, napi_callback_info info) {
  double count;
  if (numbers(env, info, &count, 1)) omp_set_num_threads((int)count);
  return NULL;
}

/* triad(floats an array, repetitions, whether past the caches): GB/s, best of the repetitions */
static napi_value triad_rate(napi_env env, napi_callback_info info) {
  double wanted[3];
  if (!numbers(env, info, wanted, 3)) return NULL;
  const int64_t n = (int64_t)wanted[0];
  float *a = aligned_alloc(64, (size_t)n * 4), *b = aligned_alloc(64, (size_t)n * 4),
        *y = aligned_alloc(64, (size_t)n * 4);
  if (a == NULL || b == NULL || y == NULL) abort();
  const float c = one;
  /* Pages belong to who touches them first. */
#pragma omp parallel for simd
  for (int64_t i = 0; i < n; i++) a[i] = b[i] = y[i] = c;
  double best = 0;
  for (int r = 0; r < (int)wanted[1]; r++) {
    const double start = omp_get_wtime();
    if (wanted[2] != 0) {
      triad(a, b, y, n);
    } else {
#pragma omp parallel for simd
      for (int64_t i = 0; i < n; i++) y[i] = a[i] + c * b[i];
    }
    const double rate = 12.0 * (double)n / (omp_get_wtime() - start) / 1e9;
    if (rate > best) best = rate;
  }
  free(a), free(b), free(y);
  return number(env, best);
}

/* As many chains as hide the latency of two units; each a variable, to stay in registers. */
#define CHAINS 10
#define EACH_CHAIN(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9)

static float fma_chains(int64_t times) {
  const Lanes factor = (Lanes){0} + one, term = (Lanes){0} + 1e-9f * one;
#define START(i) Lanes chain##i = factor;
#define STEP(i) chain##i = chain##i * factor + term;
#define LANE(i) +chain##i[0]
  EACH_CHAIN(START)
  for (int64_t t = 0; t < times; t++) {
    EACH_CHAIN(STEP)
  }
  return 0 EACH_CHAIN(LANE);
}

/* fma(): GFLOP/s in float32 of all threads, best of some */
static napi_value fma_rate(napi_env env, napi_callback_info info) {
  (void)info;
  const int64_t times = 200000;
  const int threads = omp_get_max_threads();
  double best = 0;
  for (int r = 0; r < 30; r++) {
    const double start = omp_get_wtime();
#pragma omp parallel
    {
      const float sum = fma_chains(times);
#pragma omp critical
      sink = sum;
    }
    const double flops = 2.0 * CHAINS * LANES * (double)times * threads;
    const double rate = flops / (omp_get_wtime() - start) / 1e9;
    if (rate > best) best = rate;
  }
  return number(env, best);
}

static napi_value library(napi_env env, napi_callback_info info) {
  (void)info;
  char text[64];
  const dnnl_version_t* v = dnnl_version();
  snprintf(text, sizeof text, "%d.%d.%d", v->major, v->minor, v->patch);
  napi_value result = NULL;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

static void add(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT() {
  add(env, exports, "prepare", prepare);
  add(env, exports, "step", step);
  add(env, exports, "empty", empty);
  add(env, exports, "setThreads", set_threads);
  add(env, exports, "evaluate", evaluate);
  add(env, exports, "triad", triad_rate);
  add(env, exports, "fma", fma_rate);
  add(env, exports, "library", library);
  return exports;
}
