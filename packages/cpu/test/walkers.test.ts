import { createReferenceDevice } from '@tno/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
/* eslint-disable @nx/enforce-module-boundaries -- test support, shared by source */
import { randomProgram } from '../../core/test/support/random-programs.js';
import { expectEqual, loadOn, walkCases } from '../../core/test/support/walk-cases.js';
/* eslint-enable @nx/enforce-module-boundaries */
import { createCpuDevice } from '../src/index.js';

walkCases('the cpu device, compiling', () => createCpuDevice({ kernels: 'compiled' }));
walkCases('the cpu device, interpreting', () => createCpuDevice({ kernels: 'interpreted' }));

describe('both walkers', () => {
  const devices = [
    createReferenceDevice(),
    createCpuDevice({ kernels: 'compiled' }),
    createCpuDevice({ kernels: 'interpreted' }),
  ];

  it('give the same bits for random Programs, call after call', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (seed) => {
        const { program, shared, calls } = randomProgram(seed);
        const [reference, ...cpus] = devices.map((device) => loadOn(device, program, shared));
        for (const inputs of calls) {
          const results = reference.executable.run(inputs);
          const values = reference.shared.map((storage) => storage.read());
          for (const cpu of cpus) {
            expectEqual(cpu.executable.run(inputs), results);
            expectEqual(
              cpu.shared.map((storage) => storage.read()),
              values,
            );
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
