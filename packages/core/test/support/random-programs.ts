/**
 * Random Programs from a seed: loops, branches, views, products, late sizes and a commit part over
 * vectors and matrices. All values stay whole and small where a product adds them up, so that every
 * device must give the same bits. Each Program launches every kernel once in a fixed order first:
 * so all have one source text, which is compiled once.
 */
import { KernelBuilder } from '../../src/lower/kernel-builder.js';
import { ProgramBuilder } from '../../src/lower/program-builder.js';
import type { BufferId, LoopKernel, Program, SizeId } from '../../src/lower/program.js';
import type { DType } from '../../src/types/dtype.js';
import { NDArray } from '../../src/types/ndarray.js';
import { randomStream } from './kernel-cases.js';

export interface RandomProgram {
  readonly program: Program;
  /** Shared variables: a matrix [n, m] and a vector [n]. */
  readonly shared: readonly NDArray[];
  /** Inputs of several calls, of different sizes: x [n], y [m], z [n, m], a test and a count. */
  readonly calls: readonly (readonly NDArray[])[];
}

const p = (param: number): { param: number } => ({ param });
type Dim = { readonly param: number };
const f32 = 'float32' as const;

/** Whole numbers from -4 to 4. */
function clamp(k: KernelBuilder, value: number): number {
  return k.scalar('max', k.scalar('min', value, k.constant(f32, 4)), k.constant(f32, -4));
}

/** A kernel of two operands and a result over `rank` axes, all strides parameters. */
function binary(
  name: string,
  rank: number,
  make: (k: KernelBuilder, a: number, b: number) => number,
): LoopKernel {
  const axes = Array.from({ length: rank }, (_, axis) => p(axis));
  const k = new KernelBuilder(name, axes);
  const strides = (place: number): Dim[] => axes.map((_, axis) => p(rank * (place + 1) + axis));
  const a = k.load(k.operand(f32, strides(0)));
  const b = k.load(k.operand(f32, strides(1)));
  k.store(k.operand(f32, strides(2)), make(k, a, b));
  return k.build();
}

const pointwise = [1, 2].flatMap((rank) => [
  binary(`add ${rank}`, rank, (k, a, b) => clamp(k, k.scalar('add', a, b))),
  binary(`mul ${rank}`, rank, (k, a, b) => clamp(k, k.scalar('mul', a, b))),
  binary(`choose ${rank}`, rank, (k, a, b) => {
    const less = k.scalar('lt', a, b);
    return k.scalar('select', less, k.scalar('neg', a), k.scalar('sub', b, k.constant(f32, 1)));
  }),
]);

/** out[i] = clamped sum over j of a[i, j], whose axes may lie either way. */
const rowSum = ((): LoopKernel => {
  const k = new KernelBuilder('row sum', [p(0), p(1)], 1);
  const s = k.reduce('sum', k.load(k.operand(f32, [p(2), p(3)])));
  k.store(k.operand(f32, [p(4), 0]), clamp(k, s));
  return k.build();
})();

const columnSum = ((): LoopKernel => {
  const k = new KernelBuilder('column sum', [p(0), p(1)], 1);
  const s = k.reduce('sum', k.load(k.operand(f32, [1, p(2)])));
  k.store(k.operand(f32, [p(3), 0]), clamp(k, s));
  return k.build();
})();

/** flag = the sum of a is positive; count = |sum| mod 4. */
const judge = ((): LoopKernel => {
  const k = new KernelBuilder('judge', [p(0)], 1);
  const s = k.reduce('sum', k.load(k.operand(f32, [p(1)])));
  k.store(k.operand('bool', [0]), k.scalar('gt', s, k.constant(f32, 0)));
  const whole = k.cast('int64', k.scalar('abs', s));
  k.store(k.operand('int64', [0]), k.scalar('mod', whole, k.constant('int64', 4)));
  return k.build();
})();

/** out[i] = a[where[i]], with `where` counted from either end. */
const take = ((): LoopKernel => {
  const k = new KernelBuilder('take', [p(0)]);
  const at = k.load(k.operand('int64', [1]));
  const value = k.load(k.operand(f32, [0]), [{ value: at, size: p(1), stride: p(2) }]);
  k.store(k.operand(f32, [p(3)]), value);
  return k.build();
})();

type Shape = 'n' | 'm' | 'nm';

class Generator {
  private readonly b = new ProgramBuilder();
  private readonly random: () => number;
  private readonly n: SizeId;
  private readonly m: SizeId;
  private readonly shared: readonly [BufferId, BufferId];
  private readonly site = this.b.site('random');
  /** Buffers that hold values, by shape; those made in a block are gone after it. */
  private pool: Record<Shape, BufferId[]>;
  /** Temps that may be written again. */
  private writable = new Set<BufferId>();
  private readonly tests: BufferId[];
  private readonly counts: BufferId[];
  private budget = 14;

  constructor(seed: number) {
    this.random = randomStream(seed);
    const { b } = this;
    const [x, y, z] = [b.input(f32, 1), b.input(f32, 1), b.input(f32, 2)];
    const [test, count] = [b.input('bool', 0), b.input('int64', 0)];
    this.shared = [b.shared(f32, 2), b.shared(f32, 1)];
    [this.n, this.m] = b.shape(z);
    b.check('eq', b.shape(x)[0], this.n, this.site, 'shape', 'x');
    b.check('eq', b.shape(y)[0], this.m, this.site, 'shape', 'y');
    this.pool = { n: [x, this.shared[1]], m: [y], nm: [z, this.shared[0]] };
    this.tests = [test];
    this.counts = [count];
  }

  build(): Program {
    const { b } = this;
    this.launchAll();
    while (this.budget > 0) this.anyStep(2);
    for (const shape of ['n', 'nm'] as const) {
      const from = this.pick(this.pool[shape]);
      const out = b.output(f32, this.shape(shape));
      b.copy(from, out, this.site);
    }
    const late = b.sizes.value(this.counts[this.counts.length - 1]);
    const length = b.sizes.binary('min', b.sizes.binary('max', late, b.sizes.const(0)), this.n);
    const tail = b.output(f32, [length]);
    b.copy(this.sliced(this.pick(this.pool.n), length), tail, this.site);
    this.commitPart();
    return b.finish();
  }

  private commitPart(): void {
    const { b } = this;
    const [w, v] = this.shared;
    const [next, x, y] = [this.pick(this.pool.n), this.pick(this.pool.n), this.pick(this.pool.m)];
    const fresh = b.temp(f32, [this.n]);
    b.copy(next, fresh, this.site);
    const left = b.temp(f32, [this.n]);
    b.copy(x, left, this.site);
    b.commit();
    const one = b.constant({
      dtype: f32,
      shape: [],
      bytes: new Uint8Array(new Float32Array([1]).buffer),
    });
    if (this.random() < 0.5) b.call('ger', [w, left, y, one], [w], this.site);
    else this.launch(pointwise[3], [w, w, w], 'nm');
    b.copy(fresh, v, this.site);
  }

  private launchAll(): void {
    const [x, y, z] = [this.pool.n[0], this.pool.m[0], this.pool.nm[0]];
    for (const kernel of pointwise) {
      const shape = kernel.axes.length === 1 ? 'n' : 'nm';
      const of = shape === 'n' ? x : z;
      this.launch(kernel, [of, of, this.fresh(shape)], shape);
    }
    this.reduceRows(z);
    this.reduceColumns(z);
    this.judge(y);
    this.gather(x, x);
  }

  private anyStep(depth: number): void {
    this.budget--;
    const roll = this.random();
    if (roll < 0.35) return this.pointStep();
    if (roll < 0.45) return this.reduceRows(this.pick(this.pool.nm));
    if (roll < 0.55) return this.reduceColumns(this.pick(this.pool.nm));
    if (roll < 0.63) return this.product();
    if (roll < 0.7) return this.judge(this.pick(this.pool.n));
    if (roll < 0.78) return this.gather(this.pick(this.pool.n), this.pick(this.pool.n));
    if (depth === 0) return this.pointStep();
    if (roll < 0.9) return this.loop(depth);
    return this.branch(depth);
  }

  private pointStep(): void {
    const shape: Shape = this.random() < 0.5 ? 'n' : 'nm';
    const kernel = pointwise[(shape === 'n' ? 0 : 3) + Math.floor(this.random() * 3)];
    const own = this.pool[shape].filter((id) => this.writable.has(id));
    const inPlace = own.length > 0 && this.random() < 0.4;
    const target = inPlace ? this.pick(own) : this.fresh(shape);
    const operand = (): BufferId => {
      const id = this.pick(this.pool[shape]);
      // A reversed view of the target's memory would be read after it was overwritten.
      return id === target || this.random() < 0.6 ? id : this.turned(id, shape);
    };
    this.launch(kernel, [operand(), operand(), target], shape);
    if (!inPlace) this.keep(shape, target);
  }

  private reduceRows(from: BufferId): void {
    const { b } = this;
    const out = this.fresh('n');
    const [rows, columns] = b.strides(from);
    b.kernel(rowSum, [from, out], [this.n, this.m, rows, columns, b.sizes.const(1)], this.site);
    this.keep('n', out);
  }

  private reduceColumns(from: BufferId): void {
    const { b } = this;
    const out = this.fresh('m');
    const [rows] = b.strides(from);
    b.kernel(columnSum, [from, out], [this.m, this.n, rows, b.sizes.const(1)], this.site);
    this.keep('m', out);
  }

  /** y = A·x or Y = x·yᵀ as a product of matrices, of clamped values. */
  private product(): void {
    const { b } = this;
    const [a, x, y] = [this.pool.nm, this.pool.n, this.pool.m].map((pool) => this.pick(pool));
    const one = b.sizes.const(1);
    if (this.random() < 0.5) {
      const out = this.fresh('n');
      b.call('gemv', [a, y], [out], this.site);
      this.launch(pointwise[0], [out, out, out], 'n');
      return this.keep('n', out);
    }
    const column = b.view(x, [this.n, one], b.sizes.const(0), [b.strides(x)[0], one]);
    const row = b.view(y, [one, this.m], b.sizes.const(0), [this.m, b.strides(y)[0]]);
    const out = this.fresh('nm');
    b.call('gemm', [column, row], [out], this.site);
    this.launch(pointwise[3], [out, out, out], 'nm');
    this.keep('nm', out);
  }

  private judge(from: BufferId): void {
    const { b } = this;
    const [flag, count] = [b.temp('bool', []), b.temp('int64', [])];
    b.kernel(judge, [from, flag, count], [b.shape(from)[0], b.strides(from)[0]], this.site);
    this.tests.push(flag);
    this.counts.push(count);
  }

  /** a[nonzero(mask)], put back at the front of a copy of a. */
  private gather(from: BufferId, mask: BufferId): void {
    const { b } = this;
    const found = b.temp('int64', []);
    const count = b.sizes.value(found);
    const where = b.temp('int64', [count], this.n);
    b.call('nonzero', [this.contiguous(mask)], [where, found], this.site);
    const out = this.fresh('n');
    b.copy(from, out, this.site);
    const [one, stride] = [b.sizes.const(1), b.strides(from)[0]];
    b.kernel(
      take,
      [where, from, this.sliced(out, count)],
      [count, this.n, stride, one],
      this.site,
      [this.site],
    );
    this.keep('n', out);
  }

  /** A loop over rows of a matrix or over a count, that carries a vector. */
  private loop(depth: number): void {
    const { b } = this;
    const matrix = this.pick(this.pool.nm);
    const byRows = this.random() < 0.6;
    const trips = byRows ? this.n : b.sizes.value(this.pick(this.counts));
    const [carry, trace] = [this.fresh('m'), this.fresh('nm')];
    b.copy(this.pick(this.pool.m), carry, this.site);
    b.copy(matrix, trace, this.site);
    const taken = b.temp('int64', []);
    const until = this.random() < 0.5 ? b.temp('bool', []) : null;
    const capped = b.sizes.binary('min', trips, this.n);
    this.scoped(() =>
      b.loop(capped, { site: this.site, until, taken }, (_, t) => {
        const row = (of: BufferId, at: SizeId): BufferId =>
          b.view(of, [this.m], b.sizes.mul(at, b.strides(of)[0]), [b.strides(of)[1]]);
        const before = b.sizes.binary('max', b.sizes.sub(t, b.sizes.const(1)), b.sizes.const(0));
        this.launch(pointwise[1], [row(matrix, t), carry, carry], 'm');
        this.launch(pointwise[0], [row(matrix, before), carry, row(trace, t)], 'm');
        const steps = Math.floor(this.random() * 3);
        for (let i = 0; i < steps; i++) this.anyStep(depth - 1);
        this.launch(pointwise[2], [carry, this.pick(this.pool.m), carry], 'm');
        if (until !== null) {
          const unused = b.temp('int64', []);
          b.kernel(judge, [carry, until, unused], [this.m, b.sizes.const(1)], this.site);
        }
      }),
    );
    this.keep('m', carry);
    this.keep('nm', trace);
    this.counts.push(taken);
  }

  private branch(depth: number): void {
    const { b } = this;
    const result = this.fresh('n');
    const fill = (): void => {
      this.scoped(() => {
        const steps = Math.floor(this.random() * 3);
        for (let i = 0; i < steps; i++) this.anyStep(depth - 1);
        this.launch(pointwise[0], [this.pick(this.pool.n), this.pick(this.pool.n), result], 'n');
      });
    };
    b.cond(this.pick(this.tests), this.site, fill, fill);
    this.keep('n', result);
  }

  /** What a body makes is not used after it, and what lies outside is not written inside. */
  private scoped(inside: () => void): void {
    const { pool, writable } = this;
    const [tests, counts] = [this.tests.length, this.counts.length];
    this.pool = { n: [...pool.n], m: [...pool.m], nm: [...pool.nm] };
    this.writable = new Set();
    inside();
    this.pool = pool;
    this.writable = writable;
    this.tests.length = tests;
    this.counts.length = counts;
  }

  private launch(kernel: LoopKernel, operands: readonly BufferId[], shape: Shape): void {
    const { b } = this;
    const dims = [...this.shape(shape), ...operands.flatMap((id) => b.strides(id))];
    b.kernel(kernel, operands, dims, this.site);
  }

  private turned(id: BufferId, shape: Shape): BufferId {
    const { b } = this;
    const strides = b.strides(id);
    const last = b.sizes.sub(this.shape(shape)[0], b.sizes.const(1));
    const start = b.sizes.binary('max', b.sizes.mul(last, strides[0]), b.sizes.const(0));
    const back = b.sizes.sub(b.sizes.const(0), strides[0]);
    return b.view(id, this.shape(shape), start, [back, ...strides.slice(1)]);
  }

  private sliced(id: BufferId, length: SizeId): BufferId {
    return this.b.view(id, [length], this.b.sizes.const(0), [this.b.strides(id)[0]]);
  }

  private contiguous(id: BufferId): BufferId {
    const { b } = this;
    if (b.decl(id).role !== 'view') return id;
    const copy = b.temp(f32, b.shape(id));
    b.copy(id, copy, this.site);
    return copy;
  }

  private shape(shape: Shape): SizeId[] {
    return shape === 'nm' ? [this.n, this.m] : [shape === 'n' ? this.n : this.m];
  }

  private fresh(shape: Shape): BufferId {
    return this.b.temp(f32, this.shape(shape));
  }

  private keep(shape: Shape, id: BufferId): void {
    this.pool[shape].push(id);
    this.writable.add(id);
  }

  private pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)];
  }
}

function whole(shape: readonly number[], random: () => number, dtype: DType = f32): NDArray {
  const array = NDArray.zeros(shape, dtype);
  const data = array.data as Float32Array;
  for (let i = 0; i < data.length; i++) data[i] = Math.floor(random() * 9) - 4;
  return array;
}

export function randomProgram(seed: number): RandomProgram {
  const program = new Generator(seed).build();
  const random = randomStream(seed + 1);
  const sizes = [
    [3, 5],
    [17, 4],
    [1, 1],
    [0, 3],
    [4, 0],
    [6, 33],
  ];
  // The shared matrix keeps its shape, so all calls but the first must fit it: one shape a program.
  const [n, m] = sizes[seed % sizes.length];
  const calls = [0, 1, 2].map((i) => [
    whole([n], random),
    whole([m], random),
    whole([n, m], random),
    boolScalar(i % 2 === 0),
    countScalar(i),
  ]);
  return { program, shared: [whole([n, m], random), whole([n], random)], calls };
}

function boolScalar(value: boolean): NDArray {
  return new NDArray('bool', new Uint8Array([value ? 1 : 0]), []);
}

function countScalar(value: number): NDArray {
  return new NDArray('int64', new BigInt64Array([BigInt(value)]), []);
}
