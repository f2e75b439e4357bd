/**
 * What must hold in the order of a Program's steps, found by walking them once with an abstract
 * memory: sizes are known before use, each read finds the contents it means (written before, not
 * overwritten by another temp of the slot), outputs are written, and nothing shared is written and
 * nothing may fail on the wrong side of `commit`.
 * Loop bodies are walked twice, so that the second iteration's reads are checked too; branches
 * must agree on what they leave. A loop is taken to run at least once: what it alone writes may be
 * read after it (with no iterations such a buffer has no elements or is covered by `taken`).
 */
import { VerifyError } from '../errors.js';
import { verifyInPlace } from './verify-in-place.js';
import type { BufferId, Program, SizeId, Step } from './program.js';
import { declSizes } from './place-sizes.js';
import {
  isIndexed,
  namedBlocks,
  stepAccess,
  stepBuffers,
  stepName,
  stepSizes,
} from './step-access.js';

/** @throws VerifyError (E_VERIFY) */
export function verifyFlow(program: Program): void {
  new FlowVerifier(program).verify();
}

/** Whose contents each piece of memory holds; a slot by its number, an output by -1 - index. */
type Contents = Map<number, BufferId>;

class FlowVerifier {
  private where = 'program';
  private readonly known: boolean[];
  private readonly allocated = new Set<BufferId>();
  private contents: Contents = new Map();
  private committed = false;
  private updated = new Set<BufferId>();
  private reserved: ReadonlySet<string> = new Set();
  private readonly activeLoops = new Set<number>();

  constructor(private readonly program: Program) {
    this.known = program.sizes.map(() => false);
  }

  verify(): void {
    const { program } = this;
    this.block(program.steps, 'steps');
    this.where = 'program';
    for (const id of program.outputs) {
      this.expect(this.holds(id), `output ${program.outputs.indexOf(id)} to be written`);
    }
  }

  private block(steps: readonly Step[], path: string): void {
    steps.forEach((step, i) => this.step(step, `${path}[${i}]`));
  }

  private step(step: Step, path: string): void {
    this.where = stepName(this.program, path, step);
    stepSizes(step).forEach((id) => this.size(id));
    const { reads, writes } = stepAccess(step, this.program.kernels);
    switch (step.kind) {
      case 'sizes':
        return this.sizesStep(step);
      case 'commit':
        return this.commit(step);
      case 'loop':
        return this.loop(step, path);
      case 'cond':
        reads.forEach((id) => this.read(id, []));
        return this.cond(step, path);
      case 'kernel': {
        const kernel = this.program.kernels[step.kernel];
        this.expect(!(this.committed && isIndexed(kernel)), 'no index that can fail after commit');
        stepBuffers(step).forEach((id) => this.place(id));
        const problem = verifyInPlace(this.program, step);
        this.expect(problem === null, problem ?? '');
        break;
      }
      case 'routine':
        this.expect(!this.committed, 'no routine after commit');
        step.params.forEach((id) => this.size(id));
        this.separate(step.ins, step.outs);
        stepBuffers(step).forEach((id) => this.layout(id));
        break;
      case 'host':
        this.expect(!this.committed, 'no host function after commit');
        stepBuffers(step).forEach((id) => this.layout(id));
        break;
      case 'call':
      case 'copy':
        this.bulk(step);
        break;
    }
    reads.forEach((id) => this.read(id, writes));
    writes.forEach((id) => this.write(id));
  }

  private sizesStep(step: Extract<Step, { kind: 'sizes' }>): void {
    const { sizes, checks } = this.program;
    for (let id = step.from; id < step.to; id++) {
      const node = sizes[id];
      if (node.op === 'counter') {
        this.expect(this.activeLoops.has(node.loop), `counter ${node.loop} inside its loop`);
      } else if (node.op === 'value') {
        this.read(node.buffer, []);
      } else if (node.op === 'select') {
        [node.cond, node.a, node.b].forEach((a) => this.size(a));
      } else if ('b' in node) {
        [node.a, node.b].forEach((a) => this.size(a));
      }
      this.known[id] = true;
    }
    const fails = step.checks.length > 0 || step.alloc.length > 0;
    this.expect(!(this.committed && fails), 'no check or allocation after commit');
    for (const check of step.checks)
      [checks[check].a, checks[check].b].forEach((a) => this.size(a));
    for (const id of step.alloc) {
      const decl = this.program.buffers[id];
      const bound = decl.role === 'temp' && decl.capacity !== null ? [decl.capacity] : decl.shape;
      bound.forEach((a) => this.size(a));
      this.allocated.add(id);
      // Growing a slot may move it: whatever it held is gone.
      this.contents.delete(this.memory(id));
    }
  }

  private commit(step: Extract<Step, { kind: 'commit' }>): void {
    this.committed = true;
    for (const { from, to } of step.reserve) {
      this.expect(this.program.buffers[to].role === 'shared', 'to reserve for shared buffers only');
      this.layout(from);
    }
    this.reserved = new Set(step.reserve.map(({ from, to }) => `${from} ${to}`));
  }

  private loop(step: Extract<Step, { kind: 'loop' }>, path: string): void {
    const [body] = namedBlocks(step, path);
    this.activeLoops.add(step.loop);
    for (let pass = 0; pass < 2; pass++) {
      this.scoped(() => {
        this.block(body.steps, body.path);
        this.where = stepName(this.program, path, step);
        if (step.until !== null) this.read(step.until, []);
      });
    }
    this.activeLoops.delete(step.loop);
    if (step.taken !== null) this.write(step.taken);
  }

  private cond(step: Extract<Step, { kind: 'cond' }>, path: string): void {
    const before = this.contents;
    const updatedBefore = this.updated;
    const updated = new Set(updatedBefore);
    const after = namedBlocks(step, path).map((block) => {
      this.contents = new Map(before);
      this.updated = new Set(updatedBefore);
      this.scoped(() => this.block(block.steps, block.path));
      this.updated.forEach((id) => updated.add(id));
      return this.contents;
    });
    this.updated = updated;
    this.contents = new Map([...after[0]].filter(([memory, id]) => after[1].get(memory) === id));
  }

  /** Sizes and allocations made inside are not known outside. */
  private scoped(walk: () => void): void {
    const known = [...this.known];
    const allocated = [...this.allocated];
    walk();
    known.forEach((was, id) => (this.known[id] = was));
    this.allocated.clear();
    allocated.forEach((id) => this.allocated.add(id));
  }

  private bulk(step: Extract<Step, { kind: 'call' | 'copy' }>): void {
    const { reads, writes } = stepAccess(step, this.program.kernels);
    const bound = step.kind === 'call' && step.callee === 'nonzero' ? step.outs[0] : -1;
    stepBuffers(step).forEach((id) => (id === bound ? this.place(id) : this.layout(id)));
    if (step.kind === 'copy') {
      const { from, to } = step;
      this.expect(this.base(from) !== this.base(to) || from === to, 'copies between two buffers');
      if (this.program.buffers[to].role === 'shared' && this.committed) {
        this.expect(this.reserved.has(`${from} ${to}`), 'memory for the copy reserved at commit');
      }
      return;
    }
    // Only the addend (C of gemm and gemv, A of ger) may be the result's own buffer.
    const addend = step.callee === 'ger' ? step.ins[0] : step.ins[2];
    for (const to of writes) {
      for (const from of reads) {
        if (this.base(from) !== this.base(to)) continue;
        const inPlace =
          from === to && from === addend && reads.filter((r) => r === from).length === 1;
        this.expect(inPlace, `the result apart from buffer ${from}, got the same memory`);
      }
    }
  }

  /** Outputs lie apart from inputs and from one another. */
  private separate(ins: readonly BufferId[], outs: readonly BufferId[]): void {
    const taken = new Set(ins.map((id) => this.base(id)));
    for (const id of outs) {
      const base = this.base(id);
      this.expect(!taken.has(base), `output ${id} apart from the other operands`);
      taken.add(base);
    }
  }

  private read(id: BufferId, writes: readonly BufferId[]): void {
    const base = this.base(id);
    const decl = this.program.buffers[base];
    this.place(id);
    if (decl.role === 'temp' || decl.role === 'output') {
      const holder = this.contents.get(this.memory(base));
      const what = `buffer ${base} to be written before it is read`;
      this.expect(
        this.holds(base),
        holder === undefined ? what : `${what}, got buffer ${holder} there`,
      );
    } else if (this.updated.has(base)) {
      const own = writes.some((w) => this.base(w) === base);
      this.expect(own, `shared buffer ${base} not to be read after its update`);
    }
  }

  private write(id: BufferId): void {
    const base = this.base(id);
    const { role } = this.program.buffers[base];
    this.place(id);
    this.expect(role !== 'input' && role !== 'const', `not to write to ${role} buffer ${base}`);
    if (role === 'shared') {
      this.expect(this.committed, `no write to shared buffer ${base} before commit`);
      this.updated.add(base);
    } else {
      this.contents.set(this.memory(base), base);
    }
  }

  /** The buffer's memory exists and its place in it is known. */
  private place(id: BufferId): void {
    const decl = this.program.buffers[id];
    const base = this.base(id);
    const { role } = this.program.buffers[base];
    if (role === 'temp' || role === 'output') {
      this.expect(this.allocated.has(base), `buffer ${base} to be allocated before it is used`);
    }
    if (decl.role === 'view') declSizes(decl).forEach((a) => this.size(a));
  }

  /** Its place and its shape are known. */
  private layout(id: BufferId): void {
    this.place(id);
    const decl = this.program.buffers[id];
    const sizes = decl.role === 'temp' ? decl.shape : declSizes(decl);
    sizes.forEach((a) => this.size(a));
  }

  private holds(id: BufferId): boolean {
    return this.contents.get(this.memory(id)) === id;
  }

  private memory(id: BufferId): number {
    const decl = this.program.buffers[id];
    if (decl.role === 'temp') return decl.slot;
    return decl.role === 'output' ? -1 - decl.index : NaN;
  }

  private base(id: BufferId): BufferId {
    const decl = this.program.buffers[id];
    return decl.role === 'view' ? decl.base : id;
  }

  private size(id: SizeId): void {
    this.expect(this.known[id], `size ${id} to be evaluated before it is used`);
  }

  private expect(holds: boolean, what: string): void {
    if (!holds) throw new VerifyError(`[program] ${this.where}: expected ${what}`);
  }
}
