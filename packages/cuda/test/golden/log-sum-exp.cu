struct tno_status { long long code, gather, value, size; };

static __device__ inline void tno_add_f32(float *sum, float *comp, float x) {
  const float s = *sum + x;
  const float b = s - *sum;
  *comp += (*sum - (s - b)) + (x - b);
  *sum = s;
}

static __device__ inline float tno_total_f32(float sum, float comp) {
  return comp == comp ? sum + comp : sum;
}

struct k0_log_sum_exp_args {
  void *buf[3];
  long long dim[2];
  tno_status *status;
};

extern "C" __global__ void k0_log_sum_exp(const k0_log_sum_exp_args a) {
  const float *const p0 = (const float *)a.buf[0];
  const float *const p1 = (const float *)a.buf[1];
  float *const p2 = (float *)a.buf[2];
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
    const float v1 = p1[i0];
    const float v6 = p1[i0];
    float s4 = 0.0f, c4 = 0.0f;
    for (long long t = 0; t < d1; t += 1024) {
      const long long e = d1 - t < 1024 ? d1 - t : 1024;
      float x4 = 0.0f;
      for (long long r = lane; r < e; r += 16) {
        const long long i1 = t + r;
        const float v0 = p0_0[i1];
        const float v2 = v0 - v1;
        const float v3 = expf(v2);
        x4 = x4 + v3;
      }
      for (int h = 8; h > 0; h >>= 1) {
        const float y = __shfl_down_sync(mask, x4, h, 16);
        x4 = x4 + y;
      }
      x4 = (float)__shfl_sync(mask, x4, 0, 16);
      tno_add_f32(&s4, &c4, x4);
    }
    const float v4 = tno_total_f32(s4, c4);
    const float v5 = logf(v4);
    const float v7 = v5 + v6;
    if (lane == 0) {
      p2[i0] = v7;
    }
  }
}
