import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { expectValues } from '../../test/support/expect-values.js';
import { decodeTensor, numpyOps } from '../../test/support/numpy-ops.js';
import { ShapeError } from '../errors.js';
import type { TensorVariable } from '../graph/variable.js';
import { bscalar, fscalar, lscalar, lvector, tensor } from '../tensor/create.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { arange } from './arange.js';

describe('arange', () => {
  it.each(numpyOps.aranges)('of %j as NumPy has it', ([start, stop, step], recorded) => {
    const expected = decodeTensor(recorded);
    expectValues(
      run(() => arange(start, stop, step), []),
      expected,
    );
    const bounds = [start, stop, step].map((v) => ndarray(BigInt(v)));
    expectValues(
      run((a, b, c) => arange(a, b, c), bounds),
      expected,
      0,
      'symbolic',
    );
  });

  it('starts at 0 and knows its length where the bounds are numbers', () => {
    expect(arange(5).type.key).toBe('int64(5)');
    expect(arange(lscalar()).type.key).toBe('int64(?)');
    expectValues(
      run((n) => arange(n), [ndarray(3n)]),
      ndarray([0n, 1n, 2n]),
    );
  });

  it('is int64, wider than its bounds where they are narrow, or as asked', () => {
    expect(arange(bscalar()).dtype).toBe('int64');
    expect(arange(bscalar(), bscalar(), bscalar()).dtype).toBe('int8');
    expect(arange(tensor('uint64', [])).dtype).toBe('int64');
    expectValues(
      run(() => arange(0, 3, 1, 'float32'), []),
      ndarray([0, 1, 2], 'float32'),
    );
    expectValues(
      run(() => arange(250, 260, 4, 'uint8'), []),
      ndarray([250, 254, 2], 'uint8'),
    );
    expectValues(
      run(() => arange(3, 0, -1, 'bool'), []),
      ndarray([true, true, true]),
    );
  });

  it('refuses bounds that no number holds exactly', () => {
    const start = 2n ** 60n + 1n;
    expect(() => run((a, b) => arange(a, b), [ndarray(start), ndarray(start + 2n)])).toThrow(
      RangeError,
    );
  });

  it('counts in steps of floats, as NumPy', () => {
    const values = (v: TensorVariable): unknown => run(() => v, []).toNested();
    expect(values(arange(0, 1, 0.25))).toEqual([0, 0.25, 0.5, 0.75]);
    expect(values(arange(2.5))).toEqual([0, 1, 2]);
    expect(values(arange(1, -1, -0.5))).toEqual([1, 0.5, 0, -0.5]);
    expect(values(arange(1.5, 0.5))).toEqual([]);
    expect(arange(fscalar('n')).dtype).toBe('float32');
    expect(run((n) => arange(n, 2), [ndarray(0.5)]).toNested()).toEqual([0.5, 1.5]);
  });

  it('refuses arrays, bool and a step of 0', () => {
    expect(() => arange(tensor('bool', [], 'n'))).toThrow(
      '[arange] expected scalars that are numbers, got bool() (n)',
    );
    expect(() => arange(lvector())).toThrow(ShapeError);
    expect(() => arange(0, 5, 0)).toThrow('[arange] expected a step other than 0, got 0');
    expectValues(
      run((c) => arange(0, 5, c), [ndarray(0n)]),
      NDArray.zeros([0], 'int64'),
    );
  });
});
