struct tno_status { long long code, gather, value, size; };

struct k0_arg_rows_args {
  void *buf[4];
  long long dim[2];
  tno_status *status;
};

extern "C" __global__ void k0_arg_rows(const k0_arg_rows_args a) {
  const float *const p0 = (const float *)a.buf[0];
  const int *const p1 = (const int *)a.buf[1];
  long long *const p2 = (long long *)a.buf[2];
  long long *const p3 = (long long *)a.buf[3];
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
    const int *const p1_0 = p1 + i0 * d1;
    float b2 = (-__int_as_float(0x7f800000));
    long long s2 = 0;
    int b3 = 2147483647;
    long long s3 = 0;
    for (long long t = 0; t < d1; t += 1024) {
      const long long e = d1 - t < 1024 ? d1 - t : 1024;
      for (long long r = lane; r < e; r += 16) {
        const long long i1 = t + r;
        const float v0 = p0_0[i1];
        const int v1 = p1_0[i1];
        const int m2 = !(v0 <= b2 || b2 != b2);
        b2 = m2 ? v0 : b2;
        s2 = m2 ? i1 : s2;
        const int m3 = v1 < b3;
        b3 = m3 ? v1 : b3;
        s3 = m3 ? i1 : s3;
      }
    }
    for (int h = 8; h > 0; h >>= 1) {
      const float y = __shfl_down_sync(mask, b2, h, 16);
      const long long n = __shfl_down_sync(mask, s2, h, 16);
      const bool same = y == b2 || (y != y && b2 != b2);
      const bool nan = y != y && b2 == b2;
      const bool m = nan || y > b2 || (same && n < s2);
      b2 = m ? y : b2;
      s2 = m ? n : s2;
    }
    s2 = __shfl_sync(mask, s2, 0, 16);
    for (int h = 8; h > 0; h >>= 1) {
      const int y = __shfl_down_sync(mask, b3, h, 16);
      const long long n = __shfl_down_sync(mask, s3, h, 16);
      const bool same = y == b3 || (y != y && b3 != b3);
      const bool nan = y != y && b3 == b3;
      const bool m = nan || y < b3 || (same && n < s3);
      b3 = m ? y : b3;
      s3 = m ? n : s3;
    }
    s3 = __shfl_sync(mask, s3, 0, 16);
    if (lane == 0) {
      p2[i0] = s2;
      p3[i0] = s3;
    }
  }
}
