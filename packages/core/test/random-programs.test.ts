import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReferenceDevice } from '../src/device/reference-device.js';
import { decodeProgram } from '../src/lower/decode.js';
import { encodeProgram } from '../src/lower/encode.js';
import type { Program } from '../src/lower/program.js';
import { randomProgram } from './support/random-programs.js';
import { expectEqual, loadOn } from './support/walk-cases.js';

/** The program with memory of its own for every temp: what slot sharing must not change. */
function unshared(program: Program): Program {
  let slots = 0;
  const buffers = program.buffers.map((decl) =>
    decl.role === 'temp' ? { ...decl, slot: slots++ } : decl,
  );
  return { ...program, buffers, slots };
}

describe('random Programs', () => {
  const device = createReferenceDevice();

  it('give the same with shared slots, with a slot for every temp, and decoded', () => {
    let shares = 0;
    fc.assert(
      fc.property(fc.nat(100_000), (seed) => {
        const { program, shared, calls } = randomProgram(seed);
        const bytes = program.constants.map((constant) => constant.bytes);
        const forms = [program, unshared(program), decodeProgram(encodeProgram(program), bytes)];
        if (forms[1].slots > program.slots) shares++;
        const results = forms.map((form) => {
          const loaded = loadOn(device, form, shared);
          const outputs = calls.flatMap((inputs) => loaded.executable.run(inputs));
          return [...outputs, ...loaded.shared.map((storage) => storage.read())];
        });
        expectEqual(results[1], results[0]);
        expectEqual(results[2], results[0]);
      }),
      { numRuns: 60 },
    );
    expect(shares).toBeGreaterThan(30);
  });
});
