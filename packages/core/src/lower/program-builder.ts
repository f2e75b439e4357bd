/**
 * Builds Programs: the lowering builds all of them through it, tests and ops that lower to loops may
 * build them by hand. The builder records buffers, kernels and steps in order; `finish` places the
 * `sizes` steps (place-sizes.ts), shares arena slots (plan-slots.ts), fills `commit.reserve`, drops
 * what nothing refers to and verifies the result.
 * Invariant: ids the builder gives out are valid with this builder only; `finish` renumbers buffers
 * and sizes. Temps have slot -1 until then.
 */
import type { Routine } from '../routines/routine.js';
import type { DType } from '../types/dtype.js';
import { VerifyError } from '../errors.js';
import { finishProgram, type Draft, type PlacedCheck } from './finish-program.js';
import type {
  BufferDecl,
  BufferId,
  Callee,
  Check,
  ConstantData,
  LoopKernel,
  Program,
  Site,
  SiteId,
  SizeId,
  Step,
} from './program.js';
import { SizeTable } from './size-table.js';
import { verifyProgram } from './verify-program.js';

export interface LoopOptions {
  readonly site: SiteId;
  /** A rank-0 bool that the body writes; the loop ends after an iteration that leaves it true. */
  readonly until?: BufferId | null;
  /** A rank-0 int64 that receives the number of iterations run. */
  readonly taken?: BufferId | null;
}

export class ProgramBuilder {
  readonly sizes = new SizeTable();
  private readonly buffers: BufferDecl[] = [];
  private readonly constants: ConstantData[] = [];
  private readonly kernels: LoopKernel[] = [];
  private readonly kernelIds = new Map<string, number>();
  private readonly constantIds = new Map<string, BufferId[]>();
  private readonly viewIds = new Map<string, BufferId>();
  private readonly presentShapes = new Map<BufferId, readonly number[]>();
  private readonly checks: PlacedCheck[] = [];
  private readonly sites: Site[] = [];
  private readonly root: Step[] = [];
  private block: Step[] = this.root;
  private readonly roles = {
    input: [] as BufferId[],
    shared: [] as BufferId[],
    output: [] as BufferId[],
  };
  private loops = 0;
  private finished = false;

  /** The call's next input. */
  input(dtype: DType, rank: number): BufferId {
    return this.bound('input', dtype, rank);
  }

  /** The next bound shared variable. `shape`: its present one, for guesses about memory. */
  shared(dtype: DType, rank: number, shape?: readonly number[]): BufferId {
    const id = this.bound('shared', dtype, rank);
    if (shape !== undefined) this.presentShapes.set(id, shape);
    return id;
  }

  /** A constant; equal constants share a buffer. */
  constant(array: ConstantData): BufferId {
    const key = `${array.dtype}|${array.shape.join(',')}|${byteHash(array.bytes)}`;
    const known = this.constantIds.get(key) ?? [];
    const same = known.find((id) =>
      equalBytes(this.constants[this.indexOf(id)].bytes, array.bytes),
    );
    if (same !== undefined) return same;
    const index = this.constants.push(array) - 1;
    const shape = array.shape.map((n) => this.sizes.const(n));
    const id = this.add({ role: 'const', dtype: array.dtype, shape, index });
    this.constantIds.set(key, [...known, id]);
    return id;
  }

  /** Scratch memory. `capacity`, a number of elements, is allocated where `shape` is known only later. */
  temp(dtype: DType, shape: readonly SizeId[], capacity: SizeId | null = null): BufferId {
    return this.add({ role: 'temp', dtype, shape, slot: -1, capacity });
  }

  /** The call's next output. */
  output(dtype: DType, shape: readonly SizeId[]): BufferId {
    const id = this.add({ role: 'output', dtype, shape, index: this.roles.output.length });
    this.roles.output.push(id);
    return id;
  }

  /**
   * Elements of `of`, from its element `offset` on, with `strides` in elements. `of` may be a view:
   * the new view is then taken of its base, with both offsets added.
   */
  view(
    of: BufferId,
    shape: readonly SizeId[],
    offset: SizeId,
    strides: readonly SizeId[],
  ): BufferId {
    const base = this.base(of);
    const start = this.sizes.add(this.offset(of), offset);
    const key = `${base}|${shape.join(',')}|${start}|${strides.join(',')}`;
    const known = this.viewIds.get(key);
    if (known !== undefined) return known;
    const { dtype } = this.decl(base);
    const id = this.add({ role: 'view', dtype, shape, base, offset: start, strides });
    this.viewIds.set(key, id);
    return id;
  }

  decl(buffer: BufferId): BufferDecl {
    const decl = this.buffers[buffer] as BufferDecl | undefined;
    if (decl === undefined) throw new VerifyError(`[program] expected a buffer id, got ${buffer}`);
    return decl;
  }

  dtype(buffer: BufferId): DType {
    return this.decl(buffer).dtype;
  }

  shape(buffer: BufferId): readonly SizeId[] {
    return this.decl(buffer).shape;
  }

  /** Strides in elements: a view's own, else those of the C order. */
  strides(buffer: BufferId): readonly SizeId[] {
    const decl = this.decl(buffer);
    if (decl.role === 'view') return decl.strides;
    return contiguousStrides(this.sizes, decl.shape);
  }

  /** Offset from the base's first element, in elements. */
  offset(buffer: BufferId): SizeId {
    const decl = this.decl(buffer);
    return decl.role === 'view' ? decl.offset : this.sizes.const(0);
  }

  /** The buffer that owns the memory: a view's base, else the buffer itself. */
  base(buffer: BufferId): BufferId {
    const decl = this.decl(buffer);
    return decl.role === 'view' ? decl.base : buffer;
  }

  /** A new site; the caller keeps what else it knows about it under the id. */
  site(op: string): SiteId {
    return this.sites.push({ op }) - 1;
  }

  /**
   * A condition on sizes, tested as soon as its sizes are known, but not before the loop body or
   * branch in which it is asked for. One that holds for constants is dropped.
   */
  check(
    rel: Check['rel'],
    a: SizeId,
    b: SizeId,
    site: SiteId,
    error: Check['error'],
    text: string,
  ): void {
    if (this.holdsAlways(rel, a, b)) return;
    this.checks.push({ check: { rel, a, b, site, error, text }, block: this.block });
  }

  /** Launches `kernel`; equal kernels (but for the name) are kept once. `sites`: one per kernel index. */
  kernel(
    kernel: LoopKernel,
    operands: readonly BufferId[],
    dims: readonly SizeId[],
    site: SiteId,
    sites: readonly SiteId[] = [],
  ): void {
    const key = JSON.stringify({ ...kernel, name: '' });
    let id = this.kernelIds.get(key);
    if (id === undefined) {
      id = this.kernels.push(kernel) - 1;
      this.kernelIds.set(key, id);
    }
    this.push({ kind: 'kernel', kernel: id, operands, dims, site, sites });
  }

  call(callee: Callee, ins: readonly BufferId[], outs: readonly BufferId[], site: SiteId): void {
    this.push({ kind: 'call', callee, ins, outs, site });
  }

  routine(
    routine: Routine,
    params: readonly SizeId[],
    ins: readonly BufferId[],
    outs: readonly BufferId[],
    site: SiteId,
  ): void {
    this.push({ kind: 'routine', routine, params, ins, outs, site });
  }

  copy(from: BufferId, to: BufferId, site: SiteId): void {
    this.push({ kind: 'copy', from, to, site });
  }

  host(host: number, ins: readonly BufferId[], outs: readonly BufferId[], site: SiteId): void {
    this.push({ kind: 'host', host, ins, outs, site });
  }

  /** A loop; `body` records its steps with this same builder, given the iteration number as a size. */
  loop(trips: SizeId, options: LoopOptions, body: (b: this, counter: SizeId) => void): void {
    const loop = this.loops++;
    const steps = this.nested((b) => body(b, this.sizes.counter(loop)));
    const { site, until = null, taken = null } = options;
    this.push({ kind: 'loop', loop, trips, body: steps, until, taken, site });
  }

  cond(test: BufferId, site: SiteId, then: (b: this) => void, otherwise: (b: this) => void): void {
    const yes = this.nested(then);
    this.push({ kind: 'cond', test, then: yes, else: this.nested(otherwise), site });
  }

  /** From here on nothing may fail, and shared buffers may be written. `finish` fills `reserve`. */
  commit(): void {
    if (this.block !== this.root) {
      throw new VerifyError('[program] expected commit outside loops and conds, got it inside one');
    }
    this.push({ kind: 'commit', reserve: [] });
  }

  /** What has been recorded, for passes before `finishProgram`. The builder is used up. */
  draft(): Draft {
    if (this.finished) throw new VerifyError('[program] expected one call of finish, got a second');
    this.finished = true;
    return {
      sizes: this.sizes.nodes,
      buffers: this.buffers,
      constants: this.constants,
      kernels: this.kernels,
      checks: this.checks,
      steps: this.root,
      inputs: this.roles.input,
      shared: this.roles.shared,
      outputs: this.roles.output,
      loops: this.loops,
      sites: this.sites,
      presentShapes: this.presentShapes,
    };
  }

  /** The Program, verified. The builder is used up. @throws VerifyError (E_VERIFY) */
  finish(): Program {
    const program = finishProgram(this.draft());
    verifyProgram(program);
    return program;
  }

  private bound(role: 'input' | 'shared', dtype: DType, rank: number): BufferId {
    const id = this.buffers.length;
    const shape = Array.from({ length: rank }, (_, axis) => this.sizes.dim(id, axis));
    this.roles[role].push(id);
    return this.add({ role, dtype, shape, index: this.roles[role].length - 1 });
  }

  private add(decl: BufferDecl): BufferId {
    return this.buffers.push(decl) - 1;
  }

  private push(step: Step): void {
    this.block.push(step);
  }

  private nested(record: (b: this) => void): Step[] {
    const outer = this.block;
    const inner: Step[] = [];
    this.block = inner;
    try {
      record(this);
    } finally {
      this.block = outer;
    }
    return inner;
  }

  private indexOf(buffer: BufferId): number {
    const decl = this.decl(buffer);
    return 'index' in decl ? decl.index : -1;
  }

  private holdsAlways(rel: Check['rel'], a: SizeId, b: SizeId): boolean {
    if (a === b) return rel !== 'lt';
    const x = this.sizes.constant(a);
    const y = this.sizes.constant(b);
    if (x === null || y === null) return false;
    return rel === 'eq' ? x === y : rel === 'le' ? x <= y : x < y;
  }
}

/** Strides, in elements, of the C order of `shape`. */
export function contiguousStrides(sizes: SizeTable, shape: readonly SizeId[]): SizeId[] {
  const strides: SizeId[] = new Array<SizeId>(shape.length);
  let stride = sizes.const(1);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    if (axis > 0) stride = sizes.mul(stride, shape[axis]);
  }
  return strides;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

/** FNV-1a over at most the first 4096 bytes and the length: a bucket key, never proof of equality. */
function byteHash(bytes: Uint8Array): number {
  let hash = 0x811c9dc5 ^ bytes.length;
  const end = Math.min(bytes.length, 4096);
  for (let i = 0; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash;
}
