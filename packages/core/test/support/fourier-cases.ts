/** Arguments for Fourier transforms: lengths of every kind of factor, and of large primes. */
import { NDArray } from '../../src/types/ndarray.js';
import type { RoutineCase } from './routine-cases.js';

const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 12, 15, 30, 31, 37, 49, 64, 74, 100, 101, 143];
const tolerances = { float32: 1e-5, float64: 1e-13 };
type FourierDType = keyof typeof tolerances;
const dtypes: readonly FourierDType[] = ['float32', 'float64'];

function waves(shape: readonly number[], dtype: FourierDType): NDArray {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float64Array.from({ length: size }, (_, j) => Math.sin(j * j + 1));
  return new NDArray('float64', values, shape).astype(dtype);
}

type CasesOf = (n: number, dtype: FourierDType) => Omit<RoutineCase, 'tolerance'>[];

const cases = (of: CasesOf) => (): RoutineCase[] =>
  dtypes.flatMap((dtype) =>
    lengths.flatMap((n) =>
      of(n, dtype).map((entry) => ({ ...entry, tolerance: tolerances[dtype] })),
    ),
  );

export const fourierCases = {
  fft: cases((n, dtype) =>
    [0, 1].flatMap((backward) => [
      { ins: [waves([3, n, 2], dtype)], params: [backward] },
      { ins: [waves([0, n, 2], dtype)], params: [backward] },
    ]),
  ),
  rfft: cases((n, dtype) => [{ ins: [waves([2, 2, n], dtype)] }, { ins: [waves([n], dtype)] }]),
  irfft: cases((n, dtype) => [
    { ins: [waves([3, Math.floor(n / 2) + 1, 2], dtype)], params: [n] },
    { ins: [waves([0, Math.floor(n / 2) + 1, 2], dtype)], params: [n] },
  ]),
};
