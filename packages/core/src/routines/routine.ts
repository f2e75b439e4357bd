/**
 * Library routines over whole arrays: what is neither a loop over points nor a product. A `routine`
 * step names one of them; each device has them all, the reference device in `routines/`.
 *
 * Inputs and outputs are C-contiguous and apart in memory; leading axes, where a routine has them, are
 * a batch. `params` are integers known when the step runs. A routine may fail, so it stands before
 * `commit`; its failure carries one number for the message.
 */
import type { NDArray } from '../types/ndarray.js';

/**
 * - `sort`: [x] → [values], ascending along the last axis, NaN last.
 * - `argsort`: [x] → [int64 positions] of that order; equal elements keep theirs.
 * - `cumsum`, `cumprod`: [x] → [y], along the last axis; floats accumulate in float64, integers wrap; not for bool.
 * - `fold`: [g] → [y]: the elements of windows, added in the order of g's axes at the places they were taken
 *   from. g is [...lead, k..., ...between, o...], y [...lead, ...between, n...]; params: the number of spatial
 *   axes (at most 3), of axes between, and three each of lengths n, strides s, dilations d: y at o·s + k·d.
 *   Not for float16 and bool.
 */
export const routines = ['sort', 'argsort', 'cumsum', 'cumprod', 'fold'] as const;
export type Routine = (typeof routines)[number];

export interface RoutineSignature {
  readonly ins: number;
  readonly outs: number;
  readonly params: number;
  /** What the routine expects of values, where it can fail: the message, in which `{value}` stands for the failure's number. */
  readonly failure?: string;
}

export const routineSignatures: Readonly<Record<Routine, RoutineSignature>> = {
  sort: { ins: 1, outs: 1, params: 0 },
  argsort: { ins: 1, outs: 1, params: 0 },
  cumsum: { ins: 1, outs: 1, params: 0 },
  cumprod: { ins: 1, outs: 1, params: 0 },
  fold: { ins: 1, outs: 1, params: 11 },
};

/** What a routine gives in the reference: its outputs, or the number of its failure. */
export type RoutineResult = readonly NDArray[] | { readonly failed: number };

/** `ins` are C-contiguous from their start; so are the results. */
export type ReferenceRoutine = (
  ins: readonly NDArray[],
  params: readonly number[],
) => RoutineResult;
