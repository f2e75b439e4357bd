/** Rebuilds graphs with some variables replaced. */
import { toposort } from './traverse.js';
import { Apply, type TensorVariable } from './variable.js';

/**
 * The graph of `outputs` with the keys of `replace` standing for their values; a new Apply is made only
 * where an input changed, or for every node with `copyAll`. Traces and names are kept.
 */
export function cloneReplace(
  outputs: readonly TensorVariable[],
  replace: ReadonlyMap<TensorVariable, TensorVariable>,
  copyAll = false,
): { outputs: TensorVariable[]; map: Map<TensorVariable, TensorVariable> } {
  const map = new Map(replace);
  for (const node of toposort(outputs, new Set(replace.keys()))) {
    const inputs = node.inputs.map((input) => map.get(input) ?? input);
    if (!copyAll && inputs.every((input, k) => input === node.inputs[k])) continue;
    const types = inputs.every((input, k) => input.type.equals(node.inputs[k].type))
      ? node.outputs.map((output) => output.type)
      : node.op.types(inputs);
    const copy = new Apply(node.op, inputs, types, node.trace);
    node.outputs.forEach((output, k) => {
      copy.outputs[k].name = output.name;
      Object.assign(copy.outputs[k].tag, output.tag);
      if (!map.has(output)) map.set(output, copy.outputs[k]);
    });
  }
  return { outputs: outputs.map((output) => map.get(output) ?? output), map };
}
