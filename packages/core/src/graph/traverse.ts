/** Walks over graphs, all iterative: graphs may be deep. */
import type { Apply, TensorVariable } from './variable.js';

/** Applies that compute `outputs`, inputs before users, stopping at `stop`. */
export function toposort(
  outputs: readonly TensorVariable[],
  stop: ReadonlySet<TensorVariable> = new Set(),
): Apply[] {
  const order: Apply[] = [];
  const walk = ++walks;
  // The path to where the walk is: nodes, and which of their inputs comes next.
  const path: Apply[] = [];
  const next: number[] = [];
  const enter = (variable: TensorVariable): void => {
    const node = variable.owner;
    if (node === null || node.walked === walk || stop.has(variable)) return;
    node.walked = walk;
    path.push(node);
    next.push(0);
  };
  for (const output of outputs) {
    enter(output);
    while (path.length > 0) {
      const top = path.length - 1;
      const { inputs } = path[top];
      if (next[top] < inputs.length) enter(inputs[next[top]++]);
      else {
        order.push(path[top]);
        path.length = next.length = top;
      }
    }
  }
  return order;
}

/** How many walks there have been. */
let walks = 0;

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
