import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { emitUnit } from '@tno/core';
import { describe, expect, it } from 'vitest';
/* eslint-disable @nx/enforce-module-boundaries -- test support, shared by source */
import { goldenCases, kernelCases } from '../../core/test/support/kernel-cases.js';
import { caseMemory, firstDifference, runJsCases } from '../../core/test/support/run-cases.js';
/* eslint-enable @nx/enforce-module-boundaries */
import { cDialect } from '../src/dialect.js';
import { cc, inTemporaryFolder, kernelFlags, runCompiled } from './compile-c.js';

const golden = fileURLToPath(new URL('golden/', import.meta.url));
const fileName = (kernel: string): string => `${kernel.replaceAll(' ', '-')}.c`;

describe('emitted C', () => {
  it.each(goldenCases.map((entry) => [entry.kernel.name, entry] as const))(
    'of %s is as recorded',
    async (name, { kernel }) => {
      const { text } = emitUnit({ kernels: [kernel] }, cDialect);
      await expect(text).toMatchFileSnapshot(join(golden, fileName(name)));
    },
  );

  it('compiles without a warning, every recorded file', () => {
    const files = readdirSync(golden).filter((file) => file.endsWith('.c'));
    expect(files.sort()).toEqual(goldenCases.map(({ kernel }) => fileName(kernel.name)).sort());
    const warnings = ['-fsyntax-only', '-Wall', '-Wextra', '-Werror'];
    cc([...kernelFlags, ...warnings, ...files.map((file) => join(golden, file))]);
  });

  it('depends on nothing but the program', () => {
    const kernels = goldenCases.map(({ kernel }) => kernel);
    expect(emitUnit({ kernels }, cDialect)).toEqual(emitUnit({ kernels }, cDialect));
  });

  it('compiles in two parts, of which each has about half', () => {
    const kernels = goldenCases.map(({ kernel }) => kernel);
    const { text, symbols, parts } = emitUnit({ kernels }, cDialect);
    expect(parts).toBe(2);
    inTemporaryFolder((folder) => {
      const [source, output] = [join(folder, 'unit.c'), join(folder, 'part.c')];
      writeFileSync(source, text);
      const found = [0, 1].map((part) => {
        cc([...kernelFlags, '-E', `-DTNO_PART=${part}`, source, '-o', output]);
        const expanded = readFileSync(output, 'utf8');
        return symbols.filter((symbol) => expanded.includes(`void ${symbol}(`));
      });
      expect(found.flat()).toEqual(symbols);
      expect(Math.min(...found.map(({ length }) => length))).toBeGreaterThan(symbols.length / 4);
    });
    expect(emitUnit({ kernels: kernels.slice(0, 2) }, cDialect).parts).toBe(1);
  });

  // Vectors of 64, 32 and 16 bytes; the first may be whatever this CPU has.
  it.each([
    ['native', false],
    ['native', true],
    ['x86-64-v3', false],
    ['x86-64', false],
  ])('gives the bits of the reference, -march=%s, reductions by blocks: %s', (march, blocks) => {
    const [ours, reference] = [caseMemory(kernelCases), caseMemory(kernelCases)];
    runCompiled(kernelCases, ours, { march, blocks });
    runJsCases(kernelCases, reference);
    const differences = kernelCases.flatMap(({ kernel, operands, exact }, i) =>
      operands.flatMap(({ dtype }, k) => {
        const problem = firstDifference(dtype, ours[i][k], reference[i][k], exact ? 0 : 3);
        return problem === null ? [] : [`${kernel.name}, operand ${k}: ${problem}`];
      }),
    );
    expect(differences).toEqual([]);
  });

  it('vectorises contiguous loops, in place too', () => {
    const wanted = goldenCases.filter(({ kernel }) =>
      ['add', 'scale in place', 'pixels', 'masks'].includes(kernel.name),
    );
    inTemporaryFolder((folder) => {
      for (const { kernel } of wanted) {
        const file = join(folder, 'k.c');
        writeFileSync(file, emitUnit({ kernels: [kernel] }, cDialect).text);
        const report = join(folder, 'report');
        const flags = [...kernelFlags, '-march=x86-64-v3', `-fopt-info-vec=${report}`];
        cc([...flags, '-c', file, '-o', join(folder, 'k.o')]);
        const text = readFileSync(report, 'utf8');
        expect(text, kernel.name).toMatch(/loop vectorized using 32 byte vectors/);
        expect(text, kernel.name).not.toMatch(/versioned for vectorization/);
      }
    });
  });
});
