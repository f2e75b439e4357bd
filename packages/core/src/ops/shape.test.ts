import { describe, expect, it } from 'vitest';
import { checkedEvaluate, run } from '../../test/support/checked-evaluate.js';
import { expectValues } from '../../test/support/expect-values.js';
import { ShapeError } from '../errors.js';
import { Constant, scalarConstant } from '../graph/constant.js';
import { fmatrix, fscalar, iscalar, lscalar, tensor } from '../tensor/create.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { scattered } from '../../test/support/layouts.js';
import { asSizes, makeVector, shape, shapeOf, sizesOf, specifyShape } from './shape.js';

describe('shape', () => {
  it('is an int64 vector of the sizes', () => {
    for (const size of [
      [2, 3],
      [0, 3],
      [1, 1],
    ]) {
      expectValues(run(shape, [NDArray.zeros(size, 'float32')]), ndarray(size, 'int64'));
    }
    expectValues(run(shape, [ndarray(1, 'float32')]), NDArray.zeros([0], 'int64'));
    expect(shape(fmatrix()).type.key).toBe('int64(2)');
  });

  it('has sizes that are constants where they are known', () => {
    const x = tensor('float32', [null, 3], 'x');
    expect(sizesOf(x)[1]).toBeInstanceOf(Constant);
    expect(shapeOf(x, -1)).toBeInstanceOf(Constant);
    expect(shapeOf(x, 0).owner?.op.name).toBe('shape_i');
    expect(() => shapeOf(x, 2)).toThrow(ShapeError);
  });

  it("of a view is the view's", () => {
    expectValues(
      run((x) => shapeOf(x, 1), [scattered(NDArray.zeros([2, 5], 'int8'))]),
      ndarray(5n),
    );
  });
});

describe('makeVector', () => {
  it('joins scalars of one dtype, 64-bit integers exactly', () => {
    const [a, b] = [lscalar('a'), lscalar('b')];
    const values = new Map([
      [a, ndarray(2n ** 62n)],
      [b, ndarray(-3n)],
    ]);
    expect(checkedEvaluate([makeVector([a, b])], values)[0].toNested({ bigint: true })).toEqual([
      2n ** 62n,
      -3n,
    ]);
  });
});

describe('specifyShape', () => {
  it('promises sizes and checks them', () => {
    const x = fmatrix('x');
    expect(specifyShape(x, [null, 1]).type.shape).toEqual([null, 1]);
    const ones = NDArray.ones([2, 3], 'float32');
    expectValues(
      run((v) => specifyShape(v, [2, null]), [ones]),
      ones,
    );
    expect(() => run((v) => specifyShape(v, [null, 1]), [ones])).toThrow(
      '[specify_shape] expected size 1 on axis 1, got 3',
    );
  });

  it('says nothing new, or what cannot be, at once', () => {
    const x = tensor('float32', [2, null], 'x');
    expect(specifyShape(x, [2, null])).toBe(x);
    expect(specifyShape(x, [null, null])).toBe(x);
    expect(() => specifyShape(x, [3, null])).toThrow(
      '[specify_shape] expected size 3 on axis 0, got 2',
    );
    expect(() => specifyShape(x, [2])).toThrow('[specify_shape] expected 2 sizes for x, got 1');
  });
});

describe('asSizes', () => {
  it('takes numbers and integer scalars', () => {
    expect(asSizes('op', [3, iscalar(), scalarConstant(2, 'uint8')]).map((v) => v.dtype)).toEqual([
      'int64',
      'int64',
      'int64',
    ]);
    for (const bad of [fscalar(), 2.5, true, fmatrix()])
      expect(() => asSizes('op', [bad])).toThrow('[op] expected integer scalars as sizes');
  });
});
