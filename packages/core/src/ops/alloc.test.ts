import { describe, expect, it } from 'vitest';
import { run } from '../../test/support/checked-evaluate.js';
import { expectValues } from '../../test/support/expect-values.js';
import { layoutsOf } from '../../test/support/layouts.js';
import { decode, numpyOps } from '../../test/support/numpy-ops.js';
import { ShapeError } from '../errors.js';
import { fmatrix, fscalar, iscalar, lvector } from '../tensor/create.js';
import { dtypes } from '../types/dtype.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { broadcastTo, full, gradientDType, ones, onesLike, zeros, zerosLike } from './alloc.js';

describe('broadcastTo', () => {
  it.each(dtypes)('stretches %s along missing and static-1 axes', (dtype) => {
    const x = decode(numpyOps.samples[dtype], dtype);
    const n = x.size;
    for (const input of layoutsOf(x)) {
      expectValues(
        run((v) => broadcastTo(v, [2, n]), [input]),
        x.broadcastTo([2, n]).copy(),
      );
      expectValues(
        run((v) => broadcastTo(v, [0, n]), [input]),
        NDArray.zeros([0, n], dtype),
      );
    }
    const column = x.reshape([n, 1]);
    expectValues(
      run((v) => broadcastTo(v, [n, 3]), [column], [[null, 1]]),
      column.broadcastTo([n, 3]).copy(),
    );
    expectValues(
      run((v) => broadcastTo(v, [2]), [x.slice(0)]),
      x.slice(0).broadcastTo([2]).copy(),
    );
  });

  it('takes symbolic sizes', () => {
    expectValues(
      run((v, n) => broadcastTo(v, [n]), [ndarray(5), ndarray(3, 'int32')]),
      ndarray([5, 5, 5]),
    );
  });

  it('does not stretch a size found at run time, nor take a negative one', () => {
    expect(() => run((v) => broadcastTo(v, [3]), [ndarray([1])])).toThrow(
      '[alloc] expected size 3 on axis 0, got 1',
    );
    expect(() => run((v, n) => broadcastTo(v, [n]), [ndarray(1), ndarray(-1, 'int64')])).toThrow(
      ShapeError,
    );
    expect(() => broadcastTo(fmatrix(), [2])).toThrow('[alloc] expected at least 2 sizes, got 1');
    expect(() => broadcastTo(fscalar(), [fscalar()])).toThrow(ShapeError);
  });
});

describe('filled tensors', () => {
  it('have the dtype asked for', () => {
    expectValues(
      run(() => full([2], 0.5), []),
      ndarray([0.5, 0.5], 'float32'),
    );
    expectValues(
      run(() => full([2], 2.75, 'int32'), []),
      ndarray([2, 2], 'int32'),
    );
    expectValues(
      run(() => full([1], ndarray(3, 'int8'), 'float64'), []),
      ndarray([3], 'float64'),
    );
    expectValues(
      run(() => full([], 3), []),
      ndarray(3n),
    );
    expect(full([2], 1, 'uint8').dtype).toBe('uint8');
  });

  it('are zeros and ones, of floatX unless told', () => {
    expectValues(
      run(() => zeros([2, 0]), []),
      NDArray.zeros([2, 0], 'float32'),
    );
    expectValues(
      run(() => ones([2], 'bool'), []),
      ndarray([true, true]),
    );
    expectValues(
      run(() => zeros([]), []),
      ndarray(0, 'float32'),
    );
    expect(zeros([1, iscalar()]).type.shape).toEqual([1, null]);
  });

  it('take the shape of another', () => {
    const x = ndarray([[1, 2, 3]], 'int16');
    expectValues(
      run((v) => zerosLike(v), [x]),
      NDArray.zeros([1, 3], 'int16'),
    );
    expectValues(
      run((v) => onesLike(v, 'float64'), [x]),
      NDArray.ones([1, 3], 'float64'),
    );
    expectValues(
      run((v) => onesLike(v), [ndarray(7)]),
      ndarray(1),
    );
  });

  it('gradientDType is the dtype of floats, else floatX', () => {
    expect(gradientDType(fscalar())).toBe('float32');
    expect(gradientDType(lvector())).toBe('float32');
  });
});
