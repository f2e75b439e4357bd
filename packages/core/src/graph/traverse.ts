/** Walks over graphs, all iterative: graphs may be deep. */
import type { Apply, TensorVariable } from './variable.js';

/** Applies that compute `outputs`, inputs before users, stopping at `stop`. */
export function toposort(
  outputs: readonly TensorVariable[],
  stop: ReadonlySet<TensorVariable> = new Set(),
): Apply[] {
  const order: Apply[] = [];
  const done = new Set<Apply>();
  const stack: { node: Apply; next: number }[] = [];
  const push = (variable: TensorVariable): void => {
    const node = variable.owner;
    if (node !== null && !stop.has(variable) && !done.has(node)) {
      done.add(node);
      stack.push({ node, next: 0 });
    }
  };
  for (const output of outputs) {
    push(output);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.next < top.node.inputs.length) push(top.node.inputs[top.next++]);
      else order.push((stack.pop() as { node: Apply }).node);
    }
  }
  return order;
}

/** Leaves (and members of `stop`) that `outputs` depend on, in order of first use. */
export function leavesOf(
  outputs: readonly TensorVariable[],
  stop: ReadonlySet<TensorVariable> = new Set(),
): TensorVariable[] {
  const leaves = new Set<TensorVariable>();
  const visit = (variable: TensorVariable): void => {
    if (variable.owner === null || stop.has(variable)) leaves.add(variable);
  };
  for (const node of toposort(outputs, stop)) node.inputs.forEach(visit);
  outputs.forEach(visit);
  return [...leaves];
}

/** Whether `output` depends on any of `targets`. */
export function dependsOn(output: TensorVariable, targets: ReadonlySet<TensorVariable>): boolean {
  return leavesOf([output], targets).some((leaf) => targets.has(leaf));
}
