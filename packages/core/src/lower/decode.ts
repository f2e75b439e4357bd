/** Reads the flat integer form of a Program back; see encode.ts for the layout. */
import { FormatError } from '../errors.js';
import { dtypeFromCode } from '../types/dtype.js';
import type { DType } from '../types/dtype.js';
import {
  bufferRoles,
  checkErrors,
  checkRels,
  instrTags,
  PROGRAM_MAGIC,
  sizeOpcodes,
  stepKinds,
  storeModes,
} from './encode.js';
import { routines } from '../routines/routine.js';
import { callees, PROGRAM_VERSION } from './program.js';
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

/** The Program of these words; `bytes` holds those of its constants. @throws FormatError (E_FORMAT) */
export function decodeProgram(words: Int32Array, bytes: readonly Uint8Array[]): Program {
  const r = new WordReader(words);
  const magic = r.word();
  const version = r.word();
  if (magic !== PROGRAM_MAGIC || version !== PROGRAM_VERSION) {
    throw new FormatError(
      `[program] expected an encoded Program of version ${PROGRAM_VERSION}, got magic ${magic}, version ${version}`,
    );
  }
  const program: Program = {
    version,
    sizes: r.list(readSize),
    buffers: r.list(readBuffer),
    constants: r.list((r, i) => ({ dtype: r.dtype(), shape: r.words(), bytes: bytes[i] })),
    kernels: r.list(readKernel),
    checks: r.list(readCheck),
    steps: r.list(readStep),
    inputs: r.words(),
    shared: r.words(),
    outputs: r.words(),
    slots: r.word(),
    loops: r.word(),
    sites: r.list((r) => ({ op: r.string() })),
  };
  r.end();
  return program;
}

class WordReader {
  private at = 0;

  constructor(private readonly input: Int32Array) {}

  word(): number {
    if (this.at >= this.input.length) {
      throw new FormatError(`[program] expected more words, got ${this.input.length}`);
    }
    return this.input[this.at++];
  }

  long(): number {
    const low = this.word() >>> 0;
    return this.word() * 2 ** 32 + low;
  }

  optional(): number | null {
    const id = this.word();
    return id < 0 ? null : id;
  }

  string(): string {
    return String.fromCharCode(...this.words());
  }

  dtype(): DType {
    return dtypeFromCode(this.word());
  }

  name<T extends string>(names: readonly T[]): T {
    const index = this.word();
    if (index < 0 || index >= names.length) {
      throw new FormatError(`[program] expected one of ${names.join(', ')}, got number ${index}`);
    }
    return names[index];
  }

  words(): number[] {
    return this.list((r) => r.word());
  }

  list<T>(read: (r: WordReader, index: number) => T): T[] {
    const count = this.word();
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(read(this, i));
    return items;
  }

  end(): void {
    const rest = this.input.length - this.at;
    if (rest !== 0) throw new FormatError(`[program] expected no more words, got ${rest}`);
  }
}

function readSize(r: WordReader): SizeNode {
  const op = r.name(sizeOpcodes);
  switch (op) {
    case 'const':
      return { op, value: r.long() };
    case 'dim':
      return { op, buffer: r.word(), axis: r.word() };
    case 'value':
      return { op, buffer: r.word() };
    case 'counter':
      return { op, loop: r.word() };
    case 'select':
      return { op, cond: r.word(), a: r.word(), b: r.word() };
    default:
      return { op, a: r.word(), b: r.word() };
  }
}

function readBuffer(r: WordReader): BufferDecl {
  const role = r.name(bufferRoles);
  const dtype = r.dtype();
  const shape = r.words();
  if (role === 'temp') return { role, dtype, shape, slot: r.word(), capacity: r.optional() };
  if (role === 'view') {
    return { role, dtype, shape, base: r.word(), offset: r.word(), strides: r.words() };
  }
  return { role, dtype, shape, index: r.word() };
}

function readDim(r: WordReader): KernelDim {
  return r.word() === 0 ? { lit: r.long() } : { param: r.word() };
}

function readIndex(r: WordReader): KernelIndex {
  return { value: r.word(), size: readDim(r), stride: readDim(r) };
}

function readInstr(r: WordReader): KernelInstr {
  const op = r.name(instrTags);
  const dtype = r.dtype();
  switch (op) {
    case 'load':
      return { op, dtype, operand: r.word(), index: r.list(readIndex) };
    case 'const':
      return { op, dtype, lo: r.word(), hi: r.word() };
    case 'axis':
      return { op, dtype: 'int64', axis: r.word() };
    case 'dim':
      return { op, dtype: 'int64', dim: readDim(r) };
    case 'scalar':
      return { op, dtype, fn: r.name(scalarOps), args: r.words() };
  }
}

function readKernel(r: WordReader): LoopKernel {
  return {
    name: r.string(),
    axes: r.list(readDim),
    reduceRank: r.word(),
    operands: r.list((r) => ({ dtype: r.dtype(), strides: r.list(readDim) })),
    body: r.list(readInstr),
    reductions: r.list((r) => ({ op: r.name(reduceOps), dtype: r.dtype(), value: r.word() })),
    epilogue: r.list(readInstr),
    stores: r.list((r) => ({
      operand: r.word(),
      value: r.word(),
      index: r.list(readIndex),
      mode: r.name(storeModes),
    })),
    serial: r.word() !== 0,
    params: r.word(),
  };
}

function readCheck(r: WordReader): Check {
  return {
    rel: r.name(checkRels),
    a: r.word(),
    b: r.word(),
    site: r.word(),
    error: r.name(checkErrors),
    text: r.string(),
  };
}

function readStep(r: WordReader): Step {
  const kind = r.name(stepKinds);
  switch (kind) {
    case 'sizes':
      return { kind, from: r.word(), to: r.word(), checks: r.words(), alloc: r.words() };
    case 'kernel':
      return {
        kind,
        kernel: r.word(),
        operands: r.words(),
        dims: r.words(),
        site: r.word(),
        sites: r.words(),
      };
    case 'call':
      return { kind, callee: r.name(callees), ins: r.words(), outs: r.words(), site: r.word() };
    case 'routine':
      return {
        kind,
        routine: r.name(routines),
        params: r.words(),
        ins: r.words(),
        outs: r.words(),
        site: r.word(),
      };
    case 'copy':
      return { kind, from: r.word(), to: r.word(), site: r.word() };
    case 'loop':
      return {
        kind,
        loop: r.word(),
        trips: r.word(),
        body: r.list(readStep),
        until: r.optional(),
        taken: r.optional(),
        site: r.word(),
      };
    case 'cond':
      return {
        kind,
        test: r.word(),
        then: r.list(readStep),
        else: r.list(readStep),
        site: r.word(),
      };
    case 'host':
      return { kind, host: r.word(), ins: r.words(), outs: r.words(), site: r.word() };
    case 'commit':
      return { kind, reserve: r.list((r) => ({ from: r.word(), to: r.word() })) };
  }
}
