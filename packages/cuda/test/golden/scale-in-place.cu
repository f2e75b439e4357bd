struct tno_status { long long code, gather, value, size; };

struct k0_scale_in_place_args {
  void *buf[1];
  long long dim[1];
  tno_status *status;
};

extern "C" __global__ void k0_scale_in_place(const k0_scale_in_place_args a) {
  double *const p0 = (double *)a.buf[0];
  const long long d0 = a.dim[0];
  const long long points = d0;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x);
  const long long step = gridDim.x * (long long)blockDim.x;
  for (long long q = first; q < points; q += step) {
    const long long i0 = q;
    const double v0 = p0[i0];
    const double v2 = v0 * (-0.1);
    p0[i0] = v2;
  }
}
