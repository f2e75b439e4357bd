/**
 * Values that are the same in every way of running: each mode, on the reference device and on the CPU, with
 * interpreted kernels for each test and with compiled ones for all tests of a file at once.
 */
import * as tno from '@tno/core';
import { NDArray, type Device, type ModeName, type TensorVariable } from '@tno/core';
import { createCpuDevice } from '@tno/cpu';
import { describe, expect, it } from 'vitest';

const devices = {
  'the reference device': tno.createReferenceDevice(),
  'the cpu device': createCpuDevice({ kernels: 'interpreted' }),
};
const modeNames = ['FAST_RUN', 'FAST_COMPILE', 'NONE'] as const;

export interface Way {
  readonly name: string;
  readonly device: Device;
  readonly mode: ModeName;
}

/** Each mode on each device. */
export const ways: readonly Way[] = Object.entries(devices).flatMap(([name, device]) =>
  modeNames.map((mode): Way => ({ name: `${mode} on ${name}`, device, mode })),
);

type Result = TensorVariable | readonly TensorVariable[];

interface Value {
  readonly args: readonly NDArray[];
  readonly build: (...inputs: TensorVariable[]) => Result;
}

export interface Details {
  /** What is known of the arguments' sizes; nothing unless given. */
  readonly sizes?: readonly tno.StaticShape[];
  /** Dtype of the result, or of each. */
  readonly dtype?: tno.DType | readonly tno.DType[];
  /** Relative to the number expected, or absolute below 1; a few roundings unless given. */
  readonly tolerance?: number;
}

/** Each with the numbers expected of it. */
const checked: (Value & {
  readonly about: string;
  readonly check: (results: unknown[]) => void;
  readonly details: Details;
})[] = [];

/**
 * A test: what `build` gives for `args`, as nested lists. `build` may give several results; then `expected`
 * lists theirs. NaN, infinities, and values of integers and bool are to be exact; the sign of 0 is not looked at.
 */
export function gives(
  about: string,
  args: readonly NDArray[],
  build: Value['build'],
  expected: unknown,
  details: Details = {},
): void {
  const several = Array.isArray(build(...leavesOf(args, details)));
  const check = (results: unknown[]): void =>
    expectNear(several ? results : results[0], expected, details.tolerance);
  checked.push({ about, args, build, check, details });
  it(about, () => {
    for (const { name, device, mode } of ways) {
      const { leaves, outputs } = graphOf({ args, build }, details);
      if (details.dtype !== undefined)
        expect(
          outputs.map(({ dtype }) => dtype),
          'dtypes',
        ).toEqual([details.dtype].flat());
      const f = tno.function(leaves, outputs, { device, mode, onUnusedInput: 'ignore' });
      try {
        check(callOf(f)(...args));
      } catch (error) {
        throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
    }
  });
}

/** A test: the call is refused in every way, with an error of this class and message. */
export function refuses(
  about: string,
  args: readonly NDArray[],
  build: Value['build'],
  Class: new (...args: never[]) => tno.TnoError,
  message: RegExp,
  details: Details = {},
): void {
  it(about, () => {
    for (const { name, device, mode } of ways) {
      const { leaves, outputs } = graphOf({ args, build }, details);
      const f = tno.function(leaves, outputs, { device, mode, onUnusedInput: 'ignore' });
      expect(() => callOf(f)(...args), name).toThrow(Class);
      expect(() => callOf(f)(...args), name).toThrow(message);
    }
  });
}

/** The last test of a file: all its values once more, of compiled kernels. */
export function givesTheSameCompiled(): void {
  describe('compiled kernels', () => {
    it('give the same', { timeout: 300_000 }, () => {
      const graphs = checked.map((value) => graphOf(value, value.details));
      const functions = tno.compileMany(
        graphs.map(({ leaves, outputs }) => ({
          inputs: leaves,
          outputs,
          onUnusedInput: 'ignore' as const,
        })),
        { device: createCpuDevice({ kernels: 'compiled' }) },
      );
      checked.forEach(({ about, args, check }, k) => {
        try {
          check(callOf(functions[k])(...args));
        } catch (error) {
          throw new Error(`${about}: ${String(error)}`, { cause: error });
        }
      });
    });
  });
}

function callOf(f: unknown): (...args: readonly NDArray[]) => unknown[] {
  return f as (...args: readonly NDArray[]) => unknown[];
}

function leavesOf(args: readonly NDArray[], { sizes }: Details): TensorVariable[] {
  return args.map(({ dtype, shape }, k) =>
    tno.tensor(dtype, sizes?.[k] ?? shape.map(() => null), 'xyzuvw'[k]),
  );
}

function graphOf(
  { args, build }: Value,
  details: Details,
): { leaves: TensorVariable[]; outputs: TensorVariable[] } {
  const leaves = leavesOf(args, details);
  return { leaves, outputs: [build(...leaves)].flat() };
}

/** Nested lists with the same structure and numbers. */
export function expectNear(found: unknown, expected: unknown, tolerance = 1e-6): void {
  const [a, b] = [plain(found), plain(expected)];
  if (!isNear(a, b, tolerance)) expect(a).toEqual(b);
}

function plain(value: unknown): unknown {
  if (value instanceof NDArray) return value.toNested({ bigint: true });
  return Array.isArray(value) ? value.map(plain) : value;
}

function isNear(found: unknown, expected: unknown, tolerance: number): boolean {
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length) return false;
    return expected.every((value, k) => isNear(found[k], value, tolerance));
  }
  if (typeof found === 'bigint' || typeof expected === 'bigint')
    return typeof found !== 'boolean' && String(found) === String(expected);
  if (typeof found !== 'number' || typeof expected !== 'number') return found === expected;
  if (Object.is(found, expected)) return true;
  return Math.abs(found - expected) <= tolerance * Math.abs(expected);
}

export const f64 = (value: tno.NDArrayInput): NDArray => tno.ndarray(value, 'float64');
export const f32 = (value: tno.NDArrayInput): NDArray => tno.ndarray(value, 'float32');
export const of = (dtype: tno.DType, value: tno.NDArrayInput): NDArray => tno.ndarray(value, dtype);
