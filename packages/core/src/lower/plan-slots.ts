/**
 * Gives every temp an arena slot: a linear scan over lifetimes, in which temps that never live at
 * the same time share a slot, those of equal sizes by preference. A slot grows when a larger temp
 * is allocated in it, which may move it: so a temp that is allocated late (not by the first step)
 * takes no slot whose temp is still alive at that moment.
 */
import { lifetimes, type Lifetime } from './lifetimes.js';
import type { BufferDecl, BufferId, LoopKernel, SizeNode, Step } from './program.js';

export interface SlotPlan {
  /** Slot of each buffer; -1 for those that are no temps or that nothing touches. */
  readonly slotOf: readonly number[];
  readonly slots: number;
}

interface Slot {
  /** Last position at which the slot is in use. */
  end: number;
  /** Sizes of its latest temp: an exact key, and one that ignores constant factors. */
  exact: string;
  loose: string;
}

export function planSlots(program: {
  readonly sizes: readonly SizeNode[];
  readonly buffers: readonly BufferDecl[];
  readonly kernels: readonly LoopKernel[];
  readonly steps: readonly Step[];
}): SlotPlan {
  const slotOf = program.buffers.map(() => -1);
  const slots: Slot[] = [];
  for (const life of lifetimes(program)) {
    const { exact, loose } = sizeKeys(program, life.temp);
    let chosen = chooseSlot(slots, life, exact, loose);
    if (chosen < 0) chosen = slots.push({ end: -1, exact, loose }) - 1;
    Object.assign(slots[chosen], { end: life.end, exact, loose });
    slotOf[life.temp] = chosen;
  }
  return { slotOf, slots: slots.length };
}

/** Lifetimes come by start, so a slot is free when its last use lies before; -1 if none fits. */
function chooseSlot(slots: readonly Slot[], life: Lifetime, exact: string, loose: string): number {
  const isFree = (slot: Slot): boolean =>
    slot.end < life.start && (slot.end < life.alloc || life.alloc === FIRST_STEP);
  let best = -1;
  for (let i = 0; i < slots.length; i++) {
    if (!isFree(slots[i]) || slots[i].loose !== loose) continue;
    if (slots[i].exact === exact) return i;
    // The one most recently used is the likeliest to be in cache.
    if (best < 0 || slots[i].end > slots[best].end) best = i;
  }
  return best;
}

/** Position of the entry `sizes` step, before which no temp lives. */
const FIRST_STEP = 1;

function sizeKeys(
  program: { readonly sizes: readonly SizeNode[]; readonly buffers: readonly BufferDecl[] },
  temp: BufferId,
): { exact: string; loose: string } {
  const decl = program.buffers[temp];
  const bound = decl.role === 'temp' && decl.capacity !== null ? [decl.capacity] : decl.shape;
  const symbolic = bound.filter((id) => program.sizes[id].op !== 'const').sort((a, b) => a - b);
  return { exact: `${decl.dtype} ${bound.join(' ')}`, loose: symbolic.join(' ') };
}
