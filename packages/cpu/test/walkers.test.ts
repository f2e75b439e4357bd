import { createReferenceDevice } from '@tno/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
/* eslint-disable @nx/enforce-module-boundaries -- test support, shared by source */
import { randomProgram } from '../../core/test/support/random-programs.js';
import { expectEqual, loadOn, walkCases } from '../../core/test/support/walk-cases.js';
/* eslint-enable @nx/enforce-module-boundaries */
import { createCpuDevice } from '../src/index.js';

walkCases('the cpu device', createCpuDevice);

describe('both walkers', () => {
  const devices = [createReferenceDevice(), createCpuDevice()];

  it('give the same bits for random Programs, call after call', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (seed) => {
        const { program, shared, calls } = randomProgram(seed);
        const [reference, cpu] = devices.map((device) => loadOn(device, program, shared));
        for (const inputs of calls) {
          expectEqual(cpu.executable.run(inputs), reference.executable.run(inputs));
          expectEqual(
            cpu.shared.map((storage) => storage.read()),
            reference.shared.map((storage) => storage.read()),
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});
