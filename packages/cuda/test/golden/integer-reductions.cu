struct tno_status { long long code, gather, value, size; };

struct k0_integer_reductions_args {
  void *buf[10];
  long long dim[2];
  tno_status *status;
};

extern "C" __global__ void k0_integer_reductions(const k0_integer_reductions_args a) {
  const int *const p0 = (const int *)a.buf[0];
  const unsigned long long *const p1 = (const unsigned long long *)a.buf[1];
  const unsigned char *const p2 = (const unsigned char *)a.buf[2];
  signed char *const p3 = (signed char *)a.buf[3];
  int *const p4 = (int *)a.buf[4];
  unsigned long long *const p5 = (unsigned long long *)a.buf[5];
  int *const p6 = (int *)a.buf[6];
  unsigned char *const p7 = (unsigned char *)a.buf[7];
  unsigned char *const p8 = (unsigned char *)a.buf[8];
  unsigned long long *const p9 = (unsigned long long *)a.buf[9];
  const long long d0 = a.dim[0];
  const long long d1 = a.dim[1];
  const long long points = d0;
  const long long first = (blockIdx.x * (long long)blockDim.x + threadIdx.x) / 16;
  const long long step = gridDim.x * (long long)blockDim.x / 16;
  const int lane = threadIdx.x & 15;
  const unsigned mask = 0xffffu << (threadIdx.x & 16);
  for (long long q = first; q < points; q += step) {
    const long long i0 = q;
    const int *const p0_0 = p0 + i0 * d1;
    const unsigned long long *const p1_0 = p1 + i0 * d1;
    const unsigned char *const p2_0 = p2 + i0 * d1;
    signed char s4 = 0;
    int s5 = 1;
    unsigned long long s6 = 0ULL;
    int s7 = 2147483647;
    bool s8 = true;
    bool s9 = false;
    unsigned long long s10 = 0ULL;
    for (long long t = 0; t < d1; t += 1024) {
      const long long e = d1 - t < 1024 ? d1 - t : 1024;
      for (long long r = lane; r < e; r += 16) {
        const long long i1 = t + r;
        const int v0 = p0_0[i1];
        const unsigned long long v1 = p1_0[i1];
        const bool v2 = p2_0[i1] != 0;
        const signed char v3 = (signed char)v0;
        s4 = (signed char)((unsigned int)s4 + (unsigned int)v3);
        s5 = (int)((unsigned int)s5 * (unsigned int)v0);
        s6 = v1 > s6 ? v1 : s6;
        s7 = v0 < s7 ? v0 : s7;
        s8 = s8 & v2;
        s9 = s9 | v2;
        s10 = (unsigned long long)((unsigned long long)s10 + (unsigned long long)v1);
      }
    }
    for (int h = 8; h > 0; h >>= 1) {
      const signed char y = (signed char)__shfl_down_sync(mask, (int)s4, h, 16);
      s4 = (signed char)((unsigned int)s4 + (unsigned int)y);
    }
    s4 = (signed char)__shfl_sync(mask, (int)s4, 0, 16);
    for (int h = 8; h > 0; h >>= 1) {
      const int y = __shfl_down_sync(mask, s5, h, 16);
      s5 = (int)((unsigned int)s5 * (unsigned int)y);
    }
    s5 = (int)__shfl_sync(mask, s5, 0, 16);
    for (int h = 8; h > 0; h >>= 1) {
      const unsigned long long y = __shfl_down_sync(mask, s6, h, 16);
      s6 = y > s6 ? y : s6;
    }
    s6 = (unsigned long long)__shfl_sync(mask, s6, 0, 16);
    for (int h = 8; h > 0; h >>= 1) {
      const int y = __shfl_down_sync(mask, s7, h, 16);
      s7 = y < s7 ? y : s7;
    }
    s7 = (int)__shfl_sync(mask, s7, 0, 16);
    for (int h = 8; h > 0; h >>= 1) {
      const bool y = (bool)__shfl_down_sync(mask, (int)s8, h, 16);
      s8 = s8 & y;
    }
    s8 = (bool)__shfl_sync(mask, (int)s8, 0, 16);
    for (int h = 8; h > 0; h >>= 1) {
      const bool y = (bool)__shfl_down_sync(mask, (int)s9, h, 16);
      s9 = s9 | y;
    }
    s9 = (bool)__shfl_sync(mask, (int)s9, 0, 16);
    for (int h = 8; h > 0; h >>= 1) {
      const unsigned long long y = __shfl_down_sync(mask, s10, h, 16);
      s10 = (unsigned long long)((unsigned long long)s10 + (unsigned long long)y);
    }
    s10 = (unsigned long long)__shfl_sync(mask, s10, 0, 16);
    if (lane == 0) {
      p3[i0] = s4;
      p4[i0] = s5;
      p5[i0] = s6;
      p6[i0] = s7;
      p7[i0] = s8;
      p8[i0] = s9;
      p9[i0] = s10;
    }
  }
}
