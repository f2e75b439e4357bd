/**
 * Decides where each size is evaluated, each check tested and each buffer allocated: as early as
 * what it depends on is known. Entry sizes (dims, values of inputs) go to the first step; a late
 * size goes right after the step that writes the value behind it; a size that depends on a loop
 * counter goes to the start of that loop's body. Inserts the `sizes` steps and renumbers sizes, so
 * that each step evaluates one contiguous range. Sizes that nothing needs are dropped.
 */
import { VerifyError } from '../errors.js';
import type { Draft } from './finish-program.js';
import type { BufferDecl, Check, SizeId, SizeNode, Step } from './program.js';
import { nestedBlocks, renumberSteps, stepAccess, stepSizes, walkSteps } from './step-access.js';

export interface Placed {
  readonly sizes: readonly SizeNode[];
  readonly buffers: readonly BufferDecl[];
  readonly checks: readonly Check[];
  readonly steps: readonly Step[];
}

/** Operands of a size node. */
export function sizeOperands(node: SizeNode): readonly SizeId[] {
  if ('b' in node) return node.op === 'select' ? [node.cond, node.a, node.b] : [node.a, node.b];
  return [];
}

/** All sizes in a buffer's declaration. */
export function declSizes(decl: BufferDecl): readonly SizeId[] {
  if (decl.role === 'view') return [...decl.shape, decl.offset, ...decl.strides];
  if (decl.role === 'temp' && decl.capacity !== null) return [...decl.shape, decl.capacity];
  return decl.shape;
}

/** Places the sizes of a draft whose buffers are used as `referenced` says. @throws VerifyError */
export function placeSizes(draft: Draft, referenced: readonly boolean[]): Placed {
  return new Placer(draft, referenced).place();
}

class Placer {
  private readonly needed: boolean[];
  private readonly available: boolean[];
  /** New id of each old one, -1 while it is not placed. */
  private readonly renamed: SizeId[];
  private readonly order: SizeId[] = [];
  private readonly afterStep = new Map<Step, SizeId[]>();
  private readonly pendingChecks: Set<number>;
  private readonly pendingAllocs: Set<number>;

  constructor(
    private readonly draft: Draft,
    referenced: readonly boolean[],
  ) {
    const { sizes, buffers, checks } = draft;
    this.needed = markNeeded(draft, referenced);
    this.available = sizes.map(() => false);
    this.renamed = sizes.map(() => -1);
    this.pendingChecks = new Set(checks.keys());
    const allocated = (decl: BufferDecl, id: number): boolean =>
      referenced[id] && (decl.role === 'temp' || decl.role === 'output');
    this.pendingAllocs = new Set([...buffers.keys()].filter((id) => allocated(buffers[id], id)));
    this.findLateValues();
  }

  place(): Placed {
    const { sizes, buffers, checks, steps } = this.draft;
    const entry = sizes.flatMap((node, id) => (this.isEntry(node) ? [id] : []));
    const placed = this.block(steps, entry, true);
    const lost = this.needed.findIndex((needed, id) => needed && this.renamed[id] < 0);
    if (lost >= 0) throw unplaced(`size ${lost} (${sizes[lost].op})`);
    for (const id of this.pendingChecks) throw unplaced(`check "${checks[id].check.text}"`);
    for (const id of this.pendingAllocs) throw unplaced(`the allocation of buffer ${id}`);
    const size = (id: SizeId): SizeId => this.renamed[id];
    return {
      sizes: this.order.map((id) => renumberNode(sizes[id], size)),
      buffers: buffers.map((decl) => renumberDecl(decl, size)),
      checks: checks.map(({ check }) => ({ ...check, a: size(check.a), b: size(check.b) })),
      steps: renumberSteps(placed, { size, buffer: (id) => id }),
    };
  }

  private isEntry(node: SizeNode): boolean {
    if (node.op === 'value') return this.draft.buffers[node.buffer].role !== 'temp';
    return node.op === 'const' || node.op === 'dim';
  }

  /** A value is known after the innermost step that contains all writes of its buffer. */
  private findLateValues(): void {
    const { sizes, buffers, kernels, steps } = this.draft;
    sizes.forEach((node, id) => {
      if (node.op !== 'value' || !this.needed[id]) return;
      if (buffers[node.buffer].role !== 'temp') return;
      const writer = lastWriter(steps, (step) =>
        stepAccess(step, kernels).writes.some((b) => baseOf(buffers, b) === node.buffer),
      );
      if (writer === null) throw unplaced(`size ${id}, the value of buffer ${node.buffer},`);
      this.afterStep.set(writer, [...(this.afterStep.get(writer) ?? []), id]);
    });
  }

  private block(steps: readonly Step[], entering: readonly SizeId[], root: boolean): Step[] {
    const result: Step[] = [];
    const here: SizeId[] = [];
    const open = (leaves: readonly SizeId[], always: boolean): void => {
      const step = this.sizesStep(leaves, steps, here);
      if (always || step.to > step.from || step.checks.length + step.alloc.length > 0) {
        result.push(step);
      }
    };
    open(entering, root);
    for (const step of steps) {
      result.push(this.nested(step));
      const late = this.afterStep.get(step);
      if (late !== undefined) open(late, false);
    }
    // What is evaluated inside a body or branch is not known outside.
    for (const id of here) this.available[id] = false;
    return result;
  }

  private nested(step: Step): Step {
    if (step.kind === 'cond') {
      const then = this.block(step.then, [], false);
      return { ...step, then, else: this.block(step.else, [], false) };
    }
    if (step.kind !== 'loop') return step;
    const isCounter = (node: SizeNode): boolean => node.op === 'counter' && node.loop === step.loop;
    const counter = this.draft.sizes.findIndex(isCounter);
    return { ...step, body: this.block(step.body, counter < 0 ? [] : [counter], false) };
  }

  /** Takes all that `leaves` make known, and the checks and allocations that become possible. */
  private sizesStep(
    leaves: readonly SizeId[],
    block: readonly Step[],
    here: SizeId[],
  ): Extract<Step, { kind: 'sizes' }> {
    const from = this.order.length;
    if (leaves.length > 0) this.takeSizes(new Set(leaves), here);
    const checks = [...this.pendingChecks].filter((id) => {
      const { check, block: home } = this.draft.checks[id];
      return home === block && this.available[check.a] && this.available[check.b];
    });
    checks.forEach((id) => this.pendingChecks.delete(id));
    const alloc = [...this.pendingAllocs].filter((id) => this.canAllocate(id));
    alloc.forEach((id) => this.pendingAllocs.delete(id));
    return { kind: 'sizes', from, to: this.order.length, checks, alloc };
  }

  private takeSizes(leaves: ReadonlySet<SizeId>, here: SizeId[]): void {
    const { sizes } = this.draft;
    // Operands precede their node, so one pass in order of ids is enough.
    for (let id = 0; id < sizes.length; id++) {
      if (!this.needed[id] || this.renamed[id] >= 0) continue;
      const operands = sizeOperands(sizes[id]);
      const known =
        operands.length === 0 ? leaves.has(id) : operands.every((a) => this.available[a]);
      if (!known) continue;
      this.available[id] = true;
      this.renamed[id] = this.order.push(id) - 1;
      here.push(id);
    }
  }

  private canAllocate(buffer: number): boolean {
    const decl = this.draft.buffers[buffer];
    const bound = decl.role === 'temp' && decl.capacity !== null ? [decl.capacity] : decl.shape;
    return bound.every((id) => this.available[id]);
  }
}

function unplaced(what: string): VerifyError {
  return new VerifyError(
    `[program] expected ${what} to be known at some place before it is used, got none ` +
      '(its value is written too late, nowhere, or in a loop or branch that it outlives)',
  );
}

function markNeeded(draft: Draft, referenced: readonly boolean[]): boolean[] {
  const needed = draft.sizes.map(() => false);
  const mark = (id: SizeId): void => {
    needed[id] = true;
  };
  draft.buffers.forEach((decl, id) => {
    if (referenced[id]) declSizes(decl).forEach(mark);
  });
  walkSteps(draft.steps, (step) => stepSizes(step).forEach(mark));
  for (const { check } of draft.checks) [check.a, check.b].forEach(mark);
  for (let id = needed.length - 1; id >= 0; id--) {
    if (needed[id]) sizeOperands(draft.sizes[id]).forEach(mark);
  }
  return needed;
}

/** The innermost step that contains every step for which `writes` holds, the last where they are in a row. */
function lastWriter(steps: readonly Step[], writes: (step: Step) => boolean): Step | null {
  const touches = (step: Step): boolean =>
    writes(step) || nestedBlocks(step).some((block) => block.some(touches));
  const touching = steps.filter(touches);
  if (touching.length === 0) return null;
  const last = touching[touching.length - 1];
  if (touching.length > 1 || writes(last)) return last;
  const inside = nestedBlocks(last).filter((block) => block.some(touches));
  return inside.length > 1 ? last : lastWriter(inside[0], writes);
}

function baseOf(buffers: readonly BufferDecl[], id: number): number {
  const decl = buffers[id];
  return decl.role === 'view' ? decl.base : id;
}

function renumberNode(node: SizeNode, size: (id: SizeId) => SizeId): SizeNode {
  if (node.op === 'select') {
    return { ...node, cond: size(node.cond), a: size(node.a), b: size(node.b) };
  }
  return 'b' in node ? { ...node, a: size(node.a), b: size(node.b) } : node;
}

function renumberDecl(decl: BufferDecl, size: (id: SizeId) => SizeId): BufferDecl {
  const shape = decl.shape.map(size);
  if (decl.role === 'temp') {
    return { ...decl, shape, capacity: decl.capacity === null ? null : size(decl.capacity) };
  }
  if (decl.role === 'view') {
    return { ...decl, shape, offset: size(decl.offset), strides: decl.strides.map(size) };
  }
  return { ...decl, shape };
}
