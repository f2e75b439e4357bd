/**
 * Checks a Program before anything runs it: `verifyProgram` throws a VerifyError that names the step.
 * Here: ids, dtypes, ranks and the partition of sizes (what holds for each part by itself). What
 * depends on the order of steps (known sizes, contents of memory, the commit part) is in
 * verify-flow.ts, kernels are in verify-kernel.ts.
 */
import { VerifyError } from '../errors.js';
import { routines, routineSignatures } from '../routines/routine.js';
import type { DType } from '../types/dtype.js';
import { isInt } from '../types/dtype.js';
import { callees } from './program.js';
import type { BufferDecl, BufferId, Callee, Program, SizeNode, Step } from './program.js';
import { declSizes, sizeOperands } from './place-sizes.js';
import { namedBlocks, stepBuffers, stepName, stepSizes } from './step-access.js';
import { verifyFlow } from './verify-flow.js';
import { kernelIndices, verifyKernel } from './verify-kernel.js';

/** @throws VerifyError (E_VERIFY) */
export function verifyProgram(program: Program): void {
  program.kernels.forEach(verifyKernel);
  new StructureVerifier(program).verify();
  verifyFlow(program);
}

/** Ranks of a callee's inputs and outputs; the last `scalars` inputs may be left out. */
const callRanks: Readonly<Record<Callee, { ins: number[]; optional: number; outs: number[] }>> = {
  gemm: { ins: [2, 2, 2, 0, 0], optional: 3, outs: [2] },
  gemv: { ins: [2, 1, 1, 0, 0], optional: 3, outs: [1] },
  ger: { ins: [2, 1, 1, 0], optional: 0, outs: [2] },
  nonzero: { ins: [-1], optional: 0, outs: [1, 0] },
};

class StructureVerifier {
  private where = 'program';
  private nextSize = 0;
  private commits = 0;
  private readonly loops = new Set<number>();
  private readonly seenChecks = new Set<number>();

  constructor(private readonly program: Program) {}

  verify(): void {
    const { program } = this;
    program.sizes.forEach((node, id) => this.size(node, id));
    program.buffers.forEach((decl, id) => this.decl(decl, id));
    this.list('input', program.inputs);
    this.list('shared', program.shared);
    this.list('output', program.outputs);
    program.checks.forEach((check, i) => {
      this.where = `check ${i}`;
      [check.a, check.b].forEach((id) => this.sizeId(id));
      this.site(check.site);
    });
    this.where = 'program';
    this.expect(program.steps[0]?.kind === 'sizes', 'the first step to be a sizes step');
    this.block(program.steps, 'steps', true);
    this.where = 'program';
    this.expect(this.nextSize === program.sizes.length, 'every size to be evaluated by some step');
    this.expect(this.seenChecks.size === program.checks.length, 'every check to be in some step');
  }

  private size(node: SizeNode, id: number): void {
    this.where = `size ${id} (${node.op})`;
    for (const a of sizeOperands(node)) {
      this.expect(a >= 0 && a < id, `operands that precede it, got ${a}`);
    }
    if (node.op === 'const') {
      this.expect(Number.isSafeInteger(node.value), `a safe integer, got ${node.value}`);
    } else if (node.op === 'counter') {
      this.expect(node.loop >= 0 && node.loop < this.program.loops, `a loop, got ${node.loop}`);
    } else if ('buffer' in node) {
      const decl = this.buffer(node.buffer);
      if (node.op === 'dim') {
        this.expect(
          decl.role === 'input' || decl.role === 'shared',
          `an input or shared buffer, got ${decl.role}`,
        );
        this.expect(node.axis >= 0 && node.axis < decl.shape.length, `an axis, got ${node.axis}`);
      } else {
        this.expect(
          decl.role !== 'view' && decl.role !== 'output',
          `an input, shared, const or temp buffer, got ${decl.role}`,
        );
        this.expect(decl.shape.length === 0, `a buffer of rank 0, got rank ${decl.shape.length}`);
        this.expect(
          decl.dtype === 'bool' || isInt(decl.dtype),
          `an integer or bool buffer, got ${decl.dtype}`,
        );
      }
    }
  }

  private decl(decl: BufferDecl, id: BufferId): void {
    this.where = `buffer ${id} (${decl.role})`;
    declSizes(decl).forEach((size) => this.sizeId(size));
    switch (decl.role) {
      case 'view': {
        const base = this.buffer(decl.base);
        this.expect(base.role !== 'view', 'a base that is no view, got a view');
        this.expect(base.dtype === decl.dtype, `its base's dtype ${base.dtype}, got ${decl.dtype}`);
        const { shape, strides } = decl;
        this.expect(
          strides.length === shape.length,
          `${shape.length} strides, got ${strides.length}`,
        );
        return;
      }
      case 'temp':
        this.expect(
          decl.slot >= 0 && decl.slot < this.program.slots,
          `a slot below ${this.program.slots}, got ${decl.slot}`,
        );
        return;
      case 'const': {
        const { constants } = this.program;
        this.expect(
          decl.index >= 0 && decl.index < constants.length,
          `a constant below ${constants.length}, got ${decl.index}`,
        );
        this.expect(constants[decl.index].dtype === decl.dtype, 'the dtype of its constant');
        return;
      }
      default: {
        const lists = { input: 'inputs', shared: 'shared', output: 'outputs' } as const;
        const found = this.program[lists[decl.role]][decl.index];
        this.expect(found === id, `to be number ${decl.index} of its list, got buffer ${found}`);
      }
    }
  }

  private list(role: 'input' | 'shared' | 'output', ids: readonly BufferId[]): void {
    this.where = `${role} list`;
    for (const id of ids) {
      const decl = this.buffer(id);
      this.expect(decl.role === role, `buffers of role ${role}, got ${decl.role}`);
    }
  }

  private block(steps: readonly Step[], path: string, root: boolean): void {
    steps.forEach((step, i) => {
      const at = `${path}[${i}]`;
      this.where = stepName(this.program, at, step);
      stepBuffers(step).forEach((id) => this.buffer(id));
      stepSizes(step).forEach((id) => this.sizeId(id));
      if ('site' in step) this.site(step.site);
      this.step(step, root);
      for (const block of namedBlocks(step, at)) this.block(block.steps, block.path, false);
    });
  }

  private step(step: Step, root: boolean): void {
    switch (step.kind) {
      case 'sizes':
        return this.sizesStep(step, root);
      case 'kernel':
        return this.kernelStep(step);
      case 'call':
        return this.call(step);
      case 'routine':
        return this.routine(step);
      case 'copy':
        return this.copy(step.from, step.to);
      case 'loop':
        this.expect(step.loop >= 0 && step.loop < this.program.loops, `a loop, got ${step.loop}`);
        this.expect(!this.loops.has(step.loop), `loop ${step.loop} to have one step`);
        this.loops.add(step.loop);
        if (step.until !== null) this.scalar(step.until, 'bool', 'until');
        if (step.taken !== null) this.scalar(step.taken, 'int64', 'taken');
        return;
      case 'cond':
        return this.scalar(step.test, 'bool', 'test');
      case 'host':
        return this.expect(step.host >= 0, `a host function's number, got ${step.host}`);
      case 'commit':
        this.expect(root, 'to be outside loops and conds');
        this.expect(++this.commits === 1, 'to be the only commit');
        return;
    }
  }

  private sizesStep(step: Extract<Step, { kind: 'sizes' }>, root: boolean): void {
    const { from, to, checks, alloc } = step;
    this.expect(
      from === this.nextSize && to >= from && to <= this.program.sizes.length,
      `sizes from ${this.nextSize}, in order and each once, got [${from}, ${to})`,
    );
    this.nextSize = to;
    for (const check of checks) {
      this.expect(check >= 0 && check < this.program.checks.length, `a check, got ${check}`);
      this.expect(!this.seenChecks.has(check), `check ${check} to be in one step`);
      this.seenChecks.add(check);
    }
    for (const id of alloc) {
      const { role } = this.buffer(id);
      this.expect(
        role === 'temp' || role === 'output',
        `to allocate temps and outputs, got ${role}`,
      );
      this.expect(root || role === 'temp', 'to allocate outputs outside loops and conds');
    }
  }

  private kernelStep(step: Extract<Step, { kind: 'kernel' }>): void {
    const { kernels } = this.program;
    this.expect(step.kernel >= 0 && step.kernel < kernels.length, `a kernel, got ${step.kernel}`);
    const kernel = kernels[step.kernel];
    const { operands, dims, sites } = step;
    this.count('operands', kernel.operands.length, operands.length);
    this.count('dims', kernel.params, dims.length);
    this.count('sites', kernelIndices(kernel).length, sites.length);
    sites.forEach((id) => this.site(id));
    kernel.operands.forEach(({ dtype }, i) => {
      const got = this.buffer(operands[i]).dtype;
      this.expect(got === dtype, `${dtype} for operand ${i}, got ${got}`);
    });
  }

  private call({ callee, ins, outs }: Extract<Step, { kind: 'call' }>): void {
    this.expect(callees.includes(callee), `a callee, got ${callee}`);
    const due = callRanks[callee];
    const short = due.ins.length - due.optional;
    if (ins.length !== short) this.count('inputs', due.ins.length, ins.length);
    this.count('outputs', due.outs.length, outs.length);
    const all = [...ins, ...outs].map((id) => this.buffer(id));
    const ranks = [...due.ins.slice(0, ins.length), ...due.outs];
    all.forEach((decl, i) => {
      const rank = decl.shape.length;
      this.expect(
        ranks[i] < 0 || rank === ranks[i],
        `rank ${ranks[i]} for buffer ${i}, got ${rank}`,
      );
    });
    const [{ dtype }] = all;
    const typed = callee === 'nonzero' ? all.slice(1) : all;
    const want: DType = callee === 'nonzero' ? 'int64' : dtype;
    for (const decl of typed)
      this.expect(decl.dtype === want, `${want} buffers, got ${decl.dtype}`);
  }

  private routine({ routine, params, ins, outs }: Extract<Step, { kind: 'routine' }>): void {
    this.expect(routines.includes(routine), `a routine, got ${routine}`);
    const due = routineSignatures[routine];
    this.count('inputs', due.ins, ins.length);
    this.count('outputs', due.outs, outs.length);
    this.count('params', due.params, params.length);
    [...ins, ...outs].forEach((id) => this.buffer(id));
  }

  private copy(from: BufferId, to: BufferId): void {
    const a = this.buffer(from);
    const b = this.buffer(to);
    this.expect(a.dtype === b.dtype, `one dtype, got ${a.dtype} and ${b.dtype}`);
    this.count('axes', a.shape.length, b.shape.length);
  }

  private scalar(id: BufferId, dtype: DType, what: string): void {
    const decl = this.buffer(id);
    this.expect(decl.dtype === dtype, `${what} to be ${dtype}, got ${decl.dtype}`);
    this.expect(decl.shape.length === 0, `${what} to have rank 0, got ${decl.shape.length}`);
  }

  private count(what: string, due: number, got: number): void {
    this.expect(due === got, `${due} ${what}, got ${got}`);
  }

  private buffer(id: BufferId): BufferDecl {
    const { buffers } = this.program;
    this.expect(id >= 0 && id < buffers.length, `buffers below ${buffers.length}, got ${id}`);
    return buffers[id];
  }

  private sizeId(id: number): void {
    const { sizes } = this.program;
    this.expect(id >= 0 && id < sizes.length, `sizes below ${sizes.length}, got ${id}`);
  }

  private site(id: number): void {
    const { sites } = this.program;
    this.expect(id >= 0 && id < sites.length, `sites below ${sites.length}, got ${id}`);
  }

  private expect(holds: boolean, what: string): void {
    if (!holds) throw new VerifyError(`[program] ${this.where}: expected ${what}`);
  }
}
