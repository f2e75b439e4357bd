/** `f.copy()`: a compiled function on other shared variables, or without its updates. */
import { InputError } from '../errors.js';
import { cloneReplace } from '../graph/clone.js';
import { FunctionGraph } from '../graph/function-graph.js';
import { isShared, SharedVariable } from '../graph/shared.js';
import { leavesOf } from '../graph/traverse.js';
import type { TensorVariable } from '../graph/variable.js';
import { withoutUpdates } from '../lower/without-updates.js';
import type { Compilation } from './compilation.js';
import { link } from './link.js';

export interface CopyOptions {
  /** Shared variables and what stands for them in the copy, of the same types. */
  readonly swap?: Iterable<readonly [SharedVariable, SharedVariable]>;
  /** Leaves out all updates, those of states too. */
  readonly deleteUpdates?: boolean;
  /** The copy's name; by default the same. */
  readonly name?: string;
}

/** The shared variables that the function reads or sets. */
export function sharedOf({ spec }: Compilation): SharedVariable[] {
  return [...new Set([...leavesOf(spec.roots).filter(isShared), ...spec.targets])];
}

/** @throws InputError */
export function copyCompilation(made: Compilation, options: CopyOptions): Compilation {
  const start = performance.now();
  const swap = swapOf(made, options.swap ?? []);
  const { spec, lowered, graph } = made;
  const now = (variable: SharedVariable): SharedVariable => swap.get(variable) ?? variable;
  const keep = options.deleteUpdates === true ? spec.results.length : spec.roots.length;
  const roots = cloneReplace(spec.roots.slice(0, keep), swap).outputs;
  const parameters = spec.parameters.map((one) => ({ ...one, state: one.state && now(one.state) }));
  const copied = {
    ...lowered,
    program: options.deleteUpdates === true ? withoutUpdates(lowered.program) : lowered.program,
    shared: lowered.shared.map(now),
  };
  const copy = {
    ...made,
    name: options.name ?? made.name,
    spec: {
      ...spec,
      parameters,
      inputs: parameters.filter(({ state }) => state === null),
      results: spec.results.map((one, k) => ({ ...one, variable: roots[k] })),
      targets: options.deleteUpdates === true ? [] : spec.targets.map(now),
      roots,
    },
    lowered: copied,
    graph: new FunctionGraph(
      graph.inputs,
      cloneReplace(graph.outputs.slice(0, keep), swap).outputs,
    ),
    // Those of the original, which are checked there.
    rewrites: [],
  };
  const executable = link(copy, made.source);
  const load = performance.now() - start;
  const compileProfile = { phases: [], rules: new Map(), optimize: 0, lower: 0, emit: 0, load };
  return { ...copy, executable, compileProfile };
}

/** The pairs, and new shared variables for the states. */
function swapOf(
  made: Compilation,
  pairs: Iterable<readonly [SharedVariable, SharedVariable]>,
): Map<TensorVariable, SharedVariable> {
  const own = sharedOf(made);
  const swap = new Map<TensorVariable, SharedVariable>();
  for (const [from, to] of pairs) {
    if (!own.includes(from))
      throw new InputError(
        `[copy] expected a shared variable of the function, got ${String(from)}`,
      );
    if (!(to instanceof SharedVariable))
      throw new InputError(`[copy] expected a shared variable to swap in, got ${String(to)}`);
    if (!to.type.equals(from.type))
      throw new InputError(
        `[copy] expected ${from.type.key} for ${from.toString()}, got ${to.type.key}`,
      );
    swap.set(from, to);
  }
  for (const { state } of made.spec.parameters) {
    if (state === null || swap.has(state)) continue;
    const storage = made.device.createShared(state.getValue());
    swap.set(state, new SharedVariable(state.type, storage, state.name));
  }
  const after = own.map((variable) => swap.get(variable) ?? variable);
  const twice = after.find((variable, k) => after.indexOf(variable) !== k);
  if (twice !== undefined)
    throw new InputError(
      `[copy] expected each shared variable in one place, got ${twice.toString()} in two`,
    );
  return swap;
}
