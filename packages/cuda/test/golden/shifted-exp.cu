struct tno_status { long long code, gather, value, size; };

struct k0_shifted_exp_args {
  void *buf[4];
  long long dim[2];
  tno_status *status;
};

extern "C" __global__ void k0_shifted_exp(const k0_shifted_exp_args a) {
  const float *const p0 = (const float *)a.buf[0];
  const float *const p1 = (const float *)a.buf[1];
  float *const p2 = (float *)a.buf[2];
  float *const p3 = (float *)a.buf[3];
  const long long d0 = a.dim[0];
  const long long d1 = a.dim[1];
  const long long points = d0 * d1;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x);
  const long long step = gridDim.x * (long long)blockDim.x;
  for (long long q = first; q < points; q += step) {
    const long long i1 = q % d1;
    const long long q1 = q / d1;
    const long long i0 = q1;
    const float *const p0_0 = p0 + i0 * d1;
    float *const p2_0 = p2 + i0 * d1;
    float *const p3_0 = p3 + i0 * d1;
    const float v1 = p1[i0];
    const float v0 = p0_0[i1];
    const float v2 = v0 - v1;
    const float v3 = expf(v2);
    const float v4 = log1pf(v3);
    p2_0[i1] = v3;
    p3_0[i1] = v4;
  }
}
