import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { binaryTests, expectAllRecorded, unaryTests } from '../../test/support/element-tables.js';
import { bvector, dvector, fvector, lvector, tensor } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import * as transcendental from './transcendental.js';
import { arctan2, exp, expm1, log, log1p, logaddexp, sigmoid, softplus } from './transcendental.js';

describe('transcendental functions give what NumPy gives', () => {
  const { exp2, log2, log10, tanh, sin, cos, tan, arcsin, arccos, arctan, sinh, cosh } =
    transcendental;
  const functions = {
    exp,
    exp2,
    expm1,
    log,
    log2,
    log10,
    log1p,
    sigmoid,
    softplus,
    tanh,
    sin,
    cos,
    tan,
    arcsin,
    arccos,
    arctan,
    sinh,
    cosh,
  };
  for (const [name, op] of Object.entries(functions)) unaryTests(name, op, 2);
  binaryTests('arctan2', arctan2, 2);
  binaryTests('logaddexp', logaddexp, 2);

  it('has a table for every op', () => expectAllRecorded(transcendental));
});

describe('transcendental functions', () => {
  it('make floatX of integers and keep floats', () => {
    for (const x of [bvector(), lvector(), tensor('bool', [null]), tensor('uint64', [null])])
      expect(exp(x).dtype).toBe('float32');
    expect(exp(tensor('float16', [null])).dtype).toBe('float16');
    expect(exp(fvector()).dtype).toBe('float32');
    expect(exp(dvector()).dtype).toBe('float64');
    expect(arctan2(bvector(), lvector()).dtype).toBe('float32');
  });

  it('are accurate where the obvious formula is not', () => {
    expect(run(log1p, [ndarray([1e-20, -1e-20])]).toNested()).toEqual([1e-20, -1e-20]);
    expect(run(expm1, [ndarray([1e-20])]).toNested()).toEqual([1e-20]);
    expect(run(softplus, [ndarray([1000, -1000, 0, Infinity, -Infinity])]).toNested()).toEqual([
      1000,
      0,
      Math.LN2,
      Infinity,
      0,
    ]);
    expect(run(sigmoid, [ndarray([1000, -1000, 0, Infinity, -Infinity, NaN])]).toNested()).toEqual([
      1,
      0,
      0.5,
      1,
      0,
      NaN,
    ]);
  });

  it('logaddexp takes infinities of either sign', () => {
    const [a, b] = [
      ndarray([-Infinity, 3, Infinity, -Infinity, 1000]),
      ndarray([3, -Infinity, Infinity, -Infinity, 1000]),
    ];
    expect(run(logaddexp, [a, b]).toNested()).toEqual([3, 3, Infinity, -Infinity, 1000 + Math.LN2]);
  });
});
