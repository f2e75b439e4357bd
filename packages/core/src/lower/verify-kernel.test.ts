import { describe, expect, it } from 'vitest';
import { VerifyError } from '../errors.js';
import { KernelBuilder } from './kernel-builder.js';
import type { LoopKernel } from './program.js';
import { scalarOps } from './scalar-op.js';
import { scalarProblem, scalarSignatures } from './scalar-signature.js';
import { verifyKernel } from './verify-kernel.js';

const [n, m] = [{ param: 0 }, { param: 1 }];

function rowSum(): LoopKernel {
  const k = new KernelBuilder('row sum', [n, m], 1);
  const x = k.load(k.operand('float32', [m, 1]));
  const s = k.reduce('sum', k.scalar('exp', x));
  k.store(k.operand('float32', [1, 0]), k.scalar('log', s));
  return k.build();
}

type Change = (k: LoopKernel) => Partial<LoopKernel>;

const load = { op: 'load', dtype: 'float32', operand: 0, index: [] } as const;
const zero = { lit: 0 };

const violations: [name: string, change: Change, text: RegExp][] = [
  ['more reduced axes than axes', () => ({ reduceRank: 3 }), /reduceRank between 0 and 2, got 3/],
  [
    'reduced axes without reductions',
    () => ({ reductions: [] }),
    /reductions and reduce axes to come together/,
  ],
  [
    'an epilogue without reductions',
    () => ({ reductions: [], reduceRank: 0 }),
    /no epilogue without a reduction/,
  ],
  ['no store', () => ({ stores: [] }), /at least one store/],
  [
    'operands of other ranks',
    (k) => ({ operands: [{ ...k.operands[0], strides: [zero] }, k.operands[1]] }),
    /operand 0 to have 2 strides, got 1/,
  ],
  ['a parameter out of range', () => ({ params: 1 }), /a parameter below 1, got 1/],
  [
    'a load of no operand',
    (k) => ({ body: [{ ...load, operand: 5 }, k.body[1]] }),
    /an operand below 2, got 5/,
  ],
  [
    'a load of another dtype',
    (k) => ({ body: [{ ...load, dtype: 'int8' }, k.body[1]] }),
    /float32 for operand 0, got int8/,
  ],
  [
    'a value used before it is made',
    (k) => ({ body: [{ op: 'scalar', dtype: 'float32', fn: 'exp', args: [1] }, k.body[1]] }),
    /a value from 0 to -1, got 1/,
  ],
  [
    'a wrong arity',
    (k) => ({ body: [k.body[0], { op: 'scalar', dtype: 'float32', fn: 'add', args: [0] }] }),
    /expected 2 arguments of add, got 1/,
  ],
  [
    'a wrong result dtype',
    (k) => ({ body: [k.body[0], { op: 'scalar', dtype: 'float64', fn: 'exp', args: [0] }] }),
    /exp of float32 to give float32, got float64/,
  ],
  [
    'an axis out of range',
    (k) => ({ body: [...k.body, { op: 'axis', dtype: 'int64', axis: 2 }] }),
    /an axis below 2, got 2/,
  ],
  [
    'a reduced axis in the epilogue',
    (k) => ({ epilogue: [...k.epilogue, { op: 'axis', dtype: 'int64', axis: 1 }] }),
    /an axis below 1, got 1/,
  ],
  [
    'a body value in the epilogue',
    () => ({ epilogue: [{ op: 'scalar', dtype: 'float32', fn: 'log', args: [0] }] }),
    /a value from 2 to 2, got 0/,
  ],
  [
    'a load along a reduced axis in the epilogue',
    (k) => ({ epilogue: [load, ...k.epilogue.slice(1)] }),
    /strides 0 along reduced axes for operand 0/,
  ],
  [
    'a store of a body value',
    (k) => ({ stores: [{ ...k.stores[0], value: 1 }] }),
    /a value from 2 to 3, got 1/,
  ],
  [
    'a store of another dtype',
    (k) => ({ operands: [k.operands[0], { ...k.operands[1], dtype: 'int32' }] }),
    /int32 for operand 1, got float32/,
  ],
  [
    'a sum of bools',
    (k) => ({
      body: [k.body[0], { op: 'scalar', dtype: 'bool', fn: 'isnan', args: [0] }],
      reductions: [{ op: 'sum', dtype: 'bool', value: 1 }],
    }),
    /sum to reduce numbers, got bool/,
  ],
  [
    'a logical reduction of floats',
    () => ({ reductions: [{ op: 'and', dtype: 'float32', value: 1 }] }),
    /and to reduce bool, got float32/,
  ],
  [
    'an argmax that is no int64',
    () => ({ reductions: [{ op: 'argmax', dtype: 'float32', value: 1 }] }),
    /argmax to give int64/,
  ],
  [
    'a reduction of another dtype',
    () => ({ reductions: [{ op: 'max', dtype: 'float64', value: 1 }] }),
    /max of float32 to give float32, got float64/,
  ],
  [
    'a float index',
    (k) => ({
      stores: [{ ...k.stores[0], index: [{ value: 3, size: n, stride: n }] }],
      serial: true,
    }),
    /an integer index, got float32/,
  ],
  [
    'a parallel store that repeats elements',
    (k) => ({ operands: [k.operands[0], { dtype: 'float32', strides: [zero, zero] }] }),
    /a serial kernel for store 0/,
  ],
];

describe('verifyKernel', () => {
  it.each(violations)('refuses %s', (_, change, text) => {
    const kernel = rowSum();
    expect(() => verifyKernel(kernel)).not.toThrow();
    const broken = { ...kernel, ...change(kernel) };
    expect(() => verifyKernel(broken)).toThrow(VerifyError);
    expect(() => verifyKernel(broken)).toThrow(text);
  });

  it('refuses adding bools and an indexed store that is not serial', () => {
    const k = new KernelBuilder('scatter', [n]);
    const at = k.load(k.operand('int64', [1]));
    const value = k.constant('bool', 1);
    k.store(k.operand('bool', [0]), value, [{ value: at, size: n, stride: 1 }]);
    const kernel = k.build();
    expect(kernel.serial).toBe(true);
    expect(() => verifyKernel({ ...kernel, serial: false })).toThrow(/a serial kernel/);
    const stores = [{ ...kernel.stores[0], mode: 'add' as const }];
    expect(() => verifyKernel({ ...kernel, stores })).toThrow(/numbers to be added, got bool/);
  });
});

describe('scalarProblem', () => {
  it('knows every operation', () => {
    expect(Object.keys(scalarSignatures).sort()).toEqual([...scalarOps].sort());
  });

  it('judges dtypes', () => {
    expect(scalarProblem('add', ['int8', 'int8'], 'int8')).toBeNull();
    expect(scalarProblem('lt', ['bool', 'bool'], 'bool')).toBeNull();
    expect(scalarProblem('select', ['bool', 'uint8', 'uint8'], 'uint8')).toBeNull();
    expect(scalarProblem('cast', ['bool'], 'float16')).toBeNull();
    expect(scalarProblem('add', ['int8', 'int16'], 'int16')).toMatch(/one dtype/);
    expect(scalarProblem('div', ['int8', 'int8'], 'int8')).toMatch(/a float dtype for div/);
    expect(scalarProblem('xor', ['float32', 'float32'], 'float32')).toMatch(/a bits dtype/);
    expect(scalarProblem('select', ['int8', 'int8', 'int8'], 'int8')).toMatch(/bool condition/);
    expect(scalarProblem('eq', ['int8', 'int8'], 'int8')).toMatch(/to give bool/);
  });
});
