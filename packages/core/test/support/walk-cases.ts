/** Runs Programs written by hand on a device, as tests of its walker. */
import { describe, expect, it } from 'vitest';
import { decodeProgram } from '../../src/lower/decode.js';
import { encodeProgram } from '../../src/lower/encode.js';
import type { Program } from '../../src/lower/program.js';
import { RunError } from '../../src/device/target.js';
import type { Device, Executable, SharedStorage } from '../../src/device/target.js';
import type { NDArray } from '../../src/types/ndarray.js';
import { failingUpdates, handPrograms } from './hand-programs.js';
import type { HandProgram } from './hand-programs.js';

export interface Loaded {
  readonly executable: Executable;
  readonly shared: readonly SharedStorage[];
}

export function loadOn(device: Device, program: Program, values: readonly NDArray[]): Loaded {
  const shared = values.map((value) => device.createShared(value));
  const source = device.target.emit(program);
  return { executable: device.load(program, source, shared, []), shared };
}

/** Equal dtypes, shapes and bits. */
export function expectEqual(actual: readonly NDArray[], expected: readonly NDArray[]): void {
  const plain = (arrays: readonly NDArray[]): unknown[] =>
    arrays.map(({ dtype, shape, ...array }) => ({
      dtype,
      shape,
      values: [...elements(array as NDArray, shape)],
    }));
  expect(plain(actual)).toEqual(plain(expected));
}

function elements(
  { data, offset }: Pick<NDArray, 'data' | 'offset'>,
  shape: readonly number[],
): ArrayLike<number | bigint> & Iterable<number | bigint> {
  const size = shape.reduce((a, b) => a * b, 1);
  return data.subarray(offset, offset + size) as Float64Array;
}

/** Every hand-written Program gives what it must, also decoded from its encoding. */
export function walkCases(name: string, create: () => Device): void {
  describe(`the walker of ${name}`, () => {
    const device = create();
    const decoded = ({ program }: HandProgram): Program =>
      decodeProgram(
        encodeProgram(program),
        program.constants.map(({ bytes }) => bytes),
      );

    it.each(handPrograms.map((entry) => [entry.name, entry] as const))('runs %s', (_, entry) => {
      for (const program of [entry.program, decoded(entry)]) {
        const { executable, shared } = loadOn(device, program, entry.shared);
        for (const call of [...entry.calls, ...(entry.shared.length > 0 ? [] : entry.calls)]) {
          const outputs = executable.run(call.inputs);
          if (call.outputs !== null) expectEqual(outputs, call.outputs);
          if (call.shared !== undefined)
            expectEqual(
              shared.map((s) => s.read()),
              call.shared,
            );
        }
      }
    });

    it('leaves shared variables as they were when a call fails', () => {
      const entry = handPrograms.find(({ shared }) => shared.length > 0)!;
      const { executable, shared } = loadOn(device, entry.program, entry.shared);
      const before = shared.map((s) => s.version);
      for (const { inputs, failure } of failingUpdates) {
        const error = failureOf(() => executable.run(inputs));
        expect(error.failure).toMatchObject(failure);
        expectEqual(
          shared.map((s) => s.read()),
          entry.shared,
        );
        expect(shared.map((s) => s.version)).toEqual(before);
      }
      // And the next call works.
      expectEqual(executable.run(entry.calls[0].inputs), entry.calls[0].outputs!);
      expect(shared.map((s) => s.version)).toEqual(before.map((version) => version + 1));
    });

    it('gives results that later calls leave alone', () => {
      const entry = handPrograms[0];
      const { executable } = loadOn(device, entry.program, []);
      const [first] = entry.calls;
      const outputs = executable.run(first.inputs);
      executable.run(entry.calls[1].inputs);
      expectEqual(outputs, first.outputs!);
    });
  });
}

function failureOf(run: () => unknown): RunError {
  try {
    run();
  } catch (error) {
    if (error instanceof RunError) return error;
    throw error;
  }
  throw new Error('expected a failure, got none');
}
