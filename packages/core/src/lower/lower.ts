/**
 * Lowering: from an optimized graph to a Program.
 *
 * Order of work (region.ts): shapes of everything as sizes, with the run-time checks that they need
 * (region-shapes.ts); the decision what is stored (inlining.ts); where results go, such as outputs and
 * taken-over memory (region-memory.ts) and updates in place (commit-plan.ts); then one pass over the
 * nodes that writes a step for each stored result (step-writer.ts).
 */
import type { Target } from '../device/target.js';
import type { FunctionGraph } from '../graph/function-graph.js';
import type { SharedVariable } from '../graph/shared.js';
import type { Apply, TensorVariable } from '../graph/variable.js';
import type { Mode } from '../optimizer/mode.js';
import type { UpdateRequest } from './commit-plan.js';
import { finishProgram } from './finish-program.js';
import { poisoned } from './poison.js';
import { ProgramContext } from './program-context.js';
import type { BufferId, Program } from './program.js';
import { Region } from './region.js';

/** A Program with what is kept beside it. */
export interface Lowered {
  readonly program: Program;
  /** Node of each site. */
  readonly sites: readonly Apply[];
  /** Nodes of the host functions. */
  readonly hosts: readonly Apply[];
  /** Shared variables in the order that the Program binds them. */
  readonly shared: readonly SharedVariable[];
}

/**
 * The Program is not verified. In a mode that checks, memory is filled with garbage before it is used.
 * @param graph outputs are the function's, then the updates' values
 * @param outputCount how many of them are the function's
 * @param asWritten the same as before the optimizer: what their sizes require is required, also where
 * rewriting left nothing of it
 */
export function lower(
  graph: FunctionGraph,
  outputCount: number,
  targets: readonly SharedVariable[],
  target: Target,
  mode: Mode,
  asWritten: readonly TensorVariable[] = [],
): Lowered {
  const context = new ProgramContext(target, mode);
  const bound = new Map(
    graph.inputs.map((input): [TensorVariable, BufferId] => [
      input,
      context.builder.input(input.dtype, input.type.rank),
    ]),
  );
  const updates = targets.map((shared, k): UpdateRequest => ({
    target: shared,
    value: graph.outputs[outputCount + k],
  }));
  new Region(context, graph, bound, null, asWritten).writeFunction(outputCount, updates);
  const draft = context.builder.draft();
  return {
    program: finishProgram(mode.running === 'checked' ? poisoned(draft) : draft),
    sites: context.siteNodes,
    hosts: context.hosts,
    shared: [...context.sharedBuffers.keys()],
  };
}
