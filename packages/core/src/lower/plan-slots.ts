/**
 * Gives every temp an arena slot. Temps share one if they never live at the same time; a slot is as
 * large as the largest of them, and takes the large ones first, so that little is left unused. Which
 * are large is estimated where sizes are known only at run time: a wrong guess costs memory only.
 * A slot that grows loses its contents. So two temps keep apart also where one is allocated (late,
 * not by the first step) while the other is alive.
 */
import { dtypeInfo } from '../types/dtype.js';
import { lifetimes, type Lifetime } from './lifetimes.js';
import type { BufferDecl, BufferId, LoopKernel, SizeNode, Step } from './program.js';
import { evalSizeBinary } from './size-table.js';

export interface SlotPlan {
  /** Slot of each buffer; -1 for those that are no temps or that nothing touches. */
  readonly slotOf: readonly number[];
  readonly slots: number;
}

/** Shapes that buffers are likely to have. */
export type KnownShapes = ReadonlyMap<BufferId, readonly number[]>;

export function planSlots(
  program: {
    readonly sizes: readonly SizeNode[];
    readonly buffers: readonly BufferDecl[];
    readonly kernels: readonly LoopKernel[];
    readonly steps: readonly Step[];
  },
  known: KnownShapes = new Map(),
): SlotPlan {
  const slotOf = program.buffers.map(() => -1);
  const sizes = estimateSizes(program.sizes, known);
  const bytes = (temp: BufferId): number => estimateBytes(program.buffers[temp], sizes);
  const bySize = lifetimes(program).sort(
    (a, b) => bytes(b.temp) - bytes(a.temp) || a.start - b.start || a.temp - b.temp,
  );
  const slots: Lifetime[][] = [];
  for (const life of bySize) {
    let chosen = chooseSlot(slots, life);
    if (chosen < 0) chosen = slots.push([]) - 1;
    slots[chosen].push(life);
    slotOf[life.temp] = chosen;
  }
  return { slotOf, slots: slots.length };
}

/** The smallest slot that is free, which is the last made; -1 if none is. */
function chooseSlot(slots: readonly Lifetime[][], life: Lifetime): number {
  for (let i = slots.length - 1; i >= 0; i--) {
    if (slots[i].every((other) => keepOut(life, other))) return i;
  }
  return -1;
}

/** Position of the entry `sizes` step, before which no temp lives. */
const FIRST_STEP = 1;

function keepOut(a: Lifetime, b: Lifetime): boolean {
  const apart = a.end < b.start || b.end < a.start;
  return apart && !isAllocatedWhile(a, b) && !isAllocatedWhile(b, a);
}

function isAllocatedWhile({ alloc }: Lifetime, other: Lifetime): boolean {
  return alloc !== FIRST_STEP && other.start <= alloc && alloc <= other.end;
}

/** What an unknown length is taken for. */
const TYPICAL_LENGTH = 100;

function estimateSizes(nodes: readonly SizeNode[], known: KnownShapes): number[] {
  const sizes: number[] = [];
  for (const node of nodes) {
    if (node.op === 'const') sizes.push(node.value);
    else if (node.op === 'dim') sizes.push(known.get(node.buffer)?.[node.axis] ?? TYPICAL_LENGTH);
    else if (node.op === 'value') sizes.push(TYPICAL_LENGTH);
    else if (node.op === 'counter') sizes.push(0);
    else if (node.op === 'select') sizes.push(Math.max(sizes[node.a], sizes[node.b]));
    else sizes.push(evalSizeBinary(node.op, sizes[node.a], sizes[node.b]));
  }
  return sizes;
}

function estimateBytes(decl: BufferDecl, sizes: readonly number[]): number {
  const bound = decl.role === 'temp' && decl.capacity !== null ? [decl.capacity] : decl.shape;
  return bound.reduce((product, id) => product * sizes[id], dtypeInfo[decl.dtype].bytes);
}
