/**
 * Where each value of a kernel is computed, given an order of its loops: at the outermost loop
 * inside which everything it depends on is known. Invariant loads and arithmetic leave the inner
 * loops this way; values that nothing uses are left out.
 * A *position* counts loops from the outside; -1 is before all loops, POST after the reduction.
 */
import type { KernelDim, KernelInstr, LoopKernel } from '../lower/program.js';
import { kernelIndices } from '../lower/verify-kernel.js';

/** Position of what uses results of reductions. */
export const POST = Number.MAX_SAFE_INTEGER;

export type LoadInstr = Extract<KernelInstr, { op: 'load' }>;

/** One computed index of a load or store: `number` counts them in order of appearance. */
export interface Gather {
  readonly number: number;
  readonly value: number;
  readonly size: KernelDim;
  readonly stride: KernelDim;
}

export function isZero(dim: KernelDim): boolean {
  return 'lit' in dim && dim.lit === 0;
}

export function isOne(dim: KernelDim): boolean {
  return 'lit' in dim && dim.lit === 1;
}

export class LoopPlan {
  readonly outer: number;
  /** Position of each value, by id. */
  readonly positions: readonly number[];
  readonly needed: readonly boolean[];
  /** Gathers of each load, by value id, and of each store, by its number. */
  readonly loadGathers: readonly (readonly Gather[])[];
  readonly storeGathers: readonly (readonly Gather[])[];
  private readonly positionOfAxis: readonly number[];

  /** `order`: axes from the outermost loop in. */
  constructor(
    readonly kernel: LoopKernel,
    readonly order: readonly number[],
  ) {
    this.outer = kernel.axes.length - kernel.reduceRank;
    this.positionOfAxis = kernel.axes.map((_, axis) => order.indexOf(axis));
    this.needed = this.markNeeded();
    this.positions = this.place();
    [this.loadGathers, this.storeGathers] = this.numberGathers();
  }

  /** The instruction behind a value; null for a reduction. */
  instr(id: number): KernelInstr | null {
    const { body, reductions, epilogue } = this.kernel;
    if (id < body.length) return body[id];
    return id < body.length + reductions.length
      ? null
      : epilogue[id - body.length - reductions.length];
  }

  get valueCount(): number {
    const { body, reductions, epilogue } = this.kernel;
    return body.length + reductions.length + epilogue.length;
  }

  /** Values computed at a position, in order. */
  at(position: number): number[] {
    return [...this.positions.keys()].filter(
      (id) => this.needed[id] && this.positions[id] === position && this.instr(id) !== null,
    );
  }

  /** Gathers of needed loads and of stores. */
  gathers(): Gather[] {
    const loads = this.loadGathers.filter((_, id) => this.needed[id]);
    return [...loads, ...this.storeGathers].flat();
  }

  /** Axes along which an operand moves, from the outermost loop in. */
  movingAxes(operand: number): number[] {
    const { strides } = this.kernel.operands[operand];
    return this.order.filter((axis) => !isZero(strides[axis]));
  }

  /** Operands that are loaded by a needed value or stored to. */
  usedOperands(): { loaded: ReadonlySet<number>; stored: ReadonlySet<number> } {
    const loaded = new Set<number>();
    for (let id = 0; id < this.valueCount; id++) {
      const instr = this.instr(id);
      if (this.needed[id] && instr?.op === 'load') loaded.add(instr.operand);
    }
    return { loaded, stored: new Set(this.kernel.stores.map((store) => store.operand)) };
  }

  private markNeeded(): boolean[] {
    const { kernel } = this;
    const needed: boolean[] = new Array<boolean>(this.valueCount).fill(false);
    for (const store of kernel.stores) {
      needed[store.value] = true;
      for (const { value } of store.index) needed[value] = true;
    }
    for (let id = needed.length - 1; id >= 0; id--) {
      if (!needed[id]) continue;
      const instr = this.instr(id);
      if (instr === null) needed[kernel.reductions[id - kernel.body.length].value] = true;
      else for (const arg of valueArgs(instr)) needed[arg] = true;
    }
    return needed;
  }

  private place(): number[] {
    const { body, reductions } = this.kernel;
    // The first loop of the reduction, or of the columns that run inside it.
    const reduceStart = Math.min(
      ...this.order.map((axis, position) => (axis >= this.outer ? position : POST)),
      POST,
    );
    const positions: number[] = [];
    for (let id = 0; id < this.valueCount; id++) {
      const instr = this.instr(id);
      const own = instr === null ? POST : this.ownPosition(instr);
      const args = instr === null ? [] : valueArgs(instr).map((arg) => positions[arg]);
      const position = Math.max(own, ...args);
      const late = id >= body.length + reductions.length && position >= reduceStart;
      positions.push(late ? POST : position);
    }
    return positions;
  }

  private ownPosition(instr: KernelInstr): number {
    if (instr.op === 'axis') return this.positionOfAxis[instr.axis];
    if (instr.op !== 'load') return -1;
    const moving = this.movingAxes(instr.operand);
    return moving.length === 0 ? -1 : this.positionOfAxis[moving[moving.length - 1]];
  }

  private numberGathers(): [Gather[][], Gather[][]] {
    const all = kernelIndices(this.kernel).map((index, number) => ({ ...index, number }));
    let next = 0;
    const take = (count: number): Gather[] => all.slice(next, (next += count));
    const loads: Gather[][] = [];
    for (let id = 0; id < this.valueCount; id++) {
      const instr = this.instr(id);
      loads.push(instr?.op === 'load' ? take(instr.index.length) : []);
    }
    return [loads, this.kernel.stores.map((store) => take(store.index.length))];
  }
}

/** Ids of the values that an instruction uses. */
export function valueArgs(instr: KernelInstr): readonly number[] {
  if (instr.op === 'scalar') return instr.args;
  return instr.op === 'load' ? instr.index.map(({ value }) => value) : [];
}
