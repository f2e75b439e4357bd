/** The CPU as a target: what its library routines can do, and C text. Needs neither addon nor compiler. */
import { emitUnit } from '@tno/core';
import type { CallRequest, Program, SourceUnit, Target } from '@tno/core';
import { cDialect } from './dialect.js';

export const cpuTarget: Target = {
  name: 'cpu',
  supportsCall({ callee, dtype }: CallRequest): boolean {
    return callee === 'nonzero' || dtype === 'float32' || dtype === 'float64';
  },
  emit(program: Program): SourceUnit {
    return emitUnit(program, cDialect);
  },
};
