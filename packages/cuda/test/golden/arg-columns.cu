struct tno_status { long long code, gather, value, size; };

struct k0_arg_columns_args {
  void *buf[4];
  long long dim[2];
  tno_status *status;
};

extern "C" __global__ void k0_arg_columns(const k0_arg_columns_args a) {
  const float *const p0 = (const float *)a.buf[0];
  const int *const p1 = (const int *)a.buf[1];
  long long *const p2 = (long long *)a.buf[2];
  long long *const p3 = (long long *)a.buf[3];
  const long long d0 = a.dim[0];
  const long long d1 = a.dim[1];
  const long long points = d0;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x);
  const long long step = gridDim.x * (long long)blockDim.x;
  for (long long q = first; q < points; q += step) {
    const long long i0 = q;
    const float *const p0_0 = p0 + i0;
    const int *const p1_0 = p1 + i0;
    float b2 = (-__int_as_float(0x7f800000));
    long long s2 = 0;
    int b3 = 2147483647;
    long long s3 = 0;
    for (long long i1 = 0; i1 < d1; i1++) {
      const float v0 = p0_0[i1 * d0];
      const int v1 = p1_0[i1 * d0];
      const int m2 = !(v0 <= b2 || b2 != b2);
      b2 = m2 ? v0 : b2;
      s2 = m2 ? i1 : s2;
      const int m3 = v1 < b3;
      b3 = m3 ? v1 : b3;
      s3 = m3 ? i1 : s3;
    }
    p2[i0] = s2;
    p3[i0] = s3;
  }
}
