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

struct k0_moments_args {
  void *buf[7];
  long long dim[2];
  tno_status *status;
};

extern "C" __global__ void k0_moments(const k0_moments_args a) {
  const float *const p0 = (const float *)a.buf[0];
  const float *const p1 = (const float *)a.buf[1];
  float *const p2 = (float *)a.buf[2];
  const float *const p3 = (const float *)a.buf[3];
  float *const p4 = (float *)a.buf[4];
  float *const p5 = (float *)a.buf[5];
  long long *const p6 = (long long *)a.buf[6];
  const long long d0 = a.dim[0];
  const long long d1 = a.dim[1];
  const float v9 = (float)d1;
  const long long points = d0;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x) / 16;
  const long long step = gridDim.x * (long long)blockDim.x / 16;
  const int lane = threadIdx.x & 15;
  const unsigned mask = 0xffffu << (threadIdx.x & 16);
  for (long long q = first; q < points; q += step) {
    const long long i0 = q;
    const float *const p0_0 = p0 + i0 * d1;
    const float v1 = p1[i0];
    const float v14 = p3[i0];
    float s4 = 0.0f, c4 = 0.0f;
    float s5 = 0.0f, c5 = 0.0f;
    float s6 = (-__int_as_float(0x7f800000));
    float b7 = (-__int_as_float(0x7f800000));
    long long s7 = 0;
    for (long long t = 0; t < d1; t += 1024) {
      const long long e = d1 - t < 1024 ? d1 - t : 1024;
      float x4 = 0.0f;
      float x5 = 0.0f;
      float x6 = (-__int_as_float(0x7f800000));
      for (long long r = lane; r < e; r += 16) {
        const long long i1 = t + r;
        const float v0 = p0_0[i1];
        const float v2 = v0 - v1;
        const float v3 = v2 * v2;
        x4 = x4 + v2;
        x5 = x5 + v3;
        x6 = v0 > x6 || v0 != v0 ? v0 : x6;
        const int m7 = !(v0 <= b7 || b7 != b7);
        b7 = m7 ? v0 : b7;
        s7 = m7 ? i1 : s7;
      }
      for (int h = 8; h > 0; h >>= 1) {
        const float y = __shfl_down_sync(mask, x4, h, 16);
        x4 = x4 + y;
      }
      x4 = (float)__shfl_sync(mask, x4, 0, 16);
      tno_add_f32(&s4, &c4, x4);
      for (int h = 8; h > 0; h >>= 1) {
        const float y = __shfl_down_sync(mask, x5, h, 16);
        x5 = x5 + y;
      }
      x5 = (float)__shfl_sync(mask, x5, 0, 16);
      tno_add_f32(&s5, &c5, x5);
      for (int h = 8; h > 0; h >>= 1) {
        const float y = __shfl_down_sync(mask, x6, h, 16);
        x6 = y > x6 || y != y ? y : x6;
      }
      x6 = (float)__shfl_sync(mask, x6, 0, 16);
      s6 = x6 > s6 || x6 != x6 ? x6 : s6;
    }
    for (int h = 8; h > 0; h >>= 1) {
      const float y = __shfl_down_sync(mask, b7, h, 16);
      const long long n = __shfl_down_sync(mask, s7, h, 16);
      const bool same = y == b7 || (y != y && b7 != b7);
      const bool nan = y != y && b7 == b7;
      const bool m = nan || y > b7 || (same && n < s7);
      b7 = m ? y : b7;
      s7 = m ? n : s7;
    }
    s7 = __shfl_sync(mask, s7, 0, 16);
    const float v4 = tno_total_f32(s4, c4);
    const float v5 = tno_total_f32(s5, c5);
    const float v10 = v4 / v9;
    const float v11 = v5 / v9;
    const float v12 = v10 * v10;
    const float v13 = v11 - v12;
    const float v15 = v10 + v14;
    if (lane == 0) {
      p2[i0] = v15;
      p4[i0] = v13;
      p5[i0] = s6;
      p6[i0] = s7;
    }
  }
}
