/** An NVIDIA GPU as a target: CUDA text, with no toolkit, driver or GPU needed to emit it. */
import { emitUnit } from '@tno/core';
import type { CallRequest, Program, SourceUnit, Target } from '@tno/core';
import { cudaDialect } from './dialect.js';

export const cudaTarget: Target = {
  name: 'cuda',
  supportsCall({ callee, dtype }: CallRequest): boolean {
    return callee === 'nonzero' || dtype === 'float32' || dtype === 'float64';
  },
  emit(program: Program): SourceUnit {
    return emitUnit(program, cudaDialect);
  },
};
