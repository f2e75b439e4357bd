/** Computes a graph with the ops' reference `perform`, node by node: the oracle that no rewrite, lowering or device touches. */
import { MissingInputError } from '../errors.js';
import type { NDArray } from '../types/ndarray.js';
import { isConstant } from './constant.js';
import { isShared } from './shared.js';
import { toposort } from './traverse.js';
import type { TensorVariable } from './variable.js';

/**
 * Values of `outputs`, given those of the leaves (or of any variables).
 * @param known takes the values of all variables on the way
 * @throws MissingInputError
 */
export function evaluate(
  outputs: readonly TensorVariable[],
  values: ReadonlyMap<TensorVariable, NDArray>,
  known: Map<TensorVariable, NDArray> = new Map(values),
): NDArray[] {
  const valueOf = (variable: TensorVariable): NDArray => {
    const found = known.get(variable);
    if (found !== undefined) return found;
    if (isConstant(variable)) return variable.data;
    if (isShared(variable)) return variable.getValue();
    throw new MissingInputError(`[evaluate] expected a value for ${variable.toString()}`);
  };
  for (const node of toposort(outputs, new Set(values.keys()))) {
    const results = node.op.perform(node.inputs.map(valueOf), node);
    node.outputs.forEach((output, k) => {
      if (!known.has(output)) known.set(output, results[k]);
    });
  }
  return outputs.map(valueOf);
}
