struct tno_status { long long code, gather, value, size; };

struct k0_scalar_args {
  void *buf[2];
  long long dim[1];
  tno_status *status;
};

extern "C" __global__ void k0_scalar(const k0_scalar_args a) {
  const long long *const p0 = (const long long *)a.buf[0];
  long long *const p1 = (long long *)a.buf[1];
  const long long v0 = p0[0];
  const long long v2 = (long long)((unsigned long long)v0 + (unsigned long long)1LL);
  const long long points = 1;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x);
  const long long step = gridDim.x * (long long)blockDim.x;
  for (long long q = first; q < points; q += step) {
    p1[0] = v2;
  }
}
