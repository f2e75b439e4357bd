/** Builds and runs the C++ tests (native/test) under the sanitizers. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
/* eslint-disable @nx/enforce-module-boundaries -- test support, shared by source */
import { kernelCases } from '../../core/test/support/kernel-cases.js';
import type { KernelCase } from '../../core/test/support/kernel-cases.js';
import { caseMemory, firstDifference } from '../../core/test/support/run-cases.js';
import { specialKernels } from '../../core/test/support/special-kernels.js';
import { scalarCases } from '../../core/test/support/scalar-cases.js';
/* eslint-enable @nx/enforce-module-boundaries */
import { runCompiled } from './compile-c.js';
import { runTiles } from './run-tiles.js';

const native = fileURLToPath(new URL('../../../native', import.meta.url));

function run(command: string, args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

describe('the native parts', () => {
  it.each(['address,undefined', 'thread'])(
    'pass their tests under the sanitizers %s',
    (sanitizers) => {
      const build = `${native}/build/${sanitizers.replace(',', '-')}`;
      const options = ['-DTNO_TESTS=ON', `-DTNO_SANITIZE=${sanitizers}`, '-DCMAKE_BUILD_TYPE=None'];
      run('cmake', ['-S', native, '-B', build, ...options]);
      run('cmake', ['--build', build, '--parallel', String(Math.min(4, availableParallelism()))]);
      const summary = /(\d+) tests, (\d+) checks, (\d+) failures/.exec(
        run(`${build}/tno_native_test`, []),
      );
      expect(summary).not.toBeNull();
      const [tests, checks, failures] = summary?.slice(1).map(Number) ?? [];
      expect(failures).toBe(0);
      expect(tests).toBeGreaterThanOrEqual(60);
      expect(checks).toBeGreaterThan(20_000);
    },
    900_000,
  );

  // After the test above, which builds the program.
  it('interpret kernels with the bits of their compiled code, at every instruction level', () => {
    const cases: KernelCase[] = [...kernelCases, ...scalarCases, ...specialKernels];
    const compiled = caseMemory(cases);
    runCompiled(cases, compiled);
    const levels = (['base', 'avx2', 'avx512'] as const).filter((level) =>
      [false, true].every((blocks) => {
        const tiles = caseMemory(cases);
        const program = `${native}/build/address-undefined/tno_run_tiles`;
        if (!runTiles(program, cases, tiles, { level, blocks })) {
          console.log(`kernels were not interpreted with ${level}: this processor lacks it`);
          return false;
        }
        const differences = cases.flatMap((entry, i) =>
          differencesOf(entry, tiles[i], compiled[i]),
        );
        expect(differences).toEqual([]);
        return true;
      }),
    );
    expect(levels).toContain('base');
  }, 120_000);
});

type Memory = ReturnType<typeof caseMemory>[number];

function differencesOf({ kernel, operands }: KernelCase, a: Memory, b: Memory): string[] {
  return operands.flatMap(({ dtype }, k) => {
    const problem = firstDifference(dtype, a[k], b[k], 0);
    return problem === null ? [] : [`${kernel.name}, operand ${k}: ${problem}`];
  });
}
