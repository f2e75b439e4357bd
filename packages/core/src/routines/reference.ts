/** Every routine in plain TypeScript: the reference device's, and what ops `perform`. */
import { NumericalError } from '../errors.js';
import type { NDArray } from '../types/ndarray.js';
import { cumargmax, cumprod, cumsum, recurrence } from './cumulative.js';
import * as fourier from './fourier.js';
import { fold } from './fold.js';
import * as factors from './factorizations.js';
import { routineSignatures, type ReferenceRoutine, type Routine } from './routine.js';
import { qz } from './qz.js';
import { argsort, searchsorted, sort } from './sorting.js';
import { schur } from './schur.js';
import * as spectra from './spectra.js';
import { solveTridiagonal } from './tridiagonal.js';

export const referenceRoutines: Readonly<Record<Routine, ReferenceRoutine>> = {
  sort,
  argsort,
  searchsorted,
  cumsum,
  cumprod,
  cumargmax,
  recurrence,
  fold,
  fft: fourier.fft,
  rfft: fourier.rfft,
  irfft: fourier.irfft,
  batched_gemm: factors.batchedGemm,
  cholesky: factors.cholesky,
  lu: factors.lu,
  lu_solve: factors.luSolve,
  solve_triangular: factors.solveTriangular,
  solve_tridiagonal: solveTridiagonal,
  qr: factors.qr,
  schur,
  qz,
  eigh: spectra.eigh,
  eigvalsh: spectra.eigvalsh,
  svd: spectra.svd,
  svdvals: spectra.svdvals,
  expm: spectra.expm,
};

/** Text of a routine's failure. */
export function routineFailure(routine: Routine, value: number): string {
  const expected = routineSignatures[routine].failure ?? 'to succeed';
  return `[${routine}] expected ${expected.replaceAll('{value}', String(value))}`;
}

/** The outputs of a routine. @throws NumericalError where its values do not fit */
export function performRoutine(
  routine: Routine,
  ins: readonly NDArray[],
  params: readonly number[] = [],
): readonly NDArray[] {
  const result = referenceRoutines[routine](
    ins.map((x) => x.contiguous()),
    params,
  );
  if ('failed' in result) throw new NumericalError(routineFailure(routine, result.failed));
  return result;
}
