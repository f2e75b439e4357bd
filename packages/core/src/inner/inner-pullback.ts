/** Gradients of an inner graph's outputs by its inputs, in terms of the variables around it. */
import { cloneReplace } from '../graph/clone.js';
import { TensorVariable } from '../graph/variable.js';
import { grad } from '../grad/grad.js';
import { barrier } from '../grad/stabilized.js';
import { isFloat } from '../types/dtype.js';
import type { InnerGraph } from './inner-graph.js';

/**
 * @param given variables in the places of the inner inputs
 * @param cotangents of the outputs, null where none arrives
 * @param seedOf what of a cotangent is one of the inner output (all of it, unless said otherwise)
 * @returns a gradient for each input, null where the outputs do not depend on it
 */
export function innerPullback(
  inner: InnerGraph,
  given: readonly TensorVariable[],
  cotangents: readonly (TensorVariable | null)[],
  seedOf: (g: TensorVariable) => TensorVariable = (g) => g,
): (TensorVariable | null)[] {
  const arriving = cotangents.map((g) => g && new TensorVariable(g.type));
  // Behind a barrier each: one output may depend on another.
  const knownGrads = inner.outputs.flatMap((y, k) => {
    const g = arriving[k];
    return g === null || !isFloat(y.dtype) ? [] : [[barrier(y), seedOf(g)] as const];
  });
  if (knownGrads.length === 0) return given.map(() => null);
  const gradients = grad(null, inner.inputs, {
    knownGrads,
    disconnectedInputs: 'ignore',
    returnDisconnected: 'null',
  });
  const around = new Map(inner.inputs.map((v, k) => [v, given[k]]));
  arriving.forEach((v, k) => v && around.set(v, cotangents[k] as TensorVariable));
  const found = cloneReplace(
    gradients.filter((g) => g !== null),
    around,
  ).outputs;
  return gradients.map((g) => g && (found.shift() as TensorVariable));
}
