import { describe, expect, it } from 'vitest';
import { DTypeError, InputError, ShapeError, TypeInferenceError } from '../errors.js';
import type { Constant } from '../graph/constant.js';
import { fvector } from '../tensor/create.js';
import { ndarray } from '../types/ndarray.js';
import { asConstant, asVariable, asVariables } from './as-variable.js';

describe('asVariable', () => {
  it('passes variables on and makes constants of the rest', () => {
    const x = fvector();
    expect(asVariable(x)).toBe(x);
    const source = ndarray([1, 2], 'int8');
    const made = asVariable(source) as Constant;
    expect(made.type.key).toBe('int8(2)');
    source.set(9, 0);
    expect(made.data.toNested()).toEqual([1, 2]);
  });

  it('takes typed arrays with their dtype', () => {
    const data = new Float64Array([1, 2]);
    const made = asVariable(data) as Constant;
    expect(made.type.key).toBe('float64(2)');
    data[0] = 9;
    expect(made.data.toNested()).toEqual([1, 2]);
  });

  it('makes constants of values, and of no variables', () => {
    expect(asConstant(new Int8Array([1])).type.key).toBe('int8(1)');
    expect(asConstant([[1.5]]).type.key).toBe('float32(1,1)');
    const variable = fvector('x') as never;
    expect(() => asConstant(variable)).toThrow(InputError);
    expect(() => asConstant(variable)).toThrow(/^\[constant\] expected a value, got .* x/);
  });

  it('gives lone literals int64, floatX or bool', () => {
    expect([1, 1.5, 1n, true, 2 ** 60, NaN].map((v) => asVariable(v).dtype)).toEqual([
      'int64',
      'float32',
      'int64',
      'bool',
      'float32',
      'float32',
    ]);
    expect(asVariable([1, 2]).type.key).toBe('int64(2)');
    expect(asVariable([[1.5], [2]]).type.key).toBe('float32(2,1)');
    expect(asVariable([true]).type.key).toBe('bool(1)');
    expect(asVariable([]).type.shape).toEqual([0]);
  });

  it('lets literals take the dtype that they meet', () => {
    expect(asVariable(1, 'float16').dtype).toBe('float16');
    expect(asVariable(300, 'int8').dtype).toBe('int16');
    expect(asVariable(0.5, 'int8').dtype).toBe('float32');
    expect(asVariables([1, fvector(), 2.5]).map((v) => v.dtype)).toEqual([
      'float32',
      'float32',
      'float32',
    ]);
    expect(
      asVariables([1, ndarray([1], 'int8'), ndarray([1], 'int16')]).map((v) => v.dtype),
    ).toEqual(['int16', 'int8', 'int16']);
  });

  it('refuses what is no tensor', () => {
    expect(() => asVariable('x' as never)).toThrow(TypeInferenceError);
    expect(() => asVariable(null as never)).toThrow(TypeInferenceError);
    expect(() => asVariable(undefined as never)).toThrow(
      '[asVariable] expected a variable, array or number, got undefined',
    );
    expect(() => asVariable([[1], [2, 3]])).toThrow(ShapeError);
    expect(() => asVariable(['a'])).toThrow(DTypeError);
  });
});
