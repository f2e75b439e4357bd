import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../errors.js';
import { dtypes } from '../types/dtype.js';
import { decodeProgram } from './decode.js';
import { encodeProgram, PROGRAM_MAGIC, sizeOpcodes } from './encode.js';
import { routines } from '../routines/routine.js';
import { callees } from './program.js';
import type {
  BufferDecl,
  KernelDim,
  KernelInstr,
  LoopKernel,
  Program,
  SizeNode,
  Step,
} from './program.js';
import { reduceOps, scalarOps } from './scalar-op.js';

const id = fc.nat(1000);
const ids = fc.array(id, { maxLength: 4 });
const dtype = fc.constantFrom(...dtypes);
const text = fc.string({ unit: 'binary', maxLength: 12 });
const long = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.constantFrom(0, -1, 2 ** 31, -(2 ** 31), 2 ** 32),
);

const size: fc.Arbitrary<SizeNode> = fc.oneof(
  fc.record({ op: fc.constant('const' as const), value: long }),
  fc.record({ op: fc.constant('dim' as const), buffer: id, axis: id }),
  fc.record({ op: fc.constant('value' as const), buffer: id }),
  fc.record({ op: fc.constant('counter' as const), loop: id }),
  fc.record({
    op: fc.constantFrom('add' as const, 'floordiv' as const, 'lt' as const),
    a: id,
    b: id,
  }),
  fc.record({ op: fc.constant('select' as const), cond: id, a: id, b: id }),
);

const buffer: fc.Arbitrary<BufferDecl> = fc.oneof(
  fc.record({
    role: fc.constantFrom('input' as const, 'shared' as const, 'const' as const, 'output' as const),
    dtype,
    shape: ids,
    index: id,
  }),
  fc.record({
    role: fc.constant('temp' as const),
    dtype,
    shape: ids,
    slot: id,
    capacity: fc.option(id),
  }),
  fc.record({
    role: fc.constant('view' as const),
    dtype,
    shape: ids,
    base: id,
    offset: id,
    strides: ids,
  }),
);

const dim: fc.Arbitrary<KernelDim> = fc.oneof(fc.record({ lit: long }), fc.record({ param: id }));
const index = fc.array(fc.record({ value: id, size: dim, stride: dim }), { maxLength: 2 });
const word = fc.integer();
const instr: fc.Arbitrary<KernelInstr> = fc.oneof(
  fc.record({ op: fc.constant('load' as const), dtype, operand: id, index }),
  fc.record({ op: fc.constant('const' as const), dtype, lo: word, hi: word }),
  fc.record({ op: fc.constant('axis' as const), dtype: fc.constant('int64' as const), axis: id }),
  fc.record({ op: fc.constant('dim' as const), dtype: fc.constant('int64' as const), dim }),
  fc.record({
    op: fc.constant('scalar' as const),
    dtype,
    fn: fc.constantFrom(...scalarOps),
    args: ids,
  }),
);

const kernel: fc.Arbitrary<LoopKernel> = fc.record({
  name: text,
  axes: fc.array(dim, { maxLength: 3 }),
  reduceRank: id,
  operands: fc.array(fc.record({ dtype, strides: fc.array(dim, { maxLength: 3 }) }), {
    maxLength: 3,
  }),
  body: fc.array(instr, { maxLength: 4 }),
  reductions: fc.array(fc.record({ op: fc.constantFrom(...reduceOps), dtype, value: id }), {
    maxLength: 2,
  }),
  epilogue: fc.array(instr, { maxLength: 2 }),
  stores: fc.array(
    fc.record({
      operand: id,
      value: id,
      index,
      mode: fc.constantFrom('set' as const, 'add' as const),
    }),
    { maxLength: 2 },
  ),
  serial: fc.boolean(),
  params: id,
});

const { step } = fc.letrec<{ step: Step; block: Step[] }>((tie) => ({
  block: fc.array(tie('step'), { maxLength: 3 }),
  step: fc.oneof(
    { maxDepth: 3 },
    fc.record({ kind: fc.constant('sizes' as const), from: id, to: id, checks: ids, alloc: ids }),
    fc.record({
      kind: fc.constant('kernel' as const),
      kernel: id,
      operands: ids,
      dims: ids,
      site: id,
      sites: ids,
    }),
    fc.record({
      kind: fc.constant('call' as const),
      callee: fc.constantFrom(...callees),
      ins: ids,
      outs: ids,
      site: id,
    }),
    fc.record({
      kind: fc.constant('routine' as const),
      routine: fc.constantFrom(...routines),
      params: ids,
      ins: ids,
      outs: ids,
      site: id,
    }),
    fc.record({ kind: fc.constant('copy' as const), from: id, to: id, site: id }),
    fc.record({ kind: fc.constant('host' as const), host: id, ins: ids, outs: ids, site: id }),
    fc.record({
      kind: fc.constant('commit' as const),
      reserve: fc.array(fc.record({ from: id, to: id }), { maxLength: 2 }),
    }),
    fc.record({
      kind: fc.constant('loop' as const),
      loop: id,
      trips: id,
      body: tie('block'),
      until: fc.option(id),
      taken: fc.option(id),
      site: id,
    }),
    fc.record({
      kind: fc.constant('cond' as const),
      test: id,
      then: tie('block'),
      else: tie('block'),
      site: id,
    }),
  ),
}));

const program: fc.Arbitrary<Program> = fc.record({
  version: fc.constant(1 as const),
  sizes: fc.array(size, { maxLength: 6 }),
  buffers: fc.array(buffer, { maxLength: 6 }),
  constants: fc.array(fc.record({ dtype, shape: ids, bytes: fc.uint8Array({ maxLength: 8 }) }), {
    maxLength: 3,
  }),
  kernels: fc.array(kernel, { maxLength: 3 }),
  checks: fc.array(
    fc.record({
      rel: fc.constantFrom('eq' as const, 'le' as const, 'lt' as const),
      a: id,
      b: id,
      site: id,
      error: fc.constantFrom('shape' as const, 'index' as const),
      text,
    }),
    { maxLength: 3 },
  ),
  steps: fc.array(step, { maxLength: 5 }),
  inputs: ids,
  shared: ids,
  outputs: ids,
  slots: id,
  loops: id,
  sites: fc.array(fc.record({ op: text }), { maxLength: 3 }),
});

const empty: Program = {
  version: 1,
  sizes: [],
  buffers: [],
  constants: [],
  kernels: [],
  checks: [],
  steps: [],
  inputs: [],
  shared: [],
  outputs: [],
  slots: 0,
  loops: 0,
  sites: [],
};

const bytesOf = (p: Program): Uint8Array[] => p.constants.map((constant) => constant.bytes);
const plain = (p: Program): unknown => JSON.parse(JSON.stringify(p));

describe('encodeProgram', () => {
  it('is undone by decodeProgram', () => {
    fc.assert(
      fc.property(program, (p) => {
        expect(plain(decodeProgram(encodeProgram(p), bytesOf(p)))).toEqual(plain(p));
      }),
      { numRuns: 300 },
    );
  });

  it('knows every size opcode', () => {
    const sizes = sizeOpcodes.map((op): SizeNode => {
      if (op === 'const') return { op, value: -(2 ** 40) - 3 };
      if (op === 'dim') return { op, buffer: 1, axis: 2 };
      if (op === 'value') return { op, buffer: 3 };
      if (op === 'counter') return { op, loop: 4 };
      if (op === 'select') return { op, cond: 5, a: 6, b: 7 };
      return { op, a: 8, b: 9 };
    });
    expect(decodeProgram(encodeProgram({ ...empty, sizes }), []).sizes).toEqual(sizes);
  });

  it('lays words out as documented', () => {
    const p: Program = {
      ...empty,
      sizes: [{ op: 'const', value: -2 }],
      buffers: [{ role: 'temp', dtype: 'float32', shape: [0], slot: 7, capacity: null }],
      sites: [{ op: 'é' }],
    };
    expect([...encodeProgram(p)]).toEqual([
      ...[PROGRAM_MAGIC, 1],
      ...[1, 0, -2, -1],
      ...[1, 4, 10, 1, 0, 7, -1],
      ...[0, 0, 0, 0],
      ...[0, 0, 0],
      ...[0, 0],
      ...[1, 1, 0xe9],
    ]);
  });
});

describe('decodeProgram', () => {
  it('refuses other words', () => {
    expect(() => decodeProgram(new Int32Array([1, 2, 3]), [])).toThrow(FormatError);
    const words = encodeProgram(empty);
    expect(() => decodeProgram(words.slice(0, -1), [])).toThrow(/expected more words/);
    expect(() => decodeProgram(new Int32Array([...words, 0]), [])).toThrow(
      /expected no more words, got 1/,
    );
    const broken = encodeProgram({ ...empty, sizes: [{ op: 'value', buffer: 0 }] });
    broken[3] = 99;
    expect(() => decodeProgram(broken, [])).toThrow(/expected one of const, dim/);
  });
});
