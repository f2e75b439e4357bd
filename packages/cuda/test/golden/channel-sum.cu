struct tno_status { long long code, gather, value, size; };

static __device__ inline void tno_add_f64(double *sum, double *comp, double x) {
  const double s = *sum + x;
  const double b = s - *sum;
  *comp += (*sum - (s - b)) + (x - b);
  *sum = s;
}

static __device__ inline double tno_total_f64(double sum, double comp) {
  return comp == comp ? sum + comp : sum;
}

struct k0_channel_sum_args {
  void *buf[2];
  long long dim[4];
  tno_status *status;
};

extern "C" __global__ void k0_channel_sum(const k0_channel_sum_args a) {
  const double *const p0 = (const double *)a.buf[0];
  double *const p1 = (double *)a.buf[1];
  const long long d0 = a.dim[0];
  const long long d1 = a.dim[1];
  const long long d2 = a.dim[2];
  const long long d3 = a.dim[3];
  const long long points = d0;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x) / 16;
  const long long step = gridDim.x * (long long)blockDim.x / 16;
  const int lane = threadIdx.x & 15;
  const unsigned mask = 0xffffu << (threadIdx.x & 16);
  for (long long q = first; q < points; q += step) {
    const long long i0 = q;
    const double *const p0_0 = p0 + i0 * d2;
    double s1 = 0.0, c1 = 0.0;
    for (long long i1 = 0; i1 < d1; i1++) {
      const double *const p0_1 = p0_0 + i1 * d3;
      for (long long t = 0; t < d2; t += 1024) {
        const long long e = d2 - t < 1024 ? d2 - t : 1024;
        double x1 = 0.0;
        for (long long r = lane; r < e; r += 16) {
          const long long i2 = t + r;
          const double v0 = p0_1[i2];
          x1 = x1 + v0;
        }
        for (int h = 8; h > 0; h >>= 1) {
          const double y = __shfl_down_sync(mask, x1, h, 16);
          x1 = x1 + y;
        }
        x1 = (double)__shfl_sync(mask, x1, 0, 16);
        tno_add_f64(&s1, &c1, x1);
      }
    }
    const double v1 = tno_total_f64(s1, c1);
    if (lane == 0) {
      p1[i0] = v1;
    }
  }
}
