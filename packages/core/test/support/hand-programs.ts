/**
 * Programs written by hand, with data and, where it is short to say, what they must give. Every
 * walker runs them: they reach what lowered graphs reach rarely (windows, ring buffers, early exits,
 * sizes that depend on counters, branches with memory of their own).
 */
import { KernelBuilder } from '../../src/lower/kernel-builder.js';
import { ProgramBuilder } from '../../src/lower/program-builder.js';
import type { BufferId, LoopKernel, Program, SizeId } from '../../src/lower/program.js';
import type { DType } from '../../src/types/dtype.js';
import { ndarray } from '../../src/types/ndarray.js';
import type { NDArray } from '../../src/types/ndarray.js';

export interface ProgramCall {
  readonly inputs: readonly NDArray[];
  /** Null where the walkers are only compared with each other. */
  readonly outputs: readonly NDArray[] | null;
  /** Values of the shared variables after the call. */
  readonly shared?: readonly NDArray[];
}

export interface HandProgram {
  readonly name: string;
  readonly program: Program;
  readonly shared: readonly NDArray[];
  /** Made in order, on one executable. */
  readonly calls: readonly ProgramCall[];
}

const p = (param: number): { param: number } => ({ param });
const vector = (values: readonly number[], dtype: DType = 'float32'): NDArray =>
  ndarray([...values], dtype);
const scalar = (value: number, dtype: DType): NDArray => ndarray(value, dtype);

/** out[i] = fn(a[i], b[i]) for vectors of one length, whose strides are parameters. */
export function pointwise(fn: 'add' | 'mul' | 'max' | 'sub', dtype: DType = 'float32'): LoopKernel {
  const k = new KernelBuilder(fn, [p(0)]);
  const [a, b] = [k.load(k.operand(dtype, [p(1)])), k.load(k.operand(dtype, [p(2)]))];
  k.store(k.operand(dtype, [p(3)]), k.scalar(fn, a, b));
  return k.build();
}

/** Launches a pointwise kernel on rank-1 buffers. */
export function point(
  b: ProgramBuilder,
  kernel: LoopKernel,
  operands: readonly [BufferId, BufferId, BufferId],
): void {
  const strides = operands.map((id) => b.strides(id)[0]);
  b.kernel(kernel, operands, [b.shape(operands[2])[0], ...strides], b.site(kernel.name));
}

/** The one element of a vector at a place that may depend on a counter. */
function element(b: ProgramBuilder, of: BufferId, at: SizeId): BufferId {
  const one = b.sizes.const(1);
  return b.view(of, [one], b.sizes.mul(at, b.strides(of)[0]), [one]);
}

/** flag = |x[0]| > limit. */
function beyond(limit: number): LoopKernel {
  const k = new KernelBuilder('beyond', []);
  const x = k.scalar('abs', k.load(k.operand('float32', [])));
  k.store(k.operand('bool', []), k.scalar('gt', x, k.constant('float32', limit)));
  return k.build();
}

/**
 * h[t] = x[t] + x[t-1] + h[t-1], with x[-1] = h[-1] = 0, until |h| > 20; gives the steps that were
 * taken and as much of h as was computed. Windows are views whose offsets use the counter.
 */
function windows(): HandProgram {
  const b = new ProgramBuilder();
  const { sizes } = b;
  const [zero, one] = [sizes.const(0), sizes.const(1)];
  const x = b.input('float32', 1);
  const [n] = b.shape(x);
  const padded = b.temp('float32', [sizes.add(n, one)]);
  const trace = b.temp('float32', [sizes.add(n, one)]);
  const taken = b.temp('int64', []);
  const nought = b.constant({ dtype: 'float32', shape: [1], bytes: new Uint8Array(4) });
  b.copy(nought, element(b, padded, zero), b.site('pad'));
  b.copy(nought, element(b, trace, zero), b.site('pad'));
  b.copy(x, b.view(padded, [n], one, [one]), b.site('pad'));
  const sum = b.temp('float32', [one]);
  const stop = b.temp('bool', []);
  b.loop(n, { site: b.site('scan'), until: stop, taken }, (_, t) => {
    const next = sizes.add(t, one);
    point(b, pointwise('add'), [element(b, padded, next), element(b, padded, t), sum]);
    point(b, pointwise('add'), [sum, element(b, trace, t), element(b, trace, next)]);
    b.kernel(beyond(20), [element(b, trace, next), stop], [], b.site('until'));
  });
  const count = b.output('int64', []);
  b.copy(taken, count, b.site('taken'));
  const steps = sizes.value(taken);
  const out = b.output('float32', [steps]);
  b.copy(b.view(trace, [steps], one, [one]), out, b.site('trace'));
  return {
    name: 'windows t and t-1 with an early exit',
    program: b.finish(),
    shared: [],
    calls: [
      {
        inputs: [vector([1, 2, 3, 4])],
        outputs: [scalar(4, 'int64'), vector([1, 4, 9, 16])],
      },
      {
        inputs: [vector([1, 2, 3, 4, 5, 6, 7])],
        outputs: [scalar(5, 'int64'), vector([1, 4, 9, 16, 25])],
      },
      { inputs: [vector([])], outputs: [scalar(0, 'int64'), vector([])] },
      { inputs: [vector([50])], outputs: [scalar(1, 'int64'), vector([50])] },
    ],
  };
}

/** Rows of a ring of three: r[t] = r[t-1] + r[t-3], in place over r[t-3]; gives the last row. */
function ring(): HandProgram {
  const b = new ProgramBuilder();
  const { sizes } = b;
  const [zero, one, three] = [0, 1, 3].map((value) => sizes.const(value));
  const [start, steps] = [b.input('int64', 2), b.input('int64', 0)];
  const [, m] = b.shape(start);
  b.check('eq', b.shape(start)[0], three, b.site('ring'), 'shape', 'three rows, got {a}');
  const rows = b.temp('int64', [three, m]);
  b.copy(start, rows, b.site('ring'));
  const row = (t: SizeId): BufferId =>
    b.view(rows, [m], sizes.mul(sizes.binary('mod', t, three), m), [one]);
  const trips = sizes.value(steps);
  b.loop(trips, { site: b.site('scan') }, (_, t) => {
    const before = row(sizes.add(t, sizes.const(2)));
    point(b, pointwise('add', 'int64'), [row(t), before, row(t)]);
  });
  const out = b.output('int64', [m]);
  b.copy(
    row(sizes.select(sizes.binary('lt', zero, trips), sizes.sub(trips, one), zero)),
    out,
    b.site('last'),
  );
  const rows0 = ndarray(
    [
      [1, 2],
      [0, 0],
      [1, -1],
    ],
    'int64',
  );
  return {
    name: 'ring buffer, in place',
    program: b.finish(),
    shared: [],
    // 1 0 1 | 2 2 3 5 7 10: each the sum of the one before and the third before.
    calls: [
      { inputs: [rows0, scalar(1, 'int64')], outputs: [vector([2, 1], 'int64')] },
      { inputs: [rows0, scalar(6, 'int64')], outputs: [vector([10, 2], 'int64')] },
      { inputs: [rows0, scalar(0, 'int64')], outputs: [vector([1, 2], 'int64')] },
    ],
  };
}

/** One branch gathers the elements that are not zero, the other doubles all; sizes differ. */
function branches(): HandProgram {
  const b = new ProgramBuilder();
  const { sizes } = b;
  const one = sizes.const(1);
  const [x, test] = [b.input('float32', 1), b.input('bool', 0)];
  const [n] = b.shape(x);
  const result = b.temp('float32', [n]);
  const length = b.temp('int64', []);
  b.cond(
    test,
    b.site('ifelse'),
    () => {
      const found = b.temp('int64', [], null);
      const positions = b.temp('int64', [sizes.value(found)], n);
      b.call('nonzero', [x], [positions, found], b.site('nonzero'));
      const count = sizes.value(found);
      const k = new KernelBuilder('take', [p(0)]);
      const at = k.load(k.operand('int64', [1]));
      const value = k.load(k.operand('float32', [0]), [{ value: at, size: p(1), stride: 1 }]);
      k.store(k.operand('float32', [1]), value);
      const dense = b.temp('float32', [count]);
      b.kernel(k.build(), [positions, x, dense], [count, n], b.site('take'), [b.site('take')]);
      b.copy(dense, b.view(result, [count], sizes.const(0), [one]), b.site('take'));
      b.copy(found, length, b.site('take'));
    },
    () => {
      point(b, pointwise('add'), [x, x, result]);
      const k = new KernelBuilder('length', []);
      k.store(k.operand('int64', []), k.dim(p(0)));
      b.kernel(k.build(), [length], [n], b.site('length'));
    },
  );
  const kept = sizes.value(length);
  const out = b.output('float32', [kept]);
  b.copy(b.view(result, [kept], sizes.const(0), [one]), out, b.site('out'));
  const x0 = vector([0, 3, 0, -1, 5]);
  return {
    name: 'branches with late sizes',
    program: b.finish(),
    shared: [],
    calls: [
      { inputs: [x0, ndarray(true)], outputs: [vector([3, -1, 5])] },
      { inputs: [x0, ndarray(false)], outputs: [vector([0, 6, 0, -2, 10])] },
      { inputs: [vector([0, 0]), ndarray(true)], outputs: [vector([])] },
      { inputs: [vector([7]), ndarray(false)], outputs: [vector([14])] },
    ],
  };
}

/** A loop in a loop whose length is the outer counter; its temp grows with every iteration. */
function triangle(): HandProgram {
  const b = new ProgramBuilder();
  const { sizes } = b;
  const [zero, one] = [sizes.const(0), sizes.const(1)];
  const x = b.input('float64', 1);
  const [n] = b.shape(x);
  const out = b.output('float64', [n]);
  const total = b.temp('float64', [one]);
  const nought = b.constant({ dtype: 'float64', shape: [1], bytes: new Uint8Array(8) });
  const sumKernel = ((): LoopKernel => {
    const k = new KernelBuilder('sum', [p(0)], 1);
    const sum = k.reduce('sum', k.load(k.operand('float64', [1])));
    k.store(k.operand('float64', [0]), sum);
    return k.build();
  })();
  b.loop(n, { site: b.site('outer') }, (_, t) => {
    const length = sizes.add(t, one);
    const prefix = b.temp('float64', [length]);
    b.copy(b.view(x, [length], zero, [one]), prefix, b.site('prefix'));
    b.copy(nought, total, b.site('zero'));
    b.loop(length, { site: b.site('inner') }, (_, s) => {
      const last = b.temp('float64', [one]);
      const rest = sizes.add(s, one);
      b.kernel(sumKernel, [prefix, last], [rest], b.site('sum'));
      point(b, pointwise('add', 'float64'), [last, total, total]);
    });
    b.copy(total, b.view(out, [one], t, [one]), b.site('store'));
  });
  return {
    name: 'loop in a loop of growing length',
    program: b.finish(),
    shared: [],
    calls: [
      { inputs: [vector([1, 1, 1, 1], 'float64')], outputs: [vector([1, 3, 6, 10], 'float64')] },
      { inputs: [vector([], 'float64')], outputs: [vector([], 'float64')] },
      {
        inputs: [vector([2, 0, -1, 4, 0, 1], 'float64')],
        outputs: [vector([2, 4, 5, 10, 15, 21], 'float64')],
      },
    ],
  };
}

/**
 * W += -0.5·x·yᵀ in place, v takes x (whose length may differ), and the outputs see the old W. The
 * index check before the commit may fail: then nothing may have changed.
 */
function update(): HandProgram {
  const b = new ProgramBuilder();
  const [w, v] = [b.shared('float32', 2), b.shared('float32', 1)];
  const [x, y, at] = [b.input('float32', 1), b.input('float32', 1), b.input('int64', 0)];
  const [n, m] = b.shape(w);
  b.check('eq', b.shape(x)[0], n, b.site('ger'), 'shape', '{a} and {b}');
  b.check('eq', b.shape(y)[0], m, b.site('ger'), 'shape', '{a} and {b}');
  const out = b.output('float32', [m]);
  const k = new KernelBuilder('row', [p(0)]);
  const row = k.load(k.operand('int64', [0]));
  const value = k.load(k.operand('float32', [1]), [{ value: row, size: p(1), stride: p(0) }]);
  k.store(k.operand('float32', [1]), value);
  b.kernel(k.build(), [at, w, out], [m, n], b.site('row'), [b.site('row index')]);
  const alpha = b.constant({
    dtype: 'float32',
    shape: [],
    bytes: new Uint8Array(new Float32Array([-0.5]).buffer),
  });
  b.commit();
  b.call('ger', [w, x, y, alpha], [w], b.site('ger'));
  b.copy(x, v, b.site('copy'));
  const w0 = ndarray(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    'float32',
  );
  const w1 = ndarray(
    [
      [0, 2, 4],
      [2, 5, 8],
    ],
    'float32',
  );
  return {
    name: 'update in place in the commit part',
    program: b.finish(),
    shared: [w0, vector([9, 9, 9])],
    calls: [
      {
        inputs: [vector([1, 2]), vector([2, 0, -2]), scalar(1, 'int64')],
        outputs: [vector([4, 5, 6])],
        shared: [w1, vector([1, 2])],
      },
      {
        inputs: [vector([0, 0]), vector([1, 1, 1]), scalar(-2, 'int64')],
        outputs: [vector([0, 2, 4])],
        shared: [w1, vector([0, 0])],
      },
    ],
  };
}

/** Temps of two sizes take turns in few slots, which grow and shrink from call to call. */
function slots(): HandProgram {
  const b = new ProgramBuilder();
  const { sizes } = b;
  const x = b.input('float32', 1);
  const [n] = b.shape(x);
  const one = sizes.const(1);
  let last = x;
  for (const rows of [1, 2, 1, 2, 1, 2]) {
    const temp = b.temp('float32', [sizes.const(rows), n]);
    const row = (i: number): BufferId => b.view(temp, [n], sizes.mul(n, sizes.const(i)), [one]);
    for (let i = 0; i < rows; i++) point(b, pointwise('add'), [last, x, row(i)]);
    last = row(rows - 1);
  }
  const out = b.output('float32', [n]);
  b.copy(last, out, b.site('copy'));
  const long = Array.from({ length: 300 }, (_, i) => i % 17);
  return {
    name: 'temps that share slots',
    program: b.finish(),
    shared: [],
    calls: [
      { inputs: [vector([1, -1, 0])], outputs: [vector([7, -7, 0])] },
      { inputs: [vector(long)], outputs: [vector(long.map((v) => 7 * v))] },
      { inputs: [vector([-1])], outputs: [vector([-7])] },
    ],
  };
}

export const handPrograms: readonly HandProgram[] = [
  windows(),
  ring(),
  branches(),
  triangle(),
  update(),
  slots(),
];

/** Inputs that make the update program fail before its commit, with what the failure must say. */
export const failingUpdates: readonly { inputs: readonly NDArray[]; failure: object }[] = [
  {
    inputs: [vector([1, 2]), vector([1, 1, 1]), scalar(2, 'int64')],
    failure: { kind: 'index', value: 2, size: 2 },
  },
  {
    inputs: [vector([1, 2]), vector([1, 1, 1]), scalar(-3, 'int64')],
    failure: { kind: 'index', value: -3, size: 2 },
  },
  {
    inputs: [vector([1, 2, 3]), vector([1, 1, 1]), scalar(0, 'int64')],
    failure: { kind: 'check', check: 0, a: 3, b: 2 },
  },
];
