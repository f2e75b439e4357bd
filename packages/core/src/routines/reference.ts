/** Every routine in plain TypeScript: the reference device's, and what ops `perform`. */
import { NumericalError } from '../errors.js';
import type { NDArray } from '../types/ndarray.js';
import { cumprod, cumsum } from './cumulative.js';
import { fold } from './fold.js';
import { routineSignatures, type ReferenceRoutine, type Routine } from './routine.js';
import { argsort, sort } from './sorting.js';

export const referenceRoutines: Readonly<Record<Routine, ReferenceRoutine>> = {
  sort,
  argsort,
  cumsum,
  cumprod,
  fold,
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
