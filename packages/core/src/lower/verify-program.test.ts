import { describe, expect, it } from 'vitest';
import { VerifyError } from '../errors.js';
import { KernelBuilder } from './kernel-builder.js';
import { ProgramBuilder } from './program-builder.js';
import type { BufferId, LoopKernel, Program, SizeNode, Step } from './program.js';
import { verifyProgram } from './verify-program.js';

/** A Program whose every part may be written to. */
type Open<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer U)[]
    ? Open<U>[]
    : T extends object
      ? { -readonly [K in keyof T]: Open<T[K]> }
      : T;
type OpenProgram = Open<Program>;
type StepOf<K extends Step['kind']> = Open<Extract<Step, { kind: K }>>;

const n = { param: 0 };

function pointwise(name = 'add'): LoopKernel {
  const k = new KernelBuilder(name, [n]);
  const [x, y] = [k.load(k.operand('float32', [1])), k.load(k.operand('float32', [1]))];
  k.store(k.operand('float32', [1]), k.scalar('add', x, y));
  return k.build();
}

function gather(): LoopKernel {
  const k = new KernelBuilder('gather', [n]);
  const at = k.load(k.operand('int64', [1]));
  const value = k.load(k.operand('float32', [0]), [{ value: at, size: n, stride: 1 }]);
  k.store(k.operand('float32', [1]), value);
  return k.build();
}

/** Buffers of `sample`, in order. */
const id = { x: 0, at: 1, w: 2, a: 3, b: 4, c: 5, count: 6, out: 7, row: 8 };

/**
 * a = x + x; b = a + x; c = b + x; counts nonzeros of c; loop: row view of out = row of c; then
 * commit, w += c.
 */
function sample(): OpenProgram {
  const b = new ProgramBuilder();
  const [x, at] = [b.input('float32', 1), b.input('int64', 1)];
  const w = b.shared('float32', 1);
  const [size] = b.shape(x);
  const [t0, t1, t2] = [0, 1, 2].map(() => b.temp('float32', [size]));
  const count = b.temp('int64', []);
  const out = b.output('float32', [size]);
  const add = (p: BufferId, q: BufferId, r: BufferId): void =>
    b.kernel(pointwise(), [p, q, r], [size], b.site('add'));
  b.check('eq', size, b.shape(w)[0], b.site('add'), 'shape', '{a} and {b}');
  add(x, x, t0);
  add(t0, x, t1);
  b.kernel(gather(), [at, t1, t2], [size], b.site('at'), [b.site('index')]);
  const one = b.sizes.const(1);
  b.loop(size, { site: b.site('scan'), taken: count }, (_, t) => {
    b.copy(b.view(t2, [one], t, [one]), b.view(out, [one], t, [one]), b.site('copy'));
  });
  b.commit();
  add(w, t2, w);
  return structuredClone(b.finish()) as OpenProgram;
}

function step<K extends Step['kind']>(p: OpenProgram, kind: K, nth = 0): StepOf<K> {
  return p.steps.filter((s) => s.kind === kind)[nth] as StepOf<K>;
}

/** Moves the step at one place to another. */
function move(p: OpenProgram, from: number, to: number): void {
  p.steps.splice(to, 0, ...p.steps.splice(from, 1));
}

const kernelStep = (operands: BufferId[], kernel = 0): OpenProgram['steps'][number] => ({
  kind: 'kernel',
  kernel,
  operands,
  dims: [0],
  site: 0,
  sites: kernel === 1 ? [0] : [],
});

const violations: [name: string, break_: (p: OpenProgram) => void, text: RegExp][] = [
  [
    'a kernel id out of range',
    (p) => (step(p, 'kernel').kernel = 9),
    /steps\[1\].*a kernel, got 9/,
  ],
  [
    'a buffer id out of range',
    (p) => (step(p, 'kernel').operands[0] = 99),
    /buffers below \d+, got 99/,
  ],
  ['a size id out of range', (p) => (step(p, 'kernel').dims[0] = 77), /sizes below \d+, got 77/],
  ['a site out of range', (p) => (step(p, 'kernel').site = 77), /sites below \d+, got 77/],
  ['too few operands', (p) => step(p, 'kernel').operands.pop(), /3 operands, got 2/],
  ['too few dims', (p) => step(p, 'kernel').dims.pop(), /1 dims, got 0/],
  ['an index without a site', (p) => step(p, 'kernel', 2).sites.pop(), /1 sites, got 0/],
  [
    'an operand of another dtype',
    (p) => (step(p, 'kernel').operands[0] = id.at),
    /float32 for operand 0, got int64/,
  ],
  [
    'sizes out of order',
    (p) => (p.sizes[0] = { op: 'add', a: 0, b: 1 }),
    /size 0 \(add\): expected operands that precede/,
  ],
  [
    'a dim of a temp',
    (p) => (p.sizes[0] = { op: 'dim', buffer: id.a, axis: 0 }),
    /an input or shared buffer, got temp/,
  ],
  [
    'a dim of no axis',
    (p) => (p.sizes[0] = { op: 'dim', buffer: id.x, axis: 3 }),
    /an axis, got 3/,
  ],
  [
    'a value of a vector',
    (p) => (p.sizes[0] = { op: 'value', buffer: id.at }),
    /a buffer of rank 0, got rank 1/,
  ],
  [
    'a counter of no loop',
    (p) => replaceSize(p, 'counter', { op: 'counter', loop: 4 }),
    /a loop, got 4/,
  ],
  [
    'a fractional size',
    (p) => replaceSize(p, 'const', { op: 'const', value: 0.5 }),
    /a safe integer, got 0.5/,
  ],
  [
    'a size that is never evaluated',
    (p) => p.sizes.push({ op: 'const', value: 8 }),
    /every size to be evaluated/,
  ],
  [
    'sizes evaluated twice',
    (p) => (step(p, 'sizes').to -= 1),
    /sizes from \d+, in order and each once/,
  ],
  ['a first step that is none of sizes', (p) => p.steps.shift(), /first step to be a sizes step/],
  [
    'a check that no step runs',
    (p) => step(p, 'sizes').checks.pop(),
    /every check to be in some step/,
  ],
  ['a check run twice', (p) => step(p, 'sizes').checks.push(0), /check 0 to be in one step/],
  [
    'a view of a view',
    (p) => (p.buffers[9] = { ...p.buffers[8], base: 8 } as never),
    /a base that is no view/,
  ],
  [
    'a view of another dtype',
    (p) => (p.buffers[8].dtype = 'int8'),
    /its base's dtype float32, got int8/,
  ],
  [
    'a slot out of range',
    (p) => ((p.buffers[id.a] as { slot: number }).slot = 50),
    /a slot below \d+, got 50/,
  ],
  ['an input list out of order', (p) => p.inputs.reverse(), /to be number 0 of its list/],
  [
    'a copy between ranks',
    (p) => insert(p, 3, { kind: 'copy', from: id.a, to: id.count, site: 0 }),
    /one dtype, got float32 and int64/,
  ],
  [
    'a test that is no bool',
    (p) => insert(p, 3, { kind: 'cond', test: id.count, then: [], else: [], site: 0 }),
    /test to be bool, got int64/,
  ],
  [
    'two loops of one number',
    (p) => insert(p, 5, { ...step(p, 'loop') }),
    /loop 0 to have one step/,
  ],
  [
    'a call of too few inputs',
    (p) => insert(p, 3, call('gemv', [id.a], [id.b])),
    /5 inputs, got 1/,
  ],
  [
    'a call of wrong ranks',
    (p) => insert(p, 3, call('gemv', [id.a, id.b], [id.c])),
    /rank 2 for buffer 0, got 1/,
  ],
  [
    'a size used before it is evaluated',
    (p) => useCounterOutside(p),
    /size \d+ to be evaluated before it is used/,
  ],
  ['a counter outside its loop', (p) => counterOutside(p), /counter 0 inside its loop/],
  [
    'a read before the write',
    (p) => move(p, 2, 1),
    /steps\[1\] \(kernel add\): expected buffer 3 to be written before it is read/,
  ],
  [
    'a buffer that is never allocated',
    (p) => step(p, 'sizes').alloc.shift(),
    /buffer 3 to be allocated before it is used/,
  ],
  [
    'two live temps in one slot',
    (p) => overlapSlots(p),
    /buffer 3 to be written before it is read, got buffer 4 there/,
  ],
  [
    'what an iteration leaves, overwritten by the next',
    (p) => overlapInLoop(p),
    /buffer 5 to be written before it is read, got buffer 3 there/,
  ],
  [
    'a growing slot with live contents',
    (p) => allocLate(p),
    /buffer 4 to be written before it is read/,
  ],
  [
    'a write to an input',
    (p) => (step(p, 'kernel').operands[2] = id.x),
    /not to write to input buffer 0/,
  ],
  [
    'a shared write before commit',
    (p) => (step(p, 'kernel').operands[2] = id.w),
    /no write to shared buffer 2 before commit/,
  ],
  [
    'no commit at all',
    (p) =>
      p.steps.splice(
        p.steps.findIndex((s) => s.kind === 'commit'),
        1,
      ),
    /no write to shared buffer 2 before commit/,
  ],
  ['a second commit', (p) => p.steps.push({ kind: 'commit', reserve: [] }), /the only commit/],
  [
    'a commit in a loop',
    (p) => step(p, 'loop').body.push({ kind: 'commit', reserve: [] }),
    /outside loops and conds/,
  ],
  [
    'an index after commit',
    (p) => p.steps.push(kernelStep([id.at, id.b, id.c], 1)),
    /no index that can fail after commit/,
  ],
  [
    'a host function after commit',
    (p) => p.steps.push({ kind: 'host', host: 0, ins: [], outs: [], site: 0 }),
    /no host function after commit/,
  ],
  ['an allocation after commit', (p) => allocAfterCommit(p), /no check or allocation after commit/],
  [
    'a copy to shared without reserve',
    (p) => p.steps.push({ kind: 'copy', from: id.c, to: id.w, site: 0 }),
    /memory for the copy reserved/,
  ],
  [
    'a shared buffer read after its update',
    (p) => p.steps.push(kernelStep([id.w, id.w, id.b])),
    /not to be read after its update/,
  ],
  ['an output that is not written', (p) => leaveOutput(p), /output 0 to be written/],
  ['an output written in one branch only', (p) => writeInBranch(p), /output 0 to be written/],
  [
    'an in-place operand of other strides',
    (p) => otherStrides(p),
    /equal strides for in-place operands/,
  ],
  [
    'a gather from memory that is stored to',
    (p) => (step(p, 'kernel', 2).operands[1] = id.c),
    /no computed index into memory/,
  ],
  ['two stores to one place', (p) => twoStores(p), /stores to different memory/],
  ['a product into its own factor', (p) => productInPlace(p), /the result apart from buffer/],
];

function insert(p: OpenProgram, at: number, added: OpenProgram['steps'][number]): void {
  p.steps.splice(at, 0, added);
}

function call(
  callee: 'gemm' | 'gemv' | 'ger',
  ins: BufferId[],
  outs: BufferId[],
): OpenProgram['steps'][number] {
  return { kind: 'call', callee, ins, outs, site: 0 };
}

function replaceSize(p: OpenProgram, op: SizeNode['op'], by: OpenProgram['sizes'][number]): void {
  p.sizes[p.sizes.findIndex((node) => node.op === op)] = by;
}

const counterId = (p: OpenProgram): number => p.sizes.findIndex((node) => node.op === 'counter');

function useCounterOutside(p: OpenProgram): void {
  step(p, 'kernel').dims[0] = counterId(p);
}

function counterOutside(p: OpenProgram): void {
  const { body } = step(p, 'loop');
  insert(
    p,
    p.steps.findIndex((s) => s.kind === 'loop'),
    body.shift()!,
  );
}

const slotOf = (p: OpenProgram, buffer: BufferId): { slot: number } =>
  p.buffers[buffer] as { slot: number };

function overlapSlots(p: OpenProgram): void {
  // b is written into a's slot, then a is read again.
  slotOf(p, id.b).slot = slotOf(p, id.a).slot;
  insert(p, 3, kernelStep([id.a, id.x, id.c]));
}

function overlapInLoop(p: OpenProgram): void {
  // The body ends with a write over c, which the next iteration reads.
  slotOf(p, id.a).slot = slotOf(p, id.c).slot;
  slotOf(p, id.b).slot = p.slots++;
  step(p, 'loop').body.push(kernelStep([id.x, id.x, id.a]));
}

function allocLate(p: OpenProgram): void {
  const slot = slotOf(p, id.b).slot;
  p.buffers.push({ role: 'temp', dtype: 'float32', shape: [0], slot, capacity: null });
  const { to } = step(p, 'sizes');
  insert(p, 3, { kind: 'sizes', from: to, to, checks: [], alloc: [p.buffers.length - 1] });
}

function allocAfterCommit(p: OpenProgram): void {
  p.buffers.push({ role: 'temp', dtype: 'float32', shape: [0], slot: 0, capacity: null });
  const to = p.sizes.length;
  p.steps.push({ kind: 'sizes', from: to, to, checks: [], alloc: [p.buffers.length - 1] });
}

function writeInBranch(p: OpenProgram): void {
  p.buffers.push({ role: 'input', dtype: 'bool', shape: [], index: 2 });
  p.inputs.push(p.buffers.length - 1);
  const at = p.steps.findIndex((s) => s.kind === 'loop');
  const [loop] = p.steps.splice(at, 1);
  const test = p.buffers.length - 1;
  insert(p, at, { kind: 'cond', test, then: [loop], else: [], site: 0 });
}

function leaveOutput(p: OpenProgram): void {
  const copy = step(p, 'loop').body.find((s) => s.kind === 'copy') as StepOf<'copy'>;
  copy.to = copy.from;
}

function otherStrides(p: OpenProgram): void {
  const k = new KernelBuilder('shift', [n]);
  const v = k.load(k.operand('float32', [2]));
  k.store(k.operand('float32', [1]), v);
  p.kernels.push(structuredClone(k.build()) as OpenProgram['kernels'][number]);
  insert(p, 3, kernelStep([id.a, id.a], p.kernels.length - 1));
}

function twoStores(p: OpenProgram): void {
  const k = new KernelBuilder('twice', [n]);
  const v = k.load(k.operand('float32', [1]));
  k.store(k.operand('float32', [1]), v);
  k.store(k.operand('float32', [1]), v);
  p.kernels.push(structuredClone(k.build()) as OpenProgram['kernels'][number]);
  insert(p, 3, kernelStep([id.a, id.c, id.c], p.kernels.length - 1));
}

function productInPlace(p: OpenProgram): void {
  const matrix = p.buffers.length;
  p.buffers.push({
    role: 'view',
    dtype: 'float32',
    shape: [0, 0],
    base: id.x,
    offset: 0,
    strides: [0, 0],
  });
  insert(p, 3, call('gemv', [matrix, id.a], [id.a]));
}

describe('verifyProgram', () => {
  it('accepts the sample that is broken below', () => {
    const p = sample();
    expect(p.buffers.slice(0, 8).map((decl) => decl.role)).toEqual([
      ...['input', 'input', 'shared', 'temp', 'temp', 'temp', 'temp', 'output'],
    ]);
    expect(() => verifyProgram(p)).not.toThrow();
  });

  it.each(violations)('refuses %s', (_, breakIt, text) => {
    const p = sample();
    breakIt(p);
    expect(() => verifyProgram(p)).toThrow(VerifyError);
    expect(() => verifyProgram(p)).toThrow(text);
  });

  it('takes back what a branch knows', () => {
    // A temp written in both branches is there afterwards; one written in one is not.
    const both = branchProgram(true);
    expect(() => both()).not.toThrow();
    expect(branchProgram(false)).toThrow(/to be written before it is read/);
  });
});

function branchProgram(both: boolean): () => Program {
  return () => {
    const b = new ProgramBuilder();
    const [x, test] = [b.input('float32', 1), b.input('bool', 0)];
    const [size] = b.shape(x);
    const t = b.temp('float32', [size]);
    const out = b.output('float32', [size]);
    const write = (): void => b.kernel(pointwise(), [x, x, t], [size], b.site('add'));
    b.cond(test, b.site('ifelse'), write, both ? write : (): void => undefined);
    b.copy(t, out, b.site('copy'));
    return b.finish();
  };
}
