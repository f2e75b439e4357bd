/**
 * What each kind of step touches: the one place that knows the fields of steps, for passes that
 * plan, verify, renumber or print. Accesses are by buffer id as written; a view's access is its
 * base's too, which the caller resolves.
 */
import type { BufferId, KernelInstr, LoopKernel, SizeId, Step } from './program.js';

export interface Access {
  readonly reads: readonly BufferId[];
  readonly writes: readonly BufferId[];
}

/** Loads of a kernel (body and epilogue), in order of appearance. */
export function kernelLoads(kernel: LoopKernel): Extract<KernelInstr, { op: 'load' }>[] {
  return [...kernel.body, ...kernel.epilogue].filter((instr) => instr.op === 'load');
}

/** Whether a kernel computes an index that can be out of range. */
export function isIndexed(kernel: LoopKernel): boolean {
  return (
    kernelLoads(kernel).some((load) => load.index.length > 0) ||
    kernel.stores.some((store) => store.index.length > 0)
  );
}

/**
 * Buffers that the step itself reads and writes, not those of nested steps: of a `cond` its test, of
 * a `loop` what it touches at its end. A `sizes` step reads the buffers behind `value` nodes, which
 * only the size table knows: see `valueBuffers` of the caller.
 */
export function stepAccess(step: Step, kernels: readonly LoopKernel[]): Access {
  switch (step.kind) {
    case 'kernel': {
      const kernel = kernels[step.kernel];
      const loaded = kernelLoads(kernel).map((load) => load.operand);
      const added = kernel.stores.filter((s) => s.mode === 'add').map((s) => s.operand);
      const reads = [...new Set([...loaded, ...added])].map((i) => step.operands[i]);
      const writes = [...new Set(kernel.stores.map((s) => s.operand))].map((i) => step.operands[i]);
      return { reads, writes };
    }
    case 'call':
    case 'routine':
    case 'host':
      return { reads: step.ins, writes: step.outs };
    case 'copy':
      return { reads: [step.from], writes: [step.to] };
    case 'loop':
      return {
        reads: step.until === null ? [] : [step.until],
        writes: step.taken === null ? [] : [step.taken],
      };
    case 'cond':
      return { reads: [step.test], writes: [] };
    case 'sizes':
    case 'commit':
      return { reads: [], writes: [] };
  }
}

/** The blocks of steps directly inside a step. */
export function nestedBlocks(step: Step): readonly (readonly Step[])[] {
  if (step.kind === 'loop') return [step.body];
  if (step.kind === 'cond') return [step.then, step.else];
  return [];
}

/** The routine that a step calls, else its kind. */
export function stepLabel(step: Step): string {
  if (step.kind === 'call') return step.callee;
  return step.kind === 'routine' ? step.routine : step.kind;
}

/** Where a step is, for messages: `steps[2].body[0] (kernel exp)`. */
export function stepName(
  program: { readonly kernels: readonly LoopKernel[] },
  path: string,
  step: Step,
): string {
  if (step.kind === 'kernel') {
    const kernel = program.kernels[step.kernel] as { readonly name: string } | undefined;
    return `${path} (kernel ${kernel?.name ?? '?'})`;
  }
  return `${path} (${stepLabel(step)})`;
}

/** Calls `visit` for the blocks inside a step with their paths. */
export function namedBlocks(step: Step, path: string): { path: string; steps: readonly Step[] }[] {
  const names = step.kind === 'loop' ? ['body'] : ['then', 'else'];
  return nestedBlocks(step).map((steps, i) => ({ path: `${path}.${names[i]}`, steps }));
}

/** Calls `visit` for every step, outer steps before those inside them. */
export function walkSteps(steps: readonly Step[], visit: (step: Step) => void): void {
  for (const step of steps) {
    visit(step);
    for (const block of nestedBlocks(step)) walkSteps(block, visit);
  }
}

/** All buffer ids that a step names itself. */
export function stepBuffers(step: Step): readonly BufferId[] {
  switch (step.kind) {
    case 'kernel':
      return step.operands;
    case 'call':
    case 'routine':
    case 'host':
      return [...step.ins, ...step.outs];
    case 'copy':
      return [step.from, step.to];
    case 'loop':
      return [step.until, step.taken].filter((id) => id !== null);
    case 'cond':
      return [step.test];
    case 'sizes':
      return step.alloc;
    case 'commit':
      return step.reserve.flatMap(({ from, to }) => [from, to]);
  }
}

/** All size ids that a step names itself; not the range that a `sizes` step evaluates. */
export function stepSizes(step: Step): readonly SizeId[] {
  if (step.kind === 'kernel') return step.dims;
  if (step.kind === 'routine') return step.params;
  return step.kind === 'loop' ? [step.trips] : [];
}

export interface IdMap {
  buffer(id: BufferId): BufferId;
  size(id: SizeId): SizeId;
}

/** The same steps with other ids; `sizes` ranges are left as they are. */
export function renumberSteps(steps: readonly Step[], ids: IdMap): Step[] {
  const buffers = (list: readonly BufferId[]): BufferId[] => list.map((id) => ids.buffer(id));
  const optional = (id: BufferId | null): BufferId | null => (id === null ? null : ids.buffer(id));
  return steps.map((step): Step => {
    switch (step.kind) {
      case 'sizes':
        return { ...step, alloc: buffers(step.alloc) };
      case 'kernel': {
        const dims = step.dims.map((id) => ids.size(id));
        return { ...step, operands: buffers(step.operands), dims };
      }
      case 'routine': {
        const params = step.params.map((id) => ids.size(id));
        return { ...step, params, ins: buffers(step.ins), outs: buffers(step.outs) };
      }
      case 'call':
      case 'host':
        return { ...step, ins: buffers(step.ins), outs: buffers(step.outs) };
      case 'copy':
        return { ...step, from: ids.buffer(step.from), to: ids.buffer(step.to) };
      case 'loop':
        return {
          ...step,
          trips: ids.size(step.trips),
          body: renumberSteps(step.body, ids),
          until: optional(step.until),
          taken: optional(step.taken),
        };
      case 'cond':
        return {
          ...step,
          test: ids.buffer(step.test),
          then: renumberSteps(step.then, ids),
          else: renumberSteps(step.else, ids),
        };
      case 'commit': {
        const reserve = step.reserve.map(({ from, to }) => ({
          from: ids.buffer(from),
          to: ids.buffer(to),
        }));
        return { ...step, reserve };
      }
    }
  });
}
