struct tno_status { long long code, gather, value, size; };

struct k0_one_hot_args {
  void *buf[2];
  long long dim[2];
  tno_status *status;
};

extern "C" __global__ void k0_one_hot(const k0_one_hot_args a) {
  const long long *const p0 = (const long long *)a.buf[0];
  float *const p1 = (float *)a.buf[1];
  const long long d0 = a.dim[0];
  const long long d1 = a.dim[1];
  const long long points = d0 * d1;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x);
  const long long step = gridDim.x * (long long)blockDim.x;
  for (long long q = first; q < points; q += step) {
    const long long i1 = q % d1;
    const long long q1 = q / d1;
    const long long i0 = q1;
    float *const p1_0 = p1 + i0 * d1;
    const long long v0 = p0[i0];
    const bool v2 = v0 == i1;
    const float v5 = v2 ? 1.0f : (-0.0f);
    p1_0[i1] = v5;
  }
}
