import { describe, expect, it } from 'vitest';
import { checkedEvaluate, leavesFor, run } from '../../test/support/checked-evaluate.js';
import { numpyOps } from '../../test/support/numpy-ops.js';
import { config, configure } from '../config/config.js';
import { DTypeError, ShapeError } from '../errors.js';
import {
  bvector,
  col,
  fmatrix,
  fvector,
  ivector,
  iscalar,
  lvector,
  matrix,
  row,
  tensor,
  vector,
  wvector,
} from '../tensor/create.js';
import type { DType } from '../types/dtype.js';
import { dtypes } from '../types/dtype.js';
import { NDArray, ndarray } from '../types/ndarray.js';
import { add, intDiv, mul, pow, sub, trueDiv } from './arithmetic.js';
import { exp } from './transcendental.js';

const vectorOf = (dtype: DType) => tensor(dtype, [null]);

describe('broadcasting follows static patterns, never sizes found at run time', () => {
  const ones = (...shape: number[]) => NDArray.ones(shape, 'float32');

  it('refuses sizes 1 that were not declared', () => {
    expect(() => run(add, [ones(1, 3), ones(2, 3)])).toThrow(ShapeError);
    expect(() => run(add, [ones(1), ones(3)])).toThrow(
      '[add] expected equal sizes on axis 0, got 1 and 3',
    );
  });

  it('adds a row and a column', () => {
    const [r, c] = [row('r'), col('c')];
    expect(add(r, c).type.shape).toEqual([null, null]);
    const values = new Map([
      [r, ndarray([[1, 2, 3]], 'float32')],
      [c, ndarray([[0.5], [0.25]], 'float32')],
    ]);
    expect(checkedEvaluate([add(r, c)], values)[0].toNested()).toEqual([
      [1.5, 2.5, 3.5],
      [1.25, 2.25, 3.25],
    ]);
  });

  it('pads lower ranks on the left', () => {
    expect(add(matrix(), vector()).type.shape).toEqual([null, null]);
    expect(run(add, [ones(2, 3), ndarray([1, 2, 3], 'float32')]).toNested()).toEqual([
      [2, 3, 4],
      [2, 3, 4],
    ]);
  });

  it('finds clashes of known sizes while the graph is built', () => {
    const [a, b] = [tensor('float32', [2, 3], 'a'), tensor('float32', [2, 4], 'b')];
    expect(() => add(a, b)).toThrow('[add] expected equal sizes on axis 1, got 3 (a) and 4 (b)');
    expect(add(a, tensor('float32', [null, 1])).type.shape).toEqual([2, 3]);
    expect(add(tensor('float32', [0]), tensor('float32', [1])).type.shape).toEqual([0]);
  });

  it('names both operands and the remedy in the run-time requirement', () => {
    const sum = add(fvector('a'), fvector('b'));
    const [left, right] = leavesFor([ones(2), ones(3)]);
    expect(() =>
      checkedEvaluate(
        [add(left, right)],
        new Map([
          [left, ones(2)],
          [right, ones(3)],
        ]),
      ),
    ).toThrow('[add] expected equal sizes');
    const texts: string[] = [];
    const algebra = {
      requireEqual: (a: number, _b: number, text: string) => (texts.push(text), a),
    };
    sum.owner?.op.shapes(algebra as never, [[2], [3]], sum.owner);
    expect(texts[0]).toContain('{a} (a) and {b} (b)');
    expect(texts[0]).toContain('specifyShape');
  });
});

describe('dtypes of results', () => {
  it.each(dtypes)('%s with every other as the table says', (a) => {
    for (const b of dtypes)
      expect(add(vectorOf(a), vectorOf(b)).dtype, `${a} + ${b}`).toBe(numpyOps.mixed[a][b]);
  });

  it("takes the float's width for an integer with a float", () => {
    for (const int of ['int8', 'int16', 'int32', 'int64'] as const)
      expect(mul(vectorOf(int), fvector()).dtype).toBe('float32');
    expect(mul(bvector(), vectorOf('float16')).dtype).toBe('float16');
    expect(mul(vectorOf('float16'), fvector()).dtype).toBe('float32');
  });

  it('wraps within the dtype', () => {
    const [a, b] = [ndarray([127], 'int8'), ndarray([1], 'int8')];
    expect(run(add, [a, b]).toNested()).toEqual([-128]);
    expect(run(sub, [ndarray([0], 'uint8'), ndarray([1], 'uint8')]).toNested()).toEqual([255]);
    expect(sub(vectorOf('uint8'), vectorOf('int8')).dtype).toBe('int16');
  });

  it('divides integers in floatX', () => {
    expect(trueDiv(ivector(), lvector()).dtype).toBe('float32');
    expect(run(trueDiv, [ndarray([7], 'int64'), ndarray([2], 'int64')]).toNested()).toEqual([3.5]);
    const before = config.floatX;
    configure({ floatX: 'float64' });
    try {
      expect(trueDiv(ivector(), 2).dtype).toBe('float64');
      expect(exp(lvector()).dtype).toBe('float64');
      expect(exp(fvector()).dtype).toBe('float32');
    } finally {
      configure({ floatX: before });
    }
  });
});

describe('literals are weak', () => {
  it("keep a float tensor's dtype", () => {
    for (const dtype of ['float16', 'float32', 'float64'] as const) {
      for (const literal of [0.5, 2, 2 ** 40, 1e300]) {
        expect(mul(vectorOf(dtype), literal).dtype).toBe(dtype);
        expect(mul(literal, vectorOf(dtype)).dtype).toBe(dtype);
      }
    }
  });

  it("keep an integer tensor's dtype while they fit", () => {
    expect(add(bvector(), 100).dtype).toBe('int8');
    expect(add(bvector(), 300).dtype).toBe('int16');
    expect(add(wvector(), 2 ** 20).dtype).toBe('int32');
    expect(add(bvector(), 0.5).dtype).toBe('float32');
    expect(add(ivector(), 0.5).dtype).toBe('float32');
    expect(add(vectorOf('uint8'), -1).dtype).toBe('int16');
    expect(pow(lvector(), 2).dtype).toBe('int64');
    expect(pow(lvector(), 0.5).dtype).toBe('float32');
  });

  it('are no longer weak once they are arrays', () => {
    expect(mul(fvector(), ndarray(0.5)).dtype).toBe('float64');
    expect(add(bvector(), ndarray([1, 2], 'int64')).dtype).toBe('int64');
  });

  it('take lists for constants of floatX or int64', () => {
    expect(add(iscalar(), [1, 2]).dtype).toBe('int64');
    expect(add(fmatrix(), [1.5, 2]).dtype).toBe('float32');
  });

  it('meet each other as int64, floatX or bool', () => {
    expect(add(1, 2).dtype).toBe('int64');
    expect(add(1, 2.5).dtype).toBe('float32');
    expect(intDiv(7n, 2).dtype).toBe('int64');
  });

  it('that no integer can hold are refused', () => {
    expect(() => add(lvector(), 2n ** 70n)).toThrow(DTypeError);
  });
});
