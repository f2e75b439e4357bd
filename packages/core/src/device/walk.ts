/**
 * Runs a Program step by step: the specification of the C++ walker. What a device does itself (run a
 * kernel, a library routine) comes in as a WalkBackend.
 * Invariant: nothing shared is written before the `commit` step, and nothing fails after it, so a
 * run that throws leaves every shared variable as it was.
 */
import { DeviceError } from '../errors.js';
import { NDArray } from '../types/ndarray.js';
import { allocate } from '../types/convert.js';
import { dtypeInfo } from '../types/dtype.js';
import type { DType, Storage } from '../types/dtype.js';
import { contiguousStrides, sizeOf } from '../types/shape.js';
import type { Routine } from '../routines/routine.js';
import type {
  BufferDecl,
  BufferId,
  Callee,
  KernelDim,
  KernelId,
  Program,
  Step,
} from '../lower/program.js';
import { stepAccess, walkSteps } from '../lower/step-access.js';
import { copyElements } from './copy-elements.js';
import type { HostStorage } from './host-storage.js';
import type { Recording } from './recording.js';
import { evalSizes } from './size-eval.js';
import type { SizeSource } from './size-eval.js';
import { RunError } from './target.js';
import { outputOver, type OutputMemory } from './output-memory.js';
import type { HostFunction } from './target.js';

/** An operand of a kernel: memory and the position of the operand's first element in it. */
export interface Place {
  readonly data: Storage;
  readonly offset: number;
}

/** An index that was out of range, by its number in the kernel. */
export interface IndexFailure {
  readonly gather: number;
  readonly value: number;
  readonly size: number;
}

export interface WalkBackend {
  /** Null when all went well. Not called where an outer axis is empty. */
  runKernel(
    kernel: KernelId,
    operands: readonly Place[],
    dims: readonly number[],
  ): IndexFailure | null;
  runCall(callee: Callee, ins: readonly NDArray[], outs: readonly NDArray[]): void;
  /** The number of its failure; null when all went well. */
  runRoutine(
    routine: Routine,
    params: readonly number[],
    ins: readonly NDArray[],
    outs: readonly NDArray[],
  ): number | null;
}

export interface WalkParts {
  readonly program: Program;
  readonly backend: WalkBackend;
  readonly shared: readonly HostStorage[];
  readonly host: readonly HostFunction[];
}

type StepOf<K extends Step['kind']> = Extract<Step, { kind: K }>;

/** A Program with its parts; holds the memory that its runs use again. */
export class ProgramWalker {
  private readonly constants: readonly NDArray[];
  private readonly written: readonly HostStorage[];
  /** Arenas of ended runs; a host function may call the same program again, which needs a second. */
  private readonly idle: Arena[] = [];
  private recording: Recording | null = null;

  constructor(private readonly parts: WalkParts) {
    const { program, shared } = parts;
    this.constants = program.constants.map(({ dtype, shape, bytes }) => {
      const data = allocate(dtype, sizeOf(shape));
      new Uint8Array(data.buffer).set(bytes);
      return new NDArray(dtype, data, shape);
    });
    this.written = writtenShared(program).map((index) => shared[index]);
  }

  /** The shared variables that a run reads and writes. */
  get access(): { reads: readonly HostStorage[]; writes: readonly HostStorage[] } {
    return { reads: this.parts.shared, writes: this.written };
  }

  /** One call; gives the outputs. @throws RunError */
  run(inputs: readonly NDArray[], memory: readonly (OutputMemory | null)[] = NO_MEMORY): NDArray[] {
    this.refuseSharedMemory(memory);
    const arena = this.idle.pop() ?? new Arena(this.parts.program.slots);
    try {
      const shielded = inputs.map((input) => this.shield(input));
      const run = new Run(this.parts, this.constants, this.written, shielded, memory, arena);
      return this.recording === null ? run.all() : run.recorded(this.recording);
    } finally {
      this.idle.push(arena);
    }
  }

  free(): void {
    this.idle.length = 0;
  }

  /** From the next run on, steps are written down there; null: no longer. */
  record(recording: Recording | null): void {
    this.recording = recording;
  }

  private refuseSharedMemory(memory: readonly (OutputMemory | null)[]): void {
    for (const given of memory) {
      if (this.parts.shared.some((own) => own.memory.data.buffer === given?.array.data.buffer)) {
        throw new DeviceError(
          "[into] expected memory of the caller's own, got that of a shared variable",
        );
      }
    }
  }

  /** An input may be the borrowed memory of a shared variable that this run writes. */
  private shield(input: NDArray): NDArray {
    const { buffer } = input.data;
    const shares = this.written.some(({ memory }) => memory.data.buffer === buffer);
    return shares ? input.copy() : input;
  }
}

/** Memory of temps; a slot grows when a larger temp is allocated in it. */
class Arena {
  private readonly slots: ArrayBuffer[];

  constructor(slots: number) {
    this.slots = Array.from({ length: slots }, () => new ArrayBuffer(0));
  }

  reserve(slot: number, bytes: number): void {
    if (this.slots[slot].byteLength < bytes) this.slots[slot] = new ArrayBuffer(bytes);
  }

  get(slot: number): ArrayBuffer {
    return this.slots[slot];
  }

  get bytes(): number {
    return this.slots.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }
}

/** Indices of the shared variables that a run may write. */
function writtenShared(program: Program): number[] {
  const written = new Set<number>();
  walkSteps(program.steps, (step) => {
    for (const id of stepAccess(step, program.kernels).writes) {
      const decl = program.buffers[id];
      const base = decl.role === 'view' ? program.buffers[decl.base] : decl;
      if (base.role === 'shared') written.add(base.index);
    }
  });
  return [...written];
}

/** One call of a Program. */
class Run implements SizeSource {
  private readonly sizes: number[] = [];
  private readonly counters: number[] = [];
  private readonly outputs: NDArray[] = [];
  private readonly pending = new Map<BufferId, NDArray>();
  private readonly program: Program;
  private recording: Recording | null = null;

  constructor(
    private readonly parts: WalkParts,
    private readonly constants: readonly NDArray[],
    private readonly written: readonly HostStorage[],
    private readonly inputs: readonly NDArray[],
    private readonly memory: readonly (OutputMemory | null | undefined)[],
    private readonly arena: Arena,
  ) {
    this.program = parts.program;
  }

  all(): NDArray[] {
    this.steps(this.program.steps);
    return this.outputs;
  }

  recorded(recording: Recording): NDArray[] {
    this.recording = recording;
    recording.beginCall();
    try {
      return this.all();
    } finally {
      recording.endCall(this.sizes, this.arena.bytes);
    }
  }

  dim(buffer: BufferId, axis: number): number {
    return this.owned(buffer).shape[axis];
  }

  value(buffer: BufferId): number {
    const { data, offset } = this.place(buffer);
    return Number(data[offset]);
  }

  counter(loop: number): number {
    return this.counters[loop];
  }

  private steps(steps: readonly Step[]): void {
    const { recording } = this;
    for (const step of steps) {
      const start = recording === null ? 0 : performance.now();
      this.step(step);
      recording?.add(step, start, this.sizes);
    }
  }

  private step(step: Step): void {
    switch (step.kind) {
      case 'sizes':
        return this.sizesStep(step);
      case 'kernel':
        return this.kernelStep(step);
      case 'call':
        return this.callStep(step);
      case 'copy':
        return this.copyStep(step.from, step.to);
      case 'loop':
        return this.loopStep(step);
      case 'cond':
        return this.steps(this.flag(step.test) ? step.then : step.else);
      case 'routine':
        return this.routineStep(step);
      case 'host':
        return this.hostStep(step);
      case 'commit':
        return this.commitStep(step);
    }
  }

  private sizesStep(step: StepOf<'sizes'>): void {
    const { sizes } = this.program;
    evalSizes(sizes, step.from, step.to, this.sizes, this);
    for (const check of step.checks) this.check(check);
    for (const id of step.alloc) this.allocate(id);
  }

  private check(id: number): void {
    const { rel, a, b } = this.program.checks[id];
    const [x, y] = [this.sizes[a], this.sizes[b]];
    const holds = rel === 'eq' ? x === y : rel === 'le' ? x <= y : x < y;
    if (!holds) throw new RunError({ kind: 'check', check: id, a: x, b: y });
  }

  private allocate(id: BufferId): void {
    const decl = this.program.buffers[id];
    const elements = this.capacity(decl);
    if (elements < 0) {
      throw new DeviceError(`[program] expected sizes that are not negative, got ${elements}`);
    }
    const bytes = elements * dtypeInfo[decl.dtype].bytes;
    try {
      if (decl.role === 'temp') this.arena.reserve(decl.slot, bytes);
      else if (decl.role === 'output') {
        this.outputs[decl.index] = this.output(decl.index, decl.dtype, this.shape(decl));
      }
    } catch (error) {
      if (error instanceof RangeError) throw new RunError({ kind: 'memory', site: -1, bytes });
      throw error;
    }
  }

  private output(index: number, dtype: DType, shape: readonly number[]): NDArray {
    const memory = this.memory[index];
    const given = memory == null ? null : outputOver(memory, shape);
    if (given !== null) return given;
    if (memory != null && memory.takes !== 'room')
      throw new RunError({ kind: 'output', output: index, shape });
    return NDArray.zeros(shape, dtype);
  }

  private kernelStep(step: StepOf<'kernel'>): void {
    const { axes, operands, reduceRank } = this.program.kernels[step.kernel];
    const dims = step.dims.map((id) => this.sizes[id]);
    const extent = (dim: KernelDim): number => ('lit' in dim ? dim.lit : dims[dim.param]);
    const lengths = axes.map(extent);
    if (lengths.slice(0, axes.length - reduceRank).some((length) => length <= 0)) return;
    const places = step.operands.map((id, i) => {
      const place = this.place(id);
      const strides = operands[i].strides.map(extent);
      return this.inside(id, lengths, strides, place) ? place : NOWHERE;
    });
    const failure = this.parts.backend.runKernel(step.kernel, places, dims);
    if (failure !== null) {
      const site = step.sites[failure.gather];
      throw new RunError({ kind: 'index', site, value: failure.value, size: failure.size });
    }
  }

  /** Whether a walk stays inside its memory; false where it touches none. @throws DeviceError */
  private inside(
    id: BufferId,
    lengths: readonly number[],
    strides: readonly number[],
    { data, offset }: Place,
  ): boolean {
    let [low, high] = [offset, offset];
    for (let axis = 0; axis < lengths.length; axis++) {
      if (strides[axis] === 0) continue;
      if (lengths[axis] <= 0) return false;
      const reach = (lengths[axis] - 1) * strides[axis];
      if (reach < 0) low += reach;
      else high += reach;
    }
    // An operand with computed indices may be empty: then every index fails before it is used.
    if (data.length === 0) return false;
    if (low >= 0 && high < data.length) return true;
    throw new DeviceError(
      `[program] expected buffer ${id} to be used inside its ${data.length} elements, ` +
        `got elements ${low} to ${high}`,
    );
  }

  private callStep({ callee, ins, outs }: StepOf<'call'>): void {
    const sources = ins.map((id) => this.array(id));
    const results =
      callee === 'nonzero'
        ? [this.flat(outs[0]), this.array(outs[1])]
        : outs.map((id) => this.array(id));
    this.parts.backend.runCall(callee, sources, results);
  }

  private routineStep({ routine, params, ins, outs, site }: StepOf<'routine'>): void {
    const value = this.parts.backend.runRoutine(
      routine,
      params.map((id) => this.sizes[id]),
      ins.map((id) => this.array(id)),
      outs.map((id) => this.array(id)),
    );
    if (value !== null) throw new RunError({ kind: 'routine', site, value });
  }

  private copyStep(from: BufferId, to: BufferId): void {
    const source = this.array(from);
    const decl = this.program.buffers[to];
    if (decl.role === 'shared') {
      this.parts.shared[decl.index].replace(source.contiguous(), this.pending.get(to));
      return;
    }
    copyElements(source, this.array(to));
  }

  private loopStep(step: StepOf<'loop'>): void {
    const trips = this.sizes[step.trips];
    let taken = 0;
    for (let stop = false; taken < trips && !stop; taken++) {
      this.counters[step.loop] = taken;
      this.steps(step.body);
      stop = step.until !== null && this.flag(step.until);
    }
    if (step.taken === null) return;
    const { data, offset } = this.place(step.taken);
    (data as BigInt64Array)[offset] = BigInt(taken);
  }

  private hostStep({ host, ins, outs }: StepOf<'host'>): void {
    const results = this.parts.host[host](ins.map((id) => this.array(id).copy()));
    if (results.length !== outs.length) {
      throw new DeviceError(`[host] expected ${outs.length} results, got ${results.length}`);
    }
    outs.forEach((id, i) => {
      const target = this.array(id);
      const { dtype, shape } = results[i];
      if (dtype !== target.dtype || shape.join() !== target.shape.join()) {
        throw new DeviceError(
          `[host] expected result ${i} to be ${target.dtype} [${target.shape.join(', ')}], ` +
            `got ${dtype} [${shape.join(', ')}]`,
        );
      }
      copyElements(results[i], target);
    });
  }

  /** The last place where a run may fail: memory for all that grows is taken here. */
  private commitStep({ reserve }: StepOf<'commit'>): void {
    for (const { from, to } of reserve) {
      const { dtype, shape } = this.array(from);
      const size = sizeOf(shape);
      if (size !== this.owned(to).data.length) this.pending.set(to, NDArray.zeros(size, dtype));
    }
    for (const storage of this.written) storage.countWrite();
  }

  private flag(id: BufferId): boolean {
    const { data, offset } = this.place(id);
    return data[offset] !== 0;
  }

  /** The array behind a buffer that is neither temp nor view. */
  private owned(id: BufferId): NDArray {
    const decl = this.program.buffers[id];
    switch (decl.role) {
      case 'input':
        return this.inputs[decl.index];
      case 'shared':
        return this.parts.shared[decl.index].memory;
      case 'const':
        return this.constants[decl.index];
      case 'output':
        return this.outputs[decl.index];
      default:
        throw new DeviceError(`[program] expected a buffer with an array, got a ${decl.role}`);
    }
  }

  private place(id: BufferId): Place {
    const decl = this.program.buffers[id];
    if (decl.role === 'temp') {
      return { data: typed(decl.dtype, this.arena.get(decl.slot), this.capacity(decl)), offset: 0 };
    }
    if (decl.role === 'view') {
      const base = this.place(decl.base);
      return { data: base.data, offset: base.offset + this.sizes[decl.offset] };
    }
    return this.owned(id);
  }

  /** A buffer as an array over its memory. */
  private array(id: BufferId): NDArray {
    const decl = this.program.buffers[id];
    if (decl.role !== 'temp' && decl.role !== 'view') return this.owned(id);
    const shape = this.shape(decl);
    const strides =
      decl.role === 'view' ? decl.strides.map((s) => this.sizes[s]) : contiguousStrides(shape);
    const place = this.place(id);
    this.inside(id, shape, strides, place);
    return new NDArray(decl.dtype, place.data, shape, strides, place.offset);
  }

  /** All that a buffer has room for, as one axis. */
  private flat(id: BufferId): NDArray {
    const { data, offset } = this.place(id);
    const { dtype } = this.program.buffers[id];
    return new NDArray(dtype, data, [data.length - offset], [1], offset);
  }

  private shape(decl: BufferDecl): number[] {
    return decl.shape.map((id) => this.sizes[id]);
  }

  private capacity(decl: BufferDecl): number {
    if (decl.role === 'temp' && decl.capacity !== null)
      return Math.max(0, this.sizes[decl.capacity]);
    const shape = this.shape(decl);
    return shape.some((length) => length < 0) ? -1 : sizeOf(shape);
  }
}

const NO_MEMORY: readonly (OutputMemory | null)[] = [];

/** What an operand without elements points to. */
const NOWHERE: Place = { data: new Uint8Array(0), offset: 0 };

function typed(dtype: DType, memory: ArrayBuffer, elements: number): Storage {
  return new dtypeInfo[dtype].storage(memory, 0, elements);
}
