/* eslint-disable @nx/enforce-module-boundaries -- test support, shared by source */
import { createReferenceDevice, Recording, type Device, type Program } from '@tno/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handPrograms } from '../../core/test/support/hand-programs.js';
import { profileCases } from '../../core/test/support/profile-cases.js';
import { randomProgram } from '../../core/test/support/random-programs.js';
import { expectEqual, loadOn } from '../../core/test/support/walk-cases.js';
/* eslint-enable @nx/enforce-module-boundaries */
import type { NDArray } from '@tno/core';
import { createCpuDevice } from '../src/index.js';

profileCases('the cpu device', createCpuDevice);

describe('both walkers', () => {
  const devices = [createReferenceDevice(), createCpuDevice()];

  interface Recorded {
    readonly outputs: readonly (readonly NDArray[])[];
    readonly recording: Recording;
  }

  function record(
    device: Device,
    program: Program,
    shared: NDArray[],
    calls: NDArray[][],
  ): Recorded {
    const { executable } = loadOn(device, program, shared);
    const recording = new Recording(program);
    executable.record?.(recording);
    return { outputs: calls.map((inputs) => executable.run(inputs)), recording };
  }

  function expectAgreement(program: Program, shared: NDArray[], calls: NDArray[][]): void {
    const [reference, cpu] = devices.map((device) => record(device, program, shared, calls));
    cpu.outputs.forEach((outputs, k) => expectEqual(outputs, reference.outputs[k]));
    expect(cpu.recording.calls).toBe(calls.length);
    const events = (recording: Recording): number[] => recording.events().map(({ step }) => step);
    expect(events(cpu.recording)).toEqual(events(reference.recording));
    for (const number of new Set(events(reference.recording))) {
      const [{ nanoseconds: _a, ...a }, { nanoseconds: _b, ...b }] = [cpu, reference].map(
        ({ recording }) => recording.step(number),
      );
      expect(a).toEqual(b);
    }
    expect(cpu.recording.sizes).toEqual(reference.recording.sizes);
  }

  it.each(handPrograms.map((entry) => [entry.name, entry] as const))(
    'count the same for %s',
    (_, { program, shared, calls }) => {
      expectAgreement(
        program,
        [...shared],
        calls.map(({ inputs }) => [...inputs]),
      );
    },
  );

  it('count the same for random Programs', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (seed) => {
        const { program, shared, calls } = randomProgram(seed);
        expectAgreement(
          program,
          [...shared],
          calls.map((inputs) => [...inputs]),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('leave out the events of a call that find no room, and say how many', () => {
    const { program, shared, calls } = handPrograms.find(({ program: { loops } }) => loops > 0)!;
    for (const device of devices) {
      const { executable } = loadOn(device, program, shared);
      const recording = new Recording(program, 2);
      executable.record?.(recording);
      executable.run(calls[0].inputs);
      expect(recording.events()).toHaveLength(2);
      expect(recording.lostEvents).toBeGreaterThan(0);
    }
  });
});
