struct tno_status { long long code, gather, value, size; };

struct k0_masks_args {
  void *buf[4];
  long long dim[1];
  tno_status *status;
};

extern "C" __global__ void k0_masks(const k0_masks_args a) {
  const float *const p0 = (const float *)a.buf[0];
  const unsigned char *const p1 = (const unsigned char *)a.buf[1];
  unsigned char *const p2 = (unsigned char *)a.buf[2];
  float *const p3 = (float *)a.buf[3];
  const long long d0 = a.dim[0];
  const long long points = d0;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x);
  const long long step = gridDim.x * (long long)blockDim.x;
  for (long long q = first; q < points; q += step) {
    const long long i0 = q;
    const float v0 = p0[i0];
    const bool v1 = p1[i0] != 0;
    const float v2 = fabsf(v0);
    const bool v4 = v2 < 0.5f;
    const bool v5 = !v1;
    const bool v6 = v4 & v5;
    const float v8 = v6 ? v0 : __int_as_float(0x7fc00000);
    p2[i0] = v6;
    p3[i0] = v8;
  }
}
