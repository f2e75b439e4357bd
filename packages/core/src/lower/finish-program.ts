/**
 * The last step of building a Program, as one readable pipeline: place sizes, plan slots, fill
 * `commit.reserve`, drop unreferenced buffers.
 */
import { compactBuffers, referencedBuffers } from './compact-buffers.js';
import { placeSizes } from './place-sizes.js';
import { planSlots, type KnownShapes } from './plan-slots.js';
import { PROGRAM_VERSION } from './program.js';
import type { BufferDecl, BufferId, Check, Program, Step } from './program.js';

/** A check and the block of steps in which it was asked for; it is placed nowhere before that block. */
export interface PlacedCheck {
  readonly check: Check;
  readonly block: readonly Step[];
}

/** What a ProgramBuilder has recorded: no `sizes` steps yet, temps without slots. */
export interface Draft extends Omit<Program, 'version' | 'checks' | 'slots'> {
  readonly checks: readonly PlacedCheck[];
  /** Of shared variables, whose sizes are guessed to stay. */
  readonly presentShapes: KnownShapes;
}

/** The Program of a draft. @throws VerifyError (E_VERIFY) where a size, a check or an allocation finds no place */
export function finishProgram(draft: Draft): Program {
  const { presentShapes, ...recorded } = draft;
  const referenced = referencedBuffers(draft);
  const placed = placeSizes(draft, referenced);
  const { slotOf, slots } = planSlots({ ...placed, kernels: draft.kernels }, presentShapes);
  const buffers = placed.buffers.map((decl, id) => withSlot(decl, slotOf[id]));
  return compactBuffers(
    {
      ...recorded,
      version: PROGRAM_VERSION,
      sizes: placed.sizes,
      buffers,
      checks: placed.checks,
      steps: fillReserve(placed.steps, buffers),
      slots,
    },
    referenced,
  );
}

function withSlot(decl: BufferDecl, slot: number): BufferDecl {
  return decl.role === 'temp' ? { ...decl, slot } : decl;
}

/** `commit` reserves memory for every copy to a shared buffer that comes after it. */
function fillReserve(steps: readonly Step[], buffers: readonly BufferDecl[]): Step[] {
  const at = steps.findIndex((step) => step.kind === 'commit');
  if (at < 0) return [...steps];
  const reserve = copiesToShared(steps.slice(at + 1), buffers);
  return steps.map((step, i) => (i === at ? { kind: 'commit', reserve } : step));
}

function copiesToShared(
  steps: readonly Step[],
  buffers: readonly BufferDecl[],
): { from: BufferId; to: BufferId }[] {
  return steps.flatMap((step) => {
    if (step.kind === 'copy') {
      return buffers[step.to].role === 'shared' ? [{ from: step.from, to: step.to }] : [];
    }
    if (step.kind === 'loop') return copiesToShared(step.body, buffers);
    if (step.kind === 'cond') {
      return [...copiesToShared(step.then, buffers), ...copiesToShared(step.else, buffers)];
    }
    return [];
  });
}
