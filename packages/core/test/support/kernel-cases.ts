/**
 * Named kernels with data to run them on: golden text is emitted from them, and every emitter's
 * results are compared on them. Shapes include lengths beyond a block of the reduction tree, rows
 * shorter than its lanes, and tiles that do not come out even.
 */
import { BLOCK } from '../../src/codegen/reduction.js';
import { KernelBuilder } from '../../src/lower/kernel-builder.js';
import type { LoopKernel } from '../../src/lower/program.js';
import type { DType, Storage } from '../../src/types/dtype.js';
import { dtypeInfo, isBig } from '../../src/types/dtype.js';
import { encodeFloat16 } from '../../src/types/float16.js';

export interface CaseOperand {
  readonly dtype: DType;
  readonly length: number;
  /** Null for memory that the kernel fills. */
  readonly fill: Fill | null;
}

export interface KernelCase {
  readonly kernel: LoopKernel;
  readonly dims: readonly number[];
  readonly operands: readonly CaseOperand[];
  /** Length of the outermost outer axis, 1 where there is none. */
  readonly range: number;
  /** Results may differ in the last bits where math functions are involved. */
  readonly exact: boolean;
}

/** Gives element `i`; `random` is uniform in [0, 1). */
export type Fill = (i: number, random: () => number) => number;

const uniform: Fill = (_, random) => 2 * random() - 1;
const upTo =
  (n: number): Fill =>
  (_, random) =>
    Math.floor(random() * n);
const bytes: Fill = (_, random) => Math.floor(random() * 256);
/** Random numbers of many magnitudes, so that the order of a sum shows in its bits. */
const wild: Fill = (_, random) => (2 * random() - 1) * 2 ** Math.floor(random() * 24 - 12);
const someNaN: Fill = (i, random) => (i % 97 === 40 ? NaN : i % 5 === 0 ? 0.5 : random());

/** Of a kernel that reduces: blocks of the reduction tree for each result, and results. */
export function caseBlocks({ kernel, dims }: KernelCase): { blocks: number; points: number } {
  const extents = kernel.axes.map((axis) => ('lit' in axis ? axis.lit : dims[axis.param]));
  const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
  const outer = extents.length - kernel.reduceRank;
  const inner = Math.ceil(extents[extents.length - 1] / BLOCK);
  return {
    blocks: product(extents.slice(outer, -1)) * inner,
    points: product(extents.slice(0, outer)),
  };
}

/** A reproducible generator of uniform numbers. */
export function randomStream(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Memory for an operand, filled by its rule; zeros where it has none. */
export function caseStorage(operand: CaseOperand, random: () => number): Storage {
  const { dtype, length, fill } = operand;
  const data = new dtypeInfo[dtype].storage(length);
  if (fill === null) return data;
  const out = data as { [index: number]: number | bigint };
  for (let i = 0; i < length; i++) {
    const value = fill(i, random);
    if (isBig(dtype)) out[i] = BigInt(Math.trunc(value));
    else out[i] = dtype === 'float16' ? encodeFloat16(value) : value;
  }
  return data;
}

const p = (param: number): { param: number } => ({ param });
const [n, m] = [p(0), p(1)];

type Operands = readonly (readonly [dtype: DType, length: number, fill?: Fill])[];

function make(
  kernel: LoopKernel,
  dims: readonly number[],
  operands: Operands,
  options: { range?: number; exact?: boolean } = {},
): KernelCase {
  return {
    kernel,
    dims,
    operands: operands.map(([dtype, length, fill]) => ({ dtype, length, fill: fill ?? null })),
    range: options.range ?? dims[0],
    exact: options.exact ?? true,
  };
}

const f32 = 'float32' as const;

function add(): KernelCase {
  const k = new KernelBuilder('add', [n]);
  const [a, b] = [k.load(k.operand(f32, [1])), k.load(k.operand(f32, [1]))];
  k.store(k.operand(f32, [1]), k.scalar('add', a, b));
  return make(
    k.build(),
    [1003],
    [
      [f32, 1003, uniform],
      [f32, 1003, uniform],
      [f32, 1003],
    ],
  );
}

function addInPlace(): KernelCase {
  const k = new KernelBuilder('scale in place', [n]);
  const a = k.operand('float64', [1]);
  k.store(a, k.scalar('mul', k.load(a), k.constant('float64', -0.1)));
  return make(k.build(), [50], [['float64', 50, wild]]);
}

function biasSigmoid(): KernelCase {
  const k = new KernelBuilder('bias sigmoid', [n, m]);
  const x = k.load(k.operand(f32, [p(2), 1]));
  const b = k.load(k.operand(f32, [0, 1]));
  k.store(k.operand(f32, [m, 1]), k.scalar('sigmoid', k.scalar('add', x, b)));
  return make(
    k.build(),
    [7, 10, 12],
    [
      [f32, 84, uniform],
      [f32, 10, uniform],
      [f32, 70],
    ],
    { exact: false },
  );
}

/** exp(x - max) and its logarithm's neighbourhood: what a softmax is made of. */
function shiftedExp(): KernelCase {
  const k = new KernelBuilder('shifted exp', [n, m]);
  const x = k.load(k.operand(f32, [m, 1]));
  const top = k.load(k.operand(f32, [1, 0]));
  const e = k.scalar('exp', k.scalar('sub', x, top));
  k.store(k.operand(f32, [m, 1]), e);
  k.store(k.operand(f32, [m, 1]), k.scalar('log1p', e));
  return make(
    k.build(),
    [5, 33],
    [
      [f32, 165, uniform],
      [f32, 5, uniform],
      [f32, 165],
      [f32, 165],
    ],
    { exact: false },
  );
}

function transposed(): KernelCase {
  const k = new KernelBuilder('transposed copy', [n, m]);
  const x = k.load(k.operand('int16', [1, n]));
  k.store(k.operand('int16', [m, 1]), x);
  return make(
    k.build(),
    [9, 17],
    [
      ['int16', 153, bytes],
      ['int16', 153],
    ],
  );
}

function rowReduction(
  name: string,
  dtype: DType,
  op: 'sum' | 'prod' | 'max' | 'min',
  size: [number, number],
  fill: Fill,
): KernelCase {
  const k = new KernelBuilder(name, [n, m], 1);
  const s = k.reduce(op, k.load(k.operand(dtype, [m, 1])));
  k.store(k.operand(dtype, [1, 0]), s);
  return make(k.build(), size, [
    [dtype, size[0] * size[1], fill],
    [dtype, size[0]],
  ]);
}

function columnReduction(
  name: string,
  dtype: DType,
  op: 'sum' | 'prod' | 'max' | 'min',
  size: [columns: number, rows: number],
  fill: Fill,
): KernelCase {
  const k = new KernelBuilder(name, [n, m], 1);
  const x = k.load(k.operand(dtype, [1, n]));
  const s = k.reduce(op, op === 'sum' ? k.scalar('sqr', x) : x);
  k.store(k.operand(dtype, [1, 0]), s);
  return make(k.build(), size, [
    [dtype, size[0] * size[1], fill],
    [dtype, size[0]],
  ]);
}

/** Several reductions in one walk, with an epilogue that uses them all. */
function moments(): KernelCase {
  const k = new KernelBuilder('moments', [n, m], 1);
  const x = k.load(k.operand(f32, [m, 1]));
  const shift = k.load(k.operand(f32, [1, 0]));
  const d = k.scalar('sub', x, shift);
  const squared = k.scalar('sqr', d);
  const [s, q] = [k.reduce('sum', d), k.reduce('sum', squared)];
  const [top, where] = [k.reduce('max', x), k.reduce('argmax', x)];
  const size = k.cast(f32, k.dim(m));
  const mean = k.scalar('div', s, size);
  const spread = k.scalar('sub', k.scalar('div', q, size), k.scalar('sqr', mean));
  k.store(k.operand(f32, [1, 0]), k.scalar('add', mean, k.load(k.operand(f32, [1, 0]))));
  k.store(k.operand(f32, [1, 0]), spread);
  k.store(k.operand(f32, [1, 0]), top);
  k.store(k.operand('int64', [1, 0]), where);
  return make(
    k.build(),
    [6, 1100],
    [
      [f32, 6600, uniform],
      [f32, 6, uniform],
      [f32, 6, uniform],
      [f32, 6],
      [f32, 6],
      [f32, 6],
      ['int64', 6],
    ],
  );
}

function logSumExp(): KernelCase {
  const k = new KernelBuilder('log sum exp', [n, m], 1);
  const x = k.load(k.operand(f32, [m, 1]));
  const topOperand = k.operand(f32, [1, 0]);
  const s = k.reduce('sum', k.scalar('exp', k.scalar('sub', x, k.load(topOperand))));
  k.store(k.operand(f32, [1, 0]), k.scalar('add', k.scalar('log', s), k.load(topOperand)));
  return make(
    k.build(),
    [8, 10],
    [
      [f32, 80, uniform],
      [f32, 8, uniform],
      [f32, 8],
    ],
    { exact: false },
  );
}

/** Sum over the first and last axis of three. */
function outerAndInnerSum(): KernelCase {
  const k = new KernelBuilder('channel sum', [n, m, p(2)], 2);
  const x = k.load(k.operand('float64', [p(2), p(3), 1]));
  k.store(k.operand('float64', [1, 0, 0]), k.reduce('sum', x));
  return make(
    k.build(),
    [3, 40, 50, 150],
    [
      ['float64', 6000, wild],
      ['float64', 3],
    ],
  );
}

function fullDot(): KernelCase {
  const k = new KernelBuilder('dot', [n], 1);
  const [a, b] = [k.load(k.operand(f32, [1])), k.load(k.operand(f32, [p(1)]))];
  k.store(k.operand(f32, [0]), k.reduce('sum', k.scalar('mul', a, b)));
  return make(
    k.build(),
    [5000, 2],
    [
      [f32, 5000, wild],
      [f32, 10000, wild],
      [f32, 1],
    ],
    { range: 1 },
  );
}

function halfSum(): KernelCase {
  const k = new KernelBuilder('half sum', [n, m], 1);
  const x = k.load(k.operand('float16', [m, 1]));
  const s = k.reduce('sum', k.scalar('mul', x, k.constant('float16', 0.3)));
  k.store(k.operand('float16', [1, 0]), s);
  return make(
    k.build(),
    [4, 77],
    [
      ['float16', 308, uniform],
      ['float16', 4],
    ],
  );
}

function argReductions(columns: boolean): KernelCase {
  const name = columns ? 'arg columns' : 'arg rows';
  const k = new KernelBuilder(name, [n, m], 1);
  const x = k.load(k.operand(f32, columns ? [1, n] : [m, 1]));
  const y = k.load(k.operand('int32', columns ? [1, n] : [m, 1]));
  const [a, b] = [k.reduce('argmax', x), k.reduce('argmin', y)];
  k.store(k.operand('int64', [1, 0]), a);
  k.store(k.operand('int64', [1, 0]), b);
  return make(
    k.build(),
    [70, 31],
    [
      [f32, 2170, someNaN],
      ['int32', 2170, upTo(9)],
      ['int64', 70],
      ['int64', 70],
    ],
  );
}

function integerReductions(): KernelCase {
  const k = new KernelBuilder('integer reductions', [n, m], 1);
  const x = k.load(k.operand('int32', [m, 1]));
  const u = k.load(k.operand('uint64', [m, 1]));
  const b = k.load(k.operand('bool', [m, 1]));
  const small = k.cast('int8', x);
  const results = [
    [k.reduce('sum', small), 'int8'],
    [k.reduce('prod', x), 'int32'],
    [k.reduce('max', u), 'uint64'],
    [k.reduce('min', x), 'int32'],
    [k.reduce('and', b), 'bool'],
    [k.reduce('or', b), 'bool'],
    [k.reduce('sum', u), 'uint64'],
  ] as const;
  for (const [id, dtype] of results) k.store(k.operand(dtype, [1, 0]), id);
  return make(
    k.build(),
    [5, 20],
    [
      ['int32', 100, (_, random) => Math.floor(random() * 2 ** 32) - 2 ** 31],
      ['uint64', 100, (_, random) => Math.floor(random() * 2 ** 53)],
      ['bool', 100, (_, random) => (random() < 0.9 ? 1 : 0)],
      ['int8', 5],
      ['int32', 5],
      ['uint64', 5],
      ['int32', 5],
      ['bool', 5],
      ['bool', 5],
      ['uint64', 5],
    ],
  );
}

/** out[i] = x[i, y[i]], as a cost picks the probability of the right class. */
function pick(): KernelCase {
  const k = new KernelBuilder('pick', [n]);
  const y = k.load(k.operand('int64', [1]));
  const v = k.load(k.operand(f32, [m]), [{ value: y, size: m, stride: 1 }]);
  k.store(k.operand(f32, [1]), k.scalar('neg', v));
  return make(
    k.build(),
    [20, 10],
    [
      ['int64', 20, (_, random) => Math.floor(random() * 20) - 10],
      [f32, 200, uniform],
      [f32, 20],
    ],
  );
}

/** Rows of x added to rows of out, in order; indices repeat. */
function scatterRows(): KernelCase {
  const k = new KernelBuilder('scatter add rows', [n, m]);
  const y = k.load(k.operand('int32', [1, 0]));
  const v = k.load(k.operand(f32, [m, 1]));
  k.store(k.operand(f32, [0, 1]), v, [{ value: y, size: p(2), stride: m }], 'add');
  return make(
    k.build(),
    [30, 6, 4],
    [
      ['int32', 30, upTo(4)],
      [f32, 180, wild],
      [f32, 24, uniform],
    ],
  );
}

/** Rows of x looked up by index; the index is checked once a row. */
function lookup(): KernelCase {
  const k = new KernelBuilder('lookup rows', [n, m]);
  const y = k.load(k.operand('uint8', [1, 0]));
  const v = k.load(k.operand(f32, [0, 1]), [{ value: y, size: p(2), stride: m }]);
  k.store(k.operand(f32, [m, 1]), v);
  return make(
    k.build(),
    [12, 19, 8],
    [
      ['uint8', 12, upTo(8)],
      [f32, 152, uniform],
      [f32, 228],
    ],
  );
}

/** Indices of 64 bits without a sign, into two axes at once; strides beyond 1. */
function farLookup(): KernelCase {
  const k = new KernelBuilder('far lookup', [n]);
  const [row, column] = [k.load(k.operand('uint64', [1])), k.load(k.operand('int16', [2]))];
  const v = k.load(k.operand('float64', [0]), [
    { value: row, size: 5, stride: 7 },
    { value: column, size: 7, stride: 1 },
  ]);
  k.store(k.operand('float64', [-1]), v, [{ value: k.axis(0), size: n, stride: 2 }]);
  return make(
    k.build(),
    [40],
    [
      ['uint64', 40, upTo(5)],
      ['int16', 80, (_, random) => Math.floor(random() * 14) - 7],
      ['float64', 35, uniform],
      ['float64', 40],
    ],
  );
}

function oneHot(): KernelCase {
  const k = new KernelBuilder('one hot', [n, m]);
  const y = k.load(k.operand('int64', [1, 0]));
  const hit = k.scalar('eq', y, k.axis(1));
  const [yes, no] = [k.constant(f32, 1), k.constant(f32, -0)];
  k.store(k.operand(f32, [m, 1]), k.scalar('select', hit, yes, no));
  return make(
    k.build(),
    [11, 10],
    [
      ['int64', 11, upTo(10)],
      [f32, 110],
    ],
  );
}

function pixels(): KernelCase {
  const k = new KernelBuilder('pixels', [n]);
  const x = k.cast(f32, k.load(k.operand('uint8', [1])));
  k.store(k.operand(f32, [1]), k.scalar('div', x, k.constant(f32, 256)));
  return make(
    k.build(),
    [300],
    [
      ['uint8', 300, bytes],
      [f32, 300],
    ],
  );
}

function masks(): KernelCase {
  const k = new KernelBuilder('masks', [n]);
  const [a, b] = [k.load(k.operand(f32, [1])), k.load(k.operand('bool', [1]))];
  const small = k.scalar('lt', k.scalar('abs', a), k.constant(f32, 0.5));
  const both = k.scalar('and', small, k.scalar('not', b));
  k.store(k.operand('bool', [1]), both);
  k.store(k.operand(f32, [1]), k.scalar('select', both, a, k.constant(f32, NaN)));
  return make(
    k.build(),
    [200],
    [
      [f32, 200, uniform],
      ['bool', 200, upTo(2)],
      ['bool', 200],
      [f32, 200],
    ],
  );
}

/** A reduction whose result is added into memory: an update accumulated in place. */
function accumulate(): KernelCase {
  const k = new KernelBuilder('accumulate', [n, m], 1);
  const x = k.load(k.operand(f32, [1, n]));
  const s = k.reduce('sum', x);
  k.store(k.operand(f32, [1, 0]), k.scalar('mul', s, k.constant(f32, -0.13)), [], 'add');
  return make(
    k.build(),
    [100, 40],
    [
      [f32, 4000, wild],
      [f32, 100, uniform],
    ],
  );
}

/** No axes at all. */
function scalarStep(): KernelCase {
  const k = new KernelBuilder('scalar', []);
  const a = k.load(k.operand('int64', []));
  k.store(k.operand('int64', []), k.scalar('add', a, k.constant('int64', 1)));
  return make(
    k.build(),
    [],
    [
      ['int64', 1, bytes],
      ['int64', 1],
    ],
    { range: 1 },
  );
}

/** Golden text is kept for these. */
export const goldenCases: readonly KernelCase[] = [
  add(),
  addInPlace(),
  biasSigmoid(),
  shiftedExp(),
  transposed(),
  rowReduction('row sum', f32, 'sum', [5, 2500], wild),
  rowReduction('row max', f32, 'max', [5, 40], someNaN),
  columnReduction('column sum', f32, 'sum', [150, 2100], wild),
  moments(),
  logSumExp(),
  outerAndInnerSum(),
  fullDot(),
  halfSum(),
  argReductions(false),
  argReductions(true),
  integerReductions(),
  pick(),
  scatterRows(),
  lookup(),
  oneHot(),
  pixels(),
  masks(),
  accumulate(),
  scalarStep(),
];

/** More data for the same forms. */
export const kernelCases: readonly KernelCase[] = [
  ...goldenCases,
  rowReduction('short row sum', f32, 'sum', [64, 10], wild),
  rowReduction('one element sum', 'float64', 'sum', [3, 1], wild),
  rowReduction('double row prod', 'float64', 'prod', [4, 1500], (_, r) => 1 + (r() - 0.5) / 9),
  rowReduction('double row min', 'float64', 'min', [4, 300], uniform),
  columnReduction('column max', f32, 'max', [65, 20], someNaN),
  columnReduction('column prod', 'float64', 'prod', [5, 15], uniform),
  columnReduction('short column sum', 'float64', 'sum', [100, 3], wild),
  columnReduction('integer column max', 'int16', 'max', [20, 30], bytes),
  farLookup(),
  columnReduction('half column sum', 'float16', 'sum', [9, 21], uniform),
];
