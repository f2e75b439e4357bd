import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createNullDevice, emitUnit } from '@tno/core';
import type { LoopKernel } from '@tno/core';
import { describe, expect, it } from 'vitest';
/* eslint-disable @nx/enforce-module-boundaries -- test support, shared by source */
import { handPrograms } from '../../core/test/support/hand-programs.js';
import { goldenCases, kernelCases } from '../../core/test/support/kernel-cases.js';
import { caseMemory, firstDifference, runJsCases } from '../../core/test/support/run-cases.js';
import { scalarCases } from '../../core/test/support/scalar-cases.js';
/* eslint-enable @nx/enforce-module-boundaries */
import { cudaDialect, cudaTarget } from '../src/index.js';
import { canEmulate, emulate } from './emulate-cuda.js';

const golden = fileURLToPath(new URL('golden/', import.meta.url));
const hasNvcc = spawnSync('nvcc', ['--version']).status === 0;

function compile(kernels: readonly LoopKernel[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'tno-cuda-'));
  try {
    const file = join(folder, 'unit.cu');
    writeFileSync(file, emitUnit({ kernels }, cudaDialect).text);
    const flags = ['-cubin', '-arch=sm_90', '--fmad=false', '-Werror', 'all-warnings'];
    const { stderr } = spawnSync('nvcc', [...flags, '-o', join(folder, 'unit.cubin'), file], {
      encoding: 'utf8',
    });
    return stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('emitted CUDA', () => {
  it.each(goldenCases.map((entry) => [entry.kernel.name, entry] as const))(
    'of %s is as recorded',
    async (name, { kernel }) => {
      const { text } = emitUnit({ kernels: [kernel] }, cudaDialect);
      await expect(text).toMatchFileSnapshot(join(golden, `${name.replaceAll(' ', '-')}.cu`));
    },
  );

  it('exists for every scalar operation on every dtype', () => {
    for (const { kernel } of scalarCases) {
      expect(emitUnit({ kernels: [kernel] }, cudaDialect).symbols).toHaveLength(1);
    }
  });

  it('compiles with nvcc where it is installed', () => {
    if (!hasNvcc) {
      console.warn('nvcc is not on PATH: emitted CUDA is compared with its record, not compiled');
      return;
    }
    const every = [...kernelCases, ...scalarCases.filter((_, i) => i % 12 === 0)];
    expect(compile(every.map(({ kernel }) => kernel))).toBe('');
  });
});

describe('emitted CUDA, its threads emulated', () => {
  it('gives the bits of the reference', () => {
    if (!canEmulate) {
      console.warn('c++ is not on PATH: emitted CUDA is not run');
      return;
    }
    const [ours, reference] = [caseMemory(kernelCases), caseMemory(kernelCases)];
    emulate(kernelCases, ours);
    runJsCases(kernelCases, reference);
    const differences = kernelCases.flatMap(({ kernel, operands, exact }, i) =>
      operands.flatMap(({ dtype }, k) => {
        const problem = firstDifference(dtype, ours[i][k], reference[i][k], exact ? 0 : 3);
        return problem === null ? [] : [`${kernel.name}, operand ${k}: ${problem}`];
      }),
    );
    expect(differences).toEqual([]);
  });
});

describe('the CUDA target', () => {
  it('is loaded with the kernels of Programs by the null device', () => {
    const device = createNullDevice(cudaTarget);
    for (const { program } of handPrograms) {
      const source = device.target.emit(program);
      expect(source.language).toBe('cuda');
      expect(source.symbols).toHaveLength(program.kernels.length);
      for (const symbol of source.symbols) expect(source.text).toContain(`void ${symbol}(`);
      expect(() => device.load(program, source, [], []).run([])).toThrow(/null device of cuda/);
    }
    expect(device.stats.compiled).toBeGreaterThan(0);
  });
});
