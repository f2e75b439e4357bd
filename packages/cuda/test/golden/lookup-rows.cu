struct tno_status { long long code, gather, value, size; };

static __device__ void tno_fail(tno_status *s, long long gather, long long value, long long size) {
  if (atomicCAS((unsigned long long *)&s->code, 0ULL, 1ULL) != 0) return;
  s->gather = gather;
  s->value = value;
  s->size = size;
}

static __device__ inline long long tno_index(long long i, long long size) {
  if (i < 0) return i < -size ? -1 : i + size;
  return i < size ? i : -1;
}

struct k0_lookup_rows_args {
  void *buf[3];
  long long dim[3];
  tno_status *status;
};

extern "C" __global__ void k0_lookup_rows(const k0_lookup_rows_args a) {
  const unsigned char *const p0 = (const unsigned char *)a.buf[0];
  const float *const p1 = (const float *)a.buf[1];
  float *const p2 = (float *)a.buf[2];
  const long long d0 = a.dim[0];
  const long long d1 = a.dim[1];
  const long long d2 = a.dim[2];
  const long long points = d0 * d1;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x);
  const long long step = gridDim.x * (long long)blockDim.x;
  for (long long q = first; q < points; q += step) {
    const long long i1 = q % d1;
    const long long q1 = q / d1;
    const long long i0 = q1;
    float *const p2_0 = p2 + i0 * d1;
    const unsigned char v0 = p0[i0];
    const long long g0 = tno_index(v0, d2);
    if (g0 < 0) tno_fail(a.status, 0, (long long)v0, d2);
    const float v1 = g0 >= 0 ? p1[i1 + g0 * d1] : 0;
    p2_0[i1] = v1;
  }
}
