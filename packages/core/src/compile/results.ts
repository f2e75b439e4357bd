/** From the arrays that a run gives to what a call returns. */
import { UnsafeIntegerError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import type { NDArray } from '../types/ndarray.js';
import type { Specification } from './specification.js';

/** The outputs as they were asked for; rank 0 as JavaScript scalars. @throws UnsafeIntegerError */
export function shapeResults(
  { shape, results }: Specification,
  arrays: readonly NDArray[],
): unknown {
  if (shape === 'none') return undefined;
  if (shape === 'one') return resultOf(results[0].variable, arrays[0]);
  const values = results.map(({ variable }, k) => resultOf(variable, arrays[k]));
  return shape === 'list' ? values : Object.fromEntries(shape.map((key, k) => [key, values[k]]));
}

function resultOf(variable: TensorVariable, array: NDArray): unknown {
  return variable.type.rank === 0 ? scalarOf(array, variable) : array;
}

function scalarOf(array: NDArray, output: TensorVariable): number | boolean {
  try {
    return array.item();
  } catch (error) {
    if (!(error instanceof UnsafeIntegerError)) throw error;
    throw new UnsafeIntegerError(
      `[function] expected ${output.toString()} to be an integer that a number holds exactly, ` +
        `got ${String(array.item({ bigint: true }))}; as an array, .reshape([1]), it has every value`,
    );
  }
}
