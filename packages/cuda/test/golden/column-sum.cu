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

struct k0_column_sum_args {
  void *buf[2];
  long long dim[2];
  tno_status *status;
};

extern "C" __global__ void k0_column_sum(const k0_column_sum_args a) {
  const float *const p0 = (const float *)a.buf[0];
  float *const p1 = (float *)a.buf[1];
  const long long d0 = a.dim[0];
  const long long d1 = a.dim[1];
  const long long points = d0;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x);
  const long long step = gridDim.x * (long long)blockDim.x;
  for (long long q = first; q < points; q += step) {
    const long long i0 = q;
    const float *const p0_0 = p0 + i0;
    float s2 = 0.0f, c2 = 0.0f;
    for (long long t = 0; t < d1; t += 1024) {
      const long long e = d1 - t < 1024 ? d1 - t : 1024;
      float x2[16];
      #pragma unroll
      for (int l = 0; l < 16; l++) x2[l] = 0.0f;
      for (long long r = 0; r < e; r += 16) {
        #pragma unroll
        for (int l = 0; l < 16; l++) {
          if (r + l >= e) continue;
          const long long i1 = t + r + l;
          const float v0 = p0_0[i1 * d0];
          const float v1 = v0 * v0;
          x2[l] = x2[l] + v1;
        }
      }
      #pragma unroll
      for (int h = 8; h > 0; h >>= 1)
        for (int l = 0; l < h; l++) x2[l] = x2[l] + x2[l + h];
      tno_add_f32(&s2, &c2, x2[0]);
    }
    const float v2 = tno_total_f32(s2, c2);
    p1[i0] = v2;
  }
}
