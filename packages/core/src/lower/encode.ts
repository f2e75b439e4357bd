/**
 * The flat integer form of a Program, for the C++ walker: one int32 word a field, `long` = two words
 * (low, high), strings a length and one char code a word, lists a count and their items, absent ids
 * -1, tags and names as indices into the lists below. Bytes of constants travel beside.
 * Invariant: decodeProgram(encodeProgram(p), bytes of p.constants) equals p.
 */
import { dtypeInfo } from '../types/dtype.js';
import type { DType } from '../types/dtype.js';
import { callees } from './program.js';
import { routines } from '../routines/routine.js';
import type {
  BufferDecl,
  Check,
  KernelDim,
  KernelIndex,
  KernelInstr,
  LoopKernel,
  Program,
  SizeNode,
  Step,
} from './program.js';
import { reduceOps, scalarOps } from './scalar-op.js';

export const PROGRAM_MAGIC = 0x4f4e54;

export const sizeOpcodes = [
  'const',
  'dim',
  'value',
  'counter',
  'add',
  'sub',
  'mul',
  'floordiv',
  'mod',
  'min',
  'max',
  'eq',
  'lt',
  'select',
] as const satisfies readonly SizeNode['op'][];

export const bufferRoles = [
  'input',
  'shared',
  'const',
  'output',
  'temp',
  'view',
] as const satisfies readonly BufferDecl['role'][];

export const instrTags = [
  'load',
  'const',
  'axis',
  'dim',
  'scalar',
] as const satisfies readonly KernelInstr['op'][];

export const stepKinds = [
  'sizes',
  'kernel',
  'call',
  'copy',
  'loop',
  'cond',
  'host',
  'commit',
  'routine',
] as const satisfies readonly Step['kind'][];

export const checkRels = ['eq', 'le', 'lt'] as const satisfies readonly Check['rel'][];
export const checkErrors = [
  'shape',
  'index',
  'assert',
] as const satisfies readonly Check['error'][];
export const storeModes = ['set', 'add'] as const;

/** The words of a Program, without the bytes of its constants. */
export function encodeProgram(program: Program): Int32Array {
  const w = new WordWriter();
  w.word(PROGRAM_MAGIC);
  w.word(program.version);
  w.list(program.sizes, writeSize);
  w.list(program.buffers, writeBuffer);
  w.list(program.constants, (w, constant) => {
    w.dtype(constant.dtype);
    w.words(constant.shape);
  });
  w.list(program.kernels, writeKernel);
  w.list(program.checks, writeCheck);
  w.list(program.steps, writeStep);
  w.words(program.inputs);
  w.words(program.shared);
  w.words(program.outputs);
  w.word(program.slots);
  w.word(program.loops);
  w.list(program.sites, (w, site) => w.string(site.op));
  return w.finish();
}

class WordWriter {
  private out = new Int32Array(256);
  private length = 0;

  word(value: number): void {
    if (this.length === this.out.length) {
      const grown = new Int32Array(2 * this.length);
      grown.set(this.out);
      this.out = grown;
    }
    this.out[this.length++] = value;
  }

  /** A safe integer as two words. */
  long(value: number): void {
    this.word(value | 0);
    this.word(Math.floor(value / 2 ** 32) | 0);
  }

  optional(id: number | null): void {
    this.word(id ?? -1);
  }

  string(text: string): void {
    this.word(text.length);
    for (let i = 0; i < text.length; i++) this.word(text.charCodeAt(i));
  }

  dtype(dtype: DType): void {
    this.word(dtypeInfo[dtype].code);
  }

  name<T extends string>(names: readonly T[], name: T): void {
    this.word(names.indexOf(name));
  }

  words(items: readonly number[]): void {
    this.word(items.length);
    for (const item of items) this.word(item);
  }

  list<T>(items: readonly T[], write: (w: WordWriter, item: T) => void): void {
    this.word(items.length);
    for (const item of items) write(this, item);
  }

  finish(): Int32Array {
    return this.out.slice(0, this.length);
  }
}

function writeSize(w: WordWriter, node: SizeNode): void {
  w.name(sizeOpcodes, node.op);
  switch (node.op) {
    case 'const':
      w.long(node.value);
      return;
    case 'dim':
      w.word(node.buffer);
      w.word(node.axis);
      return;
    case 'value':
      w.word(node.buffer);
      return;
    case 'counter':
      w.word(node.loop);
      return;
    case 'select':
      w.word(node.cond);
      w.word(node.a);
      w.word(node.b);
      return;
    default:
      w.word(node.a);
      w.word(node.b);
  }
}

function writeBuffer(w: WordWriter, decl: BufferDecl): void {
  w.name(bufferRoles, decl.role);
  w.dtype(decl.dtype);
  w.words(decl.shape);
  if (decl.role === 'temp') {
    w.word(decl.slot);
    w.optional(decl.capacity);
  } else if (decl.role === 'view') {
    w.word(decl.base);
    w.word(decl.offset);
    w.words(decl.strides);
  } else {
    w.word(decl.index);
  }
}

function writeDim(w: WordWriter, dim: KernelDim): void {
  if ('lit' in dim) {
    w.word(0);
    w.long(dim.lit);
  } else {
    w.word(1);
    w.word(dim.param);
  }
}

function writeIndex(w: WordWriter, index: KernelIndex): void {
  w.word(index.value);
  writeDim(w, index.size);
  writeDim(w, index.stride);
}

function writeInstr(w: WordWriter, instr: KernelInstr): void {
  w.name(instrTags, instr.op);
  w.dtype(instr.dtype);
  switch (instr.op) {
    case 'load':
      w.word(instr.operand);
      w.list(instr.index, writeIndex);
      return;
    case 'const':
      w.word(instr.lo);
      w.word(instr.hi);
      return;
    case 'axis':
      w.word(instr.axis);
      return;
    case 'dim':
      writeDim(w, instr.dim);
      return;
    case 'scalar':
      w.name(scalarOps, instr.fn);
      w.words(instr.args);
  }
}

function writeKernel(w: WordWriter, kernel: LoopKernel): void {
  w.string(kernel.name);
  w.list(kernel.axes, writeDim);
  w.word(kernel.reduceRank);
  w.list(kernel.operands, (w, operand) => {
    w.dtype(operand.dtype);
    w.list(operand.strides, writeDim);
  });
  w.list(kernel.body, writeInstr);
  w.list(kernel.reductions, (w, reduction) => {
    w.name(reduceOps, reduction.op);
    w.dtype(reduction.dtype);
    w.word(reduction.value);
  });
  w.list(kernel.epilogue, writeInstr);
  w.list(kernel.stores, (w, store) => {
    w.word(store.operand);
    w.word(store.value);
    w.list(store.index, writeIndex);
    w.name(storeModes, store.mode);
  });
  w.word(kernel.serial ? 1 : 0);
  w.word(kernel.params);
}

function writeCheck(w: WordWriter, check: Check): void {
  w.name(checkRels, check.rel);
  w.word(check.a);
  w.word(check.b);
  w.word(check.site);
  w.name(checkErrors, check.error);
  w.string(check.text);
}

function writeStep(w: WordWriter, step: Step): void {
  w.name(stepKinds, step.kind);
  switch (step.kind) {
    case 'sizes':
      w.word(step.from);
      w.word(step.to);
      w.words(step.checks);
      w.words(step.alloc);
      return;
    case 'kernel':
      w.word(step.kernel);
      w.words(step.operands);
      w.words(step.dims);
      w.word(step.site);
      w.words(step.sites);
      return;
    case 'call':
      w.name(callees, step.callee);
      w.words(step.ins);
      w.words(step.outs);
      w.word(step.site);
      return;
    case 'routine':
      w.name(routines, step.routine);
      w.words(step.params);
      w.words(step.ins);
      w.words(step.outs);
      w.word(step.site);
      return;
    case 'copy':
      w.word(step.from);
      w.word(step.to);
      w.word(step.site);
      return;
    case 'loop':
      w.word(step.loop);
      w.word(step.trips);
      w.list(step.body, writeStep);
      w.optional(step.until);
      w.optional(step.taken);
      w.word(step.site);
      return;
    case 'cond':
      w.word(step.test);
      w.list(step.then, writeStep);
      w.list(step.else, writeStep);
      w.word(step.site);
      return;
    case 'host':
      w.word(step.host);
      w.words(step.ins);
      w.words(step.outs);
      w.word(step.site);
      return;
    case 'commit':
      w.list(step.reserve, (w, { from, to }) => {
        w.word(from);
        w.word(to);
      });
  }
}
