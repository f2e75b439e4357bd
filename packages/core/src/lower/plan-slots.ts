/**
 * Gives every temp an arena slot: a linear scan over lifetimes, in which temps that never live at
 * the same time share a slot if they take the same number of bytes. So a slot never has to grow for
 * one temp while another one's place in it is known: a late allocation (not by the first step) also
 * keeps off slots whose temp is alive at that moment.
 */
import { dtypeInfo } from '../types/dtype.js';
import { lifetimes, type Lifetime } from './lifetimes.js';
import type { BufferDecl, BufferId, LoopKernel, SizeId, SizeNode, Step } from './program.js';

export interface SlotPlan {
  /** Slot of each buffer; -1 for those that are no temps or that nothing touches. */
  readonly slotOf: readonly number[];
  readonly slots: number;
}

interface Slot {
  /** Last position at which the slot is in use. */
  end: number;
  /** What its temps have in common: the factors of their number of bytes. */
  readonly bytes: string;
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
    const bytes = byteKey(program, life.temp);
    let chosen = chooseSlot(slots, life, bytes);
    if (chosen < 0) chosen = slots.push({ end: -1, bytes }) - 1;
    slots[chosen].end = life.end;
    slotOf[life.temp] = chosen;
  }
  return { slotOf, slots: slots.length };
}

/** Lifetimes come by start, so a slot is free when its last use lies before; -1 if none fits. */
function chooseSlot(slots: readonly Slot[], life: Lifetime, bytes: string): number {
  const isFree = (slot: Slot): boolean =>
    slot.end < life.start && (slot.end < life.alloc || life.alloc === FIRST_STEP);
  let best = -1;
  for (let i = 0; i < slots.length; i++) {
    if (slots[i].bytes !== bytes || !isFree(slots[i])) continue;
    // The one most recently used is the likeliest to be in cache.
    if (best < 0 || slots[i].end > slots[best].end) best = i;
  }
  return best;
}

/** Position of the entry `sizes` step, before which no temp lives. */
const FIRST_STEP = 1;

/** Constant factors multiplied out, the others by their ids. */
function byteKey(
  program: { readonly sizes: readonly SizeNode[]; readonly buffers: readonly BufferDecl[] },
  temp: BufferId,
): string {
  const decl = program.buffers[temp];
  const bound = decl.role === 'temp' && decl.capacity !== null ? [decl.capacity] : decl.shape;
  let known = dtypeInfo[decl.dtype].bytes;
  const symbolic: SizeId[] = [];
  for (const id of bound) {
    const node = program.sizes[id];
    if (node.op === 'const') known *= node.value;
    else symbolic.push(id);
  }
  return [known, ...symbolic.sort((a, b) => a - b)].join(' ');
}
