/**
 * Every routine with arguments for it. A device is held to the reference's values, to the bit unless a
 * tolerance is given. The table is total: a routine without a row does not compile.
 */
import { expect, it } from 'vitest';
import { NumericalError } from '../../src/errors.js';
import type { Device } from '../../src/device/target.js';
import { ProgramBuilder } from '../../src/lower/program-builder.js';
import { performRoutine } from '../../src/routines/reference.js';
import { routines, type Routine } from '../../src/routines/routine.js';
import { dtypes, isFloat, type DType } from '../../src/types/dtype.js';
import { NDArray, ndarray } from '../../src/types/ndarray.js';
import { fourierCases } from './fourier-cases.js';
import { identityLike, matrixCases } from './matrix-cases.js';
import { expectEqual } from './walk-cases.js';

export interface RoutineCase {
  readonly ins: readonly NDArray[];
  readonly params?: readonly number[];
  /** Relative to the largest element; 0 unless given. */
  readonly tolerance?: number;
  /** Whether the values do not fit the routine. */
  readonly fails?: boolean | undefined;
}

const numbers = (dtype: DType): number[] =>
  dtype === 'bool'
    ? [1, 0, 0, 1, 1, 1]
    : isFloat(dtype)
      ? [0.5, -0, NaN, -3.25, 0, Infinity]
      : [3, 100, 7, 3, 120, 1];

/** Matrices, no elements, one element, and no axes at all. */
function shapes(dtype: DType): NDArray[] {
  const x = ndarray(numbers(dtype), dtype);
  return [x.reshape([2, 3]), x, ndarray([], dtype), x.reshape([6, 1]), ndarray(1, dtype)];
}

const perDType = (): RoutineCase[] =>
  dtypes.flatMap((dtype) => shapes(dtype)).map((x) => ({ ins: [x] }));
const perNumber = (): RoutineCase[] => perDType().filter(({ ins: [x] }) => x.dtype !== 'bool');

/** One, two and three spatial axes, with axes before and between; windows that overlap and that do not. */
function foldCases(): RoutineCase[] {
  const counted = (shape: readonly number[], dtype: DType): NDArray =>
    NDArray.arange(
      0,
      shape.reduce((a, b) => a * b, 1),
      1,
      'int64',
    )
      .astype(dtype)
      .reshape(shape);
  return (['float32', 'float64', 'int8', 'int64', 'uint16'] as const).flatMap((dtype) => [
    { ins: [counted([2, 3, 4], dtype)], params: [1, 0, 6, 1, 1, 1, 1, 1, 1, 1, 1] },
    { ins: [counted([2, 3, 2, 5, 2], dtype)], params: [1, 2, 11, 1, 1, 2, 1, 1, 4, 1, 1] },
    { ins: [counted([2, 3, 2, 2, 4, 3], dtype)], params: [2, 1, 9, 8, 1, 2, 3, 1, 1, 1, 1] },
    { ins: [counted([2, 1, 2, 2, 2, 3], dtype)], params: [3, 0, 3, 2, 4, 1, 1, 1, 1, 1, 1] },
    { ins: [counted([0, 3, 4], dtype)], params: [1, 0, 6, 1, 1, 1, 1, 1, 1, 1, 1] },
  ]);
}

export const routineCases: Readonly<Record<Routine, () => readonly RoutineCase[]>> = {
  sort: perDType,
  argsort: perDType,
  searchsorted: () =>
    dtypes.flatMap((dtype) =>
      shapes(dtype).flatMap((v) =>
        [ndarray(numbers(dtype), dtype), ndarray([], dtype)].flatMap((x) =>
          [0, 1].map((behind) => ({
            ins: [...performRoutine('sort', [x]), v],
            params: [behind],
          })),
        ),
      ),
    ),
  cumsum: perNumber,
  cumprod: perNumber,
  cumargmax: () =>
    perDType().flatMap((entry) => [0, 1].map((least) => ({ ...entry, params: [least] }))),
  recurrence: () =>
    perNumber()
      .filter(({ ins: [x] }) => isFloat(x.dtype))
      .flatMap(({ ins: [x] }) => [0, 1].map((fromEnd) => ({ ins: [x, x], params: [fromEnd] }))),
  fold: foldCases,
  ...fourierCases,
  ...matrixCases,
};

function runOn(device: Device, routine: Routine, example: RoutineCase): NDArray[] {
  const { ins, params = [], fails = false } = example;
  // Of values that fail, the outputs are like those of identity matrices.
  const given = fails ? ins.map((x) => (isFloat(x.dtype) ? identityLike(x) : x)) : ins;
  const results = performRoutine(routine, given, params);
  const b = new ProgramBuilder();
  const inputs = ins.map((x) => b.input(x.dtype, x.rank));
  const outs = results.map((y) =>
    b.output(
      y.dtype,
      y.shape.map((n) => b.sizes.const(n)),
    ),
  );
  const sizes = params.map((param) => b.sizes.const(param));
  b.routine(routine, sizes, inputs, outs, b.site(routine));
  const program = b.finish();
  return device.load(program, device.target.emit(program), [], []).run(ins);
}

/** Every routine of the device gives what the reference gives. */
export function testRoutines(device: Device): void {
  it.each(routines)('%s', (routine) => {
    for (const example of routineCases[routine]()) {
      const { ins, params, tolerance = 0, fails = false } = example;
      if (fails) {
        expect(() => performRoutine(routine, ins, params)).toThrow(NumericalError);
        expect(() => runOn(device, routine, example)).toThrow();
        continue;
      }
      const expected = performRoutine(routine, ins, params);
      const got = runOn(device, routine, example);
      if (tolerance === 0) expectEqual(got, expected);
      else
        got.forEach((y, k) => {
          const isClose = y.allClose(expected[k], { rtol: tolerance, atol: tolerance });
          if (!isClose) expect([params, y.toNested()]).toEqual([params, expected[k].toNested()]);
          expect(isClose).toBe(true);
        });
    }
  });
}
