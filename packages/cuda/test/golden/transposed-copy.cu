struct tno_status { long long code, gather, value, size; };

struct k0_transposed_copy_args {
  void *buf[2];
  long long dim[2];
  tno_status *status;
};

extern "C" __global__ void k0_transposed_copy(const k0_transposed_copy_args a) {
  const short *const p0 = (const short *)a.buf[0];
  short *const p1 = (short *)a.buf[1];
  const long long d0 = a.dim[0];
  const long long d1 = a.dim[1];
  const long long points = d0 * d1;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x);
  const long long step = gridDim.x * (long long)blockDim.x;
  for (long long q = first; q < points; q += step) {
    const long long i1 = q % d1;
    const long long q1 = q / d1;
    const long long i0 = q1;
    const short *const p0_0 = p0 + i0;
    short *const p1_0 = p1 + i0 * d1;
    const short v0 = p0_0[i1 * d0];
    p1_0[i1] = v0;
  }
}
