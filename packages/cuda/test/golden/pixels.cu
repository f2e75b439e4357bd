struct tno_status { long long code, gather, value, size; };

struct k0_pixels_args {
  void *buf[2];
  long long dim[1];
  tno_status *status;
};

extern "C" __global__ void k0_pixels(const k0_pixels_args a) {
  const unsigned char *const p0 = (const unsigned char *)a.buf[0];
  float *const p1 = (float *)a.buf[1];
  const long long d0 = a.dim[0];
  const long long points = d0;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x);
  const long long step = gridDim.x * (long long)blockDim.x;
  for (long long q = first; q < points; q += step) {
    const long long i0 = q;
    const unsigned char v0 = p0[i0];
    const float v1 = (float)v0;
    const float v3 = v1 / 256.0f;
    p1[i0] = v3;
  }
}
