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

struct k0_dot_args {
  void *buf[3];
  long long dim[2];
  tno_status *status;
};

extern "C" __global__ void k0_dot(const k0_dot_args a) {
  const float *const p0 = (const float *)a.buf[0];
  const float *const p1 = (const float *)a.buf[1];
  float *const p2 = (float *)a.buf[2];
  const long long d0 = a.dim[0];
  const long long d1 = a.dim[1];
  const long long points = 1;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x) / 16;
  const long long step = gridDim.x * (long long)blockDim.x / 16;
  const int lane = threadIdx.x & 15;
  const unsigned mask = 0xffffu << (threadIdx.x & 16);
  for (long long q = first; q < points; q += step) {
    float s3 = 0.0f, c3 = 0.0f;
    for (long long t = 0; t < d0; t += 1024) {
      const long long e = d0 - t < 1024 ? d0 - t : 1024;
      float x3 = 0.0f;
      for (long long r = lane; r < e; r += 16) {
        const long long i0 = t + r;
        const float v0 = p0[i0];
        const float v1 = p1[i0 * d1];
        const float v2 = v0 * v1;
        x3 = x3 + v2;
      }
      for (int h = 8; h > 0; h >>= 1) {
        const float y = __shfl_down_sync(mask, x3, h, 16);
        x3 = x3 + y;
      }
      x3 = (float)__shfl_sync(mask, x3, 0, 16);
      tno_add_f32(&s3, &c3, x3);
    }
    const float v3 = tno_total_f32(s3, c3);
    if (lane == 0) {
      p2[0] = v3;
    }
  }
}
