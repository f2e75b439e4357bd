import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { binaryTests, expectAllRecorded, unaryTests } from '../../test/support/element-tables.js';
import { expectValues } from '../../test/support/expect-values.js';
import { DTypeError } from '../errors.js';
import { bvector, dvector, fvector, tensor } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import * as arithmetic from './arithmetic.js';
import {
  abs,
  add,
  clip,
  intDiv,
  maximum,
  minimum,
  mod,
  mul,
  neg,
  pow,
  reciprocal,
  relu,
  round,
  sgn,
  sqr,
  sqrt,
  sub,
  trueDiv,
} from './arithmetic.js';

describe('arithmetic gives what NumPy gives', () => {
  binaryTests('add', add);
  binaryTests('sub', sub);
  binaryTests('mul', mul);
  binaryTests('true_div', trueDiv);
  binaryTests('int_div', intDiv);
  binaryTests('mod', mod);
  binaryTests('pow', pow, 2);
  binaryTests('maximum', maximum);
  binaryTests('minimum', minimum);
  unaryTests('neg', neg);
  unaryTests('abs', abs);
  unaryTests('sgn', sgn);
  unaryTests('sqr', sqr);
  unaryTests('sqrt', sqrt);
  unaryTests('reciprocal', reciprocal);
  unaryTests('floor', arithmetic.floor);
  unaryTests('ceil', arithmetic.ceil);
  unaryTests('trunc', arithmetic.trunc);
  unaryTests('round', round);
  unaryTests('relu', relu);

  it('has a table for every op', () => expectAllRecorded(arithmetic));
});

describe('arithmetic', () => {
  const ints = (values: number[]) => ndarray(values, 'int32');

  it('divides toward minus infinity and gives the remainder the sign of the divisor', () => {
    const [a, b] = [ints([-7, 7, -7, 7]), ints([2, -2, -2, 2])];
    expect(run(intDiv, [a, b]).toNested()).toEqual([-4, -4, 3, 3]);
    expect(run(mod, [a, b]).toNested()).toEqual([1, -1, -1, 1]);
    const [x, y] = [ndarray([-7, 7], 'float32'), ndarray([2, -2], 'float32')];
    expect(run(mod, [x, y]).toNested()).toEqual([1, -1]);
    expect(run(intDiv, [x, y]).toNested()).toEqual([-4, -4]);
  });

  it('divides floats by the integer that belongs to the remainder, not by a rounded quotient', () => {
    expect(run(intDiv, [ndarray([1, 6, -1]), ndarray([0.1, 0.1, 0.1])]).toNested()).toEqual([
      9, 59, -10,
    ]);
  });

  it('gives 0 for an integer divided by 0 and wraps the least integer divided by -1', () => {
    for (const dtype of ['int8', 'int32', 'int64', 'uint16', 'uint64'] as const) {
      const [a, zero] = [ndarray([5, 0], dtype), ndarray([0, 0], dtype)];
      expect(run(intDiv, [a, zero]).toNested()).toEqual([0, 0]);
      expect(run(mod, [a, zero]).toNested()).toEqual([0, 0]);
    }
    expect(run(intDiv, [ints([-(2 ** 31)]), ints([-1])]).toNested()).toEqual([-(2 ** 31)]);
  });

  it('keeps the low bits of products and powers that do not fit', () => {
    const big = ints([2147483647]);
    expect(run(mul, [big, big]).toNested()).toEqual([1]);
    expect(run(sqr, [big]).toNested()).toEqual([1]);
    expect(run(pow, [ints([3]), ints([2000])]).toNested()).toEqual([
      Number(BigInt.asIntN(32, 3n ** 2000n)),
    ]);
  });

  it('takes floats to negative powers', () => {
    expect(run(pow, [ndarray([2, 10]), ndarray([-1, -2])]).toNested()).toEqual([0.5, 0.01]);
    expect(run((x) => pow(x, 2), [ndarray([1e200, 3])]).toNested()).toEqual([Infinity, 9]);
  });

  it('rounds halves to even', () => {
    expect(run(round, [ndarray([0.5, 1.5, 2.5, -0.5, -1.5])]).toNested()).toEqual([
      0, 2, 2, -0, -2,
    ]);
  });

  it('is NaN where either operand of maximum or minimum is', () => {
    const [a, b] = [ndarray([NaN, 1]), ndarray([1, NaN])];
    for (const op of [maximum, minimum]) expect(run(op, [a, b]).toNested()).toEqual([NaN, NaN]);
  });

  it('adds bool as "or" and multiplies it as "and"; other arithmetic of bool is refused', () => {
    const [a, b] = [tensor('bool', [null]), tensor('bool', [null])];
    expect(add(a, b).dtype).toBe('bool');
    for (const op of [sub, intDiv, mod, pow]) expect(() => op(a, b)).toThrow(DTypeError);
    for (const op of [neg, abs, sgn, sqr]) expect(() => op(a)).toThrow(DTypeError);
    expect(() => neg(a)).toThrow('use invert');
    expect(add(a, 1).dtype).toBe('int8');
  });
});

describe('clip', () => {
  it('limits, keeps NaN, and gives the lower bound where the bounds cross', () => {
    const x = ndarray([-1, 0, 0.5, 1, 2, NaN, -Infinity, Infinity]);
    expect(run((v) => clip(v, 0, 1), [x]).toNested()).toEqual([0, 0, 0.5, 1, 1, NaN, 0, 1]);
    expect(run((v) => clip(v, 1, 0), [ndarray([0.5, -5, 5, 1])]).toNested()).toEqual([1, 1, 1, 1]);
  });

  it('keeps the dtype beside literals', () => {
    expect(clip(bvector(), 0, 5).dtype).toBe('int8');
    expect(clip(tensor('float16', [null]), 0.5, 1.5).dtype).toBe('float16');
    expect(clip(tensor('float16', [null]), 1.5, 0.5).dtype).toBe('float16');
    expect(clip(fvector(), 0, dvector()).dtype).toBe('float64');
  });

  it('takes bounds of its own shape', () => {
    const [x, low, high] = [ndarray([1, 2, 3]), ndarray([2, 0, 0]), ndarray([4, 1, 4])];
    expectValues(run(clip, [x, low, high]), ndarray([2, 1, 3]));
  });
});

describe('relu', () => {
  it('is 0 at minus infinity and NaN at NaN', () => {
    expect(run(relu, [ndarray([-Infinity, Infinity, NaN, -2, 0, 3])]).toNested()).toEqual([
      0,
      Infinity,
      NaN,
      0,
      0,
      3,
    ]);
  });
});
