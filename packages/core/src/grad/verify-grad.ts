/** Checks symbolic gradients against finite differences. */
import { GradError } from '../errors.js';
import { evaluate } from '../graph/evaluate.js';
import { TensorVariable } from '../graph/variable.js';
import { mul } from '../ops/arithmetic.js';
import { asVariable } from '../ops/as-variable.js';
import { sum } from '../ops/reduce.js';
import type { DType } from '../types/dtype.js';
import { NDArray } from '../types/ndarray.js';
import { TensorType } from '../types/tensor-type.js';
import { grad } from './grad.js';

export interface VerifyGradOptions {
  /** Step of the central differences; 1e-5 in float64. */
  readonly step?: number;
  /** Largest error allowed, relative to the larger of the values and 1. */
  readonly tolerance?: number;
  readonly seed?: number;
}

/** Uniform numbers in [0.5, 1.5): the projection that makes a scalar of an output. */
function projection(shape: readonly number[], seed: number, dtype: DType): NDArray {
  const out = NDArray.zeros([...shape], dtype);
  let state = (seed * 2654435761 + 97) >>> 0;
  for (let i = 0; i < out.size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    (out.data as Float64Array)[i] = 0.5 + state / 2 ** 32;
  }
  return out;
}

/**
 * Compares grad of a random projection of `f` with central finite differences at `points` (float64
 * arrays; others are held constant). Values come from the reference implementation of each op.
 * @throws GradError naming the input, the element, and both derivatives
 */
export function verifyGrad(
  f: (...inputs: TensorVariable[]) => TensorVariable,
  points: readonly NDArray[],
  options: VerifyGradOptions = {},
): void {
  const { step = 1e-5, tolerance = 1e-5, seed = 1 } = options;
  const inputs = points.map(
    (p) =>
      new TensorVariable(
        new TensorType(
          p.dtype,
          p.shape.map((n) => (n === 1 ? 1 : null)),
        ),
      ),
  );
  const output = f(...inputs);
  const valuesAt = (arrays: readonly NDArray[]): Map<TensorVariable, NDArray> =>
    new Map(inputs.map((v, k) => [v, arrays[k]]));
  const [sample] = evaluate([output], valuesAt(points));
  const weights = asVariable(projection(sample.shape, seed, output.dtype));
  const cost = sum(mul(output, weights));
  const wrt = inputs.filter((v) => v.dtype === 'float64');
  if (wrt.length === 0) throw new GradError('[verifyGrad] expected a float64 point, got none');
  const symbolic = evaluate(grad(cost, wrt, { disconnected: 'ignore' }), valuesAt(points));
  wrt.forEach((v, k) => {
    const position = inputs.indexOf(v);
    const point = points[position].contiguous();
    if (symbolic[k].shape.join() !== point.shape.join()) {
      throw new GradError(
        `[verifyGrad] input ${position}: expected a gradient of shape (${point.shape.join(', ')}), got (${symbolic[k].shape.join(', ')})`,
      );
    }
    const flat = symbolic[k].contiguous();
    for (let i = 0; i < point.size; i++) {
      const moved = (by: number): number => {
        const copy = point.copy();
        (copy.data as Float64Array)[i] += by;
        const arrays = points.map((p, at) => (at === position ? copy : p));
        return Number(evaluate([cost], valuesAt(arrays))[0].item());
      };
      const numeric = (moved(step) - moved(-step)) / (2 * step);
      const exact = Number(flat.data[flat.offset + i]);
      if (
        !(Math.abs(numeric - exact) <= tolerance * Math.max(1, Math.abs(numeric), Math.abs(exact)))
      ) {
        throw new GradError(
          `[verifyGrad] input ${position}, element ${i}: expected ${numeric} by finite differences, got ${exact}`,
        );
      }
    }
  });
}
