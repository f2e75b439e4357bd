/**
 * Lifetimes of temps, as ranges of positions in the walk of a Program's steps. Loops take a
 * position at their start and one at their end. A temp lives from its first to its last access;
 * a loop that touches it is covered whole, unless the temp is made anew in each iteration before
 * anything reads it. Accesses through a view count for its base.
 */
import type { BufferDecl, BufferId, LoopKernel, SizeNode, Step } from './program.js';
import { nestedBlocks, stepAccess } from './step-access.js';

export interface Lifetime {
  readonly temp: BufferId;
  readonly start: number;
  readonly end: number;
  /** Position of the `sizes` step that allocates the temp. */
  readonly alloc: number;
}

interface LiveProgram {
  readonly sizes: readonly SizeNode[];
  readonly buffers: readonly BufferDecl[];
  readonly kernels: readonly LoopKernel[];
  readonly steps: readonly Step[];
}

interface Span {
  start: number;
  end: number;
  alloc: number;
}

interface LoopSpan {
  readonly body: readonly Step[];
  readonly start: number;
  readonly end: number;
}

/** Lifetimes of all temps that some step touches, by start. */
export function lifetimes(program: LiveProgram): Lifetime[] {
  return new Liveness(program).ranges();
}

class Liveness {
  private position = 0;
  private readonly spans = new Map<BufferId, Span>();
  /** Loops by their end, so inner loops come before the loops around them. */
  private readonly loops: LoopSpan[] = [];
  private readonly touched = new Map<readonly Step[], Set<BufferId>>();

  constructor(private readonly program: LiveProgram) {
    this.walk(program.steps);
  }

  ranges(): Lifetime[] {
    for (const [temp, span] of this.spans) {
      for (const loop of this.loops) this.coverLoop(temp, span, loop);
    }
    return [...this.spans]
      .map(([temp, span]) => ({ temp, ...span }))
      .sort((a, b) => a.start - b.start || a.temp - b.temp);
  }

  private coverLoop(temp: BufferId, span: Span, loop: LoopSpan): void {
    if (this.touched.get(loop.body)?.has(temp) !== true) return;
    const inside = span.start > loop.start && span.end < loop.end;
    if (inside && this.madeInside(temp, loop.body)) return;
    span.start = Math.min(span.start, loop.start);
    span.end = Math.max(span.end, loop.end);
  }

  /** Whether every run of `block` writes all of the temp, or allocates it, before it reads it. */
  private madeInside(temp: BufferId, block: readonly Step[]): boolean {
    const touching = block.filter((step) => this.touches(step, temp));
    const [first] = touching;
    if (first.kind === 'sizes') return first.alloc.includes(temp);
    if (first.kind === 'cond') {
      if (this.base(first.test) === temp) return false;
      const inside = nestedBlocks(first).filter((b) => this.touched.get(b)?.has(temp) === true);
      const only = touching.length === 1 || inside.length === 2;
      return only && inside.every((b) => this.madeInside(temp, b));
    }
    if (first.kind === 'loop') {
      const bodyTouches = this.touched.get(first.body)?.has(temp) === true;
      if (!bodyTouches) return first.until === null || this.base(first.until) !== temp;
      return touching.length === 1 && this.madeInside(temp, first.body);
    }
    const { reads, writes } = stepAccess(first, this.program.kernels);
    const partial = first.kind === 'kernel' && this.storesPart(first);
    return writes.includes(temp) && !partial && !reads.some((id) => this.base(id) === temp);
  }

  /** A kernel with computed store positions need not write every element. */
  private storesPart(step: Extract<Step, { kind: 'kernel' }>): boolean {
    return this.program.kernels[step.kernel].stores.some((store) => store.index.length > 0);
  }

  private touches(step: Step, temp: BufferId): boolean {
    return (
      this.directAccess(step).some((id) => this.base(id) === temp) ||
      nestedBlocks(step).some((block) => this.touched.get(block)?.has(temp) === true)
    );
  }

  private directAccess(step: Step): BufferId[] {
    if (step.kind === 'sizes') return [...this.valuesOf(step), ...step.alloc];
    const { reads, writes } = stepAccess(step, this.program.kernels);
    return [...reads, ...writes];
  }

  private valuesOf(step: Extract<Step, { kind: 'sizes' }>): BufferId[] {
    const nodes = this.program.sizes.slice(step.from, step.to);
    return nodes.flatMap((node) => (node.op === 'value' ? [node.buffer] : []));
  }

  private walk(steps: readonly Step[]): Set<BufferId> {
    const touched = new Set<BufferId>();
    for (const step of steps) {
      this.position++;
      if (step.kind === 'sizes') this.allocate(step);
      const start = this.position;
      for (const block of nestedBlocks(step)) {
        for (const temp of this.walk(block)) touched.add(temp);
      }
      if (step.kind === 'loop') {
        this.position++;
        this.loops.push({ body: step.body, start, end: this.position });
      }
      // A cond's test is read where it starts, a loop's own accesses are at its end.
      const at = step.kind === 'cond' ? start : this.position;
      const direct = step.kind === 'sizes' ? this.valuesOf(step) : this.directAccess(step);
      for (const id of direct) this.access(id, at, touched);
      if (step.kind === 'sizes') step.alloc.forEach((id) => touched.add(id));
    }
    this.touched.set(steps, touched);
    return touched;
  }

  private allocate(step: Extract<Step, { kind: 'sizes' }>): void {
    for (const temp of step.alloc) {
      if (this.program.buffers[temp].role !== 'temp') continue;
      this.spans.set(temp, { start: Infinity, end: -Infinity, alloc: this.position });
    }
  }

  private access(id: BufferId, at: number, touched: Set<BufferId>): void {
    const temp = this.base(id);
    if (this.program.buffers[temp].role !== 'temp') return;
    touched.add(temp);
    const span = this.spans.get(temp);
    if (span === undefined) return;
    span.start = Math.min(span.start, at);
    span.end = Math.max(span.end, at);
  }

  private base(id: BufferId): BufferId {
    const decl = this.program.buffers[id];
    return decl.role === 'view' ? decl.base : id;
  }
}
