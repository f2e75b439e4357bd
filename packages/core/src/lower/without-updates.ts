/** A Program without its updates: the same kernels, fewer steps. */
import type { BufferId, Program, Step } from './program.js';
import { nestedBlocks, stepAccess, stepBuffers } from './step-access.js';
import { verifyProgram } from './verify-program.js';

/** What comes before the commit part, less what only the updates needed. All size checks stay. */
export function withoutUpdates(program: Program): Program {
  const commit = program.steps.findIndex((step) => step.kind === 'commit');
  if (commit < 0) return program;
  const steps = neededSteps(program, program.steps.slice(0, commit));
  const used = new Set(steps.flatMap((step) => touched(program, step)));
  const result = {
    ...program,
    steps: steps.map((step): Step =>
      step.kind === 'sizes' ? { ...step, alloc: step.alloc.filter((id) => used.has(id)) } : step,
    ),
  };
  verifyProgram(result);
  return result;
}

/** Steps whose results reach an output or a size; those without results stay. */
function neededSteps(program: Program, steps: readonly Step[]): Step[] {
  const needed = new Set(program.outputs);
  for (const node of program.sizes) {
    if (node.op === 'value') needed.add(baseOf(program, node.buffer));
  }
  const kept: Step[] = [];
  for (const step of [...steps].reverse()) {
    const { reads, writes } = allAccess(program, step);
    if (writes.length > 0 && !writes.some((id) => needed.has(id))) continue;
    reads.forEach((id) => needed.add(id));
    kept.push(step);
  }
  return kept.reverse();
}

/** What the step and those inside it read and write, views as their bases. */
function allAccess(program: Program, step: Step): { reads: BufferId[]; writes: BufferId[] } {
  const own = stepAccess(step, program.kernels);
  const inner = nestedBlocks(step)
    .flat()
    .map((one) => allAccess(program, one));
  const bases = (ids: readonly BufferId[]): BufferId[] => ids.map((id) => baseOf(program, id));
  return {
    reads: [...bases(own.reads), ...inner.flatMap(({ reads }) => reads)],
    writes: [...bases(own.writes), ...inner.flatMap(({ writes }) => writes)],
  };
}

function touched(program: Program, step: Step): BufferId[] {
  const inner = nestedBlocks(step)
    .flat()
    .flatMap((one) => touched(program, one));
  const own = step.kind === 'sizes' ? [] : stepBuffers(step).map((id) => baseOf(program, id));
  return [...own, ...inner];
}

function baseOf(program: Program, id: BufferId): BufferId {
  const decl = program.buffers[id];
  return decl.role === 'view' ? decl.base : id;
}
