/** Programs and hand-written kernels for the tests of the cpu device. */
import { ProgramBuilder } from '@tno/core';
import type { DType, KernelDim, LoopKernel, Program, SourceUnit } from '@tno/core';

const cTypes: Readonly<Record<DType, string>> = {
  bool: 'uint8_t',
  int8: 'int8_t',
  int16: 'int16_t',
  int32: 'int32_t',
  int64: 'int64_t',
  uint8: 'uint8_t',
  uint16: 'uint16_t',
  uint32: 'uint32_t',
  uint64: 'uint64_t',
  float16: 'uint16_t',
  float32: 'float',
  float64: 'double',
};

const prologue = `#include <stdint.h>
typedef struct tno_status { int64_t code, gather, value, size; } tno_status;
typedef struct tno_args { void *const *buf; const int64_t *dim; tno_status *status; int64_t stream; } tno_args;
`;

/** A C source with one kernel, `k0`, whose body sees `a`, `begin` and `end`. */
export function source(body: string): SourceUnit {
  const text = `${prologue}
void k0(const tno_args *a, int64_t begin, int64_t end) {
  ${body}
}
`;
  return { language: 'c', text, symbols: ['k0'] };
}

export const noKernels: SourceUnit = { language: 'c', text: '', symbols: [] };

const one: KernelDim = { lit: 1 };

/** `operands` contiguous operands over one axis of extent parameter 0; the last is stored to. */
export function mapKernel(dtype: DType, operands: number): LoopKernel {
  return {
    name: 'k0',
    axes: [{ param: 0 }],
    reduceRank: 0,
    operands: Array.from({ length: operands }, () => ({ dtype, strides: [one] })),
    body: [{ op: 'load', dtype, operand: 0, index: [] }],
    reductions: [],
    epilogue: [],
    stores: [{ operand: operands - 1, value: 0, index: [], mode: 'set' }],
    serial: false,
    params: 1,
  };
}

/** y = x, element by element, in a kernel: `rank` axes seen as one. */
export function copyProgram(dtype: DType, rank: number): { program: Program; unit: SourceUnit } {
  const b = new ProgramBuilder();
  const x = b.input(dtype, rank);
  const y = b.output(dtype, b.shape(x));
  const site = b.site('copy');
  b.kernel(mapKernel(dtype, 2), [x, y], [b.sizes.product(b.shape(x))], site);
  const type = cTypes[dtype];
  const unit = source(`const ${type} *x = a->buf[0]; ${type} *y = a->buf[1];
  for (int64_t i = begin; i < end; ++i) y[i] = x[i];`);
  return { program: b.finish(), unit };
}
