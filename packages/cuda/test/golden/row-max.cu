struct tno_status { long long code, gather, value, size; };

struct k0_row_max_args {
  void *buf[2];
  long long dim[2];
  tno_status *status;
};

extern "C" __global__ void k0_row_max(const k0_row_max_args a) {
  const float *const p0 = (const float *)a.buf[0];
  float *const p1 = (float *)a.buf[1];
  const long long d0 = a.dim[0];
  const long long d1 = a.dim[1];
  const long long points = d0;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x) / 16;
  const long long step = gridDim.x * (long long)blockDim.x / 16;
  const int lane = threadIdx.x & 15;
  const unsigned mask = 0xffffu << (threadIdx.x & 16);
  for (long long q = first; q < points; q += step) {
    const long long i0 = q;
    const float *const p0_0 = p0 + i0 * d1;
    float s1 = (-__int_as_float(0x7f800000));
    for (long long t = 0; t < d1; t += 1024) {
      const long long e = d1 - t < 1024 ? d1 - t : 1024;
      float x1 = (-__int_as_float(0x7f800000));
      for (long long r = lane; r < e; r += 16) {
        const long long i1 = t + r;
        const float v0 = p0_0[i1];
        x1 = v0 > x1 || v0 != v0 ? v0 : x1;
      }
      for (int h = 8; h > 0; h >>= 1) {
        const float y = __shfl_down_sync(mask, x1, h, 16);
        x1 = y > x1 || y != y ? y : x1;
      }
      x1 = (float)__shfl_sync(mask, x1, 0, 16);
      s1 = x1 > s1 || x1 != x1 ? x1 : s1;
    }
    if (lane == 0) {
      p1[i0] = s1;
    }
  }
}
